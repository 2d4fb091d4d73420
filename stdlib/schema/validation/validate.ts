import type { FieldError, KubeObject } from "../objects.js";
import type { KindRow } from "../table.js";
import { Checker } from "./checker.js";
import { kindRules } from "./kinds.js";
import { validateMetadata } from "./metadata.js";

/**
 * What the API server would refuse in a new object. The object is decoded and has its defaults.
 * An empty list means it may be stored.
 */
export function validateCreate(row: KindRow, object: KubeObject): readonly FieldError[] {
  const check = new Checker();
  validateMetadata(check.at("metadata"), row, object);
  kindRules[row.type]?.create?.(check, object);
  return check.errors;
}

/** The same for a replacement of `old`: immutable fields too. Status is not looked at. */
export function validateUpdate(row: KindRow, object: KubeObject, old: KubeObject): readonly FieldError[] {
  return [...validateCreate(row, object), ...validateChange(row, object, old)];
}

/** What alone keeps `object` from the place of `old`: immutable fields. */
export function validateChange(row: KindRow, object: KubeObject, old: KubeObject): readonly FieldError[] {
  const check = new Checker();
  kindRules[row.type]?.update?.(check, object, old);
  return check.errors;
}
