import { checkDnsLabel, checkQualifiedName } from "../../base/names.js";
import type { CronJob, Job, JobSpec, PodFailurePolicy } from "../../kubernetes/generated/batch-v1.js";
import type { LabelSelector } from "../selectors.js";
import type { Checker } from "./checker.js";
import { checkSchedule, checkTimeZone } from "./schedule.js";
import { checkPrefixedPath } from "./values.js";
import { validateSelected, validateTemplate } from "./workloads.js";

/** Source: Kubernetes `ValidateJob`. A selector is made by the server, unless `manualSelector` says otherwise. */
export function validateJob(check: Checker, { metadata, spec }: Job): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  validateJobSpec(at, spec);
  if (spec.manualSelector === true) {
    if (spec.selector === undefined) at.at("selector").required();
    else validateSelected(at, spec.selector, spec.template);
  } else if (spec.selector !== undefined && !isGenerated(spec.selector))
    at.at("selector").invalid(spec.selector, "`selector` not auto-generated");
  const { completions = 0 } = spec;
  const last = `${metadata?.name ?? ""}-${completions - 1}`;
  if (spec.completionMode === "Indexed" && completions > 0 && checkDnsLabel(last) !== undefined)
    check
      .at("metadata.name")
      .invalid(metadata?.name, `will not able to create pod with invalid DNS label: ${last}`);
}

function isGenerated({ matchLabels = {} }: LabelSelector): boolean {
  return ["batch.kubernetes.io/controller-uid", "controller-uid"].some((label) =>
    Object.hasOwn(matchLabels, label),
  );
}

/** Source: Kubernetes `ValidateCronJobSpec`. */
export function validateCronJob(check: Checker, { metadata, spec }: CronJob): void {
  const at = check.at("spec");
  if (spec === undefined) return at.required();
  if ((metadata?.name ?? "").length > 52)
    check.at("metadata.name").invalid(metadata?.name, "must be no more than 52 characters");
  at.at("schedule").requiredName(spec.schedule, checkSchedule);
  if (spec.schedule?.includes("TZ") === true)
    at.at("schedule").invalid(
      spec.schedule,
      "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
    );
  if (spec.timeZone !== undefined) at.at("timeZone").name(spec.timeZone, checkTimeZone);
  at.at("concurrencyPolicy").oneOf(spec.concurrencyPolicy, ["Allow", "Forbid", "Replace"]);
  for (const field of [
    "startingDeadlineSeconds",
    "successfulJobsHistoryLimit",
    "failedJobsHistoryLimit",
  ] as const)
    at.at(field).nonNegative(spec[field]);
  const job = spec.jobTemplate?.spec;
  if (job === undefined) return at.at("jobTemplate.spec").required();
  validateJobSpec(at.at("jobTemplate.spec"), job);
  if (job.manualSelector === true)
    at.at("jobTemplate.spec.manualSelector").unsupported(true, ["nil", "false"]);
}

const mostParallel = 100_000;
const longestIndexes = 64 * 1024;
const longestManager = 63;

