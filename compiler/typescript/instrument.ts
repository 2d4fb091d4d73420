import { type Node, parse } from "acorn";

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
  /** Bundle offsets of `import(…)`: a rejected one is an object of the host, so none may ever run. */
  readonly dynamicImports: readonly number[];
  /** Back to the bundle; both lines and columns from 0. */
  toBundle(line: number, column: number): Place;
  /** Bundle offset of a progress mark to its place. */
  placeOf(offset: number): Place;
}

/**
 * One module in the marked code. Numbers of its literals and lines begin at multiples, so that they stay what they are
 * while other modules grow: what the guest tells of a module that is unchanged is then the same text.
 */
export interface Module {
  /** As esbuild has it, a path relative to the stack's folder; `""` for what is not of one module. */
  readonly name: string;
  /** Number of its first literal. */
  readonly literal: number;
  /** Its first line in the marked code, from 0. */
  readonly line: number;
  /** What the bundle has of it. */
  readonly text: string;
}

const literalsApart = 1024;
const linesApart = 256;

interface PropertyPlaces {
  readonly key: Place;
  readonly value: Place;
  readonly end: Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is inserted into one part of a bundle. Offsets, and numbers of literals, count from the part's own beginning. */
export interface Marks {
  /** In the order of their offsets. */
  readonly insertions: readonly Insertion[];
  readonly literals: readonly Literal[];
  readonly dynamicImports: readonly number[];
}

type Insertion = readonly [offset: number, what: What, number: number];

type What = "literal" | "end" | "passed" | "mark" | "block" | "blockEnd";

interface Literal {
  readonly start: number;
  readonly call?: number;
  readonly properties: { readonly [name: string]: readonly [key: number, value: number, end: number] };
}

/** Remembers the marks of parts from one compile to the next. */
export interface MarkMemory {
  recall(text: string): Marks | undefined;
  keep(text: string, marks: Marks): void;
}

/** A part of the bundle with its place in it. */
interface Part {
  readonly name: string;
  readonly text: string;
  readonly marks: Marks;
  readonly offset: number;
  /** Number of its first literal. */
  readonly literal: number;
}

interface AnyNode extends Node {
  readonly [member: string]: unknown;
}

const loops = new Set([
  "ForStatement",
  "WhileStatement",
  "DoWhileStatement",
  "ForInStatement",
  "ForOfStatement",
]);
const functions = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
/** They do nothing themselves: a mark before them would only hide who did. The loop marks itself. */
const quickStatements = new Set([
  "FunctionDeclaration",
  "BreakStatement",
  "ContinueStatement",
  "EmptyStatement",
]);
const statementLists = new Set(["Program", "BlockStatement", "StaticBlock", "SwitchCase"]);

/**
 * @param inputs - the modules of the bundle, as esbuild names them: each is a part, looked for in the memory, so that
 * only what changed is parsed.
 */
export function instrument(
  bundle: string,
  inputs: readonly string[] = [],
  memory: MarkMemory = { recall: () => undefined, keep: () => undefined },
): Instrumented {
  const parts = partsOf(bundle, inputs, memory) ?? [
    { name: "", text: bundle, offset: 0, literal: 0, marks: marksOf(bundle, "", "") },
  ];
  const lineStarts = startsOf(bundle);
  const place = (offset: number): Place => {
    const line = lastAtMost(lineStarts, offset);
    return { line, column: offset - (lineStarts[line] ?? 0) };
  };
  const offsets: number[] = [];
  const lengths: number[] = [];
  const modules: (Module & { readonly bundleLine: number })[] = [];
  let code = "";
  let from = 0;
  let padding = 0;
  for (const { literal, marks, name, offset, text } of parts) {
    const bundleLine = place(offset).line;
    const missing = nextMultiple(bundleLine + padding, linesApart) - bundleLine - padding;
    code += bundle.slice(from, offset) + "\n".repeat(missing);
    from = offset;
    padding += missing;
    modules.push({ name, literal, line: bundleLine + padding, text, bundleLine });
    for (const [at, what, number] of marks.insertions) {
      const inserted = texts[what](what === "literal" ? literal + number : offset + number);
      code += bundle.slice(from, offset + at) + inserted;
      from = offset + at;
      offsets.push(from);
      lengths.push(inserted.length);
    }
  }
  const firstLiterals = parts.map(({ literal }) => literal);
  const firstLines = modules.map(({ line }) => line);
  const moduleOfLiteral = (literal: number) => lastAtMost(firstLiterals, literal);
  const moduleOfLine = (line: number) => lastAtMost(firstLines, line);
  const find = (literal: number) => {
    const part = parts[moduleOfLiteral(literal)];
    const found = part?.marks.literals[literal - part.literal];
    return part === undefined || found === undefined ? undefined : { found, offset: part.offset };
  };
  let byLine: Map<number, { column: number; length: number }[]> | undefined;
  return {
    code: code + bundle.slice(from),
    modules,
    moduleOfLiteral,
    moduleOfLine,
    literal(number) {
      const { found, offset = 0 } = find(number) ?? {};
      if (found === undefined) return undefined;
      const call = found.call === undefined ? undefined : place(offset + found.call);
      return { start: place(offset + found.start), call };
    },
    property(number, name) {
      const { found, offset = 0 } = find(number) ?? {};
      if (found === undefined || !Object.hasOwn(found.properties, name)) return undefined;
      const [key, value, end] = found.properties[name] ?? [0, 0, 0];
      return { key: place(offset + key), value: place(offset + value), end: place(offset + end) };
    },
    dynamicImports: parts.flatMap(({ marks, offset }) => marks.dynamicImports.map((at) => offset + at)),
    placeOf: place,
    toBundle(marked, column) {
      byLine ??= insertionsByLine(offsets, lengths, place);
      const module = modules[moduleOfLine(marked)];
      const line = marked - (module?.line ?? 0) + (module?.bundleLine ?? 0);
      let shift = 0;
      for (const insertion of byLine.get(line) ?? []) {
        if (insertion.column + shift + insertion.length > column) break;
        shift += insertion.length;
      }
      return { line, column: column - shift };
    },
  };
}

const texts: { readonly [what in What]: (number: number) => string } = {
  literal: (number) => `__infra_at(${number},`,
  end: () => ")",
  passed: () => ",1)",
  mark: (number) => `__infra_mark[0]=${number};`,
  block: (number) => `{__infra_mark[0]=${number};`,
  blockEnd: () => "}",
};

function insertionsByLine(
  offsets: readonly number[],
  lengths: readonly number[],
  place: (offset: number) => Place,
): Map<number, { column: number; length: number }[]> {
  const byLine = new Map<number, { column: number; length: number }[]>();
  for (const [index, offset] of offsets.entries()) {
    const { column, line } = place(offset);
    const list = byLine.get(line) ?? [];
    list.push({ column, length: lengths[index] ?? 0 });
    byLine.set(line, list);
  }
  return byLine;
}

/**
 * esbuild writes modules one after the other into one function, each after a comment with its name. A text that only
 * looks like such a comment leaves a part that is no whole program: then the bundle is one part.
 */
function partsOf(bundle: string, inputs: readonly string[], memory: MarkMemory): Part[] | undefined {
  const known = new Set(inputs);
  const heads = [...bundle.matchAll(/\n\n {2}\/\/ (.+)\n/g)].filter(([, name = ""]) => known.has(name));
  const starts = heads.map(({ index }) => index);
  const names = heads.map(([, name = ""]) => name);
  const last = bundle.lastIndexOf("\n  return ");
  if (starts.length < 2 || last < (starts.at(-1) ?? 0)) return undefined;
  const bounds = [0, ...starts, last, bundle.length];
  const parts: Part[] = [];
  let literal = 0;
  try {
    for (const [index, offset] of bounds.slice(0, -1).entries()) {
      const text = bundle.slice(offset, bounds[index + 1]);
      const isModule = index > 0 && index <= starts.length;
      const kept = isModule ? memory.recall(text) : undefined;
      const marks = kept ?? marksOf(text, offset === last ? opened : "", index === 0 ? closed : "");
      if (isModule && kept === undefined) memory.keep(text, marks);
      parts.push({ name: isModule ? (names[index - 1] ?? "") : "", text, marks, offset, literal });
      literal = nextMultiple(literal + marks.literals.length, literalsApart);
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return parts;
}

/** What the first part lacks, and the last. */
const [opened, closed] = ["(()=>{", "})();"];

function marksOf(text: string, before: string, after: string): Marks {
  const insertions: Insertion[] = [];
  const literals: Literal[] = [];
  const dynamicImports: number[] = [];
  const calls = new Map<AnyNode, number>(); // by their last argument

  const visit = (node: AnyNode, inLoop: boolean): void => {
    const isLoop = loops.has(node.type);
    const inside = isLoop || (inLoop && !functions.has(node.type));
    if (statementLists.has(node.type) && !inside) markStatements(node, insertions);
    if (node.type === "ObjectExpression") {
      const call = calls.get(node);
      insertions.push([node.start, "literal", literals.length]);
      insertions.push([node.end, call === undefined ? "end" : "passed", 0]);
      const places = { start: node.start - before.length, properties: propertiesOf(node, before.length) };
      literals.push(call === undefined ? places : { ...places, call: call - before.length });
    } else if (node.type === "CallExpression" && isOfStdlib(node["callee"] as AnyNode)) {
      const last = (node["arguments"] as AnyNode[]).at(-1);
      if (last !== undefined) calls.set(last, (node["callee"] as AnyNode).end); // where V8 has it
    } else if (isLoop) {
      markLoop(node, insertions);
    } else if (node.type === "ImportExpression") {
      dynamicImports.push(node.start - before.length);
    }
    for (const name in node) {
      const member = node[name];
      if (typeof member !== "object" || member === null) continue;
      if (name === "key" && node["computed"] !== true) continue;
      if (Array.isArray(member)) {
        for (const child of member) if (isNode(child)) visit(child, inside);
      } else if (isNode(member)) visit(member, inside);
    }
  };
  const whole = `${before}${text}${after}`;
  visit(parse(whole, { ecmaVersion: 2022, sourceType: "script" }) as unknown as AnyNode, false);

  // At one offset, what closes comes before what opens.
  insertions.sort((a, b) => a[0] - b[0] || closes(b) - closes(a));
  const own = insertions
    .filter(([offset]) => offset >= before.length && offset <= before.length + text.length)
    .map(([offset, what, number]): Insertion => {
      const isPlace = what === "mark" || what === "block";
      return [offset - before.length, what, isPlace ? number - before.length : number];
    });
  return { insertions: own, literals, dynamicImports };
}

function closes([, what]: Insertion): number {
  return Number(what === "end" || what === "passed" || what === "blockEnd");
}

/** `(0, import_infra.deployment)`, as esbuild writes the call of what is imported from a script. */
function isOfStdlib(callee: AnyNode): boolean {
  if (callee.type !== "SequenceExpression") return false;
  const last = (callee["expressions"] as AnyNode[]).at(-1);
  const object = last?.type === "MemberExpression" ? (last["object"] as AnyNode) : undefined;
  return object?.type === "Identifier" && /^import_infra\d*$/.test(String(object["name"]));
}

function propertiesOf(node: AnyNode, before: number): Literal["properties"] {
  const properties: { [name: string]: readonly [number, number, number] } = Object.create(null);
  for (const property of node["properties"] as AnyNode[]) {
    if (property.type !== "Property" || property["computed"] === true) continue;
    const key = property["key"] as AnyNode & { name?: string; value?: unknown };
    const value = property["value"] as AnyNode;
    const places = [key.start - before, value.start - before, value.end - before] as const;
    properties[key.name ?? String(key.value)] = places;
  }
  return properties;
}

/** A block gets the mark as its first statement; a bare body becomes a block. */
function markLoop(node: AnyNode, insertions: Insertion[]): void {
  const body = node["body"] as AnyNode;
  if (body.type === "BlockStatement") insertions.push([body.start + 1, "mark", node.start]);
  else insertions.push([body.start, "block", node.start], [body.end, "blockEnd", 0]);
}

function markStatements(list: AnyNode, insertions: Insertion[]): void {
  for (const statement of list[list.type === "SwitchCase" ? "consequent" : "body"] as AnyNode[])
    if (statement["directive"] === undefined && !quickStatements.has(statement.type))
      insertions.push([statement.start, "mark", statement.start]);
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}

function nextMultiple(least: number, of: number): number {
  return Math.ceil(least / of) * of;
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last of them that is not beyond the value. */
function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
