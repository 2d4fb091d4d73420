import { basename, dirname, join, relative } from "node:path";
import { stableStringify } from "../stdlib/base/json.js";
import type { Graph, InputNode } from "../stdlib/constructs/graph.js";
import { debianRequestKey } from "../stdlib/schema/bundle.js";
import {
  type CustomKinds,
  customKey,
  isDefinition,
  kindsOfDefinition,
  type StructuralSchema,
} from "../stdlib/schema/custom/definition.js";
import { kubernetesVersion } from "../stdlib/schema/generated/table.js";
import type { KubeObject } from "../stdlib/schema/objects.js";
import { Acceptances } from "./check/accepted.js";
import { checkObjects } from "./check/objects.js";
import { checkPolicies, type PolicyLevel } from "./check/policies.js";
import { checkReferences } from "./check/references.js";
import { checkResources } from "./check/resources.js";
import { type Diagnostic, Reporter } from "./diagnostics/reporter.js";
import type { Span } from "./diagnostics/span.js";
import { emitBundle } from "./emit/bundle.js";
import type { Host } from "./host.js";
import type { Built } from "./lower/built.js";
import type { ManifestObject } from "./lower/exact.js";
import { lower } from "./lower/lower.js";
import { createModel, type Model } from "./model/authored.js";
import type { Locator } from "./model/locator.js";
import { isUnchanged, Lock, matchingFiles, Sources, sha256 } from "./sources.js";
import { type Bundled, bundle } from "./typescript/bundle.js";
import { evaluate, judge, type ReadyProgram } from "./typescript/evaluate.js";
import { instrument } from "./typescript/instrument.js";
import { createLocator } from "./typescript/locator.js";
import { typeCheck } from "./typescript/type-check.js";

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
}

/** What a finished compile is remembered by: the read-set that must be unchanged, and what came out. */
interface Remembered {
  /** Declared variables of the environment, to a digest of their values; `""` for one that is not set. */
  readonly environment: { readonly [name: string]: string };
  readonly reads: { readonly [path: string]: string };
  /** Patterns of file names, to what they matched. */
  readonly globs: { readonly [pattern: string]: readonly string[] };
  readonly diagnostics: readonly Diagnostic[];
  readonly files: { readonly [path: string]: string };
}

/**
 * Compiles one stack. Reads through the host alone and writes nothing but caches; the same source and options give the
 * same bytes wherever they lie.
 */
export async function compile(host: Host, options: CompileOptions): Promise<CompileResult> {
  const folder = dirname(options.entry);
  const memory = join(
    host.cacheFolder,
    "results",
    `${sha256(stableStringify({ ...options, kubernetesVersion, build: buildOf(host) }))}.json`,
  );
  const known = recall(host, memory, folder);
  if (known !== undefined) return known;

  const reporter = new Reporter();
  const program = await evaluateAndCheck(host, options, reporter);
  const sources = new Sources(host, folder, reporter);
  const files =
    program === undefined ? undefined : await lowerAndEmit(host, program, options, sources, reporter);
  const diagnostics = reporter.sorted();
  const ofStack = diagnostics.filter(({ code }) => code !== "sandbox-open");
  const isStopped = reporter.hasErrors || (options.strict === true && ofStack.length > 0);
  if (files === undefined || isStopped) return { diagnostics, files: undefined };
  host.write(
    memory,
    JSON.stringify({
      environment: Object.fromEntries(
        (program?.graph.inputs ?? []).flatMap(({ env }) =>
          env === undefined ? [] : [[env, variableDigest(host, env)]],
        ),
      ),
      reads: Object.fromEntries(sources.reads),
      globs: Object.fromEntries(sources.globs),
      diagnostics: ofStack,
      files: Object.fromEntries(files),
    } satisfies Remembered),
  );
  return { diagnostics, files };
}

/** Another build of infra may make something else of the same source. */
function buildOf(host: Host): string {
  const id = host.read(join(host.packageRoot, "dist", "build-id"));
  return id === undefined ? "" : Buffer.from(id).toString("utf8");
}

function variableDigest(host: Host, name: string): string {
  const value = host.environment(name);
  return value === undefined ? "" : sha256(value);
}

