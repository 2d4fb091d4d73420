import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { type Span, wordSpan } from "../../compiler/diagnostics/span.js";
import { escapeText } from "./escape.js";
import type { Style } from "./style.js";

/** Text of a file by its path relative to the stack's folder; undefined when it cannot be shown. */
export type SourceText = (file: string) => string | undefined;

/** Diagnostics as a person reads them: message, place, the source line with what is meant underlined, hint. */
export function renderDiagnostics(found: readonly Diagnostic[], source: SourceText, style: Style): string {
  return found.map((diagnostic) => renderOne(diagnostic, source, style)).join("\n");
}

function renderOne(diagnostic: Diagnostic, source: SourceText, style: Style): string {
  const colour = diagnostic.severity === "error" ? style.red : style.yellow;
  const lines = [
    `${colour(`${diagnostic.severity}[${diagnostic.code}]`)}: ${escapeText(diagnostic.message)}`,
  ];
  if (diagnostic.span !== undefined) {
    const { file, start } = diagnostic.span;
    lines.push(`  ${style.dim(`${escapeText(file)}:${start.line}:${start.column}`)}`);
    lines.push(...frame(diagnostic.span, source, diagnostic.hint ?? "", "^", style));
  } else if (diagnostic.hint !== undefined) {
    lines.push(`  ${escapeText(diagnostic.hint)}`);
  }
  for (const { span, note } of diagnostic.related) lines.push(...frame(span, source, note, "-", style));
  lines.push(style.dim(`  infra explain ${diagnostic.code}`));
  return `${lines.join("\n")}\n`;
}

function frame(place: Span, source: SourceText, note: string, mark: string, style: Style): string[] {
  const line = source(place.file)?.split(/\r?\n/)[place.start.line - 1];
  if (line === undefined) return note === "" ? [] : [`  ${escapeText(note)}`];
  const span = wordSpan(place, line);
  const end = span.end.line === span.start.line ? span.end.column : line.length + 1;
  const before = displayWidth(line.slice(0, span.start.column - 1));
  const width = Math.max(1, displayWidth(line.slice(span.start.column - 1, end - 1)));
  const number = String(span.start.line).padStart(4);
  return [
    `${style.dim(`${number} │`)} ${escapeText(expandTabs(line))}`,
    `${style.dim("     │")} ${" ".repeat(before)}${mark.repeat(width)}${note === "" ? "" : ` ${escapeText(note)}`}`,
  ];
}

const tabWidth = 2;

function expandTabs(text: string): string {
  return text.replaceAll("\t", " ".repeat(tabWidth));
}

/** Columns on a terminal: wide characters take two, combining ones none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (char === "\t") width += tabWidth;
    else if (/\p{Mark}/u.test(char)) continue;
    else
      width +=
        /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
          char,
        )
          ? 2
          : 1;
  }
  return width;
}

/** `1 error, 2 warnings`. */
export function countText(found: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic["severity"]) =>
    found.filter((diagnostic) => diagnostic.severity === severity).length;
  const plural = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const parts = [
    ...(count("error") > 0 ? [plural(count("error"), "error")] : []),
    ...(count("warning") > 0 ? [plural(count("warning"), "warning")] : []),
  ];
  return parts.join(", ");
}
