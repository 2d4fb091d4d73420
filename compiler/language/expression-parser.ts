import {
  EmbeddedActionsParser,
  EOF,
  type IParserErrorMessageProvider,
  type IToken,
  type TokenType,
  tokenMatcher,
} from "chevrotain";
import type { Position, Span } from "../diagnostics/span.js";
import { quoted } from "./messages.js";
import type { SyntaxProblem } from "./problem.js";
import type { BinaryOperator, Expression, MapEntry, Name, Spread, Text } from "./syntax.js";
import { readEscape, withoutIndent } from "./text.js";
import * as token from "./tokens.js";

/** Operators in one expression, or accesses in one chain: what follows walks the tree without counting. */
const longest = 500;

/** The grammar of values; that of definitions stands on it. Each rule builds its part of the tree as it goes. */
export abstract class ExpressionParser extends EmbeddedActionsParser {
  /** As spans name it. */
  protected file = "";
  /** Mistakes that the grammar itself does not see. */
  protected readonly extra: SyntaxProblem[] = [];

  /** @param recoveryEnabled, skipValidations - as the whole grammar takes them. */
  constructor(
    errorMessageProvider: IParserErrorMessageProvider,
    recoveryEnabled: boolean,
    skipValidations: boolean,
  ) {
    super(token.vocabulary, { recoveryEnabled, maxLookahead: 3, errorMessageProvider, skipValidations });
  }

  /** What a field or a map's entry is called: any word, or text. */
  protected readonly key = this.RULE("key", (): Name | Text | undefined =>
    this.OR<Name | Text | undefined>([
      { ALT: () => this.name(this.CONSUME(token.Name)) },
      { ALT: () => this.name(this.CONSUME(token.ImportWord)) },
      { ALT: () => this.name(this.CONSUME(token.ParamWord)) },
      { ALT: () => this.name(this.CONSUME(token.LetWord)) },
      { ALT: () => this.name(this.CONSUME(token.FunctionWord)) },
      { ALT: () => this.name(this.CONSUME(token.IfWord)) },
      { ALT: () => this.name(this.CONSUME(token.ForWord)) },
      { ALT: () => this.SUBRULE(this.text) },
    ]),
  );

  protected readonly expression = this.RULE("expression", (): Expression | undefined =>
    this.OR<Expression | undefined>([
      { ALT: () => this.SUBRULE(this.conditional) },
      { ALT: () => this.SUBRULE(this.either) },
    ]),
  );

  private readonly conditional = this.RULE("conditional", (): Expression | undefined => {
    const first = this.CONSUME(token.IfWord);
    const condition = this.SUBRULE(this.expression);
    this.CONSUME(token.ThenWord);
    const then = this.SUBRULE1(this.expression);
    this.CONSUME(token.ElseWord);
    const otherwise = this.SUBRULE2(this.expression);
    return this.ACTION(() =>
      condition === undefined || then === undefined || otherwise === undefined
        ? undefined
        : { node: "if", span: join(this.at(first), otherwise.span), condition, then, else: otherwise },
    );
  });

