import type { Fix, Row } from "./row.js";
import type { Position, Span } from "./span.js";
import { type DiagnosticCode, type DiagnosticData, diagnostics } from "./table.js";

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string | undefined;
  readonly fixes: readonly Fix[];
  /** Absent for what has no place, such as an option of the command line. */
  readonly span: Span | undefined;
  readonly related: readonly RelatedSpan[];
}

export interface RelatedSpan {
  readonly span: Span;
  readonly note: string;
}

/** Collects user mistakes, so that one run shows them all. */
export class Reporter {
  readonly #found: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  #reports = 0;

  /** How often something was reported, the same mistake at the same place each time. */
  get reports(): number {
    return this.#reports;
  }

  /** The code decides which data is required. The same mistake at the same place counts once. */
  report<C extends DiagnosticCode>(
    code: C,
    span: Span | undefined,
    data: DiagnosticData<C>,
    related: readonly RelatedSpan[] = [],
  ): void {
    // The table's rows differ in their data; the signature above ties code and data together.
    const { fixes, hint, message, severity } = diagnostics[code] as unknown as Row<DiagnosticData<C>>;
    const diagnostic: Diagnostic = {
      code,
      severity,
      message: message(data),
      hint: hint?.(data),
      fixes: fixes?.(data) ?? [],
      span,
      related,
    };
    this.add(diagnostic);
  }

  /** Takes over what was found elsewhere. */
  add(diagnostic: Diagnostic): void {
    this.#reports += 1;
    const { code } = diagnostic;
    const key =
      code === "field-invalid"
        ? `${code}|${placeOf(diagnostic)}`
        : `${code}|${placeOf(diagnostic)}|${diagnostic.message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#found.push(diagnostic);
  }

  /** Hands everything found, or what is chosen of it, to another. */
  passTo(other: Reporter, choose: (diagnostic: Diagnostic) => boolean = () => true): void {
    for (const diagnostic of this.#found) if (choose(diagnostic)) other.add(diagnostic);
  }

  get hasErrors(): boolean {
    return this.#found.some(({ severity }) => severity === "error");
  }

  /** By file, then position; what has no place first. Echoes of another mistake are left out. */
  sorted(): readonly Diagnostic[] {
    const errors = this.#found.filter(({ severity }) => severity === "error");
    const isEcho = (diagnostic: Diagnostic) =>
      errors.some((other) => other.code !== diagnostic.code && explains(other, diagnostic));
    return this.#found
      .filter((diagnostic) => !isEcho(diagnostic))
      .sort((a, b) => {
        const [left, right] = [a.span, b.span];
        if (left === undefined || right === undefined)
          return Number(left !== undefined) - Number(right !== undefined);
        return (
          compareText(left.file, right.file) ||
          left.start.line - right.start.line ||
          left.start.column - right.start.column ||
          compareText(a.code, b.code)
        );
      });
  }
}

/**
 * Whether `of` describes the same mistake as `by` in more general words: the type checker's on the same line, the API
 * rules' around the same place.
 */
function explains(by: Diagnostic, of: Diagnostic): boolean {
  if (of.code === "exception" && by.code === "type-error")
    return /ReferenceError/.test(of.message) && placeOf(by) === placeOf(of); // it may know what was meant
  if (
    by.code === "type-error" ||
    by.code === "field-invalid" ||
    by.span === undefined ||
    of.span === undefined
  )
    return false;
  if (by.span.file !== of.span.file) return false;
  if (of.code === "image-latest" || of.code === "environment-secret") return placeOf(by) === placeOf(of); // a value that is none has no tag, and is no text either
  if (by.code === "field-unknown" && of.code === "field-missing" && isMeant(by, of)) return true;
  const isSameLine = by.span.start.line === of.span.start.line;
  if (of.code === "type-error")
    return isSameLine ? by.code !== "exception" : by.code === "port-name-unknown" && isOfNothing(of);
  if (by.code === "definition-duplicate" && of.code === "syntax") return isSameLine;
  if (by.code === "secret-leaked" && of.code === "field-invalid")
    return isSameLine || placeOf(by) === placeOf(of);
  if (by.code === "value-unusable" && of.code === "field-type") return isSameLine;
  if ((by.code === "field-missing" || by.code === "choose-one") && of.code === "field-invalid" && isSameLine)
    return true; // said of the whole object, where the construct is called
  return (
    of.code === "field-invalid" &&
    isBefore(of.span.start, by.span.start) &&
    isBefore(by.span.start, of.span.end)
  );
}

/** Whether the field that is missing in a resource is there, misspelt. */
function isMeant({ fixes, message }: Diagnostic, missing: Diagnostic): boolean {
  const field = missing.fixes.find(({ kind }) => kind === "add-field");
  return (
    message.split(" has no field ")[0] === missing.message.split(" needs ")[0] &&
    fixes.some((fix) => fix.kind === "replace" && field?.kind === "add-field" && fix.to === field.field)
  );
}

/** The type checker's echo of a map that has nothing known in it: whatever is asked of it is of no type. */
function isOfNothing({ message }: Diagnostic): boolean {
  return / type 'never'/.test(message);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column <= b.column);
}

function placeOf({ span }: Diagnostic): string {
  return span === undefined ? "" : `${span.file}:${span.start.line}:${span.start.column}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