/** The remembered result, when every file that went into it is as it was. */
function recall(host: Host, memory: string, folder: string): CompileResult | undefined {
  const content = host.read(memory);
  if (content === undefined) return undefined;
  const remembered = JSON.parse(Buffer.from(content).toString("utf8")) as Remembered;
  if (
    !Object.entries(remembered.environment).every(([name, digest]) => variableDigest(host, name) === digest)
  )
    return undefined;
  if (!Object.entries(remembered.reads).every(([path, digest]) => isUnchanged(host, folder, path, digest)))
    return undefined;
  for (const [pattern, files] of Object.entries(remembered.globs))
    if (matchingFiles(host, folder, pattern).join("\n") !== files.join("\n")) return undefined;
  return { diagnostics: remembered.diagnostics, files: new Map(Object.entries(remembered.files)) };
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

/**
 * The type check runs beside the evaluation. One that was begun before `.infra` files were found among the modules knows
 * nothing of them, and is done again.
 */
async function evaluateAndCheck(
  host: Host,
  options: CompileOptions,
  reporter: Reporter,
): Promise<Program | undefined> {
  const early = new Reporter();
  const isLanguage = options.entry.endsWith(".infra");
  const begun =
    options.check && !isLanguage ? typeCheck(host, options.entry, new Map(), early) : Promise.resolve();
  const bundled = await bundle(host, options.entry, reporter);
  const language = bundled?.language ?? new Map();
  if (!options.check || language.size === 0) {
    const program =
      bundled === undefined ? undefined : await evaluateBundle(host, options, bundled, reporter);
    await begun;
    early.passTo(reporter);
    return program;
  }
  await begun;
  const checked = typeCheck(host, options.entry, language, reporter);
  const program = bundled === undefined ? undefined : await evaluateBundle(host, options, bundled, reporter);
  await checked;
  return program;
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
  for (const { object, path, policy, text } of await judge(host, ready, objects, reporter))
    reporter.report("policy", built[object]?.origins.find(path), { policy, text });
}

interface Program {
  readonly ready: ReadyProgram;
  readonly graph: Graph;
  readonly locator: Locator;
  readonly inputs: readonly string[];
}

async function evaluateProgram(
  host: Host,
  options: Pick<CompileOptions, "entry" | "set" | "places">,
  reporter: Reporter,
): Promise<Program | undefined> {
  const bundled = await bundle(host, options.entry, reporter);
  return bundled === undefined ? undefined : evaluateBundle(host, options, bundled, reporter);
}

async function evaluateBundle(
  host: Host,
  options: Pick<CompileOptions, "entry" | "set" | "places" | "evaluationMs">,
  bundled: Bundled,
  reporter: Reporter,
): Promise<Program | undefined> {
  const instrumented = instrument(bundled.code);
  const locator = createLocator(dirname(options.entry), bundled, instrumented);
  const { evaluationMs, places = {}, set } = options;
  const ready = {
    instrumented,
    locator,
    set,
    places,
    ...(evaluationMs === undefined ? {} : { evaluationMs }),
  };
  const graph = await evaluate(host, ready, reporter);
  return graph === undefined ? undefined : { graph, locator, ready, inputs: bundled.inputs };
}

async function manifestsOf(
  model: Model,
  sources: Sources,
  reporter: Reporter,
): Promise<ReadonlyMap<number, readonly ManifestObject[]>> {
  const named = model.resources.filter(({ construct, included }) => included && construct === "manifests");
  if (named.length === 0) return new Map();
  const { readManifests } = await import("./manifests.js");
  return readManifests(named, sources, reporter);
}

/** Kinds that generated modules bring along; what the stack itself defines goes before. */
function customKindsOf(
  graph: Graph,
  model: Model,
  manifests: ReadonlyMap<number, readonly ManifestObject[]>,
): CustomKinds {
  const exact = model.resources
    .filter(
      ({ construct, included, spec }) =>
        included && construct === "l1" && spec.get("kind")?.text === "CustomResourceDefinition",
    )
    .map(({ spec }) => spec.data as KubeObject);
  const definitions = [...exact, ...[...manifests.values()].flat().map(({ object }) => object)];
  const kinds = [
    ...graph.kinds.map(({ schema, ...kind }) => ({
      ...kind,
      schema: JSON.parse(schema) as StructuralSchema,
    })),
    ...definitions.filter(isDefinition).flatMap(kindsOfDefinition),
  ];
  return new Map(
    kinds.map((one) => [customKey({ apiVersion: `${one.group}/${one.version}`, kind: one.kind }), one]),
  );
}

async function lowerAndEmit(
  host: Host,
  program: Program,
  options: CompileOptions,
  sources: Sources,
  reporter: Reporter,
): Promise<ReadonlyMap<string, string>> {
  const { graph, locator } = program;
  const known = graph.inputs.map(({ name }) => name).sort();
  for (const name of Object.keys(options.set))
    if (!known.includes(name)) reporter.report("input-unknown", options.places?.[name], { name, known });

  for (const input of program.inputs) sources.read(input);
  const model = createModel(graph, locator);
  checkResources(model, reporter);
  const lock = new Lock(sources, reporter);
  const manifests = await manifestsOf(model, sources, reporter);
  const customKinds = customKindsOf(graph, model, manifests);
  const lowered = lower({
    model,
    reporter,
    stack: options.stack,
    namespace: options.namespace,
    fileText: (path, at) => sources.text(path, at),
    copied: (path, at) => sources.copied(path, at),
    locked: (packages, at) => lock.find(packages, at),
    manifests,
    customKinds,
  });
  checkObjects(lowered.built, customKinds, reporter);
  const acceptances = new Acceptances(model, graph.accepted, reporter);
  checkReferences(lowered.built, lowered.secrets, acceptances.has, reporter);
  checkPolicies(lowered.built, options.policy ?? "default", acceptances.has, reporter);
  acceptances.reportUnused(reporter);
  await checkOwnPolicies(host, program, lowered.built, reporter);
  return emitBundle(lowered, {
    stack: options.stack,
    namespace: options.namespace,
    entry: basename(options.entry),
    versions: { infra: options.version, kubernetes: kubernetesVersion },
    set: options.set,
    accepted: acceptances.record,
    inputs: new Map([...sources.reads].filter(([path, digest]) => !path.endsWith("/") && digest !== "")),
    sourceRoot: relative(options.output, dirname(options.entry)) || ".",
  });
}
