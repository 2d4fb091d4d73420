/**
 * The shape of the schema table: Kubernetes kinds as data.
 *
 * The rows themselves are generated (`stdlib/schema/generated/`), from the struct tags and markers of the public
 * Kubernetes Go modules of one release. They hold facts only: names, types, numbers, keys, defaults.
 */

export type ScalarType =
  | "string"
  | "bool"
  | "int32"
  | "int64"
  | "double"
  | "bytes" // base64 text in JSON
  | "quantity"
  | "intOrString"
  | "time" // RFC 3339, whole seconds
  | "microTime" // RFC 3339, exactly six fractional digits
  | "duration"
  | "fieldsV1"
  | "json"; // RawExtension and the like: any object, kept as it is

export type FieldType =
  | { readonly scalar: ScalarType }
  | { readonly ref: string } // a row of TypeTable
  | { readonly list: FieldType }
  | { readonly map: FieldType }; // string keys

export interface Field {
  readonly type: FieldType;
  /** Protobuf field number; 0 where the Go type is not in a generated.proto. */
  readonly proto: number;
  /** Number of the wrapping message's field, for members of an inlined struct that is a message of its own. */
  readonly protoVia?: number;
  /** Go semantics: no `omitempty` (JSON always has it) and not marked optional. */
  readonly required?: true;
  /** From a `+default=` marker. Computed defaults live in `defaults/`. */
  readonly default?: unknown;
  /** Strategic merge patch: `patchStrategy` and `patchMergeKey`. */
  readonly patchStrategy?: readonly ("merge" | "replace" | "retainKeys")[];
  readonly patchMergeKey?: string;
  /** Server-side apply topology. Absent: lists are atomic, maps and structs granular. */
  readonly listType?: "atomic" | "set" | "map";
  readonly listMapKeys?: readonly string[];
  readonly mapType?: "atomic" | "granular";
  /** Allowed values of a string enum, where the Go type declares constants under `+enum`. */
  readonly enum?: readonly string[];
}

export interface TypeRow {
  /** JSON field name to field; inlined Go structs are flattened. */
  readonly fields: { readonly [jsonName: string]: Field };
  /** True for a struct that server-side apply owns as a whole (`+structType=atomic`). */
  readonly atomic?: true;
}

/** Type name (`"core.v1.PodSpec"`, `"meta.v1.ObjectMeta"`) to row. */
export interface TypeTable {
  readonly [typeName: string]: TypeRow;
}

export interface KindRow {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** URL segment and RBAC name: `"deployments"`. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Row of TypeTable that describes the whole object. */
  readonly type: string;
  /** e.g. `["status", "scale", "log", "exec"]`. */
  readonly subresources: readonly string[];
}

/** One API resource's identity without its schema. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** `"v1"` or `"apps/v1"`. */
export function apiVersionOf(row: { readonly group: string; readonly version: string }): string {
  return row.group === "" ? row.version : `${row.group}/${row.version}`;
}
