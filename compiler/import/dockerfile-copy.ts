import { type IgnoredFiles, keptParts } from "./dockerignore.js";
import { matchesName } from "./path-pattern.js";
import { besidePath, joinPath, type SourceReader } from "./source-reader.js";

/** One `copy` of `image()`. */
export interface CopyStep {
  readonly target: string;
  /** As the stack names it, `./…`. */
  readonly source: string;
  readonly kind: "file" | "folder";
}

export interface CopyOptions {
  readonly reader: SourceReader;
  /** Folder that sources are relative to. */
  readonly context: string;
  readonly ignored: IgnoredFiles | undefined;
  readonly workdir: string;
  /** Folders that are known to be there. */
  readonly folders: ReadonlySet<string>;
}

export type CopyReading =
  | { readonly refused: string; readonly instead?: string }
  | {
      readonly steps: readonly CopyStep[];
      /** Files and folders that a pattern, or a folder without what is left out, stands for today. */
      readonly isSelection: boolean;
    };

/** More parts than this read worse than a folder as a whole. */
const mostParts = 50;

/** An absolute path of the image, plain. */
export function imagePath(workdir: string, path: string): string {
  return `/${(path.startsWith("/") ? joinPath(path) : joinPath(workdir, path)) ?? ""}`;
}

/**
 * What a COPY puts where, by the Dockerfile reference: a folder's contents go to the destination; a file goes into the
 * destination when that is a folder, otherwise it is its name.
 */
export function readCopy(words: readonly string[], options: CopyOptions): CopyReading {
  const { context, folders, ignored, reader, workdir } = options;
  const destination = words.at(-1) ?? "";
  const given = words.slice(0, -1);
  if (given.length === 0) return { refused: "COPY needs a source and a destination" };
  const target = imagePath(workdir, destination);
  const sources: string[] = [];
  let isSelection = false;
  for (const word of given) {
    const path = joinPath(word.replace(/^\/+/, ""));
    if (path === undefined) return { refused: `"${word}" is outside of the folder that is built` };
    if (!/[*?[]/.test(word)) sources.push(path);
    else {
      const found = matching(path, options);
      if (found.length === 0) return { refused: `nothing in the folder that is built is named "${word}"` };
      sources.push(...found);
      isSelection = true;
    }
  }
  const isIntoFolder =
    sources.length > 1 ||
    /(^|\/)\.{0,2}$/.test(destination) ||
    folders.has(target) ||
    (target === workdir && target !== "/");
  const steps: CopyStep[] = [];
  for (const source of sources) {
    const kind = reader.kind(besidePath(context, source));
    if (kind === undefined) return { refused: `there is no file or folder "${source}"` };
    const name = source.split("/").at(-1) ?? "";
    const to = kind === "file" && isIntoFolder ? imagePath(target, name) : target;
    let parts = ignored === undefined ? [source] : keptParts(reader, context, source, ignored);
    if (parts?.length === 1 && parts[0] === source && reader.stackPath(besidePath(context, source)) === "./")
      parts = partsOfStack(reader, besidePath(context, source)).map((name) => besidePath(source, name));
    if (parts === undefined || parts.length > mostParts)
      return {
        refused: `"${source === "" ? "." : source}" holds what is left out, by .dockerignore or for being the stack's own, and the rest is too much to name`,
      };
    if (parts.length === 0)
      return { refused: `nothing is left of "${source === "" ? "." : source}" by .dockerignore` };
    isSelection ||= parts[0] !== source;
    for (const part of parts) {
      const from = reader.stackPath(besidePath(context, part));
      if (from === undefined)
        return {
          refused: `"${part === "" ? "." : part}" is outside of the folder that the stack is written to`,
          instead: reader.wayIn(besidePath(context, part)),
        };
      const partKind = part === source ? kind : (reader.kind(besidePath(context, part)) ?? "file");
      const below = part.slice(source === "" || part === source ? 0 : source.length + 1);
      steps.push({ source: from, target: part === source ? to : imagePath(to, below), kind: partKind });
    }
  }
  return { steps, isSelection };
}

/** What a compile or a lock writes beside the stack: with it in an image, each compile would change the image. */
const ofStack = new Set(["infra.lock", "infra.out", "infra.ts", "main.infra"]);

function partsOfStack(reader: SourceReader, folder: string): readonly string[] {
  return reader.list(folder).filter((name) => !ofStack.has(name));
}

/** Longest list of files that a pattern may stand for. */
const mostMatches = 200;

/** Files and folders of a pattern; `*`, `?` and `[…]` stay within one name. */
function matching(pattern: string, { context, reader }: CopyOptions): readonly string[] {
  let found = [""];
  for (const part of pattern.split("/")) {
    if (!/[*?[]/.test(part)) {
      found = found
        .map((path) => besidePath(path, part))
        .filter((path) => reader.kind(besidePath(context, path)) !== undefined);
      continue;
    }
    found = found.flatMap((path) =>
      reader
        .list(besidePath(context, path))
        .filter((name) => matchesName(name, part))
        .map((name) => besidePath(path, name)),
    );
    if (found.length > mostMatches) return [];
  }
  return found;
}
