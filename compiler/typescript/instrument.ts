import { sha256 } from "../sources.js";
import { insertionTexts, type Marks, marksOf } from "./marks.js";

/**
 * Marks in the bundle: every object literal gets a number, so that its properties keep their place, and every loop
 * and every statement outside of one notes that it was reached, so that an endless program can be told where. Within a
 * loop the loop itself is the place: which of its statements the clock strikes at is chance.
 *
 * A position in the marked code is one in the bundle after the insertions before it on its line are taken off, and the
 * empty lines before its module.
 */
export interface Instrumented {
  readonly code: string;
  /** In the order of the code. */
  readonly modules: readonly Module[];
  /** The index of the module that a literal, or a line of the marked code, is of. */
  moduleOfLiteral(literal: number): number;
  moduleOfLine(line: number): number;
  /** Where a literal begins, and the call of the stdlib that it is the last argument of. */
  literal(number: number): { readonly start: Place; readonly call: Place | undefined } | undefined;
  property(literal: number, name: string): PropertyPlaces | undefined;
  /** Progress marks of `import(…)`: a rejected one is an object of the host, so none may ever run. */
  readonly dynamicImports: readonly number[];
  /** Back to the bundle; both lines and columns from 0. */
  toBundle(line: number, column: number): Place;
  /** Where a progress mark is. */
  placeOf(progress: number): Place;
}

/** One module in the marked code. */
export interface Module {
  /** As esbuild has it, a path relative to the stack's folder; `""` for what is not of one module. */
  readonly name: string;
  /** SHA-256 of what the bundle has of it. */
  readonly digest: string;
  readonly marked: MarkedModule;
}

interface PropertyPlaces {
  readonly key: Place;
  readonly value: Place;
  readonly end: Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What the numbers of a module's literals and progress marks count from. */
interface Numbers {
  readonly literal: number;
  readonly progress: number;
}

/**
 * Multiples, so that they stay what they are while other modules grow: what the guest tells of a module that is
 * unchanged is then the same.
 */
interface Base extends Numbers {
  /** Its first line in the marked code, from 0. */
  readonly line: number;
}

const start: Base = { literal: 0, progress: 0, line: 0 };
const apart: Base = { literal: 1024, progress: 4096, line: 256 };

/** A module as one compile hands it to the next. */
export interface MarkedModule {
  readonly digest: string;
  readonly base: Numbers;
  /** With the marks in it. */
  readonly code: string;
  /** How many literals it has. */
  readonly literals: number;
  readonly dynamicImports: readonly number[];
  /** JSON of {@link Marks}: places are rarely asked for. */
  readonly marks: string;
}

type Recall = (digest: string) => MarkedModule | undefined;

/**
 * @param inputs - the modules of the bundle, as esbuild names them: each is a part, so that only what changed
 * is parsed.
 * @param recall - a module that was marked before, by the digest of its text.
 */
export function instrument(
  bundle: string,
  inputs: readonly string[] = [],
  recall: Recall = () => undefined,
): Instrumented {
  const parts = partsOf(bundle, inputs, recall) ?? [new Part({ name: "", text: bundle, line: 0 }, start)];
  const firsts = (of: keyof Base) => parts.map(({ base }) => base[of]);
  const [literals, progress, lines] = [firsts("literal"), firsts("progress"), firsts("line")];
  const moduleOfLiteral = (literal: number) => lastAtMost(literals, literal);
  const moduleOfLine = (line: number) => lastAtMost(lines, line);
  const find = (literal: number) => {
    const part = parts[moduleOfLiteral(literal)];
    const found = part?.marks.literals[literal - part.base.literal];
    return part === undefined || found === undefined ? undefined : { literal: found, part };
  };
  let code = "";
  let line = 0;
  for (const part of parts) {
    code += "\n".repeat(part.base.line - line) + part.marked.code;
    line = part.base.line + part.lines;
  }
  return {
    code,
    modules: parts,
    moduleOfLiteral,
    moduleOfLine,
    literal(number) {
      const found = find(number);
      if (found === undefined) return undefined;
      const { literal, part } = found;
      const call = literal.call === undefined ? undefined : part.place(literal.call);
      return { start: part.place(literal.start), call };
    },
    property(number, name) {
      const { literal, part } = find(number) ?? {};
      const places = literal?.properties.findLast(([own]) => own === name);
      if (part === undefined || places === undefined) return undefined;
      const [, key, value, end] = places;
      return { key: part.place(key), value: part.place(value), end: part.place(end) };
    },
    dynamicImports: parts.flatMap(({ base, marked }) =>
      marked.dynamicImports.map((offset) => base.progress + offset),
    ),
    placeOf(number) {
      const part = parts[lastAtMost(progress, number)] as Part;
      return part.place(number - part.base.progress);
    },
    toBundle(marked, column) {
      const part = parts[moduleOfLine(marked)] as Part;
      return part.toBundle(marked - part.base.line, column);
    },
  };
}

/** A part's text, and its first line in the bundle, which only the bundle's first part does not begin with a break of. */
interface PartText {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** A module, or what is before and behind all of them. Offsets and lines count from its beginning. */
class Part implements Module {
  readonly name: string;
  readonly digest: string;
  readonly base: Base;
  readonly marked: MarkedModule;
  /** How many line breaks it has. */
  readonly lines: number;
  readonly #text: string;
  readonly #bundleLine: number;
  #marks: Marks | undefined;
  #byLine: ReadonlyMap<number, readonly Insertion[]> | undefined;
  #lineStarts: readonly number[] | undefined;

