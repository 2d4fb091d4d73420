import type { Namespace as L1Namespace, Node as L1Node } from "../kubernetes/generated/core-v1.js";
import type { PriorityClass as L1PriorityClass } from "../kubernetes/generated/scheduling-v1.js";
import { make } from "./guest.js";
import type { ClusterNode, Namespace, Patch, PriorityClass } from "./types.js";

export interface NamespaceSpec {
  /** Labels beside those the stack sets. */
  readonly labels?: { readonly [key: string]: string };
  /** Notes for people and tools. */
  readonly annotations?: { readonly [key: string]: string };
  /** `"kubernetes"`: without the label of its name that infra adds. @default infra's own */
  readonly defaults?: "kubernetes";
  /** Pod Security Standard that its pods are held to. @default the cluster's own */
  readonly podSecurity?: "privileged" | "baseline" | "restricted";
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Namespace>;
}

/** A namespace of the stack; resources that say `in` belong to it. */
export function namespace(name: string, spec: NamespaceSpec = {}): Namespace {
  return make("namespace", name, spec, () => ({})) as unknown as Namespace;
}

export interface PriorityClassSpec {
  /** More is more important: up to 1000000000. */
  readonly value: number;
  /** What it is meant for. */
  readonly description?: string;
  /** For pods that name no class. @default false */
  readonly default?: boolean;
  /** Whether less important pods are stopped to make room. @default true */
  readonly preempts?: boolean;
  /** Labels beside those the stack sets. */
  readonly labels?: { readonly [key: string]: string };
  /** Notes for people and tools. */
  readonly annotations?: { readonly [key: string]: string };
  /** `"kubernetes"`: without the label of its name that infra adds. @default infra's own */
  readonly defaults?: "kubernetes";
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1PriorityClass>;
}

/** A class of importance, for all namespaces. */
export function priorityClass(name: string, spec: PriorityClassSpec): PriorityClass {
  return make("priorityClass", name, spec, () => ({})) as unknown as PriorityClass;
}

export interface NodeSpec {
  /** Labels that pods may ask for. */
  readonly labels?: { readonly [key: string]: string };
  /** What keeps pods away that do not tolerate it. */
  readonly taints?: readonly Taint[];
  /** Notes for people and tools. */
  readonly annotations?: { readonly [key: string]: string };
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Node>;
}

export interface Taint {
  /** Name of the taint. */
  readonly key: string;
  /** @default none */
  readonly value?: string;
  /** Whether pods are kept away, kept away where possible, or driven out too. */
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Labels and taints of a node that is there already, by its name. They stay when the stack goes. */
export function node(name: string, spec: NodeSpec): ClusterNode {
  return make("node", name, spec, () => ({})) as unknown as ClusterNode;
}
