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
  /** Offsets of lines in the mappings, and what each counts from. */
  readonly #starts: readonly number[];
  readonly #states: readonly State[];
  /** Lines on which another source begins, with its index. */
  readonly #turns: readonly (readonly [line: number, source: number])[];
  readonly #lines = new Map<number, readonly SourceMapSegment[]>();

  /** @param map - JSON text, without sections. */
  constructor(map: string) {
    const { mappings, sources } = JSON.parse(map) as {
      mappings: string;
      sources: readonly (string | null)[];
    };
    this.#mappings = mappings;
    this.#sources = sources;
    const { starts, states, turns } = linesOf(mappings);
    this.#starts = starts;
    this.#states = states;
    this.#turns = turns;
  }

  /** Where a place of the bundle comes from, by the segment at it or the nearest one on its line. */
  find({ column, line }: Place, bias: Bias = "before"): OriginalPlace | undefined {
    const state = this.#states[line];
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
    const { column = 0, line = 0, source = 0 } = this.#states[from] ?? {};
    const text = this.#mappings.slice(this.#starts[from], this.#starts[to]);
    const turns = this.#turns.filter(([line]) => line >= from && line < to);
    const names = [source, ...turns.map(([, source]) => source)].map((index) => this.#sources[index]);
    return `${sha256(text)} ${line} ${column} ${names.join("\n")}`;
  }

  /** Numbers of originals count from the line's state. */
  #segments(line: number): readonly SourceMapSegment[] {
    const known = this.#lines.get(line);
    if (known !== undefined) return known;
    const [segments = []] = decode(this.#mappings.slice(this.#starts[line], this.#starts[line + 1]));
    this.#lines.set(line, segments);
    return segments;
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

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digitOf = new Uint8Array(128);
for (const [digit, letter] of [...digits].entries()) digitOf[letter.charCodeAt(0)] = digit;
const [comma, semicolon] = [",".charCodeAt(0), ";".charCodeAt(0)];

/** Adds the mappings up without keeping them: base 64 VLQ, fields of a segment as deltas of those before. */
function linesOf(mappings: string): {
  readonly starts: readonly number[];
  readonly states: readonly State[];
  readonly turns: readonly (readonly [line: number, source: number])[];
} {
  const sums = [0, 0, 0, 0, 0]; // column in the bundle, source, line, column, name
  const starts = [0];
  const states: State[] = [{ source: 0, line: 0, column: 0 }];
  const turns: [number, number][] = [];
  let field = 0;
  let value = 0;
  let shift = 0;
  for (let at = 0; at < mappings.length; at += 1) {
    const unit = mappings.charCodeAt(at);
    if (unit === comma) field = 0;
    else if (unit === semicolon) {
      field = 0;
      starts.push(at + 1);
      states.push({ source: sums[1] ?? 0, line: sums[2] ?? 0, column: sums[3] ?? 0 });
    } else {
      const digit = digitOf[unit] ?? 0;
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit & 32) continue;
      const delta = value & 1 ? -(value >>> 1) : value >>> 1;
      sums[field] = (sums[field] ?? 0) + delta;
      if (field === 1 && delta !== 0) turns.push([starts.length - 1, sums[1] ?? 0]);
      field += 1;
      value = 0;
      shift = 0;
    }
  }
  return { starts, states, turns };
}
