import type { IParserErrorMessageProvider, IToken, TokenType } from "chevrotain";

/** What each rule is, for a person. */
const things: { readonly [rule: string]: string } = {
  block: "a block",
  definition: "a definition: import, param, let, function or a block",
  entry: "an entry of a map",
  expression: "a value",
  field: "a field",
  "body member": "let or a block",
  "function body": "the body of a function",
  key: "a name",
  list: "a list",
  map: "a map",
  member: "a field or a block",
  module: "a definition: import, param, let, function or a block",
  text: "text",
  value: "a value",
};

/** How the whole of a rule is written, said where one of its words is missing. */
const written: { readonly [rule: string]: string } = {
  conditional: "if … then … else …",
  for: "[for x in list: …], [for key, value in map: …]",
  import: 'import { name } from "./file.infra", import "./file.infra"',
  "import name": 'import { name } from "./file.infra", import "./file.infra"',
  param: "param name = 3 { min = 1 }",
};

/** What begins a statement of other languages, where a field stands. */
const statements: { readonly [word: string]: string } = {
  let: '"let" stands outside of blocks: at the top, or in the body of a function',
  if: '"if" stands in a value: replicas = if … then … else …',
  for: '"for" stands in a list or a map: containers = { for x in list: x: { … } }',
};

/** Operators that are words in other languages. */
const operators: { readonly [word: string]: string } = { and: "&&", or: "||" };

/** Errors in the words a person would use: what was expected, after what, and what is there. */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ actual, expected, previous, ruleName }) => {
    const statement = ruleName === "field" ? statements[previous.image] : undefined;
    if (statement !== undefined && expected.name === "Equals" && actual.tokenType.name !== "Colon")
      return statement;
    if (
      /^[[{,]$/.test(previous.image) &&
      /^[\]}]$/.test(label(expected).slice(1, -1)) &&
      /^[*.]$/.test(actual.image)
    )
      return '"..." puts in what another list or map has: [...a], { ...b }';
    if (actual.image === "=" && /^(Then|Else)Word$/.test(expected.name)) return 'equal is written "=="';
    const isBlockHead = ruleName === "block" && expected.name === "LeftBrace";
    if (isBlockHead && /^[=:]$/.test(actual.image) && !isTextEnd(previous))
      return `a value is named with let: let ${previous.image} = …`;
    if (isBlockHead && previous.image === "export")
      return 'no "export": every definition of a file can be imported';
    if (
      previous.image === "," &&
      (ruleName === "import name" || ruleName === "function") &&
      expected.name === "Name"
    )
      return `no "," before "${actual.image}": it stands between names alone`;
    const orField = isBlockHead && isTextEnd(previous) ? ', or "=" before it' : "";
    return `expected ${label(expected)}${after(previous)}${not(actual)}${orField}${inside(ruleName)}`;
  },
  // Said with the word before by recover.ts.
  buildNotAllInputParsedMessage: ({ firstRedundant }) => notADefinition(firstRedundant),
  buildNoViableAltMessage: ({ actual, previous, ruleName }) => {
    const [first] = actual;
    if (ruleName === "definition") return notADefinition(first);
    if (ruleName === "function") return `expected "=" or "{"${after(previous)}${not(first)}`;
    const instead = /^(expression|value|key)$/.test(ruleName) ? insteadOf(previous, first) : undefined;
    if (instead !== undefined) return instead;
    const operator = ruleName === "entry" ? operators[previous.image] : undefined;
    if (operator !== undefined && first?.tokenType.name !== "RightBrace")
      return `"${previous.image}" is written "${operator}"`;
    if (previous.image === "=" && first?.image === ">")
      return 'no "=>": an entry of a map is written "name: value", a function "function f(a) = value"';
    if (ruleName === "text" && previous.image === "import")
      return `expected "{" or a file in quotes${after(previous)}${not(first)}${inside("import")}`;
    if (ruleName === "entry")
      return `expected ":"${after(previous)}${not(first)}${inQuotes(previous, first)}`;
    return `expected ${things[ruleName] ?? ruleName}${after(previous)}${not(first)}`;
  },
  buildEarlyExitMessage: ({ actual, previous, ruleName }) =>
    `expected ${things[ruleName] ?? ruleName}${after(previous)}${not(actual[0])}`,
};

/** What other languages begin a value with, or a member. */
function insteadOf({ image }: IToken, next: IToken | undefined): string | undefined {
  if (image === "." && next?.tokenType.name === "NumberLiteral") return `an item is written a[${next.image}]`;
  if (next?.image === "...") return '"..." stands in a list or a map: [...a], { ...b }';
  if (next?.image === "import")
    return 'a file is imported by a line of its own: import { name } from "./file.infra"';
  if (next?.image === "." && !/^[.\w]/.test(image)) return "a number begins with a digit: 0.5";
  return next?.image === "+" && /^[=:,([{]$/.test(image) ? 'a number has no "+" before it' : undefined;
}

/** What stands after the end of a definition or field on its line. */
export function tooMuch(
  before: IToken | undefined,
  token: IToken,
  next = "an operator or a new line",
): string {
  if (before === undefined) return notADefinition(token);
  const isValue = next === "an operator or a new line";
  const isText = isValue && [":", "/", "@"].includes(token.image);
  if (isValue && token.image === "=") return 'equal is written "=="';
  return `expected ${next}${after(before)}${not(token)}${isText ? " (text stands in double quotes)" : ""}`;
}

function notADefinition(token: IToken | undefined): string {
  if (token?.image === "if") return '"if" stands in a value: let x = if … then … else …';
  if (token?.image === "for") return '"for" stands in a list or a map: let x = [for i in range(3): …]';
  return `expected ${things["definition"]}${not(token)}`;
}

function inQuotes(previous: IToken, next: IToken | undefined): string {
  return next !== undefined && [".", "/", "-"].includes(next.image)
    ? ` (a key with other characters stands in quotes: "${previous.image}${next.image}…")`
    : "";
}

function isTextEnd({ tokenType }: IToken): boolean {
  return tokenType.name === "TextEnd" || tokenType.name === "BlockEnd";
}

function label(type: TokenType): string {
  return type.LABEL ?? type.name;
}

function after(previous: IToken): string {
  if (previous.image === "" || previous.image === undefined) return "";
  return previous.image.startsWith('"') ? " after the text" : ` after ${quoted(previous.image)}`;
}

/** At the end of a part there is nothing that could be named. */
function not(token: IToken | undefined): string {
  return token === undefined || token.tokenType.name === "EOF" ? "" : `, not ${quoted(token.image)}`;
}

function inside(rule: string): string {
  const how = written[rule];
  return how === undefined ? "" : ` (${how})`;
}

/** A word of the source; long or many-lined ones are cut. */
export function quoted(image: string): string {
  if (image.startsWith('"')) return "the text";
  const line = image.split(/\r\n|\n|\r/, 1)[0] ?? "";
  const text = line.length > 30 || line.length < image.length ? `${line.slice(0, 30)}…` : line;
  return `"${text}"`;
}
