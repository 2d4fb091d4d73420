/**
 * What authors can write, as data. Generated from the declarations of this folder (`scripts/describe.mjs`), so that
 * the type checker, the compiler's own checks, the `.infra` language, completion, hover and the docs agree.
 */
export interface Description {
  /** What `name { … }` blocks and `name("x", { … })` calls make: `deployment`, `configMap`, … */
  readonly constructs: { readonly [name: string]: ConstructDescription };
  /** The other functions, by dotted path: `file`, `debian`, `downward`, `downward.files`, `input.number`. */
  readonly functions: { readonly [path: string]: FunctionDescription };
  /** What text of a form looks like, by name: `Duration`, `Cpu`. */
  readonly forms: { readonly [name: string]: string };
  /** Object types by name: `DeploymentSpec`, `Container`. */
  readonly types: { readonly [name: string]: ObjectDescription };
  /** Typed values by name (`Service`, `ConfigMap`, `SecretRef`), with what can be asked of them. */
  readonly values: { readonly [name: string]: ValueDescription };
}

export interface ConstructDescription {
  readonly doc: string;
  /** Type of the second argument, which a block's fields are. */
  readonly spec: TypeDescription;
  readonly specRequired: boolean;
  /** Type of the third argument: what is said of the resource itself where the second is data. */
  readonly options?: TypeDescription;
  /** Name in {@link Description.values}. */
  readonly value: string;
}

export interface FunctionDescription {
  readonly doc: string;
  readonly parameters: readonly ParameterDescription[];
  readonly result: TypeDescription;
}

export interface ParameterDescription {
  readonly name: string;
  readonly type: TypeDescription;
  readonly required: boolean;
  /** Takes all further arguments. */
  readonly rest?: true;
}

export interface ObjectDescription {
  readonly doc: string;
  readonly fields: { readonly [name: string]: FieldDescription };
}

export interface FieldDescription {
  /** What it means, with its unit and default, in one or two sentences. */
  readonly doc: string;
  readonly type: TypeDescription;
  readonly required: boolean;
  /** As written in the declaration's `@default`. */
  readonly default?: string;
  /**
   * For a map of objects: the kind of a nested block that is one entry. `containers` has `"container"`, so that
   * `container web { … }` is `containers = { web: { … } }`.
   */
  readonly block?: string;
}

export interface ValueDescription {
  readonly doc: string;
  readonly methods: { readonly [name: string]: FunctionDescription };
  readonly properties: { readonly [name: string]: FieldDescription };
}

export type TypeDescription =
  | { readonly kind: "text" }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  /** Text (or a number) of a form in {@link Description.forms}. */
  | { readonly kind: "form"; readonly name: string }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "list"; readonly of: TypeDescription }
  | { readonly kind: "map"; readonly of: TypeDescription }
  /** An object of {@link Description.types}. */
  | { readonly kind: "object"; readonly name: string }
  /** A value of {@link Description.values}: only a constructor or method gives one. */
  | { readonly kind: "value"; readonly name: string }
  | { readonly kind: "union"; readonly of: readonly TypeDescription[] }
  /** Any subset of the fields of an exact Kubernetes object, or of a part of one, which has no API version. */
  | { readonly kind: "patch"; readonly apiVersion?: string; readonly object: string }
  | { readonly kind: "any" };
