import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import { formatModule } from "../../compiler/language/format.js";
import { parseModule } from "../../compiler/language/parse.js";
import { definition, joined, type Words } from "../support/infra-programs.js";

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

test("a comment before a list stays, though the list is written anew for its width", (t) => {
  const wide = "x".repeat(100);
  t.is(
    formatModule("a.infra", `let x = /* c */ [{\n a: 1 }, "${wide}"]\n`),
    `let x = [\n  /* c */\n  {\n    a: 1,\n  },\n  "${wide}",\n]\n`,
  );
});

test("a comment before a list stands where a second formatting leaves it", (t) => {
  const settled = "let x = [\n  /* c */\n  {\n    a: 1,\n  },\n]\n";
  t.is(formatModule("a.infra", "let x = /* c */ [{\n a: 1 }]\n"), settled);
  t.is(formatModule("a.infra", settled), settled);
});

test("wide lists and blocks within each other are each tried once", (t) => {
  const wide = `"${"x".repeat(100)}"`;
  const list = `let x = ${"[1, ".repeat(60)}${wide}${"]".repeat(60)}\n`;
  t.is(formatModule("a.infra", list)?.split("\n").length, 2 + 3 * 60);
  const block = `a b { ${"c d { ".repeat(60)}e = ${wide}${" }".repeat(60)} }\n`;
  t.is(formatModule("a.infra", block)?.split("\n").length, 2 * 61 + 2);
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

for (const [title, source, written = source] of [
  ["in a condition", "let a = if big // often\n  then 3\n  else 1\n"],
  ["in a call", "let a = range(\n    2 // two\n  )\n"],
  ["after an operator", "let a = 1 + // first\n     2\n", "let a = 1 + // first\n  2\n"],
  [
    "between parts of a loop",
    "let a = [for x in xs // each\n    : x]\n",
    "let a = [for x in xs // each\n  : x]\n",
  ],
  ["in a text", `let a = "\${ /* why */ b}"\n`],
  [
    "in a list of a call, on lines of its own",
    'let a = join(["a", // one\n"b"], "-")\n',
    'let a = join([\n  "a", // one\n  "b",\n], "-")\n',
  ],
  ["in a field", "pod a {\n  x = 1 + // first\n        2\n}\n", "pod a {\n  x = 1 + // first\n    2\n}\n"],
] as const)
  test(`a comment stays between the words it stood between: ${title}`, (t) => {
    t.is(formatModule("a.infra", source), written);
    t.is(formatModule("a.infra", written), written);
  });
