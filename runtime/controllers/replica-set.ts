import { deepEqual } from "../../stdlib/base/json.js";
import type { OwnerReference } from "../../stdlib/schema/objects.js";
import { matchesLabels, selectorText } from "../../stdlib/schema/selectors.js";
import { podResource, replicaSetResource } from "../client/resources.js";
import {
  type ControllerContext,
  controllerKey,
  keyOf,
  on,
  type RunningController,
  runController,
  splitKey,
} from "./controller.js";
import type { Pod, ReplicaSet, ReplicaSetCondition } from "./kinds.js";
import { isActive, isAvailable, isReady, readySince, restartsOf } from "./pods.js";
import type { WorkQueue } from "./work-queue.js";

/** Creates and deletes of one sync; the rest follows in the next (upstream's burst). */
const burst = 500;

/** Keeps `spec.replicas` live pods for each ReplicaSet. */
export function startReplicaSets(context: ControllerContext): RunningController {
  return runController(
    context,
    "replicaset",
    [
      on(replicaSetResource, (set) => [keyOf(set)]),
      on(podResource, (pod, previous) => {
        const owners = new Set([
          ...controllerKey(pod, "ReplicaSet"),
          ...(previous === undefined ? [] : controllerKey(previous, "ReplicaSet")),
        ]);
        if (owners.size > 0) return [...owners];
        const sets = context.view.list(replicaSetResource, { namespace: pod.metadata.namespace ?? "" });
        return sets.filter((set) => matchesLabels(set.spec?.selector, pod.metadata.labels)).map(keyOf); // an orphan to adopt
      }),
    ],
    (key, queue, signal) => syncReplicaSet(context, key, queue, signal),
  );
}

async function syncReplicaSet(
  context: ControllerContext,
  key: string,
  queue: WorkQueue,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name } = splitKey(key);
  const set = context.view.get(replicaSetResource, namespace, name);
  if (set === undefined) return; // deleted; garbage collection owns the pods

  const pods = await claimPods(context, set);
  const actions = decide(set, pods);
  const failure =
    set.metadata.deletionTimestamp === undefined ? await act(context, set, actions, signal) : undefined;

  await writeStatus(context, set, queue, failure);
  if (failure !== undefined) throw failure;
}

export type Action = { readonly do: "create" } | { readonly do: "delete"; readonly pod: Pod };

/** The rule. No I/O, so its tests are a table. */
export function decide(set: ReplicaSet, pods: readonly Pod[]): readonly Action[] {
  if (set.metadata.deletionTimestamp !== undefined) return [];
  const live = pods.filter(isActive);
  const missing = (set.spec?.replicas ?? 1) - live.length;
  if (missing >= 0) return Array.from({ length: Math.min(missing, burst) }, () => ({ do: "create" }));
  const surplus = [...live].sort(cheapestToLoseFirst).slice(0, Math.min(-missing, burst));
  return surplus.map((pod) => ({ do: "delete", pod }));
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Upstream's ranking: unassigned, pending, not ready, cheaper, ready later, restarted more, newer. */
function cheapestToLoseFirst(a: Pod, b: Pod): number {
  return (
    Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName)) ||
    (phaseRank[a.status?.phase ?? "Pending"] ?? 0) - (phaseRank[b.status?.phase ?? "Pending"] ?? 0) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    (readySince(b) ?? 0) - (readySince(a) ?? 0) ||
    restartsOf(b) - restartsOf(a) ||
    Date.parse(b.metadata.creationTimestamp ?? "") - Date.parse(a.metadata.creationTimestamp ?? "") ||
    ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1)
  );
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.["controller.kubernetes.io/pod-deletion-cost"] ?? 0);
  return Number.isFinite(cost) ? cost : 0;
}

/** Own pods, plus orphans that match (adopted), less own pods that match no longer (released). */
async function claimPods(context: ControllerContext, set: ReplicaSet): Promise<readonly Pod[]> {
  const claimed: Pod[] = [];
  for (const pod of context.view.list(podResource, { namespace: set.metadata.namespace ?? "" })) {
    const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller === true);
    const matches = matchesLabels(set.spec?.selector, pod.metadata.labels);
    if (owner?.uid === set.metadata.uid) {
      if (matches) claimed.push(pod);
      else if (pod.metadata.deletionTimestamp === undefined) await release(context, set, pod);
    } else if (
      owner === undefined &&
      matches &&
      isActive(pod) &&
      set.metadata.deletionTimestamp === undefined
    ) {
      claimed.push(await adopt(context, set, pod));
    }
  }
  return claimed;
}

function adopt(context: ControllerContext, set: ReplicaSet, pod: Pod): Promise<Pod> {
  const ownerReferences = [...(pod.metadata.ownerReferences ?? []), ownerReference(set)];
  return context.client.patch(podResource, {
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name ?? "",
    type: "merge",
    body: { metadata: { uid: pod.metadata.uid, ownerReferences } },
  });
}

