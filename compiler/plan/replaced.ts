import { stableStringify } from "../../stdlib/base/json.js";
import type { FieldPath } from "../../stdlib/schema/apply/field-set.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Difference } from "./compare.js";
import type { PlanSchema } from "./plan.js";

/**
 * The changes that the API refuses of an object that is there, by its own rules: it has to be made anew. Those that are
 * refused each by itself, or all where only together they are.
 */
export function replacingPaths(
  schema: PlanSchema,
  live: KubeObject,
  found: readonly Difference[],
): readonly string[] {
  const isRefused = (changes: readonly Difference[]) =>
    schema.refusedChanges(changes.reduce(withDifference, live), live).length > 0;
  if (!isRefused(found)) return [];
  const alone = found.filter((one) => isRefused([one]));
  return (alone.length > 0 ? alone : found).map(({ path }) => path);
}

function withDifference(object: KubeObject, { after, steps }: Difference): KubeObject {
  return withValue(object, steps, after) as KubeObject;
}

/** A copy with another value at the path; undefined takes away what is there. */
function withValue(value: unknown, [step, ...rest]: FieldPath, after: unknown): unknown {
  if (step === undefined) return after;
  if (step.startsWith("f:")) {
    const members = (value ?? {}) as { readonly [name: string]: unknown };
    const name = step.slice(2);
    return { ...members, [name]: withValue(members[name], rest, after) };
  }
  const items = Array.isArray(value) ? (value as readonly object[]) : [];
  const key = JSON.parse(step.slice(2)) as { readonly [name: string]: unknown };
  const at = items.findIndex((item) => hasKey(item, key));
  const item = withValue(items[at], rest, after);
  const kept = item === undefined ? [] : [item];
  return at < 0 ? [...items, ...kept] : [...items.slice(0, at), ...kept, ...items.slice(at + 1)];
}

/** A key that the item leaves out has its default. */
function hasKey(item: object, key: { readonly [name: string]: unknown }): boolean {
  const members = item as { readonly [name: string]: unknown };
  return Object.entries(key).every(
    ([name, value]) =>
      members[name] === undefined || stableStringify(members[name]) === stableStringify(value),
  );
}
