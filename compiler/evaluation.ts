import { basename, dirname } from "node:path";
import type { Graph } from "../stdlib/constructs/graph.js";
import type { CompileOptions } from "./compile.js";
import type { Reporter } from "./diagnostics/reporter.js";
import { pointSpan, type Span } from "./diagnostics/span.js";
import type { Host } from "./host.js";
import { type Bundled, bundle } from "./typescript/bundle.js";
import { Evaluator, evaluate, type ReadyProgram } from "./typescript/evaluate.js";
import { instrument } from "./typescript/instrument.js";
import { KeptMarks } from "./typescript/kept-marks.js";
import { createLocator, type SourceLocator } from "./typescript/locator.js";

/** A stack's program that has run. */
export interface Program {
  readonly ready: ReadyProgram;
  readonly graph: Graph;
  readonly locator: SourceLocator;
  /** What each part of the bundle says, and where in the sources it does, as text that tells it from all others. */
  readonly parts: readonly string[];
  readonly inputs: readonly string[];
}

export type EvaluationOptions = Pick<CompileOptions, "entry" | "set" | "places" | "evaluationMs">;

/** The process of the evaluation starts while there is nothing to evaluate yet. */
export async function withEvaluator<T>(
  host: Host,
  limitMs: number | undefined,
  use: (evaluator: Evaluator) => Promise<T>,
): Promise<T> {
  const evaluator = new Evaluator(host, limitMs);
  try {
    return await use(evaluator);
  } finally {
    await evaluator.end();
  }
}

/** Reads and runs a stack. Undefined after a reported mistake. */
export async function evaluateProgram(
  host: Host,
  options: EvaluationOptions,
  reporter: Reporter,
): Promise<Program | undefined> {
  return withEvaluator(host, options.evaluationMs, async (evaluator) => {
    const { bundled } = await bundle(host, options.entry, reporter);
    return bundled === undefined
      ? undefined
      : evaluateBundle(host, options, bundled, new KeptMarks(host), evaluator, reporter);
  });
}

/** Where a module exports what stands below this path, `apps.web[0]`: at the name if the text tells, or its beginning. */
function exportPlace(host: Host, entry: string, path: string): Span {
  const [name = ""] = path.split(/[.[]/, 1);
  const text = Buffer.from(host.read(entry) ?? []).toString("utf8");
  const word = name.replace(/[^\p{L}\p{N}_]/gu, "\\$&");
  const declared = new RegExp(
    `^export\\s+(?:(?:async\\s+)?[a-z]+\\*?\\s+)?(?=${word}(?![\\p{L}\\p{N}_$]))`,
    "mu",
  ).exec(text);
  const before = declared === null ? "" : text.slice(0, declared.index + declared[0].length);
  const lines = before.split("\n");
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return pointSpan(basename(entry), lines.length, column);
}

/**
 * Runs what was read. Undefined after a reported mistake.
 * @param meanwhile - done while the program runs.
 */
export async function evaluateBundle(
  host: Host,
  options: EvaluationOptions,
  bundled: Bundled,
  marks: KeptMarks,
  evaluator: Evaluator,
  reporter: Reporter,
  meanwhile: () => void = () => {},
): Promise<Program | undefined> {
  const instrumented = instrument(bundled.code, bundled.inputs, marks.recall);
  const locator = createLocator(dirname(options.entry), bundled, instrumented);
  const { evaluationMs, places = {}, set } = options;
  const ready = {
    instrumented,
    locator,
    set,
    places,
    exportPlace: (name: string) => exportPlace(host, options.entry, name),
    ...(evaluationMs === undefined ? {} : { evaluationMs }),
  };
  const evaluation = evaluate(host, ready, evaluator, reporter);
  await Promise.race([evaluator.given, evaluation]);
  // While the program runs:
  marks.keep(instrumented.parts);
  const parts = instrumented.parts.map(
    ({ from, marked, to }) => `${marked.digest} ${locator.originOf(from, to)}`,
  );
  meanwhile();
  const graph = await evaluation;
  return graph === undefined ? undefined : { graph, locator, ready, parts, inputs: bundled.inputs };
}
