import { isDeepStrictEqual } from "node:util";
import { stackLabel } from "../../stdlib/schema/bundle.js";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { FieldType } from "../../stdlib/schema/table.js";

export type Json = { readonly [key: string]: unknown };

export function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Something that `kubectl apply` would take: it says what it is. */
export function isKubernetesObject(value: unknown): value is KubeObject {
  return isRecord(value) && typeof value["apiVersion"] === "string" && typeof value["kind"] === "string";
}

/**
 * What an object means to the API: its defaults filled in, nulls and empty labels gone, the stack's own label left out,
 * and lists that the API keys by a name in the order of that name. Lists whose order has a meaning keep it: containers,
 * and environment variables, which may refer to those before them.
 *
 * @param namespace - for an object that names none.
 */
export function canonical(object: KubeObject, namespace: string): unknown {
  const row = kindRowOf(object);
  if (row === undefined) return withoutStackLabel(object);
  const { object: decoded, problems } = decodeObject(row, object);
  const own = { ...decoded, metadata: { ...decoded.metadata } };
  if (row.namespaced) own.metadata.namespace ??= namespace;
  const defaulted = problems.length > 0 ? { ...own, written: object } : applyDefaults(row, own);
  return withoutStackLabel(sorted(defaulted, { ref: row.type }));
}

/** Whether two objects are the same to the API, see {@link canonical}. */
export function isSame(one: KubeObject, other: KubeObject, namespace: string): boolean {
  return isDeepStrictEqual(canonical(one, namespace), canonical(other, namespace));
}

/** Keyed lists whose order is more than cosmetic. */
const ordered = new Set(["containers", "initContainers", "ephemeralContainers", "env"]);

function sorted(value: unknown, type: FieldType): unknown {
  if ("list" in type && Array.isArray(value)) return value.map((item) => sorted(item, type.list));
  if ("map" in type && isRecord(value)) return mapped(value, (member) => sorted(member, type.map));
  const row = "ref" in type ? typeTable[type.ref] : undefined;
  if (row === undefined || !isRecord(value)) return value;
  return mapped(value, (member, name) => {
    const field = Object.hasOwn(row.fields, name) ? row.fields[name] : undefined;
    if (field === undefined) return member;
    const inner = sorted(member, field.type);
    const keys = field.listMapKeys;
    if (keys === undefined || !Array.isArray(inner) || ordered.has(name)) return inner;
    const keyOf = (item: unknown) =>
      JSON.stringify(keys.map((key) => (isRecord(item) ? item[key] : null) ?? null));
    return inner
      .map((item) => [keyOf(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, item]) => item);
  });
}

/** Members by name, those that say nothing left out. */
function mapped(object: Json, change: (member: unknown, name: string) => unknown): Json {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([name, member]) => [name, change(member, name)] as const),
  );
}

/** The label stands wherever pods and objects have labels; a map of labels that is empty without it goes too. */
function withoutStackLabel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutStackLabel);
  if (!isRecord(value)) return value;
  const result: { [key: string]: unknown } = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === stackLabel) continue;
    const inner = withoutStackLabel(member);
    const empty =
      (name === "labels" || name === "annotations") && isRecord(inner) && Object.keys(inner).length === 0;
    if (!empty) result[name] = inner;
  }
  return result;
}
