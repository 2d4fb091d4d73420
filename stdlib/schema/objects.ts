/** The parts every Kubernetes object has. Exact L1 types are generated; generic code uses these. */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager?: string;
  operation?: "Apply" | "Update";
  apiVersion?: string;
  time?: string;
  fieldsType?: "FieldsV1";
  fieldsV1?: { [path: string]: unknown };
  subresource?: string;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

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
    | "FieldValueNotFound"
    | "FieldValueTypeInvalid"
    | "FieldValueUnknown";
  /** Without the path: `Required value`, `Invalid value: "x": must be no more than 63 characters`. */
  readonly message: string;
}
