import { formatQuantity, parseQuantity } from "../../base/quantity.js";
import { typeTable } from "../generated/table.js";
import type { KubeObject } from "../objects.js";
import type { Field, FieldType, KindRow, TypeRow } from "../table.js";
import { computedDefaults } from "./computed.js";

/**
 * Fills in what the API server would: constant defaults from the table's markers, then those that depend on other
 * fields. Quantities take their canonical form. Works on a decoded object and returns a new one; idempotent.
 *
 * Source: Kubernetes `pkg/apis/<group>/<version>/defaults.go` and the `+default` markers.
 */
export function applyDefaults(row: KindRow, object: KubeObject): KubeObject {
  const copy = defaulted(row.type, object) as KubeObject;
  for (const apply of computedDefaults[row.type] ?? []) apply(copy);
  return copy;
}

function defaulted(typeName: string, value: unknown): unknown {
  const row = typeTable[typeName];
  if (row === undefined || !isRecord(value)) return value;
  const result: { [key: string]: unknown } = {};
  for (const [name, member] of Object.entries(value)) {
    const field = row.fields[name];
    result[name] = field === undefined ? member : walk(field.type, member);
  }
  for (const [name, constant] of constantsOf(typeName, row)) {
    const isUnset = result[name] === undefined || (result[name] === "" && typeof constant === "string");
    if (isUnset) result[name] = typeof constant === "object" ? structuredClone(constant) : constant;
  }
  return result;
}

const constants = new Map<string, readonly (readonly [name: string, constant: unknown])[]>();

function constantsOf(typeName: string, { fields }: TypeRow): readonly (readonly [string, unknown])[] {
  const known = constants.get(typeName);
  if (known !== undefined) return known;
  const found = Object.entries(fields).flatMap(([name, field]) =>
    hasConstant(field) ? [[name, field.default] as const] : [],
  );
  constants.set(typeName, found);
  return found;
}

/** `{}` marks a struct that only exists for its own defaults; it is not made up where the author left it out. */
function hasConstant(field: Field): boolean {
  return (
    field.default !== undefined &&
    !(isRecord(field.default) && Object.keys(field.default).length === 0) &&
    field.default !== ""
  );
}

function walk(type: FieldType, value: unknown): unknown {
  if ("ref" in type) return defaulted(type.ref, value);
  if ("list" in type) return Array.isArray(value) ? value.map((item) => walk(type.list, item)) : value;
  if ("map" in type) {
    return isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(type.map, item)]))
      : value;
  }
  return type.scalar === "quantity" ? formatQuantity(parseQuantity(String(value))) : value;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
