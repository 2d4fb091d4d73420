import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  type Tags,
} from "yaml";
import { setMember } from "../../stdlib/base/json.js";

/** A place in a text; both count from 1, columns in UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Place {
  readonly message: string;
}

/** One document as plain JSON data, with what JSON cannot hold beside it, by path. */
export interface YamlDocument {
  readonly data: unknown;
  /** Comment lines at its head. */
  readonly comment: readonly string[];
  readonly place: Place;
  /** Comment lines that belong to a member, by {@link pathKey}. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
  /** Where a value begins, by {@link pathKey}. */
  readonly places: ReadonlyMap<string, Place>;
  /** `!reset` and `!override` of Compose, by {@link pathKey}. */
  readonly tags: ReadonlyMap<string, string>;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}

/** Deeper nesting is refused: no Kubernetes kind comes near it, and recursion has a bound. */
const deepest = 60;
/** Values that aliases may stand for together, by version: what people write by hand stays far below. */
const aliasedValues = { "1.1": 100_000, "1.2": 10_000 };
/** Problems of one file that are worth reading. */
const mostProblems = 50;

/** The key of a path in {@link YamlDocument.comments} and {@link YamlDocument.places}. */
export function pathKey(path: readonly (string | number)[]): string {
  return path.map((part) => `\u0000${part}`).join("");
}

/**
 * Reads a stream of YAML documents as Kubernetes' own tools do: YAML 1.1 booleans, octal numbers and merge keys; times
 * and sexagesimal numbers stay text. A document with a problem is left out.
 *
 * Source: sigs.k8s.io/yaml, which is what kubectl reads with.
 *
 * @param version - `"1.2"` for Compose files, whose reader takes `yes` for text: go.yaml.in/yaml/v3 into plain values.
 */
export function readYaml(source: string, version: "1.1" | "1.2" = "1.1"): YamlFile {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const lines = new LineCounter();
  const problems: YamlProblem[] = [];
  const report = (offset: number, message: string) => {
    if (problems.length < mostProblems) problems.push({ ...placeOf(lines, offset), message });
  };
  const parser = new Parser(lines.addNewLine);
  const tokens = [...parser.parse(text)];
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.exec(text);
  if (control !== null) report(control.index, "Control characters are not allowed in YAML");
  for (const token of tokens) {
    const at = tooDeep(token);
    if (at !== undefined) report(at, `Nested deeper than ${deepest} levels`);
  }
  if (problems.length > 0) return { documents: [], problems };

  const customTags = version === "1.1" ? kubernetesTags : composeTags;
  const composer = new Composer({ version, customTags, prettyErrors: false, uniqueKeys: false });
  const documents: YamlDocument[] = [];
  let alone: readonly string[] = []; // comments of documents that hold nothing else
  for (const document of composer.compose(tokens, true, text.length)) {
    for (const { message, offset } of inWords(text, [...document.errors, ...document.warnings]))
      report(offset, message);
    const before = problems.length;
    const reader = new DocumentReader(lines, report, aliasedValues[version]);
    const contents = document.contents as Node | null;
    const data = contents === null ? null : reader.value(contents, "");
    const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
    const comment = [
      ...[...alone, ...commentLines(document.commentBefore), ...commentLines(document.comment)],
      ...(isEmpty ? [...commentLines(contents?.commentBefore), ...commentLines(contents?.comment)] : []),
    ];
    alone = isEmpty ? comment : [];
    if (
      problems.length > before ||
      document.errors.length + document.warnings.length > 0 ||
      contents === null
    )
      continue;
    documents.push({
      data,
      comment,
      place: placeOf(lines, contents.range?.[0] ?? 0),
      comments: reader.comments,
      places: reader.places,
      tags: reader.tags,
    });
  }
  const last = documents.findLastIndex(({ data }) => data !== null);
  const own = documents[last];
  if (own !== undefined) documents[last] = { ...own, comment: [...own.comment, ...alone] };
  return { documents, problems };
}

const deeperKey = new Set(["BLOCK_AS_IMPLICIT_KEY", "MULTILINE_IMPLICIT_KEY"]);

/** A key below a value, which the parser can only call a key of several lines, is one mistake, at that key. */
function inWords(
  text: string,
  errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly pos: readonly [number, number];
  }[],
): readonly { readonly message: string; readonly offset: number }[] {
  const [first] = errors;
  const found =
    first === undefined || !deeperKey.has(first.code) ? undefined : keyBelowValue(text, first.pos[0]);
  if (found === undefined) return errors.map(({ message, pos }) => ({ message, offset: pos[0] }));
  return [
    found,
    ...inWords(
      text,
      errors.filter(({ code }) => !deeperKey.has(code)),
    ),
  ];
}

