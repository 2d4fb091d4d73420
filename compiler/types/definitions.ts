import { type CustomKind, isDefinition, kindsOfDefinition } from "../../stdlib/schema/custom/definition.js";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import { validateCreate } from "../../stdlib/schema/validation/validate.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { FoundObject } from "../import/select-objects.js";

type Path = readonly (string | number)[];

/**
 * The custom kinds of all definitions among the objects, by group, version and kind. What no types can be made of is
 * reported at its line; other objects are no matter.
 */
export function customKindsIn(found: readonly FoundObject[], reporter: Reporter): readonly CustomKind[] {
  const kinds = new Map<string, { readonly kind: CustomKind; readonly text: string }>();
  for (const one of found) {
    const { object, place, placeOf } = one;
    if (object.kind === "CustomResourceDefinition" && !isDefinition(object))
      reporter.report("definition-invalid", placeOf(["apiVersion"]), {
        why: `a CustomResourceDefinition of "${object.apiVersion}" is not read: apiextensions.k8s.io/v1 is`,
      });
    if (!isDefinition(object) || !isSound(one, reporter)) continue;
    for (const kind of kindsOfDefinition(object)) {
      const key = `${kind.group}/${kind.version}/${kind.kind}`;
      const text = JSON.stringify(kind);
      const known = kinds.get(key);
      if (known !== undefined && known.text !== text)
        reporter.report("definition-invalid", place, { why: `${key} is defined twice, and differently` });
      kinds.set(key, { kind, text });
    }
  }
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { kind }]) => kind);
}

/** A definition that the API server would refuse makes no types either. */
function isSound({ object, placeOf }: FoundObject, reporter: Reporter): boolean {
  const row = kindRowOf(object);
  if (row === undefined) return true;
  const { object: decoded, problems } = decodeObject(row, object);
  const refused = problems.length > 0 ? problems : validateCreate(row, applyDefaults(row, decoded));
  for (const { message, path } of refused) {
    const why = problems.length > 0 ? message : `${path}: ${message}`;
    reporter.report("definition-invalid", placeOf(nearest(object, path)), { why });
  }
  return refused.length === 0;
}

/** The members that a decoder's path leads through. */
function nearest(object: unknown, path: string): Path {
  const at: (string | number)[] = [];
  let value = object;
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    const step = Array.isArray(value) ? Number(index) : (name ?? index ?? "");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) break;
    at.push(step);
    value = (value as { readonly [step: string | number]: unknown })[step];
  }
  return at;
}
