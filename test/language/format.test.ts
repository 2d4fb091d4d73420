import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { formatModule } from "../../compiler/language/format.js";
import { parseModule } from "../../compiler/language/parse.js";

/** A program as words, so that any space, line break or comment can stand between them. */
type Words = readonly string[];
const word = (text: string): Words => [text];
const joined = (parts: readonly Words[]): Words => parts.flat();

const name = fc.constantFrom("a", "b", "redis-master", "from", "in", "web_1", "then");
const plain = fc.constantFrom("a", "ab c", "ö", "\\n", "\\$", "\\u{1F600}", "'");

const operator = fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||");
/** A condition goes on to the end of what it stands in. */
const operand = (of: Words): Words => (of.includes("if") ? ["(", ...of, ")"] : of);
const spread = (of: Words): Words => ["...", ...of];

const { expression } = fc.letrec<{ expression: Words; atom: Words }>((tie) => {
  const inner = tie("expression") as fc.Arbitrary<Words>;
  const key = fc.oneof(name, fc.constantFrom("for", "if", '"a.b"', "8080"));
  const atom: fc.Arbitrary<Words> = fc.oneof(
    fc
      .constantFrom("1", "1.5", "1_000", "250m", "64Mi", "5s", "80/TCP", "10.0.0.0/8", "25%", "true", "null")
      .map(word),
    name.map(word),
    plain.map((text) => word(`"${text}"`)),
    fc.tuple(plain, inner, plain).map(([a, of, b]) => [`"${a}\${`, ...of, `}${b}"`]),
    fc
      .tuple(plain, inner)
      .map(([a, of]) => [`"""\n      ${a}\n        "text" \${`, ...of, `}\n\n      $${a}\n      """`]),
  );
  return {
    atom,
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      atom,
      fc
        .array(fc.oneof(inner, inner.map(spread)), { maxLength: 3 })
        .map((items) => ["[", ...items.flatMap((item) => [...item, ","]), "]"]),
      fc
        .array(
          fc.oneof(
            fc.tuple(key, inner).map(([of, value]): Words => [of, ":", ...value]),
            inner.map(spread),
          ),
          { maxLength: 3 },
        )
        .map((entries) => ["{", ...entries.flatMap((entry) => [...entry, ","]), "}"]),
      fc.tuple(inner, operator, inner).map(([a, by, b]) => [...operand(a), by, ...operand(b)]),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => ["if", ...a, "then", ...b, "else", ...c]),
      fc.tuple(inner, operator, inner).map(([a, by, b]) => ["(", ...a, ")", by, "(", ...b, ")"]),
      fc.tuple(fc.constantFrom("-", "!"), inner).map(([by, of]) => [by, "(", ...of, ")"]),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => ["(", "if", ...a, "then", ...b, "else", ...c, ")"]),
      fc
        .tuple(name, inner, inner)
        .map(([of, xs, value]) => ["[", "for", of, "in", ...xs, ":", ...value, "]"]),
      fc
        .tuple(name, inner, inner)
        .map(([of, xs, value]) => [
          "{",
          "for",
          of,
          ",",
          "k",
          "in",
          ...xs,
          ":",
          "k",
          ":",
          ...value,
          "where",
          ...xs,
          "}",
        ]),
      fc
        .tuple(name, fc.array(inner, { maxLength: 2 }))
        .map(([of, given]) => [
          of,
          "(",
          ...given.flatMap((one, index) => (index === 0 ? one : [",", ...one])),
          ")",
          ".",
          "key",
          "[",
          '"x"',
          "]",
        ]),
    ),
  };
}) as unknown as { expression: fc.Arbitrary<Words> };

const field = fc
  .tuple(fc.oneof(name, fc.constant('"x.y"')), expression)
  .map(([of, value]): Words => [of, "=", ...value]);
const block = (depth: number): fc.Arbitrary<Words> =>
  fc
    .tuple(
      name,
      fc.oneof(name, fc.constant('"q"')),
      fc.array(depth > 1 ? field : fc.oneof(field, block(depth + 1)), { maxLength: 4 }),
    )
    .map(([kind, title, members]) => [kind, title, "{", ...joined(members), "}"]);
