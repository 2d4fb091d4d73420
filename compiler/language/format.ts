import type { Position, Span } from "../diagnostics/span.js";
import { type Comment, parseModule } from "./parse.js";
import type {
  Block,
  Definition,
  Expression,
  Field,
  FunctionDefinition,
  Import,
  MapEntry,
  Name,
  Param,
  Spread,
  Text,
} from "./syntax.js";
import { writeEscapes } from "./text.js";
import { childrenOf, type Node, walk } from "./tree.js";

/** Characters of a line. Longer lists and maps stand one item a line. */
const lineWidth = 100;
const indentWidth = 2;

/**
 * A module in the one layout there is: two-space indent, `=` of neighbouring fields in one column, one blank line at
 * most where the author left some. Comments stay where they stand; the meaning is untouched.
 *
 * @returns undefined when the text has syntax errors: what cannot be read is not rewritten.
 */
export function formatModule(file: string, text: string): string | undefined {
  const { comments, module, problems } = parseModule(file, text);
  if (problems.length > 0) return undefined;
  return new Formatter(comments, text).module(module.definitions);
}

class Formatter {
  /** In source order; those before `#next` are written. */
  readonly #comments: Comment[];
  readonly #source: readonly string[];
  #next = 0;
  /** Members and items that did not fit on one line: further right they do not either, and are not tried again. */
  readonly #wide = new Set<readonly unknown[]>();
  /** With comments between their words, which would be elsewhere in one line. */
  readonly #commented = new Set<Expression>();
  /** Of those, what no text by itself says: comments within go where the line is done. */
  readonly #inParentheses = new Set<Node>();

  constructor(comments: readonly Comment[], text: string) {
    this.#comments = [...comments];
    this.#source = text.split(/\r\n|\n|\r/);
  }

  module(definitions: readonly Definition[]): string {
    const lines: string[] = [];
    let last: Position | undefined;
    let wasLarge = false;
    for (const definition of definitions) {
      const above = this.#above(definition.span.start, 0, last);
      const text = this.#definition(definition, 0);
      const isLarge = text.includes("\n");
      if ((isLarge || wasLarge) && last !== undefined && above[0] !== "") lines.push("");
      for (const line of above) lines.push(line);
      lines.push(`${text}${this.#beside(definition.span.end)}`);
      last = this.#end(definition.span);
      wasLarge = isLarge;
    }
    for (const line of this.#above(fileEnd, 0, last)) lines.push(line);
    return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  }

  /** Comments above a place, each on lines of its own, with the blank lines that the author left. */
  #above(at: Position, depth: number, last: Position | undefined): string[] {
    const lines: string[] = [];
    let previous = last;
    for (;;) {
      const comment = this.#comments[this.#next];
      if (comment === undefined || !isBefore(comment.span.start, at)) break;
      this.#next += 1;
      if (previous !== undefined && isApart(previous, comment.span.start)) lines.push("");
      for (const line of indented(comment.text, depth)) lines.push(line);
      previous = comment.span.end;
    }
    if (previous !== undefined && at !== fileEnd && isApart(previous, at)) lines.push("");
    return lines;
  }

