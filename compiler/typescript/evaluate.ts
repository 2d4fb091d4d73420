import { constants } from "node:os";
import { join } from "node:path";
import { getSystemErrorName } from "node:util";
import type { Graph, GuestProblem, PolicyFinding } from "../../stdlib/constructs/graph.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { DiagnosticData } from "../diagnostics/table.js";
import type { Host, RunResult } from "../host.js";
import { thrownInWords, whyImpossible } from "../language/said.js";
import type { Locator } from "../model/locator.js";
import { dynamicImport } from "./bundle.js";
import { dataMegabytes, evaluatorProcess, heapMegabytes, placeBytes } from "./evaluator-process.js";
import type { EvaluationAnswer, EvaluationRequest, Walls } from "./guest/evaluator.js";
import type { GuestResult } from "./guest/prelude.js";
import type { Instrumented } from "./instrument.js";

/** Of processors' time: a machine that is busy with something else makes no program endless. */
const evaluationMs = 10_000;
const noPlace = Buffer.alloc(placeBytes);
/** A process that waits uses no processor. */
const wallTimes = 12;

/** A program ready to run, with what it is given. */
export interface ReadyProgram {
  readonly instrumented: Instrumented;
  readonly locator: Locator;
  readonly set: { readonly [name: string]: string };
  /** Where values of inputs stand in a values file. */
  readonly places?: { readonly [name: string]: Span };
  /** Instead of the usual limit. */
  readonly evaluationMs?: number;
  /** Where the entry exports a name. */
  readonly exportPlace: (name: string) => Span | undefined;
}

/** A process that waits for its program: starting one takes as long as reading the sources does. */
export class Evaluator {
  /** Resolves when the process has all of its program. */
  readonly given: Promise<void>;
  readonly #ended: Promise<RunResult>;
  #give!: (request: EvaluationRequest | undefined) => void;

  /** @param limitMs - of processors' time, for the program that it will be given. */
  constructor(host: Host, limitMs = evaluationMs) {
    const input = new Promise<string | undefined>((resolve) => {
      this.#give = (request) => resolve(request === undefined ? undefined : JSON.stringify(request));
    });
    let onGiven = () => {};
    this.given = new Promise((resolve) => {
      onGiven = resolve;
    });
    const [program, args, options] = evaluatorProcess(host.packageRoot);
    const timeoutMs = Math.max(limitMs, evaluationMs) * wallTimes;
    this.#ended = host.run(program, args, { ...options, input, onGiven, timeoutMs });
  }

  run(request: EvaluationRequest): Promise<RunResult> {
    this.#give(request);
    return this.#ended;
  }

  /** There is no program. One that was given stays. */
  async end(): Promise<void> {
    this.#give(undefined);
    await this.#ended;
  }
}

/** Runs the program in its own process; undefined after a reported mistake. */
export async function evaluate(
  host: Host,
  program: ReadyProgram,
  evaluator: Evaluator,
  reporter: Reporter,
): Promise<Graph | undefined> {
  const result = await runGuest(host, program, undefined, evaluator, reporter);
  if (result === undefined || !("graph" in result)) return undefined;
  const { graph } = result;
  if (!isGraph(graph)) {
    reportForeign(reporter);
    return undefined;
  }
  reportProblems(graph.problems, program, reporter);
  return graph;
}

/** Runs the program's own policies over the stack's objects, in a process like the first. */
export async function judge(
  host: Host,
  program: ReadyProgram,
  objects: readonly object[],
  reporter: Reporter,
): Promise<readonly PolicyFinding[]> {
  const evaluator = new Evaluator(host, program.evaluationMs);
  const result = await runGuest(host, program, objects, evaluator, reporter);
  if (result === undefined || !("findings" in result)) return [];
  const isFinding = (found: Partial<PolicyFinding>) =>
    [found?.policy, found?.path, found?.text].every((text) => typeof text === "string") &&
    Number.isInteger(found.object) &&
    (found.call === undefined || isCall(found.call));
  if (Array.isArray(result.findings) && result.findings.every(isFinding)) return result.findings;
  reportForeign(reporter);
  return [];
}

