import type { Deployment, ReplicaSet } from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { Event, Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { type PodTrouble, podTroubles } from "./pod-trouble.js";

/** How far one applied object is. */
export type Readiness =
  | { readonly state: "ready"; readonly summary: string }
  /** Time may bring it. `troubles`: what keeps it so far, most telling first. */
  | { readonly state: "waiting"; readonly summary: string; readonly troubles: readonly PodTrouble[] }
  /** Waiting longer is of no use, or the object's own limit has passed. */
  | { readonly state: "failed"; readonly summary: string; readonly troubles: readonly PodTrouble[] };

/** What surrounds the object: readable without the server. Namespaces other than its own are ignored. */
export interface Surroundings {
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
  readonly events: readonly Event[];
}

/**
 * Judges one object. Pure.
 *
 * Source: kstatus (sigs.k8s.io/cli-utils `pkg/kstatus/status`), with one rule more: a pod that can never start, or
 * has failed often, fails its Deployment before the progress deadline. Kinds without rules are ready once they exist.
 */
export function judge(object: KubeObject, around: Surroundings): Readiness {
  if (object.metadata.deletionTimestamp !== undefined)
    return { state: "waiting", summary: "being deleted", troubles: [] };
  if (object.kind === "Deployment") return judgeDeployment(object as Deployment, around);
  if (object.kind === "Pod") return judgePod(object as Pod, around);
  return { state: "ready", summary: "ready" };
}

function judgeDeployment(deployment: Deployment, around: Surroundings): Readiness {
  const { status } = deployment;
  const wanted = deployment.spec?.replicas ?? 1;
  const fresh = newPods(deployment, around);
  const ready = fresh.filter(isReady).length;
  const summary = `${ready} of ${wanted} new ${wanted === 1 ? "pod" : "pods"} ready`;
  if ((status?.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0))
    return { state: "waiting", summary: "not seen by the controller yet", troubles: [] };

  const condition = (type: string) => status?.conditions?.find((each) => each.type === type);
  const complete =
    (status?.updatedReplicas ?? 0) >= wanted &&
    (status?.replicas ?? 0) <= (status?.updatedReplicas ?? 0) &&
    (status?.availableReplicas ?? 0) >= (status?.updatedReplicas ?? 0) &&
    (status?.readyReplicas ?? 0) >= wanted;
  // The condition says so at the end of a rollout; a Deployment that only changed its size keeps it.
  if (complete && (wanted === 0 || condition("Available")?.status === "True"))
    return { state: "ready", summary: `${wanted} of ${wanted} ready` };

  const troubles = fresh
    .flatMap((pod) => podTroubles(pod, around.events))
    .sort((a, b) => Number(b.hopeless) - Number(a.hopeless) || b.restarts - a.restarts);
  const replicaFailure = condition("ReplicaFailure");
  if (condition("Progressing")?.reason === "ProgressDeadlineExceeded")
    return {
      state: "failed",
      summary: `not ready after ${deployment.spec?.progressDeadlineSeconds ?? 600} s`,
      troubles,
    };
  if (replicaFailure?.status === "True" && fresh.length === 0)
    return { state: "failed", summary: replicaFailure.message ?? "no pod can be made", troubles };
  if (troubles.some(({ hopeless }) => hopeless)) return { state: "failed", summary, troubles };
  const surplus = (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  const leaving =
    ready >= wanted && surplus > 0 ? `, ${surplus} old ${surplus === 1 ? "pod" : "pods"} left` : "";
  return { state: "waiting", summary: `${summary}${leaving}`, troubles };
}

function judgePod(pod: Pod, { events }: Surroundings): Readiness {
  const phase = pod.status?.phase ?? "Pending";
  if (phase === "Succeeded") return { state: "ready", summary: "has ended" };
  if (isReady(pod)) return { state: "ready", summary: "ready" };
  const troubles = podTroubles(pod, events);
  if (phase === "Failed") return { state: "failed", summary: "has failed", troubles };
  if (troubles.some(({ hopeless }) => hopeless)) return { state: "failed", summary: "not ready", troubles };
  return { state: "waiting", summary: phase === "Running" ? "running, not ready" : "starting", troubles };
}

/**
 * Pods of the newest ReplicaSet, which has the Deployment's own revision: none while that one has not been seen, because
 * watches of kinds overtake each other. Without a revision it is the newest there is.
 */
export function newPods(deployment: Deployment, { replicaSets, pods }: Surroundings): readonly Pod[] {
  const owned = replicaSets.filter((set) => isOwnedBy(set, deployment));
  const revision = revisionOf(deployment);
  const newest =
    revision > 0
      ? owned.find((set) => revisionOf(set) === revision)
      : [...owned].sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  if (newest === undefined) return [];
  return pods.filter((pod) => isOwnedBy(pod, newest) && pod.metadata.deletionTimestamp === undefined);
}

function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === owner.metadata.uid,
  );
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}
