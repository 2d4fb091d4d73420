import test from "ava";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

/** Programs with mistakes that the type checker, the bundler or the engine know alone, with what is said of them. */
const programs: readonly (readonly [source: string, ...said: string[]])[] = [
  ["let l = [for i in 5: i]", "a list is gone through here, not 5"],
  ['let l = [for i in "ab": i]', "a list is gone through here"],
  ["let m = { a: 1 }\nlet l = [for i in m: i]", "a list is gone through here, not a map"],
  ["function g(a, a) = a", '"a" is defined twice'],
  ["function g(a) {\n  let a = 1\n}", '"a" is defined twice'],
  ["function g() {\n  let a = 1\n  let a = 2\n}", '"a" is defined twice'],
  ["let l = [for k, k in { a: 1 }: k]", '"k" is defined twice'],
  ["let k = kubernetes.apps.v2.Deployment({})", 'there is no "v2" in this group'],
  ["let k = kubernetes.app.v1.Deployment({})", 'there is no "app" in this group'],
  ["let k = kubernetes.apps.v1.Deploymen({})", 'there is no "Deploymen" in this group'],
  ["function f(a, b) = a\nlet x = f(1)", "2 values are wanted here, 1 given"],
  ["function f(a, b = 2) = a\nlet x = f(1, 2, 3)", "1-2 values are wanted here, 3 given"],
  ["function f() = 1\nlet x = f(1)", "0 values are wanted here, 1 given"],
  ["let x = range()", "one value is wanted here, 0 given"],
  ['import { x } from "./nofile.infra"\nlet a = x', 'cannot find "./nofile.infra"'],
  ['let x = if "" then 1 else 2', "this condition is always false"],
  ["let x = if { a: 1 } then 1 else 2", "this condition is always true"],
  ["let a-b = { c: 1 }\nlet x = a-b.d", 'there is no "d" in a map'],
  ["let a-b = [1]\nlet x = a-b.first", 'there is no "first" in a list'],
  ['let x = lower("a").b', 'there is no "b" in text'],
  ['let x = range("3")', "text does not fit here: a number is expected"],
  ['let a-b = "x"\nlet x = range(a-b)', "text does not fit here: a number is expected"],
  ["let x = lower(3)", "a number does not fit here: text is expected"],
  ['let x = "a" * 2', "the left side of an operator has to be a number"],
  ['let x = 2 - "a"', "the right side of an operator has to be a number"],
  ["let x = { a: 1 } + 2", '"+" cannot be applied to a map and a number'],
  ["let x = [1] < 2", "cannot be applied to a list and a number"],
  ['let x = 1 == "1"', "a number and text are never the same"],
  ["let x = null + 1", "may be null"],
  ["let x = [...5]", "a list is wanted here"],
  ["let x = split(1, 2)", "a number does not fit here: text is expected"],
  ["let x = keys(1)", "a number does not fit here"],
  ["function f(m) = m.a.b\nlet x = f({ c: 1 })", 'nothing that could have "b"'],
  ["function f(m) = [for x in m: x]\nlet y = f(2)", "a list is gone through here"],
  ["function f(g) = g.b(1)\nlet y = f({ a: 1 })", "is not a function"],
  ['configMap a-b { x = "1" }\nlet x = configMap.a-b.nothing', "nothing"],
];

/** Names as the language writes them for the type checker, places of the machine, and the checker's own codes. */
const foreign = /\bTS\d+|import\("|\/stdlib\/|\/node_modules\/|[\w$]_(?![\w$])|\$[0-9a-f]{2}/;

for (const [source, ...said] of programs)
  test(`said in the language's own words: ${source}`, async (t) => {
    const work = await stackFolder(t, { "main.infra": `${source}\n` });
    const { code, out } = await runCli(work, ["compile", "--format", "json"]);
    t.is(code, 1, out);
    const { diagnostics } = JSON.parse(out) as { diagnostics: { severity: string; message: string }[] };
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    for (const message of errors) t.notRegex(message, foreign);
    for (const one of said)
      t.true(
        errors.some((message) => message.includes(one)),
        errors.join("\n"),
      );
    t.is(errors.length, 1, errors.join("\n"));
  });
