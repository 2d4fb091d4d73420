import type { SourceCall, SourceReference, SourceText, SourceValue, Statement } from "./program.js";

/** A variable of the outside, which has become an input, where it stands in a text. */
export interface InputUse {
  readonly reference: SourceReference;
  /** What it is unless somebody says otherwise; undefined when it has to be given. */
  readonly value: string | undefined;
  /** Its key, when it is confidential: only variables of a container take it, never a text. */
  readonly secretKey?: string;
}

/** Text with variables in it. */
export type Text = readonly (string | InputUse)[];

/** Text as a program has it: a string, an input, or a template of both. */
export function textValue(text: Text): string | SourceReference | SourceText {
  const parts = joined(text);
  const [first = ""] = parts;
  if (parts.length <= 1) return typeof first === "string" ? first : first.reference;
  return { text: parts.map((part) => (typeof part === "string" ? part : part.reference)) };
}

/** What the text is when nobody gives its inputs another value; undefined when one has none. */
export function constantText(text: Text): string | undefined {
  let constant = "";
  for (const part of text) {
    const value = typeof part === "string" ? part : part.value;
    if (value === undefined) return undefined;
    constant += value;
  }
  return constant;
}

/**
 * The text where Kubernetes replaces `$(NAME)` and takes `$$` for `$`, so that it stays what it is.
 *
 * Source: k8s.io/kubernetes/third_party/forked/golang/expansion.
 */
export function unexpanded(text: Text): Text {
  return text.map((part) =>
    typeof part === "string" ? part.replace(/\$(?=\$|\([A-Za-z_][\w.-]*\))/g, "$$$$") : part,
  );
}

/** Whether the text depends on an input. */
export function hasInputs(text: Text): boolean {
  return text.some((part) => typeof part !== "string");
}

/** Whether something confidential is in it. */
export function hasSecrets(text: Text): boolean {
  return text.some((part) => typeof part !== "string" && part.secretKey !== undefined);
}

/** Neighbouring strings as one, empty ones left out. */
function joined(text: Text): Text {
  const parts: (string | InputUse)[] = [];
  for (const part of text) {
    const before = parts.at(-1);
    if (part === "") continue;
    if (typeof part === "string" && typeof before === "string") parts[parts.length - 1] = before + part;
    else parts.push(part);
  }
  return parts;
}

/** Variables of the outside as `input.text(…)`, one statement each, in the order they are first used. */
export class Inputs {
  readonly #fromEnvironment: boolean;
  readonly #uses = new Map<string, InputUse>();
  readonly #statements: Statement[] = [];

  /** @param fromEnvironment - whether a variable of the same name is asked when nothing is given. */
  constructor({ fromEnvironment = false }: { readonly fromEnvironment?: boolean } = {}) {
    this.#fromEnvironment = fromEnvironment;
  }

  get statements(): readonly Statement[] {
    return this.#statements;
  }

  /** @param fallback - what it is when it is not given; the first use decides. */
  use(name: string, fallback: Text | undefined, help?: string): InputUse {
    const known = this.#uses.get(name);
    if (known !== undefined) return known;
    const options = [
      ...(fallback === undefined ? [] : [{ name: "default", value: textValue(fallback) }]),
      ...(this.#fromEnvironment ? [{ name: "env", value: name }] : []),
      ...(help === undefined || help === "" ? [] : [{ name: "help", value: help }]),
    ];
    const value: SourceCall = {
      call: ["input", "text"],
      arguments: [name, ...(options.length === 0 ? [] : [{ members: options }])],
    };
    const statement: Statement = { variable: name, value, exported: false };
    const use: InputUse = {
      reference: { variable: statement },
      value: fallback === undefined ? undefined : constantText(fallback),
    };
    this.#uses.set(name, use);
    this.#statements.push(statement);
    return use;
  }
}

/** Members of an object whose values are there. */
export function membersOf(object: { readonly [name: string]: SourceValue | undefined }) {
  return Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
