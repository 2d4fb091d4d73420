import {
  decodeFieldsV1,
  emptyFieldSet,
  type FieldSet,
  hasPath,
  subtractSets,
  unionSets,
} from "../../stdlib/schema/apply/field-set.js";
import {
  type BuildGraph,
  configHashPrefix,
  fieldManager,
  objectKey,
  type Provenance,
  type SecretDeclaration,
  type SourcePlace,
  secretRevisionAnnotation,
  secretRevisionPrefix,
  stackLabel,
} from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { type Difference, differences } from "./compare.js";
import { compareImages } from "./compare-bundles.js";
import { interrupts, podCount, rollout } from "./effects.js";
import type {
  ConfigConsumer,
  Drift,
  Effect,
  FieldChange,
  Plan,
  PlanAction,
  PlanConflict,
  PlanSchema,
} from "./plan.js";
import { replacingPaths } from "./replaced.js";

export interface PlanInput {
  readonly schema: PlanSchema;
  readonly stack: string;
  readonly desired: readonly KubeObject[];
  readonly secrets: readonly SecretDeclaration[];
  /** Keys of Secrets whose value will be another: object key to the names of its data. What values are is not said. */
  readonly changedValues?: ReadonlyMap<string, readonly string[]>;
  /** Every object with the stack's label, and every object with the identity of a desired one. */
  readonly live: readonly KubeObject[];
  readonly provenance: Provenance;
  /** Of the last `up`: places of what is deleted. */
  readonly previousProvenance?: Provenance;
  readonly build?: BuildGraph;
  /** Of the last `up`: says what made an image another one. */
  readonly previousBuild?: BuildGraph;
}

/** Compares what is asked for with what is there. Pure; equal input gives equal plans. */
export function planChanges(input: PlanInput): Plan {
  const live = new Map(input.live.map((object) => [objectKey(object), object]));
  const actions: PlanAction[] = [];
  const drift: Drift[] = [];
  const conflicts: PlanConflict[] = [];
  const asked = new Set<string>();

  const foreign = (key: string, object: KubeObject | undefined) => {
    const owner = object?.metadata.labels?.[stackLabel];
    if (object === undefined || owner === input.stack) return false;
    conflicts.push({
      object: key,
      ...(owner === undefined ? {} : { owner }),
      ...placed(input.provenance, key, ""),
    });
    return true;
  };
  for (const desired of input.desired) {
    const key = objectKey(desired);
    asked.add(key);
    const found = live.get(key);
    if (!foreign(key, found)) actions.push(planObject(input, key, desired, found, drift));
  }
  for (const secret of input.secrets) {
    const key = objectKey({ apiVersion: "v1", kind: "Secret", metadata: secret });
    asked.add(key);
    const found = live.get(key);
    if (!foreign(key, found)) actions.push(planSecret(input, key, secret, found, drift));
  }
  for (const [key, object] of live) {
    // What a controller made goes with its owner; `up` deletes only what a manifest once asked for.
    const made = (object.metadata.ownerReferences ?? []).some((owner) => owner.controller === true);
    if (asked.has(key) || made || object.metadata.labels?.[stackLabel] !== input.stack) continue;
    actions.push({
      object: key,
      action: "delete",
      effect: { kind: "destroy", pods: podCount(object) },
      changes: [],
      ...placed(input.previousProvenance, key, ""),
    });
  }

  actions.sort((a, b) => (a.object < b.object ? -1 : 1));
  const summary = { create: 0, update: 0, replace: 0, delete: 0, none: 0 };
  for (const { action } of actions) summary[action]++;
  return {
    formatVersion: 1,
    stack: input.stack,
    actions,
    drift,
    conflicts,
    interruptions: interruptions(input, actions),
    summary,
  };
}

function planObject(
  input: PlanInput,
  key: string,
  desired: KubeObject,
  live: KubeObject | undefined,
  drift: Drift[],
): PlanAction {
  const place = placed(input.provenance, key, "");
  if (live === undefined)
    return { object: key, action: "create", effect: { kind: "none" }, changes: [], ...place };

  const managed = ownership(live);
  const found = differences(input.schema.table, input.schema.typeOf(desired), {
    live,
    desired,
    defaulted: input.schema.applyDefaults(desired),
    owned: subtractSets(managed.ours, managed.others),
  });
  if (found.length === 0)
    return { object: key, action: "none", effect: { kind: "none" }, changes: [], ...place };

  const changes = changesOf(input, key, desired, found, managed, drift);
  const paths = found.map((difference) => difference.path);
  const replacing = replacingPaths(input.schema, live, found);
  if (replacing.length > 0)
    return {
      object: key,
      action: "replace",
      effect: { kind: "replace", paths: replacing, pods: podCount(live) },
      changes,
      ...place,
    };
  return { object: key, action: "update", effect: effectOf(input, desired, live, paths), changes, ...place };
}

