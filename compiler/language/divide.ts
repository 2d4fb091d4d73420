import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import type { RuleName } from "./parser.js";
import * as token from "./tokens.js";

/**
 * How the tokens of a text that did not parse are divided, by brackets, commas and lines alone.
 */
export type Tokens = readonly IToken[];

/** Tokens that are looked at for the end of one definition, and ends that are tried. */
const [furthest, mostEnds] = [20_000, 8];

/** What lines say of how a text is divided. */
export interface Lines {
  readonly first: ReadonlySet<IToken>;
  /** Those of the first that begin something, although a value was to follow. */
  readonly afterMissing: ReadonlySet<IToken>;
}

/**
 * Indices that a part may end before, nearest first: its brackets match there and something else begins.
 * @param until - no end after this is looked for.
 */
export function balancedEnds(
  tokens: Tokens,
  from: number,
  rule: RuleName,
  lines: Lines,
  until = Number.POSITIVE_INFINITY,
): number[] {
  const ends: number[] = [];
  const late: number[] = []; // a param may go on with a brace, if that is what it is
  const first = tokens[from] as IToken;
  let isValue = tokenMatcher(first, token.LetWord);
  let depth = 0;
  const last = Math.min(tokens.length, from + furthest, until + 1);
  for (let at = from; at < last; at += 1) {
    const one = tokens[at] as IToken;
    if (
      depth === 0 &&
      at > from &&
      !isNameOf(tokens, from, at) &&
      (isCloser(one) || begins(tokens, at, rule, isValue, lines))
    ) {
      (one.image === "{" && tokenMatcher(first, token.ParamWord) ? late : ends).push(at);
      if (isCloser(one) || ends.length === mostEnds || lines.afterMissing.has(one)) return [...ends, ...late];
    }
    if (isOpener(one)) depth += 1;
    else if (isCloser(one)) depth -= 1;
    else if (depth === 0 && tokenMatcher(one, token.Equals)) isValue = true;
  }
  if (depth === 0 && last === tokens.length) ends.push(last);
  return [...ends, ...late];
}

/** Whether the name of the block that begins at an index stands here: `container a {`, on one line. */
function isNameOf(tokens: Tokens, from: number, at: number): boolean {
  const [kind, one, next] = [tokens[from] as IToken, tokens[at] as IToken, tokens[at + 1]];
  const isNext = at === from + 1 && one.startLine === kind.endLine;
  return isNext && next?.image === "{" && tokenMatcher(kind, token.Name) && tokenMatcher(one, token.Name);
}

/**
 * Whether a definition, or a member, can begin here.
 *
 * @param isValue - the one before has a value, and so no body that a brace could open.
 */
function begins(
  tokens: Tokens,
  at: number,
  rule: RuleName,
  isValue: boolean,
  { afterMissing, first: firstOfLine }: Lines,
): boolean {
  const [before, one, next] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
  if (afterMissing.has(one)) return true;
  if (before !== undefined && tokenMatcher(before, token.Dot)) return false;
  if (rule === "definition")
    return (
      isDefinitionWord(one) ||
      (one.image === "{" && firstOfLine.has(one) && (before?.image === "}" || isValue)) || // without its first word
      ((tokenMatcher(one, token.Name) || isReserved(one) || isText(one)) &&
        (firstOfLine.has(one) || before?.image === "}"))
    );
  if (!tokenMatcher(one, token.Name) && !isText(one) && !isDefinitionWord(one)) return false;
  if (before !== undefined && tokenMatcher(before, token.ProductOperator)) return false; // host/path:tag
  // One more value of a list without brackets.
  if (before?.image === "," && isItem(tokens, at, firstOfLine)) return false;
  if (firstOfLine.has(one) || before?.image === "}" || before?.image === ",") return true;
  return next !== undefined && [token.Equals, token.Colon, token.LeftBrace].includes(next.tokenType);
}

/** Whether a name or text by itself, without a value, begins at an index. */
function isItem(tokens: Tokens, at: number, firstOfLine: ReadonlySet<IToken>): boolean {
  const one = tokens[at] as IToken;
  const next = tokens[isText(one) ? textEnd(tokens, at) : at + 1];
  if (isText(one)) return next === undefined || ![token.Equals, token.Colon].includes(next.tokenType);
  return next === undefined || next.image === "," || isCloser(next) || firstOfLine.has(next);
}

