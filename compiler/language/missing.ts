import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import { isDefinitionWord, isText, type Tokens, textEnd } from "./divide.js";
import * as token from "./tokens.js";

/** What a value, or a name, has to follow. */
const wanting: ReadonlySet<TokenType> = new Set([
  token.Equals,
  token.OrOperator,
  token.AndOperator,
  token.EqualityOperator,
  token.OrderOperator,
  token.Minus,
  token.Plus,
  token.ProductOperator,
  token.Not,
  token.Dot,
  token.ThenWord,
  token.ElseWord,
]);

/**
 * First words of lines that a definition or a member begins with, although the line before wants a value: the line that
 * is being written. By the grammar alone its value would be the kind of the block below.
 */
export function afterMissingValues(tokens: Tokens): ReadonlySet<IToken> {
  const found = new Set<IToken>();
  let first: IToken | undefined; // of its line
  let conditions = 0; // that are not whole: elsewhere "then" and "else" are names
  for (const [at, one] of tokens.entries()) {
    const before = tokens[at - 1];
    const isName = conditions === 0 && before !== undefined && isBranch(before);
    if (before?.tokenType === token.ElseWord) conditions = Math.max(0, conditions - 1);
    if (one.tokenType === token.IfWord && !isKeyBefore(tokens[at + 1])) conditions += 1;
    if (before?.endLine === one.startLine) continue;
    const column = first?.startColumn ?? 1;
    first = one;
    if (before === undefined || isName || !wanting.has(before.tokenType)) continue;
    const next = tokens[at + 1];
    const isValue = conditions > 0 && next !== undefined && isBranch(next);
    if (isValue || next?.tokenType === token.WhereWord) continue;
    const isMember = before.tokenType === token.Dot && (one.startColumn ?? 1) <= column;
    if (beginsPart(tokens, at, isMember)) found.add(one);
  }
  return found;
}

function isBranch({ tokenType }: IToken): boolean {
  return tokenType === token.ThenWord || tokenType === token.ElseWord;
}

function isKeyBefore(sign: IToken | undefined): boolean {
  return sign?.tokenType === token.Colon || sign?.tokenType === token.Equals;
}

/** @param isMember - a block without a name may be what begins: elsewhere the grammar tells. */
function beginsPart(tokens: Tokens, at: number, isMember: boolean): boolean {
  const [one, next] = [tokens[at] as IToken, tokens[at + 1]];
  if (next === undefined) return false;
  if (isDefinitionWord(one)) return tokenMatcher(next, token.Name) || next.tokenType === token.LeftBrace;
  const isName = tokenMatcher(one, token.Name);
  if (!isName && !isText(one)) return false;
  const after = tokens[isName ? at + 1 : textEnd(tokens, at)];
  if (after?.tokenType === token.Equals) return true;
  if (!isName || next.startLine !== one.startLine) return false;
  if (next.tokenType === token.LeftBrace) return isMember;
  const name = tokenMatcher(next, token.Name) ? at + 2 : isText(next) ? textEnd(tokens, at + 1) : 0;
  return name > 0 && tokens[name]?.tokenType === token.LeftBrace;
}

/** What a value is missing after, where the key of the next entry, which the sign at an index follows, was taken for it. */
export function lacksBefore(tokens: Tokens, at: number): IToken | undefined {
  const [before, key, sign] = [tokens[at - 2], tokens[at - 1], tokens[at]];
  if (before === undefined || key === undefined || key.startLine === before.endLine) return undefined;
  if (!isKeyBefore(sign)) return undefined;
  const isKey = tokenMatcher(key, token.Name) || key.tokenType === token.NumberLiteral;
  const isWanting = before.tokenType === token.Colon || wanting.has(before.tokenType);
  if (!isKey || !isWanting) return undefined;
  let first = at - 2;
  while (tokens[first - 1]?.endLine === before.startLine) first -= 1;
  const isRight = (key.startColumn ?? 1) > (tokens[first]?.startColumn ?? 1); // a map without its braces
  return isRight ? undefined : before;
}

/** What goes on with a value that a bracket ends, or with the text that the value stands in. */
const goingOn: ReadonlySet<TokenType> = new Set([
  ...wanting,
  token.WhereWord,
  token.Colon,
  token.LeftParen,
  token.LeftBracket,
  token.TextPart,
  token.TextEscape,
  token.TextEnd,
  token.BlockPart,
  token.BlockEnd,
  token.InterpolationStart,
]);

/**
 * Whether a value that ends before an index goes on there, on the same line.
 * @param first - of the definition it is of: a param goes on with a brace, and a choice as others write it is no value.
 */
export function goesOn(tokens: Tokens, at: number, first: IToken): boolean {
  const [before, one] = [tokens[at - 1], tokens[at]];
  if (one === undefined || one.startLine !== before?.endLine || one.tokenType === token.Equals) return false;
  if (first.tokenType === token.IfWord) return false;
  if (one.tokenType === token.Comma) return tokens[at + 1]?.startLine === one.startLine; // one more argument
  return goingOn.has(one.tokenType) || (first.tokenType === token.ParamWord && one.image === "{");
}
