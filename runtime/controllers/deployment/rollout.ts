import type { Deployment, ReplicaSet } from "../kinds.js";

/** The arithmetic of a rollout, pure: from a Deployment and its ReplicaSets to the sizes they should have next. */

export interface Bounds {
  /** Pods allowed above `replicas`. */
  readonly surge: number;
  /** Pods allowed to be missing. */
  readonly unavailable: number;
}

/** maxSurge rounds up, maxUnavailable down; both resolving to zero would stop for ever, so one may be missing. */
export function boundsOf(deployment: Deployment): Bounds {
  if (deployment.spec?.strategy?.type === "Recreate")
    return { surge: 0, unavailable: replicasOf(deployment) };
  const replicas = replicasOf(deployment);
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const surge = resolve(rolling?.maxSurge ?? "25%", replicas, Math.ceil);
  const unavailable = resolve(rolling?.maxUnavailable ?? "25%", replicas, Math.floor);
  return surge === 0 && unavailable === 0
    ? { surge, unavailable: 1 }
    : { surge, unavailable: Math.min(unavailable, replicas) };
}

function resolve(value: number | string, of: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value);
  return percent === null ? Number.parseInt(value, 10) || 0 : round((Number(percent[1]) * of) / 100);
}

export function replicasOf(object: { spec?: { replicas?: number | undefined } | undefined }): number {
  return object.spec?.replicas ?? 1;
}

export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/**
 * One step of a rolling update: grow the new set within the surge, then shrink old ones as far as availability
 * allows, unhealthy pods first, oldest set first.
 *
 * Source: Kubernetes `pkg/controller/deployment/rolling.go`.
 */
export function rollingStep(
  deployment: Deployment,
  fresh: ReplicaSet,
  old: readonly ReplicaSet[],
): readonly Resize[] {
  const grown = growNew(deployment, fresh, old);
  return grown === undefined ? shrinkOld(deployment, fresh, old) : [grown];
}

function growNew(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): Resize | undefined {
  const wanted = replicasOf(deployment);
  const current = replicasOf(fresh);
  if (current === wanted) return undefined;
  if (current > wanted) return { set: fresh, replicas: wanted };
  const room = wanted + boundsOf(deployment).surge - sum([fresh, ...old], replicasOf);
  return room <= 0 ? undefined : { set: fresh, replicas: current + Math.min(room, wanted - current) };
}

function shrinkOld(deployment: Deployment, fresh: ReplicaSet, old: readonly ReplicaSet[]): readonly Resize[] {
  const sets = [...old].filter((set) => replicasOf(set) > 0).sort(oldestFirst);
  const minAvailable = replicasOf(deployment) - boundsOf(deployment).unavailable;
  const freshMissing = replicasOf(fresh) - available(fresh);
  let budget = sum([fresh, ...sets], replicasOf) - minAvailable - freshMissing;
  const sizes = new Map(sets.map((set) => [set, replicasOf(set)]));

  for (const set of sets) {
    const unhealthy = Math.max(0, replicasOf(set) - available(set));
    const cut = Math.min(unhealthy, Math.max(budget, 0));
    sizes.set(set, replicasOf(set) - cut);
    budget -= cut;
  }
  // Healthy pods go only while enough stay available; unhealthy ones never counted.
  let spare = available(fresh) + sum(sets, available) - minAvailable;
  for (const set of sets) {
    const size = sizes.get(set) ?? 0;
    const cut = Math.min(size, Math.max(spare, 0), Math.max(budget, 0));
    sizes.set(set, size - cut);
    spare -= cut;
    budget -= cut;
  }
  return sets
    .filter((set) => sizes.get(set) !== replicasOf(set))
    .map((set) => ({ set, replicas: sizes.get(set) ?? 0 }));
}

/** Recreate: old sets to zero; the new one only once no old pod runs. */
export function recreateStep(
  deployment: Deployment,
  fresh: ReplicaSet,
  old: readonly ReplicaSet[],
  oldPods: number,
): readonly Resize[] {
  const shrink = old.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  if (shrink.length > 0) return shrink;
  return oldPods > 0 || replicasOf(fresh) === replicasOf(deployment)
    ? []
    : [{ set: fresh, replicas: replicasOf(deployment) }];
}

/**
 * A change of `spec.replicas` while several sets have pods, or while paused: every set takes its share, so that an
 * unfinished rollout keeps its proportions. Rounding goes to the largest set first.
 */
export function proportionalStep(deployment: Deployment, sets: readonly ReplicaSet[]): readonly Resize[] {
  const active = sets.filter((set) => replicasOf(set) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? [...sets].sort(oldestFirst).at(-1);
    return only === undefined || replicasOf(only) === replicasOf(deployment)
      ? []
      : [{ set: only, replicas: replicasOf(deployment) }];
  }
  const allowed = replicasOf(deployment) === 0 ? 0 : replicasOf(deployment) + boundsOf(deployment).surge;
  const total = sum(active, replicasOf);
  let rest = allowed - total;
  const ordered = [...active].sort(
    (a, b) => replicasOf(b) - replicasOf(a) || (rest > 0 ? -oldestFirst(a, b) : oldestFirst(a, b)),
  );
  const sizes = ordered.map((set) => {
    const share =
      rest === 0 ? 0 : Math.round((replicasOf(set) * allowed) / desiredMaximum(set, total)) - replicasOf(set);
    const change = rest > 0 ? Math.min(Math.max(share, 0), rest) : Math.max(Math.min(share, 0), rest);
    rest -= change;
    return { set, replicas: replicasOf(set) + change };
  });
  const largest = sizes[0];
  if (largest !== undefined && rest !== 0)
    sizes[0] = { set: largest.set, replicas: Math.max(0, largest.replicas + rest) };
  return sizes.filter(({ set, replicas }) => replicas !== replicasOf(set));
}

/** `deployment.kubernetes.io/max-replicas` as written when the set was last sized. */
function desiredMaximum(set: ReplicaSet, fallback: number): number {
  const noted = Number(set.metadata.annotations?.["deployment.kubernetes.io/max-replicas"]);
  return Number.isInteger(noted) && noted > 0 ? noted : fallback;
}

export function oldestFirst(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  return (a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1;
}

export function available(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

export function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
