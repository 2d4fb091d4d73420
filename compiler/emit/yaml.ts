/**
 * Writes plain JSON data as YAML that reads the same under 1.1 and 1.2: block style, two spaces, strings quoted
 * wherever any reader could take them for something else. Only data; no anchors, tags or comments.
 */
export function emitYaml(value: unknown): string {
  return `${block(value, "").replace(/^\n/, "")}\n`;
}

/** The value after `key:` or `-`: scalars on the same line, collections below. */
function block(value: unknown, indent: string): string {
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `\n${indent}-${itemText(item, indent)}`;
    return text === "" ? " []" : text;
  }
  if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      const member = (value as { readonly [key: string]: unknown })[key];
      if (member !== undefined) text += `\n${indent}${keyText(key)}:${child(member, indent)}`;
    }
    return text === "" ? " {}" : text;
  }
  return ` ${scalar(value, indent)}`;
}

/** A list below a key may stand at the key's own indent; a map goes deeper. */
function child(value: unknown, indent: string): string {
  return block(value, Array.isArray(value) ? indent : `${indent}  `);
}

/** The first member of a map stands beside its dash. */
function itemText(item: unknown, indent: string): string {
  const text = block(item, `${indent}  `);
  return text.startsWith("\n") ? ` ${text.trimStart()}` : text;
}

function keyText(key: string): string {
  return isPlain(key) ? key : quote(key);
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === "string")
    return isBlockText(value) ? literal(value, indent) : isPlain(value) ? value : quote(value);
  if (typeof value === "number" && !Number.isFinite(value))
    throw new TypeError(`Cannot write the number ${value}`);
  if (value === null || typeof value === "number" || typeof value === "boolean") return JSON.stringify(value);
  throw new TypeError(`Cannot write a ${typeof value}`);
}

/** Letters first, no indicator inside, and no word or shape that YAML 1.1 or 1.2 reads as another type. */
function isPlain(text: string): boolean {
  return (
    /^[A-Za-z_/.][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*$/.test(text) &&
    !reserved.test(text) &&
    !numeric.test(text)
  );
}

const reserved = /^(y|n|yes|no|on|off|true|false|null|~|\.inf|\.nan)$/i;
const numeric = /^[.]?[\d_]|^\.$|^[A-Fa-f0-9]+$|[eE][\d]|^\.\.\.|^---|^0/;

/** Several whole lines of printable text read best as they are. */
function isBlockText(text: string): boolean {
  return text.includes("\n") && /^[^\s][\x20-\x7e\n]*$/.test(text) && !/[ ]\n|[ ]$/.test(text);
}

function literal(text: string, indent: string): string {
  const trailing = /\n*$/.exec(text)?.[0].length ?? 0;
  const chomping = trailing === 0 ? "-" : trailing === 1 ? "" : "+";
  const lines = text.slice(0, text.length - trailing).split("\n");
  const body = lines.map((line) => (line === "" ? "" : `${indent}${line}`)).join("\n");
  return `|${chomping}\n${body}${"\n".repeat(Math.max(trailing - 1, 0))}`;
}

/** JSON strings are YAML double-quoted scalars, save for what JSON leaves raw and YAML does not allow. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udfff]/g,
    (char, at: number, whole: string) =>
      /[\ud800-\udbff]/.test(char) && /[\udc00-\udfff]/.test(whole[at + 1] ?? "")
        ? char
        : /[\udc00-\udfff]/.test(char) && /[\ud800-\udbff]/.test(whole[at - 1] ?? "")
          ? char
          : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
