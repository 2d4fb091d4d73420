import type { Client } from "../../runtime/client/client.js";
import { isApiError } from "../../runtime/client/errors.js";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import { fieldManager, objectKey } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { readOne, resourceOf } from "./live.js";
import type { Observer } from "./observer.js";
import { applyOrder } from "./order.js";
import { judge, type Readiness } from "./ready.js";

export interface RolloutContext {
  readonly client: Client;
  readonly observer: Observer;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (event: RolloutEvent) => void;
  /** Longest time without any object becoming ready (or going), in milliseconds. */
  readonly limitMs: number;
}

export interface RolloutEvent {
  readonly object: string;
  readonly what:
    | { readonly type: "applied"; readonly how: "created" | "updated" | "replaced" | "unchanged" }
    /** Sent when it differs from what was sent last. */
    | { readonly type: "readiness"; readonly readiness: Readiness }
    | { readonly type: "going" | "gone" | "kept" };
}

/** One object as it should be, and what the plan found to do about it. */
export interface WantedObject {
  readonly object: KubeObject;
  readonly action: "create" | "update" | "replace" | "none";
}

export interface Unready {
  readonly object: string;
  readonly readiness: Exclude<Readiness, { state: "ready" }>;
}

/** An object that has to go first stays. */
export class ObjectStuck extends InfraError {
  readonly code = "object-stuck";
}

const gonePollMs = 50;

/**
 * Applies in order, server-side under our own manager, and waits until every workload is ready. What others set since
 * is set back: the plan has shown it as drift.
 *
 * @returns what is not ready: empty after success. Ends at the first failure, so that nobody waits for what cannot
 *   come; a workload that was still on its way then is in the list as waiting.
 * @throws {ApiStatusError} when the server refuses an object; what was applied before it stays.
 */
export async function rollOut(
  context: RolloutContext,
  wanted: readonly WantedObject[],
): Promise<readonly Unready[]> {
  const actions = new Map(wanted.map(({ object, action }) => [objectKey(object), action]));
  const applied = new Map<string, KubeObject>();
  for (const wave of applyOrder(wanted.map(({ object }) => object))) {
    const missing = await untilReady(context, wave.readyFirst, applied);
    if (missing.length > 0) return missing;
    await Promise.all(
      wave.objects.map(async (object) => {
        const key = objectKey(object);
        const action = actions.get(key) ?? "none";
        if (action === "replace") await replace(context, object);
        if (action !== "none") applied.set(key, await applyObject(context.client, object));
        const how = (
          { create: "created", update: "updated", replace: "replaced", none: "unchanged" } as const
        )[action];
        context.report({ object: key, what: { type: "applied", how } });
      }),
    );
  }
  const workloads = wanted.map(({ object }) => object).filter(({ kind }) => isWorkload(kind));
  return untilReady(context, workloads.map(objectKey), applied);
}

function isWorkload(kind: string): boolean {
  return kind === "Deployment" || kind === "Pod";
}

/** Server-side apply under our manager; with `dryRun` the server answers as if it did. */
export function applyObject(
  client: Client,
  object: KubeObject,
  { dryRun = false } = {},
): Promise<KubeObject> {
  const { namespace = "", name = "" } = object.metadata;
  return client.patch(resourceOf(object), {
    namespace,
    name,
    type: "apply",
    body: object,
    fieldManager,
    force: true,
    dryRun,
  });
}

async function replace(context: RolloutContext, object: KubeObject): Promise<void> {
  const live = await readOne(context.client, object);
  if (live === undefined) return;
  const gone = await remove(context, [live]);
  if (gone) return;
  const { finalizers = [] } = (await readOne(context.client, object))?.metadata ?? {};
  throw new ObjectStuck(
    `Cannot replace ${objectKey(object)}: it is not gone after ${Math.round(context.limitMs / 1000)} s`,
    finalizers.length === 0 ? {} : { hint: `Its finalizers hold it: ${finalizers.join(", ")}` },
  );
}

