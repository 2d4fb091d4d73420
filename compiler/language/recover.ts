import { EOF, type IRecognitionException, type IToken, type TokenType, tokenMatcher } from "chevrotain";
import { mostOfText } from "../diagnostics/reporter.js";
import type { Position, Span } from "../diagnostics/span.js";
import {
  balancedEnds,
  closersEnd,
  type Header,
  headerOf,
  isCloser,
  isDefinitionWord,
  isLoop,
  isOpener,
  isReserved,
  isText,
  itemsOf,
  type Lines,
  type Pair,
  pairsOf,
  placeholder,
  standIn,
  type Tokens,
  unmatched,
  withoutComma,
} from "./divide.js";
import { bracketHabit, statement, valueHabit } from "./habits.js";
import { messages, tooMuch } from "./messages.js";
import { afterMissingValues, goesOn, lacksBefore } from "./missing.js";
import { blockAsValue, type Misuse, mapAsBlock, secondName, valuesWithoutBrackets } from "./misuse.js";
import { type Attempt, ModuleParser, type RuleName } from "./parser.js";
import type { SyntaxProblem } from "./problem.js";
import type { KnownParts, Part } from "./reread.js";
import type { Block, Definition, Field, Let } from "./syntax.js";
import * as token from "./tokens.js";

type Node = NonNullable<Attempt["node"]>;

/** Parts within parts that are still told apart; what lies deeper is judged as a whole. */
const deepest = 12;
/** Tokens of a part that is read past its errors, for the tree. */
const mostTolerated = 300;

/** What stands where the author's text has it: its column says nothing. */
const inBlockText: ReadonlySet<TokenType> = new Set([
  token.BlockPart,
  token.BlockEnd,
  token.InterpolationStart,
]);

let tolerant: ModuleParser | undefined;

/**
 * Finds every mistake of a text that did not parse, without mistakes that follow from others: the text is divided into
 * definitions, those into members, entries and items, and each part is judged on its own. Where brackets do not match,
 * indentation says what belongs together, as it does for a person.
 */
export function recover(file: string, tokens: Tokens, parser: ModuleParser, context: Context): Recovered {
  return new Recovery(file, tokens, parser, context).module();
}

interface Context {
  /** Offsets that characters without meaning end at: what is wrong right there follows from them. */
  readonly after: readonly number[];
  /** Definitions that need not be read again. */
  readonly known: KnownParts;
}

export interface Recovered {
  /** What could be read. */
  readonly definitions: readonly Definition[];
  readonly problems: readonly SyntaxProblem[];
  /** Names that definitions which could not be read may define. */
  readonly unread: ReadonlySet<string>;
  /** The definitions without mistakes, with their words. */
  readonly parts: readonly Part[];
}

class Recovery {
  readonly #file: string;
  readonly #parser: ModuleParser;
  readonly #after: ReadonlySet<number>;
  readonly #known: KnownParts;
  readonly #parts: Part[] = [];
  readonly #problems: SyntaxProblem[] = [];
  readonly #unread = new Set<string>();
  readonly #tokens: Tokens;
  readonly #lines: Lines;

  constructor(file: string, tokens: Tokens, parser: ModuleParser, { after, known }: Context) {
    this.#file = file;
    this.#parser = parser;
    this.#after = new Set(after);
    this.#known = known;
    this.#tokens = tokens;
    const first = tokens.filter(
      (one, at) => tokens[at - 1]?.endLine !== one.startLine && !inBlockText.has(one.tokenType),
    );
    this.#lines = { first: new Set(first), afterMissing: afterMissingValues(tokens) };
  }

  module(): Recovered {
    const nodes = this.#split(this.#tokens, "definition", 0);
    return {
      definitions: nodes as Definition[],
      problems: this.#problems,
      unread: this.#unread,
      parts: this.#parts,
    };
  }

