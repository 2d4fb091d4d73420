import { isDeepStrictEqual } from "node:util";
import type { Credentials } from "./compose-credentials.js";
import type { ComposeContext } from "./compose-section.js";
import { type ComposeNode, isListNode } from "./compose-tree.js";
import { isReference, type SourceMember, type SourceValue } from "./program.js";
import { shellQuoted, splitText } from "./shell-words.js";
import { constantText, hasSecrets, type InputUse, type Text, textValue, unexpanded } from "./text-parts.js";

/** A command as a list of words; a text is split as a shell does, and no shell runs it. */
export function commandWords(context: ComposeContext, node: ComposeNode): readonly Text[] {
  if (isListNode(node)) return node.value.map((item) => context.text(item));
  const words = splitText(context.text(node));
  if (words === undefined) context.invalid(node, "A quote is not closed");
  return words ?? [];
}

/** Passwords that words say themselves are keys, as those that they take from variables. */
function withoutSecrets(words: readonly Text[], credentials: Credentials): readonly Text[] {
  return words.map((word, index) => {
    const option = constantText(words[index - 1] ?? []) ?? "";
    const [text] = word;
    if (word.length === 1 && typeof text === "string" && /^--?[A-Za-z][\w.-]*$/.test(option)) {
      const [, secret, rest] = credentials.splitCommand(`${option} ${text}`);
      if (typeof secret === "object" && rest === "") return [secret];
    }
    return word.flatMap((part, at) => {
      if (typeof part !== "string") return [part];
      const isBefore = at < word.length - 1; // what it ends with goes on in what a variable stands for
      return credentials.splitCommand(part, isBefore);
    });
  });
}

/**
 * Commands of a container that name secrets: they read them from its variables, so that no value stands in the stack.
 * Kubernetes itself puts `$(NAME)` into command and arguments; in probes and hooks a shell has to.
 */
export class ContainerCommands {
  readonly #credentials: Credentials;
  readonly #context: ComposeContext;
  readonly #variables: SourceMember[];

  /** @param variables - of the container; what commands need beside them is added. */
  constructor(context: ComposeContext, credentials: Credentials, variables: SourceMember[]) {
    this.#credentials = credentials;
    this.#context = context;
    this.#variables = variables;
  }

  /** `command` or `args`. */
  arguments(words: readonly Text[]): readonly SourceValue[] {
    return withoutSecrets(words, this.#credentials).map((word) => this.#argument(word));
  }

  #argument(word: Text): SourceValue {
    const plain = unexpanded(word);
    return textValue(
      plain.map((part, index) => {
        if (typeof part !== "string") return part.secretKey === undefined ? part : `$(${this.#nameOf(part)})`;
        const next = plain[index + 1];
        const isBeforeSecret = typeof next === "object" && next.secretKey !== undefined;
        return isBeforeSecret ? part.replace(/\$$/, "$$$$") : part; // `$$(` would be no variable
      }),
    );
  }

  /** A command as probes and hooks take it. */
  exec(node: ComposeNode, given: readonly Text[]): readonly string[] {
    const words = withoutSecrets(given, this.#credentials);
    if (!words.some(hasSecrets)) return words.map((word) => this.#constant(node, word));
    this.#context.differs(
      node,
      "This command",
      "is run by /bin/sh, which knows the secret in it: elsewhere its value would be written out",
    );
    const script = words.map((word) => {
      if (!hasSecrets(word)) return shellQuoted(this.#constant(node, word));
      const parts = word.filter((part) => part !== "");
      return parts
        .map(
          (part) =>
            this.#secretName(part, (name) => `"\${${name}}"`) ?? shellQuoted(this.#constant(node, [part])),
        )
        .join("");
    });
    return ["/bin/sh", "-c", `exec ${script.join(" ")}`];
  }

  /** What a shell is to run. A secret is one text there, whatever characters it has. */
  script(node: ComposeNode, text: Text): string {
    let quote = "";
    let script = "";
    for (const part of withoutSecrets([text], this.#credentials).flat()) {
      const open = quote;
      const variable = this.#secretName(part, (name) => {
        if (open === '"') return `\${${name}}`;
        return open === "'" ? `'"\${${name}}"'` : `"\${${name}}"`;
      });
      const piece = variable ?? this.#constant(node, [part]);
      if (variable === undefined) quote = quoteAfter(piece, quote);
      script += piece;
    }
    return script;
  }

  #secretName(part: Text[number], written: (name: string) => string): string | undefined {
    return typeof part === "string" || part.secretKey === undefined ? undefined : written(this.#nameOf(part));
  }

  #constant(node: ComposeNode, text: Text): string {
    const constant = constantText(text);
    if (constant === undefined)
      this.#context.invalid(node, "A variable without a value is needed here", "Give it one in .env");
    else if (text.some((part) => typeof part !== "string"))
      this.#context.differsOnce(
        node,
        `A variable in "${constant.slice(0, 80)}"`,
        "is what it is now: a stack has no input here",
      );
    return constant ?? "";
  }

  /** The variable that holds a secret; its own, when the container has it already. */
  #nameOf({ reference, secretKey = "" }: InputUse): string {
    const same = this.#variables
      .filter(
        ({ name, value }) => /^\w+$/.test(name) && isReference(value) && isDeepStrictEqual(value, reference),
      )
      .sort((a, b) => Number(b.name === secretKey) - Number(a.name === secretKey))[0];
    if (same !== undefined) return same.name;
    const isTaken = (wished: string) => this.#variables.some((one) => one.name === wished);
    let name = secretKey;
    for (let number = 2; isTaken(name); number += 1) name = `${secretKey}_${number}`;
    this.#variables.push({ name, value: reference });
    return name;
  }
}

/** Which quote is open behind a piece of a shell's script. */
function quoteAfter(piece: string, before: string): string {
  let quote = before;
  for (let at = 0; at < piece.length; at += 1) {
    const char = piece[at] ?? "";
    if (char === "\\" && quote !== "'") at += 1;
    else if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
  }
  return quote;
}
