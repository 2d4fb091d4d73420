import { type IToken, type TokenType, tokenMatcher } from "chevrotain";
import { closing, endsValue, isCloser, isOpener, standIn, startsValue, type Tokens } from "./divide.js";
import type { KnownParts } from "./reread.js";
import * as token from "./tokens.js";

/** What other languages write in so many words, and the words of this one for it. */
interface Form {
  /** How many words it is. */
  readonly length: number;
  /** Undefined where it is said already. */
  readonly text?: string;
  readonly meant: readonly (readonly [TokenType, string])[];
}

export interface Meant {
  readonly tokens: Tokens;
  readonly problems: readonly { readonly from: IToken; readonly to: IToken; readonly text: string }[];
}

/** Where the words stand: in a map, or among the members of a block or the definitions of a file. */
type Around = "map" | "members" | "other";

/** Words that are looked at for the first of a line. */
const furthest = 100;

const wordOperators: ReadonlyMap<string, Form["meant"][number]> = new Map([
  ["and", [token.AndOperator, "&&"]],
  ["or", [token.OrOperator, "||"]],
  ["is", [token.EqualityOperator, "=="]],
]);

const elseIf: ReadonlySet<string> = new Set(["elif", "elsif", "elseif"]);
/** Before text, where it is of a kind of its own. */
const letters: ReadonlySet<string> = new Set(["f", "r", "b", "u", "s", "F", "R", "rb", "fr"]);
const words: ReadonlySet<string> = new Set([...wordOperators.keys(), "not", ...elseIf, ...letters]);

/**
 * A text that did not parse with the words of other languages read as what they mean here, each said at its place: what
 * stands around them is then judged as if they were right.
 *
 * @param known - definitions that are sound.
 */
export function asMeant(tokens: Tokens, known: KnownParts): Meant {
  const read: IToken[] = [];
  const problems: Meant["problems"][number][] = [];
  const around: Around[] = ["members"];
  for (let at = 0; at < tokens.length; at += 1) {
    const end = known.endOf(at);
    if (end !== undefined) {
      while (at < end) read.push(tokens[at++] as IToken);
      around.length = 1;
      at -= 1;
      continue;
    }
    const one = tokens[at] as IToken;
    const form = formAt(tokens, at, around.at(-1) ?? "members");
    if (form !== undefined) {
      const to = tokens[at + form.length - 1] as IToken;
      if (form.text !== undefined) problems.push({ from: one, to, text: form.text });
      for (const [type, image] of form.meant) read.push(standIn(type, one, image));
      at += form.length - 1;
      continue;
    }
    if (isOpener(one)) around.push(opens(tokens, at));
    else if (isCloser(one) && around.length > 1) around.pop();
    read.push(one);
  }
  return { tokens: read, problems };
}

/**
 * Text that goes on in the next lines, up to a quote that nothing but what ends a value follows: its words are no words
 * of the program. Where there is none the text is given back as it is.
 */
export function withLongTexts(tokens: IToken[]): {
  readonly tokens: IToken[];
  /** Lines that are text: what is wrong in one is no mistake. */
  readonly lines: ReadonlySet<number>;
} {
  const ends = placesOf(tokens, token.BrokenText);
  if (ends.length < 2) return { tokens, lines: new Set() };
  const read: IToken[] = [];
  const lines = new Set<number>();
  let from = 0;
  for (const [index, end] of ends.entries()) {
    const close = ends[index + 1];
    if (close === undefined || end < from) continue;
    const last = tokens[close - 1] as IToken;
    const rest = last.tokenType === token.TextPart ? last : undefined;
    const quote = tokens[rest === undefined ? close - 1 : close - 2] as IToken;
    const isEnd = rest === undefined || /^\s*([,)\]}]|$)/.test(rest.image);
    const isOnly = !tokens.slice(end + 1, close - 2).some(({ tokenType }) => tokenType === token.TextStart);
    if (quote.tokenType !== token.TextStart || !isEnd || !isOnly) continue;
    for (const one of tokens.slice(from, end)) read.push(one);
    read.push(standIn(token.TextEnd, quote, '"'));
    for (const one of rest === undefined ? [] : wordsOf(rest)) read.push(one);
    const [{ startLine: first = 0 }, { startLine: final = 0 }] = [tokens[end], tokens[close]] as [
      IToken,
      IToken,
    ];
    for (let line = first + 1; line <= final; line += 1) lines.add(line);
    from = close + 1;
  }
  for (const one of tokens.slice(from)) read.push(one);
  return { tokens: lines.size === 0 ? tokens : read, lines };
}

/**
 * Text without its closing quote holds what stood behind the quote: what closes the brackets around it, a comma, or what
 * opens a bracket. They are words again, so that nothing but the quote is missing.
 */
