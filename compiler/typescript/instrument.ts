import { type Node, parse } from "acorn";

/**
 * Marks in the bundle: every object literal gets a number, so that its properties keep their place, and every loop
 * and every statement outside of one notes that it was reached, so that an endless program can be told where. Within a
 * loop the loop itself is the place: which of its statements the clock strikes at is chance.
 *
 * Insertions hold no line break; a position in the marked code is one in the bundle after the insertions before it on
 * its line are taken off.
 */
export interface Instrumented {
  readonly code: string;
  /** Literal number to places in the bundle. */
  readonly literals: readonly LiteralPlaces[];
  /** Bundle offsets of `import(…)`: a rejected one is an object of the host, so none may ever run. */
  readonly dynamicImports: readonly number[];
  /** Back to the bundle; both lines and columns from 0. */
  toBundle(line: number, column: number): { readonly line: number; readonly column: number };
  /** Bundle offset of a progress mark to its place. */
  placeOf(offset: number): { readonly line: number; readonly column: number };
}

interface LiteralPlaces {
  readonly start: Place;
  /** The call of the stdlib that it is the last argument of. */
  readonly call?: Place;
  readonly properties: {
    readonly [name: string]: { readonly key: Place; readonly value: Place; readonly end: Place };
  };
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Insertion {
  readonly offset: number;
  readonly text: string;
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

export function instrument(bundle: string): Instrumented {
  const lineStarts = startsOf(bundle);
  const place = (offset: number): Place => {
    const line = lineAt(lineStarts, offset);
    return { line, column: offset - (lineStarts[line] ?? 0) };
  };
  const insertions: Insertion[] = [];
  const literals: LiteralPlaces[] = [];
  const dynamicImports: number[] = [];
  const calls = new Map<AnyNode, Place>(); // by their last argument

  const visit = (node: AnyNode, inLoop: boolean): void => {
    const isLoop = loops.has(node.type);
    const inside = isLoop || (inLoop && !functions.has(node.type));
    if (statementLists.has(node.type) && !inside) markStatements(node, insertions);
    if (node.type === "ObjectExpression") {
      const call = calls.get(node);
      insertions.push(
        { offset: node.start, text: `__infra_at(${literals.length},` },
        { offset: node.end, text: call === undefined ? ")" : ",1)" },
      );
      const places = { start: place(node.start), properties: propertiesOf(node, place) };
      literals.push(call === undefined ? places : { ...places, call });
    } else if (node.type === "CallExpression" && isOfStdlib(node["callee"] as AnyNode)) {
      const last = (node["arguments"] as AnyNode[]).at(-1);
      if (last !== undefined) calls.set(last, place((node["callee"] as AnyNode).end)); // where V8 has it
    } else if (isLoop) {
      markLoop(node, insertions);
    } else if (node.type === "ImportExpression") {
      dynamicImports.push(node.start);
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
  visit(parse(bundle, { ecmaVersion: 2022, sourceType: "script" }) as unknown as AnyNode, false);

  // At one offset, what closes comes before what opens.
  insertions.sort((a, b) => a.offset - b.offset || closes(b) - closes(a));
  const byLine = new Map<number, { column: number; length: number }[]>();
  let code = "";
  let from = 0;
  for (const { offset, text } of insertions) {
    code += bundle.slice(from, offset) + text;
    from = offset;
    const { line, column } = place(offset);
    const list = byLine.get(line) ?? [];
    list.push({ column, length: text.length });
    byLine.set(line, list);
  }
  return {
    code: code + bundle.slice(from),
    literals,
    dynamicImports,
    placeOf: place,
    toBundle(line, column) {
      let shift = 0;
      for (const insertion of byLine.get(line) ?? []) {
        if (insertion.column + shift + insertion.length > column) break;
        shift += insertion.length;
      }
      return { line, column: column - shift };
    },
  };
}

function closes({ text }: Insertion): number {
  return Number(text.endsWith(")") || text === "}");
}

/** `(0, import_infra.deployment)`, as esbuild writes the call of what is imported from a script. */
function isOfStdlib(callee: AnyNode): boolean {
  if (callee.type !== "SequenceExpression") return false;
  const last = (callee["expressions"] as AnyNode[]).at(-1);
  const object = last?.type === "MemberExpression" ? (last["object"] as AnyNode) : undefined;
  return object?.type === "Identifier" && /^import_infra\d*$/.test(String(object["name"]));
}

function propertiesOf(node: AnyNode, place: (offset: number) => Place): LiteralPlaces["properties"] {
  const properties: { [name: string]: { key: Place; value: Place; end: Place } } = Object.create(null);
  for (const property of node["properties"] as AnyNode[]) {
    if (property.type !== "Property" || property["computed"] === true) continue;
    const key = property["key"] as AnyNode & { name?: string; value?: unknown };
    const value = property["value"] as AnyNode;
    properties[key.name ?? String(key.value)] = {
      key: place(key.start),
      value: place(value.start),
      end: place(value.end),
    };
  }
  return properties;
}

/** A block gets the mark as its first statement; a bare body becomes a block. */
function markLoop(node: AnyNode, insertions: Insertion[]): void {
  const body = node["body"] as AnyNode;
  if (body.type === "BlockStatement") insertions.push({ offset: body.start + 1, text: markAt(node) });
  else insertions.push({ offset: body.start, text: `{${markAt(node)}` }, { offset: body.end, text: "}" });
}

function markStatements(list: AnyNode, insertions: Insertion[]): void {
  for (const statement of list[list.type === "SwitchCase" ? "consequent" : "body"] as AnyNode[])
    if (statement["directive"] === undefined && !quickStatements.has(statement.type))
      insertions.push({ offset: statement.start, text: markAt(statement) });
}

function markAt({ start }: AnyNode): string {
  return `__infra_mark[0]=${start};`;
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
