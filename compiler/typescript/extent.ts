import type { Position } from "../diagnostics/span.js";

const closing: { readonly [open: string]: string } = { "(": ")", "[": "]", "{": "}" };
const skipped = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/y;
const word = /[\p{L}\p{N}_$-]+/uy;

/**
 * Where what the type checker points at ends: of an object or list its closing bracket, of a field its value, of a block
 * of `.infra` its last brace; of anything else the word. Read from the text alone, since the checker says only where it
 * begins.
 */
export function extentFrom(text: string, { column, line }: Position): Position {
  const lines = text.split("\n").slice(0, line - 1);
  const start = lines.reduce((offset, one) => offset + one.length + 1, column - 1);
  return positionOf(text, endOf(text, start));
}

/** Where the call begins that a position is among the arguments of: at the last word of what is called. */
export function callAround(text: string, { column, line }: Position): Position | undefined {
  const lines = text.split("\n").slice(0, line - 1);
  const to = lines.reduce((offset, one) => offset + one.length + 1, column - 1);
  const open: number[] = [];
  for (let at = past(text, 0); at < to; at = past(text, at)) {
    const character = text[at] ?? "";
    if (closing[character] !== undefined) open.push(at);
    else if (/[)\]}]/.test(character)) open.pop();
    at = match(quoted, text, at) ?? match(word, text, at) ?? at + 1;
  }
  const called = /[\p{L}\p{N}_$-]+$/u.exec(text.slice(0, open.at(-1) ?? 0));
  return called === null || text[open.at(-1) ?? 0] !== "(" ? undefined : positionOf(text, called.index);
}

function endOf(text: string, start: number): number {
  const first = text[start] ?? "";
  if (closing[first] !== undefined) return valueEnd(text, start);
  const key = match(quoted, text, start) ?? match(word, text, start) ?? start + 1;
  let at = past(text, key);
  if (text[at] === ":" || (text[at] === "=" && text[at + 1] !== "=" && text[at + 1] !== ">"))
    return valueEnd(text, at + 1);
  at = past(text, match(quoted, text, at) ?? match(word, text, at) ?? at); // a block's name
  return text[at] === "{" && !/^(if|for|while|switch|function|catch)$/.test(text.slice(start, key))
    ? valueEnd(text, at)
    : key;
}

/** The end of the value that begins at an offset: the next separator that is in no bracket. */
function valueEnd(text: string, from: number): number {
  const open: string[] = [];
  let at = past(text, from);
  let last = at;
  while (at < text.length) {
    const character = text[at] ?? "";
    const end = match(quoted, text, at);
    if (open.length === 0 && /[,;)\]}]/.test(character)) return last;
    if (closing[character] !== undefined) open.push(closing[character]);
    else if (character === open.at(-1)) open.pop();
    last = end ?? match(word, text, at) ?? at + 1;
    at = past(text, last);
    const isNewLine = text.slice(last, at).includes("\n");
    if (
      open.length === 0 &&
      isNewLine &&
      !/^[.?:&|+*/=-]/.test(text.slice(at)) &&
      !/[=:,+*/&|?-]$/.test(text.slice(0, last))
    )
      return last;
  }
  return last;
}

/** The offset after spaces and comments. */
function past(text: string, from: number): number {
  let at = from;
  for (let end = match(skipped, text, at); end !== undefined; end = match(skipped, text, at)) at = end;
  return at;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
