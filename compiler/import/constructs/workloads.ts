import { isDeepStrictEqual } from "node:util";
import { stackLabel } from "../../../stdlib/schema/bundle.js";
import { fromData, type SourceValue } from "../program.js";
import { at, type Construct, type ConstructContext, listAt, numberAt, textAt, textMap } from "./context.js";
import { duration, Members, objectOf, type Path } from "./members.js";
import { setPod } from "./pod.js";

const nameLabel = "app.kubernetes.io/name";

type Labels = { readonly [name: string]: string };

/**
 * Labels, annotations, namespace and whose defaults: the ends of every description.
 *
 * @param labels - those of the object where it has no pods; of its pods where it has.
 */
export function setDescribed(context: ConstructContext, members: Members, labels: Labels | undefined): void {
  const { object, style } = context;
  const own = Object.entries(labels ?? {}).filter(
    ([name, text]) =>
      name !== stackLabel && !(style === "infra" && name === nameLabel && text === object.metadata.name),
  );
  if (own.length > 0) members.set("labels", fromData(Object.fromEntries(own)), ["metadata", "labels"]);
  const annotations = textMap(object.metadata.annotations);
  if (annotations !== undefined && Object.keys(annotations).length > 0)
    members.set("annotations", fromData(annotations), ["metadata", "annotations"]);
  members.set("in", context.namespaceValue, ["metadata", "namespace"]);
  if (style === "kubernetes") members.set("defaults", "kubernetes");
}

/** Labels of the pods: what is the selector's is said there when the pods have more. */
function setSelector(context: ConstructContext, members: Members): Labels | undefined {
  const { object, style } = context;
  const labels = textMap(at(object, ["spec", "template", "metadata", "labels"]));
  const selector = textMap(at(object, ["spec", "selector", "matchLabels"]));
  const own = textMap(object.metadata.labels) ?? {};
  const isUsual =
    style === "infra"
      ? isDeepStrictEqual(selector, { [nameLabel]: object.metadata.name })
      : isDeepStrictEqual(selector, labels) &&
        Object.keys(selector ?? {}).every((name) => Object.hasOwn(own, name));
  if (selector !== undefined && !isUsual) members.set("selector", fromData(selector), ["spec", "selector"]);
  const rest = Object.entries(labels ?? {}).filter(
    ([name]) =>
      isUsual || selector === undefined || !Object.hasOwn(selector, name) || Object.hasOwn(own, name),
  );
  return Object.fromEntries(rest);
}

const templateSpec: Path = ["spec", "template", "spec"];

function several({ object }: ConstructContext): boolean {
  return (numberAt(object, "spec", "replicas") ?? 1) > 1;
}

export const deployment: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  const replicas = numberAt(object, "spec", "replicas");
  if (replicas !== 1 || context.isScaled) members.set("replicas", replicas, ["spec", "replicas"]);
  setPod(context, members, at(object, templateSpec), { path: templateSpec, several: several(context) });
  members.set("strategy", rolling(at(object, ["spec", "strategy"]), "Recreate", "recreate", "25%", "25%"), [
    "spec",
    "strategy",
  ]);
  members.set("minReady", durationUnless(object, "minReadySeconds", 0), ["spec", "minReadySeconds"]);
  members.set("progressWithin", durationUnless(object, "progressDeadlineSeconds", 600), [
    "spec",
    "progressDeadlineSeconds",
  ]);
  members.set("history", numberUnless(object, "revisionHistoryLimit", 10), ["spec", "revisionHistoryLimit"]);
  setDescribed(context, members, setSelector(context, members));
  return { call: ["deployment"], arguments: [object.metadata.name ?? "", members.object] };
};

export const daemonSet: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  setPod(context, members, at(object, templateSpec), { path: templateSpec, several: false });
  members.set("update", rolling(at(object, ["spec", "updateStrategy"]), "OnDelete", "onDelete", 0, 1), [
    "spec",
    "updateStrategy",
  ]);
  members.set("minReady", durationUnless(object, "minReadySeconds", 0), ["spec", "minReadySeconds"]);
  setDescribed(context, members, setSelector(context, members));
  return { call: ["daemonSet"], arguments: [object.metadata.name ?? "", members.object] };
};

export const statefulSet: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  const replicas = numberAt(object, "spec", "replicas");
  if (replicas !== 1) members.set("replicas", replicas, ["spec", "replicas"]);
  setPod(context, members, at(object, templateSpec), {
    path: templateSpec,
    several: several(context),
    claimTemplates: listAt(object, "spec", "volumeClaimTemplates"),
  });
  if (textAt(object, "spec", "podManagementPolicy") === "Parallel")
    members.set("start", "parallel", ["spec", "podManagementPolicy"]);
  const update = at(object, ["spec", "updateStrategy"]);
  const partition = numberAt(update, "rollingUpdate", "partition") ?? 0;
  if (textAt(update, "type") === "OnDelete") members.set("update", "onDelete", ["spec", "updateStrategy"]);
  else if (partition !== 0) members.set("update", objectOf({ from: partition }), ["spec", "updateStrategy"]);
  members.set("minReady", durationUnless(object, "minReadySeconds", 0), ["spec", "minReadySeconds"]);
  const kept = at(object, ["spec", "persistentVolumeClaimRetentionPolicy"]);
  if (kept !== undefined && kept !== null)
    members.set(
      "claims",
      objectOf({
        whenDeleted: textAt(kept, "whenDeleted")?.toLowerCase(),
        whenScaled: textAt(kept, "whenScaled")?.toLowerCase(),
      }),
      ["spec", "persistentVolumeClaimRetentionPolicy"],
    );
  setDescribed(context, members, setSelector(context, members));
  return { call: ["statefulSet"], arguments: [object.metadata.name ?? "", members.object] };
};

