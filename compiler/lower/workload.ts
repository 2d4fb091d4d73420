import type {
  DaemonSet,
  Deployment,
  DeploymentStrategy,
  StatefulSet,
} from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Origins } from "./built.js";
import { describedMetadata } from "./config.js";
import { defined, unlessEmpty } from "./container.js";
import { amountOf, isPlain, type LowerContext, secondsOf } from "./context.js";
import type { LoweredImages } from "./images.js";
import { patched } from "./patch.js";
import {
  type ConfigData,
  type LoweredWorkload,
  lowerPod,
  refuseClaimsPerPod,
  templateMetadata,
} from "./pod.js";
import { headlessService, headlessServiceOf } from "./service.js";
import { claimTemplates } from "./volumes.js";
import { podLabels } from "./workload-of.js";

export function lowerDeployment(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  const scaled = context.scaled.has(resource.index);
  const { spec } = resource;
  const pod = lowerPod(context, resource, images, configData, {
    template: "spec.template",
    several: scaled || (spec.get("replicas")?.number ?? 1) > 1,
  });
  const take = (member: string, to: string) => pod.origins.take(spec, member, `spec.${to}`);
  take("minReady", "progressDeadlineSeconds"); // has to be shorter, also where only it is said
  const object: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: describedMetadata(context, resource),
    spec: defined({
      replicas: take("replicas", "replicas")?.number ?? (scaled ? undefined : 1),
      minReadySeconds: secondsOf(take("minReady", "minReadySeconds")),
      progressDeadlineSeconds: secondsOf(take("progressWithin", "progressDeadlineSeconds")),
      revisionHistoryLimit: take("history", "revisionHistoryLimit")?.number,
      strategy: strategyOf(take("strategy", "strategy"), pod.origins),
      selector: { matchLabels: podLabels(resource) },
      template: { metadata: templateMetadata(pod), spec: { ...pod.spec, restartPolicy: "Always" as const } },
    }),
  };
  refuseClaimsPerPod(context, resource, pod.volumes);
  return { ...patched(context, resource, object, pod.origins), ports: pod.ports };
}

function strategyOf(strategy: Authored | undefined, origins: Origins): DeploymentStrategy {
  if (strategy?.text === "recreate") return { type: "Recreate" };
  const { surge = "25%", unavailable = "25%" } = rollingSteps(strategy, origins, "spec.strategy");
  return { type: "RollingUpdate", rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } };
}

/** @param path - of the strategy in the object. */
function rollingSteps(strategy: Authored | undefined, origins: Origins, path: string) {
  const amount = (name: string, to: string) =>
    strategy === undefined
      ? undefined
      : amountOf(origins.take(strategy, name, `${path}.rollingUpdate.${to}`));
  return { surge: amount("surge", "maxSurge"), unavailable: amount("unavailable", "maxUnavailable") };
}

export function lowerDaemonSet(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  const pod = lowerPod(context, resource, images, configData, { template: "spec.template", several: false });
  const take = (member: string, to: string) => pod.origins.take(resource.spec, member, `spec.${to}`);
  const update = take("update", "updateStrategy");
  const { surge = 0, unavailable = 1 } = rollingSteps(update, pod.origins, "spec.updateStrategy");
  const object: DaemonSet = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: describedMetadata(context, resource),
    spec: defined({
      minReadySeconds: secondsOf(take("minReady", "minReadySeconds")),
      updateStrategy:
        update?.text === "onDelete"
          ? { type: "OnDelete" as const }
          : {
              type: "RollingUpdate" as const,
              rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable },
            },
      selector: { matchLabels: podLabels(resource) },
      template: { metadata: templateMetadata(pod), spec: { ...pod.spec, restartPolicy: "Always" as const } },
    }),
  };
  refuseClaimsPerPod(context, resource, pod.volumes);
  return { ...patched(context, resource, object, pod.origins), ports: pod.ports };
}

const retention = { retain: "Retain", delete: "Delete" } as const;

/** The StatefulSet, and the headless Service its pods' names come from when the stack has none. */
export function lowerStatefulSet(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  const scaled = context.scaled.has(resource.index);
  const { spec } = resource;
  const pod = lowerPod(context, resource, images, configData, {
    template: "spec.template",
    several: scaled || (spec.get("replicas")?.number ?? 1) > 1,
  });
  const { origins } = pod;
  const take = (member: string, to: string) => origins.take(spec, member, `spec.${to}`);
  const update = take("update", "updateStrategy");
  const partition =
    update === undefined
      ? undefined
      : origins.take(update, "from", "spec.updateStrategy.rollingUpdate.partition");
  const claims = take("claims", "persistentVolumeClaimRetentionPolicy");
  const kept = (name: "whenDeleted" | "whenScaled") =>
    retention[(claims?.get(name)?.text ?? "retain") as keyof typeof retention];
  const object: StatefulSet = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: describedMetadata(context, resource),
    spec: defined({
      replicas: take("replicas", "replicas")?.number ?? (scaled ? undefined : 1),
      minReadySeconds: secondsOf(take("minReady", "minReadySeconds")),
      serviceName:
        isPlain(resource) && !context.headless.has(resource.index)
          ? undefined
          : headlessServiceOf(context, resource),
      podManagementPolicy:
        take("start", "podManagementPolicy")?.text === "parallel"
          ? ("Parallel" as const)
          : ("OrderedReady" as const),
      updateStrategy:
        update?.text === "onDelete"
          ? { type: "OnDelete" as const }
          : {
              type: "RollingUpdate" as const,
              rollingUpdate: { partition: partition?.number ?? 0 },
            },
      persistentVolumeClaimRetentionPolicy:
        claims === undefined
          ? undefined
          : { whenDeleted: kept("whenDeleted"), whenScaled: kept("whenScaled") },
      selector: { matchLabels: podLabels(resource) },
      template: { metadata: templateMetadata(pod), spec: { ...pod.spec, restartPolicy: "Always" as const } },
      volumeClaimTemplates: unlessEmpty(claimTemplates(context, pod.volumes, origins)),
    }),
  };
  const service = headlessService(context, resource, pod.ports);
  return {
    ...patched(context, resource, object, origins),
    ports: pod.ports,
    beside: service === undefined ? [] : [service],
  };
}
