import { type Diagnostic, Reporter } from "../../diagnostics/reporter.js";
import type { Span } from "../../diagnostics/span.js";

/** One list of what shows at once and what only a compile found. Echoes of another mistake are left out. */
export function merged(
  immediate: readonly Diagnostic[],
  compiled: readonly Diagnostic[],
): readonly Diagnostic[] {
  const reporter = new Reporter();
  for (const diagnostic of [...immediate, ...onlyIn(compiled, immediate)]) reporter.add(diagnostic);
  return reporter.sorted();
}

/**
 * What a compile found beyond what shows without it. The same mistake may have a wider place there: code and words
 * name the resource and the field, so they tell.
 */
export function onlyIn(
  compiled: readonly Diagnostic[],
  immediate: readonly Diagnostic[],
): readonly Diagnostic[] {
  const known = new Set(immediate.map(keyOf));
  return compiled.filter((diagnostic) => !known.has(keyOf(diagnostic)));
}

function keyOf({ code, message }: Diagnostic): string {
  return `${code}\n${message}`;
}

/** Findings about text that was typed in since: those below move with it, those it touched are dropped. */
export function movedBy(
  found: readonly Diagnostic[],
  edit: { readonly firstLine: number; readonly lastLine: number; readonly added: number },
): readonly Diagnostic[] {
  const by = edit.added - (edit.lastLine - edit.firstLine);
  return found.flatMap((diagnostic) => {
    const { span } = diagnostic;
    if (span === undefined || span.end.line < edit.firstLine) return [diagnostic];
    return span.start.line > edit.lastLine ? [{ ...diagnostic, span: shifted(span, by) }] : [];
  });
}

function shifted(span: Span, by: number): Span {
  return {
    ...span,
    start: { ...span.start, line: span.start.line + by },
    end: { ...span.end, line: span.end.line + by },
  };
}
