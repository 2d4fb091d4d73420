import type { PodSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Built } from "../lower/built.js";

/** The pod that an object is or makes, and where it stands in the object. */
export interface BuiltPod {
  readonly built: Built;
  /** `spec`, `spec.template.spec`, … */
  readonly path: string;
  readonly spec: PodSpec;
  readonly labels: { readonly [label: string]: string };
  readonly annotations: { readonly [annotation: string]: string };
  readonly namespace: string;
}

const templates: { readonly [kind: string]: readonly string[] } = {
  Pod: [],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  DaemonSet: ["spec", "template"],
  Deployment: ["spec", "template"],
  Job: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  StatefulSet: ["spec", "template"],
};

/** Pods of all objects that have one of a sound shape. */
export function podsOf(built: readonly Built[]): readonly BuiltPod[] {
  return built.flatMap((one) => {
    const { object } = one;
    const path = Object.hasOwn(templates, object.kind) ? templates[object.kind] : undefined;
    if (path === undefined) return [];
    const template = path.reduce<unknown>((at, name) => memberOf(at, name), object) as KubeObject | undefined;
    const spec = memberOf(template, "spec") as PodSpec | undefined;
    if (!Array.isArray(spec?.containers)) return [];
    return [
      {
        built: one,
        path: [...path, "spec"].join("."),
        spec,
        labels: template?.metadata?.labels ?? {},
        annotations: template?.metadata?.annotations ?? {},
        namespace: object.metadata.namespace ?? "default",
      },
    ];
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as { [member: string]: unknown })[name]
    : undefined;
}
