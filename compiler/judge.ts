import { basename } from "node:path";
import type { Graph } from "../stdlib/constructs/graph.js";
import {
  type CustomKinds,
  customKindsByKey,
  isDefinition,
  kindsOfDefinition,
  type StructuralSchema,
} from "../stdlib/schema/custom/definition.js";
import type { KubeObject } from "../stdlib/schema/objects.js";
import { Acceptances } from "./check/accepted.js";
import { checkConflicts } from "./check/conflicts.js";
import { checkDuplicates } from "./check/duplicates.js";
import { checkObjects } from "./check/objects.js";
import { checkPlacement } from "./check/placement.js";
import { checkPodSecurity } from "./check/pod-security.js";
import { checkPolicies } from "./check/policies.js";
import { checkReferences } from "./check/references.js";
import { checkResources } from "./check/resources.js";
import type { CompileOptions } from "./compile.js";
import { Reporter } from "./diagnostics/reporter.js";
import { Unsettled } from "./diagnostics/unsettled.js";
import type { Program } from "./evaluation.js";
import type { Built } from "./lower/built.js";
import type { ManifestObject } from "./lower/exact.js";
import { type KeptObject, type Lowered, Lowering } from "./lower/lower.js";
import { createModel, type Model, type Resource } from "./model/authored.js";
import { ResourceKeys } from "./resource-keys.js";
import { Lock, type Sources } from "./sources.js";

/** A stack's objects, and what its checks leave behind. */
export interface Judged {
  readonly lowered: Lowered;
  /** The objects without values of a wrong type. */
  readonly built: readonly Built[];
  readonly acceptances: Acceptances;
  readonly keys: ResourceKeys;
  readonly unsettled: Unsettled;
}

/**
 * Turns what a program made into objects and holds them against the API's rules, each other and the policies.
 * @param kept - objects of an earlier compile by the keys of their resources.
 */
export async function judgeProgram(
  { graph, locator, parts, ready }: Program,
  options: CompileOptions,
  sources: Sources,
  kept: ReadonlyMap<string, readonly KeptObject[]>,
  reporter: Reporter,
): Promise<Judged> {
  const model = createModel(graph, locator);
  const lock = new Lock(sources, options.unlocked === true ? new Reporter() : reporter);
  const manifests = await manifestsOf(model, sources, reporter);
  const customKinds = customKindsOf(graph, model, manifests);
  const unsettled = new Unsettled(reporter);
  const lowering = new Lowering(
    {
      model,
      reporter,
      stack: options.stack,
      namespace: options.namespace,
      fileText: (path, at) => sources.text(path, at),
      copied: (path, at) => sources.copied(path, at),
      locked: (packages, at) => lock.find(packages, at),
      manifests,
      customKinds,
    },
    unsettled,
  );
  const keys = new ResourceKeys(graph, {
    instrumented: ready.instrumented,
    parts,
    besides: (index) => lowering.besides(index),
  });
  const keptOf = ({ index }: Resource) => kept.get(keys.of(index) ?? "");
  checkResources(
    model,
    basename(options.entry),
    (resource) => keptOf(resource) !== undefined,
    unsettled,
    reporter,
  );
  const lowered = lowering.all(keptOf);
  checkDuplicates(model, lowered, reporter);
  const built = checkObjects(lowered.built, lowered.secretObjects, customKinds, model, unsettled, reporter);
  const acceptances = new Acceptances(model, graph.accepted, reporter);
  checkReferences(built, lowered.secretObjects, acceptances.has, reporter);
  checkPlacement(built, acceptances.has, reporter);
  checkConflicts(built, acceptances.has, reporter);
  checkPodSecurity(built, acceptances.has, reporter);
  checkPolicies({ built, images: lowered.images }, options.policy ?? "default", acceptances.has, reporter);
  acceptances.reportUnused(reporter);
  return { lowered, built, acceptances, keys, unsettled };
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
  return customKindsByKey([
    ...graph.kinds.map(({ schema, ...kind }) => ({
      ...kind,
      schema: JSON.parse(schema) as StructuralSchema,
    })),
    ...definitions.filter(isDefinition).flatMap(kindsOfDefinition),
  ]);
}
