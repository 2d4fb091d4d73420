/**
 * A program to be written out: what every importer (Kubernetes YAML, Compose, Dockerfile) makes, and what
 * `write-typescript.ts` and `write-infra.ts` turn into source text.
 */
export interface SourceProgram {
  /** Comment lines at the head of the file, without comment marks. */
  readonly comment?: readonly string[];
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
  | SourceCall
  | SourceReference
  | SourceText;

/** `deployment("api", { … })`; `call` is `["apps", "v1", "Deployment"]` for an exact object. */
export interface SourceCall {
  readonly call: readonly string[];
  readonly arguments: readonly SourceValue[];
}

/** Another statement's value, and what is asked of it: `settings.key("mode")`, `debian`. */
export interface SourceReference {
  readonly variable: Statement;
  readonly then?: readonly Access[];
}

/** Text with values in it: `redis://${host}:6379`. */
export interface SourceText {
  /** Whether a part is known only when the pod starts: `` text`redis://${store.address("redis")}` ``. */
  readonly isDeferred?: boolean;
  readonly text: readonly (string | SourceReference)[];
}

export interface SourceObject {
  readonly members: readonly SourceMember[];
}

export interface SourceMember {
  readonly name: string;
  /** A name of digits that is text: the writer keeps its quotes. */
  readonly quoted?: boolean;
  readonly value: SourceValue;
  readonly comment?: readonly string[];
}

/** `.host`, or `.key("mode")`. */
export interface Access {
  readonly name: string;
  readonly arguments?: readonly SourceValue[];
}

export function isObject(value: SourceValue): value is SourceObject {
  return typeof value === "object" && value !== null && "members" in value;
}

export function isCall(value: SourceValue): value is SourceCall {
  return typeof value === "object" && value !== null && "call" in value;
}

export function isReference(value: SourceValue): value is SourceReference {
  return typeof value === "object" && value !== null && "variable" in value;
}

export function isText(value: SourceValue): value is SourceText {
  return typeof value === "object" && value !== null && "text" in value;
}

export function isList(value: SourceValue): value is readonly SourceValue[] {
  return Array.isArray(value);
}

/** Plain data as a source value. `undefined` members are left out. */
export function fromData(data: unknown): SourceValue {
  if (Array.isArray(data)) return data.map(fromData);
  if (typeof data !== "object" || data === null) return data as SourceValue;
  return {
    members: Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, value: fromData(value) })),
  };
}

/** Every value of the program, outer ones first. */
export function* valuesOf(value: SourceValue): Generator<SourceValue> {
  yield value;
  if (isList(value)) for (const item of value) yield* valuesOf(item);
  else if (isCall(value)) for (const item of value.arguments) yield* valuesOf(item);
  else if (isObject(value)) for (const member of value.members) yield* valuesOf(member.value);
  else if (isText(value)) for (const part of value.text) yield* valuesOf(part);
  else if (isReference(value))
    for (const access of value.then ?? []) for (const item of access.arguments ?? []) yield* valuesOf(item);
}
