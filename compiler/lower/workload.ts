import type {
  DaemonSet,
  Deployment,
  DeploymentStrategy,
  StatefulSet,
} from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { Authored, Resource } from "../model/authored.js";
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
  const object: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: describedMetadata(context, resource),
    spec: defined({
      replicas: take("replicas", "replicas")?.number ?? (scaled ? undefined : 1),
      minReadySeconds: secondsOf(take("minReady", "minReadySeconds")),
      progressDeadlineSeconds: secondsOf(take("progressWithin", "progressDeadlineSeconds")),
      revisionHistoryLimit: take("history", "revisionHistoryLimit")?.number,
      strategy: strategyOf(take("strategy", "strategy")),
      selector: { matchLabels: podLabels(resource) },
      template: { metadata: templateMetadata(pod), spec: { ...pod.spec, restartPolicy: "Always" as const } },
    }),
  };
  refuseClaimsPerPod(context, resource, pod.volumes);
  return { ...patched(context, resource, object, pod.origins), ports: pod.ports };
}

function strategyOf(strategy: Authored | undefined): DeploymentStrategy {
  if (strategy?.text === "recreate") return { type: "Recreate" };
  return {
    type: "RollingUpdate",
    rollingUpdate: {
      maxSurge: amountOf(strategy?.get("surge")) ?? "25%",
      maxUnavailable: amountOf(strategy?.get("unavailable")) ?? "25%",
    },
  };
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
              rollingUpdate: {
                maxSurge: amountOf(update?.get("surge")) ?? 0,
                maxUnavailable: amountOf(update?.get("unavailable")) ?? 1,
              },
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
              rollingUpdate: { partition: update?.get("from")?.number ?? 0 },
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
