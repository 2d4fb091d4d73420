import type {
  DaemonSet as L1DaemonSet,
  Deployment as L1Deployment,
  StatefulSet as L1StatefulSet,
} from "../kubernetes/generated/apps-v1.js";
import { callPosition, make, reference } from "./guest.js";
import type { PodOptions } from "./pod.js";
import type { Duration, Patch, Percentage, StatefulSet, Workload } from "./types.js";

export interface DeploymentSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** Labels that its pods have and are found by; they cannot change once it is there. @default its name */
  readonly selector?: { readonly [label: string]: string };
  /** Pods to run. @default 1 */
  readonly replicas?: number;
  /** `"recreate"` stops all before starting any; otherwise pods are replaced step by step. */
  readonly strategy?: "recreate" | RollingSteps;
  /** How long a new pod must stay ready to count. @default "0s" */
  readonly minReady?: Duration;
  /** Longest time without progress before the rollout counts as failed. @default "10m" */
  readonly progressWithin?: Duration;
  /** Old versions kept to go back to. @default 10 */
  readonly history?: number;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Deployment>;
}

/** How far a step by step replacement may go at once: a number of pods, or a share of them. */
export interface RollingSteps {
  /** Pods above the wanted number. @default "25%" for a Deployment, 0 for a DaemonSet */
  readonly surge?: number | Percentage;
  /** Pods below the wanted number. @default "25%" for a Deployment, 1 for a DaemonSet */
  readonly unavailable?: number | Percentage;
}

export interface DaemonSetSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** Labels that its pods have and are found by; they cannot change once it is there. @default its name */
  readonly selector?: { readonly [label: string]: string };
  /** `"onDelete"` leaves old pods until somebody deletes them; otherwise they are replaced, one node at a time. */
  readonly update?: "onDelete" | RollingSteps;
  /** How long a new pod must stay ready to count. @default "0s" */
  readonly minReady?: Duration;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1DaemonSet>;
}

export interface StatefulSetSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** Labels that its pods have and are found by; they cannot change once it is there. @default its name */
  readonly selector?: { readonly [label: string]: string };
  /** Pods to run. @default 1 */
  readonly replicas?: number;
  /** One after the other, each when those before it are ready; or all at once. @default "ordered" */
  readonly start?: "ordered" | "parallel";
  /** `"onDelete"` leaves old pods until somebody deletes them; otherwise they are replaced from the last to the first. */
  readonly update?: "onDelete" | PartitionedUpdate;
  /** How long a new pod must stay ready to count. @default "0s" */
  readonly minReady?: Duration;
  /** What happens to the claims of pods that go. */
  readonly claims?: ClaimRetention;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1StatefulSet>;
}

export interface PartitionedUpdate {
  /** Pods with a lower number keep the old version. @default 0 */
  readonly from?: number;
}

export interface ClaimRetention {
  /** When the StatefulSet is deleted. @default "retain" */
  readonly whenDeleted?: "retain" | "delete";
  /** When there are to be fewer pods. @default "retain" */
  readonly whenScaled?: "retain" | "delete";
}

/** Pods kept running and replaced step by step when they change. */
export function deployment<const I extends string = never, const O extends string = never>(
  name: string,
  spec: DeploymentSpec<I, O>,
): Workload<I | O> {
  return make("deployment", name, spec, () => ({}));
}

/** One pod on every node that fits. */
export function daemonSet<const I extends string = never, const O extends string = never>(
  name: string,
  spec: DaemonSetSpec<I, O>,
): Workload<I | O> {
  return make("daemonSet", name, spec, () => ({}));
}

/**
 * Pods with names and storage of their own, numbered from 0. Their host names come from a headless Service: one of the
 * stack that sends to it, otherwise one that is made, `<name>-pods`.
 */
export function statefulSet<const I extends string = never, const O extends string = never>(
  name: string,
  spec: StatefulSetSpec<I, O>,
): StatefulSet<I | O> {
  return make("statefulSet", name, spec, (resource) => ({
    host: (index: number) => reference({ kind: "podHost", of: resource, index, call: callPosition() }),
  })) as unknown as StatefulSet<I | O>;
}
