/**
 * The answer of the last `infra compile` for each question: the words of the command and where they were said. While no
 * file has been touched that the answer was made of or that it wrote, the same question has the same answer, and
 * nothing else of infra needs to be loaded.
 *
 * A file counts as untouched while device, inode, size and both times agree. Contents can change within one tick of the
 * file system's clock, so an answer is kept only when all its files are older by a tick than the process that gave it
 * ("racy git", git's technical documentation). Anything in doubt is no answer; the compile then decides by contents.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface Answer {
  /** For standard error. */
  readonly error: string;
  /** For standard output, without the time it took. */
  readonly summary: string;
}

interface Remembered extends Answer {
  readonly question: string;
  /** Declared variables of the environment to a digest of their values; `""` for one that is not set. */
  readonly environment: { readonly [name: string]: string };
  readonly paths: readonly string[];
  /** {@link stampLength} numbers for each path. */
  readonly stamps: readonly number[];
}

export interface Asked {
  /** Folder of the caches of all stacks. */
  readonly cache: string;
  readonly packageRoot: string;
  readonly cwd: string;
  readonly args: readonly string[];
  readonly coloured: boolean;
  readonly environment: { readonly [name: string]: string | undefined };
  /** When, before anything was read. */
  readonly at: Moment;
}

/** By the clock, and by one that nobody sets. */
export interface Moment {
  readonly clockMs: number;
  readonly steadyMs: number;
}

export function moment(): Moment {
  return { clockMs: Date.now(), steadyMs: performance.now() };
}

/** The least that the clock has said since: it may have been set back. */
function leastSince({ clockMs, steadyMs }: Moment): number {
  return Math.min(clockMs, Date.now() - (performance.now() - steadyMs));
}

export function summaryLine({ summary }: Answer, milliseconds: number): string {
  return `${summary}      ${(milliseconds / 1000).toFixed(2)} s\n`;
}

/** As many answers are kept; two questions of one slot replace each other. */
const slots = 256;
const stampLength = 5;
/** Longer than a tick of any file system that counts fractions of seconds (Linux: at most 10 ms). */
const tickMs = 50;
/** For those that count whole seconds, or even pairs of them. */
const coarseTickMs = 2100;
/** Links in a row that a path may lead through; path_resolution(7). */
const mostLinks = 40;

/** @returns undefined when there is none, or when anything of it may have changed. */
export function recallAnswer(asked: Asked): Answer | undefined {
  const question = questionOf(asked);
  const remembered = read(fileOf(asked, question));
  if (remembered === undefined || remembered.question !== question) return undefined;
  const { environment, paths, stamps } = remembered;
  for (const [name, digest] of Object.entries(environment))
    if (variableDigest(asked.environment[name]) !== digest) return undefined;
  for (const [index, path] of paths.entries())
    if (!isStamp(stampOf(path), stamps, index * stampLength)) return undefined;
  return remembered;
}

/**
 * @param touched - absolute paths of all files and folders that were read or missed, and of all that was written.
 * @param variables - declared variables of the environment.
 */
export function rememberAnswer(
  asked: Asked,
  answer: Answer,
  touched: Iterable<string>,
  variables: readonly string[],
): void {
  const stampedPaths = withLinks(touched);
  const paths = [...stampedPaths.keys()];
  const stamps: number[] = [];
  const sinceMs = leastSince(asked.at);
  for (const stamp of stampedPaths.values()) {
    if (isFresh(stamp, sinceMs)) return;
    stamps.push(...stamp);
  }
  const question = questionOf(asked);
  const environment = Object.fromEntries(
    variables.map((name) => [name, variableDigest(asked.environment[name])]),
  );
  const { error, summary } = answer;
  const text = JSON.stringify({ question, environment, error, summary, paths, stamps } satisfies Remembered);
  const file = fileOf(asked, question);
  const temporary = `${file}.${process.pid}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${sum(text)}\n${text}`, { flag: "wx" });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Everything that words mean an answer by. */
function questionOf({ args, coloured, cwd, packageRoot }: Asked): string {
  const build = readFileSync(join(packageRoot, "dist", "build-id"), "utf8");
  return JSON.stringify([build, packageRoot, process.version, cwd, coloured, args]);
}

function fileOf({ cache }: Asked, question: string): string {
  return join(cache, "answers", String(sum(question) % slots));
}

/** undefined for one that is not whole: it costs a compile. */
function read(file: string): Remembered | undefined {
  const content = readText(file);
  const end = content?.indexOf("\n") ?? -1;
  if (content === undefined || end < 0) return undefined;
  const text = content.slice(end + 1);
  return String(sum(text)) === content.slice(0, end) ? (JSON.parse(text) as Remembered) : undefined;
}

/** Opened without waiting for the other end of a pipe. What cannot be read, or is somebody else's, is no answer. */
function readText(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const facts = fstatSync(fd);
    return facts.isFile() && isOwn(facts.uid) ? readFileSync(fd, "utf8") : undefined;
  } finally {
    closeSync(fd);
  }
}

/** Whether a file of a cache may be believed: sudo may leave HOME as it is, and root must not write what others kept. */
export function isOwn(owner: number): boolean {
  return owner === process.geteuid?.();
}

/** FNV-1a, 32 bits: finds slots, and damage. Loading a cryptographic hash takes longer than all the rest. */
function sum(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The values of secrets must not lie about; declared variables may be such. */
function variableDigest(value: string | undefined): string {
  if (value === undefined) return "";
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(value).digest("hex");
}

type Stamp = readonly [device: number, inode: number, size: number, modifiedMs: number, changedMs: number];

const absent: Stamp = [0, 0, 0, 0, 0];
/** Equal to none, itself included. */
const unknown: Stamp = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN];

/** Of the path itself, not of what a link leads to. */
function stampOf(path: string): Stamp {
  return lookAt(path).stamp;
}

function lookAt(path: string): { readonly stamp: Stamp; readonly isLink: boolean } {
  try {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return { stamp: absent, isLink: false };
    const { ctimeMs, dev, ino, mtimeMs, size } = facts;
    return { stamp: [dev, ino, size, mtimeMs, ctimeMs], isLink: facts.isSymbolicLink() };
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOTDIR";
    return { stamp: isAbsent ? absent : unknown, isLink: false }; // the compile says what is wrong
  }
}

function isStamp(stamp: Stamp, stamps: readonly number[], from: number): boolean {
  return stamp.every((part, index) => part === stamps[from + index]);
}

/** Whether none of the paths has changed since. */
export function areSettled(paths: Iterable<string>, since: Moment): boolean {
  const sinceMs = leastSince(since);
  for (const path of paths) if (isFresh(stampOf(path), sinceMs)) return false;
  return true;
}

/** Whether it changed after a moment, or so little before that its times do not tell. */
function isFresh([, inode, , , changedMs]: Stamp, atMs: number): boolean {
  if (inode === 0) return false;
  return !(changedMs <= atMs - (changedMs % 1000 === 0 ? coarseTickMs : tickMs));
}

/** With all that symbolic links among them lead to. */
function withLinks(touched: Iterable<string>): ReadonlyMap<string, Stamp> {
  const stamps = new Map<string, Stamp>();
  for (const path of touched) {
    let at = path;
    for (let links = 0; links < mostLinks && !stamps.has(at); links += 1) {
      const { isLink, stamp } = lookAt(at);
      stamps.set(at, stamp);
      if (!isLink) break;
      at = resolve(dirname(at), readlinkSync(at));
    }
  }
  return stamps;
}
