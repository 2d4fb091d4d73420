import type { CronJob as L1CronJob, Job as L1Job } from "../kubernetes/generated/batch-v1.js";
import { make } from "./guest.js";
import type { PodOptions } from "./pod.js";
import type { CronSchedule, Duration, Patch, Workload } from "./types.js";

export interface JobOptions<I extends string, O extends string> extends PodOptions<I, O> {
  /** What a container that fails gets: another start in its pod, or (`"Never"`) another pod. @default "Never" */
  readonly restart?: "Never" | "OnFailure";
  /** How many pods have to succeed. @default 1 */
  readonly completions?: number;
  /** How many of them run at once. @default 1 */
  readonly parallelism?: number;
  /** Each pod knows its number, from `JOB_COMPLETION_INDEX`. @default false */
  readonly indexed?: boolean;
  /** Failures after which the Job has failed. @default 6 */
  readonly retries?: number;
  /** Longest time for all of it; pods that still run are then stopped. @default none */
  readonly deadline?: Duration;
  /** How long the ended Job and its pods stay to be looked at. @default until somebody deletes them */
  readonly keep?: Duration;
}

export interface JobSpec<I extends string, O extends string> extends JobOptions<I, O> {
  /** No pods while true; those that run are stopped. @default false */
  readonly suspend?: boolean;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Job>;
}

export interface JobHistory {
  /** @default 3 */
  readonly succeeded?: number;
  /** @default 1 */
  readonly failed?: number;
}

export interface CronJobSpec<I extends string, O extends string> extends JobOptions<I, O> {
  /** Minute, hour, day of month, month, day of week; or `"@hourly"` and the like, or `"@every 90m"`. */
  readonly schedule: CronSchedule;
  /** Name of the time zone the schedule is in, `"Europe/Berlin"`. @default that of the cluster's controller */
  readonly timeZone?: string;
  /** When the one before still runs: start beside it, leave this one out, or stop that one. @default `"allow"` */
  readonly overlap?: "allow" | "forbid" | "replace";
  /** A start missed by more than this is left out. @default none is */
  readonly startWithin?: Duration;
  /** Ended Jobs that stay. @default 3 that succeeded and 1 that failed */
  readonly history?: JobHistory;
  /** Starts nothing while true. @default false */
  readonly suspend?: boolean;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1CronJob>;
}

/** Pods that run to their end. */
export function job<const I extends string = never, const O extends string = never>(
  name: string,
  spec: JobSpec<I, O>,
): Workload<I | O> {
  return make("job", name, spec, () => ({}));
}

/** A Job at each time of a schedule. */
export function cronJob<const I extends string = never, const O extends string = never>(
  name: string,
  spec: CronJobSpec<I, O>,
): Workload<I | O> {
  return make("cronJob", name, spec, () => ({}));
}
