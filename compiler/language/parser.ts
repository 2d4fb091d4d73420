import {
  type IParserErrorMessageProvider,
  type IRecognitionException,
  type IToken,
  tokenMatcher,
} from "chevrotain";
import type { Span } from "../diagnostics/span.js";
import { ExpressionParser, join } from "./expression-parser.js";
import type { SyntaxProblem } from "./problem.js";
import type {
  Block,
  Definition,
  Expression,
  Field,
  FunctionDefinition,
  Import,
  Let,
  Name,
  Param,
  Text,
} from "./syntax.js";
import * as token from "./tokens.js";

/** Parts of the grammar that can be read by themselves. */
export type RuleName = "definition" | "member" | "body member" | "field" | "map" | "list" | "expression";

export interface Attempt {
  /** What could be read. */
  readonly node: Definition | Field | Expression | undefined;
  readonly errors: readonly IRecognitionException[];
  /** Mistakes that the grammar itself does not see. */
  readonly extra: readonly SyntaxProblem[];
}

/**
 * The grammar. Each rule builds its part of the tree as it goes. The first error ends a text; recover.ts finds the
 * others.
 */
export class ModuleParser extends ExpressionParser {
  /**
   * @param recoveryEnabled - go on after an error, for a tree of what is there. It costs a call stack that grows with
   * the errors, so only short texts are read so.
   * @param skipValidations - whether the grammar itself is sound a test asks, once, and not each process for 15 ms.
   */
  constructor(
    errorMessageProvider: IParserErrorMessageProvider,
    { recoveryEnabled = false, skipValidations = true } = {},
  ) {
    super(errorMessageProvider, recoveryEnabled, skipValidations);
    this.performSelfAnalysis();
  }

  /** Reads all of these tokens as one part of the grammar. */
  attempt(file: string, rule: RuleName, tokens: readonly IToken[]): Attempt {
    this.file = file;
    this.extra.length = 0;
    this.input = [...tokens];
    const node = this.#rule(rule);
    return { node, errors: this.errors, extra: [...this.extra] };
  }

  /** Reads a whole file, up to its first error. */
  read(
    file: string,
    tokens: readonly IToken[],
  ): Omit<Attempt, "node"> & { readonly definitions: Definition[] } {
    this.file = file;
    this.extra.length = 0;
    this.input = [...tokens];
    const definitions = [...(this.module() ?? [])];
    return { definitions, errors: this.errors, extra: [...this.extra] };
  }

