import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { badRequest } from "../../runtime/api/status-error.js";
import type { ExecOptions, LogOptions, NodeStreams } from "../../runtime/client/node-streams.js";

/** A node whose containers are this host: `exec` starts the command here, and the log is what the test says. */
export interface FakeNode extends NodeStreams {
  readonly execs: ExecOptions[];
  readonly logRequests: LogOptions[];
  readonly sizes: { readonly columns: number; readonly rows: number }[];
  readonly killed: string[];
  /** Logs that are being followed. */
  following: number;
}

export function createFakeNode(lines: readonly string[]): FakeNode {
  const execs: ExecOptions[] = [];
  const logRequests: LogOptions[] = [];
  const sizes: { columns: number; rows: number }[] = [];
  const killed: string[] = [];
  const node: FakeNode = {
    execs,
    logRequests,
    sizes,
    killed,
    following: 0,
    async *logs(_, options, signal) {
      logRequests.push(options);
      if (options.previous)
        throw badRequest(`previous terminated container "${options.container}" in pod "p" not found`);
      const shown = options.tailLines === undefined ? lines : lines.slice(-options.tailLines);
      for (const line of shown) yield Buffer.from(`${line}\n`);
      if (!options.follow || signal.aborted) return;
      node.following += 1;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      node.following -= 1;
    },
    async exec(_, options) {
      execs.push(options);
      const [program = "", ...args] = options.command;
      if (program === "missing") throw badRequest('exec: "missing": executable file not found in $PATH');
      const child = spawn(program, args, { stdio: "pipe" });
      if (!options.stdin) child.stdin.end();
      child.stdin.on("error", () => undefined); // the process ended before it read everything
      let running = true;
      const exit = new Promise<number>((resolve) =>
        child.on("exit", (code, signal) => {
          running = false;
          resolve(code ?? (signal === "SIGKILL" ? 137 : 1));
        }),
      );
      return {
        stdout: child.stdout,
        stderr: options.tty ? new PassThrough().end() : child.stderr,
        stdin: options.stdin ? child.stdin : undefined,
        resize: (columns, rows) => void sizes.push({ columns, rows }),
        kill() {
          if (running) killed.push(program);
          child.kill("SIGKILL");
        },
        exit,
      };
    },
  };
  return node;
}