export function withoutSwallowed(tokens: IToken[]): IToken[] {
  if (placesOf(tokens, token.BrokenText).length === 0) return tokens;
  const read: IToken[] = [];
  const open: IToken[] = [];
  const follow = (one: IToken) => {
    if (isOpener(one)) open.push(one);
    else if (isCloser(one)) open.pop();
    read.push(one);
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const one = tokens[at] as IToken;
    const isLast = one.tokenType === token.TextPart && tokens[at + 1]?.tokenType === token.BrokenText;
    const isFirst =
      tokens[at - 2]?.endLine !== one.startLine || tokens[at - 2]?.tokenType === token.BrokenText;
    const [first, ...rest] = isLast ? swallowed(one, isFirst, open) : [];
    if (first === undefined) {
      follow(one);
      continue;
    }
    const length = first.startOffset - one.startOffset;
    if (length > 0)
      read.push({ ...one, image: one.image.slice(0, length), endOffset: first.startOffset - 1 });
    read.push(standIn(token.TextEnd, one, '"'));
    for (const word of [first, ...rest]) follow(word);
    at += 1;
  }
  return read;
}

/**
 * The last words of a text that fit the brackets around it.
 * @param isFirst - on its line.
 */
function swallowed(part: IToken, isFirst: boolean, open: readonly IToken[]): IToken[] {
  const code = part.image.replace(/[ \t]\/\/.*$/, "").trimEnd();
  // Where a key stands, all after it are words.
  const isKey = isFirst && open.at(-1)?.image === "{";
  const opening =
    (isKey ? /(?<=^[\w./-]+)[ \t]*[:=][ \t].*$/.exec(code) : null) ?? /(?:[:=][ \t]*)?[[{]$/.exec(code);
  let start = opening?.index ?? code.length;
  const own = ownClosers(code);
  while (opening === null && start > 0 && !own.has(start - 1) && /[ \t,)\]}]/.test(code[start - 1] as string))
    start -= 1;
  const words = wordsOf({
    ...part,
    image: code.slice(start),
    startOffset: part.startOffset + start,
    startColumn: (part.startColumn ?? 1) + start,
  });
  if (opening !== null) return words;
  for (let from = 0; from < words.length; from += 1) {
    const found = closed(words, from, open);
    if (found !== undefined) return found;
  }
  return [];
}

/** Where a text closes brackets that it opens itself. */
function ownClosers(text: string): ReadonlySet<number> {
  const [open, found] = [[] as string[], new Set<number>()];
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at] as string;
    if (closing.has(one)) open.push(one);
    else if (open.length > 0 && closing.get(open.at(-1) as string) === one) {
      open.pop();
      found.add(at);
    }
  }
  return found;
}

/**
 * Words that close what is open, with what is to be closed before: a text in the middle of the line may hold it. Every
 * block is open, so a brace only closes one of its own line.
 */
function closed(words: Tokens, from: number, open: readonly IToken[]): IToken[] | undefined {
  const read: IToken[] = [];
  let depth = open.length;
  for (let at = from; at < words.length; at += 1) {
    const one = words[at] as IToken;
    if (one.tokenType === token.Comma) {
      if (depth === 0 || (at > from && words[at - 1]?.tokenType === token.Comma)) return undefined;
      read.push(one);
      continue;
    }
    for (;;) {
      depth -= 1;
      const around = open[depth];
      const isNear = around?.startLine === one.startLine;
      const end = closing.get(around?.image ?? "");
      if (end === one.image && (isNear || end !== "}")) break;
      if (end === undefined || !isNear) return undefined;
      read.push(standIn(closerOf(end), one, end));
    }
    read.push(one);
  }
  return read;
}

function closerOf(image: string): TokenType {
  return image === "}" ? token.RightBrace : image === "]" ? token.RightBracket : token.RightParen;
}

/** Of every text that is read: without a closure for each word. */
function placesOf(tokens: Tokens, type: TokenType): number[] {
  const places: number[] = [];
  for (let at = 0; at < tokens.length; at += 1) if (tokens[at]?.tokenType === type) places.push(at);
  return places;
}

/** What was taken for text, as words. */
function wordsOf(rest: IToken): IToken[] {
  const [offset, column, line] = [rest.startOffset, (rest.startColumn ?? 1) - 1, rest.startLine ?? 1];
  return token.lexer.tokenize(rest.image).tokens.map((one) => ({
    ...one,
    startOffset: one.startOffset + offset,
    endOffset: (one.endOffset ?? one.startOffset) + offset,
    startColumn: (one.startColumn ?? 1) + column,
    endColumn: (one.endColumn ?? 1) + column,
    startLine: line,
    endLine: line,
  }));
}

