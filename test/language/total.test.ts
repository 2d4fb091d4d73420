import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { loadModule } from "../../compiler/language/load.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

function mistakes(source: string): string[] {
  const reporter = new Reporter();
  loadModule("/stack", "/stack/main.infra", Buffer.from(source), reporter);
  return reporter.sorted().map(({ code, span }) => `${code} ${span?.start.line}:${span?.start.column}`);
}

const refused = test.macro({
  title: (rule = "") => `refused at its line: ${rule}`,
  exec(t, source: string, ...expected: string[]) {
    t.deepEqual(mistakes(source), expected);
  },
});
test("a function that calls itself", refused, "let x = f(1)\nfunction f(n) = f(n)", "definition-cycle 2:17");
test(
  "functions that call each other",
  refused,
  "function f(n) = g(n)\nfunction g(n) = h(n)\nfunction h(n) = if n then f(n) else 0",
  "definition-cycle 3:27",
);
test("values by way of each other", refused, "let a = [b]\nlet b = { c: a }", "definition-cycle 2:14");
test(
  "blocks by way of each other",
  refused,
  `service a { to = deployment.b }\ndeployment b { labels = { x: "\${service.a}" } }`,
  "definition-cycle 2:41",
);
test(
  "a function handed to itself",
  refused,
  "function f(g) = g(g)\nlet x = f(f)",
  "value-called 1:17",
  "function-as-value 2:11",
);
test("a function in a map", refused, "function f(m) = m.f(m)\nlet x = f({ f: f })", "function-as-value 2:16");
test(
  "a function of the language as a value",
  refused,
  "let r = range\nlet n = range(3)",
  "function-as-value 1:9",
);
test(
  "brackets a hundred deep",
  refused,
  `let a = 1\nlet x = ${"[".repeat(101)}${"]".repeat(101)}`,
  "syntax 2:109",
);
test(
  "conditions a hundred deep",
  refused,
  `let x = ${"if true then 1 else ".repeat(101)}2`,
  `syntax 1:${9 + 20 * 100}`,
);
test("operators without end", refused, `let x = 1${" + 1".repeat(600)}`, "syntax 1:9");
test("accesses without end", refused, `let a = 1\nlet x = a${".b".repeat(600)}`, "syntax 2:9");
test("signs without end", refused, `let x = ${"-".repeat(600)}1`, "syntax 1:609");

test("a long chain of definitions is no recursion", (t) => {
  const chain = Array.from({ length: 20_000 }, (_, index) => `let a${index} = a${index + 1}`);
  t.deepEqual(mistakes(`${chain.join("\n")}\nlet a20000 = 1\n`), []);
});

test("modules that import each other, and functions of others as values", async (t) => {
  const work = await stackFolder(t, {
    "main.infra": 'import { g } from "./other.infra"\nfunction f(n) = g(n)\n',
    "other.infra": 'import { f } from "./main.infra"\nfunction g(n) = f(n)\n',
    "value.infra": 'import { call } from "./call.infra"\nlet x = call({ f: call })\n',
    "call.infra": "function call(m) = m.f(m)\n",
  });
  const cycle = await runCli(work, ["compile", "main.infra"]);
  t.is(cycle.code, 1);
  t.regex(cycle.error, /import-cycle.*"\.\/main\.infra"|import-cycle.*"\.\/other\.infra"/);
  t.regex(cycle.error, /other\.infra:1:19/);
  const value = await runCli(work, ["compile", "value.infra"]);
  t.regex(value.error, /function-as-value[\s\S]*value\.infra:2:19/);
});

test("a loop is as long as its list, and lists have bounds", async (t) => {
  const work = await stackFolder(t, { "main.infra": "let x = [for i in range(1_000_000_000): i]\n" });
  const { code, error } = await runCli(work, ["compile", "--no-check"]);
  t.is(code, 1);
  t.regex(error, /range\(1000000000\) is longer than 100000[\s\S]*main\.infra:1:19/);
});

test("what is missing of sound files, and a default of another type, are said beside other mistakes", async (t) => {
  const work = await stackFolder(t, {
    "main.infra": [
      'import { nothere } from "./other.infra"',
      'import { broken } from "./broken.infra"',
      'param r = "three" { type = "number" }',
      "let a = 1 +",
      "let b = [nothere, broken, foo]",
    ].join("\n"),
    "other.infra": "let here = 1\n",
    "broken.infra": "let broken =\nlet fine = 1\n",
  });
  const { error } = await runCli(work, ["compile"]);
  const said = [...error.matchAll(/^error\[(.*?)\].*\n(?: {2}\S.*\n)*? {2}(\S+:\d+:\d+)$/gm)];
  t.deepEqual(
    said.map(([, code, place]) => `${code} ${place}`),
    [
      "syntax broken.infra:1:13",
      "export-missing main.infra:1:10",
      "field-type main.infra:3:11",
      "syntax main.infra:4:12",
      "name-unknown main.infra:5:27",
    ],
    error,
  );
});
