import type { MutableJson } from "../../base/json.js";
import { PatchError } from "./patch-error.js";

export type JsonMap = { [key: string]: MutableJson };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A deep copy that shares nothing with `value`.
 *
 * @throws {PatchError} for a key `__proto__`: assigning it would change a prototype instead of a member.
 */
export function cloneJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  if (!isMap(value)) return value;
  const copy: JsonMap = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined) copy[safeKey(key)] = cloneJson(member);
  }
  return copy as T;
}

/** The key itself, unless assigning it would reach the prototype. */
export function safeKey(key: string): string {
  if (key === "__proto__") throw new PatchError("invalid", 'The field name "__proto__" is not allowed');
  return key;
}

/** Equality of JSON values; members that are `undefined` count as absent. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEqual(item, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  if (keys.length !== Object.keys(b).filter((key) => b[key] !== undefined).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && jsonEqual(a[key], b[key]));
}
