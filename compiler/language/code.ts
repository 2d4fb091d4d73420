import { plainName } from "./blocks.js";
import type { Use } from "./checks.js";
import type { Expression } from "./syntax.js";

/** What operands have to be. */
export const uses: { readonly [operator: string]: Use } = {
  "+": "sum",
  "-": "number",
  "*": "number",
  "/": "number",
  "%": "number",
  "<": "sum",
  "<=": "sum",
  ">": "sum",
  ">=": "sum",
};

/** Those that TypeScript writes otherwise. */
export const operators: { readonly [operator: string]: string } = { "==": "===", "!=": "!==" };

/** What kind of input a param is. */
export function inputKind(
  value: Expression | undefined,
  type: Expression | undefined,
): "text" | "number" | "boolean" {
  if (type?.node === "text") {
    const text = plainName(type);
    if (text === "number" || text === "boolean") return text;
  }
  if (value?.node === "number" || value?.node === "unary") return "number";
  return value?.node === "boolean" ? "boolean" : "text";
}

/** What text with a unit like this one is taken for: `5m` is minutes and milli alike. */
export function unitType(text: string): string {
  const unit = /[A-Za-z%]+$/.exec(text)?.[0] ?? "";
  if (unit === "s" || unit === "h") return "$.Duration";
  if (unit === "m" || unit === "%") return `\`\${number}${unit}\``;
  return /^([KMGT]i|[kMGT])$/.test(unit) ? "$.Memory" : "string";
}

/** A name as an identifier: dashes written so that no two names meet. */
export function identifier(name: string): string {
  return `${name.replace(/[^A-Za-z0-9]/g, (character) => `$${character.charCodeAt(0).toString(16)}`)}_`;
}

/** Text between backticks. */
export function template(text: string): string {
  const escaped = text.replace(/[\\`$]/g, (character) => `\\${character}`).replaceAll("\r", "\\r");
  return withoutSeparators(escaped);
}

/** Text in quotes. */
export function literal(text: string | undefined): string {
  return withoutSeparators(JSON.stringify(text));
}

/** U+2028 and U+2029 end lines of TypeScript, in text too, and no others: the places of all that follows would move. */
function withoutSeparators(code: string): string {
  return code.replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
