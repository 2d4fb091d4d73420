import type {
  GuestGlobals,
  GuestPosition,
  GuestProblem,
  KindDeclaration,
  LiteralMarker,
  ValueReference,
} from "./graph.js";
import type { Policy } from "./policy.js";

/**
 * What the stdlib remembers while an author's program runs: every resource made, where it was made, and which literal
 * each object was written as. It runs in a bare V8 context and therefore uses nothing but the language.
 */

/** A value reference before serialisation: `of` is the resource itself, not its index. */
export type PendingReference = {
  [K in ValueReference["kind"]]: PendingOf<Extract<ValueReference, { kind: K }>>;
}[ValueReference["kind"]];
/** As it is before serialisation: resources and what the author wrote are still the program's own values. */
type PendingOf<R> = {
  [K in keyof R]: K extends "of" ? Made : K extends "sources" | "source" | "spec" ? unknown : R[K];
};

/** One resource as its constructor was called. */
export interface Made {
  readonly construct: string;
  readonly name: string;
  readonly spec: unknown;
  readonly options?: unknown;
  readonly call: GuestPosition;
}

const resourceSymbol = Symbol("infra.resource");
const valueSymbol = Symbol("infra.value");

/** An input as it was declared. */
interface Declared {
  readonly name: string;
  readonly [field: string]: unknown;
}

const made: Made[] = [];
const inputs: Declared[] = [];
const problems: GuestProblem[] = [];
const secrets = new Map<symbol, PendingReference>();
const literals = new WeakMap<object, number>();
/** The last literal that was the last argument of a call of the stdlib. */
let passed: object | undefined;
/** How many arguments the call under way was given. */
let count = 0;

const kinds = new Map<string, KindDeclaration>();
const accepted: { resource: object; code: string; reason: string; call: GuestPosition }[] = [];
const policies: { readonly name: string; readonly judge: Policy; readonly call: GuestPosition }[] = [];

/** Everything remembered so far, for serialisation. */
export const remembered = { made, inputs, problems, accepted, policies, kinds } as const;

/** Where errors were made in the author's bundle, as V8 has it when their stack is asked for. */
const origins = new WeakMap<object, GuestPosition>();

