import { basename, dirname, join, relative } from "node:path";
import type { InputNode } from "../stdlib/constructs/graph.js";
import { debianRequestKey } from "../stdlib/schema/bundle.js";
import { kubernetesVersion } from "../stdlib/schema/generated/table.js";
import type { PolicyLevel } from "./diagnostics/policy-rows.js";
import { type Diagnostic, Reporter } from "./diagnostics/reporter.js";
import { type Span, wordSpan } from "./diagnostics/span.js";
import { emitBundle } from "./emit/bundle.js";
import { evaluateBundle, evaluateProgram, type Program, withEvaluator } from "./evaluation.js";
import type { Host } from "./host.js";
import { judgeProgram } from "./judge.js";
import type { Built } from "./lower/built.js";
import { createModel } from "./model/authored.js";
import { ResultMemory, type SettledResource } from "./result-memory.js";
import { Sources } from "./sources.js";
import { bundle } from "./typescript/bundle.js";
import { declarations } from "./typescript/declarations.js";
import { type Evaluator, judge } from "./typescript/evaluate.js";
import { KeptMarks } from "./typescript/kept-marks.js";
import { modulePlaces } from "./typescript/module-places.js";
import { KnownTypes, typeCheck } from "./typescript/type-check.js";
import { presentOf } from "./write-bundle.js";

export interface CompileOptions {
  /** Absolute path of the stack's entry file. */
  readonly entry: string;
  /** Absolute path of the bundle to be; only its place relative to the source matters here. */
  readonly output: string;
  readonly stack: string;
  readonly namespace: string;
  /** Values of inputs, as text. */
  readonly set: { readonly [name: string]: string };
  /** Where those of a values file stand. */
  readonly places?: { readonly [name: string]: Span };
  /** False skips the type check. */
  readonly check: boolean;
  /** Packages that no lock names are no mistake: for who reads the objects alone. */
  readonly unlocked?: boolean;
  /** What the stack is held to beside the API's rules. */
  readonly policy?: PolicyLevel;
  /** Warnings stop the compile too. */
  readonly strict?: boolean;
  /** Instead of the usual limit of time for the program. */
  readonly evaluationMs?: number;
  /** Version of infra itself. */
  readonly version: string;
}

export interface CompileResult {
  readonly diagnostics: readonly Diagnostic[];
  /** Files by path relative to the bundle; absent after an error. */
  readonly files: ReadonlyMap<string, string> | undefined;
  /** Variables of the environment that the stack declares. */
  readonly variables: readonly string[];
  /** The same will come out of the same files again. */
  readonly repeats: boolean;
  /** Of the files, those that the output folder was seen to hold as they are. */
  readonly present?: ReadonlySet<string>;
}

/**
 * Compiles one stack. Reads through the host alone and writes nothing but caches; the same source and options give the
 * same bytes wherever they lie.
 */
export async function compile(host: Host, options: CompileOptions): Promise<CompileResult> {
  const folder = dirname(options.entry);
  const memory = new ResultMemory(host, folder, { ...options, kubernetesVersion });
  const known = memory.recall();
  if (known !== undefined) return { ...known, repeats: true };

  const reporter = new Reporter();
  let present: ReadonlySet<string> = new Set();
  const program = await withEvaluator(host, options.evaluationMs, (evaluator) =>
    evaluateAndCheck(host, options, evaluator, memory, reporter, () => {
      present = presentOf(host, options.output, memory.files);
    }),
  );
  const sources = new Sources(host, folder, reporter);
  const emitted =
    program === undefined ? undefined : await judgeAndEmit(host, program, options, sources, memory, reporter);
  const diagnostics = withWords(reporter.sorted(), host, folder);
  const variables = (program?.graph.inputs ?? []).flatMap(({ env }) => (env === undefined ? [] : [env]));
  const ofStack = diagnostics.filter(({ code }) => code !== "sandbox-open");
  const isStopped = reporter.hasErrors || (options.strict === true && ofStack.length > 0);
  if (program === undefined || emitted === undefined || isStopped)
    return { diagnostics, files: undefined, variables, repeats: false };
  for (const path of program.reads) sources.read(relative(folder, path));
  sources.search(modulePlaces([...program.inputs.map((path) => join(folder, path)), ...program.reads]));
  const files = new Map([...emitted.files, ...program.types]);
  const before = memory.files;
  const isKept = memory.keep(sources, { diagnostics: ofStack, files, variables }, emitted.settled);
  return {
    diagnostics,
    files,
    variables,
    repeats: isKept && ofStack.length === diagnostics.length,
    present: new Set([...present].filter((path) => files.get(path) === before.get(path))),
  };
}

