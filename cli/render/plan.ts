import type { Effect, FieldChange, Plan, PlanAction } from "../../compiler/plan/plan.js";
import {
  type CompileRecord,
  configHashPrefix,
  type SourcePlace,
  secretRevisionPrefix,
} from "../../stdlib/schema/bundle.js";
import type { CliContext } from "../context.js";
import { ageText } from "./age.js";
import { escapeText } from "./escape.js";
import type { Style } from "./style.js";
import { type Titles, titlesOf } from "./titles.js";

export interface PlanView {
  readonly style: Style;
  /** The author's file, for "no changes". */
  readonly entry: string;
  /** Milliseconds since the epoch, from which ages are told. */
  readonly now: number;
}

/** A plan as people read it: what, effect, why, where. Ends with a newline. */
export function renderPlan(plan: Plan, { entry, now, style }: PlanView): string {
  const lines: string[] = [];
  const title = titlesOf(plan.actions.map(({ object }) => object));
  const shown = plan.actions.filter((action) => action.action !== "none");
  for (const action of shown) lines.push(...actionLines(action, plan, style, title));
  if (shown.length > 0 && plan.drift.length > 0) lines.push("");
  for (const { object, path, live, desired, manager, time, place } of plan.drift) {
    const when = time === undefined ? "" : ` ${ageText(now - Date.parse(time))} ago`;
    const values = live === undefined && desired === undefined ? "changed" : `is ${valueText(live)}`;
    const set = desired === undefined ? "would remove it" : `would set ${valueText(desired)}`;
    lines.push(
      `Drift: ${title(object)} ${escapeText(path)} ${values}, set by ${escapeText(manager)}${when}; up ${set}${where(place, style)}`,
    );
  }
  for (const { object, owner, place } of plan.conflicts) {
    const whose = owner === undefined ? "no stack" : `stack ${escapeText(owner)}`;
    lines.push(
      `${style.red(`Conflict: ${title(object)} exists and belongs to ${whose}`)}${where(place, style)}`,
    );
  }

  const { create, update, replace, delete: destroy, none } = plan.summary;
  if (shown.length === 0 && plan.conflicts.length === 0)
    return `${[...lines, `No changes. ${count(none, "resource")} ${none === 1 ? "matches" : "match"} ${escapeText(entry)}.`].join("\n")}\n`;
  if (plan.conflicts.length > 0)
    return `${[...lines, "", `${count(plan.conflicts.length, "conflict")}: up refuses this plan`].join("\n")}\n`;
  const parts = [
    [create, "new"],
    [update, "changed"],
    [replace, "replaced"],
    [destroy, "destroyed"],
  ] as const;
  const named = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const stops =
    plan.interruptions.length === 0
      ? ""
      : ` · ${count(plan.interruptions.length, "interruption")} (${plan.interruptions.map(title).join(", ")})`;
  const total = named.length === 0 ? "" : `: ${named.join(", ")}`;
  lines.push("", `${count(shown.length, "change")}${total}${stops}`);
  return `${lines.join("\n")}\n`;
}

export function planView({ clock, style }: CliContext, { entry }: CompileRecord): PlanView {
  return { style, entry, now: clock.now() };
}

/** What is compared with what. */
export function planHeader(record: CompileRecord, root: string, running: boolean): string {
  const instance = running ? `instance ${root}` : `no instance at ${root} yet`;
  return `Stack ${escapeText(record.stack)} → ${instance}, namespace ${escapeText(record.namespace)}\n\n`;
}

const marks = { create: "+", update: "~", replace: "±", delete: "-", none: " " } as const;

function actionLines(action: PlanAction, plan: Plan, style: Style, title: Titles): string[] {
  const paint = {
    create: style.green,
    update: style.yellow,
    replace: style.red,
    delete: style.red,
    none: style.dim,
  }[action.action];
  const head = `${paint(marks[action.action])} ${title(action.object).padEnd(24)}  ${headline(action, plan, title)}${placeText(action, style)}`;
  const lines = action.changes.flatMap((change) => {
    const cause = causeOf(action, change, plan.actions);
    return cause === undefined ? changeLines(change, style) : [causeLine(cause, style, title)];
  });
  return [head, ...lines];
}

/** The ConfigMap or Secret whose change alone moved this field: a hash or revision that nobody wrote by hand. */
function causeOf({ object }: PlanAction, { path }: FieldChange, all: readonly PlanAction[]) {
  const annotation = /^spec\.template\.metadata\.annotations\["(.+)"\]$/.exec(path)?.[1];
  const namespace = object.split("/").at(-2);
  for (const [prefix, kind] of [
    [configHashPrefix, "ConfigMap"],
    [secretRevisionPrefix, "Secret"],
  ] as const)
    if (annotation?.startsWith(prefix) === true) {
      const key = `/${kind}/${namespace}/${annotation.slice(prefix.length)}`;
      return all.find((each) => each.action === "update" && `/${each.object}`.endsWith(key));
    }
  return undefined;
}

/** `because configmap/settings changed: mode fast → careful`, and where. */
function causeLine({ object, changes, place }: PlanAction, style: Style, title: Titles): string {
  const hidden = changes.some(({ sensitive }) => sensitive === true);
  const keys = changes.map(({ path, before, after }) => {
    const key = escapeText(path.replace(/^(data|binaryData)(\.|\["(.*)"\]$)/, "$3"));
    const short = [before, after].every((value) => value === undefined || isShort(value));
    return short ? `${key} ${valueText(before)} → ${valueText(after)}` : key;
  });
  const what = hidden ? " (value hidden)" : keys.length === 0 ? "" : `: ${keys.join(", ")}`;
  return `    because ${title(object)} changed${what}${where(changes[0]?.place ?? place, style)}`;
}

