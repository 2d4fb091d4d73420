import { deepEqual } from "../../../stdlib/base/json.js";
import { matchesLabels } from "../../../stdlib/schema/selectors.js";
import { isApiError } from "../../client/errors.js";
import { deploymentResource, podResource, replicaSetResource } from "../../client/resources.js";
import {
  type ControllerContext,
  controllerKey,
  keyOf,
  on,
  type RunningController,
  runController,
  splitKey,
} from "../controller.js";
import type { Deployment, ReplicaSet } from "../kinds.js";
import { isFinished } from "../pods.js";
import type { WorkQueue } from "../work-queue.js";
import {
  annotationsFor,
  beyondHistory,
  findNew,
  newReplicaSet,
  nextRevision,
  revisionAnnotation,
  revisionOf,
  sameAnnotations,
} from "./replica-sets.js";
import {
  boundsOf,
  proportionalStep,
  type Resize,
  recreateStep,
  replicasOf,
  rollingStep,
  sum,
} from "./rollout.js";
import { statusOf } from "./status.js";

/** Moves a Deployment's pods to its template by growing and shrinking ReplicaSets, never touching pods itself. */
export function startDeployments(context: ControllerContext): RunningController {
  return runController(
    context,
    "deployment",
    [
      on(deploymentResource, (deployment) => [keyOf(deployment)]),
      on(replicaSetResource, (set) => controllerKey(set, "Deployment")),
      // Recreate waits for old pods to end, which no ReplicaSet status tells.
      on(podResource, (pod) =>
        controllerKey(pod, "ReplicaSet").flatMap((key) => {
          const { namespace, name } = splitKey(key);
          const set = context.view.get(replicaSetResource, namespace, name);
          const owner = set === undefined ? [] : controllerKey(set, "Deployment");
          return owner.filter((deploymentKey) => usesRecreate(context, deploymentKey));
        }),
      ),
    ],
    (key, queue) => syncDeployment(context, key, queue),
  );
}

function usesRecreate(context: ControllerContext, key: string): boolean {
  const { namespace, name } = splitKey(key);
  return context.view.get(deploymentResource, namespace, name)?.spec?.strategy?.type === "Recreate";
}

async function syncDeployment(context: ControllerContext, key: string, queue: WorkQueue): Promise<void> {
  const { namespace, name } = splitKey(key);
  const deployment = context.view.get(deploymentResource, namespace, name);
  if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;

  const sets = ownSets(context, deployment);
  const fresh = findNew(deployment, sets);
  const old = sets.filter((set) => set !== fresh);

  if (deployment.spec?.paused === true || isScaling(deployment, sets)) {
    const step = proportionalStep(deployment, sets);
    await resize(context, deployment, step);
    await noteSize(
      context,
      deployment,
      sets.filter((set) => replicasOf(set) > 0 && !step.some((resized) => resized.set === set)),
    );
  } else if (fresh === undefined) {
    await createNew(context, deployment, sets);
  } else {
    await refreshNew(context, deployment, fresh, sets);
    const step = usesRecreate(context, key)
      ? recreateStep(deployment, fresh, old, runningPods(context, deployment, old))
      : rollingStep(deployment, fresh, old);
    await resize(context, deployment, step);
    if (step.length === 0) await cleanUp(context, deployment, fresh, old);
  }
  await writeStatus(context, deployment, queue);
}

function ownSets(context: ControllerContext, deployment: Deployment): readonly ReplicaSet[] {
  return context.view
    .list(replicaSetResource, { namespace: deployment.metadata.namespace ?? "" })
    .filter(
      (set) =>
        set.metadata.ownerReferences?.some(
          (owner) => owner.controller === true && owner.uid === deployment.metadata.uid,
        ) && matchesLabels(deployment.spec?.selector, set.metadata.labels),
    );
}

/** The wanted size changed since the sets were sized: scale in proportion first, roll afterwards. */
function isScaling(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  const active = sets.filter((set) => replicasOf(set) > 0);
  return (
    active.length > 1 &&
    active.some(
      (set) =>
        Number(set.metadata.annotations?.["deployment.kubernetes.io/desired-replicas"]) !==
        replicasOf(deployment),
    )
  );
}

function runningPods(context: ControllerContext, deployment: Deployment, old: readonly ReplicaSet[]): number {
  const owners = new Set(old.map((set) => set.metadata.uid));
  return context.view
    .list(podResource, { namespace: deployment.metadata.namespace ?? "" })
    .filter((pod) => !isFinished(pod) && pod.metadata.ownerReferences?.some((owner) => owners.has(owner.uid)))
    .length;
}

async function createNew(
  context: ControllerContext,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): Promise<void> {
  const recreate = deployment.spec?.strategy?.type === "Recreate";
  const room = replicasOf(deployment) + boundsOf(deployment).surge - sum(sets, replicasOf);
  const replicas =
    recreate && sum(sets, replicasOf) > 0 ? 0 : Math.max(0, Math.min(room, replicasOf(deployment)));
  const revision = nextRevision(sets);
  try {
    const created = await context.client.create(
      replicaSetResource,
      newReplicaSet(deployment, replicas, revision),
    );
    await noteRevision(context, deployment, revision);
    if (replicas > 0) noteScaling(context, deployment, created.metadata.name ?? "", 0, replicas);
  } catch (error) {
    if (!isApiError(error, "AlreadyExists")) throw error;
    await countCollision(context, deployment);
    throw error; // comes back with another hash
  }
}

