import { deepEqual } from "../../stdlib/base/json.js";
import type { KubeObject, ObjectMeta } from "../../stdlib/schema/objects.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import type { DeleteOptions } from "../client/client.js";

/** What the server itself decides of an object, whatever the client sent. */

/** A new object: identity, first generation, empty status. */
export function prepareCreate(
  row: KindRow,
  object: KubeObject,
  at: { readonly now: string; readonly uid: string },
): KubeObject {
  const { deletionTimestamp, deletionGracePeriodSeconds, resourceVersion, ...given } = object.metadata;
  const metadata: ObjectMeta = { ...given, uid: at.uid, creationTimestamp: at.now };
  if (hasGeneration(row)) metadata.generation = 1;
  const created: KubeObject = { ...object, metadata };
  if (row.subresources.includes("status")) {
    delete created["status"];
    const status = firstStatus(row, created);
    if (status !== undefined) created["status"] = status;
  }
  if (row.type === "core.v1.Namespace") created["spec"] = { finalizers: ["kubernetes"] };
  return created;
}

function firstStatus(row: KindRow, object: KubeObject): unknown {
  if (row.type === "core.v1.Pod") return { phase: "Pending", qosClass: qosClass(object) };
  if (row.type === "core.v1.Namespace") return { phase: "Active" };
  return row.type === "core.v1.Service" ? { loadBalancer: {} } : undefined;
}

interface Resources {
  readonly limits?: { readonly [name: string]: string };
  readonly requests?: { readonly [name: string]: string };
}

/** Source: Kubernetes `pkg/apis/core/v1/helper/qos`: CPU and memory of every container. */
export function qosClass(pod: KubeObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = (
    (pod["spec"] as { containers?: { resources?: Resources }[] } | undefined)?.containers ?? []
  ).map(({ resources }) => resources ?? {});
  const named = ["cpu", "memory"] as const;
  const any = containers.some(({ limits, requests }) =>
    named.some((name) => limits?.[name] !== undefined || requests?.[name] !== undefined),
  );
  if (!any) return "BestEffort";
  const exact = containers.every(({ limits, requests }) =>
    named.every((name) => limits?.[name] !== undefined && limits[name] === requests?.[name]),
  );
  return exact ? "Guaranteed" : "Burstable";
}

/** Kinds with a spec count its changes. */
function hasGeneration(row: KindRow): boolean {
  return (
    row.subresources.includes("status") && row.type !== "core.v1.Namespace" && row.type !== "core.v1.Node"
  );
}

/** A replacement: what the client may not change is taken from before. Status and the rest change apart. */
export function prepareUpdate(
  row: KindRow,
  given: KubeObject,
  before: KubeObject,
  subresource: string | undefined,
): KubeObject {
  const {
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    name,
    namespace,
  } = before.metadata;
  const fixed: ObjectMeta = { ...given.metadata };
  const keep = {
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    name,
    namespace,
  };
  for (const [field, value] of Object.entries(keep)) {
    if (value === undefined) delete (fixed as { [field: string]: unknown })[field];
    else (fixed as { [field: string]: unknown })[field] = value;
  }
  if (subresource === "status") {
    const { labels, annotations, managedFields } = given.metadata;
    const metadata = {
      ...before.metadata,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(managedFields === undefined ? {} : { managedFields }),
    };
    return { ...before, metadata, ...(given["status"] === undefined ? {} : { status: given["status"] }) };
  }
  const object: KubeObject = { ...given, apiVersion: before.apiVersion, kind: before.kind, metadata: fixed };
  if (row.subresources.includes("status")) {
    if (before["status"] === undefined) delete object["status"];
    else object["status"] = before["status"];
  }
  if (hasGeneration(row) && !deepEqual(object["spec"], before["spec"]))
    fixed.generation = (generation ?? 0) + 1;
  return object;
}

/**
 * The object marked for deletion, or undefined when it goes at once.
 *
 * Source: Kubernetes `registry/rest/delete.go` and the pod strategy: a pod that no node has, or that has ended, waits
 * for nobody; a later request can only shorten the time.
 */
export function prepareDelete(
  row: KindRow,
  object: KubeObject,
  options: DeleteOptions,
  now: number,
): KubeObject | undefined {
  const finalizers = withPropagation(object.metadata.finalizers ?? [], options.propagationPolicy);
  const grace = row.type === "core.v1.Pod" ? podGrace(object, options.gracePeriodSeconds) : 0;
  const before = object.metadata.deletionGracePeriodSeconds;
  const seconds = before === undefined ? grace : Math.min(before, grace);
  const held = finalizers.length > 0 || row.type === "core.v1.Namespace";
  if (seconds === 0 && !held) return undefined;
  if (object.metadata.deletionTimestamp !== undefined && before !== undefined && seconds >= before)
    return object;
  const generation =
    object.metadata.generation === undefined ? {} : { generation: object.metadata.generation + 1 };
  const deletionTimestamp = new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const metadata = {
    ...object.metadata,
    ...generation,
    deletionTimestamp,
    deletionGracePeriodSeconds: seconds,
    ...(finalizers.length === 0 ? {} : { finalizers }),
  };
  const status =
    row.type === "core.v1.Namespace"
      ? { status: { ...(object["status"] as object), phase: "Terminating" } }
      : {};
  return { ...object, metadata, ...status };
}

function podGrace(pod: KubeObject, asked: number | undefined): number {
  const spec = pod["spec"] as { nodeName?: string; terminationGracePeriodSeconds?: number } | undefined;
  const phase = (pod["status"] as { phase?: string } | undefined)?.phase;
  if (!spec?.nodeName || phase === "Succeeded" || phase === "Failed") return 0;
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
}

function withPropagation(
  finalizers: readonly string[],
  policy: DeleteOptions["propagationPolicy"],
): string[] {
  const others = finalizers.filter((name) => name !== "foregroundDeletion" && name !== "orphan");
  if (policy === "Foreground") return [...others, "foregroundDeletion"];
  return policy === "Orphan" ? [...others, "orphan"] : [...finalizers];
}
