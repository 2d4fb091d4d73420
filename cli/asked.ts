import { fstatSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Asked } from "./answers.js";

/** As a shell sees a program that SIGPIPE ended. */
export const brokenPipeCode = 141;

/** What this process was asked; for the two files that it may start with, main.ts and start.ts. */
export function askedOfProcess(packageRoot: string): Asked {
  const { argv, env } = process;
  return {
    cache: join(env["XDG_CACHE_HOME"] ?? join(env["HOME"] ?? homedir(), ".cache"), "infra"),
    packageRoot,
    cwd: process.cwd(),
    args: argv.slice(2),
    coloured: isTerminal(1) && (env["NO_COLOR"] ?? "") === "",
    environment: env,
    atMs: Date.now(),
  };
}

/** `process.stdout` would say the same, and costs milliseconds where nothing else needs it. */
function isTerminal(descriptor: number): boolean {
  return fstatSync(descriptor).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(descriptor);
}