  /** Members, or definitions, one after the other. */
  #split(tokens: Tokens, rule: RuleName, depth: number): Node[] {
    const nodes: Node[] = [];
    const isModule = tokens === this.#tokens;
    let at = 0;
    let isAfterChoice = false;
    while (at < tokens.length && this.#problems.length < mostOfText) {
      const first = tokens[at] as IToken;
      const known = isModule ? this.#knownAt(at) : undefined;
      if (known !== undefined) {
        nodes.push(known.node);
        this.#parts.push(known);
        at = known.end;
      } else if (isCloser(first)) {
        this.#report(first, `this "${first.image}" closes nothing`);
        at += 1;
      } else if (tokenMatcher(first, token.Comma)) {
        if (rule === "definition") this.#report(first, tooMuch(undefined, first));
        at += 1;
      } else {
        const { end, whole } = this.#end(tokens, at, rule);
        if (isAfterChoice && /^(else|elif|elsif)$/.test(first.image)) {
          at = end; // the rest of a statement that is said to be none
          continue;
        }
        isAfterChoice = first.tokenType === token.IfWord && whole === undefined;
        const part = withoutComma(tokens.slice(at, end));
        const isComma = rule === "definition" && part.length < end - at && pairsOf(part) !== undefined;
        const comma = isComma ? tokens[end - 1] : undefined;
        if (comma !== undefined) this.#report(comma, tooMuch(undefined, comma));
        else if (isModule && whole !== undefined)
          this.#parts.push({ start: at, end, node: whole as Definition });
        const node = whole ?? this.#part(part, rule, depth);
        if (node !== undefined) nodes.push(node);
        else for (const one of part) if (tokenMatcher(one, token.Name)) this.#unread.add(one.image);
        at = end;
      }
    }
    return nodes;
  }

  /** One that ends where this division may end it, too: two may stand on one line of a text that parses. */
  #knownAt(at: number): Part | undefined {
    const known = this.#known.at(at);
    if (known === undefined) return undefined;
    const ends = balancedEnds(this.#tokens, at, "definition", this.#lines, known.end);
    return ends.includes(known.end) ? known : undefined;
  }

  /** Where the part that begins at an index ends, and the part itself where it is sound. */
  #end(tokens: Tokens, from: number, rule: RuleName): { readonly end: number; readonly whole?: Node } {
    const first = tokens[from] as IToken;
    const ends = balancedEnds(tokens, from, rule, this.#lines);
    for (const end of ends) {
      const part = withoutComma(tokens.slice(from, end));
      if (this.#lacksValue(part)) continue;
      const { errors, extra, node } = this.#parser.attempt(this.#file, rule, part);
      if (node !== undefined && errors.length + extra.length === 0) return { end, whole: node };
    }
    // Broken: up to the next line that stands as far left, a closing bracket right below included.
    const column = first.startColumn ?? 1;
    let open = 0;
    let isFlat = true; // no line stands further right
    if (this.#lines.first.has(first)) {
      for (let at = from + 1; at < tokens.length; at += 1) {
        const [before, one] = [tokens[at - 1] as IToken, tokens[at] as IToken];
        open += isOpener(before) ? 1 : isCloser(before) ? -1 : 0;
        if (!this.#lines.first.has(one)) continue;
        if (open === 0 && this.#lines.afterMissing.has(one)) return { end: at };
        const own = one.startColumn ?? 1;
        const isWord = tokenMatcher(one, token.Name) || isReserved(one);
        if (own > column) {
          isFlat = false;
          // Further right, yet a definition of its own: nothing else begins with such words.
          if (rule === "definition" && isDefinitionWord(one) && ends[0] === at) return { end: at };
          continue;
        }
        if (own === column && isCloser(one) && (open > 0 || !isFlat)) {
          const end = closersEnd(tokens, at, open);
          if (goesOn(tokens, end, first)) continue;
          return { end };
        }
        if (own < column || isWord || isText(one) || isCloser(one)) return { end: at };
      }
      return { end: tokens.length };
    }
    const [end] = ends;
    if (end !== undefined) return { end };
    const line = tokens.findIndex((one, at) => at > from && this.#lines.first.has(one));
    return { end: line < 0 ? tokens.length : line };
  }

  /** Whether a value is missing within, though the grammar finds one in what follows. */
  #lacksValue(part: Tokens): boolean {
    const { afterMissing } = this.#lines;
    return afterMissing.size > 0 && part.some((one, at) => at > 0 && afterMissing.has(one));
  }

  /** Judges one part that does not parse; what could be read of it is the result. */
  #part(tokens: Tokens, rule: RuleName, depth: number): Node | undefined {
    const { errors, extra, node } = this.#parser.attempt(this.#file, rule, tokens);
    if (errors.length === 0 && !this.#lacksValue(tokens)) {
      append(this.#problems, extra);
      return node;
    }
    const misuse = depth > deepest ? undefined : blockAsValue(tokens, rule);
    if (misuse !== undefined) return this.#misuse(misuse, rule, depth);
    const map = depth > deepest ? undefined : mapAsBlock(tokens, rule);
    if (map !== undefined) {
      this.#report(map.sign, map.text);
      this.#judge(map.value, "expression", depth + 1);
      return undefined;
    }
    const habit = statement(tokens, rule);
    if (habit !== undefined) {
      this.#report(habit.at, habit.text);
      return undefined;
    }
    const second = depth > deepest || rule === "field" ? undefined : secondName(tokens);
    if (second !== undefined) {
      this.#report(second.at, second.text);
      return undefined;
    }
    const header = depth > deepest ? undefined : headerOf(tokens, rule, this.#lines.first);
    if (header !== undefined) return this.#body(header, rule, depth);
    if (depth > deepest) this.#reportFirst(errors, tokens);
    else this.#leaf(tokens, rule, depth, errors, extra);
    const isMixed = tokens.some((_, at) => lacksBefore(tokens, at) !== undefined); // a key would be a value
    if (isMixed || tokens.length > mostTolerated) return undefined;
    tolerant ??= new ModuleParser(messages, { recoveryEnabled: true });
    return tolerant.attempt(this.#file, rule, tokens).node;
  }

  /** Whether a block or a value was meant is told by what parses. */
  #misuse({ block, sign, text, value }: Misuse, rule: RuleName, depth: number): Node | undefined {
    this.#report(sign, text);
    const asValue = this.#parser.attempt(this.#file, "expression", value);
    if (value.length === 0 || asValue.errors.length + asValue.extra.length === 0) return undefined;
    const asBlock = this.#parser.attempt(this.#file, rule, block);
    if (asBlock.errors.length + asBlock.extra.length === 0) return asBlock.node;
    const header = headerOf(block, rule, this.#lines.first);
    if (header?.open !== undefined) return this.#body(header, rule, depth);
    // Lines below without brackets, as of YAML, are another mistake each: the first says how all are written.
    if (value[0]?.startLine === sign.startLine) this.#judge(value, "expression", depth + 1);
    return undefined;
  }

  /** A part without members. */
  #leaf(
    tokens: Tokens,
    rule: RuleName,
    depth: number,
    errors: readonly IRecognitionException[],
    extra: readonly SyntaxProblem[],
  ): void {
    const pairs = pairsOf(tokens);
    const habit = pairs === undefined ? undefined : valueHabit(tokens);
    if (habit !== undefined) this.#report(habit.at, habit.text);
    else if (pairs === undefined) {
      const wrong = unmatched(tokens);
      if (wrong !== undefined)
        this.#report(
          wrong,
          isCloser(wrong) ? `this "${wrong.image}" closes nothing` : `"${wrong.image}" is never closed`,
        );
      else this.#reportFirst(errors, tokens);
    } else if (pairs.length === 0) {
      this.#reportFirst(errors, tokens);
      append(this.#problems, extra);
    } else this.#pairs(tokens, pairs, rule, depth);
  }

  /** What stands between brackets, each on its own, and what is left without it. */
  #pairs(tokens: Tokens, pairs: readonly Pair[], rule: RuleName, depth: number, next?: string): void {
    const skeleton: IToken[] = [];
    const inner: (() => void)[] = [];
    let isSound = true;
    let at = 0;
    for (const { close, kind: written, open } of pairs) {
      // No block stands in a value: braces after one are a map, whose comma is missing.
      const kind = written === "members" && rule === "expression" ? "map" : written;
      append(skeleton, tokens.slice(at, open + 1));
      at = close;
      const within = tokens.slice(open + 1, close);
      const [first] = within;
      const [opening, closing] = [tokens[open] as IToken, tokens[close] as IToken];
      if (first === undefined) continue;
      if (kind === "whole") {
        append(skeleton, within);
        continue;
      }
      if (kind === "members") {
        const of: RuleName = rule === "definition" && tokens[0]?.image === "param" ? "field" : "member";
        // Within a value that is no value nobody knows what braces mean.
        const isBlock = !tokens.slice(0, open).some((one) => tokenMatcher(one, token.Equals));
        inner.push(() => {
          if (isBlock || isSound) void this.#split(within, of, depth + 1);
        });
        continue;
      }
      if (kind === "value") skeleton.push(placeholder(first));
      const habit = bracketHabit(within, kind);
      if (habit !== undefined) {
        inner.push(() => this.#report(habit.at, habit.text));
        continue;
      }
      if (
        kind === "value" ||
        (kind !== "arguments" && tokenMatcher(first, token.ForWord) && isLoop(within))
      ) {
        if (kind === "value") inner.push(() => this.#judge(within, "expression", depth + 1));
        else inner.push(() => this.#judge([opening, ...within, closing], kind, depth + 1));
        continue;
      }
      for (const [index, item] of itemsOf(within).entries()) {
        const comma = within[item.end];
        const part = within.slice(item.start, item.end);
        if (part.length > 0)
          inner.push(() =>
            kind === "arguments"
              ? this.#judge(part, "expression", depth + 1, '","')
              : this.#judge([opening, ...part, closing], kind, depth + 1),
          );
        else if (comma !== undefined || (kind === "arguments" && index > 0))
          inner.push(() =>
            this.#report(comma ?? closing, `expected a value before "${(comma ?? closing).image}"`),
          );
      }
    }
    append(skeleton, tokens.slice(at));
    const { errors, extra } = this.#parser.attempt(this.#file, rule, skeleton);
    isSound = errors.length === 0;
    if (isSound) append(this.#problems, extra);
    else this.#reportFirst(errors, skeleton, next);
    for (const judge of inner) judge();
  }

  /** @param next - what can follow it. */
  #judge(tokens: Tokens, rule: RuleName, depth: number, next?: string): void {
    // A single item in its brackets is divided by what lies in it: by itself it would be divided for ever.
    const { errors, extra } = this.#parser.attempt(this.#file, rule, tokens);
    if (errors.length === 0) {
      append(this.#problems, extra);
      return;
    }
    const habit = valueHabit(rule === "map" || rule === "list" ? tokens.slice(1, -1) : tokens);
    if (habit !== undefined) {
      this.#report(habit.at, habit.text);
      return;
    }
    const isWrapped = rule === "map" || rule === "list";
    const inner = isWrapped ? tokens.slice(1, -1) : tokens;
    const pairs = depth > deepest ? undefined : pairsOf(inner);
    if (pairs === undefined || pairs.length === 0) {
      this.#reportFirst(errors, tokens, next);
      return;
    }
    if (!isWrapped) {
      this.#pairs(tokens, pairs, rule, depth, next);
      return;
    }
    const shifted = pairs.map((pair) => ({ ...pair, open: pair.open + 1, close: pair.close + 1 }));
    this.#pairs(tokens, shifted, rule, depth);
  }

  /** A block, a function with a body, a param with options: the head, each member, the end. */
  #body(header: Header, rule: RuleName, depth: number): Node | undefined {
    const { close, head, members, of, open } = header;
    const last = head.at(-1) as IToken;
    const before = this.#problems.length;
    const skeleton = [
      ...head,
      open ?? standIn(token.LeftBrace, last, "{"),
      standIn(token.RightBrace, last, "}"),
    ];
    if (head[0]?.image === "return") {
      this.#report(head[0], noBrace(head));
      return undefined;
    }
    const { errors, node } = this.#parser.attempt(this.#file, rule, skeleton);
    if (errors.length > 0) this.#reportFirst(errors, skeleton);
    else if (open === undefined) {
      const next = members[0];
      this.#report(next ?? last, noBrace(head));
    }
    if (open !== undefined && close === undefined && this.#problems.length === before)
      this.#report(open, `"${open.image}" is never closed`);
    const inner = this.#split(members, of, depth + 1);
    if (node === undefined) return undefined;
    const end = this.#span(close ?? members.at(-1) ?? last).end;
    const span: Span = { ...node.span, end };
    if (node.node === "block") return { ...node, span, members: inner as (Field | Block)[] };
    if (node.node === "param") return { ...node, span, options: inner as Field[] };
    if (node.node === "function" && node.body.node === "body")
      return { ...node, span, body: { ...node.body, definitions: inner as (Let | Block)[] } };
    return node;
  }

  #reportFirst(errors: readonly IRecognitionException[], tokens: Tokens, next?: string): void {
    const [error] = errors;
    if (error === undefined) return;
    const { name, token: at } = error;
    const last = tokens.at(-1);
    const open = tokens.findLast((one) => tokenMatcher(one, token.BlockStart));
    if (
      at.tokenType === EOF &&
      open !== undefined &&
      !tokens.some((one) => tokenMatcher(one, token.BlockEnd))
    )
      this.#report(open, 'text that is never closed: """ ends it');
    else if (at.tokenType === EOF && last !== undefined) this.#reportAfter(last, error.message);
    else if (![0, 1, 2].some((gap) => this.#after.has(at.startOffset - gap))) {
      const before = tokens[tokens.indexOf(at) - 1];
      const unfilled = lacksBefore(tokens, tokens.indexOf(at));
      if (unfilled !== undefined) {
        this.#reportAfter(unfilled, `expected a value after "${unfilled.image}"`);
        return;
      }
      const list = at.image === "," ? valuesWithoutBrackets(tokens) : undefined;
      const below = tokens[tokens.indexOf(at) + 1];
      if (at.image === ":" && below?.image === "-" && below.startLine !== at.startLine) {
        this.#report(at, `a list stands in brackets: ${before?.image} = [ …, … ]`);
        return;
      }
      const isMap =
        at.image === ":" &&
        before !== undefined &&
        below !== undefined &&
        (at.endOffset ?? 0) + 1 < below.startOffset;
      if (name === "NotAllInputParsedException" && isMap) {
        this.#report(at, `a map stands in braces: { ${before.image}: … }`);
        return;
      }
      this.#report(
        at,
        name === "NotAllInputParsedException"
          ? (list ?? tooMuch(before, at, next ?? nextOf(tokens, before)))
          : error.message,
      );
    }
  }

  #reportAfter(last: IToken, text: string): void {
    const { end } = this.#span(last);
    const span = { file: this.#file, start: end, end: { ...end, column: end.column + 1 } };
    this.#problems.push({ span, text });
  }

  #report(at: IToken, text: string): void {
    this.#problems.push({ span: this.#span(at), text });
  }

  #span(of: IToken): Span {
    const start: Position = { line: of.startLine ?? 1, column: of.startColumn ?? 1 };
    return {
      file: this.#file,
      start,
      end: { line: of.endLine ?? start.line, column: (of.endColumn ?? start.column) + 1 },
    };
  }
}

/** One by one: there may be more than a call takes arguments. */
function append<T>(to: T[], more: readonly T[]): void {
  for (const one of more) to.push(one);
}

function noBrace(head: Tokens): string {
  return head[0]?.image === "return"
    ? "a function is its value: function f(a) = …, or blocks within { }"
    : `expected "{" after "${head.at(-1)?.image}"`;
}

/** What can follow the name of a param. */
function nextOf([first, second]: Tokens, before: IToken | undefined): string | undefined {
  return first?.image === "param" && before === second ? '"="' : undefined;
}
