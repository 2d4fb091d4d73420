import { createToken, type IMultiModeLexerDefinition, Lexer, type TokenType } from "chevrotain";

/**
 * The words of the language. Text is lexed in modes, since `${ … }` inside it holds any expression: every opening brace
 * enters the main mode and every closing one leaves it.
 */
const name = /[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*/;

/** Any word where a name may stand; most keywords are names too, so that fields can be called `from` or `in`. */
export const Name = createToken({ name: "Name", pattern: name, label: "a name" });

function keyword(text: string, isName: boolean): TokenType {
  return createToken({
    name: `${text[0]?.toUpperCase()}${text.slice(1)}Word`,
    pattern: new RegExp(text),
    longer_alt: Name,
    label: `"${text}"`,
    ...(isName ? { categories: [Name] } : {}),
  });
}

export const ImportWord = keyword("import", false);
export const ParamWord = keyword("param", false);
export const LetWord = keyword("let", false);
export const FunctionWord = keyword("function", false);
export const IfWord = keyword("if", false);
export const ForWord = keyword("for", false);
export const TrueWord = keyword("true", false);
export const FalseWord = keyword("false", false);
export const NullWord = keyword("null", false);
export const ThenWord = keyword("then", true);
export const ElseWord = keyword("else", true);
export const InWord = keyword("in", true);
export const WhereWord = keyword("where", true);
export const FromWord = keyword("from", true);
export const AsWord = keyword("as", true);

/** Words that no definition can be called, though a field or a map's key can. */
export const reservedWords = [
  ImportWord,
  ParamWord,
  LetWord,
  FunctionWord,
  IfWord,
  ForWord,
  TrueWord,
  FalseWord,
  NullWord,
] as const;

/** `250m`, `64Mi`, `5s`, `25%`, `80/TCP`, `10.0.0.0/8`: a number with what it counts. */
export const Unit = createToken({
  name: "Unit",
  pattern:
    /\d+\.\d+\.\d+\.\d+(?:\/\d+)?|\d+\/(?:TCP|UDP|SCTP)(?![A-Za-z0-9_])|\d+(?:\.\d+)?(?:(?:Ki|Mi|Gi|Ti|k|M|G|T|m|s|h)(?![A-Za-z0-9_])|%(?![A-Za-z0-9_($"]))/,
  label: "a value with a unit",
});
export const NumberLiteral = createToken({
  name: "NumberLiteral",
  pattern: /\d+(?:_\d+)*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_])/,
  label: "a number",
});

function symbol(of: string, text: string): TokenType {
  return createToken({ name: of, pattern: text, label: `"${text}"` });
}

export const LeftBrace = createToken({ name: "LeftBrace", pattern: "{", push_mode: "main", label: '"{"' });
export const RightBrace = createToken({ name: "RightBrace", pattern: "}", pop_mode: true, label: '"}"' });
export const LeftBracket = symbol("LeftBracket", "[");
export const RightBracket = symbol("RightBracket", "]");
export const LeftParen = symbol("LeftParen", "(");
export const RightParen = symbol("RightParen", ")");
export const Comma = symbol("Comma", ",");
export const Colon = symbol("Colon", ":");
export const Ellipsis = symbol("Ellipsis", "...");
export const Dot = symbol("Dot", ".");
export const Equals = symbol("Equals", "=");

export const OrOperator = symbol("OrOperator", "||");
export const AndOperator = symbol("AndOperator", "&&");
export const EqualityOperator = createToken({
  name: "EqualityOperator",
  pattern: /==|!=/,
  label: '"==" or "!="',
});
export const OrderOperator = createToken({
  name: "OrderOperator",
  pattern: /<=|>=|<|>/,
  label: '"<", "<=", ">" or ">="',
});
export const Minus = symbol("Minus", "-");
export const Plus = symbol("Plus", "+");
export const ProductOperator = createToken({
  name: "ProductOperator",
  pattern: /[*/%]/,
  label: '"*", "/" or "%"',
});
export const Not = symbol("Not", "!");

export const TextStart = createToken({ name: "TextStart", pattern: '"', push_mode: "text", label: '"\\""' });
export const TextEnd = createToken({
  name: "TextEnd",
  pattern: '"',
  pop_mode: true,
  label: "the closing quote",
});
/** Text that its line ends before its quote does: reported, and read as if the quote were there. */
export const BrokenText = createToken({
  name: "BrokenText",
  pattern: /\r?\n|\r/,
  line_breaks: true,
  pop_mode: true,
  categories: [TextEnd],
  label: "the end of the line",
});
export const TextPart = createToken({
  name: "TextPart",
  pattern: /(?:[^"\\$\n\r]+|\$(?!\{))+/,
  label: "text",
});
export const TextEscape = createToken({
  name: "TextEscape",
  pattern: /\\(?:u\{[0-9A-Fa-f]{1,6}\}|[^\n\r])/,
  label: "an escape",
});
export const BlockStart = createToken({
  name: "BlockStart",
  pattern: '"""',
  push_mode: "block",
  label: '"""',
});
export const BlockEnd = createToken({
  name: "BlockEnd",
  pattern: '"""',
  pop_mode: true,
  label: 'the closing """',
});
export const BlockPart = createToken({
  name: "BlockPart",
  pattern: /(?:[^"$]+|\$(?!\{)|"(?!""))+/,
  line_breaks: true,
  label: "text",
});
export const InterpolationStart = createToken({
  name: "InterpolationStart",
  pattern: "${",
  push_mode: "main",
  label: '"${"',
});

/** What other languages write; reported with how it is written here. */
export const SingleQuoted = createToken({
  name: "SingleQuoted",
  pattern: /'''[\s\S]*?'''|'(?:[^'\n\r]|'')*'|`[^`]*`|[“”„«][^“”«»"\n\r]*[“”»]|[‘’‚][^‘’\n\r]*[‘’]/,
  line_breaks: true,
  categories: [Unit],
  label: "text in other quotes",
});
export const HereDocument = createToken({
  name: "HereDocument",
  // Longer ones are not looked through: where many begin and none ends, each would be read to the end of the file.
  pattern: /<<[-~]?"?([A-Za-z_][A-Za-z0-9_]*)"?[ \t]*\r?\n(?:[^\n]*\n){0,200}?[ \t]*\1(?![A-Za-z0-9_])/,
  line_breaks: true,
  categories: [Unit],
  label: "a here-document",
});
export const BareInterpolation = createToken({
  name: "BareInterpolation",
  pattern: /\$\{[^{}"\n\r]*\}/,
  categories: [Unit],
  label: "an interpolation",
});
const Foreign = createToken({
  name: "Foreign",
  pattern: /;|#[^\n\r]*|--(?=[ \t])[^\n\r]*|<!--[\s\S]*?-->|\/\*[\s\S]*/,
  line_breaks: true,
  group: "foreign",
});
export const WrongUnit = createToken({
  name: "WrongUnit",
  pattern: /\d+(?:\.\d+)?[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Unit],
  label: "a value with a unit",
});

const Space = createToken({
  name: "Space",
  pattern: /[ \t\r\n\uFEFF]+/,
  line_breaks: true,
  group: Lexer.SKIPPED,
});
const LineComment = createToken({ name: "LineComment", pattern: /\/\/[^\n\r]*/, group: "comments" });
const BlockComment = createToken({
  name: "BlockComment",
  pattern: /\/\*[\s\S]*?\*\//,
  line_breaks: true,
  group: "comments",
});

const modes: IMultiModeLexerDefinition = {
  modes: {
    main: [
      Space,
      LineComment,
      BlockComment,
      Foreign,
      SingleQuoted,
      HereDocument,
      BareInterpolation,
      Unit,
      NumberLiteral,
      WrongUnit,
      ...reservedWords,
      ThenWord,
      ElseWord,
      InWord,
      WhereWord,
      FromWord,
      AsWord,
      Name,
      BlockStart,
      TextStart,
      LeftBrace,
      RightBrace,
      LeftBracket,
      RightBracket,
      LeftParen,
      RightParen,
      Comma,
      Colon,
      Ellipsis,
      Dot,
      OrOperator,
      AndOperator,
      EqualityOperator,
      OrderOperator,
      Equals,
      Minus,
      Plus,
      ProductOperator,
      Not,
    ],
    text: [TextEnd, BrokenText, InterpolationStart, TextEscape, TextPart],
    block: [BlockEnd, InterpolationStart, BlockPart],
  },
  defaultMode: "main",
};

/** That the definitions are sound a test asks, as of the grammar. */
export const lexer = new Lexer(modes, { skipValidations: true, positionTracking: "full" });
/** Every token that the parser may meet. */
export const vocabulary = modes;
