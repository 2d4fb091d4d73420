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
