import type {
  DaemonSet as L1DaemonSet,
  Deployment as L1Deployment,
} from "../kubernetes/generated/apps-v1.js";
import type { Pod as L1Pod } from "../kubernetes/generated/core-v1.js";
import { make } from "./guest.js";
import type {
  AbsolutePath,
  Cpu,
  Duration,
  Image,
  ImageName,
  Memory,
  Percentage,
  Port,
  Probe,
  SecretRef,
  TextReference,
  Volume,
  Workload,
} from "./types.js";

type Text = string | number | boolean;

/** One container. `I` are the ports its image exposes, `O` those opened here. */
export interface Container<I extends string, O extends string> {
  readonly image: Image<I> | ImageName;
  /** Replaces the image's entrypoint. */
  readonly command?: readonly string[];
  /** Replaces the image's cmd. */
  readonly args?: readonly string[];
  readonly workdir?: AbsolutePath;
  readonly env?: { readonly [name: string]: Text | TextReference | SecretRef };
  readonly mounts?: { readonly [path: AbsolutePath]: Volume };
  /** Ports beside those the image exposes. */
  readonly ports?: { readonly [K in O]?: Port };
  /** What the container asks for. Memory is the limit too; CPU is only shared out by it. */
  readonly resources?: { readonly cpu?: Cpu; readonly memory?: Memory; readonly cpuLimit?: Cpu };
  /** Fails: the container is killed and started again. */
  readonly liveness?: Probe<NoInfer<I | O>>;
  /** Fails: Services send nothing here. */
  readonly readiness?: Probe<NoInfer<I | O>>;
  /** Numeric user id; default the image's user. */
  readonly user?: number;
  /** Default false. */
  readonly readOnlyRoot?: boolean;
}

export interface PodOptions<I extends string, O extends string> {
  readonly containers: { readonly [name: string]: Container<I, O> };
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  /** Between the request to stop and the kill. Default `"30s"`. */
  readonly grace?: Duration;
}

export interface DeploymentSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** Default 1. */
  readonly replicas?: number;
  /** `"recreate"` stops all before starting any; otherwise pods are replaced step by step. */
  readonly strategy?:
    | "recreate"
    | { readonly surge?: number | Percentage; readonly unavailable?: number | Percentage };
  /** How long a new pod must stay ready to count. */
  readonly minReady?: Duration;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Deployment>;
}

export interface DaemonSetSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** `"onDelete"` leaves old pods until somebody deletes them; otherwise they are replaced, one node at a time. */
  readonly update?:
    | "onDelete"
    | { readonly surge?: number | Percentage; readonly unavailable?: number | Percentage };
  /** How long a new pod must stay ready to count. */
  readonly minReady?: Duration;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1DaemonSet>;
}

export interface PodSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** Default `"Always"`. */
  readonly restart?: "Always" | "OnFailure" | "Never";
  readonly patch?: Patch<L1Pod>;
}

/** Every field optional, lists as a whole. */
export type Patch<T> = T extends readonly (infer _)[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Patch<T[K]> }
    : T;

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

/** One pod, for what is not a service: it is not made again when it goes. */
export function pod<const I extends string = never, const O extends string = never>(
  name: string,
  spec: PodSpec<I, O>,
): Workload<I | O> {
  return make("pod", name, spec, () => ({}));
}
