import { type Node, parse } from "acorn";

/** What is inserted into one part of a bundle. Offsets, and numbers of literals, count from the part's own beginning. */
export interface Marks {
  /** In the order of their offsets. */
  readonly insertions: readonly Insertion[];
  readonly literals: readonly Literal[];
  /** Offsets of `import(…)`. */
  readonly dynamicImports: readonly number[];
}

export type Insertion = readonly [offset: number, what: What, number: number];

type What = "literal" | "end" | "passed" | "mark" | "block" | "blockEnd";

interface Literal {
  readonly start: number;
  readonly call?: number;
  /** Of two with one name the last counts. */
  readonly properties: readonly Property[];
}

type Property = readonly [name: string, key: number, value: number, end: number];

/** What an insertion says; the numbers are those of the whole bundle. */
export const insertionTexts: { readonly [what in What]: (number: number) => string } = {
  literal: (number) => `__infra_at(${number},`,
  end: () => ")",
  passed: () => ",1)",
  mark: (number) => `__infra_mark[0]=${number};`,
  block: (number) => `{__infra_mark[0]=${number};`,
  blockEnd: () => "}",
};

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
 * @param before - what the text lacks before it to be a whole program.
 * @param after - the same for its end.
 * @throws {SyntaxError} when it is none with them either.
 */
export function marksOf(text: string, before: string, after: string): Marks {
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

/**
 * `(0, import_infra.deployment)`, as esbuild writes the call of what is imported from a script, or `$.deployment` of what
 * an `.infra` module stands for.
 */
function isOfStdlib(callee: AnyNode): boolean {
  const last = callee.type === "SequenceExpression" ? (callee["expressions"] as AnyNode[]).at(-1) : callee;
  const object = last?.type === "MemberExpression" ? (last["object"] as AnyNode) : undefined;
  const stdlib = last === callee ? /^\$\d*$/ : /^import_infra\d*$/;
  return object?.type === "Identifier" && stdlib.test(String(object["name"]));
}

function propertiesOf(node: AnyNode, before: number): readonly Property[] {
  return (node["properties"] as AnyNode[]).flatMap((property): readonly Property[] => {
    if (property.type !== "Property" || property["computed"] === true) return [];
    const key = property["key"] as AnyNode & { name?: string; value?: unknown };
    const value = property["value"] as AnyNode;
    const name = key.name ?? String(key.value);
    return [[name, key.start - before, value.start - before, value.end - before]];
  });
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
