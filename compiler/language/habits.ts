import { type IToken, tokenMatcher } from "chevrotain";
import { description } from "../../stdlib/constructs/generated/description.js";
import { endsValue, isCloser, isOpener, isText, type Tokens, textEnd } from "./divide.js";
import type { RuleName } from "./parser.js";
import * as token from "./tokens.js";

/** A way of saying it that other languages have: all that is wrong with what it stands in. */
export interface Habit {
  readonly at: IToken;
  readonly text: string;
}

/** Characters of an example made of the author's own words. */
const longestExample = 60;

const choice = "a choice is written if … then … else …";
const lambda = "a function has a name: function f(a) = …; a list is made of another by [for x in list: …]";
const noTypes = "no types are defined: a value has that of what it is written as";
const loop = '"for" stands in a list or a map: let x = [for i in range(3): …]';
const body =
  "a function is its value: function f(a) = …, or a body of let and blocks: function f(a) { let b = … }";
const definesFunction = /^(def|fn|fun|func|sub|proc)$/;

/** Words that begin a statement of other languages, and what is written instead. */
const statements: ReadonlyMap<string, string> = new Map([
  ["if", `"if" stands in a value: let x = if … then … else …`],
  ["unless", choice],
  ["switch", choice],
  ["match", choice],
  ["for", loop],
  ["foreach", loop],
  ["while", loop],
  ["class", noTypes],
  ["interface", noTypes],
  ["type", noTypes],
  ["enum", noTypes],
  ["struct", noTypes],
  ["return", body],
  ["include", 'a file is imported by names: import { name } from "./file.infra"'],
  ["use", 'a file is imported by names: import { name } from "./file.infra"'],
  ["from", 'a file is imported by names: import { name } from "./file.infra"'],
]);

/** A definition, or a member of a block, that is a statement of another language. */
export function statement(tokens: Tokens, rule: RuleName): Habit | undefined {
  const [first, second, third] = tokens;
  if (first === undefined || second === undefined) return undefined;
  if (rule === "definition") {
    const text = definitionHabit(first, second, third, tokens);
    if (text !== undefined) return { at: first, text };
  }
  if (rule === "body member" && !isBodyMember(first, second)) return { at: first, text: body };
  if (first.tokenType === token.FunctionWord) return typed(tokens);
  if (first.tokenType === token.LetWord || first.tokenType === token.ParamWord) return named(tokens);
  return undefined;
}

