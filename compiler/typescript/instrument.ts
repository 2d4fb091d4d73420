import { sha256 } from "../digest.js";
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
  readonly parts: readonly BundlePart[];
  /** The index of the part that a literal, or a line of the marked code, is of. */
  partOfLiteral(literal: number): number;
  partOfLine(line: number): number;
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

/** Some statements of one module, or what is before and behind all modules. */
export interface BundlePart {
  /** Lines of the bundle, from 0: the first that it has anything on, and the first that it has nothing on. */
  readonly from: number;
  readonly to: number;
  readonly marked: MarkedPart;
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

/** What the numbers of a part's literals and progress marks count from. */
interface Numbers {
  readonly literal: number;
  readonly progress: number;
}

/**
 * Multiples, so that they stay what they are while other parts grow: what the guest tells of a part that is unchanged is
 * then the same.
 */
interface Base extends Numbers {
  /** Its first line in the marked code, from 0. */
  readonly line: number;
}

const start: Base = { literal: 0, progress: 0, line: 0 };
const apart: Base = { literal: 64, progress: 1024, line: 64 };

/** A part as one compile hands it to the next. */
export interface MarkedPart {
  /** SHA-256 of what the bundle has of it. */
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

type Recall = (digest: string) => MarkedPart | undefined;

/**
 * @param inputs - the modules of the bundle, as esbuild names them: each is divided into parts, so that only what
 * changed is parsed.
 * @param recall - a part that was marked before, by the digest of its text.
 */
export function instrument(
  bundle: string,
  inputs: readonly string[] = [],
  recall: Recall = () => undefined,
): Instrumented {
  const parts = partsOf(bundle, inputs, recall) ?? [new Part({ text: bundle, line: 0 }, start, recall)];
  const firsts = (of: keyof Base) => parts.map(({ base }) => base[of]);
  const [literals, progress, lines] = [firsts("literal"), firsts("progress"), firsts("line")];
  const partOfLiteral = (literal: number) => lastAtMost(literals, literal);
  const partOfLine = (line: number) => lastAtMost(lines, line);
  const find = (literal: number) => {
    const part = parts[partOfLiteral(literal)];
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
    parts,
    partOfLiteral,
    partOfLine,
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
      const part = parts[partOfLine(marked)] as Part;
      return part.toBundle(marked - part.base.line, column);
    },
  };
}

/** A part of the bundle. */
interface PartText {
  readonly text: string;
  /** Its first line in the bundle, which it has nothing on but the break at its end; the bundle's first part has. */
  readonly line: number;
  /** What it lacks before and after it to be a whole program. */
  readonly lacks?: readonly [before: string, after: string];
}

/** Offsets and lines count from its beginning. */
class Part implements BundlePart {
  readonly base: Base;
  readonly marked: MarkedPart;
  readonly from: number;
  readonly to: number;
  /** How many line breaks it has. */
  readonly lines: number;
  readonly #text: string;
  #marks: Marks | undefined;
  #byLine: ReadonlyMap<number, readonly Insertion[]> | undefined;
  #lineStarts: readonly number[] | undefined;

  /** @throws {SyntaxError} for a text that is no program. */
  constructor({ lacks = ["", ""], line, text }: PartText, base: Base, recall: Recall) {
    this.base = base;
    this.lines = breaksIn(text);
    this.from = line;
    this.to = line + this.lines + 1;
    this.#text = text;
    const digest = sha256(text);
    const known = recall(digest);
    const isSame = known?.base.literal === base.literal && known.base.progress === base.progress;
    if (known !== undefined && isSame) {
      this.marked = known;
      return;
    }
    const marks = known === undefined ? marksOf(text, ...lacks) : (JSON.parse(known.marks) as Marks);
    this.#marks = marks;
    this.marked = {
      digest,
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
    return { line: this.from + line, column: offset - (this.#lineStarts[line] ?? 0) };
  }

  /** From a place in the marked code. */
  toBundle(markedLine: number, markedColumn: number): Place {
    this.#byLine ??= this.#insertionsByLine();
    let shift = 0;
    for (const { column, length } of this.#byLine.get(markedLine) ?? []) {
      if (column + shift + length > markedColumn) break;
      shift += length;
    }
    return { line: this.from + markedLine, column: markedColumn - shift };
  }

  #insertionsByLine(): ReadonlyMap<number, readonly Insertion[]> {
    const byLine = new Map<number, Insertion[]>();
    for (const [offset, what, number] of this.marks.insertions) {
      const { column, line } = this.place(offset);
      const { length } = insertedText(what, number, this.base);
      const list = byLine.get(line - this.from) ?? [];
      list.push({ column, length });
      byLine.set(line - this.from, list);
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
  const starts = [...bundle.matchAll(/\n\n {2}\/\/ (.+)\n/g)]
    .filter(([, name = ""]) => known.has(name))
    .map(({ index }) => index);
  const last = bundle.lastIndexOf("\n  return ");
  if (starts.length === 0 || last < (starts.at(-1) ?? 0)) return undefined;
  const parts: Part[] = [];
  const add = (texts: readonly string[], lacks?: PartText["lacks"]) => {
    const added: Part[] = [];
    for (const text of texts) {
      const before = added.at(-1) ?? parts.at(-1);
      const at = { text, line: before === undefined ? 0 : before.to - 1, ...(lacks && { lacks }) };
      added.push(new Part(at, before?.next ?? start, recall));
    }
    for (const part of added) parts.push(part); // there may be more than a call takes arguments
  };
  try {
    add([bundle.slice(0, starts[0])], ["", "})();"]);
    for (const [index, offset] of starts.entries()) {
      const module = bundle.slice(offset, starts[index + 1] ?? last);
      const statements = divided(module);
      if (statements.length === 1 || !isAdded(() => add(statements))) add([module]);
    }
    add([bundle.slice(last)], ["(()=>{", ""]);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return parts;
}

function isAdded(add: () => void): boolean {
  try {
    add();
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * A module's text by its statements, a few in each part. Where a part begins is decided by the line that begins there
 * alone, so that nothing that changes elsewhere moves it. What only looks like a statement, in a text of several lines,
 * leaves parts that are no programs.
 */
function divided(module: string): readonly string[] {
  const starts = [0];
  for (const { 0: line, index } of module.matchAll(/\n {2}(?:var|function|class|async function) .*/g))
    if (isChosen(line)) starts.push(index);
  return starts.map((from, index) => module.slice(from, starts[index + 1]));
}

/** One line of four. */
function isChosen(line: string): boolean {
  let hash = 0;
  for (let at = 0; at < line.length; at += 1) hash = (hash * 31 + line.charCodeAt(at)) | 0;
  return ((hash ^ (hash >>> 15)) & 3) === 0;
}

function nextMultiple(least: number, of: number): number {
  return Math.ceil(least / of) * of;
}

function breaksIn(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) breaks += 1;
  return breaks;
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