/** The name is taken by a set with another template or owner: the next hash differs. */
async function countCollision(context: ControllerContext, deployment: Deployment): Promise<void> {
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  await context.client.updateStatus(deploymentResource, {
    ...deployment,
    status: { ...deployment.status, collisionCount },
  });
}

/** A set that is used again, after a rollback say, becomes the newest revision. */
async function refreshNew(
  context: ControllerContext,
  deployment: Deployment,
  fresh: ReplicaSet,
  sets: readonly ReplicaSet[],
): Promise<void> {
  const highest = sets.reduce((most, set) => (set === fresh ? most : Math.max(most, revisionOf(set))), 0);
  const revision = revisionOf(fresh) > highest ? revisionOf(fresh) : highest + 1;
  const annotations = annotationsFor(deployment, revision);
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  if (!sameAnnotations(fresh, annotations) || (fresh.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    await patchSet(context, fresh, { metadata: { annotations }, spec: { minReadySeconds } });
  }
  await noteRevision(context, deployment, revision);
}

async function noteRevision(
  context: ControllerContext,
  deployment: Deployment,
  revision: number,
): Promise<void> {
  if (revisionOf(deployment) === revision) return;
  await context.client.patch(deploymentResource, {
    namespace: deployment.metadata.namespace ?? "",
    name: deployment.metadata.name ?? "",
    type: "merge",
    body: { metadata: { annotations: { [revisionAnnotation]: String(revision) } } },
  });
}

async function resize(
  context: ControllerContext,
  deployment: Deployment,
  steps: readonly Resize[],
): Promise<void> {
  for (const { set, replicas } of steps) {
    const annotations = annotationsFor(deployment, revisionOf(set));
    await patchSet(context, set, { metadata: { annotations }, spec: { replicas } });
    noteScaling(context, deployment, set.metadata.name ?? "", replicasOf(set), replicas);
  }
}

/** Sets that keep their size are in proportion too: without the note every later sync would only scale. */
async function noteSize(
  context: ControllerContext,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): Promise<void> {
  for (const set of sets) {
    const annotations = annotationsFor(deployment, revisionOf(set));
    if (!sameAnnotations(set, annotations)) await patchSet(context, set, { metadata: { annotations } });
  }
}

function noteScaling(
  context: ControllerContext,
  deployment: Deployment,
  set: string,
  from: number,
  to: number,
): void {
  const direction = to > from ? "up" : "down";
  context.recorder.event(
    deployment,
    "Normal",
    "ScalingReplicaSet",
    `Scaled ${direction} replica set ${set} from ${from} to ${to}`,
  );
}

function patchSet(context: ControllerContext, set: ReplicaSet, body: unknown): Promise<ReplicaSet> {
  return context.client.patch(replicaSetResource, {
    namespace: set.metadata.namespace ?? "",
    name: set.metadata.name ?? "",
    type: "merge",
    body,
  });
}

async function cleanUp(
  context: ControllerContext,
  deployment: Deployment,
  fresh: ReplicaSet,
  old: readonly ReplicaSet[],
): Promise<void> {
  const done =
    (fresh.status?.availableReplicas ?? 0) >= replicasOf(deployment) &&
    sum(old, (set) => set.status?.replicas ?? 0) === 0;
  if (!done) return;
  for (const set of beyondHistory(deployment, old)) {
    const preconditions = set.metadata.uid === undefined ? {} : { preconditions: { uid: set.metadata.uid } };
    await context.client.delete(
      replicaSetResource,
      set.metadata.namespace ?? "",
      set.metadata.name ?? "",
      preconditions,
    );
  }
}

/** Reads again what this sync wrote, so that the status describes it. */
async function writeStatus(
  context: ControllerContext,
  deployment: Deployment,
  queue: WorkQueue,
): Promise<void> {
  const current = context.view.get(
    deploymentResource,
    deployment.metadata.namespace ?? "",
    deployment.metadata.name ?? "",
  );
  if (current === undefined || current.metadata.uid !== deployment.metadata.uid) return;
  const sets = ownSets(context, current);
  const status = statusOf(current, findNew(current, sets), sets, context.world.clock.now());
  if (!deepEqual(current.status, status))
    await context.client.updateStatus(deploymentResource, { ...current, status });

  const progressing = status.conditions?.find((condition) => condition.type === "Progressing");
  if (progressing?.reason === "ReplicaSetUpdated") {
    const since = Date.parse(progressing.lastUpdateTime ?? "");
    const deadlineMs = (current.spec?.progressDeadlineSeconds ?? 600) * 1000;
    queue.addAfter(keyOf(current), Math.max(1000, since + deadlineMs - context.world.clock.now() + 1000));
  }
}
