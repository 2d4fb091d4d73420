import type { IToken } from "chevrotain";
import type { Definition } from "./syntax.js";

/** A definition without a mistake, and where its words stand among those of the text: `end` is the first after. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly node: Definition;
}

/** What a text was read from, so that of a text that differs a little only that little is read. */
export interface Reading {
  readonly tokens: readonly IToken[];
  /** In source order; what lies between them has mistakes. */
  readonly parts: readonly Part[];
}

/** Words after a definition that its end depends on: the parser looks no farther ahead. */
const lookahead = 3;

/**
 * Definitions of a text that an earlier text had too, word for word in the same columns. Those below what differs may
 * have moved by lines. A definition is what it is by its own words and those right after it, whatever stands elsewhere.
 */
export class KnownParts {
  readonly #parts: ReadonlyMap<number, Part>;
  readonly #starts: readonly number[];
  /** Index of the first word that may have moved, and by how many lines. */
  readonly #moved: number;
  readonly #by: number;

  constructor(before: Reading | undefined, tokens: readonly IToken[]) {
    const { parts = [], tokens: old = [] } = before ?? {};
    const same = countSame(old, tokens);
    const isAll = same === tokens.length && same === old.length;
    const tail = countSameAtEnd(old, tokens, same);
    this.#by = tail === 0 ? 0 : lineOf(tokens.at(-1)) - lineOf(old.at(-1));
    this.#moved = tokens.length - tail;
    const shift = tokens.length - old.length;
    const known = new Map<number, Part>();
    for (const { end, node, start } of parts) {
      if (isAll || end + lookahead <= same) known.set(start, { start, end, node });
      else if (start >= old.length - tail)
        known.set(start + shift, { start: start + shift, end: end + shift, node });
    }
    this.#parts = known;
    this.#starts = [...known.keys()];
  }

  /** The known definition whose first word has this index. */
  at(index: number): Part | undefined {
    const part = this.#parts.get(index);
    return part === undefined || part.start < this.#moved || this.#by === 0
      ? part
      : { ...part, node: movedBy(part.node, this.#by) };
  }

  /** Index after the last word of the one whose first word has this index. */
  endOf(index: number): number | undefined {
    return this.#parts.get(index)?.end;
  }

  /** Where the first one from an index on begins. */
  next(index: number): number | undefined {
    return this.#starts.find((start) => start >= index);
  }
}

/** Which words each of some definitions is made of, those with mistakes apart. They lie side by side. */
export function partsOf(
  definitions: readonly Definition[],
  tokens: readonly IToken[],
  range: { readonly start: number; readonly end: number },
  isSound: (node: Definition) => boolean,
): Part[] {
  const starts: number[] = [];
  let at = range.start;
  for (const { span } of definitions) {
    while (at < range.end && !isAt(tokens[at], span.start)) at += 1;
    starts.push(at);
  }
  return definitions.flatMap((node, index) =>
    isSound(node) ? [{ start: starts[index] as number, end: starts[index + 1] ?? range.end, node }] : [],
  );
}

function isAt(one: IToken | undefined, { column, line }: Definition["span"]["start"]): boolean {
  return one?.startLine === line && one.startColumn === column;
}

function countSame(old: readonly IToken[], tokens: readonly IToken[]): number {
  let count = 0;
  while (count < old.length && isSame(old[count], tokens[count], 0)) count += 1;
  return count;
}

function countSameAtEnd(old: readonly IToken[], tokens: readonly IToken[], same: number): number {
  const by = lineOf(tokens.at(-1)) - lineOf(old.at(-1));
  const most = Math.min(old.length, tokens.length) - same;
  let count = 0;
  while (count < most && isSame(old.at(-1 - count), tokens.at(-1 - count), by)) count += 1;
  return count;
}

function isSame(old: IToken | undefined, one: IToken | undefined, by: number): boolean {
  return (
    old !== undefined &&
    one !== undefined &&
    old.image === one.image &&
    old.tokenTypeIdx === one.tokenTypeIdx &&
    old.startColumn === one.startColumn &&
    lineOf(old) + by === one.startLine
  );
}

function lineOf(one: IToken | undefined): number {
  return one?.startLine ?? 0;
}

/** The same tree, some lines further down. A tree is plain data, and what has a column is a position in the text. */
function movedBy<T>(tree: T, by: number): T {
  if (typeof tree !== "object" || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map((item) => movedBy(item, by)) as T;
  if ("column" in tree && "line" in tree && typeof tree.line === "number")
    return { ...tree, line: tree.line + by };
  const copy = { ...tree };
  for (const name in copy) if (typeof copy[name] === "object") copy[name] = movedBy(copy[name], by);
  return copy;
}
