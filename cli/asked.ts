import { fstatSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { type Asked, moment } from "./answers.js";

/** As a shell sees a program that SIGPIPE ended. */
export const brokenPipeCode = 141;

/** What this process was asked; for the two files that it may start with, main.ts and start.ts. */
export function askedOfProcess(packageRoot: string): Asked {
  const { argv, env } = process;
  return {
    cache: join(cacheHome(env), "infra"),
    packageRoot,
    cwd: process.cwd(),
    args: argv.slice(2),
    coloured: isTerminal(1) && (env["NO_COLOR"] ?? "") === "",
    environment: env,
    at: moment(),
  };
}

/** A path that is not absolute is to be ignored; XDG Base Directory Specification. */
function cacheHome(env: NodeJS.ProcessEnv): string {
  const [given = "", home = ""] = [env["XDG_CACHE_HOME"], env["HOME"]];
  return isAbsolute(given) ? given : join(isAbsolute(home) ? home : homedir(), ".cache");
}

/** `process.stdout` would say the same, and costs milliseconds where nothing else needs it. */
function isTerminal(descriptor: number): boolean {
  return fstatSync(descriptor).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(descriptor);
}