function isBodyMember(first: IToken, second: IToken): boolean {
  if (first.tokenType === token.LetWord) return true;
  const isHead = tokenMatcher(second, token.Name) || isText(second) || /^[{=:]$/.test(second.image);
  return first.image !== "return" && tokenMatcher(first, token.Name) && isHead;
}

/** `function f(x: number): number = x`. */
function typed(tokens: Tokens): Habit | undefined {
  const body = tokens.findIndex(({ image }) => image === "=" || image === "{");
  const at = tokens.slice(0, Math.max(0, body)).find(({ image }) => image === ":");
  return at && { at, text: `a function is written without types: function ${tokens[1]?.image}(a) = …` };
}

function definitionHabit(
  first: IToken,
  second: IToken,
  third: IToken | undefined,
  tokens: Tokens,
): string | undefined {
  const said = statements.get(first.image);
  const isField = second.image === "=" || second.image === ":";
  if (first.image === "export" && /^(default|[{*])$/.test(second.image))
    return 'no "export": every definition of a file can be imported';
  if (said !== undefined && !isField) return said;
  if (definesFunction.test(first.image) && third?.image === "(")
    return `a function is written function ${second.image}(a) = …`;
  const end = isText(second) ? textEnd(tokens, 1) : 2;
  const bracket = tokens[end];
  if (Object.hasOwn(description.constructs, first.image) && /^[([]$/.test(bracket?.image ?? "") && !isField)
    return `a block stands in braces: ${written(tokens.slice(0, end))} { … }`;
  const isNew = first.image === "new" && third?.image === "(";
  const call = isNew ? tokens.slice(1) : tokens;
  return call[1]?.image === "(" && tokenMatcher(call[0] as IToken, token.Name) ? called(call) : undefined;
}

/** `deployment("api", { … })`, `f(x) = x` or `deployment("api") { … }`, where a definition stands. */
function called(tokens: Tokens): string | undefined {
  const { image: name } = tokens[0] as IToken;
  const end = closingOf(tokens, 1);
  const next = tokens[end + 1];
  if (next?.image === "{") return `the name of a block stands without brackets: ${name} web { … }`;
  if (next?.image === "=") return `a function is written function ${name}(a) = …`;
  if (next !== undefined) return undefined;
  return Object.hasOwn(description.constructs, name)
    ? `a block is written ${name} web { … }; what a call gives has a name: let web = ${name}("web", …)`
    : `what a call gives has a name: let x = ${name}(…)`;
}

/** One `let` that names several values, or says more than a name. */
function named(tokens: Tokens): Habit | undefined {
  const [first, second, third] = tokens as readonly [IToken, IToken, IToken?];
  const word = first.image;
  if (second.image === "{" || second.image === "[")
    return word === "let" ? { at: second, text: "each value has a let of its own: let a = …" } : undefined;
  if (third?.image === ":" && tokens[4] !== undefined && tokenMatcher(tokens[3] as IToken, token.Name)) {
    const how =
      word === "let" ? `let ${second.image} = …` : `param ${second.image} = … or { type = "number" }`;
    return { at: third, text: `a value has the type of what it is written as: ${how}` };
  }
  if (word === "param" && third?.image === "(")
    return { at: third, text: `what a param may be stands in braces: param ${second.image} { min = 1 }` };
  const isTwo = third !== undefined && third.tokenType === token.Name && tokens[3]?.image === "=";
  if (isTwo && third.startLine === second.startLine)
    return { at: second, text: `${word} is followed by one name: ${word} ${third.image} = …` };
  const comma = level(tokens).find(({ at, one }) => one.image === "," && isNamedNext(tokens, at));
  const more = level(tokens).find(
    ({ at, one }) =>
      word === "param" && at > 3 && isNamedNext(tokens, at - 1) && one.startLine === tokens[at - 1]?.endLine,
  );
  if (more !== undefined && tokens[more.at - 1]?.image !== ",")
    return {
      at: more.one,
      text: `what a param may be stands in braces: param ${second.image} = … { min = 1 }`,
    };
  const isMany = third?.image === "," && second.startLine === third.startLine;
  const at = isMany ? third : comma?.one;
  return at === undefined ? undefined : { at, text: `each value has a ${word} of its own: ${word} a = …` };
}

function isNamedNext(tokens: Tokens, at: number): boolean {
  const [name, sign] = tokens.slice(at + 1, at + 3);
  return name !== undefined && tokenMatcher(name, token.Name) && sign?.image === "=";
}

/** A part of a value that does not parse. */
export function valueHabit(tokens: Tokens): Habit | undefined {
  const words = level(tokens);
  for (const { at, one } of words) {
    const [before, next] = [tokens[at - 1], tokens[at + 1]];
    const isArrow = (one.image === "=" || one.image === "-") && next?.image === ">" && isBeside(one, next);
    if (isArrow)
      return one.image === "-" && isMember(tokens, at)
        ? { at: one, text: 'a member is written with ".": a.b' }
        : { at: one, text: lambda };
    const isFunction = one.tokenType === token.FunctionWord ? at > 0 : definesFunction.test(one.image);
    if (isFunction && next?.image === "(" && before?.image !== ".") return { at: one, text: lambda };
    if (one.image === "lambda" && next !== undefined && tokenMatcher(next, token.Name))
      return { at: one, text: lambda };
    const isAfterValue =
      one.tokenType === token.IfWord && before !== undefined && endsValue(before, tokens[at - 2]);
    if (isAfterValue && before.image !== "else" && before.endLine === one.startLine)
      return { at: one, text: choiceOf(tokens, at) };
  }
  const first = words.find(({ one }) => one.tokenType === token.IfWord);
  const isChoice = first !== undefined && !words.some(({ one }) => one.tokenType === token.ThenWord);
  return isChoice && words.some(({ one }) => one.tokenType === token.ElseWord)
    ? { at: first.one, text: choice }
    : undefined;
}

/** `a if b else c` as it is written here. */
function choiceOf(tokens: Tokens, at: number): string {
  const otherwise = tokens.findIndex((one, index) => index > at && one.tokenType === token.ElseWord);
  const start = tokens.findLastIndex(({ image }, index) => index < at && /^[=:,]$/.test(image)) + 1;
  if (otherwise < 0) return choice;
  const [then, condition, or] = [
    tokens.slice(start, at),
    tokens.slice(at + 1, otherwise),
    tokens.slice(otherwise + 1),
  ];
  const text = `if ${written(condition)} then ${written(then)} else ${written(or)}`;
  return text.length > longestExample ? choice : `a choice is written ${text}`;
}

/** What stands between the brackets of a list, a map or a call, looked at as a whole. */
export function bracketHabit(within: Tokens, kind: string): Habit | undefined {
  const [first] = within;
  if (first === undefined) return undefined;
  if (kind === "map" && (first.image === "[" || first.image === "(")) {
    const end = closingOf(within, 0);
    if (within[end + 1]?.image === ":")
      return {
        at: first,
        text: `a key that is a value stands in text: "\${${written(within.slice(1, end))}}": …`,
      };
  }
  if (kind === "map" && first.image === "{")
    return { at: first, text: "a name stands for itself, without { } around it" };
  if (kind === "list" || kind === "map") {
    const loopAt = level(within).find(({ at, one }) => isLoopAt(within, at, one));
    if (loopAt !== undefined) return comprehension(within, loopAt.at, kind);
    const item = items(within);
    if (kind === "map") return shorthand(within, item);
    const colon = item
      .map((words) => level(words)[words[0]?.image === '"' ? 2 : 1]?.one)
      .find((sign) => sign?.image === ":" || sign?.image === "=");
    return colon === undefined ? undefined : { at: colon, text: "a map stands in braces: { name: value }" };
  }
  if (kind === "arguments") {
    const sign = items(within)
      .map(([, one, next]) =>
        next === undefined || !isBeside(one as IToken, next) || next.image !== ">" ? one : undefined,
      )
      .find((one) => one?.image === "=" || one?.image === ":");
    return sign === undefined
      ? undefined
      : { at: sign, text: "arguments are told by their order, without names" };
  }
  const comma = kind === "value" ? level(within).find(({ one }) => one.image === ",") : undefined;
  return comma === undefined
    ? undefined
    : { at: comma.one, text: `several values are a list, in brackets: [${examples(within)}]` };
}

function isLoopAt(within: Tokens, at: number, { tokenType }: IToken): boolean {
  const [before, next] = [within[at - 1], within[at + 1]];
  return (
    tokenType === token.ForWord &&
    next !== undefined &&
    (tokenMatcher(next, token.Name) || next.image === "(") &&
    (at === 0 || (endsValue(before, within[at - 2]) && before?.image !== ","))
  );
}

/** A loop that is not written as one; where it begins as one, what is wrong is told by the grammar but for these. */
function comprehension(within: Tokens, at: number, kind: "list" | "map"): Habit | undefined {
  const how =
    kind === "list"
      ? "[for x in list: value where condition]"
      : "{ for x in list: key: value where condition }";
  const loopWord = within[at] as IToken;
  if (at > 0)
    return { at: loopWord, text: `a ${kind} is made of another by ${ownLoop(within, at, kind) ?? how}` };
  const next = within[1] as IToken;
  const words = level(within);
  const colon = words.findIndex(({ one }) => one.image === ":");
  const wrong = words.find(
    ({ at: index, one }, word) =>
      (index === 1 && next.image === "(") ||
      (index === 2 && (one.image === "of" || one.image === "<")) ||
      (index > 2 && one.tokenType === token.IfWord && endsValue(within[index - 1], within[index - 2])) ||
      (index > 2 && one.tokenType === token.WhereWord && (colon < 0 || word < colon)),
  )?.one;
  return wrong === undefined ? undefined : { at: wrong, text: `a ${kind} is made of another by ${how}` };
}

/** `[x for x in xs if x > 1]` in its words here, where they are few. */
function ownLoop(within: Tokens, at: number, kind: "list" | "map"): string | undefined {
  const inAt = within.findIndex((one, index) => index > at && one.tokenType === token.InWord);
  if (inAt < 0) return undefined;
  const ifAt = within.findIndex((one, index) => index > inAt && one.tokenType === token.IfWord);
  const [names, list, condition] = [
    within.slice(at + 1, inAt),
    within.slice(inAt + 1, ifAt < 0 ? undefined : ifAt),
    ifAt < 0 ? [] : within.slice(ifAt + 1),
  ];
  const where = condition.length === 0 ? "" : ` where ${written(condition)}`;
  const inner = `for ${written(names)} in ${written(list)}: ${written(within.slice(0, at))}${where}`;
  if (inner.length > longestExample) return undefined;
  return kind === "list" ? `[${inner}]` : `{ ${inner} }`;
}

/** `{ a, b }`. */
function shorthand(within: Tokens, all: readonly Tokens[]): Habit | undefined {
  const alone = all.find((item) => item.length === 1 && isPlain(item[0] as IToken));
  const at = alone?.[0];
  if (at === undefined) return undefined;
  const isList =
    all.every((item) => item.length <= 1) &&
    all.some(([one]) => one !== undefined && !tokenMatcher(one, token.Name));
  return isList
    ? { at, text: `a list stands in brackets: [${examples(within)}]` }
    : { at, text: `an entry of a map is written "name: value": ${at.image}: ${at.image}` };
}

function isPlain(one: IToken): boolean {
  return [token.Name, token.NumberLiteral, token.Unit].some((type) => tokenMatcher(one, type));
}

function examples(within: Tokens): string {
  const text = written(within);
  return text.length > longestExample || /[[{(\n]/.test(text) ? "…, …" : text;
}

/** Words as a person writes them, a space between. */
function written(tokens: Tokens): string {
  let text = "";
  for (const [index, one] of tokens.entries()) {
    const before = tokens[index - 1];
    text += `${before === undefined || isBeside(before, one) ? "" : " "}${one.image}`;
  }
  return text;
}

/** Words that lie in no bracket. */
function level(tokens: Tokens): { readonly at: number; readonly one: IToken }[] {
  const words: { at: number; one: IToken }[] = [];
  let depth = 0;
  for (const [at, one] of tokens.entries()) {
    if (isCloser(one)) depth -= 1;
    if (depth === 0) words.push({ at, one });
    if (isOpener(one)) depth += 1;
  }
  return words;
}

function items(within: Tokens): Tokens[] {
  const commas = level(within).flatMap(({ at, one }) => (one.image === "," ? [at] : []));
  return [...commas, within.length].map((end, index) =>
    within.slice(index === 0 ? 0 : (commas[index - 1] ?? 0) + 1, end),
  );
}

function closingOf(tokens: Tokens, open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const one = tokens[at] as IToken;
    if (isOpener(one)) depth += 1;
    else if (isCloser(one)) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

/** `a->b`, without a space. */
function isMember(tokens: Tokens, at: number): boolean {
  const [before, one, sign, next] = tokens.slice(at - 1, at + 3);
  return before !== undefined && one !== undefined && sign !== undefined && next !== undefined
    ? isBeside(before, one) && isBeside(sign, next) && tokenMatcher(before, token.Name)
    : false;
}

function isBeside({ endOffset = 0 }: IToken, { startOffset }: IToken): boolean {
  return endOffset + 1 === startOffset;
}
