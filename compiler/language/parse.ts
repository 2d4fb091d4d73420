import { type ILexingError, type IToken, type TokenType, tokenMatcher } from "chevrotain";
import { meantAmount } from "../check/meant-amount.js";
import type { Position, Span } from "../diagnostics/span.js";
import { longestFile, tooLarge } from "../file-size.js";
import { standIn } from "./divide.js";
import { asMeant, dashList, type Meant, withLongTexts, withoutSwallowed } from "./meant.js";
import { messages } from "./messages.js";
import { afterMissingValues } from "./missing.js";
import { ModuleParser } from "./parser.js";
import type { SyntaxProblem } from "./problem.js";
import { type Recovered, recover } from "./recover.js";
import { KnownParts, type Part, partsOf, type Reading } from "./reread.js";
import type { Definition, Module } from "./syntax.js";
import * as token from "./tokens.js";

/** Brackets within brackets, conditions within conditions. Deeper is no program that a person wrote. */
const deepest = 100;

export interface Parsed {
  readonly module: Module;
  /** In source order, marks included. */
  readonly comments: readonly Comment[];
  readonly problems: readonly SyntaxProblem[];
  /** Names that definitions which could not be read may define: that others use them is no mistake. */
  readonly unread: ReadonlySet<string>;
  /** For the next reading, when the text changes. */
  readonly reading?: Reading | undefined;
}

export interface Comment {
  readonly text: string;
  readonly span: Span;
}

const none: ReadonlySet<string> = new Set();
let parser: ModuleParser | undefined;

/**
 * Reads one `.infra` file. Every error of the file is found in one run; what could be read is in the tree all the same.
 * @param file - as spans name it.
 * @param before - of an earlier text of the file: what it has in common with this one is not read again.
 */
export function parseModule(file: string, text: string, before?: Reading): Parsed {
  const problems: SyntaxProblem[] = [];
  if (text.length > longestFile) {
    const start = { line: 1, column: 1 };
    const span = { file, start, end: { line: 1, column: 2 } };
    return {
      module: { file, definitions: [] },
      comments: [],
      problems: [{ span, text: tooLarge(text.length) }],
      unread: none,
      reading: { tokens: [], parts: [] },
    };
  }
  const lexed = token.lexer.tokenize(text);
  for (const error of lexed.errors) {
    const problem = lexingProblem(file, text, error);
    if (problem !== undefined) problems.push(problem);
  }
  const semicolons = new Semicolons(lexed.groups["foreign"] ?? [], lexed.tokens);
  for (const one of [...(lexed.groups["foreign"] ?? []), ...lexed.tokens]) {
    const why = semicolons.isWithinLoop(one) ? undefined : foreign(one);
    if (why !== undefined) problems.push({ span: spanOf(file, one), text: why });
  }
  const broken = new BrokenLines(lexed.tokens);
  const comments = (lexed.groups["comments"] ?? []).map((comment) => ({
    text: comment.image,
    span: spanOf(file, comment),
  }));
  const report = (found: Meant["problems"]) => {
    for (const { from, text, to } of found)
      problems.push({ span: { ...spanOf(file, from), end: spanOf(file, to).end }, text });
  };
  const deep = tooDeep(lexed.tokens);
  if (deep !== undefined) {
    problems.push({ span: spanOf(file, deep), text: `brackets or conditions more than ${deepest} deep` });
    return {
      module: { file, definitions: [] },
      comments,
      problems,
      unread: none,
      reading: { tokens: lexed.tokens, parts: [] },
    };
  }
  let known = new KnownParts(before, lexed.tokens);
  parser ??= new ModuleParser(messages);
  const after = lexed.errors
    .filter((error) => !isTooMany(error))
    .map(({ length, offset }) => offset + length);
  const { lines: inText, tokens: whole } = withLongTexts(lexed.tokens);
  const listed = dashList(withoutSwallowed(whole));
  let tokens: readonly IToken[] = listed.tokens;
  report(listed.problems);
  if (tokens !== lexed.tokens) known = new KnownParts(before, tokens);
  let read = readSound(parser, file, tokens, known);
  const unclosed = read === undefined ? unclosedText(tokens) : undefined;
  const begun = unclosed === undefined ? undefined : beginsAsEmpty(text, tokens);
  if (begun !== undefined) {
    const parsed = parseModule(
      file,
      `${text.slice(0, begun.startOffset)}"${text.slice(begun.startOffset)}`,
      before,
    );
    const span = {
      ...spanOf(file, begun),
      end: { line: begun.startLine ?? 1, column: (begun.startColumn ?? 1) + 2 },
    };
    const problem = { span, text: 'text of several lines begins with """' };
    return { ...parsed, problems: [...parsed.problems, problem].sort(bySpan) };
  }
  if (unclosed !== undefined) {
    problems.push({ span: spanOf(file, unclosed), text: 'text that is never closed: """ ends it' });
    tokens = closed(tokens);
    known = new KnownParts(before, tokens);
    read = readSound(parser, file, tokens, known);
  }
  if (read === undefined && isManifest(tokens)) {
    const text = "this is YAML of Kubernetes: infra import --to infra FILE writes it in the language";
    return {
      module: { file, definitions: [] },
      comments,
      problems: [{ span: spanOf(file, tokens[0] as IToken), text }],
      unread: none,
      reading: { tokens: lexed.tokens, parts: [] },
    };
  }
  if (read === undefined) {
    const meant = asMeant(tokens, known);
    report(meant.problems);
    if (meant.tokens.length !== tokens.length || meant.problems.length > 0) {
      tokens = meant.tokens;
      known = new KnownParts(before, tokens);
    }
    read = recover(file, tokens, parser, { after, known });
  }
  // What stands for brackets where the file ends may be too many: each one that is never closed is said at its place.
  const end = unclosed === undefined ? undefined : lexed.tokens.at(-1);
  for (const one of read.problems)
    if (
      end === undefined ||
      one.span.start.line !== end.startLine ||
      one.span.start.column !== end.startColumn
    )
      problems.push(one);
  return {
    module: { file, definitions: read.definitions },
    comments,
    problems: firstOfEachPlace(problems.sort(bySpan)).filter(
      (problem) =>
        !semicolons.explain(problem) && !inText.has(problem.span.start.line) && !broken.explain(problem),
    ),
    unread: broken.names.size === 0 ? read.unread : new Set([...read.unread, ...broken.names]),
    reading: { tokens, parts: read.parts },
  };
}