  /** Comments on the line that something ends on stay there. */
  #beside(end: Position): string {
    let at = end;
    let text = "";
    for (;;) {
      const comment = this.#comments[this.#next];
      if (comment === undefined || comment.span.start.line !== at.line || comment.text.includes("\n"))
        return text;
      const between = this.#source[at.line - 1]?.slice(at.column - 1, comment.span.start.column - 1) ?? "";
      if (!/^[\s,)]*$/.test(between)) return text;
      this.#next += 1;
      text += ` ${comment.text.trimEnd()}`;
      at = comment.span.end;
    }
  }

  /** Where something ends, with the comment beside it. */
  #end({ end }: Span): Position {
    const taken = this.#comments[this.#next - 1];
    return taken !== undefined && isBefore(end, taken.span.end) ? taken.span.end : end;
  }

  #definition(definition: Definition, depth: number): string {
    switch (definition.node) {
      case "import":
        return importText(definition);
      case "param":
        return this.#param(definition, depth);
      case "let":
        return `let ${definition.name.text} = ${this.#expression(definition.value, depth)}`;
      case "function":
        return this.#function(definition, depth);
      case "block":
        return this.#block(definition, depth);
    }
  }

  #param({ default: value, name, options, span }: Param, depth: number): string {
    const head = `param ${name.text}${value === undefined ? "" : ` = ${this.#expression(value, depth)}`}`;
    if (options.length === 0) return head;
    return `${head} ${this.#members(options, span, depth)}`;
  }

  #function({ body, name, parameters }: FunctionDefinition, depth: number): string {
    const list = parameters.map(
      ({ default: value, name: parameter }) =>
        `${parameter.text}${value === undefined ? "" : ` = ${this.#expression(value, depth)}`}`,
    );
    const head = `function ${name.text}(${list.join(", ")})`;
    if (body.node !== "body") return `${head} = ${this.#expression(body, depth)}`;
    const lines = [`${head} {`];
    let last: Position | undefined;
    for (const inner of body.definitions) {
      for (const line of this.#above(inner.span.start, depth + 1, last)) lines.push(line);
      const text = `${pad(depth + 1)}${this.#definition(inner, depth + 1)}`;
      lines.push(`${text}${this.#beside(inner.span.end)}`);
      last = this.#end(inner.span);
    }
    for (const line of withoutLastBlank(this.#above(body.span.end, depth + 1, last))) lines.push(line);
    return [...lines, `${pad(depth)}}`].join("\n");
  }

  #block({ kind, members, name, span }: Block, depth: number): string {
    const title =
      name === undefined ? "" : ` ${name.node === "name" ? nameText(name) : this.#text(name, depth)}`;
    return `${kind.text}${title} ${this.#members(members, span, depth)}`;
  }

  /** On one line where the author has it on one and it fits, otherwise one member a line. */
  #members(members: readonly (Field | Block)[], span: Span, depth: number): string {
    if (members.length === 0 && !this.#hasComments(span)) return "{ }";
    if (span.start.line === span.end.line && !this.#wide.has(members) && !this.#hasComments(span)) {
      const parts = members.map((member) =>
        member.node === "field"
          ? `${nameText(member.name)} = ${this.#expression(member.value, depth)}`
          : this.#block(member, depth),
      );
      const line = `{ ${parts.join("  ")} }`;
      if (line.length + depth * indentWidth <= lineWidth && !line.includes("\n")) return line;
      this.#wide.add(members);
    }
    const rows: Row[] = [];
    let last: Position | undefined;
    for (const member of members) {
      const above = this.#above(member.span.start, depth + 1, last);
      const isField = member.node === "field";
      const text = isField ? this.#expression(member.value, depth + 1) : this.#block(member, depth + 1);
      const beside = this.#beside(member.span.end);
      rows.push({ above, name: isField ? nameText(member.name) : undefined, text: `${text}${beside}` });
      last = this.#end(member.span);
    }
    const below = withoutLastBlank(this.#above(span.end, depth + 1, last));
    return ["{", ...aligned(rows, depth + 1), ...below, `${pad(depth)}}`].join("\n");
  }

  #hasComments({ end, start }: Span): boolean {
    const first = this.#comments[this.#firstAfter(start)];
    return first !== undefined && isBefore(first.span.start, end);
  }

  /** Index of the first comment that begins after a place. */
  #firstAfter(place: Position): number {
    let [low, high] = [0, this.#comments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const comment = this.#comments[middle];
      if (comment !== undefined && isBefore(place, comment.span.start)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Text as it stands in the source, with the comments within. */
  #verbatim(span: Span): string {
    const from = this.#firstAfter(span.start);
    let to = from;
    while (isBefore(this.#comments[to]?.span.start ?? fileEnd, span.end)) to += 1;
    this.#comments.splice(from, to - from);
    return this.#written(span);
  }

  /** Whether comments stand between the words of an expression: those in lists and maps have lines of their own there. */
  #isCommented(expression: Expression): boolean {
    if (expression.node === "list" || expression.node === "map") return false;
    if (this.#commented.has(expression)) return true;
    if (this.#inParentheses.has(expression)) return false;
    const { span } = expression;
    if (!this.#hasComments(span)) return false;
    const inner = partsWithLines(expression);
    for (let at = this.#firstAfter(span.start); ; at += 1) {
      const start = this.#comments[at]?.span.start ?? fileEnd;
      if (!isBefore(start, span.end)) return false;
      if (inner.some((part) => !isBefore(start, part.start) && isBefore(start, part.end))) continue;
      if (isWhole(this.#written(span), expression)) this.#commented.add(expression);
      else for (const part of walk([expression])) this.#inParentheses.add(part);
      return this.#commented.has(expression);
    }
  }

  /** Lines keep their places among each other, further in than what they belong to; those of a block text all as they are. */
  #asWritten(span: Span, depth: number): string {
    const text = this.#verbatim(span);
    if (text.includes('"""')) return text;
    const [first = "", ...rest] = text.split("\n").map((line) => line.trimEnd());
    const indents = rest.filter((line) => line !== "").map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
    const least = Math.min(...indents);
    return [first, ...rest.map((line) => (line === "" ? "" : `${pad(depth + 1)}${line.slice(least)}`))].join(
      "\n",
    );
  }

  /** @param outer - how tightly what stands around it binds: weaker operators within need parentheses. */
  #expression(expression: Expression, depth: number, outer = 0): string {
    const own = strengthOf(expression);
    const text = this.#bare(expression, depth);
    return own < outer ? `(${text})` : text;
  }

  #bare(expression: Expression, depth: number): string {
    if (this.#isCommented(expression)) return this.#asWritten(expression.span, depth);
    switch (expression.node) {
      case "text":
        return this.#text(expression, depth);
      case "number":
      case "boolean":
        return this.#written(expression.span);
      case "null":
        return "null";
      case "unit":
        return expression.text;
      case "reference":
        return expression.name.text;
      case "list":
        return this.#items(expression.items, expression.span, "[", "]", depth, (item, at) =>
          this.#part(item, at),
        );
      case "map":
        return this.#items(expression.entries, expression.span, "{", "}", depth, (entry, at) =>
          entry.node === "entry" ? this.#entry(entry, at) : this.#part(entry, at),
        );
      case "member":
        return `${this.#expression(expression.of, depth, strongest)}.${nameText(expression.name)}`;
      case "index":
        return `${this.#expression(expression.of, depth, strongest)}[${this.#expression(expression.key, depth)}]`;
      case "call":
        return `${this.#expression(expression.callee, depth, strongest)}(${expression.arguments
          .map((argument) => this.#expression(argument, depth))
          .join(", ")})`;
      case "unary":
        return `${expression.operator}${this.#expression(expression.of, depth, unaryStrength)}`;
      case "binary": {
        const own = strengthOf(expression);
        const isChain = own === strengths["=="] || own === strengths["<"]; // which a comparison cannot be of
        const left = this.#expression(expression.left, depth, isChain ? own + 1 : own);
        return `${left} ${expression.operator} ${this.#expression(expression.right, depth, own + 1)}`;
      }
      case "if": {
        const [condition, then, otherwise] = [expression.condition, expression.then, expression.else].map(
          (part) => this.#expression(part, depth),
        );
        return `if ${condition} then ${then} else ${otherwise}`;
      }
      case "for": {
        // In source order, which is the order that comments are taken in.
        const names = expression.names.map(({ text }) => text).join(", ");
        const within = this.#expression(expression.in, depth);
        const key = expression.key === undefined ? "" : `${this.#expression(expression.key, depth)}: `;
        const value = this.#expression(expression.value, depth);
        const where =
          expression.where === undefined ? "" : ` where ${this.#expression(expression.where, depth)}`;
        const body = `for ${names} in ${within}: ${key}${value}${where}`;
        return expression.key === undefined ? `[${body}]` : `{ ${body} }`;
      }
    }
  }

  /** Comments within keep their item; without any, all on one line where that fits and the author began so. */
  #items<T extends { readonly span: Span }>(
    items: readonly T[],
    span: Span,
    open: string,
    close: string,
    depth: number,
    write: (item: T, depth: number) => string,
  ): string {
    const commented = this.#hasComments(span);
    if (items.length === 0 && !commented) return open + close;
    const [first] = items;
    const isOneLine = first === undefined || first.span.start.line === span.start.line;
    if (isOneLine && !commented && !this.#wide.has(items)) {
      const before = this.#next;
      const inner = items.map((item) => write(item, depth)).join(", ");
      const line = open === "{" ? `{ ${inner} }` : `${open}${inner}${close}`;
      const fits = line.length + depth * indentWidth <= lineWidth || !isBreakable(items);
      if (fits && this.#next === before) return line;
      if (!fits) this.#wide.add(items);
      this.#next = before; // a comment from further left was taken by an item: it is written again
    }
    const lines = [open];
    let last: Position | undefined;
    for (const item of items) {
      for (const line of this.#above(item.span.start, depth + 1, last)) lines.push(line);
      const text = `${pad(depth + 1)}${write(item, depth + 1)},`;
      lines.push(`${text}${this.#beside(item.span.end)}`);
      last = this.#end(item.span);
    }
    for (const line of withoutLastBlank(this.#above(span.end, depth + 1, last))) lines.push(line);
    return [...lines, `${pad(depth)}${close}`].join("\n");
  }

  #part(part: Expression | Spread, depth: number): string {
    return part.node === "spread" ? `...${this.#expression(part.of, depth)}` : this.#expression(part, depth);
  }

  #entry({ key, value }: MapEntry, depth: number): string {
    const name = key.node === "name" ? nameText(key) : this.#text(key, depth);
    return `${name}: ${this.#expression(value, depth)}`;
  }

  /** Block text stays as it was written: its lines are the author's. */
  #text({ block, parts, span }: Text, depth: number): string {
    const isPlain = parts.every((part) => typeof part === "string");
    if (block || isPlain) return this.#verbatim(span); // an escape stays one
    const inner = parts.map((part) =>
      typeof part === "string" ? writeEscapes(part) : `\${${this.#expression(part, depth)}}`,
    );
    return `"${inner.join("")}"`;
  }

  #written({ end, start }: Span): string {
    const lines = this.#source.slice(start.line - 1, end.line);
    if (lines.length === 1) return (lines[0] ?? "").slice(start.column - 1, end.column - 1);
    return [
      (lines[0] ?? "").slice(start.column - 1),
      ...lines.slice(1, -1),
      (lines.at(-1) ?? "").slice(0, end.column - 1),
    ].join("\n");
  }
}

/** A member of a block, and what stands above it. */
interface Row {
  readonly above: readonly string[];
  /** Of a field. */
  readonly name: string | undefined;
  readonly text: string;
}

/** Fields with nothing between them have their `=` in one column. */
function aligned(rows: readonly Row[], depth: number): string[] {
  let [end, width] = [0, 0]; // of the fields that have one column
  return rows.flatMap((row, index) => {
    if (index === end) {
      width = row.name?.length ?? 0;
      for (end += 1; joins(rows[end - 1], rows[end]); end += 1)
        width = Math.max(width, rows[end]?.name?.length ?? 0);
    }
    const line = row.name === undefined ? row.text : `${row.name.padEnd(width)} = ${row.text}`;
    return [...row.above, ...`${pad(depth)}${line}`.split("\n")];
  });
}

function joins(before: Row | undefined, next: Row | undefined): boolean {
  return before?.name !== undefined && next?.name !== undefined && next.above.length === 0;
}

/** Whether a text by itself says the expression: one in parentheses begins and ends outside of what it is made of. */
function isWhole(text: string, expression: Expression): boolean {
  const { module, problems } = parseModule("", `let x = ${text}\n`);
  const [only, ...more] = module.definitions;
  const meaning = (value: Expression) =>
    JSON.stringify(value, (key, member: unknown) => (key === "span" ? undefined : member));
  return (
    problems.length === 0 &&
    more.length === 0 &&
    only?.node === "let" &&
    meaning(only.value) === meaning(expression)
  );
}

/** Lists and maps within an expression. */
function partsWithLines(node: Node): readonly Span[] {
  return childrenOf(node).flatMap((child) =>
    child.node === "list" || child.node === "map" ? [child.span] : partsWithLines(child),
  );
}

/** How tightly an expression holds together, as the grammar has it. */
const strengths: { readonly [operator: string]: number } = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};
const unaryStrength = 7;
const strongest = 8;

function strengthOf(expression: Expression): number {
  if (expression.node === "if") return 0;
  if (expression.node === "unary") return unaryStrength;
  return expression.node === "binary" ? (strengths[expression.operator] ?? 0) : strongest;
}

function importText({ from, isWhole, names }: Import): string {
  if (isWhole) return `import "${writeEscapes(from.text)}"`;
  const list = names.map(({ as, name }) => {
    const last = name.text.split(".").at(-1);
    return as.text === last ? name.text : `${name.text} as ${as.text}`;
  });
  return `import { ${list.join(", ")} } from "${writeEscapes(from.text)}"`;
}

/** A name as it is written. */
export function nameText({ quoted, text }: Pick<Name, "quoted" | "text">): string {
  return quoted ? `"${writeEscapes(text)}"` : text;
}

/** Only what has several parts gains by lines of their own. */
function isBreakable(items: readonly unknown[]): boolean {
  return items.length > 1;
}

function indented(comment: string, depth: number): string[] {
  return comment
    .split(/\r\n|\n|\r/)
    .map((line, index) => (index === 0 ? `${pad(depth)}${line.trimEnd()}` : line.trimEnd()));
}

function pad(depth: number): string {
  return " ".repeat(depth * indentWidth);
}

const fileEnd: Position = { line: Number.POSITIVE_INFINITY, column: 1 };

function isApart(last: Position, next: Position): boolean {
  return next.line > last.line + 1;
}

/** No blank line before a closing bracket. */
function withoutLastBlank(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
