import type { HorizontalPodAutoscaler as L1Autoscaler } from "../kubernetes/generated/autoscaling-v2.js";
import type { Ingress as L1Ingress } from "../kubernetes/generated/networking-v1.js";
import type { PodDisruptionBudget as L1Budget } from "../kubernetes/generated/policy-v1.js";
import { make } from "./guest.js";
import type {
  AbsolutePath,
  Backend,
  Described,
  Duration,
  Exact,
  ExactWorkload,
  Patch,
  Percentage,
  Resource,
  Secret,
  Workload,
} from "./types.js";

export interface IngressSpec extends Described {
  /** Host to path to the Service port that answers: `{ "shop.example.org": { "/": front.port("http") } }`. `"*"`: any. */
  readonly routes?: { readonly [host: string]: { readonly [path: AbsolutePath]: Backend | Route } };
  /** What answers where no route does. @default the controller's own */
  readonly default?: Backend;
  /** Which controller serves it, by name or as an exact IngressClass. @default the cluster's own */
  readonly class?: string | Exact<"networking.k8s.io/v1", "IngressClass">;
  /** Host to the Secret with its certificate, of the stack or by name. */
  readonly tls?: { readonly [host: string]: string | Secret<string> };
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Ingress>;
}

/** A path that is not taken as a prefix. */
export interface Route {
  /** The Service port that answers. */
  readonly to: Backend;
  /** Which paths it is: those that begin with it, itself alone, or what the controller makes of it. @default "prefix" */
  readonly match?: "prefix" | "exact" | "controller";
}

/** HTTP from outside, by host and path; `routes`, `default` or both. Paths are prefixes of whole elements: `/a` has `/a/b`, not `/ab`. */
export function ingress(name: string, spec: IngressSpec): Resource {
  return make("ingress", name, spec, () => ({}));
}

interface BudgetOptions extends Described {
  /** The workload whose pods are counted. */
  readonly of: Workload<string> | ExactWorkload;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Budget>;
}

interface AtLeast {
  /** Pods that stay available: a number, or a share of them. */
  readonly min: number | Percentage;
  readonly max?: never;
}

interface AtMost {
  /** Pods that may be missing: a number, or a share of them. */
  readonly max: number | Percentage;
  readonly min?: never;
}

/** Exactly one of `min` and `max`. */
export type DisruptionBudgetSpec = BudgetOptions & (AtLeast | AtMost);

/** How many pods of a workload stay available (`min`) or may be missing (`max`) while nodes are emptied. */
export function disruptionBudget(name: string, spec: DisruptionBudgetSpec): Resource {
  return make("disruptionBudget", name, spec, () => ({}));
}

export interface AutoscalerSpec extends Described {
  /** The workload whose pods are counted: a Deployment or a StatefulSet. */
  readonly of: Workload<string> | ExactWorkload;
  /** Pods there are at least. @default 1 */
  readonly min?: number;
  /** Pods there are at most. */
  readonly max: number;
  /** Mean use of the CPU that pods request. @default "80%" when memory is not given either */
  readonly cpu?: Percentage;
  /** Mean use of the memory that pods request. @default not looked at */
  readonly memory?: Percentage;
  /** How pods are added, or that none are. @default at once; every 15 s as many as there are, or 4 where that is more */
  readonly up?: "never" | ScalingPace;
  /** How pods are taken away, or that none are. @default to the highest number asked for in the last 5 minutes */
  readonly down?: "never" | ScalingPace;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Autoscaler>;
}

/** How fast the number of pods follows. */
export interface ScalingPace {
  /** How long it has to be asked for, 1 h at most. @default up at once, down after 5 minutes */
  readonly after?: Duration;
  /** Pods at a time: a number, or a share of those there are. @default that of the autoscaler */
  readonly by?: number | Percentage;
  /** How often so many, 30 minutes at most. @default "15s" */
  readonly every?: Duration;
}

/** As many pods as their use of CPU or memory asks for. Leave `replicas` out of the workload then. */
export function autoscaler(name: string, spec: AutoscalerSpec): Resource {
  return make("autoscaler", name, spec, () => ({}));
}
