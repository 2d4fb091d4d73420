import { checkDns1035Label, checkDnsLabel, checkDnsSubdomain, checkQualifiedName } from "../../base/names.js";
import type { FieldError, KubeObject } from "../objects.js";
import type { KindRow } from "../table.js";
import { Checker } from "./checker.js";
import { kindRules } from "./kinds.js";
import { validateLabels } from "./labels.js";

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
  const check = new Checker();
  validateMetadata(check.at("metadata"), row, object);
  const rules = kindRules[row.type];
  rules?.create?.(check, object);
  rules?.update?.(check, object, old);
  return check.errors;
}

/** Kinds whose names become host names or parts of them. */
const nameRules: { readonly [typeName: string]: (name: string) => string | undefined } = {
  "core.v1.Namespace": checkDnsLabel,
  "core.v1.Service": checkDns1035Label,
};

const annotationBytes = 256 * 1024;

function validateMetadata(check: Checker, row: KindRow, object: KubeObject): void {
  const { metadata } = object;
  if (!metadata.name) check.at("name").required("name or generateName is required");
  else check.at("name").name(metadata.name, nameRules[row.type] ?? checkDnsSubdomain);
  if (row.namespaced && !metadata.namespace) check.at("namespace").required();
  if (!row.namespaced && metadata.namespace) check.at("namespace").forbidden("not allowed on this type");
  validateLabels(check.at("labels"), metadata.labels);
  let size = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    check.at("annotations").name(key.toLowerCase(), checkQualifiedName);
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > annotationBytes)
    check.at("annotations").invalid("", `must have at most ${annotationBytes} bytes`);
  for (const [index, finalizer] of (metadata.finalizers ?? []).entries())
    check.at("finalizers").index(index).name(finalizer, checkQualifiedName);
  const controllers = (metadata.ownerReferences ?? []).filter((owner) => owner.controller === true);
  if (controllers.length > 1)
    check.at("ownerReferences").invalid("", "Only one reference can have Controller set to true");
  for (const [index, owner] of (metadata.ownerReferences ?? []).entries()) {
    const at = check.at("ownerReferences").index(index);
    for (const field of ["apiVersion", "kind", "name", "uid"] as const)
      if (!owner[field]) at.at(field).invalid(owner[field] ?? "", `${field} must not be empty`);
  }
}