/** Items of lists as YAML has them, `- a` below `name =`, in brackets. Where there are none the text is as it is. */
export function dashList(tokens: IToken[]): {
  readonly tokens: IToken[];
  readonly problems: Meant["problems"];
} {
  const isDash = (at: number) => {
    const [before, one, next] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1]];
    return (
      one.tokenType === token.Minus &&
      before?.endLine !== one.startLine &&
      next !== undefined &&
      !isBeside(one, next)
    );
  };
  const starts = placesOf(tokens, token.Minus).filter((at) => {
    if (tokens[at - 1]?.tokenType !== token.Equals || !isDash(at)) return false;
    return (tokens[at]?.startColumn ?? 1) > (firstOfLine(tokens, at - 1)?.startColumn ?? 1);
  });
  if (starts.length === 0) return { tokens, problems: [] };
  const read: IToken[] = [];
  const problems: Meant["problems"][number][] = [];
  let from = 0;
  for (const start of starts) {
    if (start < from) continue;
    const dash = tokens[start] as IToken;
    const column = dash.startColumn ?? 1;
    const name = tokens[start - 2]?.image ?? "";
    for (const one of tokens.slice(from, start)) read.push(one);
    read.push(standIn(token.LeftBracket, dash, "["));
    from = start + 1;
    let depth = 0;
    for (; from < tokens.length; from += 1) {
      const one = tokens[from] as IToken;
      depth += isOpener(one) ? 1 : isCloser(one) ? -1 : 0;
      if (depth < 0) break;
      const isNewLine = tokens[from - 1]?.endLine !== one.startLine;
      if (isNewLine && one.startColumn === column && isDash(from)) read.push(standIn(token.Comma, one, ","));
      else if (isNewLine && depth === 0 && (one.startColumn ?? 1) <= column) break;
      else read.push(one);
    }
    const to = tokens[from - 1] as IToken;
    problems.push({ from: dash, to, text: `a list stands in brackets: ${name} = [ …, … ]` });
    read.push(standIn(token.RightBracket, to, "]"));
  }
  for (const one of tokens.slice(from)) read.push(one);
  return { tokens: read, problems };
}

function opens(tokens: Tokens, at: number): Around {
  if (tokens[at]?.image !== "{") return "other";
  return endsValue(tokens[at - 1], tokens[at - 2]) ? "members" : "map";
}

function formAt(tokens: Tokens, at: number, around: Around): Form | undefined {
  const [one, next] = [tokens[at] as IToken, tokens[at + 1]];
  if (next === undefined) return undefined;
  switch (one.tokenType) {
    case token.Name:
      return words.has(one.image) ? wordAt(tokens, at, around) : undefined;
    case token.SingleQuoted:
      return isNameAt(tokens, at) ? { length: 1, meant: textOf(one.image.slice(1, -1)) } : undefined;
    case token.EqualityOperator:
      return isNext(one, next, "=") ? instead([one, next], [token.EqualityOperator, one.image]) : undefined;
    case token.OrderOperator:
      return one.image === "<" && isNext(one, next, ">")
        ? instead([one, next], [token.EqualityOperator, "!="])
        : undefined;
    case token.Plus:
      return isNext(one, next, "+") && tokens[at + 2] !== undefined && isOperand(tokens[at + 2] as IToken)
        ? instead([one, next], [token.Plus, "+"])
        : undefined;
    case token.Colon: {
      const isNamed = around === "members" && (at > 1 ? tokens[at - 2]?.tokenType : undefined);
      const isValue = isNamed === token.LetWord || isNamed === token.ParamWord || isField(tokens, at);
      return isNext(one, next, "=") && isValue ? instead([one, next], [token.Equals, "="]) : undefined;
    }
    case token.ProductOperator:
      return halfComment(tokens, at);
    case token.Equals:
    case token.Minus:
      return isNext(one, next, ">") ? arrowAt(tokens, at, around) : undefined;
    default:
      return undefined;
  }
}

function wordAt(tokens: Tokens, at: number, around: Around): Form | undefined {
  const [before, one, next] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1] as IToken];
  const isBetween = endsValue(before, tokens[at - 2]) && isOperand(next) && isOnOneLine(before, next);
  const operator = wordOperators.get(one.image);
  if (operator !== undefined && isBetween)
    return one.image === "is" && next.image === "not" && next.tokenType === token.Name
      ? instead([one, next], [token.EqualityOperator, "!="])
      : instead([one], operator);
  const isFirst = !endsValue(before, tokens[at - 2]) || wordOperators.has(before?.image ?? "");
  if (one.image === "not" && isFirst && isOperand(next) && isOnOneLine(one, next))
    return instead([one], [token.Not, "!"]);
  const isMember = around === "members" && before?.image === "}";
  if (elseIf.has(one.image) && isBetween && !isMember)
    return {
      length: 1,
      text: `"${one.image}" is written "else if"`,
      meant: [
        [token.ElseWord, "else"],
        [token.IfWord, "if"],
      ],
    };
  const isText = next.tokenType === token.TextStart || next.tokenType === token.BlockStart;
  if (letters.has(one.image) && isText && isBeside(one, next) && before?.image !== ".")
    return { length: 1, text: `text has no letter before it, and its values in \${ }: "a \${b}"`, meant: [] };
  return undefined;
}

