import { createHash } from "node:crypto";
import { stableStringify } from "../../stdlib/base/json.js";
import type { DaemonSet, Deployment, DeploymentStrategy } from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { Pod, PodSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import { configHashPrefix, secretRevisionPrefix } from "../../stdlib/schema/bundle.js";
import type { ObjectMeta } from "../../stdlib/schema/objects.js";
import type { Resource } from "../model/authored.js";
import { type Built, Origins } from "./built.js";
import { describedMetadata } from "./config.js";
import { lowerContainer, type PodParts, sortedEntries } from "./container.js";
import { checkFields, type LowerContext, numberOf, type PortSpec, secondsOf, textOf } from "./context.js";
import type { LoweredImages } from "./images.js";
import { patched } from "./patch.js";

/** Members that every construct with pods has. */
export const podFields = ["containers", "labels", "annotations", "grace", "patch"] as const;
/** Stands where `up` writes the Secret's revision; the value is unknown to the compiler. */
const pendingRevision = "pending";

export interface LoweredWorkload extends Built {
  readonly ports: ReadonlyMap<string, PortSpec>;
}

/** Data of a ConfigMap as lowered, for the hash of keys that only a restart renews. */
export type ConfigData = (config: Resource) => { readonly [key: string]: string };

export function lowerDeployment(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  checkFields(context, resource.title, resource.spec, "", [...podFields, "replicas", "strategy", "minReady"]);
  const pod = lowerPod(context, resource, images, configData, "spec.template");
  const { origins } = pod;
  const replicas = numberOf(context, resource.title, resource.spec.get("replicas"), "replicas");
  const minReady = secondsOf(context, resource.title, resource.spec.get("minReady"), "minReady");
  origins.set("spec.replicas", resource.spec.get("replicas"));
  origins.set("spec.minReadySeconds", resource.spec.get("minReady"));
  origins.set("spec.strategy", resource.spec.get("strategy"));
  const object: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(replicas === undefined && isScaled(context, resource) ? {} : { replicas: replicas ?? 1 }),
      ...(minReady === undefined ? {} : { minReadySeconds: minReady }),
      strategy: strategyOf(resource),
      selector: { matchLabels: { "app.kubernetes.io/name": resource.name } },
      template: {
        metadata: templateMetadata(pod),
        spec: { ...pod.spec, restartPolicy: "Always" },
      },
    },
  };
  return { ...patched(resource, object, origins), ports: pod.ports };
}

/** An autoscaler decides how many there are; a number of ours would be set against it at every `up`. */
function isScaled({ model }: LowerContext, { index }: Resource): boolean {
  return model.resources.some(
    ({ construct, included, spec }) =>
      included && construct === "autoscaler" && spec.get("of")?.resource === index,
  );
}

function strategyOf(resource: Resource): DeploymentStrategy {
  const strategy = resource.spec.get("strategy");
  if (strategy?.text === "recreate") return { type: "Recreate" };
  const amount = (name: string, otherwise: string) =>
    (strategy?.get(name)?.value as string | number | undefined) ?? otherwise;
  return {
    type: "RollingUpdate",
    rollingUpdate: { maxSurge: amount("surge", "25%"), maxUnavailable: amount("unavailable", "25%") },
  };
}

/** Pods kept running on every node that fits. */
export function lowerDaemonSet(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  checkFields(context, resource.title, resource.spec, "", [...podFields, "update", "minReady"]);
  const pod = lowerPod(context, resource, images, configData, "spec.template");
  const { origins } = pod;
  const minReady = secondsOf(context, resource.title, resource.spec.get("minReady"), "minReady");
  const update = resource.spec.get("update");
  origins.set("spec.minReadySeconds", resource.spec.get("minReady"));
  origins.set("spec.updateStrategy", update);
  const amount = (name: string, otherwise: number) =>
    (update?.get(name)?.value as string | number | undefined) ?? otherwise;
  const object: DaemonSet = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(minReady === undefined ? {} : { minReadySeconds: minReady }),
      updateStrategy:
        update?.text === "onDelete"
          ? { type: "OnDelete" }
          : {
              type: "RollingUpdate",
              rollingUpdate: { maxSurge: amount("surge", 0), maxUnavailable: amount("unavailable", 1) },
            },
      selector: { matchLabels: { "app.kubernetes.io/name": resource.name } },
      template: { metadata: templateMetadata(pod), spec: { ...pod.spec, restartPolicy: "Always" } },
    },
  };
  return { ...patched(resource, object, origins), ports: pod.ports };
}

export function templateMetadata({ labels, templateAnnotations }: LoweredPod): ObjectMeta {
  return {
    labels,
    ...(Object.keys(templateAnnotations).length === 0 ? {} : { annotations: templateAnnotations }),
  };
}

export function lowerPodObject(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  checkFields(context, resource.title, resource.spec, "", [...podFields, "restart"]);
  const pod = lowerPod(context, resource, images, configData, "");
  const restart = textOf(context, resource.title, resource.spec.get("restart"), "restart");
  pod.origins.set("spec.restartPolicy", resource.spec.get("restart"));
  const described = describedMetadata(context, resource);
  const annotations = { ...described.annotations, ...pod.templateAnnotations };
  const object: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...described, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...pod.spec, restartPolicy: (restart as "Always" | undefined) ?? "Always" },
  };
  return { ...patched(resource, object, pod.origins), ports: pod.ports };
}

export interface LoweredPod {
  readonly spec: PodSpec;
  readonly labels: { [key: string]: string };
  readonly templateAnnotations: { [key: string]: string };
  readonly origins: Origins;
  readonly ports: ReadonlyMap<string, PortSpec>;
}

/** @param template - where the pod's template stands in its object; `""` for a Pod itself. */
export function lowerPod(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
  template: string,
): LoweredPod {
  const origins = new Origins();
  origins.set("", resource.call);
  const parts: PodParts = {
    title: resource.title,
    path: template === "" ? "spec" : `${template}.spec`,
    origins,
    images,
    volumes: new Map(),
    ports: new Map(),
    secretsRead: new Set(),
    keysRead: new Map(),
  };
  const containers = (resource.spec.get("containers")?.entries() ?? []).map(([name, spec]) =>
    lowerContainer(context, parts, name, spec),
  );
  const grace = secondsOf(context, resource.title, resource.spec.get("grace"), "grace");
  origins.set(`${parts.path}.terminationGracePeriodSeconds`, resource.spec.get("grace"));
  const volumes = [...parts.volumes.values()];
  return {
    spec: {
      containers,
      ...(volumes.length === 0 ? {} : { volumes }),
      terminationGracePeriodSeconds: grace ?? 30,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    },
    labels: describedMetadata(context, resource).labels ?? {},
    templateAnnotations: restartAnnotations(parts, configData),
    origins,
    ports: parts.ports,
  };
}

/** What is read through the environment only changes with a new pod: its hash or revision is part of the template. */
function restartAnnotations(parts: PodParts, configData: ConfigData): { [key: string]: string } {
  const annotations: { [key: string]: string } = {};
  for (const [name, keys] of sortedEntries(
    new Map([...parts.keysRead].map(([config, read]) => [config.name, { config, read }] as const)),
  )) {
    const data = configData(keys.config);
    const read = Object.fromEntries([...keys.read].sort().map((key) => [key, data[key] ?? null]));
    annotations[`${configHashPrefix}${name}`] = createHash("sha256")
      .update(stableStringify(read))
      .digest("hex")
      .slice(0, 16);
  }
  for (const name of [...parts.secretsRead].sort())
    annotations[`${secretRevisionPrefix}${name}`] = pendingRevision;
  return annotations;
}
