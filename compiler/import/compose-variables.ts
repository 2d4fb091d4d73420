import { isConfidential } from "../confidential.js";
import type { Credentials } from "./compose-credentials.js";
import { variableAt } from "./dockerfile-words.js";
import type { Inputs, InputUse, Text } from "./text-parts.js";

/** What a reader of variables is told. */
export interface VariableNotes {
  /** Nothing sets it: it is empty. */
  readonly unset: (name: string) => void;
  readonly invalid: (why: string) => void;
  /** `${NAME:+word}`: which of both it is depends on a value that is taken as it is now. */
  readonly decided: (name: string) => void;
  /** It is a key of a Secret, so that it has to be set when the stack is brought up. */
  readonly secret: (name: string, why: string) => void;
}

/** Deepest `${A:-${B:-…}}` that is read. */
const deepest = 20;
/** Longest text that variables may make of one. */
const mostCharacters = 1024 * 1024;

/** Variables of a Compose project: what `.env` says is what an input is unless somebody says otherwise. */
export class ComposeVariables {
  readonly #known: ReadonlyMap<string, string>;
  readonly #inputs: Inputs;
  readonly #credentials: Credentials;
  readonly #confidential: ReadonlySet<string>;

  /** @param confidential - variables that the project treats as such, beside those whose name says it. */
  constructor(
    known: ReadonlyMap<string, string>,
    inputs: Inputs,
    credentials: Credentials,
    confidential: ReadonlySet<string>,
  ) {
    this.#known = known;
    this.#inputs = inputs;
    this.#credentials = credentials;
    this.#confidential = confidential;
  }

  /**
   * A text with its variables replaced by inputs.
   *
   * Source: Compose specification, "Interpolation".
   */
  expand(text: string, notes: VariableNotes, depth = 0): Text {
    const parts: Text[number][] = [];
    let size = 0;
    for (let at = 0; at < text.length; ) {
      const next = text.indexOf("$", at);
      const end = next < 0 ? text.length : next;
      if (end > at) parts.push(text.slice(at, end));
      if (next < 0) break;
      if (text[next + 1] === "$") {
        parts.push("$");
        at = next + 2;
        continue;
      }
      const use = depth < deepest ? variableAt(text, next) : undefined;
      if (use === undefined) {
        if (text[next + 1] === "{")
          notes.invalid(`"${text.slice(next, next + 40)}" is no variable; a plain $ is $$`);
        parts.push("$");
        at = next + 1;
        continue;
      }
      const value = this.#value(use.name, use.operator, use.word, notes, depth);
      parts.push(...value);
      size += value.length;
      if (size > mostCharacters) {
        notes.invalid("Its variables make it too long");
        break;
      }
      at = use.end;
    }
    return parts;
  }

  /** A variable that is passed on by its name alone; undefined when `.env` does not set it. */
  passed(name: string, notes: Pick<VariableNotes, "secret">): Text {
    if (this.#isConfidential(name)) return [this.#secret(name, "", "", notes)];
    return [this.#inputs.use(name, [this.#known.get(name) ?? ""])];
  }

  #value(name: string, operator: string, word: string, notes: VariableNotes, depth: number): Text {
    const known = this.#known.get(name);
    const isSet = operator.startsWith(":") ? known !== undefined && known !== "" : known !== undefined;
    const other = () => this.expand(word, notes, depth + 1);
    if (operator.endsWith("+")) {
      notes.decided(name);
      return isSet ? other() : [];
    }
    if (this.#isConfidential(name)) return [this.#secret(name, operator, word, notes)];
    if (isSet && known !== undefined) return [this.#inputs.use(name, [known])];
    if (operator.endsWith("?")) return [this.#inputs.use(name, undefined, word === "" ? undefined : word)];
    if (operator.endsWith("-")) return [this.#inputs.use(name, other())];
    if (known === undefined) notes.unset(name);
    return [this.#inputs.use(name, [""])];
  }

  #isConfidential(name: string): boolean {
    return isConfidential(name) || this.#confidential.has(name);
  }

  #secret(name: string, operator: string, word: string, notes: Pick<VariableNotes, "secret">): InputUse {
    const isAsked = operator.endsWith("?"); // it has to be set in Compose too
    if (this.#known.has(name)) notes.secret(name, "what .env says is not written into the stack");
    else if (operator.endsWith("-") && word !== "")
      notes.secret(name, "its default is not written into the stack");
    else if (!isAsked) notes.secret(name, "no secret is empty");
    return this.#credentials.variable(name, isAsked ? word : "");
  }
}

/**
 * An env file: `NAME=value` lines. Source: Compose specification, "Env_file format".
 *
 * @param raw - values are taken as they stand.
 * Values still have their variables; a `$` that is meant as one is `$$`.
 * @returns names whose value is undefined are unset.
 */
export function readEnvFile(
  text: string,
  invalid: (line: number, why: string) => void,
  raw = false,
): ReadonlyMap<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name = "", sign, rest = ""] =
      /^\s*(?:export\s+)?([^\s=:]+)\s*(?:([=:])([\s\S]*))?$/.exec(line) ?? [];
    if (name === "") {
      invalid(at + 1, "A line of an env file is NAME=value");
      continue;
    }
    if (sign === undefined) values.set(name, undefined);
    else if (raw) values.set(name, rest.replaceAll("$", "$$$$"));
    else {
      const first = at;
      let value = rest.trimStart();
      const quote = value[0];
      if (quote !== '"' && quote !== "'") {
        values.set(name, value.replace(/\s+#.*$/, "").trim());
        continue;
      }
      while (closingQuote(value, quote) < 0 && at + 1 < lines.length) {
        at += 1;
        value += `\n${lines[at]}`;
      }
      const end = closingQuote(value, quote);
      if (end < 0) {
        invalid(first + 1, "The quote is not closed");
        return values;
      }
      values.set(name, unescaped(value.slice(1, end), quote));
    }
  }
  return values;
}

function closingQuote(text: string, quote: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

const escapes: { readonly [char: string]: string } = { n: "\n", r: "\r", t: "\t" };

function unescaped(text: string, quote: string): string {
  if (quote === "'") return text.replace(/\\'/g, "'").replaceAll("$", "$$$$");
  return text.replace(/\\([nrt"\\$])/g, (_, char: string) => (char === "$" ? "$$" : (escapes[char] ?? char)));
}
