/** A place in an author's file. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Half-open: `end` is the first position after. `file` is relative to the stack's folder, `/`-separated. */
export interface Span {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** A span of one character, for a place without a known end. */
export function pointSpan(file: string, line: number, column: number): Span {
  return { file, start: { line, column }, end: { line, column: column + 1 } };
}

/** From the beginning of one to the end of another, when both stand in one file. */
export function spanOver(first: Span | undefined, last: Span | undefined): Span | undefined {
  return first === undefined || last === undefined || first.file !== last.file
    ? undefined
    : { ...first, end: last.end };
}

/** Text between quotes, or a word; in YAML a word has dots and slashes too. */
const scriptToken = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[\p{L}\p{N}_$]+/uy;
const yamlToken = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s:,[\]{}#"']+/y;

/**
 * A place without a known end as the word that begins there; one that ends within text between quotes, as a key does
 * whose name alone is known, with all of that.
 * @param line - the line of the file that the span begins on.
 */
export function wordSpan(span: Span, line: string): Span {
  const { end, file, start } = span;
  if (end.line !== start.line) return span;
  const token = /\.ya?ml$/i.test(file) ? yamlToken : scriptToken;
  token.lastIndex = start.column - 1;
  const [word = ""] = token.exec(line) ?? [];
  const after = start.column + word.length;
  const isPoint = end.column <= start.column + 1;
  if (word === "" || (!isPoint && (after <= end.column || !/^["'`]/.test(word)))) return span;
  return { file, start, end: { ...start, column: after } };
}
