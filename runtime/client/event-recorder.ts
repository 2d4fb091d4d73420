import type { Clock } from "../../stdlib/base/clock.js";
import type { Event } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Client } from "./client.js";
import { isApiError } from "./errors.js";
import { eventResource } from "./resources.js";

/** Records Kubernetes Events about objects; never fails the caller. */
export interface EventRecorder {
  event(
    about: KubeObject,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    fieldPath?: string,
  ): void;
  /** Resolves when everything recorded so far is written or given up. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** `source.component`, and the field manager of the writes. */
  readonly component: string;
  readonly host?: string;
  readonly onError: (error: unknown) => void;
}

/** An event repeated within this time counts up instead of becoming another object. */
const aggregateMs = 10 * 60_000;
/** Known events forgotten beyond this number, oldest first. */
const knownLimit = 4096;
const namePattern = /[^a-z0-9.-]/g;

/**
 * One writer, in order, so that a count never overtakes the event it counts.
 *
 * Source: Kubernetes `client-go/tools/record`: equal source, object, type, reason and message are one event.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, clock, component, host, onError } = options;
  const known = new Map<string, { name: string; namespace: string; count: number; lastMs: number }>();
  let writing: Promise<void> = Promise.resolve();
  let serial = 0;

  const write = async (event: Event, key: string) => {
    const nowMs = clock.now();
    const now = timestamp(nowMs);
    const before = known.get(key);
    if (before !== undefined && nowMs - before.lastMs < aggregateMs) {
      const next = { ...before, count: before.count + 1, lastMs: nowMs };
      try {
        const { namespace, name } = before;
        const body = { count: next.count, lastTimestamp: now };
        await client.patch(eventResource, { namespace, name, type: "merge", body });
        remember(key, next);
        return;
      } catch (error) {
        if (!isApiError(error, "NotFound")) throw error; // expired: it becomes a new one
      }
    }
    const { name = "", namespace = "default" } = event.metadata;
    await client.create(eventResource, { ...event, firstTimestamp: now, lastTimestamp: now, count: 1 });
    remember(key, { name, namespace, count: 1, lastMs: nowMs });
  };
  const remember = (
    key: string,
    entry: { name: string; namespace: string; count: number; lastMs: number },
  ) => {
    known.delete(key);
    known.set(key, entry);
    const oldest = known.keys().next();
    if (known.size > knownLimit && oldest.done !== true) known.delete(oldest.value);
  };

  return {
    event(about, type, reason, message, fieldPath) {
      const { name = "", namespace = "default", uid = "", resourceVersion } = about.metadata;
      const key = [about.kind, namespace, name, uid, fieldPath, type, reason, message].join("\n");
      serial += 1;
      const suffix = (BigInt(clock.now()) * 1_000_000n + BigInt(serial)).toString(16);
      const event: Event = {
        apiVersion: "v1",
        kind: "Event",
        metadata: {
          namespace,
          name: `${name.toLowerCase().replace(namePattern, "-").slice(0, 200)}.${suffix}`,
        },
        involvedObject: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          name,
          ...(about.metadata.namespace === undefined ? {} : { namespace }),
          uid,
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
          ...(fieldPath === undefined ? {} : { fieldPath }),
        },
        type,
        reason,
        message,
        source: { component, ...(host === undefined ? {} : { host }) },
        reportingComponent: component,
      };
      writing = writing
        .then(() => write(event, key))
        .catch((error) => {
          // A namespace that is going away takes no events; whose object is gone needs none.
          if (!isApiError(error, "NotFound") && !isApiError(error, "Forbidden")) onError(error);
        });
    },
    flush: () => writing,
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
