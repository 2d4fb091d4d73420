import type { Position, Span } from "../diagnostics/span.js";
import { isBefore } from "./tree.js";

/** Places of one file, asked many times whether they touch a span. */
export class Places {
  /** In order, those that overlap joined. */
  readonly #spans: Pick<Span, "start" | "end">[] = [];

  constructor(spans: readonly Pick<Span, "start" | "end">[]) {
    const sorted = [...spans].sort((a, b) => (isBefore(a.start, b.start) ? -1 : 1));
    for (const { end, start } of sorted) {
      const last = this.#spans.at(-1);
      if (last === undefined || isBefore(last.end, start)) this.#spans.push({ start, end });
      else if (isBefore(last.end, end)) this.#spans[this.#spans.length - 1] = { start: last.start, end };
    }
  }

  touch({ end, start }: Span): boolean {
    let [low, high] = [0, this.#spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(start, (this.#spans[middle] as { end: Position }).end)) high = middle;
      else low = middle + 1;
    }
    const first = this.#spans[low]; // that does not end before
    return first !== undefined && isBefore(first.start, end);
  }
}

/** What cannot be read leaves the rest of its lines to guesses. */
export function wholeLines(span: Span): Span {
  const end = { line: span.end.line, column: Number.POSITIVE_INFINITY };
  return { ...span, start: { line: span.start.line, column: 1 }, end };
}
