import type { KubeObject } from "../../stdlib/schema/objects.js";

/**
 * What controllers, scheduler and agent know of the API server. The in-process implementation calls the same
 * registry code as HTTP does (validation, defaults, managed fields, conflicts), without a socket; a remote one
 * speaks HTTPS. Errors are {@link ApiStatusError}s with a Kubernetes Status.
 */
export interface Client {
  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>;
  get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, query?: ListQuery): Promise<List<T>>;
  /** Replaces; `metadata.resourceVersion` present means "only if unchanged". */
  update<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>;
  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>;
  patch<T extends KubeObject>(resource: Resource<T>, target: PatchTarget): Promise<T>;
  delete(
    resource: Resource<KubeObject>,
    namespace: string,
    name: string,
    options?: DeleteOptions,
  ): Promise<void>;
  /** POST to a subresource, e.g. `binding`. */
  createSubresource(
    resource: Resource<KubeObject>,
    namespace: string,
    name: string,
    subresource: string,
    body: KubeObject,
  ): Promise<void>;
  /** List, then watch from there, with re-list after 410; ends when the signal aborts. */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    query: ListQuery,
    handler: WatchHandler<T>,
    signal: AbortSignal,
  ): void;
}

/** A read view of the store for code in the daemon's own process: never stale, synchronous, already decoded. */
export interface View {
  get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): T | undefined;
  /** Objects are shared and frozen in spirit: never mutate, copy first. */
  list<T extends KubeObject>(resource: Resource<T>, query?: ListQuery): readonly T[];
  /** Calls the handler after every committed change; returns how to stop. */
  subscribe<T extends KubeObject>(
    resource: Resource<T>,
    handler: (event: { type: "ADDED" | "MODIFIED" | "DELETED"; object: T; previous: T | undefined }) => void,
  ): { close(): void };
}

/** Names a resource; `T` is the L1 type of its objects. */
export interface Resource<out T extends KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly _object?: T;
}

export interface ListQuery {
  readonly namespace?: string;
  /** Kubernetes selector syntax: `"app=web,tier in (a,b)"`. */
  readonly labelSelector?: string;
  /** `"spec.nodeName=n1"`. */
  readonly fieldSelector?: string;
}

export interface List<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

export interface PatchTarget {
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: "status" | "scale";
  readonly type: "json" | "merge" | "strategic" | "apply";
  readonly body: unknown;
  readonly fieldManager?: string;
  readonly force?: boolean;
  /** The server decides and answers as if it did, and keeps nothing. */
  readonly dryRun?: boolean;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface WatchHandler<T> {
  added(object: T): void;
  modified(object: T, previous: T): void;
  deleted(object: T): void;
  /** All objects of the first list were delivered. */
  synced?(): void;
}
