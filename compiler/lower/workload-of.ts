import type { Authored, Resource } from "../model/authored.js";
import { isPlain, type LowerContext, type PortSpec, textMapOf } from "./context.js";

/** Label by which a workload's pods are found. */
const nameLabel = "app.kubernetes.io/name";

const constructs: { readonly [construct: string]: { readonly kind: string; readonly apiVersion: string } } = {
  cronJob: { kind: "CronJob", apiVersion: "batch/v1" },
  daemonSet: { kind: "DaemonSet", apiVersion: "apps/v1" },
  deployment: { kind: "Deployment", apiVersion: "apps/v1" },
  job: { kind: "Job", apiVersion: "batch/v1" },
  pod: { kind: "Pod", apiVersion: "v1" },
  statefulSet: { kind: "StatefulSet", apiVersion: "apps/v1" },
};

/** The workload a value refers to, a construct's or an exact object; undefined, after a report, when it is none. */
export function workloadOf(
  context: LowerContext,
  user: Resource,
  member: string,
  ...kinds: readonly string[]
): Resource | undefined {
  const value = user.spec.get(member);
  const found = value?.resource === undefined ? undefined : context.model.resources[value.resource];
  const kind = found === undefined ? undefined : kindOf(found);
  if (found !== undefined && kind !== undefined && (kinds.length === 0 || kinds.includes(kind))) return found;
  if (kind !== undefined || found?.construct === "l1")
    // another resource is refused where values are checked
    context.reporter.report("field-type", value?.span ?? user.call, {
      resource: user.title,
      path: member,
      expected: `a ${kinds.length === 0 ? "workload" : kinds.join(" or ")} of this stack`,
    });
  return undefined;
}

/** `Deployment`; undefined for what makes no pods. */
export function kindOf(resource: Resource): string | undefined {
  if (resource.construct !== "l1") return constructs[resource.construct]?.kind;
  const kind = resource.spec.get("kind")?.text;
  return (
    Object.values(constructs).find((row) => row.kind === kind)?.kind ??
    (kind === "ReplicaSet" ? kind : undefined)
  );
}

export function apiVersionOf(resource: Resource): string {
  return constructs[resource.construct]?.apiVersion ?? resource.spec.get("apiVersion")?.text ?? "";
}

/** Labels that all pods of the workload have, and no other's. */
export function podLabels(resource: Resource): { [label: string]: string } {
  if (resource.construct !== "l1") {
    const selector = textMapOf(resource.spec.get("selector"));
    if (selector !== undefined) return selector;
    return isPlain(resource)
      ? (textMapOf(resource.spec.get("labels")) ?? {})
      : { [nameLabel]: resource.name };
  }
  const selected = textMapOf(resource.spec.get("spec")?.get("selector")?.get("matchLabels"));
  return selected ?? textMapOf(templateOf(resource)?.get("metadata")?.get("labels")) ?? {};
}

/** Ports by name of an exact object's containers. */
export function exactPorts(resource: Resource): ReadonlyMap<string, PortSpec> {
  const ports = new Map<string, PortSpec>();
  for (const container of templateOf(resource)?.get("spec")?.get("containers")?.items() ?? [])
    for (const port of container.get("ports")?.items() ?? []) {
      const number = port.get("containerPort")?.number ?? 0;
      const protocol = (port.get("protocol")?.text ?? "TCP") as PortSpec["protocol"];
      ports.set(port.get("name")?.text ?? String(number), { port: number, protocol });
    }
  return ports;
}

function templateOf({ spec }: Resource): Authored | undefined {
  if (spec.get("kind")?.text === "Pod") return spec;
  return (
    spec.get("spec")?.get("template") ?? spec.get("spec")?.get("jobTemplate")?.get("spec")?.get("template")
  );
}
