import { join } from "node:path";
import type { Graph, PolicyFinding } from "../../stdlib/constructs/graph.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { DiagnosticData } from "../diagnostics/table.js";
import type { Host } from "../host.js";
import type { Locator } from "../model/locator.js";
import { dynamicImport } from "./bundle.js";
import type { EvaluationAnswer, EvaluationRequest } from "./guest/evaluator.js";
import type { GuestResult } from "./guest/prelude.js";
import type { Instrumented } from "./instrument.js";

const evaluationSeconds = 10;
/** Beyond the child's own limit: start-up, and answering after it. */
const graceMs = 10_000;
const heapMegabytes = 512;

/** A program ready to run, with what it is given. */
export interface ReadyProgram {
  readonly instrumented: Instrumented;
  readonly locator: Locator;
  readonly set: { readonly [name: string]: string };
  /** Where values of inputs stand in a values file. */
  readonly places?: { readonly [name: string]: Span };
}

/** Runs the program in its own process; undefined after a reported mistake. */
export async function evaluate(
  host: Host,
  program: ReadyProgram,
  reporter: Reporter,
): Promise<Graph | undefined> {
  const result = await runGuest(host, program, undefined, reporter);
  if (result === undefined || !("graph" in result)) return undefined;
  const { graph } = result;
  if (!isGraph(graph)) {
    reportForeign(reporter);
    return undefined;
  }
  for (const { code, call, data } of graph.problems)
    reportProblem(reporter, program.locator, program.places ?? {}, code, call, data);
  return graph;
}

/** Runs the program's own policies over the stack's objects, in a process like the first. */
export async function judge(
  host: Host,
  program: ReadyProgram,
  objects: readonly object[],
  reporter: Reporter,
): Promise<readonly PolicyFinding[]> {
  const result = await runGuest(host, program, objects, reporter);
  if (result === undefined || !("findings" in result)) return [];
  const isFinding = (found: Partial<PolicyFinding>) =>
    [found?.policy, found?.path, found?.text].every((text) => typeof text === "string") &&
    Number.isInteger(found.object);
  if (Array.isArray(result.findings) && result.findings.every(isFinding)) return result.findings;
  reportForeign(reporter);
  return [];
}

/** @param objects - given to the program's policies; without them the program tells its resources. */
async function runGuest(
  host: Host,
  program: ReadyProgram,
  objects: readonly object[] | undefined,
  reporter: Reporter,
): Promise<GuestResult | undefined> {
  const { dynamicImports } = program.instrumented;
  for (const offset of dynamicImports)
    reporter.report("undeclared-input", program.locator.mark(offset), dynamicImport);
  if (dynamicImports.length > 0) return undefined;

  const request: EvaluationRequest = {
    prelude: join(host.packageRoot, "dist", "guest.js"),
    code: program.instrumented.code,
    set: program.set,
    environment: namedVariables(host, program.instrumented.code),
    ...(objects === undefined ? {} : { objects: JSON.stringify(objects) }),
    timeoutMs: evaluationSeconds * 1000,
  };
  const child = await host.run(
    process.execPath,
    [
      `--max-old-space-size=${heapMegabytes}`,
      "--no-warnings",
      join(host.packageRoot, "dist", "evaluator.js"),
    ],
    { cwd: "/", input: JSON.stringify(request), timeoutMs: evaluationSeconds * 1000 + graceMs },
  );
  if (child.timedOut) {
    reporter.report("endless-program", undefined, { seconds: evaluationSeconds });
    return undefined;
  }
  if (child.code !== 0) {
    if (
      child.code === undefined ||
      /heap out of memory|allocation failed|Array buffer allocation/i.test(child.stderr)
    ) {
      reporter.report("program-too-large", undefined, { megabytes: heapMegabytes });
      return undefined;
    }
    throw new Error(`The evaluator failed: ${child.stderr.trim()}`);
  }
  const answer = JSON.parse(child.stdout) as EvaluationAnswer;
  if ("timeout" in answer) {
    reporter.report("endless-program", program.locator.mark(answer.timeout), { seconds: evaluationSeconds });
    return undefined;
  }
  const result = JSON.parse(answer.result) as GuestResult;
  if ("closed" in result)
    reporter.report("undeclared-input", program.locator.call(result.call), result.closed);
  else if ("exception" in result)
    reporter.report("exception", program.locator.call(result.call), { text: result.exception });
  else return result;
  return undefined;
}

function reportForeign(reporter: Reporter): void {
  const text = "the program changed the language under the standard library: what it made cannot be read";
  reporter.report("exception", undefined, { text });
}

/** Variables whose names the program has as text: one that it declares is among them. */
function namedVariables(host: Host, code: string): { [name: string]: string } {
  const names = new Set(
    [...code.matchAll(/["'`]([A-Za-z_][A-Za-z0-9_]*)["'`]/g)].map(([, name = ""]) => name),
  );
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const value = host.environment(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Whoever owns the guest's context can answer anything. */
function isGraph(graph: unknown): graph is Graph {
  const { accepted, formatVersion, inputs, kinds, problems, resources } = (graph ?? {}) as Partial<Graph>;
  const isCall = (call: unknown) => Array.isArray(call) && call.length === 2 && call.every(Number.isInteger);
  return (
    formatVersion === 1 &&
    Array.isArray(inputs) &&
    inputs.every((input) => typeof input?.name === "string" && isCall(input.call)) &&
    Array.isArray(problems) &&
    problems.every((problem) => typeof problem?.code === "string" && isCall(problem.call)) &&
    Array.isArray(kinds) &&
    kinds.every(
      (kind) =>
        [kind?.group, kind?.version, kind?.kind, kind?.schema].every((text) => typeof text === "string") &&
        typeof kind.namespaced === "boolean",
    ) &&
    Array.isArray(accepted) &&
    accepted.every(
      (one) =>
        Number.isInteger(one?.of) &&
        typeof one.code === "string" &&
        typeof one.reason === "string" &&
        isCall(one.call),
    ) &&
    Array.isArray(resources) &&
    resources.every(
      (node) =>
        typeof node?.construct === "string" &&
        typeof node.name === "string" &&
        typeof node.included === "boolean" &&
        typeof node.spec === "object" &&
        isCall(node.call),
    )
  );
}

/** The guest may only name codes that carry text; anything else is its own invention. */
const guestCodes = ["input-missing", "input-invalid", "value-unusable"] as const;

function reportProblem(
  reporter: Reporter,
  locator: Locator,
  places: { readonly [name: string]: Span },
  code: string,
  call: readonly [number, number],
  data: object,
): void {
  const known = guestCodes.find((candidate) => candidate === code);
  if (known === undefined) {
    reporter.report("exception", locator.call(call), {
      text: `the program reported "${code}", which is no problem`,
    });
    return;
  }
  const given = known === "input-invalid" ? places[String((data as { name?: unknown }).name)] : undefined;
  const related = given === undefined ? [] : [{ span: given, note: "given here" }];
  reporter.report(known, locator.call(call), data as DiagnosticData<typeof known>, related);
}