  /**
   * @param before - what it lacks before it to be a whole program.
   * @param after - the same for its end.
   */
  constructor(
    { line, name, text }: PartText,
    base: Base,
    recall: Recall = () => undefined,
    before = "",
    after = "",
  ) {
    this.name = name;
    this.digest = sha256(text);
    this.base = base;
    this.lines = startsOf(text).length - 1;
    this.#text = text;
    this.#bundleLine = line;
    const known = recall(this.digest);
    const isSame = known?.base.literal === base.literal && known.base.progress === base.progress;
    if (known !== undefined && isSame) {
      this.marked = known;
      return;
    }
    const marks = known === undefined ? marksOf(text, before, after) : (JSON.parse(known.marks) as Marks);
    this.#marks = marks;
    this.marked = {
      digest: this.digest,
      base: { literal: base.literal, progress: base.progress },
      code: markedCode(text, marks, base),
      literals: marks.literals.length,
      dynamicImports: marks.dynamicImports,
      marks: known?.marks ?? JSON.stringify(marks),
    };
  }

  get marks(): Marks {
    this.#marks ??= JSON.parse(this.marked.marks) as Marks;
    return this.#marks;
  }

  /** What the next part's numbers count from. */
  get next(): Base {
    const { line, literal, progress } = this.base;
    return {
      literal: nextMultiple(literal + this.marked.literals, apart.literal),
      progress: nextMultiple(progress + this.#text.length, apart.progress),
      line: nextMultiple(line + this.lines, apart.line),
    };
  }

  /** In the bundle. */
  place(offset: number): Place {
    this.#lineStarts ??= startsOf(this.#text);
    const line = lastAtMost(this.#lineStarts, offset);
    return { line: this.#bundleLine + line, column: offset - (this.#lineStarts[line] ?? 0) };
  }

  /** From a place in the marked code. */
  toBundle(markedLine: number, markedColumn: number): Place {
    this.#byLine ??= this.#insertionsByLine();
    let shift = 0;
    for (const { column, length } of this.#byLine.get(markedLine) ?? []) {
      if (column + shift + length > markedColumn) break;
      shift += length;
    }
    return { line: this.#bundleLine + markedLine, column: markedColumn - shift };
  }

  #insertionsByLine(): ReadonlyMap<number, readonly Insertion[]> {
    const byLine = new Map<number, Insertion[]>();
    for (const [offset, what, number] of this.marks.insertions) {
      const { column, line } = this.place(offset);
      const { length } = insertedText(what, number, this.base);
      const list = byLine.get(line - this.#bundleLine) ?? [];
      list.push({ column, length });
      byLine.set(line - this.#bundleLine, list);
    }
    return byLine;
  }
}

/** On a line of the bundle. */
interface Insertion {
  readonly column: number;
  readonly length: number;
}

function markedCode(text: string, { insertions }: Marks, base: Numbers): string {
  let code = "";
  let from = 0;
  for (const [offset, what, number] of insertions) {
    code += text.slice(from, offset) + insertedText(what, number, base);
    from = offset;
  }
  return code + text.slice(from);
}

function insertedText(
  what: keyof typeof insertionTexts,
  number: number,
  { literal, progress }: Numbers,
): string {
  return insertionTexts[what](number + (what === "literal" ? literal : progress));
}

/**
 * esbuild writes modules one after the other into one function, each after a comment with its name. A text that only
 * looks like such a comment leaves a part that is no whole program: then the bundle is one part.
 */
function partsOf(bundle: string, inputs: readonly string[], recall: Recall): Part[] | undefined {
  const known = new Set(inputs);
  const heads = [...bundle.matchAll(/\n\n {2}\/\/ (.+)\n/g)].filter(([, name = ""]) => known.has(name));
  const starts = heads.map(({ index }) => index);
  const last = bundle.lastIndexOf("\n  return ");
  if (starts.length < 2 || last < (starts.at(-1) ?? 0)) return undefined;
  const bounds = [0, ...starts, last, bundle.length];
  const parts: Part[] = [];
  let base = start;
  let line = 0;
  try {
    for (const [index, offset] of bounds.slice(0, -1).entries()) {
      const text = bundle.slice(offset, bounds[index + 1]);
      const name = heads[index - 1]?.[1] ?? "";
      const part =
        name === ""
          ? new Part({ name, text, line }, base, undefined, index > 0 ? opened : "", index > 0 ? "" : closed)
          : new Part({ name, text, line }, base, recall);
      parts.push(part);
      base = part.next;
      line += part.lines;
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return parts;
}

/** What the first part lacks, and the last. */
const [opened, closed] = ["(()=>{", "})();"];

function nextMultiple(least: number, of: number): number {
  return Math.ceil(least / of) * of;
}

/** Offsets of lines. */
function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last of them that is not beyond the value. */
function lastAtMost(starts: readonly number[], value: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
