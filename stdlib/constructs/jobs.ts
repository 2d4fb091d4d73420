import type { CronJob as L1CronJob, Job as L1Job } from "../kubernetes/generated/batch-v1.js";
import { make } from "./guest.js";
import type { Duration, Workload } from "./types.js";
import type { Patch, PodOptions } from "./workload.js";

interface JobOptions<I extends string, O extends string> extends PodOptions<I, O> {
  /** What a container that fails gets: another start in its pod, or another pod. Default `"Never"`: another pod. */
  readonly restart?: "Never" | "OnFailure";
  /** How many pods have to succeed. Default 1. */
  readonly completions?: number;
  /** How many of them run at once. Default 1. */
  readonly parallelism?: number;
  /** Each pod knows its number, from `JOB_COMPLETION_INDEX`. Default false. */
  readonly indexed?: boolean;
  /** Failures after which the Job has failed. Default 6. */
  readonly retries?: number;
  /** Longest time for all of it; pods that still run are then stopped. Default none. */
  readonly deadline?: Duration;
  /** How long the ended Job and its pods stay to be looked at. Default until somebody deletes them. */
  readonly keep?: Duration;
}

export interface JobSpec<I extends string, O extends string> extends JobOptions<I, O> {
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Job>;
}

export interface CronJobSpec<I extends string, O extends string> extends JobOptions<I, O> {
  /** Minute, hour, day of month, month, day of week; or `"@hourly"` and the like. */
  readonly schedule: CronSchedule;
  /** Name of the time zone the schedule is in, `"Europe/Berlin"`. Default that of the cluster's controller. */
  readonly timeZone?: string;
  /** When the one before still runs: start beside it, leave this one out, or stop that one. Default `"allow"`. */
  readonly overlap?: "allow" | "forbid" | "replace";
  /** A start missed by more than this is left out. Default none is. */
  readonly startWithin?: Duration;
  /** Ended Jobs that stay. Default 3 that succeeded and 1 that failed. */
  readonly history?: { readonly succeeded?: number; readonly failed?: number };
  /** Starts nothing while true. Default false. */
  readonly suspend?: boolean;
  readonly patch?: Patch<L1CronJob>;
}

export type CronSchedule =
  | `${string} ${string} ${string} ${string} ${string}`
  | `@${"yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly"}`;

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
