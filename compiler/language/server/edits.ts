import type { Position, Span } from "../../diagnostics/span.js";
import { isBefore } from "../tree.js";
import { offsetAt } from "./places.js";

/** One change of one file; `span.file` is an absolute path. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Text after edits, of which none lies within another. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let changed = text;
  for (const { span, text: to } of [...edits].sort((a, b) => compare(b.span.start, a.span.start)))
    changed =
      changed.slice(0, offsetAt(changed, span.start)) + to + changed.slice(offsetAt(changed, span.end));
  return changed;
}

/** Where a position is after edits that each stay in their line. */
export function movedBy(edits: readonly Edit[], { column, line }: Position): Position {
  const before = edits.filter(
    ({ span }) => span.start.line === line && isBefore(span.start, { line, column }),
  );
  const by = before.reduce(
    (sum, { span, text }) => sum + text.length - (span.end.column - span.start.column),
    0,
  );
  return { line, column: column + by };
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
