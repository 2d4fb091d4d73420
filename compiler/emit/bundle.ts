import { createHash } from "node:crypto";
import { applyRank } from "../../stdlib/schema/apply-order.js";
import {
  type BuildGraph,
  type CompileRecord,
  objectKey,
  type Provenance,
  type SecretsFile,
} from "../../stdlib/schema/bundle.js";
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

/** The bundle's files by path relative to it. Equal inputs give equal bytes. */
export function emitBundle(lowered: Lowered, about: BundleInputs): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const built = [...lowered.built].sort(
    (a, b) =>
      applyRank(a.object.kind) - applyRank(b.object.kind) ||
      compare(objectKey(a.object), objectKey(b.object)),
  );
  for (const [index, { object }] of built.entries()) {
    const number = String(index + 1).padStart(2, "0");
    files.set(
      `manifests/${number}-${object.kind.toLowerCase()}-${fileName(object.metadata.name ?? "")}.yaml`,
      emitYaml(object),
    );
  }
  const graph: BuildGraph = {
    formatVersion: 1,
    stack: about.stack,
    sourceRoot: about.sourceRoot,
    images: lowered.images,
  };
  const secrets: SecretsFile = { formatVersion: 1, secrets: lowered.secrets };
  files.set("build.json", stableJson(graph));
  files.set("secrets.json", stableJson(secrets));
  files.set("provenance.json", stableJson(provenanceOf(built, lowered)));
  const outputs = Object.fromEntries(
    [...files].map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")]),
  );
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
    digest: createHash("sha256").update(stableJson(outputs)).digest("hex"),
  };
  files.set("compile.json", stableJson(record));
  return files;
}

function provenanceOf(built: readonly Built[], lowered: Lowered): Provenance {
  const objects: { [object: string]: { [path: string]: { file: string; line: number; column: number } } } =
    {};
  for (const { object, origins } of built) {
    objects[objectKey(object)] = Object.fromEntries(
      origins.entries().map(([path, { file, start }]) => [path, { file, ...start }]),
    );
  }
  for (const { namespace, name, place } of lowered.secrets) {
    if (place !== undefined) objects[`v1/Secret/${namespace}/${name}`] = { "": place };
  }
  return { formatVersion: 1, objects };
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