export const pod: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  setPod(context, members, at(object, ["spec"]), { path: ["spec"], several: false });
  const restart = textAt(object, "spec", "restartPolicy");
  if (restart !== "Always") members.set("restart", restart, ["spec", "restartPolicy"]);
  setDescribed(context, members, textMap(object.metadata.labels));
  return { call: ["pod"], arguments: [object.metadata.name ?? "", members.object] };
};

export const job: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  if (at(object, ["spec", "suspend"]) === true) members.set("suspend", true, ["spec", "suspend"]);
  setJob(context, members, ["spec"]);
  setDescribed(context, members, textMap(at(object, ["spec", "template", "metadata", "labels"])));
  return { call: ["job"], arguments: [object.metadata.name ?? "", members.object] };
};

const overlaps: { readonly [policy: string]: string } = { Forbid: "forbid", Replace: "replace" };

export const cronJob: Construct = (context) => {
  const { comments, object } = context;
  const members = new Members(comments);
  members.set("schedule", textAt(object, "spec", "schedule"), ["spec", "schedule"]);
  members.set("timeZone", textAt(object, "spec", "timeZone"), ["spec", "timeZone"]);
  members.set("overlap", overlaps[textAt(object, "spec", "concurrencyPolicy") ?? ""], [
    "spec",
    "concurrencyPolicy",
  ]);
  members.set("startWithin", durationUnless(object, "startingDeadlineSeconds", -1), [
    "spec",
    "startingDeadlineSeconds",
  ]);
  const history = objectOf({
    succeeded: numberUnless(object, "successfulJobsHistoryLimit", 3),
    failed: numberUnless(object, "failedJobsHistoryLimit", 1),
  });
  if (history.members.length > 0) members.set("history", history, ["spec", "successfulJobsHistoryLimit"]);
  if (at(object, ["spec", "suspend"]) === true) members.set("suspend", true, ["spec", "suspend"]);
  setJob(context, members, ["spec", "jobTemplate", "spec"]);
  setDescribed(
    context,
    members,
    textMap(at(object, ["spec", "jobTemplate", "spec", "template", "metadata", "labels"])),
  );
  return { call: ["cronJob"], arguments: [object.metadata.name ?? "", members.object] };
};

/** What a Job and the Jobs of a CronJob have. */
function setJob(context: ConstructContext, members: Members, path: Path): void {
  const spec = at(context.object, path);
  const set = (name: string, value: SourceValue | undefined, field: string) =>
    members.set(name, value, [...path, field]);
  const number = (field: string, usual: number) => numberUnless({ spec }, field, usual);
  set("completions", number("completions", 1), "completions");
  set("parallelism", number("parallelism", 1), "parallelism");
  if (textAt(spec, "completionMode") === "Indexed") set("indexed", true, "completionMode");
  set("retries", number("backoffLimit", 6), "backoffLimit");
  set("deadline", duration(at(spec, ["activeDeadlineSeconds"])), "activeDeadlineSeconds");
  set("keep", duration(at(spec, ["ttlSecondsAfterFinished"])), "ttlSecondsAfterFinished");
  const template = [...path, "template", "spec"];
  const restart = textAt(at(context.object, template), "restartPolicy");
  if (restart === "OnFailure") members.set("restart", restart, [...template, "restartPolicy"]);
  setPod(context, members, at(context.object, template), { path: template, several: false });
}

function rolling(
  strategy: unknown,
  stop: string,
  word: string,
  usualSurge: number | string,
  usualUnavailable: number | string,
): SourceValue | undefined {
  if (textAt(strategy, "type") === stop) return word;
  const amount = (name: string, usual: number | string) => {
    const value = at(strategy, ["rollingUpdate", name]);
    return value === usual || (typeof value !== "number" && typeof value !== "string") ? undefined : value;
  };
  const steps = objectOf({
    surge: amount("maxSurge", usualSurge),
    unavailable: amount("maxUnavailable", usualUnavailable),
  });
  return steps.members.length === 0 ? undefined : steps;
}

function numberUnless(object: unknown, field: string, usual: number): number | undefined {
  const value = numberAt(object, "spec", field);
  return value === usual ? undefined : value;
}

function durationUnless(object: unknown, field: string, usual: number): string | undefined {
  return duration(numberUnless(object, field, usual));
}