/** Reads what is not known already. @returns undefined when something does not parse. */
function readSound(
  with_: ModuleParser,
  file: string,
  tokens: readonly IToken[],
  known: KnownParts,
): Recovered | undefined {
  if (afterMissingValues(tokens).size > 0) return undefined;
  const parts: Part[] = [];
  const definitions: Definition[] = [];
  const problems: SyntaxProblem[] = [];
  let start = 0;
  while (start < tokens.length) {
    const part = known.at(start);
    if (part !== undefined) {
      parts.push(part);
      definitions.push(part.node);
      start = part.end;
      continue;
    }
    let end = known.next(start) ?? tokens.length;
    let read = with_.read(file, tokens.slice(start, end));
    if (read.errors.length > 0 && end < tokens.length) {
      end = tokens.length; // what is known may stand within what is new
      read = with_.read(file, tokens.slice(start));
    }
    if (read.errors.length > 0) return undefined;
    const { extra } = read;
    const isSound = ({ span }: Definition) => !extra.some((problem) => isWithin(problem.span, span));
    // One by one: there may be more than a call takes arguments.
    for (const one of partsOf(read.definitions, tokens, { start, end }, isSound)) parts.push(one);
    for (const one of read.definitions) definitions.push(one);
    for (const one of extra) problems.push(one);
    start = end;
  }
  return { definitions, problems, unread: none, parts };
}

const textBroken = 'text ends before the end of its line; several lines stand between """ and """';

