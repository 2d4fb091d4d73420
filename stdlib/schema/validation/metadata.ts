import {
  checkConfigKey,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkQualifiedName,
} from "../../base/names.js";
import type { KubeObject } from "../objects.js";
import type { KindRow } from "../table.js";
import type { Checker } from "./checker.js";
import { validateLabels } from "./labels.js";
import { checkCanonicalIp, checkPathSegment } from "./values.js";

const nameRules: { readonly [typeName: string]: (name: string) => string | undefined } = {
  "apiregistration.v1.APIService": checkPathSegment,
  "certificates.v1.CertificateSigningRequest": checkPathSegment,
  "coordination.v1alpha2.LeaseCandidate": checkConfigKey,
  "coordination.v1beta1.LeaseCandidate": checkConfigKey,
  "core.v1.Event": checkPathSegment,
  "core.v1.Namespace": checkDnsLabel,
  "core.v1.Service": checkDns1035Label,
  "networking.v1.IPAddress": checkCanonicalIp,
  "policy.v1.PodDisruptionBudget": checkPathSegment,
  "rbac.v1.ClusterRole": checkPathSegment,
  "rbac.v1.ClusterRoleBinding": checkPathSegment,
  "rbac.v1.Role": checkPathSegment,
  "rbac.v1.RoleBinding": checkPathSegment,
};

const annotationBytes = 256 * 1024;

/** Source: apimachinery, `ValidateObjectMeta`. */
export function validateMetadata(check: Checker, row: KindRow, { metadata }: KubeObject): void {
  if (!metadata.name) check.at("name").required("name or generateName is required");
  else check.at("name").name(metadata.name, nameRules[row.type] ?? checkDnsSubdomain);
  if (row.namespaced && !metadata.namespace) check.at("namespace").required();
  else if (row.namespaced) check.at("namespace").optionalName(metadata.namespace, checkDnsLabel);
  if (!row.namespaced && metadata.namespace) check.at("namespace").forbidden("not allowed on this type");
  validateLabels(check.at("labels"), metadata.labels);
  validateAnnotations(check.at("annotations"), metadata.annotations);
  for (const [index, finalizer] of (metadata.finalizers ?? []).entries())
    check.at("finalizers").index(index).name(finalizer, checkFinalizer);
  const owners = metadata.ownerReferences ?? [];
  if (owners.filter(({ controller }) => controller === true).length > 1)
    check.at("ownerReferences").invalid("", "Only one reference can have Controller set to true");
  for (const [index, owner] of owners.entries()) {
    const at = check.at("ownerReferences").index(index);
    for (const field of ["apiVersion", "kind", "name", "uid"] as const)
      if (!owner[field]) at.at(field).invalid(owner[field] ?? "", `${field} must not be empty`);
  }
}

function checkFinalizer(name: string): string | undefined {
  const isStandard = ["kubernetes", "foregroundDeletion", "orphan"].includes(name);
  return isStandard || name.includes("/")
    ? checkQualifiedName(name)
    : "name is neither a standard finalizer name nor is it fully qualified";
}

export function validateAnnotations(
  check: Checker,
  annotations: { readonly [key: string]: string } | undefined,
): void {
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    check.name(key.toLowerCase(), checkQualifiedName);
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (size > annotationBytes) check.invalid("", `must have at most ${annotationBytes} bytes`);
}
