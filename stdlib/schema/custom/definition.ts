import type { KubeObject } from "../objects.js";

/**
 * A structural schema as a CustomResourceDefinition carries it (OpenAPI v3 without references). Only what says something
 * about values: descriptions and examples are for other readers.
 *
 * Source: Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions", structural schemas.
 */
export interface StructuralSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: { readonly [name: string]: StructuralSchema };
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly StructuralSchema[];
  readonly anyOf?: readonly StructuralSchema[];
  readonly oneOf?: readonly StructuralSchema[];
  readonly not?: StructuralSchema;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly { readonly rule?: unknown; readonly message?: unknown }[];
}

/** One version of a custom kind, as it is checked. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly schema: StructuralSchema;
}

/** Kinds by {@link customKey}. */
export type CustomKinds = ReadonlyMap<string, CustomKind>;

/** The same for a kind of the table and for one of a definition. */
export function customKey(object: { readonly apiVersion: string; readonly kind: string }): string {
  return `${object.apiVersion}/${object.kind}`;
}

export function customKindsByKey(kinds: readonly CustomKind[]): CustomKinds {
  return new Map(
    kinds.map((one) => [customKey({ apiVersion: `${one.group}/${one.version}`, kind: one.kind }), one]),
  );
}

/** What is not said about a kind is taken as it comes. */
const anything: StructuralSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export function isDefinition(object: { readonly apiVersion: string; readonly kind: string }): boolean {
  return object.apiVersion === "apiextensions.k8s.io/v1" && object.kind === "CustomResourceDefinition";
}

/**
 * The kinds a CustomResourceDefinition makes, those of served versions. Parts of the wrong type make none: what is wrong
 * with a definition is said by the schema of definitions themselves.
 */
export function kindsOfDefinition(definition: KubeObject): readonly CustomKind[] {
  const spec = recordOf(definition["spec"]);
  const group = spec["group"];
  const kind = recordOf(spec["names"])["kind"];
  if (typeof group !== "string" || typeof kind !== "string") return [];
  const versions = Array.isArray(spec["versions"]) ? spec["versions"].map(recordOf) : [];
  return versions.flatMap((version): CustomKind[] => {
    const { name, schema, served } = version as { name?: unknown; schema?: unknown; served?: unknown };
    if (typeof name !== "string" || served !== true) return [];
    const root = recordOf(schema)["openAPIV3Schema"];
    return [
      {
        group,
        version: name,
        kind,
        namespaced: spec["scope"] !== "Cluster",
        schema: isRecord(root) ? (root as StructuralSchema) : anything,
      },
    ];
  });
}

export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function recordOf(value: unknown): { readonly [name: string]: unknown } {
  return isRecord(value) ? value : {};
}
