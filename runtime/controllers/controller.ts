import type { World } from "../../stdlib/base/clock.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Client, Resource, View } from "../client/client.js";
import { WorkQueue } from "./work-queue.js";

/** Records a Kubernetes Event about an object; never fails the caller. */
export interface Recorder {
  event(about: KubeObject, type: "Normal" | "Warning", reason: string, message: string): void;
}

/** What every controller gets. The view reads the store itself, so a controller sees its own writes. */
export interface ControllerContext {
  readonly world: World;
  readonly view: View;
  readonly client: Client;
  readonly recorder: Recorder;
  /** A sync failed and will be repeated. */
  readonly onError: (controller: string, key: string, error: unknown) => void;
}

export interface RunningController {
  stop(): Promise<void>;
}

/** One source of keys: changes of a resource, and which keys each of them wakes. */
export interface Trigger {
  readonly resource: Resource<KubeObject>;
  readonly keys: (object: KubeObject, previous: KubeObject | undefined) => readonly string[];
}

/** A trigger whose keys come from objects of the resource's own type. */
export function on<T extends KubeObject>(
  resource: Resource<T>,
  keys: (object: T, previous: T | undefined) => readonly string[],
): Trigger {
  // The view only ever delivers objects of the resource it was asked for.
  return { resource, keys: keys as Trigger["keys"] };
}

/** Starts a level-triggered loop: every existing object is looked at once, then whatever changes. */
export function runController(
  context: ControllerContext,
  name: string,
  triggers: readonly Trigger[],
  sync: (key: string, queue: WorkQueue, signal: AbortSignal) => Promise<void>,
): RunningController {
  const queue: WorkQueue = new WorkQueue({
    clock: context.world.clock,
    sync: (key, signal) => sync(key, queue, signal),
    onError: (key, error) => context.onError(name, key, error),
  });
  const subscriptions = triggers.map(({ resource, keys }) =>
    context.view.subscribe(resource, ({ object, previous }) => {
      for (const key of keys(object, previous)) queue.add(key);
    }),
  );
  for (const { resource, keys } of triggers) {
    for (const object of context.view.list(resource))
      for (const key of keys(object, undefined)) queue.add(key);
  }
  return {
    async stop() {
      for (const subscription of subscriptions) subscription.close();
      await queue.stop();
    },
  };
}

/** `namespace/name`, or the name alone for cluster-scoped objects. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? (name ?? "") : `${namespace}/${name ?? ""}`;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf("/");
  return slash < 0
    ? { namespace: "", name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The key of the owner that controls the object, when it is of the kind. */
export function controllerKey(object: KubeObject, kind: string): readonly string[] {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller === true);
  return owner?.kind === kind ? [`${object.metadata.namespace ?? ""}/${owner.name}`] : [];
}
