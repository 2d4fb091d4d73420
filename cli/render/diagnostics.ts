import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { type Span, wordSpan } from "../../compiler/diagnostics/span.js";
import { escapeText } from "./escape.js";
import type { Style } from "./style.js";

/** Text of a file by its path relative to the stack's folder; undefined when it cannot be shown. */
export type SourceText = (file: string) => string | undefined;

/** Diagnostics as a person reads them: message, place, the source line with what is meant underlined, hint. */
export function renderDiagnostics(found: readonly Diagnostic[], source: SourceText, style: Style): string {
  const lines = linesOf(source);
  return alike(found)
    .flatMap((group) => [
      ...group.slice(0, mostAlike).map((diagnostic) => renderOne(diagnostic, lines, style)),
      ...(group.length > mostAlike ? [renderRest(group, style)] : []),
    ])
    .join("\n");
}

/** The lines of a file, which is read and divided once however many are asked for. */
type SourceLines = (file: string) => readonly string[] | undefined;

function linesOf(source: SourceText): SourceLines {
  const known = new Map<string, readonly string[] | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, source(file)?.split(/\r\n|\n|\r/));
    return known.get(file);
  };
}

/** Of one code at one place, as a loop finds them. */
const mostAlike = 3;

/** Diagnostics of the same code and place that follow each other. */
function alike(found: readonly Diagnostic[]): readonly (readonly Diagnostic[])[] {
  const groups: Diagnostic[][] = [];
  for (const diagnostic of found) {
    const [first] = groups.at(-1) ?? [];
    if (first?.code === diagnostic.code && placeText(first) === placeText(diagnostic))
      groups.at(-1)?.push(diagnostic);
    else groups.push([diagnostic]);
  }
  return groups;
}

function renderRest(group: readonly Diagnostic[], style: Style): string {
  const [first] = group;
  if (first === undefined) return "";
  const colour = first.severity === "error" ? style.red : style.yellow;
  const where = first.span === undefined ? "" : ` at ${escapeText(placeText(first))}`;
  const count = group.length - mostAlike;
  return `${colour(`${first.severity}[${first.code}]`)}: ${count} more${where}; infra compile --format json lists all\n`;
}

function placeText({ span }: Diagnostic): string {
  return span === undefined ? "" : `${span.file}:${span.start.line}:${span.start.column}`;
}

function renderOne(diagnostic: Diagnostic, source: SourceLines, style: Style): string {
  const colour = diagnostic.severity === "error" ? style.red : style.yellow;
  const lines = [
    `${colour(`${diagnostic.severity}[${diagnostic.code}]`)}: ${escapeText(diagnostic.message)}`,
  ];
  if (diagnostic.span !== undefined) {
    lines.push(`  ${style.dim(escapeText(placeText(diagnostic)))}`);
    lines.push(...frame(diagnostic.span, source, diagnostic.hint ?? "", "^", style));
  } else if (diagnostic.hint !== undefined) {
    lines.push(`  ${escapeText(diagnostic.hint)}`);
  }
  for (const { span, note } of diagnostic.related) {
    const { file, start } = span;
    if (file !== diagnostic.span?.file)
      lines.push(`  ${style.dim(`${escapeText(file)}:${start.line}:${start.column}`)}`);
    lines.push(...frame(span, source, note, "-", style));
  }
  lines.push(style.dim(`  infra explain ${diagnostic.code}`));
  return `${lines.join("\n")}\n`;
}

function frame(place: Span, source: SourceLines, note: string, mark: string, style: Style): string[] {
  const line = source(place.file)?.[place.start.line - 1];
  if (line === undefined) return note === "" ? [] : [`  ${escapeText(note)}`];
  const span = wordSpan(place, line);
  const end = span.end.line === span.start.line ? span.end.column : line.length + 1;
  const { after, before, marked } = cut(line, span.start.column - 1, end - 1);
  const number = String(span.start.line).padStart(4);
  return [
    `${style.dim(`${number} │`)} ${escapeText(expandTabs(before + marked + after))}`,
    `${style.dim("     │")} ${" ".repeat(displayWidth(before))}${mark.repeat(Math.max(1, displayWidth(marked)))}${note === "" ? "" : ` ${escapeText(note)}`}`,
  ];
}

/** A line may be a whole file. */
const widest = 160;

/** What is shown of a line: all of it, or what is around the text between two of its offsets. */
function cut(line: string, start: number, end: number): { before: string; marked: string; after: string } {
  const whole = (at: number) => (/[\udc00-\udfff]/.test(line[at] ?? "") ? at - 1 : at); // no half of a character
  const room = Math.max(0, widest - (end - start));
  const first = Math.max(0, Math.min(start - Math.ceil(room / 2), line.length - widest));
  const from = line.length <= widest ? 0 : Math.min(start, whole(first));
  const to = line.length <= widest ? line.length : whole(Math.min(line.length, from + widest));
  return {
    before: `${from > 0 ? "…" : ""}${line.slice(from, start)}`,
    marked: line.slice(start, Math.min(end, to)),
    after: `${line.slice(end, Math.max(end, to))}${to < line.length ? "…" : ""}`,
  };
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