const definition: fc.Arbitrary<Words> = fc.oneof(
  fc.tuple(name, expression).map(([of, value]): Words => ["let", of, "=", ...value]),
  fc
    .tuple(name, expression, fc.array(field, { maxLength: 2 }))
    .map(([of, value, options]): Words => ["param", of, "=", ...value, "{", ...joined(options), "}"]),
  fc
    .tuple(name, name, expression)
    .map(
      ([of, parameter, value]): Words => [
        "function",
        of,
        "(",
        parameter,
        ",",
        "z",
        "=",
        "1",
        ")",
        "=",
        ...value,
      ],
    ),
  fc
    .tuple(name, block(0))
    .map(([of, inner]): Words => ["function", of, "(", ")", "{", "let", "y", "=", "1", ...inner, "}"]),
  fc.constant<Words>(["import", "{", "a", "as", "b", ",", "service", ".", "c", "}", "from", '"./x.infra"']),
  block(0),
);
const spaces = fc.array(
  fc.constantFrom(
    " ",
    " ",
    " ",
    "\n",
    "  ",
    "\n\n\n",
    "\r\n",
    " // c\n",
    "\n// d\n",
    " /* e */ ",
    "\n/* f\n g */\n",
  ),
  { minLength: 400, maxLength: 400 },
);

function written(words: Words, between: readonly string[]): string {
  return words.map((one, index) => one + (between[index % between.length] ?? " ")).join("");
}

function tree(text: string) {
  const { comments, module, problems } = parseModule("a.infra", text);
  const meaning = JSON.stringify(module.definitions, (key, value) => (key === "span" ? undefined : value));
  return { meaning, problems, comments: comments.map((one) => one.text.replace(/\s+/g, " ")).sort() };
}

const nodes = [
  ...["binary", "block", "body", "boolean", "call", "entry", "field", "for", "function", "if", "import"],
  ...["index", "let", "list", "map", "member", "name", "null", "number", "param", "reference", "spread"],
  ...["text", "unary", "unit"],
];

test("formatting keeps the meaning and every comment, and does nothing the second time", (t) => {
  const seen = new Set<string>();
  let longest = 0;
  const result = fc.check(
    fc.property(fc.array(definition, { maxLength: 4 }), spaces, (definitions, between) => {
      const source = written(joined(definitions), between);
      const before = tree(source);
      if (before.problems.length > 0) throw new Error(`${before.problems[0]?.text}\n${source}`);
      for (const [, node = ""] of before.meaning.matchAll(/"node":"([^"]+)"/g)) seen.add(node);
      longest = Math.max(longest, source.length);
      const once = formatModule("a.infra", source) ?? "";
      const after = tree(once);
      if (after.meaning !== before.meaning) throw new Error(`another meaning:\n${source}\n=>\n${once}`);
      if (String(after.comments) !== String(before.comments))
        throw new Error(`comments:\n${source}\n=>\n${once}`);
      const twice = formatModule("a.infra", once);
      if (twice !== once) throw new Error(`not settled:\n${source}\n=>\n${once}\n=>\n${twice}`);
    }),
    { numRuns: 400, interruptAfterTimeLimit: 20_000 },
  );
  t.false(result.failed, String((result.errorInstance as Error | null)?.message));
  // Every kind of node of syntax.ts, in programs of some length: a poor generator proves nothing.
  t.deepEqual([...seen].sort(), nodes);
  t.true(longest > 1_000);
});

test("an example is as the formatter has it", async (t) => {
  const path = fileURLToPath(new URL("../../examples/guestbook/main.infra", import.meta.url));
  const text = await readFile(path, "utf8");
  t.is(formatModule("main.infra", text), text);
});

test("what cannot be read is not rewritten", (t) => {
  t.is(formatModule("a.infra", "let x = "), undefined);
});

test("one layout", (t) => {
  const source = `// first
import {a} from "./a.infra"
param  n=3{min=1,max=2}
deployment   api{replicas=n   // how many
image="x"
// above


"b c"  =  [1,2]
container web{image="x:1" env={A:1,B:2}}


resources{cpu=250m memory=64Mi}
}
let long = { aaaaaaaaaaaaaaaaaaaaaaaaa: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", ccccccccccccccccccc: "ddddddddddddddd" }
`;
  t.is(
    formatModule("a.infra", source),
    `// first
import { a } from "./a.infra"
param n = 3 { min = 1  max = 2 }

deployment api {
  replicas = n // how many
  image    = "x"
  // above

  "b c" = [1, 2]
  container web { image = "x:1"  env = { A: 1, B: 2 } }

  resources { cpu = 250m  memory = 64Mi }
}

let long = {
  aaaaaaaaaaaaaaaaaaaaaaaaa: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  ccccccccccccccccccc: "ddddddddddddddd",
}
`,
  );
});
