import type { Position, Span } from "../diagnostics/span.js";
import type { Site } from "./static.js";
import type {
  Definition,
  Expression,
  Field,
  FunctionDefinition,
  MapEntry,
  Module,
  Name,
  Spread,
} from "./syntax.js";

/** What stands in the tree of a module, names aside. */
export type Node =
  | Definition
  | Field
  | Expression
  | Spread
  | MapEntry
  | Extract<FunctionDefinition["body"], { node: "body" }>;

/** In source order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.node) {
    case "param":
      return node.default === undefined ? node.options : [node.default, ...node.options];
    case "let":
    case "field":
      return [node.value];
    case "function":
      return [
        ...node.parameters.flatMap(({ default: value }) => (value === undefined ? [] : [value])),
        node.body,
      ];
    case "body":
      return node.definitions;
    case "block":
      return node.name?.node === "text" ? [node.name, ...node.members] : node.members;
    case "list":
      return node.items;
    case "map":
      return node.entries;
    case "spread":
    case "unary":
    case "member":
      return [node.of];
    case "entry":
      return node.key.node === "text" ? [node.key, node.value] : [node.value];
    case "text":
      return node.parts.filter((part) => typeof part !== "string");
    case "index":
      return [node.of, node.key];
    case "call":
      return [node.callee, ...node.arguments];
    case "binary":
      return [node.left, node.right];
    case "if":
      return [node.condition, node.then, node.else];
    case "for": {
      const parts = [node.in, node.key, node.value, node.where];
      return parts.filter((part) => part !== undefined);
    }
    default:
      return [];
  }
}

/** What holds a position, the outermost first. An end counts as within: a cursor stands between characters. */
export function pathTo({ definitions }: Module, position: Position): readonly Node[] {
  const path: Node[] = [];
  let level: readonly Node[] = definitions;
  for (;;) {
    const next = level.find(({ span }) => holds(span, position));
    if (next === undefined) return path;
    path.push(next);
    level = childrenOf(next);
  }
}

/** A module as if it had only what holds a position: names mean the same, and the rest need not be looked at. */
export function siteAt(site: Site, position: Position): Site {
  const { module } = site.resolution;
  const definitions = module.definitions.filter(({ span }) => holds(span, position));
  return { ...site, resolution: { ...site.resolution, module: { ...module, definitions } } };
}

/** Every node of a module, those that hold others before them. */
export function* walk(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    yield* walk(childrenOf(node));
  }
}

/** Names that a node gives to what stands within it. */
export function localsOf(node: Node): readonly Name[] {
  if (node.node === "for") return node.names;
  if (node.node === "function") return node.parameters.map(({ name }) => name);
  if (node.node !== "body") return [];
  return node.definitions.flatMap(({ name }) => (name?.node === "name" ? [name] : []));
}

export function holds({ end, start }: Span, position: Position): boolean {
  return !isBefore(position, start) && !isBefore(end, position);
}

export function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** A name without the quotes around it. */
export function bare({ quoted, span }: Name): Span {
  if (!quoted || span.start.line !== span.end.line) return span;
  return {
    ...span,
    start: { ...span.start, column: span.start.column + 1 },
    end: { ...span.end, column: span.end.column - 1 },
  };
}
