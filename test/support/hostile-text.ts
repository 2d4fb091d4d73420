import fc from "fast-check";

/** Bytes that parsers have fallen over before. */
export const hostile: readonly Uint8Array[] = [
  "",
  "\u0000",
  "\uFEFFlet x = 1\r\n",
  "[".repeat(200_000),
  `let x = ${"{a:".repeat(50_000)}`,
  `let x = ${"!".repeat(100_000)}1`,
  `let x = 1${" + 1".repeat(50_000)}`,
  `let x = a${".b".repeat(50_000)}`,
  `let x = ${"if a then b else ".repeat(20_000)}c`,
  `let x = "${"${".repeat(20_000)}`,
  `let x = ${"(".repeat(20_000)}1${")".repeat(20_000)}`,
  `let x = "${"a".repeat(5_000_000)}"`,
  `let x = { ${"__proto__: 1, ".repeat(1000)} }`,
  "let x = { constructor: 1, __proto__: { a: 1 } }",
  '"""'.repeat(10_000),
  "/*".repeat(100_000),
  "}".repeat(100_000),
  "\u2028\u2029\u{1F600}\u202E",
]
  .map((text) => new TextEncoder().encode(text))
  .concat([
    new Uint8Array([0xff, 0xfe, 0x00, 0x80]),
    new Uint8Array([0xc0, 0x80]),
    new Uint8Array([0xed, 0xa0, 0x80]),
  ]);

/** One of the seeds with pieces cut, doubled, swapped or replaced. */
export function mutated(seeds: readonly Uint8Array[], words: readonly string[]): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 0, max: 40 }),
    by: fc.oneof(
      fc.constantFrom(...words).map((word) => new TextEncoder().encode(word)),
      fc.uint8Array({ maxLength: 4 }),
    ),
  });
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([seed, edits]) => {
      let bytes = seed;
      for (const { at, by, length } of edits) {
        const start = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(start + length)]);
      }
      return bytes;
    });
}

/** What `.infra` is made of, to be thrown into it anywhere. */
export const languageWords: readonly string[] = [
  ...["{", "}", "[", "]", "(", ")", '"', '"""', "${", "=", ":", ",", ".", "...", "//", "/*", "\r\n", "😀"],
  ...["for x in ", "if ", "let ", "import { ", "function ", "deployment.", "__proto__", "5m", "250m"],
];
