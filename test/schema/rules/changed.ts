import type { KubeObject } from "../../../stdlib/schema/objects.js";

/** A copy with another value at the path; `null` removes what is there. */
export function changed(base: object, path: readonly (string | number)[], value: unknown): KubeObject {
  const copy = structuredClone(base) as KubeObject;
  const last = path.at(-1);
  if (last === undefined) return copy;
  const parent = path.slice(0, -1).reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], copy);
  if (value !== null) (parent as Record<string, unknown>)[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Record<string, unknown>)[last];
  return copy;
}
