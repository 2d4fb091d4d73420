import test from "ava";
import { checkCustom } from "../../stdlib/schema/custom/check.js";
import type { StructuralSchema } from "../../stdlib/schema/custom/definition.js";
import { fitsFormat } from "../../stdlib/schema/custom/formats.js";
import { matchesPattern } from "../../stdlib/schema/custom/pattern.js";

/** What is found in `spec`, as `path kind`. */
function found(spec: StructuralSchema, value: unknown): string[] {
  const schema = { type: "object", properties: { spec } };
  const object = { apiVersion: "a.example/v1", kind: "A", metadata: {}, spec: value };
  return checkCustom(schema, object).map(({ at, kind }) => `${at.slice(1).join(".")} ${kind}`);
}

const object = (properties: { readonly [name: string]: StructuralSchema }, more: StructuralSchema = {}) => ({
  ...{ type: "object", properties },
  ...more,
});
const text = { type: "string" };

const rows: readonly (readonly [title: string, StructuralSchema, value: unknown, expected: string[]])[] = [
  ["an unknown field", object({ size: text }), { sise: "1" }, ["sise unknown"]],
  [
    "an unknown field that is kept",
    object({}, { "x-kubernetes-preserve-unknown-fields": true }),
    { a: 1 },
    [],
  ],
  ["a field that is missing", object({ a: text }, { required: ["a"] }), {}, ["a missing"]],
  ["one that has a default", object({ a: { ...text, default: "x" } }, { required: ["a"] }), {}, []],
  ["a null where none may be", object({ a: text }), { a: null }, ["a type"]],
  ["a null where one may be", object({ a: { ...text, nullable: true } }), { a: null }, []],
  ["a fraction as integer", { type: "integer" }, 1.5, [" type"]],
  ["a fraction as int-or-string", { "x-kubernetes-int-or-string": true }, 1.5, [" type"]],
  ["too large an int32", { type: "integer", format: "int32" }, 2 ** 31, [" invalid"]],
  ["the end of an open range", { type: "number", minimum: 1, exclusiveMinimum: true }, 1, [" invalid"]],
  ["a multiple of a fraction", { type: "number", multipleOf: 0.1 }, 0.3, []],
  ["no multiple", { type: "integer", multipleOf: 5 }, 7, [" invalid"]],
  ["characters beyond the BMP count once", { type: "string", maxLength: 1 }, "😀", []],
  ["too many items", { type: "array", maxItems: 1, items: text }, ["a", "b"], [" invalid"]],
  ["the wrong item", { type: "array", items: text }, ["a", 1], ["1 type"]],
  [
    "an item twice",
    { type: "array", items: text, "x-kubernetes-list-type": "set" },
    ["a", "a"],
    ["1 invalid"],
  ],
  [
    "a key twice, by default",
    {
      type: "array",
      items: object({ port: { type: "integer" }, protocol: { ...text, default: "TCP" } }),
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["port", "protocol"],
    },
    [{ port: 1 }, { port: 1, protocol: "TCP" }, { port: 1, protocol: "UDP" }],
    ["1 invalid"],
  ],
  ["values of a map", { type: "object", additionalProperties: text }, { a: 1, b: "x" }, ["a type"]],
  [
    "two of oneOf",
    object({ a: text, b: text }, { oneOf: [{ required: ["a"] }, { required: ["b"] }] }),
    { a: "", b: "" },
    [" invalid"],
  ],
  ["none of anyOf", { type: "string", anyOf: [{ format: "ipv4" }, { pattern: "^x" }] }, "y", [" invalid"]],
  [
    "a rule of allOf",
    object({ a: text }, { allOf: [{ properties: { a: { minLength: 2 } } }] }),
    { a: "x" },
    ["a invalid"],
  ],
  ["what is excluded", { type: "string", not: { enum: ["x"] } }, "x", [" invalid"]],
  [
    "an embedded object",
    { type: "object", "x-kubernetes-embedded-resource": true, properties: { spec: text } },
    { apiVersion: "v1", metadata: { nmae: "x" }, spec: "x", more: 1 },
    ["kind missing", "metadata.nmae unknown", "more unknown"],
  ],
  ["__proto__ is a field like others", object({}), JSON.parse('{"__proto__": 1}'), ["__proto__ unknown"]],
  [
    "names of Object.prototype are no fields",
    object({ a: text }, { required: ["toString"] }),
    {},
    ["toString missing"],
  ],
];
for (const [title, schema, value, expected] of rows)
  test(`check: ${title}`, (t) => t.deepEqual(found(schema, value), expected));

test("patterns are Go's; one without end here says nothing", (t) => {
  t.is(matchesPattern("^[a-z]+$", "abc"), true);
  t.is(matchesPattern("\\A(?P<name>a)\\z", "ab"), false);
  t.is(matchesPattern("(", "a"), "unknown");
  const before = Date.now();
  t.is(matchesPattern("^(a+)+$", `${"a".repeat(40)}!`), "unknown");
  t.true(Date.now() - before < 5000);
});

test("formats", (t) => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["ipv4", "10.0.0.1", true],
    ["ipv4", "10.0.0.256", false],
    ["ipv6", "::1", true],
    ["ipv6", "fe80::1:2:10.0.0.1", true],
    ["ipv6", "1:2:3", false],
    ["ipv6", "1::2::3", false],
    ["cidr", "10.0.0.0/8", true],
    ["cidr", "10.0.0.0/33", false],
    ["date-time", "2026-01-02T03:04:05Z", true],
    ["date-time", "2026-01-02", false],
    ["byte", "aGk=", true],
    ["byte", "a", false],
    ["nobody-knows", "anything", true],
  ];
  for (const [format, value, expected] of cases)
    t.is(fitsFormat(format, value), expected, `${format} ${value}`);
});