function validateJobSpec(check: Checker, spec: JobSpec): void {
  for (const field of [
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
  ] as const)
    check.at(field).nonNegative(spec[field]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    check.at("backoffLimitPerIndex").required("when maxFailedIndexes is specified");
  if (spec.managedBy !== undefined) check.at("managedBy").name(spec.managedBy, checkPrefixedPath);
  if ((spec.managedBy ?? "").length > longestManager)
    check.at("managedBy").invalid(spec.managedBy, `must be no more than ${longestManager} characters`);
  check.at("completionMode").oneOf(spec.completionMode, ["NonIndexed", "Indexed"]);
  if (spec.completionMode === "Indexed") validateIndexed(check, spec);
  else
    for (const field of ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"] as const)
      if (spec[field] !== undefined) check.at(field).invalid(spec[field], "requires indexed completion mode");
  if (spec.podFailurePolicy !== undefined)
    validateFailurePolicy(check.at("podFailurePolicy"), spec.podFailurePolicy, spec);
  check.at("podReplacementPolicy").oneOf(spec.podReplacementPolicy, ["Failed", "TerminatingOrFailed"]);
  if (spec.podFailurePolicy !== undefined && spec.podReplacementPolicy === "TerminatingOrFailed")
    check.at("podReplacementPolicy").unsupported(spec.podReplacementPolicy, ["Failed"]);
  validateTemplate(check.at("template"), spec.template);
  const restart = spec.template?.spec?.restartPolicy;
  const at = check.at("template.spec.restartPolicy");
  if (spec.template?.spec === undefined) return;
  if (restart === undefined || restart === "Always") at.required('valid values: "OnFailure", "Never"');
  else if (restart === "OnFailure" && spec.podFailurePolicy !== undefined)
    at.invalid(restart, 'only "Never" is supported when podFailurePolicy is specified');
}

function validateIndexed(check: Checker, spec: JobSpec): void {
  const { completions, maxFailedIndexes, parallelism } = spec;
  if (completions === undefined) check.at("completions").required("when completion mode is Indexed");
  if (parallelism !== undefined && parallelism > mostParallel)
    check
      .at("parallelism")
      .invalid(parallelism, `must be less than or equal to ${mostParallel} when completion mode is Indexed`);
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    check.at("maxFailedIndexes").invalid(maxFailedIndexes, "must be less than or equal to completions");
  const rules = spec.successPolicy?.rules;
  if (spec.successPolicy !== undefined && (rules ?? []).length === 0)
    check
      .at("successPolicy.rules")
      .required("at least one rules must be specified when the successPolicy is specified");
  for (const [index, { succeededCount, succeededIndexes }] of (rules ?? []).entries()) {
    const at = check.at("successPolicy.rules").index(index);
    if (succeededCount === undefined && succeededIndexes === undefined)
      at.required("at least one of succeededCount or succeededIndexes must be specified");
    const indexes = at.at("succeededIndexes");
    const listed = succeededIndexes === undefined ? undefined : readIndexes(succeededIndexes, completions);
    if (typeof listed === "string")
      indexes.invalid(succeededIndexes, `error parsing succeededIndexes: ${listed}`);
    if ((succeededIndexes ?? "").length > longestIndexes)
      indexes.invalid("", `must be no more than ${longestIndexes} bytes`);
    else if (typeof listed === "number" && succeededCount !== undefined && succeededCount > listed)
      at.at("succeededCount").invalid(
        succeededCount,
        `must be less than or equal to ${listed} (the number of indexes in the specified succeededIndexes field)`,
      );
    at.at("succeededCount").nonNegative(succeededCount);
    if (succeededCount !== undefined && completions !== undefined && succeededCount > completions)
      at.at("succeededCount").invalid(
        succeededCount,
        `must be less than or equal to ${completions} (the number of specified completions)`,
      );
  }
}

/** How many indexes `0,3-5` lists, or what is wrong with it. Source: Kubernetes `validateIndexesFormat`. */
function readIndexes(text: string, completions = Number.POSITIVE_INFINITY): number | string {
  if (text === "") return 0;
  let count = 0;
  let last = -1;
  for (const part of text.split(",")) {
    const [, start, end = start] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (start === undefined) return `cannot convert string to integer for index: "${part}"`;
    const [first, final] = [Number(start), Number(end)];
    if (final >= completions) return `too large index: "${final}"`;
    if (first <= last) return `non-increasing order, previous: ${last}, current: ${first}`;
    if (part.includes("-") && final <= first)
      return `non-increasing order, previous: ${first}, current: ${final}`;
    count += final - first + 1;
    last = final;
  }
  return count;
}

function validateFailurePolicy(check: Checker, { rules = [] }: PodFailurePolicy, spec: JobSpec): void {
  const names = new Set((spec.template?.spec?.containers ?? []).map(({ name }) => name));
  for (const { name } of spec.template?.spec?.initContainers ?? []) names.add(name);
  for (const [index, { action, onExitCodes, onPodConditions = [] }] of rules.entries()) {
    const at = check.at("rules").index(index);
    at.at("action").requiredOneOf(action, ["Count", "FailIndex", "FailJob", "Ignore"]);
    if (action === "FailIndex" && spec.backoffLimitPerIndex === undefined)
      at.at("action").invalid(action, "requires the backoffLimitPerIndex to be set");
    if (onExitCodes !== undefined && onPodConditions.length > 0)
      at.invalid("", "specifying both OnExitCodes and OnPodConditions is not supported");
    if (onExitCodes === undefined && onPodConditions.length === 0)
      at.invalid("", "specifying one of OnExitCodes and OnPodConditions is required");
    for (const [position, { status, type }] of onPodConditions.entries()) {
      const one = at.at("onPodConditions").index(position);
      one.at("type").name(type ?? "", checkQualifiedName);
      one.at("status").requiredOneOf(status, ["False", "True", "Unknown"]);
    }
    if (onExitCodes === undefined) continue;
    const { containerName, operator, values = [] } = onExitCodes;
    const codes = at.at("onExitCodes");
    codes.at("operator").requiredOneOf(operator, ["In", "NotIn"]);
    if (containerName !== undefined && !names.has(containerName))
      codes
        .at("containerName")
        .invalid(containerName, "must be one of the container or initContainer names in the pod template");
    if (values.length === 0) codes.at("values").invalid(values, "at least one value is required");
    for (const [position, value] of values.entries()) {
      if (values.indexOf(value) !== position) codes.at("values").index(position).duplicate(value);
      if (operator === "In" && value === 0)
        codes.at("values").index(position).invalid(value, "must not be 0 for the In operator");
    }
    if (values.some((value, position) => position > 0 && value < (values[position - 1] ?? value)))
      codes.at("values").invalid(values, "must be ordered");
  }
}

/** Source: Kubernetes `ValidateJobSpecUpdate`. */
export function validateJobUpdate(check: Checker, job: Job, old: Job): void {
  const at = check.at("spec");
  for (const field of fixed) at.at(field).unchanged(job.spec?.[field], old.spec?.[field]);
  const { completionMode, completions, parallelism } = job.spec ?? {};
  if (completionMode !== "Indexed") at.at("completions").unchanged(completions, old.spec?.completions);
  else if (completions !== undefined && completions !== old.spec?.completions && completions !== parallelism)
    at.at("completions").invalid(completions, "can only be modified in tandem with parallelism");
  const mayMove = old.spec?.suspend === true && old.status?.startTime === undefined;
  at.at("template").unchanged(fixedTemplate(job, mayMove), fixedTemplate(old, mayMove));
}

const fixed = [
  "backoffLimitPerIndex",
  "completionMode",
  "managedBy",
  "podFailurePolicy",
  "selector",
  "successPolicy",
] as const;

/** Where the pods of a Job that never ran are to run may still be said. */
function fixedTemplate({ spec }: Job, mayMove: boolean): unknown {
  if (!mayMove || spec === undefined) return spec?.template;
  const { affinity, nodeSelector, schedulingGates, tolerations, ...rest } = spec.template.spec ?? {};
  const { nodeAffinity, ...others } = affinity ?? {};
  const { annotations, labels, ...metadata } = spec.template.metadata ?? {};
  return { metadata, spec: { ...rest, affinity: others } };
}
