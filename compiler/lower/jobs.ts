import type { CronJob, Job, JobSpec } from "../../stdlib/kubernetes/generated/batch-v1.js";
import type { Resource } from "../model/authored.js";
import { describedMetadata } from "./config.js";
import { defined } from "./container.js";
import { isPlain, type LowerContext, secondsOf } from "./context.js";
import type { LoweredImages } from "./images.js";
import { patched } from "./patch.js";
import {
  type ConfigData,
  type LoweredPod,
  type LoweredWorkload,
  lowerPod,
  refuseClaimsPerPod,
} from "./pod.js";

const overlaps = { allow: "Allow", forbid: "Forbid", replace: "Replace" } as const;

export function lowerJob(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  const pod = lowerPod(context, resource, images, configData, { template: "spec.template", several: false });
  const object: Job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: describedMetadata(context, resource),
    spec: {
      ...(pod.origins.take(resource.spec, "suspend", "spec.suspend")?.value === true
        ? { suspend: true }
        : {}),
      ...jobSpec(resource, pod, "spec"),
    },
  };
  refuseClaimsPerPod(context, resource, pod.volumes);
  return { ...patched(context, resource, object, pod.origins), ports: pod.ports };
}

export function lowerCronJob(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  const pod = lowerPod(context, resource, images, configData, {
    template: "spec.jobTemplate.spec.template",
    several: false,
  });
  const { spec } = resource;
  const from = (name: string, to: string) => pod.origins.take(spec, name, to);
  const schedule = from("schedule", "spec.schedule")?.text;
  const timeZone = from("timeZone", "spec.timeZone")?.text;
  const overlap = from("overlap", "spec.concurrencyPolicy")?.text ?? "allow";
  const within = secondsOf(from("startWithin", "spec.startingDeadlineSeconds"));
  const history = spec.get("history");
  const kept = (name: string, to: string) =>
    history === undefined ? undefined : pod.origins.take(history, name, `spec.${to}`)?.number;
  const object: CronJob = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: describedMetadata(context, resource),
    spec: {
      schedule: schedule ?? "",
      ...(timeZone === undefined ? {} : { timeZone }),
      concurrencyPolicy: overlaps[overlap as keyof typeof overlaps] ?? "Allow",
      ...(within === undefined ? {} : { startingDeadlineSeconds: within }),
      successfulJobsHistoryLimit: kept("succeeded", "successfulJobsHistoryLimit") ?? 3,
      failedJobsHistoryLimit: kept("failed", "failedJobsHistoryLimit") ?? 1,
      suspend: from("suspend", "spec.suspend")?.value === true,
      jobTemplate: {
        metadata: { labels: pod.labels },
        spec: jobSpec(resource, pod, "spec.jobTemplate.spec"),
      },
    },
  };
  refuseClaimsPerPod(context, resource, pod.volumes);
  return { ...patched(context, resource, object, pod.origins), ports: pod.ports };
}

/** @param path - where the spec stands in the object. */
function jobSpec(resource: Resource, pod: LoweredPod, path: string): JobSpec {
  const { spec } = resource;
  const from = (name: string, to: string) => pod.origins.take(spec, name, to);
  const number = (name: string, to: string) => from(name, `${path}.${to}`)?.number;
  const seconds = (name: string, to: string) => secondsOf(from(name, `${path}.${to}`));
  const indexed = from("indexed", `${path}.completionMode`)?.value === true;
  const deadline = seconds("deadline", "activeDeadlineSeconds");
  const keep = seconds("keep", "ttlSecondsAfterFinished");
  const restart = from("restart", `${path}.template.spec.restartPolicy`)?.text;
  const usual = isPlain(resource)
    ? {}
    : { completions: 1, parallelism: 1, retries: 6, mode: "NonIndexed" as const };
  const wish = {
    completions: number("completions", "completions") ?? usual.completions,
    parallelism: number("parallelism", "parallelism") ?? usual.parallelism,
    completionMode: indexed ? ("Indexed" as const) : usual.mode,
    backoffLimit: number("retries", "backoffLimit") ?? usual.retries,
  };
  return {
    ...defined(wish),
    ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
    ...(keep === undefined ? {} : { ttlSecondsAfterFinished: keep }),
    template: {
      metadata: { labels: pod.labels }, // each run reads its settings anew: none is started for a change of them
      spec: { ...pod.spec, restartPolicy: restart === "OnFailure" ? "OnFailure" : "Never" },
    },
  };
}
