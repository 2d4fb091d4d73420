import type { MutableJson } from "../../base/json.js";
import { stableStringify } from "../../base/json.js";
import type { Field, FieldType, TypeTable } from "../table.js";
import { PatchError } from "./patch-error.js";
import { cloneJson, isMap, type JsonMap, jsonEqual, safeKey } from "./value.js";

const directive = "$patch";
const retainKeys = "$retainKeys";
const deletePrefix = "$deleteFromPrimitiveList/";
const orderPrefix = "$setElementOrder/";

/**
 * Applies a strategic merge patch: a merge patch that merges lists by the keys of the schema.
 *
 * Source: apimachinery `util/strategicpatch`. Directives: `$patch` (replace, delete, merge), `$retainKeys`,
 * `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>`.
 *
 * @param typeName - the row of `table` that describes the whole document.
 * @returns a new document; neither argument is changed.
 * @throws {PatchError} `invalid` for an unknown or malformed directive or a list item without its merge key.
 */
export function strategicMergePatch<T>(table: TypeTable, typeName: string, document: T, patch: unknown): T {
  if (!isMap(patch)) throw new PatchError("invalid", "A strategic merge patch must be an object");
  return mergeMap(table, { ref: typeName }, cloneJson(document) as JsonMap, patch) as T;
}

function fieldOf(table: TypeTable, type: FieldType | undefined, name: string): Partial<Field> {
  if (type === undefined) return {};
  if ("ref" in type) {
    const fields = table[type.ref]?.fields;
    return fields !== undefined && Object.hasOwn(fields, name) ? fields[name]! : {};
  }
  return "map" in type ? { type: type.map } : {};
}

function mergeMap(table: TypeTable, type: FieldType | undefined, original: JsonMap, patch: JsonMap): JsonMap {
  if (Object.hasOwn(patch, directive)) {
    const { [directive]: action, ...rest } = patch;
    if (action === "delete") return {};
    if (action === "replace") return mergeMap(table, type, {}, rest);
    if (action !== "merge") throw unknownDirective(action);
    return mergeMap(table, type, original, rest);
  }

  const result = original;
  retain(result, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || key.startsWith(orderPrefix)) continue;
    if (key.startsWith(deletePrefix)) {
      deletePrimitives(result, key.slice(deletePrefix.length), value);
      continue;
    }
    if (key.startsWith("$")) throw new PatchError("invalid", `Unknown directive "${key}"`);
    if (value === null) {
      delete result[key];
      continue;
    }
    const field = fieldOf(table, type, key);
    const before = Object.hasOwn(result, key) ? result[key] : undefined;
    const order = listMember(patch, `${orderPrefix}${key}`);
    result[safeKey(key)] = mergeValue(table, field, before, value, order, key);
  }
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const name = key.slice(orderPrefix.length);
    const order = listMember(patch, key)!;
    const list = Object.hasOwn(result, name) ? result[name] : undefined;
    // With a patch list of its own the order was applied while merging.
    if (Array.isArray(list) && !Object.hasOwn(patch, name))
      result[name] = inOrder(list, order, list, fieldOf(table, type, name).patchMergeKey);
  }
  return result;
}

function mergeValue(
  table: TypeTable,
  field: Partial<Field>,
  before: MutableJson | undefined,
  value: MutableJson,
  order: MutableJson[] | undefined,
  name: string,
): MutableJson {
  const merges = field.patchStrategy?.includes("merge") ?? false;
  if (isMap(value)) {
    const replaces = field.patchStrategy?.includes("replace") ?? false;
    return mergeMap(table, field.type, isMap(before) && !replaces ? before : {}, value);
  }
  if (!Array.isArray(value)) return value;
  if (!merges) return cloneJson(value);
  const list = Array.isArray(before) ? before : [];
  return mergeList(table, field, list, value, order, name);
}

