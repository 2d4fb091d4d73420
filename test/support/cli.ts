import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { CliContext } from "../../cli/context.js";
import { runProgram } from "../../cli/program.js";
import { plainStyle } from "../../cli/render/style.js";
import { systemClock } from "../../stdlib/base/clock.js";

/** Runs a command in this process, without a terminal unless `more` gives one. */
export async function runCli(cwd: string, args: readonly string[], more: Partial<CliContext> = {}) {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await runProgram(
    {
      cwd,
      root: join(cwd, "root"),
      runBase: join(cwd, "run"),
      cache: join(cwd, "cache"),
      packageRoot: fileURLToPath(new URL("../../", import.meta.url)),
      version: "1.2.3",
      environment: {},
      now: () => 0,
      clock: systemClock,
      style: plainStyle,
      images: undefined,
      interrupted: new AbortController().signal,
      terminal: {
        interactive: false,
        confirm: async () => false,
        stdin: Readable.from([]),
        writeOut: (bytes) => printed.push(bytes.toString()),
        writeError: (bytes) => errors.push(bytes.toString()),
        size: () => undefined,
        onResize() {},
        raw: () => () => {},
      },
      out: (text) => printed.push(text),
      error: (text) => errors.push(text),
      ...more,
    },
    args,
  );
  return { code, out: printed.join(""), error: errors.join("") };
}
