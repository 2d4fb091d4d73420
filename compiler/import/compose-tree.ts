import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import { isRecord } from "./objects.js";
import { pathKey, readYaml, type YamlDocument } from "./read-yaml.js";

/** A value of a Compose file that remembers where it stands; several files and services are merged as such trees. */
export interface ComposeNode {
  readonly place: Span;
  readonly value: ComposeValue;
  /** Folder that paths in it start at, relative to the reader's. */
  readonly folder: string;
  /** Comment lines on it. */
  readonly comment: readonly string[];
  /** It stands instead of what earlier files say: `!override`, or `!reset`, which says nothing itself. */
  readonly replaces?: boolean;
}

export type ComposeValue =
  | null
  | boolean
  | number
  | string
  | readonly ComposeNode[]
  | ReadonlyMap<string, ComposeNode>;

interface ComposeMap extends ComposeNode {
  readonly value: ReadonlyMap<string, ComposeNode>;
}

interface ComposeList extends ComposeNode {
  readonly value: readonly ComposeNode[];
}

export function isMapNode(node: ComposeNode | undefined): node is ComposeMap {
  return node?.value instanceof Map;
}

export function isListNode(node: ComposeNode | undefined): node is ComposeList {
  return Array.isArray(node?.value);
}

/** Whether a YAML text is a Compose file: it has services, and nothing that a Kubernetes object has. */
export function isComposeText(text: string): boolean {
  if (!/^["']?services["']?\s*:|^\s*\{/m.test(text)) return false; // the most are decided without reading them
  const [first] = readYaml(text, "1.2").documents;
  return (
    isRecord(first?.data) && Object.hasOwn(first.data, "services") && !Object.hasOwn(first.data, "apiVersion")
  );
}

/** One file as a tree; problems are reported. @param folder - where paths in it start. */
export function readComposeFile(
  name: string,
  text: string,
  folder: string,
  reporter: Reporter,
): ComposeNode | undefined {
  const file = readYaml(text, "1.2");
  for (const { column, line, message } of file.problems)
    reporter.report("compose-invalid", pointSpan(name, line, column), { why: message });
  const [document, second] = file.documents;
  if (second !== undefined)
    reporter.report("compose-invalid", pointSpan(name, second.place.line, second.place.column), {
      why: "A Compose file is one document",
    });
  if (document === undefined) return undefined;
  return nodeOf(document, name, folder);
}

function nodeOf(document: YamlDocument, name: string, folder: string): ComposeNode {
  const make = (value: unknown, path: readonly (string | number)[], around: Span): ComposeNode => {
    const key = pathKey(path);
    const found = document.places.get(key);
    const place = found === undefined ? around : pointSpan(name, found.line, found.column);
    const inner: ComposeValue = Array.isArray(value)
      ? value.map((item, index) => make(item, [...path, index], place))
      : isRecord(value)
        ? new Map(Object.entries(value).map(([name, item]) => [name, make(item, [...path, name], place)]))
        : (value as null | boolean | number | string);
    const comment = path.length === 0 ? document.comment : (document.comments.get(key) ?? []);
    return { place, value: inner, folder, comment, replaces: document.tags.has(key) };
  };
  return make(document.data, [], pointSpan(name, document.place.line, document.place.column));
}

/** Comment lines of a value and of everything in it, outer ones first. */
export function commentsWithin({ comment, value }: ComposeNode): readonly string[] {
  if (typeof value !== "object" || value === null) return comment;
  return [...comment, ...[...value.values()].flatMap(commentsWithin)];
}

/** Without what `!reset` has taken away, once everything is merged. */
export function withoutReset(node: ComposeNode): ComposeNode {
  if (isListNode(node)) return { ...node, value: node.value.map(withoutReset) };
  if (!isMapNode(node)) return node;
  const left = [...node.value].filter(([, { replaces, value }]) => replaces !== true || value !== null);
  return { ...node, value: new Map(left.map(([name, inner]) => [name, withoutReset(inner)])) };
}

/** Comments above members of the file that no statement is made of. */
export function headComments(root: ComposeNode): readonly string[] {
  if (!isMapNode(root)) return [];
  return ["version", "name", "services"].flatMap((name) => root.value.get(name)?.comment ?? []);
}

/** A service whose base is not there: what it would have of that is not asked for too. */
export function withImage(node: ComposeNode): ComposeNode {
  if (!isMapNode(node) || node.value.has("image") || node.value.has("build")) return node;
  return { ...node, value: new Map([...node.value, ["image", { ...node, value: "scratch" }]]) };
}

/** Comments of a service, but for those of its variables, which stand there. */
export function serviceComments(node: ComposeNode): readonly string[] {
  if (!isMapNode(node)) return commentsWithin(node);
  const bare = [...node.value].map(
    ([name, inner]) => [name, name === "environment" ? { ...inner, value: null } : inner] as const,
  );
  return commentsWithin({ ...node, value: new Map(bare) });
}

/** Lists that a later file replaces instead of adding to. */
const replaced = new Set(["command", "entrypoint", "test"]);
/** What may be a list of `name=value` or a map. */
const listOrMap = new Set(["annotations", "args", "environment", "extra_hosts", "labels", "sysctls"]);
/** What may be a list of names or a map by name. */
const namesOrMap = new Set(["depends_on", "networks"]);
/** Lists whose items are told apart by a part of theirs. */
const keyed: { readonly [name: string]: (item: ComposeNode) => string } = {
  volumes: (item) => memberText(item, "target") ?? /^(?:[^:]*:)?([^:]*)/.exec(String(item.value))?.[1] ?? "",
  configs: (item) => memberText(item, "target") ?? memberText(item, "source") ?? String(item.value),
  secrets: (item) => memberText(item, "target") ?? memberText(item, "source") ?? String(item.value),
};

/**
 * What two files, or a service and the one it extends, say together; `over` wins.
 *
 * Source: Compose specification, "Merge and override".
 */
export function merged(base: ComposeNode, over: ComposeNode, name = ""): ComposeNode {
  if (over.replaces === true) return over;
  if (over.value === null) return base;
  if (base.value === null || replaced.has(name)) return over;
  const isMeantAsMap = listOrMap.has(name) || namesOrMap.has(name);
  const first = isMeantAsMap ? asMap(base, listOrMap.has(name)) : base;
  const second = isMeantAsMap ? asMap(over, listOrMap.has(name)) : over;
  if (isMapNode(first) && isMapNode(second)) {
    const members = new Map(first.value);
    for (const [key, node] of second.value) {
      const known = members.get(key);
      members.set(key, known === undefined ? node : merged(known, node, key));
    }
    return { ...over, comment: [...base.comment, ...over.comment], value: members };
  }
  if (!isListNode(first) || !isListNode(second)) return over;
  const [before, after] = [first.value, second.value];
  const key = keyed[name] ?? ((item: ComposeNode) => JSON.stringify(plain(item)));
  const items = new Map(before.map((item) => [key(item), item]));
  for (const item of after) items.set(key(item), item);
  return { ...over, value: [...items.values()] };
}

function memberText(node: ComposeNode, name: string): string | undefined {
  const value = isMapNode(node) ? node.value.get(name)?.value : undefined;
  return typeof value === "string" ? value : undefined;
}

function asMap(node: ComposeNode, hasValues: boolean): ComposeNode {
  if (!isListNode(node)) return node;
  const members = new Map<string, ComposeNode>();
  for (const item of node.value) {
    const text = String(item.value);
    const at = !hasValues ? -1 : text.search(/[=:]/);
    if (at < 0) members.set(text, { ...item, value: null });
    else members.set(text.slice(0, at), { ...item, value: text.slice(at + 1) });
  }
  return { ...node, value: members };
}

/** Without places, to be compared. Maps become lists of their entries: a name may be `__proto__`. */
export function plain({ value }: ComposeNode): unknown {
  if (value instanceof Map) return [...value].map(([name, member]) => [name, plain(member)]);
  if (Array.isArray(value)) return value.map(plain);
  return value;
}
