import { posix } from "node:path";

/**
 * Files beside what is imported, by path relative to its folder, `/`-separated; `..` may lead out of it. The importers do
 * no I/O of their own; without a folder (standard input) there are no files.
 */
export interface SourceReader {
  /** UTF-8 text of a file; undefined when it is not there, is no text or is longer than a ConfigMap holds. */
  text(path: string): string | undefined;
  /** What stands there, links followed. */
  kind(path: string): "file" | "folder" | undefined;
  /** Names in a folder, sorted; none when there is no such folder. */
  list(path: string): readonly string[];
  /** The path as the stack names it, `./…`; undefined when it is outside of the stack's folder. */
  stackPath(path: string): string | undefined;
  /** What to do about a path outside of it, as a hint says it. */
  wayIn(path: string): string;
  /** What messages call it. */
  name(path: string): string;
}

/**
 * A path joined and made plain: `a/./b/../c` is `a/c`. @returns undefined when it leads out of the folder.
 */
export function joinPath(...parts: readonly string[]): string | undefined {
  const path = besidePath(parts.join("/"));
  return path === ".." || path.startsWith("../") ? undefined : path;
}

/** The same where `..` may lead out: `../b`. The folder itself is `""`. */
export function besidePath(...parts: readonly string[]): string {
  const path = posix.normalize(`./${parts.join("/")}`).replace(/\/+$/, "");
  return path === "." ? "" : path;
}
