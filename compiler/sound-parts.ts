import { dirname, resolve } from "node:path";
import type { CompileOptions } from "./compile.js";
import { type Diagnostic, Reporter } from "./diagnostics/reporter.js";
import type { DiagnosticCode, DiagnosticData } from "./diagnostics/table.js";
import { evaluateBundle, withEvaluator } from "./evaluation.js";
import type { Host } from "./host.js";
import { judgeProgram } from "./judge.js";
import type { Loaded } from "./language/load.js";
import { type SoundModule, soundModules } from "./language/sound.js";
import { Sources } from "./sources.js";
import { bundleAs } from "./typescript/bundle.js";
import { KeptMarks } from "./typescript/kept-marks.js";
import { KnownTypes, typeCheck } from "./typescript/type-check.js";

/** Evaluations of one stack, each without the values that those before could not compute. */
const mostEvaluations = 20;

/** What ends an evaluation at a value: it can go on without that. */
const endsEvaluation: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "exception",
  "secret-leaked",
  "undeclared-input",
  "value-impossible",
]);

/** What would end the next evaluation too, after as long. */
const stopped: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "endless-program",
  "program-stopped",
  "program-too-large",
]);

/** What is wrong with a value whatever stands beside it. */
const ofValues: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "arguments-wrong",
  "field-invalid",
  "field-type",
  "field-unknown",
  "file-missing",
  "input-declaration",
  "input-invalid",
  "input-missing",
  "kind-unknown",
  "kind-unkept",
  "label-reserved",
  "name-invalid",
  "patch-identity",
  "patch-loses",
  "port-number-invalid",
  "value-unusable",
  "yaml-invalid",
]);

/** What is only known of all that a stack has: some of it is left out here. */
const ofWholeStacks: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "accept-unused",
  "kind-undefined",
  "node-unmatched",
  "other-namespace",
  "pod-not-admitted",
  "pods-not-admitted",
  "port-unopened",
  "reference-missing",
  "resource-name-unknown",
  "resource-not-exported",
  "selector-matches-nothing",
  "stack-empty",
  "url-port-unknown",
]);

/**
 * Finds what only an evaluation and finished objects show, in a stack whose `.infra` files have mistakes: those are
 * left out, with what refers to them, and the rest is compiled. What may come of that alone is not reported.
 * @param language - the stack's `.infra` modules by absolute path.
 * @param isTyped - types were checked, or are not to be.
 * @param reporter - holds what is known of them.
 */
export async function findInSoundParts(
  host: Host,
  options: CompileOptions,
  language: ReadonlyMap<string, Loaded>,
  isTyped: boolean,
  reporter: Reporter,
): Promise<void> {
  const folder = dirname(options.entry);
  if (reporter.errors.some(({ code }) => stopped.has(code))) return;
  for (let known = -1, left = mostEvaluations; left > 0 && reporter.errors.length > known; left -= 1) {
    known = reporter.errors.length;
    const modules = soundModules(language, reporter.errors);
    const found = new Reporter();
    const checked =
      isTyped || left < mostEvaluations
        ? undefined
        : typeCheck(host, options.entry, modules, new KnownTypes(host), found);
    const isEvaluated = await compileModules(host, options, modules, found);
    await checked;
    found.passTo(reporter, (diagnostic, data) => {
      const { code, span } = diagnostic;
      if (span === undefined) return false;
      const module = modules.get(resolve(folder, span.file));
      if (endsEvaluation.has(code)) return module !== undefined;
      if (code === "type-error" || code === "export-missing") return module?.isWhole(span.start) === true;
      const about = module === undefined ? "value" : module.about(span.start);
      return about === "whole" ? !ofWholeStacks.has(code) : about === "value" && isOfValue(diagnostic, data);
    });
    if (isEvaluated || found.errors.some(({ code }) => stopped.has(code))) return;
  }
}

/** @returns whether the modules could be evaluated. */
async function compileModules(
  host: Host,
  options: CompileOptions,
  modules: ReadonlyMap<string, SoundModule>,
  reporter: Reporter,
): Promise<boolean> {
  const bundled = await bundleAs(host, options.entry, modules);
  if (bundled === undefined) return true; // what a module of TypeScript asks for is left out
  const program = await withEvaluator(host, options.evaluationMs, (evaluator) =>
    evaluateBundle(host, options, bundled, new KeptMarks(host), evaluator, reporter),
  );
  if (program === undefined) return false;
  const sources = new Sources(host, dirname(options.entry), reporter);
  await judgeProgram(program, options, sources, new Map(), reporter);
  return true;
}

/** A field may be required, or forbidden, because of another that is left out. */
function isOfValue({ code }: Diagnostic, data: unknown): boolean {
  if (code !== "field-invalid") return ofValues.has(code);
  return !/^(Required value|Forbidden)/.test((data as DiagnosticData<"field-invalid">).why);
}