/** What differs because the stack changed; what somebody else changed is put to `drift`. */
function changesOf(
  input: PlanInput,
  key: string,
  desired: KubeObject,
  found: readonly Difference[],
  managed: Ownership,
  drift: Drift[],
): FieldChange[] {
  return found.flatMap((difference) => {
    const holder = managed.entries.find((entry) => hasPath(entry.fields, difference.steps));
    const at = placed(input.provenance, key, difference.path);
    if (holder === undefined) return [{ ...changeOf(input, desired, difference), ...at }];
    drift.push({
      object: key,
      path: difference.path,
      ...(desired.kind === "Secret" ? {} : { live: difference.before, desired: difference.after }),
      manager: holder.manager,
      ...(holder.time === undefined ? {} : { time: holder.time }),
      ...at,
    });
    return [];
  });
}

function changeOf(input: PlanInput, desired: KubeObject, { path, before, after }: Difference): FieldChange {
  const hidden = desired.kind === "Secret" && /^(data|stringData)\b/.test(path);
  // A revision says nothing of the value, nor anything else: it is random.
  if (hidden || path.includes(secretRevisionPrefix) || path.includes(secretRevisionAnnotation))
    return { path, sensitive: true };
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...rebuiltOf(input, before, after),
  };
}

/** For a field that named an image of the last build and now names the one that follows it. */
function rebuiltOf({ build, previousBuild }: PlanInput, before: unknown, after: unknown) {
  if (build === undefined || previousBuild === undefined) return {};
  const image = build.images.find(({ reference }) => reference === after);
  const previous = previousBuild.images.find(({ reference }) => reference === before);
  if (image === undefined || previous?.name !== image.name) return {};
  const difference = compareImages(previousBuild, build).find(({ name }) => name === image.name);
  return difference === undefined ? {} : { rebuilt: { files: difference.files, layers: difference.layers } };
}

function effectOf(input: PlanInput, desired: KubeObject, live: KubeObject, paths: readonly string[]): Effect {
  if (desired.kind === "Deployment" && paths.some((path) => path.startsWith("spec.template")))
    return rollout(desired, podCount(live));
  if (desired.kind === "ConfigMap" && paths.some((path) => /^(data|binaryData)\b/.test(path))) {
    const consumers = [...mountedBy(input, desired), ...readBy(input, desired)];
    if (consumers.length > 0) return { kind: "configSeenBy", consumers };
  }
  return { kind: "in-place" };
}

interface PodTemplate {
  readonly metadata?: { readonly annotations?: { readonly [name: string]: string } };
  readonly spec?: { readonly volumes?: readonly { readonly configMap?: { readonly name?: string } }[] };
}

function templateOf(object: KubeObject): PodTemplate | undefined {
  return (object["spec"] as { readonly template?: PodTemplate } | undefined)?.template;
}

function sameNamespace(a: KubeObject, namespace: string | undefined): boolean {
  return (a.metadata.namespace ?? "") === (namespace ?? "");
}

function mountedBy(input: PlanInput, config: KubeObject): ConfigConsumer[] {
  return input.desired
    .filter(
      (object) =>
        sameNamespace(object, config.metadata.namespace) &&
        templateOf(object)?.spec?.volumes?.some(
          (volume) => volume.configMap?.name === config.metadata.name,
        ) === true,
    )
    .map((object) => ({ workload: objectKey(object), pods: podCount(object), how: "files" }));
}

/** Workloads whose template has a hash of what they read of it: they restart when that changes. */
function readBy(input: PlanInput, config: KubeObject): ConfigConsumer[] {
  const annotation = `${configHashPrefix}${config.metadata.name}`;
  const live = new Map(input.live.map((object) => [objectKey(object), object]));
  return input.desired
    .filter((object) => {
      const wanted = templateOf(object)?.metadata?.annotations?.[annotation];
      const found = live.get(objectKey(object));
      return (
        sameNamespace(object, config.metadata.namespace) &&
        wanted !== undefined &&
        found !== undefined &&
        templateOf(found)?.metadata?.annotations?.[annotation] !== wanted
      );
    })
    .map((object) => ({ workload: objectKey(object), pods: podCount(object), how: "restart" }));
}

