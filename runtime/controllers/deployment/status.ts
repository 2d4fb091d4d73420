import type { Deployment, DeploymentCondition, ReplicaSet } from "../kinds.js";
import { available, boundsOf, replicasOf, sum } from "./rollout.js";

/** Everything a rollout waits for has happened: `kubectl rollout status` says "successfully rolled out". */
export function isComplete(deployment: Deployment, status: NonNullable<Deployment["status"]>): boolean {
  const wanted = replicasOf(deployment);
  return (
    status.updatedReplicas === wanted &&
    status.replicas === wanted &&
    status.availableReplicas === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/**
 * The status that follows from the sets. `now` is milliseconds since the epoch; transition times have whole seconds.
 *
 * Source: Kubernetes `pkg/controller/deployment/{sync,progress}.go`: reasons and messages as there.
 */
export function statusOf(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  now: number,
): NonNullable<Deployment["status"]> {
  const availableReplicas = sum(sets, available);
  const replicas = sum(sets, (set) => set.status?.replicas ?? 0);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum(sets, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(sets, replicasOf) - availableReplicas),
    ...(deployment.status?.collisionCount === undefined
      ? {}
      : { collisionCount: deployment.status.collisionCount }),
  };
  const before = deployment.status?.conditions ?? [];
  const reached = availableReplicas >= replicasOf(deployment) - boundsOf(deployment).unavailable;
  const availability: Wanted = reached
    ? {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        type: "Available",
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
  const progress = progressOf(deployment, fresh, counts, now);
  const failure = fresh?.status?.conditions?.find((condition) => condition.type === "ReplicaFailure");
  const wanted: Wanted[] = [
    availability,
    ...(progress === undefined ? [] : [progress]),
    ...(failure === undefined
      ? []
      : [
          {
            type: "ReplicaFailure",
            status: failure.status,
            reason: failure.reason ?? "",
            message: failure.message ?? "",
          },
        ]),
  ];
  return { ...counts, conditions: wanted.map((condition) => settle(condition, before, now)) };
}

interface Wanted {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** The rollout moved: `lastUpdateTime` starts anew and with it the progress deadline. */
  readonly moved?: boolean;
}

function progressOf(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  counts: NonNullable<Deployment["status"]>,
  now: number,
): Wanted | undefined {
  const name = fresh?.metadata.name ?? deployment.metadata.name ?? "";
  const type = "Progressing";
  const before = deployment.status?.conditions?.find((condition) => condition.type === type);
  if (deployment.spec?.paused === true)
    return { type, status: "Unknown", reason: "DeploymentPaused", message: "Deployment is paused" };
  if (fresh === undefined) return undefined;
  if (isComplete(deployment, counts)) {
    return {
      type,
      status: "True",
      reason: "NewReplicaSetAvailable",
      message: `ReplicaSet "${name}" has successfully progressed.`,
    };
  }
  const progressing: Wanted = {
    type,
    status: "True",
    reason: "ReplicaSetUpdated",
    message: `ReplicaSet "${name}" is progressing.`,
  };
  if (hasMoved(deployment.status, counts) || before === undefined) return { ...progressing, moved: true };
  if (before.reason === "NewReplicaSetAvailable") return progressing;
  const since = Date.parse(before.lastUpdateTime ?? before.lastTransitionTime ?? "");
  const deadlineMs = (deployment.spec?.progressDeadlineSeconds ?? 600) * 1000;
  if (before.reason === "ProgressDeadlineExceeded" || since + deadlineMs <= now) {
    return {
      type,
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: `ReplicaSet "${name}" has timed out progressing.`,
    };
  }
  return {
    type,
    status: before.status,
    reason: before.reason ?? progressing.reason,
    message: before.message ?? progressing.message,
  };
}

function hasMoved(before: Deployment["status"], after: NonNullable<Deployment["status"]>): boolean {
  const old = (status: Deployment["status"]) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

/** Keeps the times of a condition that stays what it was. */
function settle(wanted: Wanted, before: readonly DeploymentCondition[], now: number): DeploymentCondition {
  const { moved, ...condition } = wanted;
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  const existing = before.find((candidate) => candidate.type === wanted.type);
  const same = existing?.status === wanted.status;
  const unchanged =
    same && existing?.reason === wanted.reason && existing.message === wanted.message && moved !== true;
  return {
    ...condition,
    lastTransitionTime: same ? (existing?.lastTransitionTime ?? time) : time,
    lastUpdateTime: unchanged ? (existing?.lastUpdateTime ?? time) : time,
  };
}
