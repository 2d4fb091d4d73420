import type { KubeObject } from "../../../stdlib/schema/objects.js";
import { applyJsonPatch } from "../../../stdlib/schema/patch/json-patch.js";
import { applyMergePatch } from "../../../stdlib/schema/patch/merge-patch.js";
import { selectorText } from "../../../stdlib/schema/selectors.js";
import type { PatchTarget } from "../../client/client.js";
import type { Registry } from "../registry.js";
import { badRequest, changedMeanwhile, conflict } from "../status-error.js";
import type { Target } from "./target.js";

/** `Scale` of autoscaling/v1: the replicas of whatever has some. */
export interface Scale {
  readonly kind: "Scale";
  readonly apiVersion: "autoscaling/v1";
  readonly metadata: object;
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas: number; readonly selector: string };
}

export function scaleOf(object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = object["spec"] as { replicas?: number; selector?: object } | undefined;
  const status = object["status"] as { replicas?: number } | undefined;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec?.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: selectorText(spec?.selector) },
  };
}

/** Changes the replicas as a patch of the object's Scale says. @throws BadRequest, Conflict, Invalid */
export async function patchScale(
  registry: Registry,
  { row, namespace, name = "" }: Target,
  type: PatchTarget["type"] | undefined,
  body: unknown,
  manager: string,
): Promise<KubeObject> {
  if (type === undefined || type === "apply") throw badRequest("a Scale takes JSON and merge patches");
  const before = scaleOf(registry.get(row, namespace, name));
  const after = (type === "json"
    ? applyJsonPatch(before, body)
    : applyMergePatch(before, body)) as unknown as {
    spec?: { replicas?: unknown };
    metadata?: { resourceVersion?: string };
  };
  const replicas = after.spec?.replicas;
  if (!Number.isInteger(replicas)) throw badRequest("spec.replicas: must be a whole number");
  const wanted = after.metadata?.resourceVersion;
  const current = (before.metadata as { resourceVersion?: string }).resourceVersion;
  if (wanted && wanted !== current) throw conflict(row, name, changedMeanwhile);
  return registry.patch(
    row,
    { namespace, name, subresource: "scale", type: "merge", body: { spec: { replicas } } },
    manager,
  );
}
