import { spawn } from "node:child_process";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Host, HostEntry, RunOptions, RunResult } from "../compiler/host.js";

/** More output than any tool of ours writes; beyond it the child is killed. */
const outputBytes = 64 * 1024 * 1024;

/** The compiler's host on this machine. */
export function createHost(
  packageRoot: string,
  cacheFolder: string,
  environment: { readonly [name: string]: string | undefined } = {},
): Host {
  return {
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    packageRoot,
    cacheFolder,
    read,
    realPath(path) {
      try {
        return realpathSync(path);
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
      }
    },
    list,
    write(path, content) {
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        writeFileSync(temporary, content);
        renameSync(temporary, path);
      } finally {
        rmSync(temporary, { force: true });
      }
    },
    remove: (path) => rmSync(path, { force: true }),
    run,
  };
}

/** Opened without waiting for the other end of a pipe, and looked at before it is read. */
function read(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  try {
    return fstatSync(fd).isFile() ? readFileSync(fd) : undefined;
  } finally {
    closeSync(fd);
  }
}

function isAbsence(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENXIO"].includes(
    (error as NodeJS.ErrnoException).code ?? "",
  );
}

function list(folder: string, levels = Number.POSITIVE_INFINITY): readonly HostEntry[] | undefined {
  const entries: HostEntry[] = [];
  const walk = (relative: string, level: number) => {
    for (const name of readdirSync(join(folder, relative)).sort(byCodeUnit)) {
      const path = relative === "" ? name : `${relative}/${name}`;
      const facts = lstatSync(join(folder, path));
      if (facts.isSymbolicLink())
        entries.push({ path, type: "symlink", executable: false, target: readlinkSync(join(folder, path)) });
      else if (facts.isDirectory()) {
        entries.push({ path, type: "directory", executable: false });
        if (level < levels) walk(path, level + 1);
      } else if (facts.isFile()) entries.push({ path, type: "file", executable: (facts.mode & 0o100) !== 0 });
    }
  };
  try {
    walk("", 1);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  return entries;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: options.cwd, env: {}, stdio: ["pipe", "pipe", "pipe"] });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let size = 0;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeoutMs);
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (chunk: Buffer) => {
        size += chunk.length;
        output[stream].push(chunk);
        if (size > outputBytes) child.kill("SIGKILL");
      });
    }
    const finish = (code: number | undefined, failure = "") => {
      clearTimeout(timer);
      resolve({
        code,
        timedOut,
        stdout: Buffer.concat(output.stdout).toString("utf8"),
        stderr: Buffer.concat(output.stderr).toString("utf8") + failure,
      });
    };
    child.on("error", (error) => finish(undefined, error.message));
    child.on("close", (code) => finish(code ?? undefined));
    child.stdin.on("error", () => undefined); // a child that ended early says why by its exit code
    child.stdin.end(options.input ?? "");
  });
}
