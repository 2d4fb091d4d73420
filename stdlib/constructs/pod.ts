import type {
  Affinity as L1Affinity,
  Pod as L1Pod,
  TopologySpreadConstraint,
} from "../kubernetes/generated/core-v1.js";
import type { Container, ContainerOptions } from "./container.js";
import { make } from "./guest.js";
import type {
  Described,
  Duration,
  Exact,
  Patch,
  PriorityClass,
  Secret,
  ServiceAccount,
  Workload,
} from "./types.js";

/** What every construct with pods has. */
export interface PodOptions<I extends string, O extends string> extends Described {
  /**
   * Programs of the pod, by name. They share its address and its volumes.
   * @block container
   */
  readonly containers: { readonly [name: string]: Container<I, O> };
  /**
   * Run one after the other, each to its end, before the containers start.
   * @block init
   */
  readonly init?: { readonly [name: string]: ContainerOptions };
  /**
   * Helpers that start before the containers and stop after them, in the order written.
   * @block sidecar
   */
  readonly sidecars?: { readonly [name: string]: Container<I, O> };
  /** Between the request to stop and the kill. @default "30s" */
  readonly grace?: Duration;
  /** Who the pod is for the Kubernetes API; its token is there when the account has permissions. @default "default", without a token */
  readonly account?: ServiceAccount;
  /** Group id that owns the pod's volumes and that its programs have beside their own. */
  readonly volumeGroup?: number;
  /** Lines for /etc/hosts: address to names. */
  readonly hostAliases?: { readonly [address: string]: readonly string[] };
  /** Name the pod has for itself. @default its own name */
  readonly hostname?: string;
  /** How names are looked up. */
  readonly dns?: Dns;
  /** Containers see each other's processes. @default false */
  readonly shareProcesses?: boolean;
  /** What of the node the pod has instead of its own. */
  readonly host?: HostNamespaces;
  /** Before which other pods it gets its place. */
  readonly priority?: PriorityClass;
  /** Where it may run. */
  readonly placement?: Placement;
  /** Credentials for the registries of its images: Secrets of type `kubernetes.io/dockerconfigjson`, of the stack or by name. */
  readonly pullSecrets?: readonly (string | Secret<string>)[];
  /** What its containers are run by, a RuntimeClass by name or as an exact object: `"gvisor"`. @default the node's own */
  readonly runtime?: string | Exact<"node.k8s.io/v1", "RuntimeClass">;
  /** Settings of the kernel for the pod alone, sysctl(8): `{ "net.core.somaxconn": 1024 }`. */
  readonly sysctls?: { readonly [name: string]: string | number };
}

/** Each one is a hole in the wall between pod and node. */
export interface HostNamespaces {
  /** The node's addresses and ports. @default false */
  readonly network?: boolean;
  /** The node's processes. @default false */
  readonly processes?: boolean;
  /** The node's shared memory. @default false */
  readonly ipc?: boolean;
}

export interface Dns {
  /** Where the first answer comes from: the cluster, the node's own servers, or only what is said here. @default "ClusterFirst" */
  readonly policy?: "ClusterFirst" | "ClusterFirstWithHostNet" | "Default" | "None";
  /** Addresses of servers to ask. */
  readonly servers?: readonly string[];
  /** Domains that short names are tried in. */
  readonly searches?: readonly string[];
  /** resolv.conf(5) options: `{ ndots: 2 }`; `true` for one without a value. */
  readonly options?: { readonly [name: string]: string | number | true };
}

export interface Placement {
  /** Labels a node must have. */
  readonly nodes?: { readonly [label: string]: string };
  /** Taints that do not keep it away. */
  readonly tolerates?: readonly Toleration[];
  /**
   * Whether pods of one workload are kept on different nodes or in different zones where possible. Default `"nodes"`
   * for a workload with several pods.
   */
  readonly spread?: "nodes" | "zones" | "off" | readonly TopologySpreadConstraint[];
  /** On a node where a pod of these runs. */
  readonly near?: readonly Workload<string>[];
  /** On no node where a pod of these runs. */
  readonly apart?: readonly Workload<string>[];
  /** Anything else, as Kubernetes has it; added to near and apart. */
  readonly affinity?: L1Affinity;
}

/** A taint that is put up with: of this key, or of every key when there is none. */
export interface Toleration {
  /** @default any */
  readonly key?: string;
  /** @default any */
  readonly value?: string;
  /** @default any */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  /** How long it is put up with, for `NoExecute`. @default for ever */
  readonly for?: Duration;
}

export interface PodSpec<I extends string, O extends string> extends PodOptions<I, O> {
  /** Which containers start again when they end. @default "Always" */
  readonly restart?: "Always" | "OnFailure" | "Never";
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Pod>;
}

/** One pod, for what is not a service: it is not made again when it goes. */
export function pod<const I extends string = never, const O extends string = never>(
  name: string,
  spec: PodSpec<I, O>,
): Workload<I | O> {
  return make("pod", name, spec, () => ({}));
}
