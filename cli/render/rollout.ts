import type { ObjectWarning } from "../rollout/object-warnings.js";
import type { PodTrouble } from "../rollout/pod-trouble.js";
import type { Refusal } from "../rollout/preflight.js";
import type { RolloutEvent, Unready } from "../rollout/roll-out.js";
import { escapeText } from "./escape.js";
import type { Style } from "./style.js";
import type { Titles } from "./titles.js";

/** One settled line of a rollout; undefined for what is only on its way. */
export function rolloutLine({ object, what }: RolloutEvent, title: Titles, style: Style): string | undefined {
  const line = (text: string) => `  ${title(object).padEnd(22)} ${text}\n`;
  switch (what.type) {
    case "applied":
      return what.how === "unchanged" ? undefined : line(what.how);
    case "readiness":
      return what.readiness.state === "ready" ? line(style.green(what.readiness.summary)) : undefined;
    case "gone":
      return line(style.red("destroyed"));
    case "kept":
      return line("left in place, as its annotation asks");
    case "going":
      return undefined;
  }
}

/** What a rollout waits for, in one line. */
export function waitingText({ object, what }: RolloutEvent, title: Titles): string | undefined {
  if (what.type === "going") return `${title(object)}  going`;
  if (what.type !== "readiness" || what.readiness.state !== "waiting") return undefined;
  const [trouble] = what.readiness.troubles;
  const why =
    trouble === undefined ? "" : `   waiting: ${escapeText(trouble.pod)} ${escapeText(trouble.text)}`;
  return `${title(object)}  ${escapeText(what.readiness.summary)}${why}`;
}

/** An object that the server would not take, and where it was written. */
export function refusalText({ object, place, text }: Refusal, title: Titles, style: Style): string {
  const at = place === undefined ? "" : `      ${style.dim(`${escapeText(place.file)}:${place.line}`)}`;
  return `${style.red(`✗ ${title(object).padEnd(22)}`)} ${escapeText(text)}${at}\n`;
}

export function warningText({ object, text }: ObjectWarning, title: Titles, style: Style): string {
  return `${style.yellow("warning:")} ${title(object)}: ${escapeText(text)}\n`;
}

/** The author's place for a trouble, as text; `""` when unknown. */
export type PlaceOf = (object: string, trouble: PodTrouble) => string;
/** The last lines a container wrote. */
export type TailOf = (trouble: PodTrouble) => Promise<readonly string[]>;

/** Why something is not ready: pod, container, cause, last log lines. At most the first two troubles of an object. */
export async function failureText(
  { object, readiness }: Unready,
  title: Titles,
  style: Style,
  placeOf: PlaceOf,
  tailOf: TailOf,
): Promise<string> {
  const lines = [style.red(`✗ ${title(object).padEnd(22)} ${escapeText(readiness.summary)}`)];
  const distinct = [
    ...new Map(readiness.troubles.map((each) => [`${each.container} ${each.text}`, each])).values(),
  ];
  for (const trouble of distinct.slice(0, 2)) {
    const container = trouble.container === undefined ? "" : `, container ${escapeText(trouble.container)}`;
    lines.push(
      `    pod ${escapeText(trouble.pod)}${container}: ${escapeText(trouble.text)}${placeOf(object, trouble)}`,
    );
    const tail = await tailOf(trouble);
    for (const [index, text] of tail.entries())
      lines.push(`      ${index === 0 ? "last lines:" : "           "}  ${escapeText(text)}`);
  }
  return `${lines.join("\n")}\n`;
}
