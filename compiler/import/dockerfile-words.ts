import type { InputUse, Text } from "./text-parts.js";

/** Variables that a Dockerfile's text may name: what each is, where it is known. */
export type Variables = ReadonlyMap<string, Text>;

/**
 * Raw words of an instruction: blanks separate, quotes and backslashes keep together and stay.
 */
export function rawWords(text: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (quote === "" && /\s/.test(char)) {
      if (word !== "") words.push(word);
      word = "";
      continue;
    }
    word += char;
    if (char === "\\" && quote !== "'") {
      word += text[at + 1] ?? "";
      at += 1;
    } else if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
  }
  if (word !== "") words.push(word);
  return words;
}

/** Deepest `${A:-${B:-…}}` that is read. */
const deepest = 20;
/** Longest text that a word may become: variables of variables double it with each line. */
const mostCharacters = 64 * 1024;

/** What a word's reader is told. */
interface ExpandNotes {
  /** A name that nothing sets. */
  readonly unset?: (name: string) => void;
  /** The word is cut off: it becomes longer than any that people write. */
  readonly tooLong?: () => void;
  /** `${NAME:?message}`, and nothing sets it. */
  readonly missing?: (name: string, message: string) => void;
}

/**
 * A word with its variables replaced and its quotes taken off, as the Dockerfile reference says: `$NAME`, `${NAME}`,
 * `${NAME:-word}`, `${NAME:+word}`, `${NAME:?word}` and those without a colon, which take what is empty for set;
 * nothing within single quotes. What nobody has set is empty.
 */
export function expand(word: string, variables: Variables, notes: ExpandNotes = {}, depth = 0): Text {
  const parts: (string | InputUse)[] = [];
  let size = 0;
  const add = (part: string | InputUse) => {
    const last = parts.at(-1);
    size += typeof part === "string" ? part.length : 1;
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  let quote = "";
  for (let at = 0; at < word.length; at += 1) {
    if (size > mostCharacters) {
      notes.tooLong?.();
      return parts;
    }
    const char = word[at] ?? "";
    if (quote !== "'" && char === "\\") {
      const next = word[at + 1] ?? "";
      add(quote === '"' && !'"$\\'.includes(next) ? `\\${next}` : next);
      at += 1;
    } else if (char === quote) quote = "";
    else if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === "$" && quote !== "'" && depth < deepest) {
      const use = variableAt(word, at);
      if (use === undefined) add(char);
      else {
        for (const part of usedValue(use, variables, notes, depth)) add(part);
        at = use.end - 1;
      }
    } else add(char);
  }
  return parts;
}

export interface VariableUse {
  readonly name: string;
  readonly operator: string;
  readonly word: string;
  readonly end: number;
}

function usedValue(use: VariableUse, variables: Variables, notes: ExpandNotes, depth: number): Text {
  const { name, operator, word } = use;
  const value = variables.get(name);
  const isEmpty = value === undefined || value.every((part) => part === "");
  const isSet = operator.startsWith(":") ? !isEmpty : value !== undefined;
  const other = () => expand(word, variables, notes, depth + 1);
  if (operator.endsWith("+")) return isSet ? other() : [];
  if (isSet) return value ?? [];
  if (operator.endsWith("-")) return other();
  if (operator.endsWith("?")) notes.missing?.(name, word);
  else if (value === undefined) notes.unset?.(name);
  return value ?? [];
}

/** Longest `${…}` that is looked through for its end. */
const longestUse = 1024;

export function variableAt(text: string, at: number): VariableUse | undefined {
  const here = text.slice(at, at + longestUse);
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(here);
  if (plain !== null) return { name: plain[1] ?? "", operator: "", word: "", end: at + plain[0].length };
  const braced = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-+?]|\})/.exec(here);
  if (braced === null) return undefined;
  const [opening, name = "", operator = ""] = braced;
  if (operator === "}") return { name, operator: "", word: "", end: at + opening.length };
  let depth = 1;
  for (let end = opening.length; end < here.length; end += 1) {
    if (here.startsWith("${", end)) depth += 1;
    else if (here[end] === "}") depth -= 1;
    if (depth === 0) return { name, operator, word: here.slice(opening.length, end), end: at + end + 1 };
  }
  return undefined;
}