/** Members may end with one. */
export function withoutComma(tokens: Tokens): Tokens {
  const last = tokens.at(-1);
  return last !== undefined && tokenMatcher(last, token.Comma) ? tokens.slice(0, -1) : tokens;
}

export interface Header {
  /** Up to the opening brace. */
  readonly head: Tokens;
  readonly open: IToken | undefined;
  readonly members: Tokens;
  readonly close: IToken | undefined;
  /** What its members are. */
  readonly of: RuleName;
}

/** The parts of what has members; undefined for any other part. */
export function headerOf(
  tokens: Tokens,
  rule: RuleName,
  firstOfLine: ReadonlySet<IToken>,
): Header | undefined {
  const divide = (at: number, of: RuleName, isOpen = true) => divided(tokens, at, of, isOpen, firstOfLine);
  const [first, second, third] = tokens as readonly [IToken, IToken?, IToken?];
  if (first.image === "function" && (rule === "definition" || rule === "body member")) {
    const open = tokens.findIndex((one, at) => one.image === "{" && tokens[at - 1]?.image === ")");
    return open < 0 ? undefined : divide(open, "body member");
  }
  if (first.image === "param" && rule === "definition") {
    const open = tokens.findIndex(
      (one, at) => one.image === "{" && endsValue(tokens[at - 1], tokens[at - 2]),
    );
    return open < 0 ? undefined : divide(open, "field");
  }
  if (!tokenMatcher(first, token.Name) || second === undefined) return undefined;
  if (second.image === "{") return divide(1, "member");
  const named = tokenMatcher(second, token.Name) ? 2 : isText(second) ? textEnd(tokens, 1) : 0;
  if (named === 0) return undefined;
  if (tokens[named]?.image === "{") return divide(named, "member");
  // Without its brace, yet with lines below that stand further right.
  const next = tokens[named];
  const isBelow =
    next !== undefined &&
    next.startLine !== first.startLine &&
    (next.startColumn ?? 1) > (first.startColumn ?? 1) &&
    third !== undefined;
  return isBelow ? divide(named - 1, "member", false) : undefined;
}

function divided(
  tokens: Tokens,
  at: number,
  of: RuleName,
  isOpen: boolean,
  firstOfLine: ReadonlySet<IToken>,
): Header {
  const last = tokens.at(-1) as IToken;
  const first = tokens[0] as IToken;
  const rest = tokens.slice(at + 1);
  const isOwn = firstOfLine.has(last) && last.startColumn === first.startColumn;
  const isClosed =
    last.image === "}" && rest.length > 0 && (isOwn || pairsOf(rest.slice(0, -1)) !== undefined);
  return {
    head: tokens.slice(0, isOpen ? at : at + 1),
    open: isOpen ? tokens[at] : undefined,
    members: isClosed ? rest.slice(0, -1) : rest,
    close: isClosed ? last : undefined,
    of,
  };
}

export interface Pair {
  readonly open: number;
  readonly close: number;
  /** `value`: one expression. `whole`: judged with what is around it. */
  readonly kind: "map" | "list" | "arguments" | "members" | "value" | "whole";
}

/** Brackets that lie in no other; undefined when they do not match. */
export function pairsOf(tokens: Tokens): Pair[] | undefined {
  const pairs: Pair[] = [];
  const open: number[] = [];
  for (const [at, one] of tokens.entries()) {
    if (isOpener(one)) open.push(at);
    else if (isCloser(one)) {
      const opening = open.pop();
      if (opening === undefined || closing.get(tokens[opening]?.image ?? "") !== one.image) return undefined;
      if (open.length === 0) pairs.push({ open: opening, close: at, kind: kindOf(tokens, opening) });
    }
  }
  return open.length > 0 ? undefined : pairs;
}

function kindOf(tokens: Tokens, open: number): Pair["kind"] {
  const isAfterValue = endsValue(tokens[open - 1], tokens[open - 2]);
  switch (tokens[open]?.image) {
    case "[":
      return isAfterValue ? "value" : "list";
    case "(":
      if (tokens[0]?.image === "function" && open === 2) return "whole";
      return isAfterValue ? "arguments" : "value";
    case "{":
      if (tokens[0]?.image === "import") return "whole";
      return isAfterValue ? "members" : "map";
    default:
      return "value";
  }
}

