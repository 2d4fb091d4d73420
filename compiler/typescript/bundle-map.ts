import { decode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { sha256 } from "../digest.js";
import type { Place } from "./instrument.js";

/** Which of a line's segments a place between two of them is of. */
export type Bias = "before" | "after";

/** The numbers that a line's segments count from. */
interface State {
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

interface Lines {
  /** Offsets of lines in the mappings, and what each counts from. */
  readonly starts: readonly number[];
  readonly states: readonly State[];
  /** Lines on which another source begins, with its index. */
  readonly turns: readonly (readonly [line: number, source: number])[];
}

/** A source of the map, and a place in it; both numbers from 0. */
export interface OriginalPlace extends Place {
  readonly source: string;
}

/**
 * A bundle's source map (ECMA-426), of which a line is decoded when it is asked for: decoding all of it would take
 * longer than all that a small change needs of it.
 */
export class BundleMap {
  readonly #mappings: string;
  readonly #sources: readonly (string | null)[];
  readonly #decoded = new Map<number, readonly SourceMapSegment[]>();
  #found: Lines | undefined;

  /** @param map - JSON text, without sections. */
  constructor(map: string) {
    const { mappings, sources } = JSON.parse(map) as {
      mappings: string;
      sources: readonly (string | null)[];
    };
    this.#mappings = mappings;
    this.#sources = sources;
  }

  /** Where a place of the bundle comes from, by the segment at it or the nearest one on its line. */
  find({ column, line }: Place, bias: Bias = "before"): OriginalPlace | undefined {
    const state = this.#lines.states[line];
    const [, source, originalLine, originalColumn] = segmentAt(this.#segments(line), column, bias) ?? [];
    if (state === undefined || source === undefined) return undefined;
    const name = this.#sources[source + state.source] ?? undefined;
    if (name === undefined) return undefined;
    return {
      source: name,
      line: (originalLine ?? 0) + state.line,
      column: (originalColumn ?? 0) + state.column,
    };
  }

  /** Digest of where lines of the bundle come from: of all places that anything on them can have. */
  originOf(from: number, to: number): string {
    const { starts, states, turns } = this.#lines;
    const { column = 0, line = 0, source = 0 } = states[from] ?? {};
    const end = (starts[to] ?? this.#mappings.length + 1) - 1; // without the line's end, which the last has not
    const text = this.#mappings.slice(starts[from], end);
    const own = turns.filter(([line]) => line >= from && line < to);
    const names = [source, ...own.map(([, source]) => source)].map((index) => this.#sources[index]);
    return `${sha256(text)} ${line} ${column} ${names.join("\n")}`;
  }

  /** Numbers of originals count from the line's state. */
  #segments(line: number): readonly SourceMapSegment[] {
    const known = this.#decoded.get(line);
    if (known !== undefined) return known;
    const { starts } = this.#lines;
    const [segments = []] = decode(this.#mappings.slice(starts[line], starts[line + 1]));
    this.#decoded.set(line, segments);
    return segments;
  }

  /** Not before they are asked for: the evaluation begins without. */
  get #lines(): Lines {
    this.#found ??= linesOf(this.#mappings);
    return this.#found;
  }
}

/** The first of those at the column; else the nearest. */
function segmentAt(
  segments: readonly SourceMapSegment[],
  column: number,
  bias: Bias,
): SourceMapSegment | undefined {
  const next = segments.findIndex(([at]) => at >= column);
  if (next >= 0 && segments[next]?.[0] === column)
    return bias === "before" ? segments[next] : segments.findLast(([at]) => at === column);
  if (bias === "after") return segments[next];
  return next < 0 ? segments.at(-1) : segments[next - 1];
}

/** Adds the mappings up without keeping them. Segments are few different texts, of differences to the one before. */
function linesOf(mappings: string): Lines {
  const starts: number[] = [];
  const states: State[] = [];
  const turns: [number, number][] = [];
  const known = new Map<string, SourceMapSegment>();
  let [source, line, column, start] = [0, 0, 0, 0];
  for (const text of mappings.split(";")) {
    starts.push(start);
    states.push({ source, line, column });
    start += text.length + 1;
    if (text === "") continue;
    for (const segment of text.split(",")) {
      let deltas = known.get(segment);
      if (deltas === undefined) {
        deltas = decode(segment)[0]?.[0] ?? [0];
        known.set(segment, deltas);
      }
      if (deltas.length === 1) continue;
      line += deltas[2];
      column += deltas[3];
      if (deltas[1] === 0) continue;
      source += deltas[1];
      turns.push([starts.length - 1, source]);
    }
  }
  return { starts, states, turns };
}
