import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

const wrong = test.macro({
  title: (what = "") => `no value becomes another in silence: ${what}`,
  async exec(t, source: string, said: string, place: string) {
    const work = await stackFolder(t, { "main.infra": `${source}\n` });
    const { code, error } = await runCli(work, ["compile", "--no-check"]);
    t.is(code, 1);
    t.true(error.includes(said), error);
    t.true(error.includes(`main.infra:${place}\n`), error);
  },
});
const inText = (value: string) => `configMap c { a = "\${${value}}" }`;
const list = "let xs = [1, 2]\n";

test("an item after the last", wrong, "let n = [1, 2][5]", "there is no item 5 in a list of 2", "1:9");
test("an item before the first", wrong, `${list}let n = xs[-1]`, "no item -1 in a list of 2", "2:9");
test("an entry", wrong, 'let k = "c"\nlet n = { a: 1 }[k]', 'there is no entry "c"', "2:9");
test("a list in text", wrong, inText("[1, 2]"), "a list cannot stand in text", "1:22");
test("a map in text", wrong, inText("{ a: 1 }"), "a map cannot stand in text", "1:22");
test("null in text", wrong, `let a = null\n${inText("a")}`, "null cannot stand in text", "2:22");
test("what a map lacks in text", wrong, `function f(m) = "\${m.b}"\nlet x = f({ a: 1 })`, "missing", "1:20");
test("a division by zero", wrong, inText("1 / 0"), "a division by zero", "1:26");
test("a rest of zero", wrong, "function f(a) = 3 % a\nlet x = f(0)", "a division by zero", "1:21");
test("a sum with null", wrong, "function f(a) = a + 1\nlet x = f(null)", "null cannot be added", "1:17");
test("an order of null", wrong, "function f(a) = a < 1\nlet x = f(null)", "added or compared", "1:17");
test("a product of text", wrong, 'function f(a) = a * 2\nlet x = f("3")', '"3" cannot be computed', "1:17");
test("the negative of yes", wrong, "function f(a) = -a\nlet x = f(true)", "true cannot be computed", "1:18");
test("a list joined to another", wrong, 'let x = join([[1]], ",")', "item 0 of the list is no text", "1:9");
test(
  "digits beyond a number",
  wrong,
  "let n = 12345678901234567890",
  "more than a number holds exactly",
  "1:9",
);
test("a number beyond all", wrong, "let n = 1e999", "more than a number holds exactly", "1:9");

const sound = `
function pick(of, at) = of[at]
let sizes = { small: 1, "large": 2 }
let xs = [for i in range(3): pick(["a", "b", "c"], i)]
configMap c {
  a = "\${xs[1]}\${xs[0 + 2] + "d"}"
  b = "\${sizes["small"] - -pick(sizes, "large") * 3 % 4 / 2}"
  c = "\${if 1 < 2 then true else false}-\${9007199254740991}"
}
`;

test("what is sound is computed as it is written", async (t) => {
  const work = await stackFolder(t, { "main.infra": sound });
  const { code, error } = await runCli(work, ["compile"]);
  t.is(code, 0, error);
  const manifest = await readFile(join(work, "infra.out/manifests/01-configmap-c.yaml"), "utf8");
  t.deepEqual(parse(manifest).data, { a: "bcd", b: "2", c: "true-9007199254740991" });
});