/** What other languages write that way. */
function foreign(one: IToken): string | undefined {
  const isSingle = one.tokenType === token.SingleQuoted;
  if (one.tokenType === token.HereDocument || (isSingle && one.image.startsWith("'''")))
    return 'text of several lines stands between """ and """';
  if (isSingle) return `text is written in ${/^['`]/.test(one.image) ? "" : "straight "}double quotes: "…"`;
  if (one.tokenType === token.BareInterpolation)
    return `\${ } stands within text alone; here it is written ${one.image.slice(2, -1).trim() || "name"}`;
  if (one.tokenType === token.BrokenText) return textBroken;
  if (one.tokenType === token.WrongUnit)
    return `"${one.image}" is no value with a unit; there are m, k, M, G, T, Ki, Mi, Gi, Ti, s, h and %${unitInstead(one.image)}`;
  if (one.image.startsWith("/*") && one.tokenType.name === "Foreign") return "a comment that is never closed";
  if (one.image === ";" && one.tokenType.name === "Foreign") return "no semicolons: what follows needs none";
  return one.tokenType.name === "Foreign" ? "comments begin with //" : undefined;
}

/** `64MB` and `5min` as the language has them. */
function unitInstead(image: string): string {
  const [meant] = ["Memory", "Duration", "Cpu"].flatMap((form) => meantAmount(image, form) ?? []);
  return meant === undefined ? "" : `: ${meant.replaceAll('"', "")}`;
}

/** What follows from semicolons. */
class Semicolons {
  readonly #loops: ReadonlySet<number>;
  readonly #after = new Set<string>();

  constructor(foreign: readonly IToken[], tokens: readonly IToken[]) {
    const all = foreign.filter(({ image }) => image === ";");
    const isLoop = (one: IToken, at: number) =>
      one.tokenType === token.ForWord && tokens[at + 1]?.tokenType === token.LeftParen;
    this.#loops = new Set(
      all.length === 0 ? [] : tokens.filter(isLoop).map(({ startLine }) => startLine ?? 0),
    );
    let at = 0;
    for (const { startOffset } of all) {
      while (at < tokens.length && (tokens[at] as IToken).startOffset < startOffset) at += 1;
      this.#after.add(`${tokens[at]?.startLine}:${tokens[at]?.startColumn}`);
    }
  }

  /** `for (let i = 0; i < 3; i++)` is one mistake. */
  isWithinLoop({ image, startLine = 0 }: IToken): boolean {
    return image === ";" && this.#loops.has(startLine);
  }

  /** A comma that one stands for. */
  explain({ span: { start }, text }: SyntaxProblem): boolean {
    return text.startsWith('expected ","') && this.#after.has(`${start.line}:${start.column}`);
  }
}

/** What follows from texts without their closing quote: on such a line words may be text, and text words. */
class BrokenLines {
  /** Words that may be text: that nothing has such a name is no mistake. */
  readonly names = new Set<string>();
  readonly #lines = new Set<number>();
  /** The first words below, where what is missing is told. */
  readonly #below = new Set<string>();

  constructor(tokens: readonly IToken[]) {
    for (let at = 0; at < tokens.length; at += 1) {
      const [one, next] = [tokens[at] as IToken, tokens[at + 1]];
      if (one.tokenType !== token.BrokenText) continue;
      this.#lines.add(one.startLine ?? 0);
      this.#below.add(`${next?.startLine}:${next?.startColumn}`);
    }
    if (this.#lines.size === 0) return;
    let lineOfText = 0;
    for (const one of tokens) {
      const { startLine = 0, tokenType } = one;
      if (tokenType === token.TextStart) lineOfText = startLine;
      const mayBeText = startLine === lineOfText && this.#lines.has(startLine);
      if (mayBeText && tokenMatcher(one, token.Name)) this.names.add(one.image);
    }
  }

  explain({ span: { start }, text }: SyntaxProblem): boolean {
    if (text === textBroken) return false;
    const isBelow = text.startsWith("expected ") && this.#below.has(`${start.line}:${start.column}`);
    return isBelow || this.#lines.has(start.line);
  }
}

/** An error often brings others at the same place with it. */
function firstOfEachPlace(problems: readonly SyntaxProblem[]): SyntaxProblem[] {
  return problems.filter((problem, index) => {
    const before = problems[index - 1];
    return before === undefined || bySpan(before, problem) !== 0;
  });
}

const openers = new Set([token.LeftBrace, token.LeftBracket, token.LeftParen, token.InterpolationStart]);
const closers = new Set([token.RightBrace, token.RightBracket, token.RightParen]);

/** What ends an expression. */
const separators: ReadonlySet<string> = new Set(["=", ",", ":", "{", "}", "[", "]", "(", ")"]);

/** The first bracket, or condition, within too many others. */
function tooDeep(tokens: readonly IToken[]): IToken | undefined {
  let depth = 0;
  let conditions = 0; // of one expression: each stands within the one before
  for (const one of tokens) {
    conditions = separators.has(one.image) ? 0 : conditions + (one.tokenType === token.IfWord ? 1 : 0);
    if (openers.has(one.tokenType)) depth += 1;
    else if (closers.has(one.tokenType)) depth = Math.max(0, depth - 1);
    if (conditions > deepest || depth > deepest) return one;
  }
  return undefined;
}

/** Whether a manifest was pasted: no definition begins so. */
function isManifest(tokens: readonly IToken[]): boolean {
  const at = tokens.findIndex(({ image }) => image !== "-"); // after the line that divides documents
  const [first, second] = tokens.slice(Math.max(0, at), at + 2);
  return /^(apiVersion|kind|metadata)$/.test(first?.image ?? "") && second?.tokenType === token.Colon;
}

/** The beginning of a text that takes all that follows for its own. */
function unclosedText(tokens: readonly IToken[]): IToken | undefined {
  const last = tokens.findLast(
    ({ tokenType }) => tokenType === token.BlockStart || tokenType === token.BlockEnd,
  );
  const isOpen = last?.tokenType === token.BlockStart && tokens.at(-1)?.tokenType === token.BlockPart;
  return isOpen ? last : undefined;
}

/** Text of two quotes that ends its line, where lines further right follow, and three quotes below them. */
function beginsAsEmpty(text: string, tokens: readonly IToken[]): IToken | undefined {
  const lines = text.split("\n");
  const indentOf = (line: string) => line.length - line.trimStart().length;
  return tokens.find((one, at) => {
    if (one.tokenType !== token.TextStart || tokens[at + 1]?.tokenType !== token.TextEnd) return false;
    const first = one.startLine ?? 1;
    const own = lines[first - 1] ?? "";
    if (!own.trimEnd().endsWith('""') || own.trimEnd().length !== (one.startColumn ?? 1) + 1) return false;
    const below = lines.slice(first);
    const end = below.findIndex((line) => line.includes('"""'));
    const isText = (line: string) => line.trim() === "" || indentOf(line) > indentOf(own);
    return (
      end > 0 && /^\s*"""[\s,)\]}]*$/.test(below[end] as string) && below.slice(0, end + 1).every(isText)
    );
  });
}

/** The same with the text, and all that is open around it, ended where the file ends. */
function closed(tokens: readonly IToken[]): IToken[] {
  const open: TokenType[] = [];
  for (const { tokenType } of tokens) {
    if (tokenType === token.LeftBrace || tokenType === token.InterpolationStart) open.push(token.RightBrace);
    else if (tokenType === token.LeftBracket) open.push(token.RightBracket);
    else if (tokenType === token.LeftParen) open.push(token.RightParen);
    else if (closers.has(tokenType)) open.pop();
  }
  const last = tokens.at(-1) as IToken;
  return [
    ...tokens,
    ...[token.BlockEnd, ...open.reverse()].map((type) => standIn(type, last, type.PATTERN as string)),
  ];
}

/** A "}" too many: recover.ts knows which one it is. */
function isTooMany({ message }: ILexingError): boolean {
  return message.includes("pop Lexer Mode");
}

function lexingProblem(file: string, text: string, error: ILexingError): SyntaxProblem | undefined {
  const start: Position = { line: error.line ?? 1, column: error.column ?? 1 };
  const [character = ""] = text.slice(error.offset, error.offset + 2);
  const span: Span = {
    file,
    start,
    end: { line: start.line, column: start.column + Math.max(1, firstLine(text, error).length) },
  };
  if (isTooMany(error) || /^\\[\r\n]/.test(text.slice(error.offset, error.offset + 2))) return undefined;
  const code = character.codePointAt(0) ?? 0;
  const shown =
    code < 0x20 || code === 0x7f || code === 0xa0 || code === 0xfffd
      ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
      : `"${character}"`;
  const rest = text.slice(error.offset, error.offset + 80);
  const instead = hereWritten.find(([pattern]) => pattern.test(rest))?.[1];
  return { span, text: `${shown} has no meaning here${instead === undefined ? "" : `: ${instead}`}` };
}

/** What other languages say with a character that has no meaning here. */
const hereWritten: readonly (readonly [RegExp, string])[] = [
  [/^\?\./, 'a member is written "a.b"'],
  [/^\?/, "a choice is written if … then … else …"],
  [/^`/, 'text is written in double quotes: "…"'],
  [/^\|[-+]?[ \t]*[\r\n]/, 'text of several lines stands between """ and """'],
  [/^\|/, "where one of two is enough, write a || b"],
  [/^&/, "where both must be true, write a && b"],
  [/^~/, "the opposite of a is written !a"],
  [/^\$"/, `text holds values by itself: "a \${b}"`],
  [/^\$/, "a name stands for itself, without a sign before it"],
  [/^[‐‑‒–—−]/, 'a minus is written "-"'],
  [/^[“”„«»‘’‚]/, 'text is written in straight double quotes: "…"'],
  [/^\u00a0/, "it looks like a space; write a plain one"],
];

function firstLine(text: string, error: ILexingError): string {
  return text.slice(error.offset, error.offset + error.length).split(/[\r\n]/, 1)[0] ?? "";
}

function spanOf(file: string, of: IToken): Span {
  const start = { line: of.startLine ?? 1, column: of.startColumn ?? 1 };
  return { file, start, end: { line: of.endLine ?? start.line, column: (of.endColumn ?? start.column) + 1 } };
}

function isWithin(inner: Span, { end, start }: Span): boolean {
  return inner.start.line >= start.line && inner.start.line <= end.line;
}

function bySpan(a: SyntaxProblem, b: SyntaxProblem): number {
  return a.span.start.line - b.span.start.line || a.span.start.column - b.span.start.column;
}
