import test from "ava";
import { instrument, type MarkedPart } from "../../compiler/typescript/instrument.js";

/** As esbuild writes modules. */
function bundleOf(modules: { readonly [name: string]: string }): string {
  const parts = Object.entries(modules).map(([name, text]) => `\n\n  // ${name}\n${text}`);
  return `var __infra_stack = (() => {\n  var head = { a: 1 };${parts.join("")}\n  return head;\n})();\n`;
}

const part = (name: string) =>
  `  var ${name} = (0, import_infra.deployment)("${name}", {\n    labels: { app: "${name}" }\n  });\n  for (const x of []) f({ x });`;
const names = ["one.ts", "two.ts", "three.ts"];
const modules = { "one.ts": part("one"), "two.ts": part("two"), "three.ts": part("three") };

/** Everything that is told of a bundle, without numbers and empty lines, which are the parts'. */
function told(
  bundle: string,
  inputs: readonly string[],
  recall?: (digest: string) => MarkedPart | undefined,
) {
  const { code, dynamicImports, literal, placeOf, property, toBundle } = instrument(bundle, inputs, recall);
  const numbers = [...code.matchAll(/__infra_at\((\d+),/g)].map(([, number]) => Number(number));
  const literals = numbers.map((number) => [
    literal(number),
    ...["a", "app", "labels", "x", "__proto__"].map((name) => property(number, name)),
  ]);
  const words = code
    .split("\n")
    .flatMap((text, line) =>
      [...text.matchAll(/labels|import_infra|return|"\w+"|\bf\(/g)].map(({ index }) => toBundle(line, index)),
    );
  const marks = [...code.matchAll(/__infra_mark\[0\]=(\d+);/g)].map(([, number]) => placeOf(Number(number)));
  const text = code
    .replace(/__infra_at\(\d+,/g, "__infra_at(")
    .replace(/__infra_mark\[0\]=\d+;/g, "#")
    .replace(/\n+/g, "\n");
  return { text, imports: dynamicImports.map(placeOf), literals, words, marks };
}

test("a bundle is marked by its modules as it is as a whole", (t) => {
  const bundle = bundleOf(modules);
  const whole = told(bundle, []);
  t.deepEqual(told(bundle, names), whole);
  t.regex(whole.text, /__infra_at\(\{ app: "one" \}\)\n {2}\},1\)\)/);
  t.is(whole.literals.length, 10);
});

test("a part that was marked before is taken as it was, whatever changed around it", (t) => {
  const before = instrument(bundleOf(modules), names).parts;
  const kept = new Map(before.map(({ marked }) => [marked.digest, JSON.parse(JSON.stringify(marked))]));
  const found: boolean[] = [];
  const recall = (digest: string): MarkedPart | undefined => {
    found.push(kept.has(digest));
    return kept.get(digest);
  };
  const longer = `  f({ longer: 1 });\n${part("one")}`;
  for (const text of [longer, `${`${longer}\n`.repeat(1100)}`]) {
    const changed = bundleOf({ ...modules, "one.ts": text });
    found.length = 0;
    t.deepEqual(told(changed, names, recall), told(changed, []));
    t.true(found.filter((known) => known).length >= 4); // the two others, what is before and behind all
    t.true(found.includes(false));
  }
});

test("statements of one module are parts of their own", (t) => {
  const statements = (count: number, of = "a") =>
    Array.from({ length: count }, (_, index) => `  var ${of}${index} = f({ a: ${index} });`).join("\n");
  const bundle = (text: string) => bundleOf({ "one.ts": text });
  const before = instrument(bundle(statements(200)), ["one.ts"]);
  t.deepEqual(told(bundle(statements(200)), ["one.ts"]), told(bundle(statements(200)), []));
  t.true(before.parts.length > 20 && before.parts.length < 100, String(before.parts.length));
  const kept = new Map(before.parts.map(({ marked }) => [marked.digest, marked]));
  const after = instrument(bundle(`${statements(200)}\n${statements(20, "b")}`), ["one.ts"], (digest) =>
    kept.get(digest),
  );
  t.true(after.parts.filter(({ marked }) => kept.get(marked.digest) !== marked).length < 12);
  const text = `  var t = \`\n${statements(40)}\n  \`;\n  var a = { a: 1 };`;
  t.deepEqual(told(bundle(text), ["one.ts"]), told(bundle(text), []));
});

test("what only looks like the beginning of a module begins none", (t) => {
  const inText = bundleOf({ ...modules, "two.ts": `  var two = \`\n\n  // three.ts\n\${{ a: 2 }}\`;` });
  const inComment = bundleOf({ ...modules, "two.ts": "  /*! \n\n  // three.ts\n */\n  f({ a: 2 });" });
  const inCall = bundleOf({ ...modules, "two.ts": "  f(\n\n  // three.ts\n    { a: 2 }\n  );" });
  for (const bundle of [inText, inComment, inCall]) t.deepEqual(told(bundle, names), told(bundle, []));
});

test("what is told of a module stays what it is while another grows", (t) => {
  const told = (bundle: string) => {
    const { code, partOfLine, partOfLiteral, parts } = instrument(bundle, names);
    const lines = bundle.split("\n");
    const textOf = (index: number) => lines.slice(parts[index]?.from, parts[index]?.to).join("\n");
    const text = code.slice(code.indexOf("// three.ts"));
    const numbers = [...text.matchAll(/__infra_at\((\d+),/g)].map(([, number]) => Number(number));
    const line = code.slice(0, code.indexOf("// three.ts")).split("\n").length - 1;
    for (const index of [...numbers.map(partOfLiteral), partOfLine(line)]) t.regex(textOf(index), /three/);
    return { numbers, line };
  };
  const grown = `${part("one")}\n${"  f({ more: 1 });\n".repeat(40)}`;
  t.deepEqual(told(bundleOf({ ...modules, "one.ts": grown })), told(bundleOf(modules)));
});