/** One call of a stack, as V8's stack trace API has it. */
interface Frame {
  getFileName(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/**
 * What V8 and Node call for the `stack` of an error (`Error.prepareStackTrace`): its name and message alone. Frames would
 * tell where infra is installed and what Node's internals are, and become part of what the program makes.
 */
export function hideFrames(error: object, frames: readonly Frame[]): string {
  for (const frame of frames) {
    if (frame.getFileName() !== "infra:bundle") continue;
    origins.set(error, [(frame.getLineNumber() ?? 1) - 1, (frame.getColumnNumber() ?? 1) - 1]);
    break;
  }
  try {
    return errorText.call(error as Error);
  } catch {
    return "Error"; // a name or message that is no text
  }
}

const errorText = Error.prototype.toString;

/** The first frame of an error in the author's bundle; `[0, 0]` where that is not known. */
export function originOf(error: Error): GuestPosition {
  void error.stack; // formats it, unless that was done
  return origins.get(error) ?? [0, 0];
}

/** For a process that evaluates several programs: the next one begins with nothing. */
export function forget(): void {
  for (const list of [made, inputs, problems]) list.length = 0;
  secrets.clear();
  kinds.clear();
}

export const markLiteral: LiteralMarker = (literal, object, isPassed) => {
  literals.set(object, literal);
  if (isPassed !== undefined) passed = object;
  return object;
};

export function literalOf(object: object): number | undefined {
  return literals.get(object);
}

/**
 * Where the author called the stdlib: the call that the argument was written in, otherwise the first frame in their
 * bundle. `[0, 0]` outside a guest. V8 finds a frame's place by counting from the start of its function: in a module of
 * thousands of calls that is most of an evaluation.
 *
 * @param given - the arguments of the call, one of which is the last.
 */
export function callPosition(...given: readonly unknown[]): GuestPosition {
  const literal = passed !== undefined && given.includes(passed) ? literals.get(passed) : undefined;
  passed = undefined;
  if (literal !== undefined) return [-1, literal];
  return originOf(new Error());
}

/** A construct does not see arguments that it does not read. */
export function countArguments(given: number): void {
  count = given;
}

/** Remembers a resource and gives its value the hidden mark by which others refer to it. */
export function make<T extends object>(
  construct: string,
  name: string,
  spec: unknown,
  value: (resource: Made) => T,
  options?: unknown,
): T {
  const isName = typeof name === "string"; // a program that nobody type-checked may give something else
  if (typeof name === "symbol")
    report("secret-leaked", { what: "a secret", where: `as the name of a ${construct}` });
  else if (!isName) report("arguments-wrong", { construct, name: "" });
  else if (count > (options === undefined ? 2 : 3))
    report("arguments-wrong", { construct, name, wrong: "count" });
  const resource: Made = {
    construct,
    name: isName ? name : "",
    spec,
    ...(options === undefined ? {} : { options }),
    call: callPosition(spec, options),
  };
  made.push(resource);
  return mark(value(resource), resourceSymbol, resource);
}

/** A resource whose value can be exported, and nothing else. */
export function remember<T extends object>(resource: Made): T {
  made.push(resource);
  return mark({}, resourceSymbol, resource) as T;
}

/** A typed reference as a plain, opaque object. */
export function reference<T>(pending: PendingReference): T {
  return mark({}, valueSymbol, pending) as T;
}

/** A secret's key is a symbol, so that no string context takes it. */
export function secretReference<T>(pending: PendingReference): T {
  const symbol = Symbol("secret");
  secrets.set(symbol, pending);
  return symbol as T;
}

export function pendingOf(value: unknown): PendingReference | undefined {
  if (typeof value === "symbol") return secrets.get(value);
  return typeof value === "object" && value !== null
    ? (value as { [valueSymbol]?: PendingReference })[valueSymbol]
    : undefined;
}

export function madeOf(value: unknown): Made | undefined {
  return typeof value === "object" && value !== null
    ? (value as { [resourceSymbol]?: Made })[resourceSymbol]
    : undefined;
}

export type { KindDeclaration };

export function declareKind(declaration: KindDeclaration): void {
  kinds.set(`${declaration.group}/${declaration.version}/${declaration.kind}`, declaration);
}

export function declareInput(input: Declared): void {
  inputs.push(input);
}

export function declaredInput(name: string): Declared | undefined {
  return inputs.find((input) => input.name === name);
}

export function acceptFinding(resource: object, code: string, reason: string): void {
  const textOf = (given: unknown) => (typeof given === "string" ? given : ""); // nobody may have checked its types
  accepted.push({ resource, code: textOf(code), reason: textOf(reason), call: callPosition() });
}

export function declarePolicy(name: string, judge: Policy): void {
  policies.push({ name, judge, call: callPosition() });
}

/** @param member - the literal and its property that are wrong, where that is known better than the call. */
export function report(code: string, data: GuestProblem["data"], member?: GuestProblem["member"]): void {
  problems.push({ code, call: callPosition(), data, ...(member === undefined ? {} : { member }) });
}

/** What is given for an input: by its name, otherwise by its variable. */
export function givenValue(name: string, variable: string | undefined): string | undefined {
  const { environment = {}, set = {} } =
    (globalThis as { __infra_globals?: Partial<GuestGlobals> }).__infra_globals ?? {};
  if (Object.hasOwn(set, name)) return set[name];
  return variable !== undefined && Object.hasOwn(environment, variable) ? environment[variable] : undefined;
}

function mark<T extends object, V>(object: T, symbol: symbol, value: V): T {
  return Object.freeze(Object.defineProperty(object, symbol, { value }));
}
