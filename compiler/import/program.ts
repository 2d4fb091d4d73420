/**
 * A program to be written out: what every importer (Kubernetes YAML, Compose, Dockerfile) makes, and what
 * `write-typescript.ts` and `write-infra.ts` turn into source text.
 */
export interface SourceProgram {
  /** In the order they are written; a statement may refer to those before it. */
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Wished-for variable name; the writer makes it unique and legal. */
  readonly variable: string;
  /** Comment lines above, without comment marks. */
  readonly comment?: readonly string[];
  readonly value: SourceValue;
  readonly exported: boolean;
}

export type SourceValue =
  | null
  | boolean
  | number
  | string
  | readonly SourceValue[]
  | SourceObject
  /** `deployment("api", { … })`; `path` is `["apps", "v1", "Deployment"]` for an exact object. */
  | { readonly call: readonly string[]; readonly arguments: readonly SourceValue[] }
  /** Another statement's value, and what is asked of it: `settings.key("mode")`, `debian`. */
  | { readonly variable: Statement; readonly then?: readonly Access[] };

export interface SourceObject {
  readonly members: readonly SourceMember[];
}

export interface SourceMember {
  readonly name: string;
  readonly value: SourceValue;
  readonly comment?: readonly string[];
}

/** `.host`, or `.key("mode")`. */
export interface Access {
  readonly name: string;
  readonly arguments?: readonly SourceValue[];
}
