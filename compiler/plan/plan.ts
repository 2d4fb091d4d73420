import type { SourcePlace } from "../../stdlib/schema/bundle.js";
import type { FieldError, KubeObject } from "../../stdlib/schema/objects.js";
import type { TypeTable } from "../../stdlib/schema/table.js";

/** What the comparison needs to know of Kubernetes. */
export interface PlanSchema {
  readonly table: TypeTable;
  /** Row of `table` for the object's kind; undefined for a kind we do not know. */
  typeOf(object: KubeObject): string | undefined;
  /** The object with the server's defaults; may return its argument. */
  applyDefaults(object: KubeObject): KubeObject;
  /** What the API would say to `object` in the place of `old`, beside what it would say to a new one. */
  refusedChanges(object: KubeObject, old: KubeObject): readonly FieldError[];
}

export interface FieldChange {
  /** `spec.template.spec.containers[web].image`: keyed lists by key, others by index. */
  readonly path: string;
  /** Left out: the field was not set. Never present when `sensitive`. */
  readonly before?: unknown;
  /** Left out: the field goes away. Never present when `sensitive`. */
  readonly after?: unknown;
  readonly sensitive?: true;
  /** What made an image another one: present on a field that names it, when the last `up` is known. */
  readonly rebuilt?: Rebuilt;
  readonly place?: SourcePlace;
}

/** Why an image is built anew. */
export interface Rebuilt {
  /** Sources that were added, removed or have other bytes, relative to the stack's folder, sorted. */
  readonly files: readonly string[];
  /** Layers that differ. */
  readonly layers: number;
}

/** A field of ours that another manager changed; applying sets it back. */
export interface Drift {
  readonly object: string;
  readonly path: string;
  readonly live?: unknown;
  readonly desired?: unknown;
  readonly manager: string;
  readonly time?: string;
  readonly place?: SourcePlace;
}

export type Effect =
  | { readonly kind: "none" }
  | { readonly kind: "in-place" }
  | {
      readonly kind: "rollingUpdate";
      readonly pods: number;
      readonly surge: number;
      readonly unavailable: number;
      /** Pods that stay available throughout. */
      readonly minReady: number;
    }
  /** All old pods go before the first new one comes. */
  | { readonly kind: "recreate"; readonly pods: number }
  /** `paths` cannot be changed: the object is deleted and made anew. */
  | { readonly kind: "replace"; readonly paths: readonly string[]; readonly pods: number }
  /** The object goes, and its pods with it. */
  | { readonly kind: "destroy"; readonly pods: number }
  /** Files follow by themselves; values read as environment need a restart. */
  | { readonly kind: "configSeenBy"; readonly consumers: readonly ConfigConsumer[] };

export interface ConfigConsumer {
  /** Object key of the workload. */
  readonly workload: string;
  readonly pods: number;
  readonly how: "files" | "restart";
}

export interface PlanAction {
  /** `objectKey` of bundle.ts. */
  readonly object: string;
  readonly action: "create" | "update" | "replace" | "delete" | "none";
  readonly effect: Effect;
  readonly changes: readonly FieldChange[];
  readonly place?: SourcePlace;
}

export interface PlanConflict {
  readonly object: string;
  /** The other stack; left out when the live object belongs to none. */
  readonly owner?: string;
  readonly place?: SourcePlace;
}

export interface Plan {
  readonly formatVersion: 1;
  readonly stack: string;
  /** Sorted by object key; unchanged objects included as `none`. */
  readonly actions: readonly PlanAction[];
  readonly drift: readonly Drift[];
  /** Objects that exist and are not this stack's. A plan with any must not be applied. */
  readonly conflicts: readonly PlanConflict[];
  /** Workloads that will be without an available pod for a while. */
  readonly interruptions: readonly string[];
  readonly summary: {
    readonly create: number;
    readonly update: number;
    readonly replace: number;
    readonly delete: number;
    readonly none: number;
  };
}
