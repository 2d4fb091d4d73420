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
  | SourceText
  | SourceFunction
  | SourceApplication;

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

/** The value of a statement that others are made with; its body refers to its parameters. */
export interface SourceFunction {
  readonly parameters: readonly Parameter[];
  readonly body: SourceValue;
}

/** Referred to as a statement is, within the function alone. */
export interface Parameter extends Statement {
  readonly type: "string" | "number" | "ImageName";
}

/** `worker("web", 3)`, where `worker` is a statement that is a function. */
export interface SourceApplication {
  readonly apply: Statement;
  readonly arguments: readonly SourceValue[];
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
  /** What says the name instead: `[name]`, `` [`${name}-sidecar`] ``. */
  readonly computed?: SourceReference | SourceText;
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

export function isFunction(value: SourceValue): value is SourceFunction {
  return typeof value === "object" && value !== null && "body" in value;
}

export function isApplication(value: SourceValue): value is SourceApplication {
  return typeof value === "object" && value !== null && "apply" in value;
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
  else if (isFunction(value)) yield* valuesOf(value.body);
  else if (isApplication(value)) for (const item of value.arguments) yield* valuesOf(item);
}

/**
 * The value with its parts changed, outer ones first.
 *
 * @param change - what a part becomes, which is not looked into; undefined where it stays and its own parts may change.
 */
export function mapValue(
  value: SourceValue,
  change: (value: SourceValue) => SourceValue | undefined,
): SourceValue {
  const changed = change(value);
  if (changed !== undefined) return changed;
  const again = (inner: SourceValue): SourceValue => mapValue(inner, change);
  if (isList(value)) return value.map(again);
  if (isCall(value) || isApplication(value)) return { ...value, arguments: value.arguments.map(again) };
  if (isText(value))
    return {
      ...value,
      text: value.text.map((part) => (typeof part === "string" ? part : (again(part) as SourceReference))),
    };
  if (isReference(value)) return withSteps(value, again);
  if (isFunction(value)) return { ...value, body: again(value.body) };
  if (isObject(value))
    return { members: value.members.map((member) => ({ ...member, value: again(member.value) })) };
  return value;
}

function withSteps(reference: SourceReference, change: (value: SourceValue) => SourceValue): SourceReference {
  const then = reference.then?.map((step) =>
    step.arguments === undefined ? step : { ...step, arguments: step.arguments.map(change) },
  );
  return then === undefined ? reference : { ...reference, then };
}

/** The program with other values, where references lead to the statements that stand for those they led to. */
export function withValues(
  program: SourceProgram,
  newValue: (statement: Statement) => SourceValue,
  change: (value: SourceValue) => SourceValue | undefined = () => undefined,
): SourceProgram {
  const instead = new Map<Statement, Statement>();
  const renewed = (value: SourceValue): SourceValue =>
    mapValue(value, (inner) => {
      const changed = change(inner);
      if (changed !== undefined) return renewed(changed);
      if (isApplication(inner)) {
        const apply = instead.get(inner.apply) ?? inner.apply;
        return { apply, arguments: inner.arguments.map(renewed) };
      }
      const variable = isReference(inner) ? instead.get(inner.variable) : undefined;
      return variable === undefined
        ? undefined
        : withSteps({ ...(inner as SourceReference), variable }, renewed);
    });
  const statements = program.statements.map((statement) => {
    const copy = { ...statement, value: renewed(newValue(statement)) };
    instead.set(statement, copy);
    return copy;
  });
  return { ...program, statements };
}
