import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Effect } from "./plan.js";

interface WorkloadSpec {
  readonly replicas?: number;
  readonly strategy?: {
    readonly type?: string;
    readonly rollingUpdate?: {
      readonly maxSurge?: number | string;
      readonly maxUnavailable?: number | string;
    };
  };
}

export function podCount(object: KubeObject): number {
  if (object.kind === "Pod") return 1;
  if (!["Deployment", "ReplicaSet", "StatefulSet"].includes(object.kind)) return 0;
  return (object["spec"] as WorkloadSpec | undefined)?.replicas ?? 1;
}

/**
 * What replacing all pods of a Deployment does.
 *
 * @param livePods - how many it has now, which bounds how many stay ready; those to come are not counted on.
 *
 * Surge rounds up, unavailable down; when both come to nothing, one may be unavailable (deployment controller,
 * `ResolveFenceposts`).
 */
export function rollout(deployment: KubeObject, livePods: number): Effect {
  const spec = deployment["spec"] as WorkloadSpec | undefined;
  const pods = podCount(deployment);
  if (pods === 0) return { kind: "in-place" };
  if (spec?.strategy?.type === "Recreate") return { kind: "recreate", pods };
  const rolling = spec?.strategy?.rollingUpdate;
  const surge = share(rolling?.maxSurge ?? "25%", pods, Math.ceil);
  const down = share(rolling?.maxUnavailable ?? "25%", pods, Math.floor);
  const unavailable = Math.min(pods, surge === 0 && down === 0 ? 1 : down);
  return {
    kind: "rollingUpdate",
    pods,
    surge,
    unavailable,
    minReady: Math.min(pods - unavailable, livePods),
  };
}

function share(value: number | string, pods: number, round: (n: number) => number): number {
  const text = String(value);
  return text.endsWith("%") ? round((Number(text.slice(0, -1)) * pods) / 100) : Number(text);
}

/** Whether the effect leaves a moment without an available pod. */
export function interrupts(effect: Effect): boolean {
  if (effect.kind === "rollingUpdate") return effect.minReady === 0;
  if (effect.kind === "replace") return effect.pods > 0;
  return effect.kind === "recreate";
}
