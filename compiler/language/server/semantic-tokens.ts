import type { Position, Span } from "../../diagnostics/span.js";
import type { Target } from "../names.js";
import { lexer } from "../tokens.js";
import { isBefore, walk } from "../tree.js";
import { occurrencesOf } from "./occurrences.js";
import { lineStarts } from "./places.js";
import { type Analysis, inspect, type Workspace } from "./workspace.js";

/** Names of the protocol, in the order that numbers stand for. */
export const tokenTypes = [
  "keyword",
  "string",
  "number",
  "comment",
  "operator",
  "class",
  "property",
  "variable",
  "parameter",
  "function",
  "method",
  "namespace",
] as const;
export const tokenModifiers = ["declaration", "defaultLibrary"] as const;

type TokenType = (typeof tokenTypes)[number];

interface Token {
  readonly start: Position;
  readonly length: number;
  readonly type: TokenType;
  readonly modifiers: readonly (typeof tokenModifiers)[number][];
}

/** Tokens as the protocol has them: five numbers each, relative to the one before. */
export function semanticTokens(workspace: Workspace, analysis: Analysis): number[] {
  const tokens = [...wordsOf(analysis), ...namesOf(workspace, analysis)].sort((a, b) =>
    isBefore(a.start, b.start) ? -1 : isBefore(b.start, a.start) ? 1 : 0,
  );
  const data: number[] = [];
  let [line, column] = [1, 1];
  let end: Position = { line: 1, column: 1 };
  for (const { length, modifiers, start, type } of tokens) {
    if (length <= 0 || isBefore(start, end)) continue; // tokens do not overlap
    if (start.line > line) column = 1;
    const bits = modifiers.reduce((sum, modifier) => sum | (1 << tokenModifiers.indexOf(modifier)), 0);
    data.push(start.line - line, start.column - column, length, tokenTypes.indexOf(type), bits);
    ({ column, line } = start);
    end = { line, column: column + length };
  }
  return data;
}

const typesOfWords: { readonly [token: string]: TokenType } = {
  NumberLiteral: "number",
  Unit: "number",
  TextStart: "string",
  TextEnd: "string",
  TextPart: "string",
  TextEscape: "string",
  BlockStart: "string",
  BlockEnd: "string",
  BlockPart: "string",
};

/** What the words alone tell. Those that can be names are keywords only where the grammar has them so. */
function wordsOf({ parsed, text }: Analysis): readonly Token[] {
  const starts = lineStarts(text);
  const tokens = parsed.reading?.tokens ?? lexer.tokenize(text).tokens;
  const found: Token[] = [];
  const add = (offset: number, image: string, type: TokenType, line: number) => {
    let [at, row] = [offset, line];
    for (const part of image.split(/(\r\n|\n|\r)/)) {
      if (/^[\r\n]/.test(part)) row += 1;
      else
        found.push({
          start: { line: row, column: at - (starts[row - 1] ?? 0) + 1 },
          length: part.length,
          type,
          modifiers: [],
        });
      at += part.length;
    }
  };
  for (const { image, startLine = 1, startOffset, tokenType } of tokens) {
    const isKeyword = /Word$/.test(tokenType.name) && (tokenType.CATEGORIES?.length ?? 0) === 0;
    const type = isKeyword ? "keyword" : typesOfWords[tokenType.name];
    if (type !== undefined) add(startOffset, image, type, startLine);
  }
  for (const { span, text: image } of parsed.comments)
    add((starts[span.start.line - 1] ?? 0) + span.start.column - 1, image, "comment", span.start.line);
  for (const node of walk(parsed.module.definitions))
    if (node.node === "boolean") found.push(token(node.span, "keyword"));
  return found;
}

function token(span: Span, type: TokenType, ...modifiers: Token["modifiers"]): Token {
  const isOneLine = span.start.line === span.end.line;
  return {
    start: span.start,
    length: isOneLine ? span.end.column - span.start.column : 0,
    type,
    modifiers,
  };
}

function namesOf(workspace: Workspace, analysis: Analysis): readonly Token[] {
  const found: Token[] = [];
  for (const { isDefinition, span, target } of occurrencesOf(analysis))
    found.push(
      token(
        span,
        typeOfTarget(target),
        ...modifiersOf(target),
        ...(isDefinition ? ["declaration" as const] : []),
      ),
    );
  for (const fact of inspect(workspace, analysis).facts) {
    if (fact.kind === "construct") found.push(token(fact.span, "class", "defaultLibrary"));
    if (fact.kind === "field") found.push(token(fact.span, "property"));
    if (fact.kind === "function") found.push(token(fact.span, "method", "defaultLibrary"));
  }
  return found;
}

function typeOfTarget(target: Target): TokenType {
  switch (target.kind) {
    case "definition":
      return target.of.node === "function"
        ? "function"
        : target.of.node === "param"
          ? "parameter"
          : "variable";
    case "stdlib":
    case "language":
      return "function";
    case "kubernetes":
      return "namespace";
    default:
      return "variable";
  }
}

function modifiersOf({ kind }: Target): Token["modifiers"] {
  return kind === "stdlib" || kind === "language" || kind === "kubernetes" ? ["defaultLibrary"] : [];
}
