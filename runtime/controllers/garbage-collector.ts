import type { KubeObject, OwnerReference } from "../../stdlib/schema/objects.js";
import type { Resource } from "../client/client.js";
import { isApiError } from "../client/errors.js";
import type { ControllerContext, RunningController } from "./controller.js";
import { WorkQueue } from "./work-queue.js";

const foregroundFinalizer = "foregroundDeletion";
const orphanFinalizer = "orphan";

/**
 * Deletes what has lost all its owners, and finishes foreground and orphaning deletions.
 *
 * Owners are found by uid: an object of the same name made anew is not the owner. Keeps an index of living uids and
 * of dependents by owner uid, rebuilt from the view at start and followed by subscription.
 *
 * Source: Kubernetes `pkg/controller/garbagecollector`: a dependent goes when every owner is absent; when some live,
 * the dead references are dropped.
 */
export function startGarbageCollector(
  context: ControllerContext,
  resources: readonly Resource<KubeObject>[],
): RunningController {
  const known = new Map<string, { resource: Resource<KubeObject>; object: KubeObject }>();
  const dependents = new Map<string, Set<string>>();

  const queue = new WorkQueue({
    clock: context.world.clock,
    sync: (uid) => syncObject(uid),
    onError: (uid, error) => context.onError("garbagecollector", uid, error),
  });

  const remember = (resource: Resource<KubeObject>, object: KubeObject, previous: KubeObject | undefined) => {
    const uid = object.metadata.uid ?? "";
    for (const owner of previous?.metadata.ownerReferences ?? []) dependents.get(owner.uid)?.delete(uid);
    known.set(uid, { resource, object });
    for (const owner of object.metadata.ownerReferences ?? []) {
      const set = dependents.get(owner.uid) ?? new Set();
      set.add(uid);
      dependents.set(owner.uid, set);
    }
    if ((object.metadata.ownerReferences?.length ?? 0) > 0 || object.metadata.deletionTimestamp !== undefined)
      queue.add(uid);
  };
  const forget = (object: KubeObject) => {
    const uid = object.metadata.uid ?? "";
    known.delete(uid);
    for (const owner of object.metadata.ownerReferences ?? []) {
      dependents.get(owner.uid)?.delete(uid);
      queue.add(owner.uid); // a foreground owner may wait for this one
    }
    for (const dependent of dependents.get(uid) ?? []) queue.add(dependent);
    dependents.delete(uid);
  };

  const subscriptions = resources.map((resource) =>
    context.view.subscribe(resource, ({ type, object, previous }) => {
      if (type === "DELETED") forget(object);
      else remember(resource, object, previous);
    }),
  );
  for (const resource of resources)
    for (const object of context.view.list(resource)) remember(resource, object, undefined);

  async function syncObject(uid: string): Promise<void> {
    const entry = known.get(uid);
    if (entry === undefined) return;
    const { object } = entry;
    if (object.metadata.deletionTimestamp !== undefined) {
      if (object.metadata.finalizers?.includes(orphanFinalizer)) await orphanDependents(entry);
      else if (object.metadata.finalizers?.includes(foregroundFinalizer)) await deleteDependentsFirst(entry);
      return;
    }
    await collect(entry);
  }

  async function collect({
    resource,
    object,
  }: {
    resource: Resource<KubeObject>;
    object: KubeObject;
  }): Promise<void> {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const living = owners.filter((owner) => isAlive(owner, object));
    if (living.length === owners.length) return;
    if (living.length > 0) return setOwners(resource, object, living);
    await deleteQuietly(resource, object, "Background");
  }

  /** An owner that is being deleted in the foreground no longer holds its dependents. */
  function isAlive(owner: OwnerReference, dependent: KubeObject): boolean {
    const entry = known.get(owner.uid);
    if (entry === undefined) return false;
    if (entry.resource.namespaced && entry.object.metadata.namespace !== dependent.metadata.namespace)
      return false;
    return !(
      entry.object.metadata.deletionTimestamp !== undefined &&
      entry.object.metadata.finalizers?.includes(foregroundFinalizer)
    );
  }

  async function orphanDependents(owner: {
    resource: Resource<KubeObject>;
    object: KubeObject;
  }): Promise<void> {
    for (const dependent of dependentsOf(owner.object)) {
      const rest = (dependent.object.metadata.ownerReferences ?? []).filter(
        (reference) => reference.uid !== owner.object.metadata.uid,
      );
      await setOwners(dependent.resource, dependent.object, rest);
    }
    await dropFinalizer(owner, orphanFinalizer);
  }

  async function deleteDependentsFirst(owner: {
    resource: Resource<KubeObject>;
    object: KubeObject;
  }): Promise<void> {
    const all = dependentsOf(owner.object);
    for (const dependent of all) {
      if (dependent.object.metadata.deletionTimestamp === undefined) await collect(dependent);
    }
    const blocking = all.filter(({ object }) =>
      object.metadata.ownerReferences?.some(
        (reference) => reference.uid === owner.object.metadata.uid && reference.blockOwnerDeletion === true,
      ),
    );
    if (blocking.length === 0) await dropFinalizer(owner, foregroundFinalizer);
  }

  function dependentsOf(owner: KubeObject) {
    return [...(dependents.get(owner.metadata.uid ?? "") ?? [])].flatMap((uid) => known.get(uid) ?? []);
  }

  async function setOwners(
    resource: Resource<KubeObject>,
    object: KubeObject,
    ownerReferences: readonly OwnerReference[],
  ): Promise<void> {
    await context.client.patch(resource, {
      namespace: object.metadata.namespace ?? "",
      name: object.metadata.name ?? "",
      type: "merge",
      body: { metadata: { uid: object.metadata.uid, ownerReferences } },
    });
  }

  async function dropFinalizer(
    { resource, object }: { resource: Resource<KubeObject>; object: KubeObject },
    finalizer: string,
  ): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    await context.client.patch(resource, {
      namespace: object.metadata.namespace ?? "",
      name: object.metadata.name ?? "",
      type: "merge",
      body: {
        metadata: { uid: object.metadata.uid, resourceVersion: object.metadata.resourceVersion, finalizers },
      },
    });
  }

  async function deleteQuietly(
    resource: Resource<KubeObject>,
    object: KubeObject,
    propagationPolicy: "Background",
  ): Promise<void> {
    const preconditions =
      object.metadata.uid === undefined ? {} : { preconditions: { uid: object.metadata.uid } };
    try {
      await context.client.delete(resource, object.metadata.namespace ?? "", object.metadata.name ?? "", {
        propagationPolicy,
        ...preconditions,
      });
    } catch (error) {
      if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error; // gone, or another of that name
    }
  }

  return {
    async stop() {
      for (const subscription of subscriptions) subscription.close();
      await queue.stop();
    },
  };
}
