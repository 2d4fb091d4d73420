/** C0, DEL, C1, line separators, and what reorders or hides text (UAX #9, zero width). */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with every character a terminal could act on written as `\n`, `\t` or `\u{…}`. */
export function escapeText(text: string): string {
  return text.replace(unsafe, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return `\\u{${character.charCodeAt(0).toString(16)}}`;
  });
}
