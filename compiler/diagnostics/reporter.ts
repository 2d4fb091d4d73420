import { withoutEchoes } from "./echoes.js";
import type { Fix, Row } from "./row.js";
import type { Span } from "./span.js";
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

/** A diagnostic with what it was made of: that tells which others are its echoes. */
interface Reported {
  readonly diagnostic: Diagnostic;
  readonly data?: unknown;
  readonly covers?: Span | undefined;
}

/** Nobody reads more about one text, and each takes time to put into words. */
export const mostOfText = 1_000;

/** Collects user mistakes, so that one run shows them all. */
export class Reporter {
  readonly #found: Reported[] = [];
  readonly #seen = new Set<string>();
  #reports = 0;
  readonly #most: number;

  /** @param most - what is reported beyond is dropped. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** How often something was reported, the same mistake at the same place each time. */
  get reports(): number {
    return this.#reports;
  }

  /**
   * The code decides which data is required. The same mistake at the same place counts once.
   * @param covers - all that is wrong with it, where that is more than what is marked: what is found within is its echo.
   */
  report<C extends DiagnosticCode>(
    code: C,
    span: Span | undefined,
    data: DiagnosticData<C>,
    related: readonly RelatedSpan[] = [],
    covers?: Span,
  ): void {
    if (this.#found.length >= this.#most) return;
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
    this.#add({ diagnostic, data, covers });
  }

  /** Takes over what was found elsewhere. */
  add(diagnostic: Diagnostic): void {
    this.#add({ diagnostic });
  }

  #add(reported: Reported): void {
    this.#reports += 1;
    const { code, message, span } = reported.diagnostic;
    const place = span === undefined ? "" : `${span.file}:${span.start.line}:${span.start.column}`;
    const key = `${code}|${place}|${code === "field-invalid" ? ownWords(reported.data) : message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#found.push(reported);
  }

  /** Hands everything found, or what is chosen of it, to another. */
  passTo(other: Reporter, choose: (diagnostic: Diagnostic, data: unknown) => boolean = () => true): void {
    for (const reported of this.#found) if (choose(reported.diagnostic, reported.data)) other.#add(reported);
  }

  /** Those that have a place, with all that is wrong there. */
  get errors(): readonly { readonly code: DiagnosticCode; readonly span: Span }[] {
    return this.#found.flatMap(({ covers, diagnostic: { code, severity, span } }) =>
      severity === "error" && span !== undefined ? [{ code, span: covers ?? span }] : [],
    );
  }

  get hasErrors(): boolean {
    return this.#found.some(({ diagnostic }) => diagnostic.severity === "error");
  }

  /** By file, then position; what has no place first. Echoes of another mistake are left out. */
  sorted(): readonly Diagnostic[] {
    return withoutEchoes(
      this.#found.map(({ covers, data, diagnostic }) => ({ ...diagnostic, covers, data, diagnostic })),
    )
      .map(({ diagnostic }) => diagnostic)
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

/** One value breaks rules of several fields that are made of it: the first is said. What only stands near it is another. */
function ownWords(data: unknown): string {
  const { around, why } = (data ?? {}) as Partial<DiagnosticData<"field-invalid">>;
  return around === true ? (why ?? "") : "";
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
