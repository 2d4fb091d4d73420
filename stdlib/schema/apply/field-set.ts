import { stableStringify } from "../../base/json.js";
import { isMap } from "../patch/value.js";

/**
 * A set of field paths, as a trie.
 *
 * Steps are spelled as in FieldsV1, in canonical form: `f:<field>`, `k:{"name":"c"}` (keys sorted), `v:<json>`,
 * `i:<n>`. A node is a member of the set when `member` is true; its children may be members of their own.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

/** Steps from the object's root. */
export type FieldPath = readonly string[];

export const emptyFieldSet: FieldSet = { member: false, children: new Map() };

export function isEmptySet(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

function combine(
  a: FieldSet | undefined,
  b: FieldSet | undefined,
  keeps: (inA: boolean, inB: boolean) => boolean,
): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const step of new Set([...(a?.children.keys() ?? []), ...(b?.children.keys() ?? [])])) {
    const child = combine(a?.children.get(step), b?.children.get(step), keeps);
    if (!isEmptySet(child)) children.set(step, child);
  }
  return { member: keeps(a?.member ?? false, b?.member ?? false), children };
}

export function unionSets(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersectSets(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && inB);
}

/** Members of `a` that are not members of `b`. */
export function subtractSets(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

/** `a` without the members of `b` and without everything below them. */
export function subtractRecursively(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return emptyFieldSet;
  const children = new Map<string, FieldSet>();
  for (const [step, child] of a.children) {
    const gone = b.children.get(step);
    const rest = gone === undefined ? child : subtractRecursively(child, gone);
    if (!isEmptySet(rest)) children.set(step, rest);
  }
  return { member: a.member, children };
}

export function setsEqual(a: FieldSet, b: FieldSet): boolean {
  if (a.member !== b.member || a.children.size !== b.children.size) return false;
  for (const [step, child] of a.children) {
    const other = b.children.get(step);
    if (other === undefined || !setsEqual(child, other)) return false;
  }
  return true;
}

/**
 * The set with every named field that leads to a member made a member too. Removing the last owned field of a
 * struct then removes the struct (structured-merge-diff, `EnsureNamedFieldsAreMembers`).
 */
export function withNamedParents(set: FieldSet, isField = false): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, child] of set.children)
    children.set(step, withNamedParents(child, step.startsWith("f:")));
  return { member: set.member || (isField && children.size > 0), children };
}

export function setOfPaths(paths: Iterable<FieldPath>): FieldSet {
  const root = newNode();
  for (const path of paths) insertPath(root, path);
  return root;
}

/** A set under construction. */
export interface MutableFieldSet extends FieldSet {
  member: boolean;
  readonly children: Map<string, MutableFieldSet>;
}

export function newNode(): MutableFieldSet {
  return { member: false, children: new Map() };
}

export function childNode(node: MutableFieldSet, step: string): MutableFieldSet {
  let child = node.children.get(step);
  if (child === undefined) {
    child = newNode();
    node.children.set(step, child);
  }
  return child;
}

export function insertPath(root: MutableFieldSet, path: FieldPath): void {
  let node = root;
  for (const step of path) node = childNode(node, step);
  node.member = true;
}

export function hasPath(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const step of path) node = node?.children.get(step);
  return node?.member ?? false;
}

/** Every member, in step order. */
export function pathsOf(set: FieldSet, prefix: FieldPath = []): FieldPath[] {
  const paths: FieldPath[] = set.member ? [prefix] : [];
  for (const step of [...set.children.keys()].sort())
    paths.push(...pathsOf(set.children.get(step)!, [...prefix, step]));
  return paths;
}

/** Encodes as the value of `managedFields[].fieldsV1`; equal sets give equal JSON text. */
export function encodeFieldsV1(set: FieldSet): { [path: string]: unknown } {
  const encoded: { [path: string]: unknown } = {};
  if (set.member && set.children.size > 0) encoded["."] = {};
  for (const step of [...set.children.keys()].sort()) encoded[step] = encodeFieldsV1(set.children.get(step)!);
  return encoded;
}

/**
 * Decodes `managedFields[].fieldsV1`.
 *
 * @throws {SyntaxError} for a step that is not FieldsV1.
 */
export function decodeFieldsV1(fields: unknown): FieldSet {
  const decoded = decodeNode(fields);
  // An empty object is a leaf everywhere but at the root, where it is the empty set.
  return { member: false, children: decoded.children };
}

function decodeNode(fields: unknown): FieldSet {
  if (!isMap(fields)) throw new SyntaxError("FieldsV1 must be an object");
  const steps = Object.keys(fields);
  const children = new Map<string, FieldSet>();
  for (const step of steps) if (step !== ".") children.set(canonicalStep(step), decodeNode(fields[step]));
  return { member: steps.length === 0 || Object.hasOwn(fields, "."), children };
}

function canonicalStep(step: string): string {
  const kind = step.slice(0, 2);
  const rest = step.slice(2);
  if (kind === "f:") return step;
  if (kind === "i:" && /^[0-9]+$/.test(rest)) return step;
  if (kind === "v:") return `v:${stableStringify(JSON.parse(rest))}`;
  if (kind === "k:") {
    const key: unknown = JSON.parse(rest);
    if (isMap(key)) return `k:${stableStringify(key)}`;
  }
  throw new SyntaxError(`"${step}" is not a FieldsV1 step`);
}

/** As conflicts name it: `.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]`. */
export function pathText(path: FieldPath): string {
  return path.map(stepText).join("");
}

function stepText(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith("f:")) return `.${rest}`;
  if (step.startsWith("i:")) return `[${rest}]`;
  if (step.startsWith("v:")) return `[=${rest}]`;
  const key = JSON.parse(rest) as { [name: string]: unknown };
  const pairs = Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${pairs.join(",")}]`;
}
