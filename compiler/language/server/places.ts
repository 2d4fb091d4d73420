import { type Position, pointSpan, type Span } from "../../diagnostics/span.js";

/** Text of a file as lines and offsets. Lines end with `\n`, `\r\n` or `\r`; columns count UTF-16 code units from 1. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
  return starts;
}

export function positionAt(text: string, offset: number): Position {
  const starts = lineStarts(text.slice(0, offset));
  return { line: starts.length, column: offset - (starts.at(-1) ?? 0) + 1 };
}

/** @returns an offset within the text, however far the position lies outside. */
export function offsetAt(text: string, { column, line }: Position): number {
  const starts = lineStarts(text);
  const start = starts[line - 1] ?? text.length;
  const end = starts[line] ?? text.length;
  return Math.max(start, Math.min(start + column - 1, end));
}

export function spanAt(file: string, text: string, offset: number, length: number): Span {
  return { file, start: positionAt(text, offset), end: positionAt(text, offset + length) };
}

export function textOf(text: string, { end, start }: Span): string {
  return text.slice(offsetAt(text, start), offsetAt(text, end));
}

/** Where a file begins. */
export function startOf(file: string): Span {
  return pointSpan(file, 1, 1);
}