/** @param objects - given to the program's policies; without them the program tells its resources. */
async function runGuest(
  host: Host,
  program: ReadyProgram,
  objects: readonly object[] | undefined,
  evaluator: Evaluator,
  reporter: Reporter,
): Promise<GuestResult | undefined> {
  const { dynamicImports } = program.instrumented;
  for (const offset of dynamicImports)
    reporter.report("undeclared-input", program.locator.mark(offset), dynamicImport);
  if (dynamicImports.length > 0) return undefined;

  const { locator } = program;
  const timeoutMs = program.evaluationMs ?? evaluationMs;
  const request: EvaluationRequest = {
    code: program.instrumented.code,
    set: program.set,
    environment: namedVariables(host, program.instrumented.code),
    ...(objects === undefined ? {} : { objects: JSON.stringify(objects) }),
    timeoutMs,
  };
  const child = await evaluator.run(request);
  const reportEndless = (span?: Span) =>
    reporter.report("endless-program", span, { seconds: timeoutMs / 1000 });
  if (child.timedOut) {
    reportEndless();
    return undefined;
  }
  if (child.code !== 0) {
    reportDeath(child, reportEndless, locator, reporter);
    return undefined;
  }
  const answer = JSON.parse(child.stdout) as EvaluationAnswer;
  warnOfOpenDoors(host, answer.walls, reporter);
  const result = JSON.parse(answer.result) as GuestResult;
  if ("graph" in result) return result;
  if (!Array.isArray(result.problems) || !result.problems.every(isProblem)) {
    reportForeign(reporter);
    return undefined;
  }
  reportProblems(result.problems, program, reporter);
  if ("findings" in result) return result;
  if ("closed" in result) reporter.report("undeclared-input", locator.call(result.call), result.closed);
  if ("exception" in result) reportException(result, locator, reporter);
  return undefined;
}

function reportException(
  { call, exception, mark }: Extract<GuestResult, { exception: string }>,
  locator: Locator,
  reporter: Reporter,
): void {
  const span = mark === undefined ? locator.call(call) : locator.mark(mark);
  if (exception === "RangeError: Array buffer allocation failed")
    reporter.report("program-too-large", span, { megabytes: dataMegabytes });
  else if (/^TypeError: Cannot convert a Symbol value to a /.test(exception))
    reporter.report("secret-leaked", span, { what: "a secret", where: "in a text" });
  else {
    const isOfLanguage = span?.file.endsWith(".infra") === true;
    const why = isOfLanguage && mark === undefined ? whyImpossible(exception) : undefined;
    const text = isOfLanguage ? thrownInWords(exception) : exception;
    if (why !== undefined) reporter.report("value-impossible", span, { why });
    else reporter.report("exception", span, { text, isLast: mark !== undefined });
  }
}

/** Says why the child ended early: by its last word, or by what V8 printed. One that was killed left its place. */
function reportDeath(
  child: RunResult,
  reportEndless: (span: Span | undefined) => void,
  locator: Locator,
  reporter: Reporter,
): void {
  const word = /^infra-stopped (\d+) (\S+) (\d+)$/m.exec(child.stderr);
  const mark = word?.[3] ?? Buffer.from(child.shared ?? noPlace).readInt32LE();
  const [signal, span] = [Number(word?.[1] ?? 0), locator.mark(Math.max(0, Number(mark)))];
  const isMemory = /out of memory|allocation failed|bad_alloc/i.test(child.stderr);
  if (child.signal !== undefined)
    reporter.report("program-stopped", span, {
      why: `${child.signal} from outside ended it, which the kernel sends where memory runs out`,
    });
  else if (isMemory || child.stdout.length > 0)
    // more than any answer has
    reporter.report("program-too-large", span, { megabytes: heapMegabytes });
  else if (signal === constants.signals.SIGPROF) reportEndless(span);
  else if (signal === constants.signals.SIGSYS)
    reporter.report("program-stopped", span, { why: `it left its sandbox, by the system call ${word?.[2]}` });
  else if (signal > 0)
    reporter.report("program-stopped", span, { why: `it broke the engine it ran on (signal ${signal})` });
  else throw new Error(`The evaluator failed: ${child.stderr.trim()}`);
}