/** Places without a known end end with the word that begins there, for every reader of them alike. */
function withWords(found: readonly Diagnostic[], host: Host, folder: string): readonly Diagnostic[] {
  const lines = new Map<string, readonly string[]>();
  const lineOf = ({ file, start }: Span): string => {
    const known = lines.get(file);
    const all =
      known ??
      Buffer.from(host.read(join(folder, file)) ?? [])
        .toString("utf8")
        .split(/\r\n|\n|\r/);
    if (known === undefined) lines.set(file, all);
    return all[start.line - 1] ?? "";
  };
  return found.map((diagnostic) => {
    const { related, span } = diagnostic;
    if (span === undefined) return diagnostic;
    const words = related.map((one) => ({ ...one, span: wordSpan(one.span, lineOf(one.span)) }));
    return { ...diagnostic, span: wordSpan(span, lineOf(span)), related: words };
  });
}

/** The inputs a stack declares, in the order of its source. */
export async function stackInputs(
  host: Host,
  options: Pick<CompileOptions, "entry" | "set" | "places">,
): Promise<{
  readonly diagnostics: readonly Diagnostic[];
  readonly inputs: readonly InputNode[] | undefined;
}> {
  const reporter = new Reporter();
  const program = await evaluateProgram(host, options, reporter);
  return { diagnostics: reporter.sorted(), inputs: program?.graph.inputs };
}

/**
 * The package sets the stack asks for with `debian({ packages })`: what a lock file has to answer. Needs no lock.
 */
export async function debianRequests(
  host: Host,
  options: Pick<CompileOptions, "entry" | "set" | "places">,
): Promise<{
  readonly diagnostics: readonly Diagnostic[];
  readonly requests: readonly (readonly string[])[] | undefined;
}> {
  const reporter = new Reporter();
  const program = await evaluateProgram(host, options, reporter);
  const requests = new Map<string, readonly string[]>();
  for (const resource of program === undefined ? [] : createModel(program.graph, program.locator).resources) {
    const reference =
      resource.included && resource.construct === "image" ? resource.spec.get("from")?.reference : undefined;
    if (reference?.kind === "debian") requests.set(debianRequestKey(reference.packages), reference.packages);
  }
  const sorted = [...requests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, packages]) => packages);
  return {
    diagnostics: reporter.sorted(),
    requests: program === undefined || reporter.hasErrors ? undefined : sorted,
  };
}

interface CheckedProgram extends Program {
  /** Files that types were taken from, absolute. */
  readonly reads: readonly string[];
  /** Declarations of `.infra` modules, by path relative to the bundle. */
  readonly types: ReadonlyMap<string, string>;
}

/**
 * The type check runs beside the evaluation, and not before: it would only take the processors from what the evaluation
 * waits for, and would know nothing of `.infra` files among the modules.
 */
