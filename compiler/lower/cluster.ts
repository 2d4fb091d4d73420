import type { Namespace, Node } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { PriorityClass } from "../../stdlib/kubernetes/generated/scheduling-v1.js";
import { stackLabel } from "../../stdlib/schema/bundle.js";
import type { Resource } from "../model/authored.js";
import type { Built } from "./built.js";
import { clusterMetadata, originsOf } from "./config.js";
import { defined, unlessEmpty } from "./container.js";
import { type LowerContext, textMapOf } from "./context.js";
import { patched } from "./patch.js";

export function lowerNamespace(context: LowerContext, resource: Resource): Built {
  const origins = originsOf(resource);
  const level = origins.take(
    resource.spec,
    "podSecurity",
    "metadata.labels[pod-security.kubernetes.io/enforce]",
  )?.text;
  for (const [label, value] of resource.spec.get("labels")?.entries() ?? [])
    if (label.startsWith("pod-security.kubernetes.io/")) origins.set(`metadata.labels[${label}]`, value);
  const metadata = clusterMetadata(context, resource);
  const object: Namespace = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      ...metadata,
      labels: {
        ...metadata.labels,
        ...(level === undefined ? {} : { "pod-security.kubernetes.io/enforce": level }),
      },
    },
  };
  return patched(context, resource, object, origins);
}

export function lowerPriorityClass(context: LowerContext, resource: Resource): Built {
  const origins = originsOf(resource);
  const take = (member: string, to: string) => origins.take(resource.spec, member, to);
  const object: PriorityClass = defined({
    apiVersion: "scheduling.k8s.io/v1" as const,
    kind: "PriorityClass" as const,
    metadata: clusterMetadata(context, resource),
    value: take("value", "value")?.number ?? 0,
    description: take("description", "description")?.text,
    globalDefault: take("default", "globalDefault")?.value === true ? true : undefined,
    preemptionPolicy: take("preempts", "preemptionPolicy")?.value === false ? ("Never" as const) : undefined,
  });
  return patched(context, resource, object, origins);
}

/** A node is nobody's: it carries no label of the stack, so that it does not go with it. */
export function lowerNode(context: LowerContext, resource: Resource): Built {
  const origins = originsOf(resource);
  const { spec } = resource;
  const taints = origins.take(spec, "taints", "spec.taints")?.items() ?? [];
  const { [stackLabel]: _, ...labels } = textMapOf(origins.take(spec, "labels", "metadata.labels")) ?? {};
  const object: Node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: defined({
      name: resource.name,
      labels: Object.keys(labels).length === 0 ? undefined : labels,
      annotations: textMapOf(spec.get("annotations")),
    }),
    spec: defined({
      taints: unlessEmpty(
        taints.map((taint, index) => {
          const at = `spec.taints[${index}]`;
          origins.set(at, taint);
          return defined({
            key: origins.take(taint, "key", `${at}.key`)?.text ?? "",
            value: origins.take(taint, "value", `${at}.value`)?.text,
            effect: (origins.take(taint, "effect", `${at}.effect`)?.text ?? "NoSchedule") as "NoSchedule",
          });
        }),
      ),
    }),
  };
  return patched(context, resource, object, origins);
}
