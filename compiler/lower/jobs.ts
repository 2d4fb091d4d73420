import type { CronJob, Job, JobSpec } from "../../stdlib/kubernetes/generated/batch-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import { metadataOf } from "./config.js";
import { checkFields, type LowerContext, numberOf, secondsOf, textOf } from "./context.js";
import type { LoweredImages } from "./images.js";
import { applyPatch } from "./patch.js";
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
    metadata: objectMetadata(context, resource, pod),
    spec: jobSpec(context, resource, pod, "spec"),
  };
  return finish(resource, pod, object);
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
  const from = placed(pod, spec);
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
    metadata: objectMetadata(context, resource, pod),
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
  return finish(resource, pod, object);
}

/** @param path - where the spec stands in the object. */
function jobSpec(context: LowerContext, { spec, title }: Resource, pod: LoweredPod, path: string): JobSpec {
  const from = placed(pod, spec);
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

/** Reads a member and remembers where the field it becomes was written. */
function placed({ origins }: LoweredPod, spec: Authored) {
  return (name: string, to: string): Authored | undefined => {
    const value = spec.get(name);
    origins.set(to, value);
    return value;
  };
}

function objectMetadata(context: LowerContext, resource: Resource, { annotations, labels }: LoweredPod) {
  return {
    ...metadataOf(context, resource),
    labels,
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function finish(resource: Resource, { origins, ports }: LoweredPod, object: Job | CronJob): LoweredWorkload {
  return {
    object: applyPatch(object, resource.spec.get("patch"), origins),
    title: resource.title,
    origins,
    ports,
  };
}
