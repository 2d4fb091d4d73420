import type { Client, Resource } from "../../runtime/client/client.js";
import {
  deploymentResource,
  eventResource,
  podResource,
  replicaSetResource,
} from "../../runtime/client/resources.js";
import type { Deployment, ReplicaSet } from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { Event, Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import { objectKey } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { apiVersionOf } from "../../stdlib/schema/table.js";
import type { Surroundings } from "./ready.js";

/** Workloads, their pods and events as they are now, followed by watch. */
export interface Observer {
  /** A Deployment or Pod by its key; undefined when it is not there. */
  get(key: string): Deployment | Pod | undefined;
  readonly around: Surroundings;
  /** Calls after changes, once for those that came together. Returns how to stop. */
  onChange(handler: () => void): () => void;
}

/** Starts watching. @returns once everything that exists has been delivered; watching ends with the signal. */
export async function observe(client: Client, signal: AbortSignal): Promise<Observer> {
  const handlers = new Set<() => void>();
  let told = false;
  const changed = () => {
    if (told) return;
    told = true;
    queueMicrotask(() => {
      told = false;
      for (const handler of [...handlers]) handler();
    });
  };
  const follow = <T extends KubeObject>(resource: Resource<T>) => {
    const objects = new Map<string, T>();
    const apiVersion = apiVersionOf(resource);
    const keep = (object: T) => {
      objects.set(objectKey({ ...object, apiVersion, kind: resource.kind }), {
        ...object,
        apiVersion,
        kind: resource.kind,
      });
      changed();
    };
    const synced = new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      client.watch(
        resource,
        {},
        {
          added: keep,
          modified: keep,
          deleted(object) {
            objects.delete(objectKey({ ...object, apiVersion, kind: resource.kind }));
            changed();
          },
          synced: resolve,
        },
        signal,
      );
    });
    return { objects, synced };
  };

  const deployments = follow<Deployment>(deploymentResource);
  const replicaSets = follow<ReplicaSet>(replicaSetResource);
  const pods = follow<Pod>(podResource);
  const events = follow<Event>(eventResource);
  await Promise.all([deployments.synced, replicaSets.synced, pods.synced, events.synced]);
  return {
    get: (key) => deployments.objects.get(key) ?? pods.objects.get(key),
    get around() {
      return {
        replicaSets: [...replicaSets.objects.values()],
        pods: [...pods.objects.values()],
        events: [...events.objects.values()],
      };
    },
    onChange(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
}