/** Waits for the objects named by key; those of kinds without readiness are ready. */
function untilReady(
  { observer, clock, signal, report, limitMs }: RolloutContext,
  keys: readonly string[],
  applied: ReadonlyMap<string, KubeObject>,
): Promise<readonly Unready[]> {
  const left = new Set(keys.filter((key) => isWorkload(key.split("/").at(-3) ?? "")));
  const told = new Map<string, string>();
  return new Promise((resolve, reject) => {
    let timer = clock.setTimer(limitMs, () => finish(true));
    const stopWatching = observer.onChange(() => evaluate());
    const abort = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    let ended = false;
    const end = () => {
      ended = true;
      timer.cancel();
      stopWatching();
      signal.removeEventListener("abort", abort);
    };
    const judged = (key: string): Readiness => {
      const object = observer.get(key);
      const ours = applied.get(key);
      const isOurs =
        ours === undefined ||
        (object?.metadata.uid === ours.metadata.uid &&
          (object?.metadata.generation ?? 0) >= (ours.metadata.generation ?? 0));
      if (object === undefined || !isOurs) return { state: "waiting", summary: "being made", troubles: [] };
      return judge(object, observer.around);
    };
    const finish = (late: boolean) => {
      end();
      resolve(
        [...left].flatMap((object) => {
          const readiness = judged(object);
          if (readiness.state === "ready") return [];
          if (!late || readiness.state === "failed") return [{ object, readiness }];
          const summary = `not ready after ${Math.round(limitMs / 1000)} s: ${readiness.summary}`;
          return [{ object, readiness: { ...readiness, state: "failed" as const, summary } }];
        }),
      );
    };
    const evaluate = () => {
      if (ended) return; // a change that came together with the last one
      let failed = false;
      for (const key of left) {
        const readiness = judged(key);
        const text = JSON.stringify(readiness);
        if (told.get(key) !== text) report({ object: key, what: { type: "readiness", readiness } });
        told.set(key, text);
        if (readiness.state === "failed") failed = true;
        if (readiness.state !== "ready") continue;
        left.delete(key);
        timer.cancel();
        timer = clock.setTimer(limitMs, () => finish(true));
      }
      if (failed || left.size === 0) finish(false);
    };
    if (signal.aborted) abort();
    else evaluate();
  });
}

/** Says "leave this in place" to whoever prunes. Source: cli-utils and Config Connector annotations. */
const keepers: { readonly [annotation: string]: string } = {
  "cli-utils.sigs.k8s.io/on-remove": "keep",
  "client.lifecycle.config.k8s.io/deletion": "detach",
};

/**
 * Deletes the live objects, in the reverse of the order they would be applied in, and waits until they and the pods
 * they own are gone. An object of the same name made since then is left alone.
 *
 * @returns whether all went within the limit.
 */
export async function remove(context: RolloutContext, objects: readonly KubeObject[]): Promise<boolean> {
  const { client, observer, report } = context;
  const going = objects.filter((object) => {
    const keep = Object.entries(keepers).some(
      ([name, value]) => object.metadata.annotations?.[name] === value,
    );
    if (keep) report({ object: objectKey(object), what: { type: "kept" } });
    return !keep;
  });
  // Looked up now: once the owners are deleted, nothing says which pods were theirs.
  const podOwners = new Map(
    going.map(({ metadata: { uid } }) => {
      const sets = observer.around.replicaSets.filter((set) => isOwned(set, new Set([uid])));
      return [uid, new Set([uid, ...sets.map((set) => set.metadata.uid)])];
    }),
  );

  for (const { objects: wave } of [...applyOrder(going)].reverse())
    await Promise.all(
      wave.map(async (object) => {
        report({ object: objectKey(object), what: { type: "going" } });
        const { namespace = "", name = "", uid } = object.metadata;
        try {
          await client.delete(resourceOf(object), namespace, name, {
            propagationPolicy: "Background",
            ...(uid === undefined ? {} : { preconditions: { uid } }),
          });
        } catch (error) {
          // Gone already, or another object has the name now.
          if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error;
        }
      }),
    );

  const deadline = context.clock.now() + context.limitMs;
  let left: readonly KubeObject[] = going;
  for (;;) {
    const present = await Promise.all(
      left.map(async (object) => {
        const { uid } = object.metadata;
        if ((await readOne(client, object))?.metadata.uid === uid) return true;
        const owners = podOwners.get(uid) ?? new Set();
        return observer.around.pods.some((pod) => isOwned(pod, owners));
      }),
    );
    for (const [index, object] of left.entries())
      if (present[index] === false) report({ object: objectKey(object), what: { type: "gone" } });
    left = left.filter((_, index) => present[index]);
    if (left.length === 0) return true;
    if (context.clock.now() >= deadline) return false;
    await sleep(context.clock, gonePollMs, context.signal);
  }
}

function isOwned(object: KubeObject, owners: ReadonlySet<string | undefined>): boolean {
  return (object.metadata.ownerReferences ?? []).some(({ uid }) => owners.has(uid));
}
