import { relative, resolve } from "node:path";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { Locator } from "../model/locator.js";
import type { Bundled } from "./bundle.js";
import { type Bias, BundleMap } from "./bundle-map.js";
import type { Instrumented, Place } from "./instrument.js";

export interface SourceLocator extends Locator {
  /** Digest of where lines of the bundle come from: of all places that anything on them can have. */
  originOf(from: number, to: number): string;
}

/** @param folder - the stack's folder, absolute; spans name files relative to it. */
export function createLocator(folder: string, bundled: Bundled, instrumented: Instrumented): SourceLocator {
  const map = new BundleMap(bundled.map);
  const files = new Map<string, string>(); // by the map's name for a source
  const fileOf = (source: string): string => {
    const known = files.get(source) ?? relative(folder, resolve(bundled.mapFolder, decoded(source)));
    files.set(source, known);
    return known;
  };
  const find = (place: Place, bias?: Bias): { file: string; line: number; column: number } | undefined => {
    const found = map.find(place, bias);
    if (found === undefined) return undefined;
    return { file: fileOf(found.source), line: found.line + 1, column: found.column + 1 };
  };
  const point = (place: Place): Span | undefined => {
    const found = find(place);
    return found === undefined ? undefined : pointSpan(found.file, found.line, found.column);
  };
  const between = (start: Place, end: Place, bias?: Bias): Span | undefined => {
    const [from, to] = [find(start, bias), find(end)];
    if (from === undefined) return undefined;
    const sound =
      to !== undefined &&
      to.file === from.file &&
      (to.line > from.line || (to.line === from.line && to.column > from.column));
    return sound
      ? {
          file: from.file,
          start: { line: from.line, column: from.column },
          end: { line: to.line, column: to.column },
        }
      : pointSpan(from.file, from.line, from.column);
  };
  return {
    literal: (literal) => {
      const places = instrumented.literal(literal);
      return places === undefined ? undefined : point(places.start);
    },
    property(literal, name, part) {
      const places = instrumented.property(literal, name);
      if (places === undefined) return undefined;
      const key = find(places.key);
      if (part === "value") {
        const value = find(places.value);
        // What esbuild writes around a call has no mapping of its own and would fall back to the key's.
        const skipped = value !== undefined && value.line === key?.line && value.column === key.column;
        return between(places.value, places.end, skipped ? "after" : "before");
      }
      return key === undefined
        ? undefined
        : {
            file: key.file,
            start: { line: key.line, column: key.column },
            end: { line: key.line, column: key.column + name.length },
          };
    },
    call([line, column]) {
      const place = line < 0 ? instrumented.literal(column)?.call : instrumented.toBundle(line, column);
      return place === undefined ? undefined : point(place);
    },
    mark: (offset) => point(instrumented.placeOf(offset)),
    originOf: (from, to) => map.originOf(from, to),
  };
}

/** Sources of a map are URLs (ECMA-426). One that is none is taken for a path. */
function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}
