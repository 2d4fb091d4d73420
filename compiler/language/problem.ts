import type { Span } from "../diagnostics/span.js";

/** What is wrong with a text, and where. */
export interface SyntaxProblem {
  readonly text: string;
  readonly span: Span;
}
