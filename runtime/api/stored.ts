import type { KubeObject } from "../../stdlib/schema/objects.js";

/** How objects lie in the store. */

/** `<group>/<resource>/<namespace>/<name>`; the core group is written out. */
export function keyOf(
  row: { readonly group: string; readonly resource: string },
  namespace: string,
  name: string,
): string {
  return `${row.group || "core"}/${row.resource}/${namespace}/${name}`;
}

export function prefixOf(
  row: { readonly group: string; readonly resource: string },
  namespace: string,
): string {
  return namespace === ""
    ? `${row.group || "core"}/${row.resource}/`
    : `${row.group || "core"}/${row.resource}/${namespace}/`;
}

export function decodeStored(value: string, revision: number): KubeObject {
  const object = JSON.parse(value) as KubeObject;
  object.metadata.resourceVersion = String(revision);
  return object;
}

/** Deletion was asked for, and nothing holds the object any more. */
export function isGone(object: KubeObject): boolean {
  const spec = object["spec"] as { finalizers?: string[] } | undefined;
  const holds =
    (object.metadata.finalizers?.length ?? 0) +
    (object.kind === "Namespace" ? (spec?.finalizers?.length ?? 0) : 0);
  return (
    object.metadata.deletionTimestamp !== undefined &&
    !object.metadata.deletionGracePeriodSeconds &&
    holds === 0
  );
}

/** For "did anything change": times of managers do not count. */
export function withoutBookkeeping(object: KubeObject): unknown {
  const managedFields = object.metadata.managedFields?.map(({ time, ...entry }) => entry);
  return { ...object, metadata: { ...object.metadata, managedFields, resourceVersion: undefined } };
}