async function evaluateAndCheck(
  host: Host,
  options: CompileOptions,
  evaluator: Evaluator,
  memory: ResultMemory,
  reporter: Reporter,
  meanwhile: () => void,
): Promise<CheckedProgram | undefined> {
  const bundling = bundle(host, options.entry, reporter);
  // While esbuild works:
  const marks = new KeptMarks(host);
  memory.load();
  const known = options.check ? new KnownTypes(host) : undefined;
  const { bundled, language } = await bundling;
  // Of an `.infra` file that is not sound there is nothing that types could be checked of.
  const isSound = bundled !== undefined || !options.entry.endsWith(".infra");
  const modules = bundled === undefined ? undefined : language;
  const checked =
    known !== undefined && isSound ? typeCheck(host, options.entry, modules, known, reporter) : [];
  const declared =
    options.check && bundled !== undefined && language.size > 0
      ? declarations(host, options.entry, bundled.inputs, language)
      : undefined;
  const program =
    bundled === undefined
      ? undefined
      : await evaluateBundle(host, options, bundled, marks, evaluator, reporter, meanwhile);
  const [reads, types = new Map()] = [await checked, await declared];
  if (program !== undefined) return { ...program, reads, types };
  if (language.size > 0) {
    const { checkLoaded } = await import("./language/load.js");
    const { findInSoundParts } = await import("./sound-parts.js");
    // What was not evaluated is judged as it is written, in the words of the checks that would have followed.
    if (bundled !== undefined) checkLoaded(language, reporter);
    await findInSoundParts(host, options, language, known === undefined || bundled !== undefined, reporter);
  }
  return undefined;
}

/** What the stack's own policies find is at the place of the field they name. */
async function checkOwnPolicies(
  host: Host,
  { graph, ready }: Program,
  built: readonly Built[],
  reporter: Reporter,
): Promise<void> {
  if (!(graph.policies > 0) || reporter.hasErrors) return; // objects that are not sound are not judged
  const objects = built.map(({ object }) => object);
  for (const { call, isAsync, object, path, policy, text } of await judge(host, ready, objects, reporter)) {
    const span = call === undefined ? built[object]?.origins.find(path) : ready.locator.call(call);
    reporter.report("policy", span, { policy, text, isAsync, isForeign: call !== undefined });
  }
}

async function judgeAndEmit(
  host: Host,
  program: Program,
  options: CompileOptions,
  sources: Sources,
  memory: ResultMemory,
  reporter: Reporter,
): Promise<
  { readonly files: ReadonlyMap<string, string>; readonly settled: readonly SettledResource[] } | undefined
> {
  const known = program.graph.inputs.map(({ name }) => name).sort();
  for (const name of Object.keys(options.set))
    if (!known.includes(name)) reporter.report("input-unknown", options.places?.[name], { name, known });

  for (const input of program.inputs) sources.read(input);
  const judged = await judgeProgram(program, options, sources, memory.objects, reporter);
  const { acceptances, built, keys, lowered, unsettled } = judged;
  await checkOwnPolicies(host, program, built, reporter);
  if (reporter.hasErrors) return undefined;
  const { files, placeOf } = emitBundle(lowered, {
    stack: options.stack,
    namespace: options.namespace,
    entry: basename(options.entry),
    versions: { infra: options.version, kubernetes: kubernetesVersion },
    set: options.set,
    accepted: acceptances.record,
    inputs: new Map([...sources.reads].filter(([path, digest]) => !path.endsWith("/") && digest !== "")),
    sourceRoot: relative(options.output, dirname(options.entry)) || ".",
  });
  const isSettled = keys.whereAll((index) => !unsettled.has(index));
  const settled = [...lowered.byResource].flatMap(([index, built]): readonly SettledResource[] => {
    const key = keys.of(index);
    const objects = built.flatMap((one) => {
      const place = placeOf.get(one);
      const { exact, object } = one;
      return place === undefined ? [] : [{ object, ...(exact && { exact }), ...place }];
    });
    const isWhole = built.length > 0 && objects.length === built.length;
    return key !== undefined && isWhole && isSettled(index) ? [{ key, objects }] : [];
  });
  return { files, settled };
}
