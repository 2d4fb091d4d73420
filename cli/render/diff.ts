import type { BundleDifference } from "../../compiler/plan/compare-bundles.js";
import { escapeText } from "./escape.js";
import { changeLines } from "./plan.js";
import type { Style } from "./style.js";
import type { Titles } from "./titles.js";

const marks = { added: "+", removed: "-", changed: "~" } as const;

/** The difference of two bundles: objects with their fields, images with the files that changed. */
export function renderDifference({ objects, images }: BundleDifference, title: Titles, style: Style): string {
  if (objects.length === 0 && images.length === 0) return "No differences.\n";
  const paint = { added: style.green, removed: style.red, changed: style.yellow } as const;
  const lines = objects.flatMap(({ object, action, changes }) => [
    `${paint[action](marks[action])} ${title(object)}`,
    ...changes.flatMap((change) => changeLines(change, style)),
  ]);
  for (const { name, action, files, layers } of images) {
    const detail = action === "changed" ? `  ${layers} of its steps` : "";
    lines.push(`${paint[action](marks[action])} image/${escapeText(name)}${detail}`);
    for (const file of files) lines.push(`    ${escapeText(file)}`);
  }
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${lines.join("\n")}\n\n${count(objects.length, "object")}, ${count(images.length, "image")} differ\n`;
}
