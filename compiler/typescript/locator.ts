import { relative, resolve } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { Locator } from "../model/locator.js";
import type { Bundled } from "./bundle.js";
import type { Instrumented, Place } from "./instrument.js";

/** @param folder - the stack's folder, absolute; spans name files relative to it. */
export function createLocator(folder: string, bundled: Bundled, instrumented: Instrumented): Locator {
  const map = new TraceMap(bundled.map);
  const find = (place: Place): { file: string; line: number; column: number } | undefined => {
    const { source, line, column } = originalPositionFor(map, { line: place.line + 1, column: place.column });
    if (source === null || line === null) return undefined;
    return { file: relative(folder, resolve(bundled.mapFolder, source)), line, column: column + 1 };
  };
  const point = (place: Place): Span | undefined => {
    const found = find(place);
    return found === undefined ? undefined : pointSpan(found.file, found.line, found.column);
  };
  const between = (start: Place, end: Place): Span | undefined => {
    const [from, to] = [find(start), find(end)];
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
      const places = instrumented.literals[literal];
      return places === undefined ? undefined : point(places.start);
    },
    property(literal, name, part) {
      const places = instrumented.literals[literal]?.properties[name];
      if (places === undefined) return undefined;
      if (part === "value") return between(places.value, places.end);
      const key = find(places.key);
      return key === undefined
        ? undefined
        : {
            file: key.file,
            start: { line: key.line, column: key.column },
            end: { line: key.line, column: key.column + name.length },
          };
    },
    call: ([line, column]) => point(instrumented.toBundle(line, column)),
    mark: (offset) => point(instrumented.placeOf(offset)),
  };
}