/** `/ words of a person`, on a line of its own: no value has two names side by side. */
function halfComment(tokens: Tokens, at: number): Form | undefined {
  const one = tokens[at] as IToken;
  if (one.image !== "/" || tokens[at - 1]?.endLine === one.startLine) return undefined;
  let end = at + 1;
  let isProse = false;
  for (; tokens[end]?.startLine === one.startLine; end += 1) {
    const [word, next] = [tokens[end] as IToken, tokens[end + 1]];
    const isPair = word.tokenType === token.Name && next?.tokenType === token.Name;
    if (isPair && next.startLine === one.startLine) isProse = true;
  }
  return isProse ? { length: end - at, text: "comments begin with //", meant: [] } : undefined;
}

/** `=>` and `->`, where they stand between a name and its value. */
function arrowAt(tokens: Tokens, at: number, around: Around): Form | undefined {
  const [before, one, next] = [tokens[at - 1], tokens[at] as IToken, tokens[at + 1] as IToken];
  if (before === undefined) return undefined;
  const arrow = `${one.image}${next.image}`;
  if (around === "map") {
    const isKey = /^[{,:]$/.test(tokens[at - 2]?.image ?? "") || tokenMatcher(before, token.TextEnd);
    const text = `no "${arrow}": an entry of a map is written "name: value"`;
    return isKey ? { length: 2, text, meant: [[token.Colon, ":"]] } : undefined;
  }
  if (around !== "members") return undefined;
  const isFunction = before.image === ")" && firstOfLine(tokens, at)?.tokenType === token.FunctionWord;
  const how = isFunction
    ? 'a function is written "function f(a) = value"'
    : 'a field is written "name = value"';
  return isFunction || isField(tokens, at)
    ? { length: 2, text: `no "${arrow}": ${how}`, meant: [[token.Equals, "="]] }
    : undefined;
}

/** Whether what stands before an index is the name of a field. */
function isField(tokens: Tokens, at: number): boolean {
  const [around, name] = [tokens[at - 2], tokens[at - 1]];
  if (name === undefined || around === undefined || !tokenMatcher(name, token.Name)) return false;
  return /^[{},]$/.test(around.image) || (around.endLine !== name.startLine && (name.startColumn ?? 1) > 1);
}

/** Whether text stands where a name does: as a key, or after the kind of a block. */
function isNameAt(tokens: Tokens, at: number): boolean {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  const isBlock =
    next?.image === "{" && before !== undefined && tokenMatcher(before, token.Name) && !isWordOf(before);
  return isBlock || ((next?.image === ":" || next?.image === "=") && before?.image !== "=");
}

function isWordOf({ tokenType }: IToken): boolean {
  return [token.ThenWord, token.ElseWord, token.InWord, token.WhereWord].includes(tokenType);
}

function textOf(text: string): Form["meant"] {
  return [
    [token.TextStart, '"'],
    [token.TextPart, text],
    [token.TextEnd, '"'],
  ];
}

function instead(words: readonly IToken[], meant: Form["meant"][number]): Form {
  const isSymbol = !/\w/.test(words[0]?.image ?? "");
  const image = words.map((word) => word.image).join(isSymbol ? "" : " ");
  return { length: words.length, text: `"${image}" is written "${meant[1]}"`, meant: [meant] };
}

/** A brace may open a block instead. */
function isOperand(one: IToken): boolean {
  return one.image !== "{" && startsValue(one);
}

function isNext(one: IToken, next: IToken, image: string): boolean {
  return next.image === image && isBeside(one, next);
}

function isBeside({ endOffset = 0 }: IToken, { startOffset }: IToken): boolean {
  return endOffset + 1 === startOffset;
}

function isOnOneLine(a: IToken | undefined, b: IToken): boolean {
  return a?.endLine === b.startLine;
}

/** The first word of the line of an index, a few words before it at most. */
function firstOfLine(tokens: Tokens, at: number): IToken | undefined {
  const line = tokens[at]?.startLine;
  let first = at;
  while (at - first < furthest && tokens[first - 1]?.startLine === line) first -= 1;
  return tokens[first];
}
