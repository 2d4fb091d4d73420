import type { ChildProcessWithoutNullStreams, StdioOptions } from "node:child_process";
import { closeSync, ftruncateSync, openSync, readSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunOptions, RunResult } from "../compiler/host.js";

/** More output than any tool of ours writes; beyond it the child is killed. */
const outputBytes = 64 * 1024 * 1024;

/** A program's process, which nobody listens to yet. */
export interface StartedProcess {
  readonly program: string;
  readonly args: readonly string[];
  readonly child: ChildProcessWithoutNullStreams;
  /** Descriptor of the file that it shares; undefined where there was no place for one. */
  readonly shared: number | undefined;
}

type StartOptions = Pick<RunOptions, "cwd" | "environment" | "sharedBytes">;

function startProcess(program: string, args: readonly string[], options: StartOptions): StartedProcess {
  const { cwd, environment: env = {}, sharedBytes } = options;
  const shared = sharedBytes === undefined ? undefined : sharedFile(sharedBytes);
  const stdio: StdioOptions = ["pipe", "pipe", "pipe"];
  if (sharedBytes !== undefined) stdio.push(shared ?? "ignore");
  const { spawn } = process.getBuiltinModule("node:child_process"); // a start without a program needs none
  const child = spawn(program, args, { cwd, env, stdio }) as ChildProcessWithoutNullStreams;
  return { program, args, child, shared };
}

/** Starts what will be run later. Until then it keeps this process from nothing; it ends with it at the latest. */
export function startEarly(program: string, args: readonly string[], options: StartOptions): StartedProcess {
  const started = startProcess(program, args, options);
  const { child } = started;
  child.on("error", () => undefined); // said by whoever runs it, who has to start it again then
  for (const handle of [child, ...handlesOf(child)]) handle.unref();
  process.once("exit", () => child.kill("SIGKILL"));
  return started;
}

/** @param early - is run where it is the same program with the same arguments, once. */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions,
  early?: StartedProcess,
): Promise<RunResult> {
  const isEarly = early !== undefined && isFor(early, program, args);
  return finished(isEarly ? taken(early) : startProcess(program, args, options), options);
}

function isFor(
  { args: own, child, program: ownProgram }: StartedProcess,
  program: string,
  args: readonly string[],
) {
  const isThere = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const isFree = child.listenerCount("close") === 0;
  return isThere && isFree && program === ownProgram && args.join("\0") === own.join("\0");
}

function taken(started: StartedProcess): StartedProcess {
  for (const handle of [started.child, ...handlesOf(started.child)]) handle.ref();
  return started;
}

/** Pipes are sockets, which alone can be told to keep no process. */
function handlesOf({ stderr, stdin, stdout }: ChildProcessWithoutNullStreams): readonly Socket[] {
  const { Socket } = process.getBuiltinModule("node:net");
  return [stdin, stdout, stderr].filter((stream) => stream instanceof Socket);
}

/** A file that has no name any more: memory that a program can map, and that is left when it is gone. */
function sharedFile(bytes: number): number | undefined {
  const path = join(tmpdir(), `infra-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    const fd = openSync(path, "wx+", 0o600);
    rmSync(path);
    ftruncateSync(fd, bytes);
    return fd;
  } catch {
    return undefined; // no folder, no room
  }
}

function takeShared(fd: number, bytes: number): Uint8Array {
  const content = Buffer.alloc(bytes);
  readSync(fd, content, 0, bytes, 0);
  closeSync(fd);
  return content;
}

function finished({ child, shared }: StartedProcess, options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let size = 0;
    let timedOut = false;
    let isOurs = false;
    const kill = () => {
      isOurs = true;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, options.timeoutMs);
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (chunk: Buffer) => {
        size += chunk.length;
        output[stream].push(chunk);
        if (size > outputBytes) kill();
      });
    }
    let isFinished = false;
    const finish = (code: number | undefined, signal: string | undefined, failure = "") => {
      if (isFinished) return;
      isFinished = true;
      clearTimeout(timer);
      resolve({
        code,
        timedOut,
        signal: isOurs ? undefined : signal,
        ...(shared === undefined ? {} : { shared: takeShared(shared, options.sharedBytes ?? 0) }),
        stdout: Buffer.concat(output.stdout).toString("utf8"),
        stderr: Buffer.concat(output.stderr).toString("utf8") + failure,
      });
    };
    child.on("error", (error) => finish(undefined, undefined, error.message));
    child.on("close", (code, signal) => finish(code ?? undefined, signal ?? undefined));
    child.stdin.on("error", () => undefined); // a child that ended early says why by its exit code
    for (const event of ["finish", "close"]) child.stdin.on(event, () => options.onGiven?.());
    if (typeof options.input !== "object") {
      child.stdin.end(options.input ?? "");
      return;
    }
    const end = (input?: string) => (input === undefined ? kill() : child.stdin.end(input));
    options.input.then(end, () => end());
  });
}