/** Longer values stand once, in the entry of their own object. */
function isShort(value: unknown): boolean {
  return isText(value) && value.length <= 30 && !value.includes("\n");
}

function placeText({ action, place }: PlanAction, style: Style): string {
  if (action !== "delete" || place === undefined) return where(place, style);
  return `  ${style.dim(`was ${escapeText(place.file)}:${place.line} at the last up`)}`;
}

function headline(
  { action, changes, effect, object }: PlanAction,
  { interruptions }: Plan,
  title: Titles,
): string {
  if (action === "create") return "new";
  const isSecret = object.startsWith("v1/Secret/") && changes.some(({ sensitive }) => sensitive === true);
  const hidden = isSecret ? "changed (value hidden)" : "";
  if (hidden !== "" && effect.kind === "in-place") return hidden;
  const isStore = object.startsWith("v1/PersistentVolumeClaim/");
  const lost =
    isStore && (effect.kind === "replace" || effect.kind === "destroy") ? "what it holds is lost" : "";
  return [hidden, effectText(effect, interruptions, title), lost].filter((text) => text !== "").join("; ");
}

function effectText(effect: Effect, interruptions: readonly string[], title: Titles): string {
  switch (effect.kind) {
    case "none":
      return "unchanged";
    case "in-place":
      return "changed in place";
    case "rollingUpdate": {
      const surge = effect.surge === 0 ? "none more" : `${effect.surge} more`;
      return `rolling update: ${count(effect.pods, "pod")}, ${surge} at a time, never fewer than ${effect.minReady} ready`;
    }
    case "recreate":
      return effect.pods === 1
        ? "recreate: the pod stops before a new one starts"
        : `recreate: all ${effect.pods} pods stop before new ones start`;
    case "replace": {
      const its = effect.pods === 1 ? "its pod stops" : `its ${effect.pods} pods stop`;
      const pods = effect.pods === 0 ? "" : `; ${its} first`;
      return `replaced: ${effect.paths.map(escapeText).join(", ")} cannot be changed${pods}`;
    }
    case "destroy":
      return effect.pods === 0 ? "destroyed" : `destroyed with ${count(effect.pods, "pod")}`;
    case "configSeenBy":
      return effect.consumers
        .map(({ workload, pods, how }) =>
          how === "files"
            ? `seen by ${count(pods, "pod")} of ${title(workload)} as files within 60 s; no restart`
            : `${title(workload)} reads it as environment: replaces ${count(pods, "pod")}${interruptions.includes(workload) ? ", not available meanwhile" : ""}`,
        )
        .join("; ");
  }
}

/** A field: path, then before and after, and where it was written. */
export function changeLines(change: FieldChange, style: Style): string[] {
  const path = `    ${escapeText(change.path)}`;
  if (change.sensitive === true) return [`${path}  changed (value hidden)${where(change.place, style)}`];
  const { before, after } = change;
  if (isText(before) && isText(after) && /\n./.test(before + after)) {
    const body = lineDifference(before.split("\n"), after.split("\n")).map(([mark, line]) =>
      (mark === "-" ? style.red : style.green)(`      ${mark} ${escapeText(line)}`),
    );
    return [`${path}${where(change.place, style)}`, ...body];
  }
  const values = `${valueText(before)}  →  ${valueText(after)}`;
  return [path, `      ${values}${where(change.place, style)}${rebuiltText(change, style)}`];
}

const shownFiles = 3;

/** Why a field names another image than before. */
function rebuiltText({ rebuilt }: FieldChange, style: Style): string {
  if (rebuilt === undefined) return "";
  const { files, layers } = rebuilt;
  const named = files.slice(0, shownFiles).map(escapeText).join(", ");
  const more = files.length > shownFiles ? ` and ${files.length - shownFiles} more` : "";
  const what = files.length === 0 ? "its recipe changed" : `${named}${more} changed`;
  return `  ${style.dim(`(${what}${layers === 0 ? "" : `: ${count(layers, "layer")}`})`)}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** Above this many pairs of lines the quadratic table costs more than it explains. */
const maxLinePairs = 1_000_000;

/** Removed and added lines only, by longest common subsequence. */
function lineDifference(before: readonly string[], after: readonly string[]): ["-" | "+", string][] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  const a = before.slice(start);
  const b = after.slice(start);
  const whole = (): ["-" | "+", string][] => [
    ...a.map((line) => ["-", line] as ["-", string]),
    ...b.map((line) => ["+", line] as ["+", string]),
  ];
  if (a.length * b.length > maxLinePairs) return whole();

  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i]![j] =
        a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const result: ["-" | "+", string][] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!))
      result.push(["-", a[i++]!]);
    else result.push(["+", b[j++]!]);
  }
  return result;
}

function valueText(value: unknown): string {
  if (value === undefined) return "(not set)";
  return escapeText(typeof value === "string" ? value : JSON.stringify(value));
}

function where(place: SourcePlace | undefined, style: Style): string {
  return place === undefined ? "" : `  ${style.dim(`${escapeText(place.file)}:${place.line}`)}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
