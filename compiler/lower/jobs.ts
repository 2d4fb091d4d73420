import type { CronJob, Job, JobSpec } from "../../stdlib/kubernetes/generated/batch-v1.js";
import type { Resource } from "../model/authored.js";
import { describedMetadata } from "./config.js";
import { checkFields, type LowerContext, numberOf, secondsOf, textOf } from "./context.js";
import type { LoweredImages } from "./images.js";
import { patched } from "./patch.js";
import { type ConfigData, type LoweredPod, type LoweredWorkload, lowerPod, podFields } from "./workload.js";

const jobFields = [
  ...podFields,
  "restart",
  "completions",
  "parallelism",
  "indexed",
  "retries",
  "deadline",
  "keep",
];
const cronFields = ["schedule", "timeZone", "overlap", "startWithin", "history", "suspend"];
const overlaps = { allow: "Allow", forbid: "Forbid", replace: "Replace" } as const;

export function lowerJob(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  checkFields(context, resource.title, resource.spec, "", jobFields);
  const pod = lowerPod(context, resource, images, configData, "spec.template");
  const object: Job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: describedMetadata(context, resource),
    spec: jobSpec(context, resource, pod, "spec"),
  };
  return { ...patched(resource, object, pod.origins), ports: pod.ports };
}

export function lowerCronJob(
  context: LowerContext,
  resource: Resource,
  images: LoweredImages,
  configData: ConfigData,
): LoweredWorkload {
  checkFields(context, resource.title, resource.spec, "", [...jobFields, ...cronFields]);
  const pod = lowerPod(context, resource, images, configData, "spec.jobTemplate.spec.template");
  const { spec, title } = resource;
  const from = (name: string, to: string) => pod.origins.take(spec, name, to);
  const schedule = textOf(context, title, from("schedule", "spec.schedule"), "schedule");
  const timeZone = textOf(context, title, from("timeZone", "spec.timeZone"), "timeZone");
  const overlap = from("overlap", "spec.concurrencyPolicy")?.text ?? "allow";
  const within = secondsOf(
    context,
    title,
    from("startWithin", "spec.startingDeadlineSeconds"),
    "startWithin",
  );
  const history = from("history", "spec.successfulJobsHistoryLimit");
  const object: CronJob = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: describedMetadata(context, resource),
    spec: {
      schedule: schedule ?? "",
      ...(timeZone === undefined ? {} : { timeZone }),
      concurrencyPolicy: overlaps[overlap as keyof typeof overlaps] ?? "Allow",
      ...(within === undefined ? {} : { startingDeadlineSeconds: within }),
      successfulJobsHistoryLimit:
        numberOf(context, title, history?.get("succeeded"), "history.succeeded") ?? 3,
      failedJobsHistoryLimit: numberOf(context, title, history?.get("failed"), "history.failed") ?? 1,
      suspend: from("suspend", "spec.suspend")?.value === true,
      jobTemplate: {
        metadata: { labels: pod.labels },
        spec: jobSpec(context, resource, pod, "spec.jobTemplate.spec"),
      },
    },
  };
  return { ...patched(resource, object, pod.origins), ports: pod.ports };
}

/** @param path - where the spec stands in the object. */
function jobSpec(context: LowerContext, { spec, title }: Resource, pod: LoweredPod, path: string): JobSpec {
  const from = (name: string, to: string) => pod.origins.take(spec, name, to);
  const number = (name: string, to: string) => numberOf(context, title, from(name, `${path}.${to}`), name);
  const seconds = (name: string, to: string) => secondsOf(context, title, from(name, `${path}.${to}`), name);
  const indexed = from("indexed", `${path}.completionMode`)?.value === true;
  const deadline = seconds("deadline", "activeDeadlineSeconds");
  const keep = seconds("keep", "ttlSecondsAfterFinished");
  const restart = textOf(context, title, from("restart", `${path}.template.spec.restartPolicy`), "restart");
  return {
    completions: number("completions", "completions") ?? 1,
    parallelism: number("parallelism", "parallelism") ?? 1,
    completionMode: indexed ? "Indexed" : "NonIndexed",
    backoffLimit: number("retries", "backoffLimit") ?? 6,
    ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
    ...(keep === undefined ? {} : { ttlSecondsAfterFinished: keep }),
    template: {
      metadata: { labels: pod.labels }, // each run reads its settings anew: none is started for a change of them
      spec: { ...pod.spec, restartPolicy: restart === "OnFailure" ? "OnFailure" : "Never" },
    },
  };
}
