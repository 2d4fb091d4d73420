import { EOF, type ILexingError, type IToken, type MismatchedTokenException, tokenMatcher } from "chevrotain";
import type { Position, Span } from "../diagnostics/span.js";
import { messages } from "./messages.js";
import { ModuleParser } from "./parser.js";
import type { Module } from "./syntax.js";
import * as token from "./tokens.js";

/** Brackets within brackets, conditions within conditions. Deeper is no program that a person wrote. */
const deepest = 100;

export interface Parsed {
  readonly module: Module;
  /** In source order, marks included. */
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
}

export interface Comment {
  readonly text: string;
  readonly span: Span;
}

export interface SyntaxProblem {
  readonly text: string;
  readonly span: Span;
}

let parser: ModuleParser | undefined;

/**
 * Reads one `.infra` file. Every error of the file is found in one run; what could be read is in the tree all the same.
 * @param file - as spans name it.
 */
export function parseModule(file: string, text: string): Parsed {
  const problems: SyntaxProblem[] = [];
  const lexed = token.lexer.tokenize(text);
  for (const error of lexed.errors) {
    const problem = lexingProblem(file, text, error);
    if (problem !== undefined) problems.push(problem);
  }
  for (const one of [...(lexed.groups["foreign"] ?? []), ...lexed.tokens]) {
    const why = foreign(one);
    if (why !== undefined) problems.push({ span: spanOf(file, one), text: why });
  }
  const comments = (lexed.groups["comments"] ?? []).map((comment) => ({
    text: comment.image,
    span: spanOf(file, comment),
  }));
  const brackets = checkBrackets(file, lexed.tokens);
  if (brackets.tooDeep !== undefined) {
    problems.push({ span: brackets.tooDeep, text: `brackets or conditions more than ${deepest} deep` });
    return { module: { file, definitions: [] }, comments, problems };
  }
  parser ??= new ModuleParser(messages);
  const { definitions, errors } = parser.read(file, lexed.tokens);
  const unclosed = brackets.unclosed;
  for (const error of errors) {
    const problem = parserProblem(file, error as MismatchedTokenException);
    const isEnd = error.token.tokenType === EOF;
    if (isEnd && unclosed !== undefined) continue; // said once, at the bracket
    problems.push(problem);
  }
  if (unclosed !== undefined)
    problems.push({ span: spanOf(file, unclosed), text: `${label(unclosed)} is never closed` });
  problems.push(...parser.extra);
  return { module: { file, definitions }, comments, problems: firstOfEachPlace(problems.sort(bySpan)) };
}

/** What other languages write that way. */
function foreign(one: IToken): string | undefined {
  if (one.tokenType === token.SingleQuoted) return 'text is written in double quotes: "…"';
  if (one.tokenType === token.BrokenText)
    return 'text ends before the end of its line; several lines stand between """ and """';
  if (one.tokenType === token.WrongUnit)
    return `"${one.image}" is no value with a unit; there are m, k, M, G, T, Ki, Mi, Gi, Ti, s, h and %`;
  if (one.image.startsWith("/*") && one.tokenType.name === "Foreign") return "a comment that is never closed";
  if (one.image === ";" && one.tokenType.name === "Foreign") return "no semicolons: what follows needs none";
  return one.image.startsWith("#") && one.tokenType.name === "Foreign" ? "comments begin with //" : undefined;
}

/** An error often brings others at the same place with it. */
function firstOfEachPlace(problems: readonly SyntaxProblem[]): SyntaxProblem[] {
  return problems.filter((problem, index) => {
    const before = problems[index - 1];
    return before === undefined || bySpan(before, problem) !== 0;
  });
}

function label({ image }: IToken): string {
  return `"${image.trim()}"`;
}

const closing: ReadonlyMap<string, string> = new Map([
  ["{", "}"],
  ["${", "}"],
  ["[", "]"],
  ["(", ")"],
]);

/** What ends an expression. */
const separators: ReadonlySet<string> = new Set(["=", ",", ":", "{", "}", "[", "]", "(", ")"]);

/**
 * The first bracket too many, and the one that nothing closes: the innermost, or an earlier one whose end stands at
 * another indentation than its beginning, which then is the end of something else.
 */
function checkBrackets(
  file: string,
  tokens: readonly IToken[],
): { readonly tooDeep: Span | undefined; readonly unclosed: IToken | undefined } {
  const open: { readonly bracket: IToken; readonly indent: number }[] = [];
  let suspect: IToken | undefined;
  let first: IToken | undefined; // of the line
  let conditions = 0; // of one expression: each stands within the one before
  for (const one of tokens) {
    conditions = separators.has(one.image) ? 0 : conditions + (one.tokenType === token.IfWord ? 1 : 0);
    if (conditions > deepest) return { tooDeep: spanOf(file, one), unclosed: undefined };
    if (one.startLine !== first?.startLine) first = one;
    const last = open.at(-1);
    if (closing.has(one.image) && !tokenMatcher(one, token.TextPart) && !tokenMatcher(one, token.BlockPart)) {
      open.push({ bracket: one, indent: first?.startColumn ?? 1 });
      if (open.length > deepest) return { tooDeep: spanOf(file, one), unclosed: undefined };
    } else if (last !== undefined && closing.get(last.bracket.image) === one.image) {
      if (one === first && one.startColumn !== last.indent) suspect ??= last.bracket;
      open.pop();
    }
  }
  const [unclosed] = open.slice(-1);
  return { tooDeep: undefined, unclosed: unclosed === undefined ? undefined : (suspect ?? unclosed.bracket) };
}

function lexingProblem(file: string, text: string, error: ILexingError): SyntaxProblem | undefined {
  const start: Position = { line: error.line ?? 1, column: error.column ?? 1 };
  const [character = ""] = text.slice(error.offset, error.offset + 2);
  const span: Span = {
    file,
    start,
    end: { line: start.line, column: start.column + Math.max(1, firstLine(text, error).length) },
  };
  if (/pop Lexer Mode/.test(error.message)) return { span, text: 'this "}" closes nothing' };
  const code = character.codePointAt(0) ?? 0;
  const shown =
    code < 0x20 || code === 0x7f || code === 0xfffd
      ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
      : `"${character}"`;
  return { span, text: `${shown} has no meaning here` };
}

function firstLine(text: string, error: ILexingError): string {
  return text.slice(error.offset, error.offset + error.length).split(/[\r\n]/, 1)[0] ?? "";
}

/** What is missing at the end of the file is missing after its last word. */
function parserProblem(
  file: string,
  { message, previousToken, token: at }: MismatchedTokenException,
): SyntaxProblem {
  if (at.tokenType !== EOF) return { span: spanOf(file, at), text: message };
  if (previousToken === undefined || Number.isNaN(previousToken.startOffset))
    return { span: { file, start: { line: 1, column: 1 }, end: { line: 1, column: 2 } }, text: message };
  const { end } = spanOf(file, previousToken);
  return { span: { file, start: end, end: { ...end, column: end.column + 1 } }, text: message };
}

function spanOf(file: string, of: IToken): Span {
  const start = { line: of.startLine ?? 1, column: of.startColumn ?? 1 };
  return { file, start, end: { line: of.endLine ?? start.line, column: (of.endColumn ?? start.column) + 1 } };
}

function bySpan(a: SyntaxProblem, b: SyntaxProblem): number {
  return a.span.start.line - b.span.start.line || a.span.start.column - b.span.start.column;
}
