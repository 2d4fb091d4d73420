import { setMember } from "../../stdlib/base/json.js";
import type { AuthoredObject, AuthoredValue, Graph, GuestPosition } from "../../stdlib/constructs/graph.js";
import { forget, markLiteral } from "../../stdlib/constructs/guest.js";
import * as infra from "../../stdlib/constructs/index.js";
import { serializeModule } from "../../stdlib/constructs/serialize.js";
import { kindRows } from "../../stdlib/schema/kinds.js";
import { apiVersionOf } from "../../stdlib/schema/table.js";
import { checkWritten } from "../check/written.js";
import { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { Built } from "../lower/built.js";
import { type Lowered, Lowering } from "../lower/lower.js";
import { createModel } from "../model/authored.js";
import type { Locator } from "../model/locator.js";
import {
  isApplication,
  isCall,
  isFunction,
  isList,
  isObject,
  isReference,
  isText,
  type SourceFunction,
  type SourceProgram,
  type SourceValue,
  type Statement,
} from "./program.js";

export interface EvaluatedProgram {
  /** What each statement became: one object, or several of a construct that makes more. */
  readonly built: ReadonlyMap<Statement, readonly Built[]>;
  readonly secrets: Lowered["secrets"];
  /** Statements that the compiler has an error for, with its words. */
  readonly refused: ReadonlyMap<Statement, string>;
}

export interface EvaluateOptions {
  readonly namespace: string;
  /** Text of a file that the program refers to. */
  readonly fileText: (path: string) => string | undefined;
}

/**
 * What the program means, by the same stdlib and the same lowering as a compile, without writing it out first. Each
 * statement is its own place: line `n` is the statement `n`.
 */
export function evaluateProgram(program: SourceProgram, options: EvaluateOptions): EvaluatedProgram {
  const { statements } = program;
  const model = createModel(graphOf(program), statementLocator);
  const reporter = new Reporter();
  for (const resource of model.resources) checkWritten(model, resource, reporter); // as a compile does before
  const lowered = new Lowering({
    model,
    reporter,
    stack: "import",
    namespace: options.namespace,
    fileText: (path) => options.fileText(path),
    copied: () => undefined,
    locked: () => undefined,
  }).all();
  const built = new Map<Statement, Built[]>();
  for (const one of lowered.built) {
    const statement = statementAt(statements, one.origins.find(""));
    if (statement !== undefined) built.set(statement, [...(built.get(statement) ?? []), one]);
  }
  const refused = new Map<Statement, string>();
  for (const { message, severity, span } of reporter.sorted()) {
    const statement = statementAt(statements, span);
    if (severity === "error" && statement !== undefined) refused.set(statement, message);
  }
  return { built, secrets: lowered.secrets, refused };
}

/** Runs the program's calls. Nothing of it is remembered afterwards. */
function graphOf({ statements }: SourceProgram): Graph {
  forget();
  try {
    const values = new Map<Statement, unknown>();
    for (const [index, statement] of statements.entries())
      values.set(statement, evaluateValue(statement.value, index, values));
    const exported = statements.flatMap((statement, index) =>
      statement.exported ? [[String(index), values.get(statement)] as const] : [],
    );
    const graph = JSON.parse(serializeModule(Object.fromEntries(exported))) as Graph;
    return {
      ...graph,
      resources: graph.resources.map((node) => {
        const call = [Number.parseInt(node.exported ?? "-1", 10), 0] as const;
        return { ...node, call, spec: placed(node.spec, call) };
      }),
    };
  } finally {
    forget();
  }
}

/** References stand where the statement does that holds them. */
function placed(value: AuthoredValue, call: GuestPosition): AuthoredValue {
  if (Array.isArray(value)) return value.map((item: AuthoredValue) => placed(item, call));
  if (typeof value !== "object" || value === null) return value;
  const object = value as AuthoredObject;
  const members = Object.entries(object).map(([name, member]) => [name, placed(member, call)] as const);
  const result: { [name: string]: AuthoredValue } = {};
  for (const [name, member] of members) setMember(result, name, member);
  const reference = result["@value"];
  if (typeof reference === "object" && reference !== null && !Array.isArray(reference))
    result["@value"] = { ...(reference as AuthoredObject), call };
  return result;
}

/** @param index - the statement's, which every object in it is marked with. */
function evaluateValue(value: SourceValue, index: number, values: Map<Statement, unknown>): unknown {
  if (isList(value)) return value.map((item) => evaluateValue(item, index, values));
  if (isCall(value)) {
    const given = value.arguments.map((item) => evaluateValue(item, index, values));
    return value.call.length === 3
      ? exactObject(value.call, given[0], index)
      : construct(value.call)(...given);
  }
  if (isReference(value)) {
    let result = values.get(value.variable);
    for (const { arguments: given, name } of value.then ?? []) {
      const member = (result as { readonly [name: string]: unknown })[name];
      result =
        given === undefined
          ? member
          : (member as (...given: unknown[]) => unknown).apply(
              result,
              given.map((item) => evaluateValue(item, index, values)),
            );
    }
    return result;
  }
  if (isText(value)) {
    const parts = value.text.map((part) => evaluateValue(part, index, values));
    return value.isDeferred === true ? deferredText(parts) : parts.join("");
  }
  if (isFunction(value)) return undefined; // its calls are what there is
  if (isApplication(value)) {
    const { body, parameters } = value.apply.value as SourceFunction;
    for (const [at, parameter] of parameters.entries())
      values.set(parameter, evaluateValue(value.arguments[at] ?? null, index, values));
    return evaluateValue(body, index, values);
  }
  if (!isObject(value)) return value;
  const object: { [name: string]: unknown } = {};
  for (const { computed, name, value: member } of value.members) {
    const key = computed === undefined ? name : String(evaluateValue(computed, index, values));
    setMember(object, key, evaluateValue(member, index, values));
  }
  return markLiteral(index, object);
}

/** As a template tag is called: texts around every value. */
function deferredText(parts: readonly unknown[]): unknown {
  const raw = Array.from({ length: parts.length + 1 }, () => "");
  return infra.text(Object.assign(raw, { raw }) as unknown as TemplateStringsArray, ...(parts as string[]));
}

function construct(path: readonly string[]): (...given: unknown[]) => unknown {
  let found: unknown = infra;
  for (const name of path) found = (found as { readonly [name: string]: unknown })[name];
  if (typeof found !== "function") throw new Error(`The stdlib has no function ${path.join(".")}`);
  return found as (...given: unknown[]) => unknown;
}

function exactObject([group, version, kind]: readonly string[], spec: unknown, index: number): unknown {
  const row = kindRows.find((one) => one.type === `${group}.${version}.${kind}`);
  if (row === undefined) throw new Error(`There is no kind ${group}.${version}.${kind}`);
  return markLiteral(index, { apiVersion: apiVersionOf(row), kind: row.kind, ...(spec as object) });
}

const statementFile = "import";

const statementLocator: Locator = {
  literal: lineOf,
  property: lineOf,
  call: ([line]) => lineOf(line),
  mark: () => undefined,
};

function lineOf(index: number): Span | undefined {
  if (index < 0) return undefined;
  const place = { line: index + 1, column: 1 };
  return { file: statementFile, start: place, end: place };
}

function statementAt(statements: readonly Statement[], span: Span | undefined): Statement | undefined {
  return span?.file === statementFile ? statements[span.start.line - 1] : undefined;
}