/** Once for a cache: a machine that cannot have the walls would hear it at every compile. */
function warnOfOpenDoors(host: Host, { calls, files, namespaces }: Walls, reporter: Reporter): void {
  const isFiltered = calls === 0; // which alone closes everything
  const doors = [
    ...(isFiltered || files === 0 ? [] : ["files and other programs"]),
    ...(isFiltered || namespaces === 0 ? [] : ["the network"]),
  ];
  if (isFiltered ? namespaces === 0 : doors.length === 0) return;
  const name = (errno: number) => getSystemErrorName(-errno);
  const refused = [
    ...(isFiltered ? [] : [`system call filters (${name(calls)})`]),
    ...(files === 0 ? [] : [`Landlock (${name(files)})`]),
    ...(namespaces === 0 ? [] : [`namespaces (${name(namespaces)})`]),
  ];
  const said = join(host.cacheFolder, "sandbox-open");
  const text = refused.join(", ");
  if (Buffer.from(host.read(said) ?? []).toString("utf8") === text) return;
  host.write(said, text);
  reporter.report("sandbox-open", undefined, { refused: text, doors: doors.join(" and ") });
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

function isCall(call: unknown): boolean {
  return Array.isArray(call) && call.length === 2 && call.every(Number.isInteger);
}

function isProblem(problem: Partial<GuestProblem> | undefined): boolean {
  return (
    typeof problem?.code === "string" &&
    isCall(problem.call) &&
    (problem.member === undefined || Number.isInteger(problem.member[0]))
  );
}

/** Whoever owns the guest's context can answer anything. */
function isGraph(graph: unknown): graph is Graph {
  const { accepted, formatVersion, functions, inputs, kinds, problems, resources } = (graph ??
    {}) as Partial<Graph>;
  return (
    formatVersion === 1 &&
    Array.isArray(inputs) &&
    inputs.every((input) => typeof input?.name === "string" && isCall(input.call)) &&
    Array.isArray(problems) &&
    problems.every(isProblem) &&
    Array.isArray(functions) &&
    functions.every((name) => typeof name === "string") &&
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
        node.spec !== undefined &&
        isCall(node.call),
    )
  );
}

/** The guest may only name codes that carry text; anything else is its own invention. */
const guestCodes = [
  "arguments-wrong",
  "export-unusable",
  "input-declaration",
  "input-missing",
  "input-invalid",
  "secret-leaked",
  "value-impossible",
  "value-unusable",
] as const;

function reportProblems(problems: readonly GuestProblem[], program: ReadyProgram, reporter: Reporter): void {
  for (const problem of problems) reportProblem(problem, program, reporter);
}

function reportProblem(
  { call, code, data, member }: GuestProblem,
  { exportPlace, locator, places = {} }: ReadyProgram,
  reporter: Reporter,
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
  const span =
    known === "export-unusable"
      ? exportPlace(String((data as { export?: unknown }).export))
      : (memberSpan(locator, member) ?? locator.call(call));
  const said = span?.file.endsWith(".infra") ? inLanguage(data) : data;
  reporter.report(known, span, said as DiagnosticData<typeof known>, related);
}

function memberSpan(locator: Locator, member: GuestProblem["member"]): Span | undefined {
  if (member === undefined) return undefined;
  const [literal, name] = member;
  return locator.property(literal, name, "value") ?? locator.literal(literal);
}

/** The language calls a constructor of exact objects by its whole path. */
function inLanguage(data: { construct?: unknown; wrong?: unknown }): object {
  return data.wrong === "exact" ? { ...data, construct: `kubernetes.${String(data.construct)}` } : data;
}