function planSecret(
  input: PlanInput,
  key: string,
  secret: SecretDeclaration,
  live: KubeObject | undefined,
  drift: Drift[],
): PlanAction {
  const place = secret.place === undefined ? {} : { place: secret.place };
  if (live === undefined)
    return { object: key, action: "create", effect: { kind: "none" }, changes: [], ...place };
  const have = Object.keys((live["data"] as object | undefined) ?? {});
  const want = Object.keys(secret.keys);
  const changed = [
    ...want.filter((name) => !have.includes(name)),
    ...have.filter((name) => !want.includes(name)),
    ...(input.changedValues?.get(key) ?? []).filter((name) => have.includes(name)),
  ].sort();
  const changes = changed.map(
    (name): FieldChange => ({
      path: `data[${JSON.stringify(name)}]`,
      sensitive: true,
    }),
  );
  const typeChange: readonly FieldChange[] =
    live["type"] !== undefined && live["type"] !== secret.type
      ? [{ path: "type", before: live["type"], after: secret.type }]
      : [];
  const described = planDescription(input, key, secret, live, drift);
  const fixed = [...typeChange, ...(live["immutable"] === true ? changes : [])];
  if (fixed.length > 0)
    return {
      object: key,
      action: "replace",
      effect: { kind: "replace", paths: fixed.map(({ path }) => path), pods: 0 },
      changes: [...typeChange, ...changes, ...described.changes],
      ...place,
    };
  if (changes.length === 0 && !described.differs)
    return { object: key, action: "none", effect: { kind: "none" }, changes, ...place };
  // Pods read the values: another label is nothing to them.
  const consumers = input.desired
    .filter(
      (object) =>
        changes.length > 0 && sameNamespace(object, secret.namespace) && readsSecret(object, secret.name),
    )
    .map(
      (object): ConfigConsumer => ({ workload: objectKey(object), pods: podCount(object), how: "restart" }),
    );
  const effect: Effect = consumers.length > 0 ? { kind: "configSeenBy", consumers } : { kind: "in-place" };
  return { object: key, action: "update", effect, changes: [...changes, ...described.changes], ...place };
}

/** How the labels and annotations of a declared Secret differ; what somebody else changed is put to `drift`. */
function planDescription(
  input: PlanInput,
  key: string,
  secret: SecretDeclaration,
  live: KubeObject,
  drift: Drift[],
): { readonly differs: boolean; readonly changes: readonly FieldChange[] } {
  const { annotations = {}, labels = {} } = live.metadata;
  const desired: KubeObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      labels: { ...secret.labels, [stackLabel]: input.stack },
      // `up` changes the revision with the values: what it is says nothing, that there is none does.
      annotations: {
        ...secret.annotations,
        [secretRevisionAnnotation]: annotations[secretRevisionAnnotation] ?? "",
      },
    },
  };
  const managed = ownership(live);
  const found = differences(input.schema.table, input.schema.typeOf(desired), {
    live: { metadata: { annotations, labels } },
    desired: { metadata: desired.metadata },
    defaulted: { metadata: desired.metadata },
    owned: subtractSets(managed.ours, managed.others),
  });
  return { differs: found.length > 0, changes: changesOf(input, key, desired, found, managed, drift) };
}

function readsSecret(object: KubeObject, name: string): boolean {
  return templateOf(object)?.metadata?.annotations?.[`${secretRevisionPrefix}${name}`] !== undefined;
}

function interruptions(input: PlanInput, actions: readonly PlanAction[]): string[] {
  const stopped = new Set<string>();
  const desired = new Map(input.desired.map((object) => [objectKey(object), object]));
  const live = new Map(input.live.map((object) => [objectKey(object), object]));
  for (const { object, effect } of actions) {
    if (interrupts(effect)) stopped.add(object);
    if (effect.kind !== "configSeenBy") continue;
    for (const { workload, how } of effect.consumers) {
      const consumer = desired.get(workload);
      const now = live.get(workload);
      if (how !== "restart" || consumer === undefined || now === undefined) continue;
      if (interrupts(rollout(consumer, podCount(now)))) stopped.add(workload);
    }
  }
  return [...stopped].sort();
}

/** Who owns what. */
interface Ownership {
  /** What we applied. */
  readonly ours: FieldSet;
  /** What everyone else set. */
  readonly others: FieldSet;
  /** What each of them set, newest first. */
  readonly entries: readonly {
    readonly manager: string;
    readonly time?: string;
    readonly fields: FieldSet;
  }[];
}

function ownership(live: KubeObject): Ownership {
  let ours: FieldSet = emptyFieldSet;
  let others: FieldSet = emptyFieldSet;
  const entries: { manager: string; time?: string; fields: FieldSet }[] = [];
  for (const entry of live.metadata.managedFields ?? []) {
    const fields = decodeFieldsV1(entry.fieldsV1 ?? {});
    if (entry.manager === fieldManager && entry.operation === "Apply") ours = unionSets(ours, fields);
    else {
      others = unionSets(others, fields);
      const { manager = "", time } = entry;
      entries.push({ manager, ...(time === undefined ? {} : { time }), fields });
    }
  }
  entries.sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? 1 : -1));
  return { ours, others, entries };
}

/** The place of a field, or of the nearest field around it. */
function placed(provenance: Provenance | undefined, key: string, path: string): { place?: SourcePlace } {
  const fields = provenance?.objects[key];
  for (let at = path; fields !== undefined; at = at.replace(/(\.|^|\[)[^.[]*$/, "")) {
    const place = fields[at];
    if (place !== undefined) return { place };
    if (at === "") break;
  }
  return {};
}