function keyBelowValue(text: string, offset: number) {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const lines =
    /^([ ]*(?:- +)*)([^\s:#][^:#\n]*):[ ]+\S[^\n]*\n(?:[ ]*(?:#[^\n]*)?\n)*([ ]+)([^\s:#-][^:#\n]*):/.exec(
      text.slice(start, start + 4096),
    );
  const [whole = "", lead = "", above = "", indent = "", below = ""] = lines ?? [];
  if (lines === null || indent.length <= lead.length) return undefined;
  return {
    message: `"${below}" stands deeper than "${above}" above it, which has a value already: begin both in column ${lead.length + 1}`,
    offset: start + whole.length - below.length - 1,
  };
}

/**
 * YAML 1.1 without what Go's reader does not know: sexagesimal numbers, times, sets and the like, and numbers without a
 * digit before their exponent: `e2` and `.` are text.
 *
 * Source: go-yaml, resolve.go, `yamlStyleFloat`.
 */
function kubernetesTags(tags: Tags): Tags {
  const isUnknown = ({ format, tag = "", test }: Exclude<Tags[number], string>) =>
    format === "TIME" ||
    /:(timestamp|binary|set|omap|pairs)$/.test(tag) ||
    (tag.endsWith(":float") && test?.test(".nan") !== true);
  return [
    ...tags.filter((tag) => typeof tag === "string" || !isUnknown(tag)),
    {
      tag: "tag:yaml.org,2002:float",
      default: true,
      test: /^(\.[0-9]+|[-+]\.[0-9_]*[0-9]|[-+]?[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/,
      resolve: (text: string) => Number.parseFloat(text.replaceAll("_", "")),
    },
    {
      tag: "tag:yaml.org,2002:int",
      default: true,
      format: "OCT12",
      test: /^[-+]?0o[0-7_]+$/,
      resolve: (text: string) => {
        const digits = Number.parseInt(text.replace(/^[-+]?0o|_/g, ""), 8);
        return text.startsWith("-") ? -digits : digits;
      },
    },
  ] as Tags;
}

/** What stands in a Compose file instead of what earlier files say, or for nothing. */
const mergeTags = ["!reset", "!override"];

function everyForm(tag: string): readonly object[] {
  const resolve = (value: unknown) => value;
  return [
    { tag, resolve },
    { tag, collection: "seq", resolve },
    { tag, collection: "map", resolve },
  ];
}

/** YAML 1.2 with the octal numbers of 1.1, and the tags of Compose. */
function composeTags(tags: Tags): Tags {
  const octal = {
    tag: "tag:yaml.org,2002:int",
    default: true,
    format: "OCT",
    test: /^[-+]?0[0-7_]+$/,
    resolve: (text: string) => {
      const digits = Number.parseInt(text.replace(/[-+_]/g, ""), 8);
      return text.startsWith("-") ? -digits : digits;
    },
  };
  return [octal, ...tags, ...mergeTags.flatMap(everyForm)] as Tags;
}

/** Offset of the first token below the deepest level. Goes through the tokens without recursion. */
function tooDeep(token: CST.Token): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token: at, depth } = next;
    if (depth > deepest) return at.offset;
    if (at.type === "document" && at.value !== undefined) open.push({ token: at.value, depth });
    if ("items" in at)
      for (const { key, value } of at.items)
        for (const inner of [key, value]) if (inner) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

class DocumentReader {
  readonly comments = new Map<string, readonly string[]>();
  readonly places = new Map<string, Place>();
  readonly tags = new Map<string, string>();
  readonly #lines: LineCounter;
  readonly #report: (offset: number, message: string) => void;
  readonly #anchors = new Map<string, Node>();
  readonly #within = new Set<Node>();
  readonly #mostAliased: number;
  #aliased = 0;

  /** @param mostAliased - values that aliases may stand for together. */
  constructor(lines: LineCounter, report: (offset: number, message: string) => void, mostAliased: number) {
    this.#mostAliased = mostAliased;
    this.#lines = lines;
    this.#report = report;
  }

  /** @param inAlias - the value stands where an alias refers to it. */
  value(node: Node, path: string, inAlias = false): unknown {
    if (inAlias) {
      this.#aliased += 1;
      if (this.#aliased > this.#mostAliased) return undefined;
    }
    const offset = node.range?.[0] ?? 0;
    if (!this.places.has(path)) this.places.set(path, placeOf(this.#lines, offset));
    if (isAlias(node)) return this.#alias(node.source, offset, path);
    if (node.tag !== undefined && mergeTags.includes(node.tag)) this.tags.set(path, node.tag);
    if (node.tag === "!reset") return null;
    if (node.anchor !== undefined && node.anchor !== "") this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node.value, offset);
    this.#within.add(node);
    const value = isMap(node)
      ? this.#map(node, path, inAlias)
      : isSeq(node)
        ? this.#list(node.items as Node[], path, inAlias)
        : undefined;
    this.#within.delete(node);
    return value;
  }

  #alias(name: string, offset: number, path: string): unknown {
    const target = this.#anchors.get(name);
    if (target === undefined) this.#report(offset, `Nothing above in this document is named &${name}`);
    else if (this.#within.has(target)) this.#report(offset, `*${name} stands within what it refers to`);
    else {
      const value = this.value(target, path, true);
      if (this.#aliased > this.#mostAliased) {
        if (this.#aliased < Number.MAX_SAFE_INTEGER)
          this.#report(offset, `Aliases stand for more than ${this.#mostAliased} values`);
        this.#aliased = Number.MAX_SAFE_INTEGER; // said once
      }
      return value;
    }
    return undefined;
  }

  #scalar(value: unknown, offset: number): unknown {
    if (typeof value === "bigint" || (typeof value === "number" && !isExact(value))) {
      this.#report(offset, "JSON cannot hold this number exactly; quote it if it is meant as text");
      return undefined;
    }
    return value;
  }

  #map(node: Extract<Node, { items: unknown }>, path: string, inAlias: boolean): unknown {
    const object: { [key: string]: unknown } = {};
    const merged: unknown[] = [];
    const seen = new Set<string>();
    for (const pair of (node as { items: { key: unknown; value: unknown }[] }).items) {
      const key = pair.key as Node;
      const offset = key?.range?.[0] ?? node.range?.[0] ?? 0;
      if (isMergeKey(key)) {
        const source = this.value(pair.value as Node, `${path}\u0000<<`, inAlias);
        merged.push(...(Array.isArray(source) ? source : [source]));
        continue;
      }
      const name = this.#keyName(key, offset);
      if (name === undefined) continue;
      if (seen.has(name)) this.#report(offset, `"${name}" stands in this map twice`);
      seen.add(name);
      const at = `${path}\u0000${name}`;
      this.#remark(at, [
        ...(seen.size === 1 ? commentLines(node.commentBefore) : []),
        ...commentLines(key.commentBefore),
        ...commentsOf(pair.value as Node | null),
      ]);
      this.places.set(at, placeOf(this.#lines, offset));
      setMember(object, name, pair.value === null ? null : this.value(pair.value as Node, at, inAlias));
    }
    for (const source of merged) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) {
        this.#report(node.range?.[0] ?? 0, "<< needs a map, or a list of maps");
        continue;
      }
      for (const [name, value] of Object.entries(source))
        if (!Object.hasOwn(object, name)) setMember(object, name, value);
    }
    return object;
  }

  /** Keys are text; as in Go's reader a number or boolean is written out. */
  #keyName(key: Node | null, offset: number): string | undefined {
    const value = isScalar(key) ? key.value : isAlias(key) ? this.value(key, "\u0000key") : undefined;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return String(value);
    this.#report(offset, "A key must be text");
    return undefined;
  }

  /** A comment above a map in a list is its first member's. */
  #list(items: readonly Node[], path: string, inAlias: boolean): unknown {
    return items.map((item, index) => {
      const at = `${path}\u0000${index}`;
      if (!isMap(item))
        this.#remark(at, [...commentLines(item.commentBefore), ...commentLines(item.comment)]);
      return this.value(item, at, inAlias);
    });
  }

  #remark(at: string, lines: readonly string[]): void {
    if (lines.length > 0) this.comments.set(at, lines);
  }
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** A plain `<<`; quoted it is a key like any other. */
function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.type === "PLAIN" && (key.source === "<<" || typeof key.value === "symbol");
}

/** Of a value: what stands beside it, or below its last member. What stands above its first member is that member's. */
function commentsOf(value: Node | null): readonly string[] {
  if (value === null) return [];
  return [...(isMap(value) ? [] : commentLines(value.commentBefore)), ...commentLines(value.comment)];
}

function commentLines(comment: string | null | undefined): readonly string[] {
  if (comment === null || comment === undefined) return [];
  const lines = comment.split("\n").map((line) => line.replace(/^ /, "").trimEnd());
  const first = lines.findIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { col, line } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
