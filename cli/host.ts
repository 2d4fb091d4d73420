import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Host, HostEntry } from "../compiler/host.js";
import { InfraError } from "../stdlib/base/errors.js";
import { areSettled, isOwn, moment } from "./answers.js";
import { run, type StartedProcess } from "./processes.js";

/** The most that Node reads at once. */
const largestFile = 2 ** 31 - 1;

/** A file of a stack that no bundle can carry. */
export class FileTooLarge extends InfraError {
  readonly code = "file-too-large";

  constructor(path: string) {
    super(`"${path}" is larger than 2 GiB`, {
      hint: "Leave it out of what is copied; a volume, or the program itself, brings data of that size",
    });
  }
}

/** A host that knows what was asked of it. */
export interface TrackingHost extends Host {
  /** Why nothing could be kept for the next time; undefined while all could. */
  readonly cacheRefusal: Error | undefined;
  /** Absolute paths of files and folders outside the cache that were looked at, whether they were there or not, or written. */
  readonly touched: Set<string>;
}

/**
 * The compiler's host on this machine.
 *
 * @param started - a process that the compiler will want, and that is under way already.
 */
export function createHost(
  packageRoot: string,
  cacheFolder: string,
  environment: { readonly [name: string]: string | undefined } = {},
  started?: StartedProcess,
): TrackingHost {
  const touched = new Set<string>();
  const made = moment();
  const isCached = (path: string) => path.startsWith(`${cacheFolder}/`);
  const touch = (path: string) => {
    if (!isCached(path)) touched.add(path);
  };
  let cacheRefusal: Error | undefined;
  return {
    touched,
    get cacheRefusal() {
      return cacheRefusal;
    },
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    packageRoot,
    cacheFolder,
    read(path) {
      touch(path);
      return read(path, isCached(path));
    },
    realPath(path) {
      touch(path);
      try {
        return realpathSync(path);
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
      }
    },
    list(folder, levels) {
      touch(folder);
      const entries = list(folder, levels);
      for (const { path } of entries ?? []) touch(join(folder, path));
      return entries;
    },
    names(folder) {
      touch(folder);
      return names(folder);
    },
    isSettled: (paths) => areSettled(paths, made),
    write(path, content) {
      touch(path);
      try {
        replaceFile(path, content);
      } catch (error) {
        if (!isCached(path) || !(error instanceof Error)) throw error;
        cacheRefusal ??= error;
      }
    },
    remove(path) {
      touch(path);
      rmSync(path, { force: true });
    },
    keepNewest,
    async withFolder(use) {
      let folder: string;
      try {
        folder = lendFolder(cacheFolder);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        cacheRefusal ??= error;
        folder = mkdtempSync(join(tmpdir(), "infra-compile-"));
      }
      try {
        return await use(folder);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    run: (program, args, options) => run(program, args, options, started),
  };
}

function replaceFile(path: string, content: Parameters<Host["write"]>[1]): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { force: true }); // of a process that had the same number, or a link that lay in wait
    writeFileSync(temporary, content, { flag: "wx" });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

const lentPrefix = "run-";
let lent = 0;

/** Its name tells the process, so that what a killed one left can be found and removed. */
function lendFolder(cacheFolder: string): string {
  mkdirSync(cacheFolder, { recursive: true });
  for (const name of readdirSync(cacheFolder)) {
    const owner = name.startsWith(lentPrefix) ? Number(name.split("-")[1]) : process.pid;
    if (owner !== process.pid && !isAlive(owner))
      rmSync(join(cacheFolder, name), { recursive: true, force: true });
  }
  lent += 1;
  const folder = join(cacheFolder, `${lentPrefix}${process.pid}-${lent}`);
  rmSync(folder, { recursive: true, force: true }); // of a process that had the same number
  mkdirSync(folder);
  return folder;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function keepNewest(folder: string, entries: number): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length <= entries) return;
  const aged = names.map((name) => {
    const path = join(folder, name);
    return { path, modifiedMs: lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  aged.sort((a, b) => b.modifiedMs - a.modifiedMs);
  for (const { path } of aged.slice(entries)) rmSync(path, { recursive: true, force: true });
}

function names(folder: string): readonly string[] | undefined {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort(byCodeUnit);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/**
 * Opened without waiting for the other end of a pipe, and looked at before it is read.
 * @param own - somebody else's file counts as none.
 */
function read(path: string, own: boolean): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile() || (own && !isOwn(facts.uid))) return undefined;
    if (facts.size > largestFile) throw new FileTooLarge(path);
    return contentOf(fd, facts.size);
  } finally {
    closeSync(fd);
  }
}

/** One call for a file that is as long as it was: a bundle has thousands. A short read is the end of a regular file. */
function contentOf(fd: number, size: number): Buffer {
  const content = Buffer.allocUnsafe(size + 1);
  const length = readSync(fd, content);
  const first = content.subarray(0, length);
  return length <= size ? first : Buffer.concat([first, readFileSync(fd)]); // it grew
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
