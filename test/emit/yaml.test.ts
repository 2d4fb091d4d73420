import test from "ava";
import fc from "fast-check";
import { parse } from "yaml";
import { emitYaml } from "../../compiler/emit/yaml.js";

/** The `yaml` package judges: both versions must read back what was written. */
function readsBack(value: unknown): boolean {
  const text = emitYaml(value);
  return (["1.1", "1.2"] as const).every((version) => {
    const read: unknown = parse(text, { version, schema: version === "1.1" ? "yaml-1.1" : "core" });
    return JSON.stringify(read) === JSON.stringify(value);
  });
}

const awkward = [
  ..."yes no on off y n true false null ~ Yes NO On tRue".split(" "),
  ..."0 00 0x1f 0o17 017 1_000 1e3 1.5 .5 5. +1 -1 .inf -.INF .nan 1:30 190:20:30 12:30:45.5 2001-12-14 2001-12-14t21:59:43.10-05:00".split(
    " ",
  ),
  ..."- -- --- ... ? : , [ ] { } # & * ! | > ' \" % @ ` = << !! -a ?a :a a: a:b a: a# #a %a @a `a".split(" "),
  "",
  " ",
  "  a",
  "a ",
  "a: b",
  "a #b",
  "a\tb",
  "\t",
  "\n",
  "a\n",
  "a\nb",
  "a\n\nb\n",
  "\na",
  "a\n\n",
  " a\nb",
  "a \nb",
  "a\n  b",
  "a\r\nb",
  "a\\b",
  'a"b',
  "a'b",
  "\u0000",
  "\u0007",
  "\u001b[31m",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u2029",
  "\ufeff",
  "é",
  "日本",
  "🎉",
  "\ud800",
  "redis:6379",
  "10.0.0.1",
  "10.96.0.0/12",
  "250m",
  "64Mi",
  "b-755ef8",
  "deadbeef",
  "1234e5",
  "a/b:c-1",
  "key=value",
];

test("awkward scalars read back as value, key and item", (t) => {
  for (const scalar of new Set(awkward)) {
    const value = { value: scalar, list: [scalar, [scalar], { [scalar]: scalar }], [`k${scalar}`]: 1 };
    t.true(readsBack(value), emitYaml({ value: scalar, list: [scalar], [scalar]: 1 }));
  }
});

test("any JSON data reads back under YAML 1.1 and 1.2", (t) => {
  const value = fc
    .jsonValue({ maxDepth: 4, noUnicodeString: false })
    .filter(
      (data) =>
        JSON.stringify(data) !== undefined &&
        !JSON.stringify(data).includes("__proto__") &&
        !JSON.stringify(data).includes("-0"),
    );
  t.notThrows(() => fc.assert(fc.property(value, readsBack), { numRuns: 400 }));
});
