import type { Expression } from "./syntax.js";

const simple: { readonly [letter: string]: string } = {
  n: "\n",
  t: "\t",
  r: "\r",
  '"': '"',
  "\\": "\\",
  $: "$",
};

/** The character an escape stands for; undefined when it is none. */
export function readEscape(written: string): string | undefined {
  const unicode = /^\\u\{([0-9A-Fa-f]+)\}$/.exec(written);
  if (unicode === null) return simple[written.slice(1)];
  const point = Number.parseInt(unicode[1] ?? "", 16);
  const isCharacter = point <= 0x10_ff_ff && (point < 0xd8_00 || point > 0xdf_ff);
  return isCharacter ? String.fromCodePoint(point) : undefined;
}

/** As it stands between quotes: what nobody sees is an escape. */
export function writeEscapes(text: string): string {
  return text.replace(/[\\"\n\t\r]|\$(?=\{)|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    const letter = Object.entries(simple).find(([, meant]) => meant === character)?.[0];
    return letter === undefined ? `\\u{${character.codePointAt(0)?.toString(16)}}` : `\\${letter}`;
  });
}

/**
 * A block of text without the line break after its opening quotes, the last line when it is blank, and the spaces that
 * all its lines begin with.
 */
export function withoutIndent(parts: readonly (string | Expression)[]): (string | Expression)[] {
  const whole = parts.map((part) => (typeof part === "string" ? part : "\u0000")).join("");
  const lines = whole.replace(/^[ \t]*\n/, "").split("\n");
  const filled = lines.filter((line) => line.trim() !== "");
  const indents = filled.map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const indent = indents.reduce((least, one) => Math.min(least, one), indents[0] ?? 0);
  const strip = new RegExp(`\\n {0,${indent}}`, "g");
  return parts.map((part, index) => {
    if (typeof part !== "string") return part;
    let text = index === 0 ? `\n${part.replace(/^[ \t]*\n/, "")}` : part;
    if (index === parts.length - 1) text = text.replace(/\n[ \t]*$/, "\n");
    text = text.replace(strip, "\n");
    return index === 0 ? text.slice(1) : text;
  });
}
