import { applyRank } from "../../stdlib/schema/apply-order.js";
import {
  type BuildGraph,
  type CompileRecord,
  objectKey,
  type SecretsFile,
} from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { sha256 } from "../digest.js";
import type { Built } from "../lower/built.js";
import type { Lowered } from "../lower/lower.js";
import { emitYaml } from "./yaml.js";

export interface BundleInputs {
  readonly stack: string;
  readonly namespace: string;
  readonly entry: string;
  readonly versions: CompileRecord["versions"];
  readonly set: { readonly [key: string]: string };
  readonly accepted: CompileRecord["accepted"];
  /** Files read, relative to the stack's folder, with their SHA-256. */
  readonly inputs: ReadonlyMap<string, string>;
  /** The stack's folder, relative to the bundle. */
  readonly sourceRoot: string;
}

/** Where the bundle has what it says of one object. */
export interface ObjectPlace {
  readonly path: string;
  readonly digest: string;
  /** Its member of `provenance.json`: offset and length in UTF-16 code units. */
  readonly places: readonly [offset: number, length: number];
}

export interface EmittedBundle {
  /** By path relative to the bundle. */
  readonly files: ReadonlyMap<string, string>;
  readonly placeOf: ReadonlyMap<Built, ObjectPlace>;
}

/** Equal inputs give equal bytes. */
export function emitBundle(lowered: Lowered, about: BundleInputs): EmittedBundle {
  const files = new Map<string, string>();
  const outputs: { [path: string]: string } = {};
  const add = (path: string, text: string, digest = sha256(text)) => {
    files.set(path, text);
    outputs[path] = digest;
  };
  const built = lowered.built
    .map((one) => ({ one, rank: applyRank(one.object.kind), key: objectKey(one.object) }))
    .sort((a, b) => a.rank - b.rank || compare(a.key, b.key))
    .map(({ key, one }, index) => ({ key, one, path: manifestPath(index + 1, one.object) }));
  for (const { one, path } of built)
    add(path, one.written?.manifest ?? emitYaml(one.object), one.written?.digest);
  const graph: BuildGraph = {
    formatVersion: 1,
    stack: about.stack,
    sourceRoot: about.sourceRoot,
    images: lowered.images,
  };
  const secrets: SecretsFile = { formatVersion: 1, secrets: lowered.secrets };
  add("build.json", stableJson(graph));
  add("secrets.json", stableJson(secrets));
  const places = new Map(built.map(({ key, one }) => [key, one.written?.places ?? placesOf(one)]));
  for (const { namespace, name, place } of lowered.secrets)
    if (place !== undefined) places.set(`v1/Secret/${namespace}/${name}`, json({ "": place }, placesNewline));
  const provenance = provenanceText(places);
  add("provenance.json", provenance.text);
  const record: CompileRecord = {
    formatVersion: 1,
    stack: about.stack,
    namespace: about.namespace,
    entry: about.entry,
    versions: about.versions,
    options: { set: about.set },
    accepted: about.accepted,
    inputs: Object.fromEntries([...about.inputs].sort(([a], [b]) => compare(a, b))),
    outputs,
    digest: sha256(stableJson(outputs)),
  };
  files.set("compile.json", stableJson(record));
  const placeOf = new Map<Built, ObjectPlace>();
  for (const { key, one, path } of built) {
    const at = provenance.at.get(key);
    if (at !== undefined) placeOf.set(one, { path, digest: outputs[path] ?? "", places: at });
  }
  return { files, placeOf };
}

function manifestPath(number: number, { kind, metadata }: KubeObject): string {
  return `manifests/${String(number).padStart(2, "0")}-${kind.toLowerCase()}-${fileName(metadata.name ?? "")}.yaml`;
}

/** Of an object's member of `provenance.json`. */
const placesNewline = "\n    ";

function placesOf({ origins }: Built): string {
  const places = origins.entries().map(([path, { file, start }]) => [path, { file, ...start }] as const);
  return json(Object.fromEntries(places), placesNewline);
}

/** `provenance.json`, a {@link Provenance}, and where the members in it are. */
function provenanceText(objects: ReadonlyMap<string, string>): {
  readonly text: string;
  readonly at: ReadonlyMap<string, readonly [offset: number, length: number]>;
} {
  const at = new Map<string, readonly [number, number]>();
  const head = `{\n  "formatVersion": 1,\n  "objects": {`;
  let text = head;
  for (const [key, places] of [...objects].sort(([a], [b]) => compare(a, b))) {
    text += `${at.size === 0 ? "" : ","}${placesNewline}${JSON.stringify(key)}: `;
    at.set(key, [text.length, places.length]);
    text += places;
  }
  return { at, text: `${text}${at.size === 0 ? "" : "\n  "}}\n}\n` };
}

/** Object names may hold dots and colons (RBAC); file names keep to letters, digits, dots and dashes. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]/g, "-");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorted keys, two-space indent, final newline. */
function stableJson(value: unknown): string {
  return `${json(value, "\n")}\n`;
}

/** As `JSON.stringify` has it, without a sorted copy of everything first. `newline` carries the indent. */
function json(value: unknown, newline: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${newline}  `;
  if (Array.isArray(value))
    return value.length === 0
      ? "[]"
      : `[${deeper}${value.map((item) => json(item ?? null, deeper)).join(`,${deeper}`)}${newline}]`;
  const members = value as { readonly [key: string]: unknown };
  let text = "";
  for (const key of Object.keys(members).sort(compare)) {
    if (members[key] === undefined) continue;
    text += `${text === "" ? "" : ","}${deeper}${JSON.stringify(key)}: ${json(members[key], deeper)}`;
  }
  return text === "" ? "{}" : `{${text}${newline}}`;
}