/** The bracket that is wrong: one that closes nothing, or the innermost that nothing closes. */
export function unmatched(tokens: Tokens): IToken | undefined {
  const open: IToken[] = [];
  for (const one of tokens) {
    if (isOpener(one)) open.push(one);
    else if (isCloser(one)) {
      const opening = open.pop();
      if (closing.get(opening?.image ?? "") === one.image) continue;
      return open.some(({ image }) => closing.get(image) === one.image) ? opening : one;
    }
  }
  return open.at(-1);
}

/** Where commas divide, brackets apart. */
export function itemsOf(tokens: Tokens): { readonly start: number; readonly end: number }[] {
  const items: { start: number; end: number }[] = [];
  let [depth, start] = [0, 0];
  for (const [at, one] of tokens.entries()) {
    if (isOpener(one)) depth += 1;
    else if (isCloser(one)) depth -= 1;
    else if (depth === 0 && tokenMatcher(one, token.Comma)) {
      items.push({ start, end: at });
      start = at + 1;
    }
  }
  return [...items, { start, end: tokens.length }];
}

export function isLoop(within: Tokens): boolean {
  return within[1] !== undefined && !tokenMatcher(within[1], token.Colon);
}

/** Whether a value ends here, so that what follows cannot begin another. */
export function endsValue(one: IToken | undefined, before: IToken | undefined): boolean {
  if (one === undefined) return false;
  const goesOn = [token.ThenWord, token.ElseWord, token.InWord, token.WhereWord];
  if (goesOn.includes(one.tokenType)) return before !== undefined && tokenMatcher(before, token.Dot);
  const ends = [token.Name, token.Unit, token.NumberLiteral, token.TextEnd, token.BlockEnd];
  return (
    ends.some((type) => tokenMatcher(one, type)) ||
    [")", "]", "}", "true", "false", "null"].includes(one.image)
  );
}

/** Whether a value can begin with this. */
export function startsValue(one: IToken): boolean {
  const starts = [token.Name, token.Unit, token.NumberLiteral, token.TextStart, token.BlockStart];
  return (
    starts.some((type) => tokenMatcher(one, type)) ||
    ["(", "[", "{", "!", "-", "if", "true", "false", "null"].includes(one.image)
  );
}

/** Index after the text that begins at an index. */
export function textEnd(tokens: Tokens, from: number): number {
  let depth = 0;
  for (let at = from + 1; at < tokens.length; at += 1) {
    const one = tokens[at] as IToken;
    if (isOpener(one)) depth += 1;
    else if (isCloser(one)) depth -= 1;
    else if (depth === 0 && (tokenMatcher(one, token.TextEnd) || tokenMatcher(one, token.BlockEnd)))
      return at + 1;
  }
  return 0;
}

export const closing: ReadonlyMap<string, string> = new Map([
  ["{", "}"],
  ["${", "}"],
  ["[", "]"],
  ["(", ")"],
]);
const openers = [token.LeftBrace, token.LeftBracket, token.LeftParen, token.InterpolationStart];
const closers = [token.RightBrace, token.RightBracket, token.RightParen];

export function isOpener(one: IToken): boolean {
  return openers.includes(one.tokenType);
}

export function isCloser(one: IToken): boolean {
  return closers.includes(one.tokenType);
}

export function isText(one: IToken): boolean {
  return tokenMatcher(one, token.TextStart) || tokenMatcher(one, token.BlockStart);
}

export function isDefinitionWord(one: IToken): boolean {
  return [token.ImportWord, token.ParamWord, token.LetWord, token.FunctionWord].includes(one.tokenType);
}

export function isReserved(one: IToken): boolean {
  return (token.reservedWords as readonly TokenType[]).includes(one.tokenType);
}

/** Index after the brackets that close on the line of the first of them, as many as are open. */
export function closersEnd(tokens: Tokens, first: number, open: number): number {
  let end = first + 1;
  for (let left = open - 1; left > 0; left -= 1, end += 1) {
    const [before, one] = [tokens[end - 1], tokens[end]];
    if (one === undefined || !isCloser(one) || one.startLine !== before?.endLine) return end;
  }
  return end;
}

/** A value where one stood. */
export function placeholder(of: IToken): IToken {
  return { ...of, tokenType: token.NumberLiteral, tokenTypeIdx: token.NumberLiteral.tokenTypeIdx as number };
}

export function standIn(type: TokenType, at: IToken, image: string): IToken {
  return { ...at, tokenType: type, tokenTypeIdx: type.tokenTypeIdx as number, image };
}
