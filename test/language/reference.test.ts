import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { formatModule } from "../../compiler/language/format.js";
import { languageFunctions } from "../../compiler/language/functions.js";
import { loadModule } from "../../compiler/language/load.js";
import * as token from "../../compiler/language/tokens.js";
import { runCli } from "../support/cli.js";
import { grammarDiagram, grammarText } from "../support/grammar.js";
import { stackFolder } from "../support/stack-folder.js";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const page = await readFile(join(docs, "language.md"), "utf8");

function generated(): { readonly [part: string]: string } {
  const functions = [...languageFunctions].map(
    ([name, { doc, parameters }]) => `| \`${name}(${parameters.join(", ")})\` | ${doc} |`,
  );
  const kinds = [
    token.Name,
    token.NumberLiteral,
    token.Unit,
    token.TextPart,
    token.TextEscape,
    token.BlockPart,
  ];
  const tokens = kinds.map((kind) => {
    const name = kind.name
      .replace(/Literal$/, "")
      .replace(/(?<=[a-z])(?=[A-Z])/g, "-")
      .toUpperCase();
    const pattern = (kind.PATTERN as RegExp).source.replaceAll("|", "\\|");
    return `| \`${name}\` | <code>${pattern.replaceAll("<", "&lt;").replaceAll("*", "\\*").replaceAll("`", "\\`")}</code> |`;
  });
  return {
    functions: `| function | what it gives |\n| --- | --- |\n${functions.join("\n")}`,
    grammar: `\`\`\`ebnf\n${grammarText()}\n\`\`\``,
    tokens: `| token | as a regular expression |\n| --- | --- |\n${tokens.join("\n")}`,
  };
}

test("grammar, diagram and functions of the reference are those of the parser", async (t) => {
  let expected = page;
  for (const [part, text] of Object.entries(generated()))
    expected = expected.replace(
      new RegExp(`(<!-- ${part} -->\\n)[\\s\\S]*?(<!-- /${part} -->)`),
      (_, open, close) => `${open}\n${text}\n\n${close}`,
    );
  const diagram = grammarDiagram();
  if (process.env["UPDATE_GOLDEN"] === "1") {
    await writeFile(join(docs, "language.md"), expected);
    await writeFile(join(docs, "language-grammar.svg"), diagram);
    t.pass();
    return;
  }
  t.is(page, expected, "UPDATE_GOLDEN=1 rewrites; then read the diff");
  t.is(await readFile(join(docs, "language-grammar.svg"), "utf8"), diagram);
});

interface Example {
  readonly source: string;
  readonly line: number;
  readonly isWrong: boolean;
  /** The block that follows: lines of its manifests, or what is said of it. */
  readonly shown: { readonly kind: string; readonly lines: readonly string[] } | undefined;
}

const blocks = /```infra( error)?\n([\s\S]*?)```\n(?:\n```(yaml|text)\n([\s\S]*?)```\n)?/g;
const examples = [...page.matchAll(blocks)].map(
  ([, error, source = "", kind, shown = ""], index): Example => ({
    source,
    line: page.slice(0, [...page.matchAll(blocks)][index]?.index).split("\n").length,
    isWrong: error !== undefined,
    shown: kind === undefined ? undefined : { kind, lines: shown.trimEnd().split("\n") },
  }),
);

test("the reference has examples", (t) => {
  t.true(examples.length >= 15);
  t.true(examples.filter(({ source }) => source.includes("// =>")).length >= 8);
});

for (const { isWrong, line, shown, source } of examples) {
  test(`the example at line ${line} is what the page says`, async (t) => {
    const reporter = new Reporter();
    const emitted = loadModule("/stack", "/stack/main.infra", Buffer.from(source), reporter);
    const said = reporter.sorted().map(({ code, message, span }) => {
      return `${span?.start.line}:${span?.start.column} ${code}: ${message}`;
    });
    if (isWrong) {
      t.deepEqual(said, shown?.lines);
      return;
    }
    t.deepEqual(said, []);
    t.is(formatModule("main.infra", source), source, "as infra fmt has it");
    const work = await stackFolder(t, { "main.infra": source, "values.ts": emitted.code });
    if (source.includes("// =>")) {
      const values = (await import(pathToFileURL(join(work, "values.ts")).href)) as {
        [name: string]: unknown;
      };
      for (const [, name = "", value = ""] of source.matchAll(/^let (\S+) = .*? \/\/ => (.*)$/gm))
        t.is(JSON.stringify(values[name]), value, name);
    }
    const { code, error } = await runCli(work, ["compile", "--stack", "example"]);
    t.is(code, source.includes("debian(") ? 1 : 0, error);
    if (code !== 0) t.regex(error, /lock/);
    if (shown === undefined) return;
    const folder = join(work, "infra.out/manifests");
    const manifests = (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8"));
    const text = (await Promise.all(manifests)).join("\n");
    for (const expected of shown.lines) t.true(text.includes(expected), expected);
  });
}