  private readonly either = this.RULE("either", (): Expression | undefined => {
    let left = this.SUBRULE(this.both);
    let count = 0;
    this.MANY(() => {
      const operator = this.CONSUME(token.OrOperator);
      const right = this.SUBRULE1(this.both);
      left = this.ACTION(() => this.#binary(operator, left, right, ++count));
    });
    return left;
  });

  private readonly both = this.RULE("both", (): Expression | undefined => {
    let left = this.SUBRULE(this.equality);
    let count = 0;
    this.MANY(() => {
      const operator = this.CONSUME(token.AndOperator);
      const right = this.SUBRULE1(this.equality);
      left = this.ACTION(() => this.#binary(operator, left, right, ++count));
    });
    return left;
  });

  private readonly equality = this.RULE("equality", (): Expression | undefined => {
    let left = this.SUBRULE(this.comparison);
    let count = 0;
    this.MANY(() => {
      const operator = this.CONSUME(token.EqualityOperator);
      const right = this.SUBRULE1(this.comparison);
      left = this.ACTION(() => this.#binary(operator, left, right, ++count));
    });
    return left;
  });

  private readonly comparison = this.RULE("comparison", (): Expression | undefined => {
    let left = this.SUBRULE(this.sum);
    let count = 0;
    this.MANY(() => {
      const operator = this.CONSUME(token.OrderOperator);
      const right = this.SUBRULE1(this.sum);
      left = this.ACTION(() => this.#binary(operator, left, right, ++count));
    });
    return left;
  });

  private readonly sum = this.RULE("sum", (): Expression | undefined => {
    let left = this.SUBRULE(this.product);
    let count = 0;
    this.MANY(() => {
      const operator = this.OR([
        { ALT: () => this.CONSUME(token.Plus) },
        { ALT: () => this.CONSUME(token.Minus) },
      ]);
      const right = this.SUBRULE1(this.product);
      left = this.ACTION(() => this.#binary(operator, left, right, ++count));
    });
    return left;
  });

  private readonly product = this.RULE("product", (): Expression | undefined => {
    let left = this.SUBRULE(this.unary);
    let count = 0;
    this.MANY(() => {
      const operator = this.CONSUME(token.ProductOperator);
      const right = this.SUBRULE1(this.unary);
      left = this.ACTION(() => this.#binary(operator, left, right, ++count));
    });
    return left;
  });

  private readonly unary = this.RULE("unary", (): Expression | undefined => {
    const operators: IToken[] = [];
    this.MANY(() => {
      operators.push(
        this.OR([{ ALT: () => this.CONSUME(token.Minus) }, { ALT: () => this.CONSUME(token.Not) }]),
      );
    });
    const of = this.SUBRULE(this.access);
    return this.ACTION(() => {
      if (of === undefined) return undefined;
      this.#limit(operators.length, of.span);
      return operators.slice(-longest).reduceRight<Expression>(
        (inner, operator) => ({
          node: "unary",
          span: join(this.at(operator), inner.span),
          operator: operator.image === "-" ? "-" : "!",
          of: inner,
        }),
        of,
      );
    });
  });

  private readonly access = this.RULE("access", (): Expression | undefined => {
    let of = this.SUBRULE(this.primary);
    let count = 0;
    this.MANY(() => {
      const next = this.OR<(before: Expression) => Expression | undefined>([
        {
          ALT: () => {
            this.CONSUME(token.Dot);
            const key = this.SUBRULE(this.key);
            return (before: Expression) => {
              const name = key === undefined ? undefined : this.keyName(key);
              return name && { node: "member", span: join(before.span, name.span), of: before, name };
            };
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.LeftBracket);
            const key = this.SUBRULE(this.expression);
            const close = this.CONSUME(token.RightBracket);
            return (before: Expression) =>
              key && { node: "index", span: join(before.span, this.at(close)), of: before, key };
          },
        },
        {
          ALT: () => {
            const list: Expression[] = [];
            this.CONSUME(token.LeftParen);
            this.MANY_SEP({
              SEP: token.Comma,
              DEF: () => {
                const argument = this.SUBRULE1(this.expression);
                if (argument !== undefined) list.push(argument);
              },
            });
            const close = this.CONSUME(token.RightParen);
            return (before: Expression) => ({
              node: "call",
              span: join(before.span, this.at(close)),
              callee: before,
              arguments: list,
            });
          },
        },
      ]);
      of = this.ACTION(() => {
        count += 1;
        if (count === longest && of !== undefined) this.#limit(count, of.span);
        return of === undefined || count >= longest ? of : next(of);
      });
    });
    return of;
  });

  private readonly primary = this.RULE("value", (): Expression | undefined =>
    this.OR<Expression | undefined>([
      { ALT: () => this.SUBRULE(this.text) },
      {
        ALT: () => {
          const of = this.CONSUME(token.NumberLiteral);
          return this.ACTION(() => this.#number(of));
        },
      },
      {
        ALT: () => {
          const of = this.CONSUME(token.Unit);
          return this.ACTION(() => ({ node: "unit", span: this.at(of), text: of.image }));
        },
      },
      {
        ALT: () => {
          const of = this.CONSUME(token.TrueWord);
          return this.ACTION(() => ({ node: "boolean", span: this.at(of), value: true }));
        },
      },
      {
        ALT: () => {
          const of = this.CONSUME(token.FalseWord);
          return this.ACTION(() => ({ node: "boolean", span: this.at(of), value: false }));
        },
      },
      {
        ALT: () => {
          const of = this.CONSUME(token.NullWord);
          return this.ACTION(() => ({ node: "null", span: this.at(of) }));
        },
      },
      {
        ALT: () => {
          const name = this.name(this.CONSUME(token.Name));
          return this.ACTION(() => ({ node: "reference", span: name.span, name }));
        },
      },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.map) },
      {
        ALT: () => {
          this.CONSUME(token.LeftParen);
          const inner = this.SUBRULE(this.expression);
          this.CONSUME(token.RightParen);
          return inner;
        },
      },
    ]),
  );

  protected readonly list = this.RULE("list", (): Expression | undefined => {
    const open = this.CONSUME(token.LeftBracket);
    const items: (Expression | Spread)[] = [];
    const comprehension = this.OR<Omit<Extract<Expression, { node: "for" }>, "span"> | undefined>([
      {
        GATE: () => tokenMatcher(this.LA(1), token.ForWord),
        ALT: () => {
          const head = this.SUBRULE(this.comprehensionHead);
          const value = this.SUBRULE(this.expression);
          const where = this.SUBRULE(this.where);
          return this.ACTION(() => head && value && { node: "for", ...head, key: undefined, value, where });
        },
      },
      {
        ALT: () => {
          this.MANY(() => {
            const item = this.OR1<Expression | Spread | undefined>([
              { ALT: () => this.SUBRULE(this.spread) },
              { ALT: () => this.SUBRULE1(this.expression) },
            ]);
            if (item !== undefined) items.push(item);
            this.OPTION(() => this.CONSUME(token.Comma));
            this.ACTION(() => this.#separated(token.RightBracket));
          });
          return undefined;
        },
      },
    ]);
    const close = this.CONSUME(token.RightBracket);
    return this.ACTION(() => {
      const span = join(this.at(open), this.at(close));
      return comprehension === undefined ? { node: "list", span, items } : { ...comprehension, span };
    });
  });

  protected readonly map = this.RULE("map", (): Expression | undefined => {
    const open = this.CONSUME(token.LeftBrace);
    const entries: (MapEntry | Spread)[] = [];
    const comprehension = this.OR<Omit<Extract<Expression, { node: "for" }>, "span"> | undefined>([
      {
        GATE: () => tokenMatcher(this.LA(1), token.ForWord) && !tokenMatcher(this.LA(2), token.Colon),
        ALT: () => {
          const head = this.SUBRULE(this.comprehensionHead);
          const key = this.SUBRULE(this.expression);
          this.CONSUME(token.Colon);
          const value = this.SUBRULE1(this.expression);
          const where = this.SUBRULE(this.where);
          return this.ACTION(() => head && key && value && { node: "for", ...head, key, value, where });
        },
      },
      {
        ALT: () => {
          this.MANY(() => {
            const entry = this.OR1<MapEntry | Spread | undefined>([
              { ALT: () => this.SUBRULE(this.spread) },
              { ALT: () => this.SUBRULE(this.mapEntry) },
            ]);
            if (entry !== undefined) entries.push(entry);
            this.OPTION(() => this.CONSUME(token.Comma));
            this.ACTION(() => this.#separated(token.RightBrace));
          });
          return undefined;
        },
      },
    ]);
    const close = this.CONSUME(token.RightBrace);
    return this.ACTION(() => {
      const span = join(this.at(open), this.at(close));
      return comprehension === undefined ? { node: "map", span, entries } : { ...comprehension, span };
    });
  });

  private readonly mapEntry = this.RULE("entry", (): MapEntry | undefined => {
    const key = this.OR<Name | Text | undefined>([
      { ALT: () => this.SUBRULE(this.key) },
      { ALT: () => this.name(this.CONSUME(token.NumberLiteral)) },
    ]);
    const separator = this.OR1([
      { ALT: () => this.CONSUME(token.Colon) },
      { ALT: () => this.CONSUME(token.Equals) },
    ]);
    this.ACTION(() => {
      if (separator?.image === "=")
        this.extra.push({ span: this.at(separator), text: 'an entry of a map is written "name: value"' });
    });
    const value = this.SUBRULE(this.expression);
    return this.ACTION(() =>
      key === undefined || value === undefined
        ? undefined
        : { node: "entry", span: join(key.span, value.span), key, value },
    );
  });

  private readonly spread = this.RULE("spread", (): Spread | undefined => {
    const dots = this.CONSUME(token.Ellipsis);
    const of = this.SUBRULE(this.expression);
    return this.ACTION(() => of && { node: "spread", span: join(this.at(dots), of.span), of });
  });

  /** `for x in xs:` or `for key, value in map:` */
  private readonly comprehensionHead = this.RULE("for", () => {
    const names: Name[] = [];
    this.CONSUME(token.ForWord);
    names.push(this.name(this.CONSUME(token.Name)));
    this.OPTION(() => {
      this.CONSUME(token.Comma);
      names.push(this.name(this.CONSUME1(token.Name)));
    });
    this.CONSUME(token.InWord);
    const within = this.SUBRULE(this.expression);
    this.CONSUME(token.Colon);
    return this.ACTION(
      () => within && { names: names as unknown as readonly [Name] | readonly [Name, Name], in: within },
    );
  });

  private readonly where = this.RULE("where", (): Expression | undefined => {
    let condition: Expression | undefined;
    this.OPTION(() => {
      this.CONSUME(token.WhereWord);
      condition = this.SUBRULE(this.expression);
    });
    return condition;
  });

  protected readonly text = this.RULE("text", (): Text => {
    const parts: (IToken | Expression)[] = [];
    const ends = this.OR<readonly [IToken, IToken]>([
      {
        ALT: () => {
          const open = this.CONSUME(token.TextStart);
          this.MANY(() => {
            const part = this.OR1<IToken | Expression | undefined>([
              { ALT: () => this.CONSUME(token.TextPart) },
              { ALT: () => this.CONSUME(token.TextEscape) },
              { ALT: () => this.SUBRULE(this.interpolation) },
            ]);
            if (part !== undefined) parts.push(part);
          });
          return [open, this.CONSUME(token.TextEnd)];
        },
      },
      {
        ALT: () => {
          const open = this.CONSUME(token.BlockStart);
          this.MANY1(() => {
            const part = this.OR2<IToken | Expression | undefined>([
              { ALT: () => this.CONSUME(token.BlockPart) },
              { ALT: () => this.SUBRULE1(this.interpolation) },
            ]);
            if (part !== undefined) parts.push(part);
          });
          return [open, this.CONSUME(token.BlockEnd)];
        },
      },
    ]);
    return this.ACTION((): Text => {
      const [open, close] = ends ?? [];
      if (open === undefined || close === undefined)
        return { node: "text", span: this.at(this.LA(0)), parts: [], block: false };
      const block = open.image === '"""';
      const read = parts.map((part) => ("node" in part ? part : this.#characters(part, block)));
      return {
        node: "text",
        span: join(this.at(open), this.at(close)),
        parts: joined(block ? withoutIndent(read) : read),
        block,
      };
    });
  });

  private readonly interpolation = this.RULE("interpolation", (): Expression | undefined => {
    this.CONSUME(token.InterpolationStart);
    const inner = this.SUBRULE(this.expression);
    this.CONSUME(token.RightBrace);
    return inner;
  });

  #number(of: IToken): Expression {
    const value = Number(of.image.replaceAll("_", ""));
    const isWhole = /^[\d_]+$/.test(of.image);
    if (value === Number.POSITIVE_INFINITY || (isWhole && !Number.isSafeInteger(value)))
      this.extra.push({
        span: this.at(of),
        text: `"${of.image.length > 30 ? `${of.image.slice(0, 30)}…` : of.image}" is more than a number holds exactly: as text it stands in quotes`,
      });
    return { node: "number", span: this.at(of), value };
  }

  #characters(part: IToken, block: boolean): string {
    if (block || !part.image.startsWith("\\")) return part.image.replace(/\r\n?/g, "\n");
    const character = readEscape(part.image);
    if (character === undefined)
      this.extra.push({
        span: this.at(part),
        text: `"${part.image}" is no escape; a backslash is written "\\\\"`,
      });
    return character ?? "";
  }

  #binary(
    operator: IToken,
    left: Expression | undefined,
    right: Expression | undefined,
    count: number,
  ): Expression | undefined {
    if (left === undefined || right === undefined) return left ?? right;
    if (count === 2 && /^[=!<>]/.test(operator.image)) this.#chain(operator);
    if (count === longest) this.#limit(count, left.span);
    if (count >= longest) return left;
    const span = join(left.span, right.span);
    return { node: "binary", span, operator: operator.image as BinaryOperator, left, right };
  }

  /** The second of a chain would compare the answer of the first. */
  #chain(operator: IToken): void {
    const { image } = operator;
    const text = `"${image}" compares two values: a ${image} b && b ${image} c, or one of them in ( )`;
    this.extra.push({ span: this.at(operator), text });
  }

  /** Reports a comma that is missing; what follows is read all the same. */
  #separated(end: TokenType): void {
    const [before, next] = [this.LA(0), this.LA(1)];
    if (tokenMatcher(before, token.Comma) || tokenMatcher(next, end) || tokenMatcher(next, EOF)) return;
    this.extra.push({ span: this.at(next), text: `expected "," before ${quoted(next.image)}` });
  }

  #limit(count: number, span: Span): void {
    if (count >= longest)
      this.extra.push({
        span,
        text: `an expression of more than ${longest} parts; name some of them with let`,
      });
  }

  protected name(of: IToken): Name {
    return this.ACTION(() => ({ node: "name", span: this.at(of), text: of.image, quoted: false })) as Name;
  }

  protected keyName(key: Name | Text): Name {
    if (key.node === "name") return key;
    return { node: "name", span: key.span, text: this.plain(key, "a field's name"), quoted: true };
  }

  protected plain(text: Text, what: string): string {
    if (text.parts.some((part) => typeof part !== "string"))
      this.extra.push({ span: text.span, text: `${what} is plain text, without \${ }` });
    return text.parts.filter((part) => typeof part === "string").join("");
  }

  protected at(of: IToken): Span {
    const { endColumn, endLine, startColumn = 1, startLine = 1 } = of;
    const start: Position = Number.isNaN(startLine)
      ? this.#before()
      : { line: startLine, column: startColumn };
    const end = Number.isNaN(startLine)
      ? start
      : { line: endLine ?? startLine, column: (endColumn ?? startColumn) + 1 };
    return { file: this.file, start, end };
  }

  /** End of the last token that was there: a token that recovery put in has no place. */
  #before(): Position {
    const last = this.LA(0);
    return Number.isNaN(last.endLine ?? Number.NaN)
      ? { line: 1, column: 1 }
      : { line: last.endLine ?? 1, column: (last.endColumn ?? 0) + 1 };
  }
}

function joined(parts: readonly (string | Expression)[]): (string | Expression)[] {
  const result: (string | Expression)[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

export function join(from: Span, to: Span): Span {
  return { file: from.file, start: from.start, end: to.end };
}
