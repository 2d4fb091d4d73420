/** The parts every Kubernetes object has. Exact L1 types are generated; generic code uses these. */

import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from "../kubernetes/generated/meta-v1.js";

export type { ManagedFieldsEntry, ObjectMeta, OwnerReference };

/** A stored or submitted object. `spec`, `status`, `data` and the rest are reached through L1 types. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** One problem with one field, as `Status.details.causes` and the compiler's diagnostics report it. */
export interface FieldError {
  /** `spec.template.spec.containers[0].image`; list items by index. */
  readonly path: string;
  readonly type:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueDuplicate"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueNotFound"
    | "FieldValueTypeInvalid"
    | "FieldValueUnknown";
  /** Without the path: `Required value`, `Invalid value: "x": must be no more than 63 characters`. */
  readonly message: string;
}
