import { createInterface } from "node:readline/promises";
import { InfraError } from "../stdlib/base/errors.js";
import type { Terminal } from "./context.js";

/** The user pressed Ctrl-C. */
export class Interrupted extends InfraError {
  readonly code = "interrupted";
}

const { stdin, stdout, stderr } = process;

/** The process's own terminal. */
export const processTerminal: Terminal = {
  interactive: stdin.isTTY === true && stdout.isTTY === true,
  async confirm(question) {
    const reader = createInterface({ input: stdin, output: stderr });
    try {
      return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
    } finally {
      reader.close();
    }
  },
  stdin,
  writeOut: (bytes, written) => stdout.write(bytes, written),
  writeError: (bytes) => stderr.write(bytes),
  size: () => (stdout.isTTY === true ? { columns: stdout.columns, rows: stdout.rows } : undefined),
  onResize: (handler) => stdout.on("resize", handler),
  raw() {
    if (stdin.isTTY !== true) return () => {};
    stdin.setRawMode(true);
    return () => {
      stdin.setRawMode(false);
    };
  },
};
