import type { Span } from "../diagnostics/span.js";

/**
 * The tree of one `.infra` file. Every node knows its place. What could not be read is left out and reported; the rest
 * of the tree is as if it were not there.
 */
export interface Module {
  readonly file: string;
  /** In source order. */
  readonly definitions: readonly Definition[];
}

export type Definition = Import | Param | Let | FunctionDefinition | Block;

/**
 * `import { store, web as shop, service.api as front } from "./store.infra"`; a dotted name is one text. Or a whole
 * file: `import "./store.infra"`.
 */
export interface Import {
  readonly node: "import";
  readonly span: Span;
  /** All that the file exports belongs to this one too; it gives no names here. */
  readonly isWhole: boolean;
  readonly names: readonly { readonly name: Name; readonly as: Name }[];
  readonly from: { readonly text: string; readonly span: Span };
}

/** `param replicas = 3 { min = 1  help = "Web pods to run" }`; without a default it must be given. */
export interface Param {
  readonly node: "param";
  readonly span: Span;
  readonly name: Name;
  readonly default: Expression | undefined;
  readonly options: readonly Field[];
}

export interface Let {
  readonly node: "let";
  readonly span: Span;
  readonly name: Name;
  readonly value: Expression;
}

/** `function double(n, by = 2) = n * by`, or a body of `let`s and blocks whose value is a map of them by name. */
export interface FunctionDefinition {
  readonly node: "function";
  readonly span: Span;
  readonly name: Name;
  readonly parameters: readonly { readonly name: Name; readonly default: Expression | undefined }[];
  readonly body:
    | Expression
    | { readonly node: "body"; readonly span: Span; readonly definitions: readonly (Let | Block)[] };
}

/** `deployment api { … }`, and inside a block `container web { … }`. */
export interface Block {
  readonly node: "block";
  readonly span: Span;
  readonly kind: Name;
  /** A bare name, or text that may interpolate. */
  readonly name: Name | Text | undefined;
  readonly members: readonly (Field | Block)[];
}

export interface Field {
  readonly node: "field";
  readonly span: Span;
  readonly name: Name;
  readonly value: Expression;
}

/** An identifier, or quoted text where a name may be quoted. `text` is without quotes. */
export interface Name {
  readonly node: "name";
  readonly span: Span;
  readonly text: string;
  readonly quoted: boolean;
}

export type Expression =
  | Text
  | { readonly node: "number"; readonly span: Span; readonly value: number }
  | { readonly node: "boolean"; readonly span: Span; readonly value: boolean }
  | { readonly node: "null"; readonly span: Span }
  /** `250m`, `64Mi`, `5s`, `80/TCP`, `10.0.0.0/8`, `25%`: text without quotes. */
  | { readonly node: "unit"; readonly span: Span; readonly text: string }
  | { readonly node: "reference"; readonly span: Span; readonly name: Name }
  | { readonly node: "list"; readonly span: Span; readonly items: readonly (Expression | Spread)[] }
  | { readonly node: "map"; readonly span: Span; readonly entries: readonly (MapEntry | Spread)[] }
  | { readonly node: "member"; readonly span: Span; readonly of: Expression; readonly name: Name }
  | { readonly node: "index"; readonly span: Span; readonly of: Expression; readonly key: Expression }
  | {
      readonly node: "call";
      readonly span: Span;
      readonly callee: Expression;
      readonly arguments: readonly Expression[];
    }
  | { readonly node: "unary"; readonly span: Span; readonly operator: "-" | "!"; readonly of: Expression }
  | {
      readonly node: "binary";
      readonly span: Span;
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly node: "if";
      readonly span: Span;
      readonly condition: Expression;
      readonly then: Expression;
      readonly else: Expression;
    }
  /** `[for x in xs: …]`, `[for key, value in map: …]`, and `{ for x in xs: key: value }`. */
  | {
      readonly node: "for";
      readonly span: Span;
      readonly names: readonly [Name] | readonly [Name, Name];
      readonly in: Expression;
      /** Present for a map. */
      readonly key: Expression | undefined;
      readonly value: Expression;
      readonly where: Expression | undefined;
    };

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "&&"
  | "||";

/** `"text ${x}"` or `"""block text"""`. Plain text is one part. */
export interface Text {
  readonly node: "text";
  readonly span: Span;
  readonly parts: readonly (string | Expression)[];
  readonly block: boolean;
}

export interface Spread {
  readonly node: "spread";
  readonly span: Span;
  readonly of: Expression;
}

export interface MapEntry {
  readonly node: "entry";
  readonly span: Span;
  readonly key: Name | Text;
  readonly value: Expression;
}