function mergeList(
  table: TypeTable,
  field: Partial<Field>,
  original: MutableJson[],
  patch: MutableJson[],
  order: MutableJson[] | undefined,
  name: string,
): MutableJson[] {
  const key = field.patchMergeKey;
  if (key === undefined || !patch.some(isMap)) {
    if (key !== undefined && patch.length > 0)
      throw new PatchError("invalid", `The items of "${name}" must be objects`);
    const result = [...original];
    for (const item of patch)
      if (!result.some((other) => jsonEqual(other, item))) result.push(cloneJson(item));
    return orderedIf(result, order, original, key);
  }

  const itemType = field.type !== undefined && "list" in field.type ? field.type.list : undefined;
  const items: JsonMap[] = [];
  let result = original;
  for (const item of patch) {
    if (!isMap(item)) throw new PatchError("invalid", `The items of "${name}" must be objects`);
    const action = item[directive];
    if (action === undefined) items.push(item);
    else if (action === "replace") result = [];
    else if (action === "delete") {
      const wanted = keyOf(item, key, name);
      result = result.filter((other) => !isMap(other) || !jsonEqual(other[key], wanted));
    } else if (action === "merge") {
      const { [directive]: _, ...rest } = item;
      items.push(rest);
    } else throw unknownDirective(action);
  }
  for (const item of items) {
    const wanted = keyOf(item, key, name);
    const at = result.findIndex((other) => isMap(other) && jsonEqual(other[key], wanted));
    if (at < 0) result = [...result, mergeMap(table, itemType, {}, item)];
    else result = result.with(at, mergeMap(table, itemType, result[at] as JsonMap, item));
  }
  return orderedIf(result, order, original, key);
}

function keyOf(item: JsonMap, key: string, name: string): MutableJson {
  const value = item[key];
  if (value === undefined || value === null)
    throw new PatchError("invalid", `An item of "${name}" lacks its merge key "${key}"`);
  return value;
}

function orderedIf(
  list: MutableJson[],
  order: MutableJson[] | undefined,
  original: readonly MutableJson[],
  key: string | undefined,
): MutableJson[] {
  return order === undefined ? list : inOrder(list, order, original, key);
}

/**
 * Items named by `order` take its order; the others keep their place relative to them as in `original`.
 * The two sorted runs are merged as `mergeSortedSlice` of strategicpatch does.
 */
function inOrder(
  list: readonly MutableJson[],
  order: readonly MutableJson[],
  original: readonly MutableJson[],
  key: string | undefined,
): MutableJson[] {
  const identity = (item: MutableJson) =>
    stableStringify(key !== undefined && isMap(item) ? (item[key] ?? null) : item);
  const rank = new Map(order.map((item, index) => [identity(item), index]));
  const place = new Map(original.map((item, index) => [identity(item), index]));

  const others = list.filter((item) => !rank.has(identity(item)));
  const named = list
    .filter((item) => rank.has(identity(item)))
    .sort((a, b) => rank.get(identity(a))! - rank.get(identity(b))!);

  const result: MutableJson[] = [];
  let next = 0;
  for (const item of others) {
    const own = place.get(identity(item));
    while (next < named.length) {
      const other = place.get(identity(named[next]!));
      if (own !== undefined && other !== undefined && own < other) break;
      result.push(named[next++]!);
    }
    result.push(item);
  }
  return [...result, ...named.slice(next)];
}

function retain(result: JsonMap, patch: JsonMap): void {
  const keep = listMember(patch, retainKeys);
  if (keep === undefined) return;
  for (const [key, value] of Object.entries(patch))
    if (!key.startsWith("$") && value !== null && !keep.includes(key))
      throw new PatchError("invalid", `"${key}" is set but not listed in ${retainKeys}`);
  for (const key of Object.keys(result)) if (!keep.includes(key)) delete result[key];
}

function deletePrimitives(result: JsonMap, name: string, gone: MutableJson): void {
  if (!Array.isArray(gone)) throw new PatchError("invalid", `"${deletePrefix}${name}" must be a list`);
  const list = Object.hasOwn(result, name) ? result[name] : undefined;
  if (Array.isArray(list))
    result[name] = list.filter((item) => !gone.some((other) => jsonEqual(other, item)));
}

function listMember(patch: JsonMap, key: string): MutableJson[] | undefined {
  if (!Object.hasOwn(patch, key)) return undefined;
  const value = patch[key];
  if (!Array.isArray(value)) throw new PatchError("invalid", `"${key}" must be a list`);
  return value;
}

function unknownDirective(action: unknown): PatchError {
  return new PatchError("invalid", `Unknown patch type ${JSON.stringify(action)}`);
}
