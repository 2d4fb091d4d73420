import { encode } from "@jridgewell/sourcemap-codec";
import {
  GREATEST_LOWER_BOUND,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  TraceMap,
} from "@jridgewell/trace-mapping";
import test from "ava";
import fc from "fast-check";
import { BundleMap } from "../../compiler/typescript/bundle-map.js";

const number = fc.integer({ min: 0, max: 40 });
const segment = fc.oneof(
  fc.tuple(number),
  fc.tuple(number, fc.integer({ min: 0, max: 2 }), number, number),
  fc.tuple(number, fc.integer({ min: 0, max: 2 }), number, number, fc.constant(0)),
);
const line = fc
  .array(segment, { maxLength: 6 })
  .map((segments) => segments.toSorted(([a], [b]) => a - b) as [number, number, number, number][]);
const lines = fc.array(line, { maxLength: 8 });
const sources = ["a.ts", "b.ts", "c.ts"];
const mapOf = (decoded: readonly [number, number, number, number][][]) =>
  JSON.stringify({ version: 3, sources, names: ["n"], mappings: encode(decoded as never) });

test("a place is found where a reader of source maps finds it", (t) => {
  fc.assert(
    fc.property(lines, number, number, (decoded, at, column) => {
      const [ours, peer] = [new BundleMap(mapOf(decoded)), new TraceMap(mapOf(decoded))];
      for (const [bias, theirs] of [
        ["before", GREATEST_LOWER_BOUND],
        ["after", LEAST_UPPER_BOUND],
      ] as const) {
        const found = ours.find({ line: at, column }, bias);
        const expected = originalPositionFor(peer, { line: at + 1, column, bias: theirs });
        t.is(found?.source ?? null, expected.source);
        t.is(found === undefined ? null : found.line + 1, expected.line);
        t.is(found?.column ?? null, expected.column);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("lines of one origin come from the same places, whatever stands behind them", (t) => {
  const some = fc.array(line, { minLength: 1, maxLength: 8 });
  const block = fc.tuple(lines, some, some, lines, lines);
  fc.assert(
    fc.property(block, fc.boolean(), ([before, own, other, after, otherAfter], isSame) => {
      const second = isSame ? own : other;
      const one = new BundleMap(mapOf([...before, ...own, ...after]));
      const two = new BundleMap(mapOf([...before, ...second, ...otherAfter]));
      const from = before.length;
      const origin = one.originOf(from, from + own.length);
      if (isSame) t.is(two.originOf(from, from + own.length), origin);
      if (two.originOf(from, from + second.length) !== origin) return;
      for (const at of own.keys())
        for (let column = 0; column <= 40; column += 1)
          t.deepEqual(one.find({ line: from + at, column }), two.find({ line: from + at, column }));
    }),
    { numRuns: 1_000 },
  );
});

test("an edit on other lines of a source changes no origin", (t) => {
  const unchanged = (column: number) =>
    new BundleMap(
      mapOf([
        [[0, 0, 1, 2]],
        [
          [0, 0, 2, column],
          [4, 0, 2, 30],
        ],
        [[2, 1, 0, 0]],
      ]),
    ).originOf(2, 3);
  t.is(unchanged(3), unchanged(7));
});
