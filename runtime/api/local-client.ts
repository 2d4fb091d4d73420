import { kindRowByResource } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import type { Client, ListQuery, Resource, View, WatchHandler } from "../client/client.js";
import type { Store } from "../store/store.js";
import type { Registry } from "./registry.js";
import { type Selection, selectionOf } from "./selection.js";
import { badRequest } from "./status-error.js";
import { decodeStored, prefixOf } from "./stored.js";

/** The in-process client: the registry's own code without a socket. `manager` is who its writes are attributed to. */
export function createLocalClient(registry: Registry, view: View, manager: string): Client {
  // Rows name the type their objects have, so a typed resource gets objects of its own type.
  const typed = <T extends KubeObject>(object: KubeObject) => object as T;
  return {
    create: async (resource, object) => typed(await registry.create(rowOf(resource), object, manager)),
    get: async (resource, namespace, name) => typed(registry.get(rowOf(resource), namespace, name)),
    list: async (resource, query) => ({
      items: [...view.list(resource, query)],
      resourceVersion: String(registry.revision),
    }),
    update: async (resource, object) => typed(await registry.update(rowOf(resource), object, manager)),
    updateStatus: async (resource, object) =>
      typed(await registry.update(rowOf(resource), object, manager, "status")),
    patch: async (resource, target) => {
      const at = target.dryRun === true ? registry.dryRun() : registry;
      return typed(await at.patch(rowOf(resource), target, target.fieldManager ?? manager));
    },
    delete: async (resource, namespace, name, options) => {
      await registry.delete(rowOf(resource), namespace, name, options);
    },
    createSubresource: (resource, namespace, name, subresource, body) =>
      registry.createSubresource(rowOf(resource), namespace, name, subresource, body),
    watch(resource, query, handler, signal) {
      const matches = selectionOf(resource, query);
      const subscription = view.subscribe(resource, ({ type, object, previous }) =>
        deliver(handler, type, object, previous, matches),
      );
      signal.addEventListener("abort", () => subscription.close(), { once: true });
      for (const object of view.list(resource, query)) handler.added(object);
      handler.synced?.();
    },
  };
}

/** An object that leaves the selection is gone for the watcher, one that enters it is new. */
function deliver<T extends KubeObject>(
  handler: WatchHandler<T>,
  type: "ADDED" | "MODIFIED" | "DELETED",
  object: T,
  previous: T | undefined,
  matches: Selection,
): void {
  const before = previous !== undefined && type !== "ADDED" && matches(previous);
  const after = type !== "DELETED" && matches(object);
  if (after && !before) handler.added(object);
  else if (after && previous !== undefined) handler.modified(object, previous);
  else if (before) handler.deleted(object);
}

/** The store seen through the schema: decoded once for each revision, never stale. */
export function createLocalView(store: Store): View {
  /** `before` is what an object was one change ago: every subscriber of that change is told it. */
  const cache = new Map<string, { readonly object: KubeObject; readonly before: KubeObject | undefined }>();
  const decode = (key: string, value: string, revision: number): KubeObject => {
    const known = cache.get(key);
    if (known?.object.metadata.resourceVersion === String(revision)) return known.object;
    const object = decodeStored(value, revision);
    cache.set(key, { object, before: known?.object });
    return object;
  };
  const decodePrevious = (key: string, previous: string, revision: number): KubeObject => {
    const known = cache.get(key);
    const isDecoded = known?.object.metadata.resourceVersion === String(revision);
    return (isDecoded ? known.before : known?.object) ?? decodeStored(previous, revision);
  };
  return {
    get: <T extends KubeObject>(resource: Resource<T>, namespace: string, name: string) => {
      const key = `${prefixOf(resource, resource.namespaced ? namespace : "")}${resource.namespaced ? "" : "/"}${name}`;
      const stored = store.get(key);
      return stored === undefined ? undefined : (decode(key, stored.value, stored.revision) as T);
    },
    list: <T extends KubeObject>(resource: Resource<T>, query: ListQuery = {}) => {
      const matches = selectionOf(resource, query);
      return store
        .list(prefixOf(resource, query.namespace ?? ""))
        .map(({ key, value, revision }) => decode(key, value, revision) as T)
        .filter(matches);
    },
    subscribe: (resource, handler) =>
      store.watch(prefixOf(resource, ""), store.revision, ({ key, value, previous, revision }) => {
        type Delivered = Parameters<typeof handler>[0]["object"];
        const before =
          previous === undefined ? undefined : (decodePrevious(key, previous, revision) as Delivered);
        if (value !== undefined) {
          const object = decode(key, value, revision) as Delivered;
          handler({ type: before === undefined ? "ADDED" : "MODIFIED", object, previous: before });
        } else if (previous !== undefined) {
          cache.delete(key);
          handler({
            type: "DELETED",
            object: { ...decodeStored(previous, revision) } as Delivered,
            previous: before,
          });
        }
      }),
  };
}

function rowOf(resource: Resource<KubeObject>): KindRow {
  const row = kindRowByResource(resource.group, resource.version, resource.resource);
  if (row === undefined)
    throw badRequest(
      `the server has no resource "${resource.resource}" in "${resource.group}/${resource.version}"`,
    );
  return row;
}