  #rule(rule: RuleName): Attempt["node"] {
    switch (rule) {
      case "definition":
        return this.definition();
      case "member":
        return this.member();
      case "body member":
        return this.bodyMember();
      case "field":
        return this.field();
      case "map":
        return this.map();
      case "list":
        return this.list();
      case "expression":
        return this.expression();
    }
  }

  readonly module = this.RULE("module", (): readonly Definition[] => {
    const definitions: Definition[] = [];
    this.MANY(() => {
      const definition = this.SUBRULE(this.definition);
      this.ACTION(() => {
        if (definition !== undefined) definitions.push(definition);
      });
    });
    return definitions;
  });

  private readonly definition = this.RULE("definition", (): Definition | undefined =>
    this.OR<Definition | undefined>([
      { ALT: () => this.SUBRULE(this.importDefinition) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.functionDefinition) },
      { ALT: () => this.SUBRULE(this.block) },
    ]),
  );

  private readonly importDefinition = this.RULE("import", (): Import | undefined => {
    const first = this.CONSUME(token.ImportWord);
    const names: { name: Name; as: Name }[] = [];
    let isWhole = true;
    this.OPTION2(() => {
      this.CONSUME(token.LeftBrace);
      this.OPTION(() => {
        names.push(this.SUBRULE(this.importName));
        this.MANY({
          GATE: () => !tokenMatcher(this.LA(2), token.RightBrace),
          DEF: () => {
            this.CONSUME(token.Comma);
            names.push(this.SUBRULE1(this.importName));
          },
        });
        this.OPTION1(() => this.CONSUME1(token.Comma));
      });
      this.CONSUME(token.RightBrace);
      this.CONSUME(token.FromWord);
      isWhole = false;
    });
    const from = this.SUBRULE(this.text);
    return this.ACTION((): Import => {
      const path = this.plain(from, "the file of an import");
      return {
        node: "import",
        span: join(this.at(first), from.span),
        isWhole,
        names,
        from: { text: path, span: from.span },
      };
    });
  });

  private readonly importName = this.RULE("import name", (): Import["names"][number] => {
    let name = this.name(this.CONSUME(token.Name));
    let as = name;
    this.OPTION(() => {
      this.CONSUME(token.Dot);
      as = this.name(this.CONSUME1(token.Name));
      const kind = name;
      name = this.ACTION(() => ({
        ...as,
        text: `${kind.text}.${as.text}`,
        span: join(kind.span, as.span),
      }));
    });
    this.OPTION1(() => {
      this.CONSUME(token.AsWord);
      as = this.name(this.CONSUME2(token.Name));
    });
    return { name, as };
  });

  private readonly param = this.RULE("param", (): Param | undefined => {
    const first = this.CONSUME(token.ParamWord);
    const name = this.name(this.CONSUME(token.Name));
    let value: Expression | undefined;
    const options: Field[] = [];
    let last: Span | undefined;
    this.OPTION(() => {
      this.CONSUME(token.Equals);
      value = this.SUBRULE(this.expression);
      last = value?.span;
    });
    this.OPTION1(() => {
      this.CONSUME(token.LeftBrace);
      this.MANY(() => {
        const field = this.SUBRULE(this.field);
        this.OPTION2(() => this.CONSUME(token.Comma));
        if (field !== undefined) options.push(field);
      });
      last = this.at(this.CONSUME(token.RightBrace));
    });
    return this.ACTION(
      (): Param => ({
        node: "param",
        span: join(this.at(first), last ?? name.span),
        name,
        default: value,
        options,
      }),
    );
  });

  private readonly let = this.RULE("let", (): Let | undefined => {
    const first = this.CONSUME(token.LetWord);
    const name = this.name(this.CONSUME(token.Name));
    this.CONSUME(token.Equals);
    const value = this.SUBRULE(this.expression);
    return this.ACTION(() =>
      value === undefined ? undefined : { node: "let", span: join(this.at(first), value.span), name, value },
    );
  });

  private readonly functionDefinition = this.RULE("function", (): FunctionDefinition | undefined => {
    const first = this.CONSUME(token.FunctionWord);
    const name = this.name(this.CONSUME(token.Name));
    const parameters: { name: Name; default: Expression | undefined }[] = [];
    this.CONSUME(token.LeftParen);
    this.MANY_SEP({
      SEP: token.Comma,
      DEF: () => {
        const parameter = this.name(this.CONSUME1(token.Name));
        let value: Expression | undefined;
        this.OPTION(() => {
          this.CONSUME(token.Equals);
          value = this.SUBRULE(this.expression);
        });
        parameters.push({ name: parameter, default: value });
      },
    });
    this.CONSUME(token.RightParen);
    const body = this.OR<FunctionDefinition["body"] | undefined>([
      {
        ALT: () => {
          this.CONSUME1(token.Equals);
          return this.SUBRULE1(this.expression);
        },
      },
      { ALT: () => this.SUBRULE(this.functionBody) },
    ]);
    return this.ACTION(() =>
      body === undefined
        ? undefined
        : { node: "function", span: join(this.at(first), body.span), name, parameters, body },
    );
  });

  private readonly functionBody = this.RULE("function body", (): FunctionDefinition["body"] | undefined => {
    const definitions: (Let | Block)[] = [];
    const open = this.CONSUME(token.LeftBrace);
    this.MANY(() => {
      const definition = this.SUBRULE(this.bodyMember);
      if (definition !== undefined) definitions.push(definition);
    });
    const close = this.CONSUME(token.RightBrace);
    return this.ACTION(() => ({ node: "body", span: join(this.at(open), this.at(close)), definitions }));
  });

  private readonly bodyMember = this.RULE("body member", (): Let | Block | undefined =>
    this.OR<Let | Block | undefined>([
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.block) },
    ]),
  );

  private readonly block = this.RULE("block", (): Block | undefined => {
    const kind = this.name(this.CONSUME(token.Name));
    let name: Name | Text | undefined;
    this.OPTION(() => {
      name = this.OR<Name | Text | undefined>([
        { ALT: () => this.name(this.CONSUME1(token.Name)) },
        { ALT: () => this.SUBRULE(this.text) },
      ]);
    });
    const members: (Field | Block)[] = [];
    this.CONSUME(token.LeftBrace);
    this.MANY(() => {
      const member = this.SUBRULE(this.member);
      this.OPTION1(() => this.CONSUME(token.Comma));
      if (member !== undefined) members.push(member);
    });
    const close = this.CONSUME(token.RightBrace);
    return this.ACTION(() => ({
      node: "block",
      span: join(kind.span, this.at(close)),
      kind,
      name,
      members,
    }));
  });

  /**
   * A field or a block within a block. One word decides, looking at what follows: an alternative once chosen reports
   * exactly what it lacks.
   */
  private readonly member = this.RULE("member", (): Field | Block | undefined =>
    this.OR<Field | Block | undefined>({
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { GATE: () => this.#isBlock(), ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.field) },
      ],
    }),
  );

  #isBlock(): boolean {
    const [kind, next, third] = [this.LA(1), this.LA(2), this.LA(3)];
    if (!tokenMatcher(kind, token.Name)) return false;
    if ([token.LeftBrace, token.TextStart, token.BlockStart].some((type) => tokenMatcher(next, type)))
      return true;
    return (
      tokenMatcher(next, token.Name) &&
      (tokenMatcher(third, token.LeftBrace) || next.startLine === kind.startLine)
    );
  }

  private readonly field = this.RULE("field", (): Field | undefined => {
    const name = this.SUBRULE(this.key);
    this.CONSUME(token.Equals);
    const value = this.SUBRULE(this.expression);
    return this.ACTION(() =>
      value === undefined || name === undefined
        ? undefined
        : { node: "field", span: join(name.span, value.span), name: this.keyName(name), value },
    );
  });
}
