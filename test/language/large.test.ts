import test from "ava";
import { longestFile } from "../../compiler/file-size.js";
import { formatModule } from "../../compiler/language/format.js";
import { parseModule } from "../../compiler/language/parse.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

/** A tenth of this on an idle machine; without a bound it would be minutes. */
const longestMs = 30_000;

const read = test.macro({
  title: (what = "") => `long, and read in good time: ${what}`,
  exec(t, repeated: string, times: number, [before, after]: readonly [string, string], isSound: boolean) {
    const text = before + repeated.repeat(times) + after;
    const started = performance.now();
    t.is(parseModule("main.infra", text).problems.length === 0, isSound);
    t.is(formatModule("main.infra", text) !== undefined, isSound);
    t.true(performance.now() - started < longestMs);
  },
});
const fitting = (repeated: string) => Math.floor((longestFile - 50) / repeated.length);

test("text", read, "x", fitting("x"), ['let a = "', '"'], true);
test("dollars in text", read, "$x", fitting("$x"), ['let a = "', '"'], true);
test("escapes", read, "\\n", 100_000, ['let a = "', '"'], true);
test("values in text", read, `\${1}`, 30_000, ['let a = "', '"'], true);
test("lines of a block of text", read, " x\n", 200_000, ['let a = """\n', '"""'], true);
test("quotes in a block of text", read, `a"b$ `, fitting("12345"), ['let a = """\n', '"""'], true);
test("a block of text that is not closed", read, " x\n", 200_000, ['let a = """\n', ""], false);
test("a name", read, "a-", fitting("a-"), ["let a = { ", "b: 1 }"], true);
test("a number", read, "_1", fitting("_1"), ["let a = 1", ""], false);
test("a comment", read, "* x\n", fitting("* x\n"), ["/* ", "*/"], true);
test("comments", read, "/**/", 50_000, ["", ""], true);
test("here-documents that do not end", read, "<<A\n", 50_000, ["", ""], false);
test("a here-document", read, " ", 100_000, ["<<A\n", "B"], false);
test("characters without meaning", read, "? ", 50_000, ["", ""], false);
test("values without a name around them", read, `\${x`, 30_000, ["", ""], false);
test("quotes", read, '"', 100_000, ["", ""], false);
test("fields", read, "a = 1\n", 20_000, ["pod a {", "}"], true);
test("fields without a sign", read, "a 1\n", 20_000, ["pod a {", "}"], false);
test("items", read, "1,", 50_000, ["let a = [", "]"], true);
test("definitions without a value", read, "let a =\n", 20_000, ["", ""], false);

test("a file has a bound, and what is longer is said at its beginning", async (t) => {
  const long = "x".repeat(longestFile);
  const work = await stackFolder(t, {
    "main.infra": `let a = "${long}"\n`,
    "typed/infra.ts": 'import { a } from "./a.js";\nexport const b = a;\n',
    "typed/a.ts": `export const a = "${long}";\n`,
  });
  const expected = /the file has 4,194,315 characters[\s\S]*main\.infra:1:1\n/;
  t.regex((await runCli(work, ["compile"])).error, expected);
  t.regex((await runCli(work, ["fmt", "main.infra"])).error, expected);
  t.regex((await runCli(`${work}/typed`, ["compile"])).error, /4,194,325 characters[\s\S]*a\.ts:1:1\n/);
});
