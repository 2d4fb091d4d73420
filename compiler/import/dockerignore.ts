import { matchesPath } from "./path-pattern.js";
import { besidePath, joinPath, type SourceReader } from "./source-reader.js";

/** What `.dockerignore` leaves out of the folder that is built. */
export class IgnoredFiles {
  readonly #rules: readonly { readonly parts: readonly string[]; readonly leavesOut: boolean }[];

  /** @param text - of the file. Source: the Docker documentation, "Build context", ".dockerignore files". */
  constructor(text: string) {
    this.#rules = text.split(/\r?\n/).flatMap((line) => {
      const rule = line.startsWith("#") ? "" : line.trim();
      const leavesOut = !rule.startsWith("!");
      const path = joinPath(leavesOut ? rule : rule.slice(1).trim());
      return path === undefined || path === "" ? [] : [{ parts: path.split("/"), leavesOut }];
    });
  }

  /** Whether something within a folder that is left out may be taken in again. */
  get hasExceptions(): boolean {
    return this.#rules.some(({ leavesOut }) => !leavesOut);
  }

  /** The last rule that matches decides; one for a folder is for everything in it. */
  leavesOut(path: string): boolean {
    const names = path.split("/");
    let left = false;
    for (const { leavesOut, parts } of this.#rules)
      if (leavesOut !== left && names.some((_, index) => matchesPath(names.slice(0, index + 1), parts)))
        left = leavesOut;
    return left;
  }
}

/** Files and folders that are looked at before a folder counts as too large to be split. */
const mostEntries = 5000;

/**
 * A file or folder without what is left out: itself when that is nothing, otherwise the parts of it that stay.
 *
 * @param path - within the folder that is built.
 * @returns undefined when the folder is too large to say.
 */
export function keptParts(
  reader: SourceReader,
  context: string,
  path: string,
  ignored: IgnoredFiles,
): readonly string[] | undefined {
  let looked = 0;
  const visit = (at: string): { readonly whole: boolean; readonly parts: readonly string[] } => {
    looked += 1;
    const isLeftOut = at !== "" && ignored.leavesOut(at);
    if (isLeftOut && !ignored.hasExceptions) return { whole: false, parts: [] };
    if (looked > mostEntries || reader.kind(besidePath(context, at)) !== "folder")
      return isLeftOut ? { whole: false, parts: [] } : { whole: true, parts: [at] };
    const inner = reader
      .list(besidePath(context, at))
      .map((name) => visit(at === "" ? name : `${at}/${name}`));
    return !isLeftOut && inner.every(({ whole }) => whole)
      ? { whole: true, parts: [at] }
      : { whole: false, parts: inner.flatMap(({ parts }) => parts) };
  };
  const { parts } = visit(path);
  return looked > mostEntries ? undefined : parts;
}
