import { stableStringify } from "../../base/json.js";
import { PatchError } from "../patch/patch-error.js";
import { isMap, type JsonMap } from "../patch/value.js";
import type { Field, FieldType, TypeTable } from "../table.js";

/**
 * How server-side apply sees one value (API concepts, "Merge strategy"): a leaf that is owned as a whole, or
 * something whose members are owned one by one.
 */
export type Topology =
  | { readonly kind: "leaf" }
  /** `declared` tells a struct's field from an entry of a map: the entry itself is owned too. */
  | { readonly kind: "map"; member(name: string): { readonly at: Topology; readonly declared: boolean } }
  | { readonly kind: "set" }
  | { readonly kind: "keyed"; step(item: unknown): string; readonly item: Topology };

const leaf: Topology = { kind: "leaf" };

/** The topology of a whole object. */
export function topologyOf(table: TypeTable, typeName: string): Topology {
  return ofType(table, { ref: typeName });
}

function ofType(table: TypeTable, type: FieldType): Topology {
  if ("ref" in type) {
    const row = table[type.ref];
    if (row === undefined || row.atomic === true) return leaf;
    return {
      kind: "map",
      member(name) {
        const field = Object.hasOwn(row.fields, name) ? row.fields[name] : undefined;
        return field === undefined
          ? { at: leaf, declared: false }
          : { at: ofField(table, field), declared: true };
      },
    };
  }
  if ("map" in type) {
    const item = type.map;
    return { kind: "map", member: () => ({ at: ofType(table, item), declared: false }) };
  }
  return leaf;
}

function ofField(table: TypeTable, field: Field): Topology {
  const { type } = field;
  if ("list" in type) {
    if (field.listType === "set") return { kind: "set" };
    if (field.listType !== "map" || field.listMapKeys === undefined) return leaf;
    const keys = field.listMapKeys;
    const row = "ref" in type.list ? table[type.list.ref] : undefined;
    return { kind: "keyed", step: (item) => keyedStep(item, keys, row), item: ofType(table, type.list) };
  }
  return field.mapType === "atomic" ? leaf : ofType(table, type);
}

/** A key that the item leaves out takes the schema's default: a container port without `protocol` is TCP. */
function keyedStep(item: unknown, keys: readonly string[], row: TypeTable[string] | undefined): string {
  const key: JsonMap = {};
  for (const name of keys) {
    const value = (isMap(item) ? item[name] : undefined) ?? row?.fields[name]?.default;
    if (value !== undefined && value !== null) key[name] = value as JsonMap[string];
  }
  if (Object.keys(key).length === 0)
    throw new PatchError(
      "invalid",
      `A list item lacks its key ${keys.map((name) => `"${name}"`).join(", ")}`,
    );
  return `k:${stableStringify(key)}`;
}

/** The step of one item of a set or keyed list. */
export function itemStep(at: Topology, item: unknown): string {
  return at.kind === "keyed" ? at.step(item) : `v:${stableStringify(item)}`;
}