async function release(context: ControllerContext, set: ReplicaSet, pod: Pod): Promise<void> {
  const ownerReferences = (pod.metadata.ownerReferences ?? []).filter(
    (reference) => reference.uid !== set.metadata.uid,
  );
  await context.client.patch(podResource, {
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name ?? "",
    type: "merge",
    body: { metadata: { uid: pod.metadata.uid, ownerReferences } },
  });
}

export function ownerReference(owner: {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; uid?: string };
}): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name ?? "",
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * Creates start slowly (1, 2, 4, …): when the first fails, say over a quota, its siblings would too.
 * @returns the first failure; what succeeded stays.
 */
async function act(
  context: ControllerContext,
  set: ReplicaSet,
  actions: readonly Action[],
  signal: AbortSignal,
): Promise<Error | undefined> {
  for (let at = 0, size = 1; at < actions.length; at += size, size *= 2) {
    signal.throwIfAborted();
    const results = await Promise.allSettled(
      actions.slice(at, at + size).map((action) => perform(context, set, action)),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined)
      return failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
  }
  return undefined;
}

async function perform(context: ControllerContext, set: ReplicaSet, action: Action): Promise<void> {
  const { client, recorder } = context;
  if (action.do === "delete") {
    const name = action.pod.metadata.name ?? "";
    const preconditions =
      action.pod.metadata.uid === undefined ? {} : { preconditions: { uid: action.pod.metadata.uid } };
    await client.delete(podResource, set.metadata.namespace ?? "", name, preconditions);
    recorder.event(set, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
    return;
  }
  try {
    const pod = await client.create(podResource, podFrom(set));
    recorder.event(set, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name ?? ""}`);
  } catch (error) {
    recorder.event(set, "Warning", "FailedCreate", `Error creating: ${(error as Error).message}`);
    throw error;
  }
}

function podFrom(set: ReplicaSet): Pod {
  const template = set.spec?.template;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      generateName: `${set.metadata.name ?? ""}-`,
      namespace: set.metadata.namespace ?? "",
      ...(template?.metadata?.labels === undefined ? {} : { labels: template.metadata.labels }),
      ...(template?.metadata?.annotations === undefined
        ? {}
        : { annotations: template.metadata.annotations }),
      ...(template?.metadata?.finalizers === undefined ? {} : { finalizers: template.metadata.finalizers }),
      ownerReferences: [ownerReference(set)],
    },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  };
}

/** Reads the pods again: what this sync created or deleted counts at once. */
async function writeStatus(
  context: ControllerContext,
  set: ReplicaSet,
  queue: WorkQueue,
  failure: Error | undefined,
): Promise<void> {
  const now = context.world.clock.now();
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const pods = context.view
    .list(podResource, {
      namespace: set.metadata.namespace ?? "",
      labelSelector: selectorText(set.spec?.selector),
    })
    .filter(
      (pod) =>
        isActive(pod) &&
        pod.metadata.ownerReferences?.some((owner) => owner.uid === set.metadata.uid && owner.controller),
    );
  const templateLabels = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  const conditions = replicaFailure(set.status?.conditions ?? [], failure, now);
  const status = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter((pod) =>
      templateLabels.every(([label, value]) => pod.metadata.labels?.[label] === value),
    ).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: pods.filter((pod) => isAvailable(pod, minReadySeconds, now)).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  if (status.availableReplicas < status.readyReplicas)
    queue.addAfter(keyOf(set), soonestAvailable(pods, minReadySeconds, now));

  const current = context.view.get(replicaSetResource, set.metadata.namespace ?? "", set.metadata.name ?? "");
  if (current === undefined || current.metadata.uid !== set.metadata.uid || deepEqual(current.status, status))
    return;
  await context.client.updateStatus(replicaSetResource, { ...current, status });
}

function soonestAvailable(pods: readonly Pod[], minReadySeconds: number, now: number): number {
  const waits = pods
    .map(readySince)
    .filter((since) => since !== undefined)
    .map((since) => since + minReadySeconds * 1000 - now);
  return Math.max(0, Math.min(...waits.filter((wait) => wait > 0)));
}

function replicaFailure(
  conditions: readonly ReplicaSetCondition[],
  failure: Error | undefined,
  now: number,
): ReplicaSetCondition[] {
  const others = conditions.filter((condition) => condition.type !== "ReplicaFailure");
  if (failure === undefined) return others;
  const existing = conditions.find((condition) => condition.type === "ReplicaFailure");
  if (existing?.message === failure.message) return [...conditions];
  const lastTransitionTime = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  return [
    ...others,
    {
      type: "ReplicaFailure",
      status: "True",
      reason: "FailedCreate",
      message: failure.message,
      lastTransitionTime,
    },
  ];
}
