import { isDeepStrictEqual } from "node:util";
import { setMember } from "../../stdlib/base/json.js";
import { isReservedKey } from "../../stdlib/schema/bundle.js";
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
 * What an object means to the API: its defaults filled in, nulls and empty labels gone, the stack's own label and its
 * notes of what pods have read left out, and lists that the API keys by a name in the order of that name. Lists whose order has a meaning keep it: containers,
 * and environment variables, which may refer to those before them.
 *
 * @param namespace - for an object that names none.
 */
export function canonical(object: KubeObject, namespace: string): unknown {
  const row = kindRowOf(object);
  if (row === undefined)
    return withoutOwnNotes({
      ...object,
      metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace },
    });
  const { object: decoded, problems } = decodeObject(row, object);
  const own = { ...decoded, metadata: { ...decoded.metadata } };
  if (row.namespaced) own.metadata.namespace ??= namespace;
  const defaulted = problems.length > 0 ? { ...own, written: object } : applyDefaults(row, own);
  return withoutOwnNotes(sorted(defaulted, { ref: row.type }));
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
  const fieldOf = (name: string) => (Object.hasOwn(row.fields, name) ? row.fields[name] : undefined);
  const change = (member: unknown, name: string) => {
    const field = fieldOf(name);
    if (field === undefined) return member;
    if (member === "" && field.default === "") return undefined;
    const inner = sorted(member, field.type);
    if (field.required === true && isEmpty(inner)) return undefined;
    if (name === "env" && Array.isArray(inner)) return inner.map(withoutEmptyValue);
    if (name === "volumeClaimTemplates" && Array.isArray(inner)) return inner.map(withoutKind);
    const keys = field.listMapKeys;
    if (keys === undefined || !Array.isArray(inner) || ordered.has(name)) return inner;
    const keyOf = (item: unknown) =>
      JSON.stringify(keys.map((key) => (isRecord(item) ? item[key] : null) ?? null));
    return inner
      .map((item) => [keyOf(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, item]) => item);
  };
  return mapped(value, change, (name) => fieldOf(name)?.type);
}

/** An empty list or map is not even sent; an empty struct, as of a selector of everything, has a meaning. */
function isNothing(value: unknown, type: FieldType | undefined): boolean {
  if (type === undefined) return false;
  if ("list" in type) return Array.isArray(value) && value.length === 0;
  return "map" in type && isRecord(value) && Object.keys(value).length === 0;
}

/** What the API takes a required member for that nobody says. */
function isEmpty(value: unknown): boolean {
  return (
    value === "" || value === 0 || value === false || (isRecord(value) && Object.keys(value).length === 0)
  );
}

/** A variable without a value is empty. */
function withoutEmptyValue(variable: unknown): unknown {
  if (!isRecord(variable) || variable["value"] !== "") return variable;
  const { value: _, ...rest } = variable;
  return rest;
}

/** A template is of its kind whether it says so or not. */
function withoutKind(template: unknown): unknown {
  if (!isRecord(template)) return template;
  const { apiVersion: _, kind: __, ...rest } = template;
  return rest;
}

/** Members by name, those that say nothing left out. */
function mapped(
  object: Json,
  change: (member: unknown, name: string) => unknown,
  fieldOf: (name: string) => FieldType | undefined = () => undefined,
): Json {
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([name, member]) => [name, change(member, name)] as const)
      .filter(([name, member]) => member !== undefined && !isNothing(member, fieldOf(name))),
  );
}

/** The label stands wherever pods and objects have labels; a map of labels that is empty without it goes too. */
function withoutOwnNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwnNotes);
  if (!isRecord(value)) return value;
  const result: { [key: string]: unknown } = {};
  for (const [name, member] of Object.entries(value)) {
    if (isReservedKey(name)) continue;
    const inner = withoutOwnNotes(member);
    const isNotes = name === "labels" || name === "annotations";
    const empty = isNotes && (inner === null || (isRecord(inner) && Object.keys(inner).length === 0));
    if (!empty) setMember(result, name, inner);
  }
  return result;
}
