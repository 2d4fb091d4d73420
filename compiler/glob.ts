import { posix } from "node:path";

/** A pattern of file names, taken apart. */
export interface Glob {
  /** The folder above the first part with a wildcard; `"."` for the stack's own. */
  readonly folder: string;
  /** How many levels below that folder can match. */
  readonly levels: number;
  /** For paths relative to the stack's folder. */
  readonly matches: (path: string) => boolean;
}

/**
 * Reads a pattern: `*` and `?` within a name, `**` for any folders, `{a,b}` for either. A name that begins with a dot is
 * matched only by a part that does.
 */
export function parseGlob(pattern: string): Glob {
  const parts = posix.normalize(pattern).split("/");
  const wild = parts.findIndex((part) => /[*?{]/.test(part));
  const fixed = wild < 0 ? parts.slice(0, -1) : parts.slice(0, wild);
  const below = parts.slice(fixed.length);
  const expression = new RegExp(
    `^${parts.map((part, at) => (part === "**" ? "(?:[^./][^/]*/)*" : partOf(part) + (at < parts.length - 1 ? "/" : ""))).join("")}$`,
    "s",
  );
  return {
    folder: fixed.length === 0 ? "." : fixed.join("/"),
    levels: below.includes("**") ? Number.POSITIVE_INFINITY : below.length,
    matches: (path) => expression.test(path),
  };
}

function partOf(part: string): string {
  const source = part.replace(/\{[^{}]*\}|\*+|[\s\S]/g, (piece) => {
    if (piece.startsWith("*")) return "[^/]*";
    if (piece === "?") return "[^/]";
    if (piece.length > 1) return `(?:${piece.slice(1, -1).split(",").map(escaped).join("|")})`;
    return escaped(piece);
  });
  return /^[*?]/.test(part) ? `(?!\\.)${source}` : source;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
