import type { Text } from "./text-parts.js";

/**
 * Words of a command line, by the shell's quoting rules: blanks separate, `'…'` is taken as it is, `"…"` and a backslash
 * quote. Nothing is expanded and no operator is special, as in Compose's `command`.
 *
 * @returns undefined when a quote is not closed.
 */
export function shellWords(text: string): readonly string[] | undefined {
  return splitText([text])?.map((word) => word.join(""));
}

/** The same of a text with inputs; an input is part of one word, whatever its value. */
export function splitText(text: Text): readonly Text[] | undefined {
  const words: Text[] = [];
  let word: Text | undefined;
  let quote: "'" | '"' | undefined;
  const add = (part: Text[number]) => {
    const last = word?.at(-1);
    if (word === undefined) word = [part];
    else if (typeof part === "string" && typeof last === "string") word = [...word.slice(0, -1), last + part];
    else word = [...word, part];
  };
  for (const part of text) {
    if (typeof part !== "string") {
      add(part);
      continue;
    }
    for (let at = 0; at < part.length; at += 1) {
      const char = part[at] ?? "";
      if (quote === undefined && /\s/.test(char)) {
        if (word !== undefined) words.push(word);
        word = undefined;
      } else if (quote === undefined && (char === "'" || char === '"')) {
        quote = char;
        add("");
      } else if (char === quote) quote = undefined;
      else if (char === "\\" && quote !== "'") {
        const next = part[at + 1];
        if (next === undefined) return undefined;
        at += 1;
        if (next === "\n") continue; // the line goes on
        add(quote === '"' && !'$`"\\'.includes(next) ? `\\${next}` : next);
      } else add(char);
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

/** One command of a chain, and what stands between it and the one before. */
export interface ChainedCommand {
  readonly operator: "" | "&&" | ";";
  readonly text: string;
}

/** Words that begin or continue a compound command. */
const compound =
  /^(if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function|time|!|\{|\}|\(|\[\[)(\s|$|\()/;

/**
 * The commands of a line such as `apt-get update && apt-get install -y curl; rm -rf /tmp/x`, each as it is written.
 *
 * @returns undefined for anything with more to it: pipes, conditions, groups, background jobs, here-documents.
 */
export function commandChain(line: string): readonly ChainedCommand[] | undefined {
  const commands: ChainedCommand[] = [];
  let operator: ChainedCommand["operator"] = "";
  let start = 0;
  let quote = "";
  const end = (at: number): boolean => {
    const text = line.slice(start, at).trim();
    if (compound.test(text) || text.startsWith("(")) return false;
    if (text !== "") commands.push({ operator: commands.length === 0 ? "" : operator, text });
    return true;
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? "";
    const next = line[at + 1];
    if (quote !== "") {
      if (char === "\\" && quote !== "'") at += 1;
      else if (char === quote) quote = "";
      else if (quote !== "'" && (char === "`" || (char === "$" && next === "("))) return undefined;
    } else if (char === "\\") at += 1;
    else if (char === "'" || char === '"') quote = char;
    else if (char === "`" || char === "|" || (char === "$" && next === "(")) return undefined;
    else if (char === "<" && next === "<") return undefined;
    else if (char === "&") {
      const isRedirection = next !== "&" && /[<>]/.test(line[at - 1] ?? "");
      if (isRedirection) continue;
      if (next !== "&" || !end(at)) return undefined;
      operator = "&&";
      at += 1;
      start = at + 1;
    } else if (char === ";" || char === "\n") {
      if (next === ";" || !end(at)) return undefined;
      operator = ";";
      start = at + 1;
    }
  }
  if (quote !== "" || !end(line.length)) return undefined;
  return commands;
}

/** A word as the shell reads it back. */
export function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
