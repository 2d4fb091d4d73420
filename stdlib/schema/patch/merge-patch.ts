import type { MutableJson } from "../../base/json.js";
import { cloneJson, isMap, type JsonMap, safeKey } from "./value.js";

/**
 * Applies a JSON merge patch (RFC 7386): maps merge, `null` removes, everything else replaces.
 *
 * @returns a new document; neither argument is changed.
 * @throws {PatchError} `invalid` for a key `__proto__`.
 */
export function applyMergePatch<T>(document: T, patch: unknown): T {
  return merged(document as MutableJson, patch as MutableJson) as T;
}

function merged(target: MutableJson | undefined, patch: MutableJson): MutableJson {
  if (!isMap(patch)) return cloneJson(patch);
  const result: JsonMap = isMap(target) ? cloneJson(target) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[safeKey(key)] = merged(Object.hasOwn(result, key) ? result[key] : undefined, value);
  }
  return result;
}
