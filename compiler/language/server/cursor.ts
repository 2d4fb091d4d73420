import type { IToken } from "chevrotain";
import * as token from "../tokens.js";

/** What may be typed at a place, as the words before it tell: right where the text around it is half written. */
export interface Cursor {
  readonly expects:
    | "definition"
    | "body definition"
    | "member of a block"
    | "member of a map"
    | "option of a param"
    | "import"
    | "property"
    | "value"
    | "text"
    | "nothing";
  /** Offsets of the word that the place is in. */
  readonly start: number;
  readonly end: number;
}

type Frame = "block" | "map" | "param" | "import" | "body" | "list" | "call" | "interpolation" | "text";

const opening: { readonly [name: string]: Frame } = {
  LeftBracket: "list",
  LeftParen: "call",
  InterpolationStart: "interpolation",
  TextStart: "text",
  BlockStart: "text",
};
const closing: ReadonlySet<string> = new Set([
  "RightBrace",
  "RightBracket",
  "RightParen",
  "TextEnd",
  "BrokenText",
  "BlockEnd",
]);
/** Words that a value follows. A comma and an opening brace depend on what they stand in. */
const beforeValue: ReadonlySet<string> = new Set([
  "Equals",
  "Colon",
  "LeftBracket",
  "LeftParen",
  "InterpolationStart",
  "Ellipsis",
  "OrOperator",
  "AndOperator",
  "EqualityOperator",
  "OrderOperator",
  "Minus",
  "Plus",
  "ProductOperator",
  "Not",
  "IfWord",
  "ThenWord",
  "ElseWord",
  "InWord",
  "WhereWord",
]);

export function cursorAt(text: string, offset: number): Cursor {
  const nothing: Cursor = { expects: "nothing", start: offset, end: offset };
  const { groups, tokens } = token.lexer.tokenize(text.slice(0, offset));
  for (const one of [...(groups["comments"] ?? []), ...(groups["foreign"] ?? [])]) {
    const isOpen = one.image.startsWith("//") || one.tokenType.name === "Foreign";
    if (isOpen && (one.endOffset ?? 0) + 1 >= offset) return nothing;
  }
  const last = tokens.at(-1);
  const isWord = last !== undefined && /^[A-Za-z_][\w-]*$/.test(last.image) && last.endOffset === offset - 1;
  const before = isWord ? tokens.slice(0, -1) : tokens;
  const frames = framesOf(before);
  const top = frames.at(-1);
  const start = isWord ? last.startOffset : offset;
  const end = offset + (/^[\w-]*/.exec(text.slice(offset))?.[0].length ?? 0);
  if (top === "text") return { expects: "text", start: offset, end: offset };
  const previous = before.at(-1)?.tokenType.name;
  const isNumber = previous === "NumberLiteral" || previous === "Unit";
  if (isNumber && before.at(-1)?.endOffset === offset - 1) return nothing;
  return { expects: expected(top, previous), start, end };
}

/** What closes everything that is open at the end of a text. */
export function closersAt(text: string): string {
  return framesOf(token.lexer.tokenize(text).tokens)
    .reverse()
    .map((frame) => closers[frame] ?? "}")
    .join("");
}

const closers: { readonly [frame in Frame]?: string } = { call: ")", list: "]", text: '"' };

function expected(top: Frame | undefined, previous: string | undefined): Cursor["expects"] {
  if (previous === "Dot") return "property";
  if (top === "import") return "import";
  if (previous !== undefined && beforeValue.has(previous)) return "value";
  switch (top) {
    case undefined:
      return "definition";
    case "block":
      return "member of a block";
    case "map":
      return "member of a map";
    case "param":
      return "option of a param";
    case "body":
      return "body definition";
    default:
      return previous === "Comma" ? "value" : "nothing";
  }
}

function framesOf(tokens: readonly IToken[]): Frame[] {
  const frames: Frame[] = [];
  let head: string | undefined; // of the definition
  let previous: string | undefined;
  for (const { tokenType } of tokens) {
    const { name } = tokenType;
    if (frames.length === 0 && /^(Import|Param|Let|Function)Word$/.test(name)) head = name;
    const frame = name === "LeftBrace" ? braceOf(previous, head, frames.length) : opening[name];
    if (frame !== undefined) frames.push(frame);
    else if (closing.has(name)) {
      frames.pop();
      if (frames.length === 0 && name === "RightBrace") head = undefined;
    }
    previous = name;
  }
  return frames;
}

function braceOf(previous: string | undefined, head: string | undefined, depth: number): Frame {
  if (previous === "ImportWord") return "import";
  if (previous === undefined || beforeValue.has(previous) || previous === "Comma") return "map";
  if (depth === 0 && head === "ParamWord") return "param";
  if (depth === 0 && head === "FunctionWord" && previous === "RightParen") return "body";
  return "block";
}
