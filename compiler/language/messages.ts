import type { IParserErrorMessageProvider, IToken, TokenType } from "chevrotain";

/** What each rule is, for a person. */
const things: { readonly [rule: string]: string } = {
  block: "a block",
  conditional: "if … then … else …",
  definition: "a definition: import, param, let, function or a block",
  entry: "an entry of a map",
  expression: "a value",
  field: "a field",
  for: "for … in …",
  function: "a function",
  "function body": "the body of a function",
  import: "an import",
  interpolation: "a value in text",
  key: "a name",
  let: "let",
  list: "a list",
  map: "a map",
  member: "a field or a block",
  module: "a definition: import, param, let, function or a block",
  param: "param",
  text: "text",
  value: "a value",
};

/** Errors in the words a person would use: what was expected, after what, and what is there. */
export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ actual, expected, previous, ruleName }) =>
    expected.name === "EOF"
      ? notADefinition(actual)
      : expected.name === "LeftBrace" && actual.tokenType.name === "Equals" && ruleName === "block"
        ? `a value is named with let: let ${previous.image} = …`
        : `expected ${label(expected)}${after(previous)}, not ${found(actual)}${inside(ruleName)}`,
  buildNotAllInputParsedMessage: ({ firstRedundant }) => notADefinition(firstRedundant),
  buildNoViableAltMessage: ({ actual, previous, ruleName }) =>
    `expected ${things[ruleName] ?? ruleName}${after(previous)}, not ${found(actual[0])}`,
  buildEarlyExitMessage: ({ actual, previous, ruleName }) =>
    `expected ${things[ruleName] ?? ruleName}${after(previous)}, not ${found(actual[0])}`,
};

function notADefinition(token: IToken): string {
  if (token.image === "}") return 'this "}" closes nothing';
  return `expected ${things["definition"]}, not ${found(token)}`;
}

function label(type: TokenType): string {
  return type.LABEL ?? type.name;
}

function after(previous: IToken): string {
  if (previous.image === "" || previous.image === undefined) return "";
  return previous.image.startsWith('"') ? " after the text" : ` after ${quoted(previous.image)}`;
}

function found(token: IToken | undefined): string {
  return token === undefined || token.tokenType.name === "EOF" ? "the end of the file" : quoted(token.image);
}

function inside(rule: string): string {
  return ["list", "map", "function", "import", "param", "conditional"].includes(rule)
    ? ` in ${things[rule] ?? rule}`
    : "";
}

/** A word of the source; long or many-lined ones are cut. */
export function quoted(image: string): string {
  if (image.startsWith('"')) return "the text";
  const line = image.split(/\r?\n/, 1)[0] ?? "";
  const text = line.length > 30 || line.length < image.length ? `${line.slice(0, 30)}…` : line;
  return `"${text}"`;
}
