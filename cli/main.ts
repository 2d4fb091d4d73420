/** The command line's entry: the only place that reads the environment and sets the exit code. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultRoot, defaultRunBase } from "../runtime/daemon/instance.js";
import { systemClock } from "../stdlib/base/clock.js";
import { InfraError } from "../stdlib/base/errors.js";
import { rememberAnswer } from "./answers.js";
import { askedOfProcess, brokenPipeCode } from "./asked.js";
import type { StartedProcess } from "./processes.js";
import { runProgram } from "./program.js";
import { escapeLines } from "./render/escape.js";
import { refusalText } from "./render/refusal.js";
import { colourStyle, plainStyle } from "./render/style.js";
import { Interrupted, processTerminal } from "./terminal.js";

/** Put in by scripts/build.mjs, from package.json. */
declare const __INFRA_VERSION__: string;
/** Given by cli/start.ts. */
declare const __infra_started: StartedProcess | undefined;

const { env, stdout, stderr } = process;
/** As a shell sees a program that Ctrl-C ended. */
const interruptedCode = 130;
const asked = askedOfProcess(dirname(dirname(fileURLToPath(import.meta.url)))); // of cli/main.ts and of dist/cli.cjs alike

stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(brokenPipeCode); // `infra logs … | head` has read enough
});

runProgram(
  {
    cwd: asked.cwd,
    root: env["INFRA_ROOT"] ?? defaultRoot,
    runBase: defaultRunBase,
    cache: asked.cache,
    packageRoot: asked.packageRoot,
    version: __INFRA_VERSION__,
    environment: env,
    style: asked.coloured ? colourStyle : plainStyle,
    out: (text) => stdout.write(text),
    error: (text) => stderr.write(text),
    remember: (answer, touched, variables) => rememberAnswer(asked, answer, touched, variables),
    now: () => performance.now(),
    clock: systemClock,
    terminal: processTerminal,
    started: __infra_started,
    images: env["INFRA_IMAGES"],
    interrupted: interruption(),
  },
  asked.args,
).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    stderr.write(errorText(error));
    process.exitCode = error instanceof Interrupted ? interruptedCode : 1;
  },
);

/** The first Ctrl-C asks for an orderly end, the second is the default: the process dies. */
function interruption(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => abort.abort(new Interrupted("Interrupted")));
  return abort.signal;
}

/** A foreseen error as a sentence with its causes and hint; a mistake of ours with its stack. */
function errorText(error: unknown): string {
  const refusal = refusalText(error);
  if (refusal !== undefined) return `${escapeLines(refusal)}\n`;
  if (!(error instanceof InfraError)) {
    return `A bug in infra: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  }
  const lines = [error.message];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause)
    lines.push(`  because: ${cause.message}`);
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return `${escapeLines(lines.join("\n"))}\n`;
}
