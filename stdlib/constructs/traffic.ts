import type { HorizontalPodAutoscaler as L1Autoscaler } from "../kubernetes/generated/autoscaling-v2.js";
import type { Ingress as L1Ingress } from "../kubernetes/generated/networking-v1.js";
import type { PodDisruptionBudget as L1Budget } from "../kubernetes/generated/policy-v1.js";
import { make } from "./guest.js";
import type {
  AbsolutePath,
  Backend,
  Described,
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
  readonly routes: { readonly [host: string]: { readonly [path: AbsolutePath]: Backend } };
  /** Which controller serves it, by name or as an exact IngressClass. @default the cluster's own */
  readonly class?: string | Exact<"networking.k8s.io/v1", "IngressClass">;
  /** Host to the Secret with its certificate, of the stack or by name. */
  readonly tls?: { readonly [host: string]: string | Secret<string> };
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Ingress>;
}

/** HTTP from outside, by host and path. Paths are prefixes of whole elements: `/a` has `/a/b`, not `/ab`. */
export function ingress(name: string, spec: IngressSpec): Resource {
  return make("ingress", name, spec, () => ({}));
}

export type DisruptionBudgetSpec = Described & {
  readonly of: Workload<string> | ExactWorkload;
  readonly patch?: Patch<L1Budget>;
} & (
    | { readonly min: number | Percentage; readonly max?: never }
    | { readonly max: number | Percentage; readonly min?: never }
  );

/** How many pods of a workload stay available (`min`) or may be missing (`max`) while nodes are emptied. */
export function disruptionBudget(name: string, spec: DisruptionBudgetSpec): Resource {
  return make("disruptionBudget", name, spec, () => ({}));
}

export interface AutoscalerSpec extends Described {
  /** A Deployment. */
  readonly of: Workload<string> | ExactWorkload;
  /** Pods there are at least. @default 1 */
  readonly min?: number;
  readonly max: number;
  /** Mean use of what pods request. @default `"80%"` of CPU when neither is given */
  readonly cpu?: Percentage;
  readonly memory?: Percentage;
  readonly patch?: Patch<L1Autoscaler>;
}

/** As many pods as their use of CPU or memory asks for. Leave `replicas` out of the workload then. */
export function autoscaler(name: string, spec: AutoscalerSpec): Resource {
  return make("autoscaler", name, spec, () => ({}));
}
