import { type IToken, tokenMatcher } from "chevrotain";
import { description } from "../../stdlib/constructs/generated/description.js";
import { isText, type Tokens, textEnd } from "./divide.js";
import type { RuleName } from "./parser.js";
import * as token from "./tokens.js";

/** How other languages begin a definition of a value. */
const definesValue: ReadonlySet<string> = new Set(["const", "var", "val", "local", "locals", "def", "final"]);

/** Characters of an example made of the author's own words. */
const longestExample = 40;

export interface Misuse {
  /** The "=" or ":" that a block has not, or the brace of a map that has none before it. */
  readonly sign: IToken;
  readonly text: string;
  /** The same without the sign: a block, if that is what was meant. */
  readonly block: Tokens;
  /** What stands after the sign. */
  readonly value: Tokens;
}

/** A block written as if it were a value: `container web = …`, `deployment api: …`. */
export function blockAsValue(tokens: Tokens, rule: RuleName): Misuse | undefined {
  const [kind, second] = tokens;
  if (rule !== "definition" && rule !== "member" && rule !== "body member") return undefined;
  if (kind === undefined || second === undefined || !tokenMatcher(kind, token.Name)) return undefined;
  if (kind.image === "export") return blockAsValue(tokens.slice(1), rule);
  const at = nameEnd(tokens, 1);
  const sign = tokens[at];
  if (sign === undefined || ![token.Equals, token.Colon].includes(sign.tokenType)) return undefined;
  const name = tokens
    .slice(1, at)
    .map(({ image }) => image)
    .join("");
  const text =
    name === "" ? unnamed(kind.image, rule, sign.image) : named(kind.image, name, rule, sign.image);
  if (text === undefined) return undefined;
  return { sign, text, block: tokens.toSpliced(at, 1), value: tokens.slice(at + 1) };
}

/** A map written as if it were a block: `ports { http: 80 }`, where no block is of that kind. */
export function mapAsBlock(tokens: Tokens, rule: RuleName): Misuse | undefined {
  const [field, sign, first] = tokens;
  if (rule !== "member" || field === undefined || sign?.image !== "{" || first === undefined)
    return undefined;
  const isKey = tokenMatcher(first, token.Name) || first.tokenType === token.NumberLiteral;
  const end = isText(first) ? textEnd(tokens, 2) : isKey ? 3 : 0;
  if (tokens[end]?.tokenType !== token.Colon || fieldOf(field.image) !== undefined) return undefined;
  const text = `a map is a value, after "=": ${field.image} = { … }`;
  return { sign, text, block: [], value: tokens.slice(1) };
}

/** Index after the name at an index; the index itself where none stands. */
function nameEnd(tokens: Tokens, at: number): number {
  const one = tokens[at];
  if (one === undefined) return at;
  return tokenMatcher(one, token.Name) ? at + 1 : isText(one) ? textEnd(tokens, at) : at;
}

/** A second name before the brace: `resource "deployment" "api" { … }`. */
export function secondName(tokens: Tokens): { readonly at: IToken; readonly text: string } | undefined {
  const [first, kind] = tokens;
  const [one, two] = [nameEnd(tokens, 1), nameEnd(tokens, nameEnd(tokens, 1))];
  const at = tokens[one];
  const isTwice = first !== undefined && tokenMatcher(first, token.Name) && one > 1 && two > one;
  if (!isTwice || at === undefined || kind === undefined || tokens[two]?.image !== "{") return undefined;
  const written = (from: number, to: number) =>
    tokens
      .slice(from, to)
      .map(({ image }) => image)
      .join("");
  const isResource = first.image === "resource" || first.image === "data";
  const head = isResource ? written(1, one).replaceAll('"', "") : first.image;
  return { at, text: `a block has one name, after its kind: ${head} ${written(one, two)} { … }` };
}

function unnamed(kind: string, rule: RuleName, sign: string): string | undefined {
  const isKind = rule !== "member" && Object.hasOwn(description.constructs, kind);
  return isKind ? `a block is written with a name and without "${sign}": ${kind} web { … }` : undefined;
}

function named(kind: string, name: string, rule: RuleName, sign: string): string {
  const block = `a block is written without "${sign}": ${kind} ${name} { … }`;
  if (rule !== "member")
    return definesValue.has(kind)
      ? `a value is named with let: let ${name} = …`
      : `${block}; a value is named with let: let ${name} = …`;
  const field = fieldOf(kind);
  return field === undefined ? block : `${block}; as a value it is ${field} = { ${name}: … }`;
}

/** The field that holds all blocks of a kind: `containers` of `container`. */
function fieldOf(kind: string): string | undefined {
  for (const { fields } of Object.values(description.types))
    for (const [field, { block }] of Object.entries(fields)) if (block === kind) return field;
  return undefined;
}

/** Several values without the brackets of a list; undefined where no value is given a name. */
export function valuesWithoutBrackets(tokens: Tokens): string | undefined {
  const at = tokens.findIndex((one) => tokenMatcher(one, token.Equals));
  if (at < 1 || at > 2) return undefined;
  const images = (part: Tokens, between = "") => part.map(({ image }) => image).join(between);
  const head = `${images(tokens.slice(0, at), " ")} = `;
  const rest = tokens.slice(at + 1);
  const values = rest.map(({ image }) => (image === "," ? ", " : image)).join("");
  const isOneWord = rest.every(
    ({ endOffset = 0 }, at) => endOffset + 1 === (rest[at + 1]?.startOffset ?? endOffset + 1),
  );
  const thousands =
    isOneWord && /^\d{1,3}(, \d{3})+$/.test(values) ? values.replaceAll(", ", "_") : undefined;
  if (thousands !== undefined) return `a number has no commas: ${thousands}`;
  const isShort = values.length <= longestExample && !/[[{(\n]/.test(values);
  return `several values are a list, in brackets: ${head}[${isShort ? values : "…, …"}]`;
}
