import { checkDnsLabel, checkDnsSubdomain } from "../../stdlib/base/names.js";
import {
  type CustomKind,
  isDefinition,
  isRecord,
  kindsOfDefinition,
} from "../../stdlib/schema/custom/definition.js";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { FoundObject } from "../import/select-objects.js";

type Path = readonly (string | number)[];

const types = new Set(["array", "boolean", "integer", "number", "object", "string"]);

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

function isSound({ object, placeOf }: FoundObject, reporter: Reporter): boolean {
  let sound = true;
  const refuse = (at: Path, why: string) => {
    sound = false;
    reporter.report("definition-invalid", placeOf(at), { why });
  };
  const row = kindRowOf(object);
  for (const { message, path } of row === undefined ? [] : decodeObject(row, object).problems)
    refuse(nearest(object, path), message);
  if (!sound) return false;
  const spec = isRecord(object["spec"]) ? object["spec"] : {};
  const names = isRecord(spec["names"]) ? spec["names"] : {};
  const group = String(spec["group"] ?? "");
  const kind = String(names["kind"] ?? "");
  const why = checkDnsSubdomain(group);
  if (why !== undefined) refuse(["spec", "group"], `"${group}" is no group: ${why}`);
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(kind))
    refuse(["spec", "names", "kind"], `"${kind}" is no name of a kind`);
  if (spec["scope"] !== "Namespaced" && spec["scope"] !== "Cluster")
    refuse(["spec", "scope"], "scope must be Namespaced or Cluster");
  const versions = Array.isArray(spec["versions"]) ? spec["versions"] : [];
  if (versions.length === 0) refuse(["spec"], "versions is empty: there is nothing to make types of");
  for (const [index, version] of versions.entries()) {
    const at = ["spec", "versions", index] as const;
    const name = isRecord(version) ? String(version["name"] ?? "") : "";
    const label = checkDnsLabel(name);
    if (label !== undefined) refuse([...at, "name"], `"${name}" is no version: ${label}`);
    const root =
      isRecord(version) && isRecord(version["schema"]) ? version["schema"]["openAPIV3Schema"] : undefined;
    if (root !== undefined) checkSchema(root, [...at, "schema", "openAPIV3Schema"], refuse);
  }
  return sound;
}

/** What makes a schema a structural one. Parts of `allOf` and the like only add rules and are not looked at. */
function checkSchema(schema: unknown, at: Path, refuse: (at: Path, why: string) => void): void {
  if (!isRecord(schema)) return refuse(at, "a schema is a map");
  const { $ref: reference, additionalProperties, items, properties, type } = schema;
  if (reference !== undefined) refuse([...at, "$ref"], "a structural schema has no references");
  if (type !== undefined && !types.has(String(type))) refuse([...at, "type"], `"${String(type)}" is no type`);
  if (type === undefined && schema["x-kubernetes-int-or-string"] !== true)
    if (schema["x-kubernetes-preserve-unknown-fields"] !== true)
      refuse(at, "a structural schema says the type of every field");
  if (properties !== undefined && isRecord(additionalProperties))
    refuse([...at, "additionalProperties"], "properties and additionalProperties exclude each other");
  if (isRecord(properties))
    for (const [name, member] of Object.entries(properties))
      checkSchema(member, [...at, "properties", name], refuse);
  if (isRecord(additionalProperties))
    checkSchema(additionalProperties, [...at, "additionalProperties"], refuse);
  if (items !== undefined) checkSchema(items, [...at, "items"], refuse);
  else if (type === "array") refuse(at, "an array says what its items are");
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
