import { printableJson, unprintable } from "../../stdlib/base/printable.js";

/** The text with every character a terminal could act on written as `\n`, `\t` or `\u{…}`. */
export function escapeText(text: string): string {
  return text.replace(unprintable, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u{${character.charCodeAt(0).toString(16)}}`;
  });
}

/** The same for text of several lines, which keeps them. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

/** JSON over several lines. */
export function jsonText(value: unknown): string {
  return `${printableJson(value)}\n`;
}
