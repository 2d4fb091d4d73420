import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

const characters: readonly (readonly [string, string])[] = [
  ["U+2028", "\u2028"],
  ["U+2029", "\u2029"],
  ["a vertical tab", "\v"],
  ["a form feed", "\f"],
  ["U+0085", "\u0085"],
  ["a null", "\0"],
];

for (const [name, character] of characters)
  test(`${name} in text ends no line: what stands below has its place`, async (t) => {
    const work = await stackFolder(t, {
      "main.infra": [
        `configMap a { x = "a${character}b" }`,
        `configMap b { x = "\${length("b")}${character}" } // ${character}`,
        'configMap c { x = """',
        `  a${character}b`,
        '  """ }',
        'deployment d { container e { image = "x:latest" } }',
      ].join("\n"),
    });
    const { code, error } = await runCli(work, ["compile"]);
    t.is(code, 0, error);
    t.regex(error, /image-latest[\s\S]*main\.infra:6:38\n {3}6 │ deployment d/);
    const manifest = await readFile(join(work, "infra.out/manifests/01-configmap-a.yaml"), "utf8");
    t.is(parse(manifest).data.x, `a${character}b`);
  });

test("a lone carriage return ends a line, for whoever shows one too", async (t) => {
  const work = await stackFolder(t, { "main.infra": "// a\rlet b = nope\r\nlet c = nope\n" });
  const { error } = await runCli(work, ["compile"]);
  t.regex(error, /main\.infra:2:9\n {3}2 │ let b = nope/);
  t.regex(error, /main\.infra:3:9\n {3}3 │ let c = nope/);
});
