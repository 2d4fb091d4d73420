import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { brokenManifests } from "../check/textbook-manifests.js";
import { planMistakes } from "./plan-rows.js";
import { programOf } from "./programs.js";
import { languageCommon, languageMistakes, languageOnly, mistakes, portsAndEnvironment } from "./rows.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const programs = mistakes.map((row, index) => ({ row, program: programOf(row, index) }));

let folder: string;
let inEditor: ReadonlyMap<string, readonly { line: number; column: number; text: string }[]>;
let atCompile: readonly Diagnostic[];

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "infra-mistakes-"));
  await writeFile(join(folder, "common.ts"), await readFile(new URL("common.ts", import.meta.url)));
  await writeFile(join(folder, "ui.properties"), "color=red\n");
  for (const { program } of programs) await writeFile(join(folder, program.file), program.text);
  const together = programs.filter(({ row }) => row.alone === undefined);
  const entry = ["common.ts", ...together.map(({ program }) => program.file)].map(
    (file, index) => `export * as s${index} from "./${file.replace(/ts$/, "js")}";\n`,
  );
  await writeFile(join(folder, "infra.ts"), entry.join(""));
  const result = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{
      entry: join(folder, "infra.ts"),
      output: join(folder, "out"),
      stack: "mistakes",
      namespace: "default",
    },
    ...{ set: {}, check: false, version: "0.0.0" },
  });
  atCompile = result.diagnostics;
  inEditor = await typeErrors();
});
test.after.always(() => rm(folder, { recursive: true }));

/** All programs in one run of the native compiler. */
async function typeErrors() {
  const options = {
    ...{ strict: true, target: "es2022", lib: ["es2022"], types: [], module: "nodenext" },
    ...{ noEmit: true, skipLibCheck: true, moduleDetection: "force" },
    paths: {
      infra: [join(packageRoot, "stdlib/constructs/index.ts")],
      "infra/kubernetes": [join(packageRoot, "stdlib/kubernetes/index.ts")],
    },
  };
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
  );
  const tsc = join(packageRoot, "node_modules/typescript7/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "--project", ".", "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
  });
  const found = new Map<string, { line: number; column: number; text: string }[]>();
  let last: { text: string } | undefined;
  for (const line of stdout.split("\n")) {
    const [, file = "", row, column, text = ""] = /^(\S+)\((\d+),(\d+)\): error (.*)$/.exec(line) ?? [];
    if (file === "") {
      if (last !== undefined) last.text += ` ${line.trim()}`;
      continue;
    }
    const one = { line: Number(row), column: Number(column), text };
    found.set(file, [...(found.get(file) ?? []), one]);
    last = one;
  }
  return found;
}

for (const [index, { row, program }] of programs.entries())
  test(`${row.area}: ${row.what} (${index})`, (t) => {
    const { columns, file, line, text } = program;
    const editor = inEditor.get(file) ?? [];
    if (row.editor === undefined) t.deepEqual(editor, [], text);
    else {
      const [code = "", ...words] = row.editor.split(" ");
      t.is(editor.length, 1, `${text}${JSON.stringify(editor)}`);
      t.is(editor[0]?.line, line);
      t.true(editor[0]?.text.startsWith(code) && editor[0].text.includes(words.join(" ")), editor[0]?.text);
    }
    if (row.alone === true) return;
    const compiled = atCompile.filter(({ span }) => span?.file === file);
    t.deepEqual(
      compiled.map(({ code }) => code),
      row.compile === undefined ? [] : [row.compile],
      text + JSON.stringify(compiled),
    );
    for (const { span } of compiled) {
      t.is(span?.start.line, line, text);
      const isOver = (span?.start.column ?? 0) < columns[1] && columns[0] < (span?.end.column ?? 0);
      t.true(isOver, `${text}${JSON.stringify(span)} is not at ${columns.join("-")}`);
    }
  });

for (const [group, all] of [
  ["found when it is evaluated", languageMistakes],
  ["found before", languageOnly],
] as const)
  test(`.infra: what is ${group}, all in one run`, async (t) => {
    const stack = await mkdtemp(join(tmpdir(), "infra-mistakes-"));
    t.teardown(() => rm(stack, { recursive: true }));
    let text = languageCommon;
    const expected = all.map((row, index) => {
      const block = row.source.replaceAll(/\bxx\b/g, `m${index}`);
      const before = (text + block.slice(0, block.indexOf("⟦"))).split("\n");
      text += `${block.replaceAll(/[⟦⟧]/g, "")}\n`;
      return `${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${row.compile} ${row.what}`;
    });
    await writeFile(join(stack, "main.infra"), text);
    const { diagnostics } = await compile(createHost(packageRoot, join(stack, "cache")), {
      ...{ entry: join(stack, "main.infra"), output: join(stack, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: true, version: "0.0.0" },
    });
    t.deepEqual(
      diagnostics.map(
        ({ code, span }, index) => `${span?.start.line}:${span?.start.column} ${code} ${all[index]?.what}`,
      ),
      expected,
      JSON.stringify(diagnostics, undefined, 1),
    );
  });

test("every mistake is caught somewhere, or said to be found by nobody; thirty are of ports and environment", (t) => {
  t.true(mistakes.length >= 60);
  t.true(portsAndEnvironment.filter(({ compile: code }) => code !== undefined).length >= 30);
  for (const { compile: code, editor, later, what } of mistakes)
    t.is(later === undefined, code !== undefined || editor !== undefined, what);
  t.deepEqual(
    atCompile.filter(({ span }) => span === undefined || span.file === "common.ts"),
    [],
  );
});

const page = new URL("../../docs/mistakes.md", import.meta.url);

test("the page of mistakes says what the rows say", async (t) => {
  const all = [...mistakes, ...languageMistakes, ...languageOnly];
  const shown = (text: string) => text.split("\n").at(-1)?.replaceAll("|", "\\|") ?? "";
  const lines = all.map(({ area, compile: code, editor, source, what }) => {
    const [mistake = ""] = /⟦.*⟧/s.exec(source) ?? [];
    const caught = code ?? (editor === undefined ? "*never*: nothing here can know" : "`type-error`");
    return `| ${area} | ${what} | \`${shown(mistake.slice(1, -1))}\` | ${editor === undefined ? "" : `yes, ${editor.split(" ")[0]}`} | ${code === undefined ? caught : `\`${code}\``} |`;
  });
  const text = `# Mistakes, and where they are caught

Each class of mistake with the part of a program that has it, whether the editor underlines it, and the code that
\`infra compile\` gives it at its line, with the type check or without (\`infra explain CODE\`). Written from
\`test/mistakes/rows.ts\` by its test, which plants each of them (\`UPDATE_GOLDEN=1\`). What the API server refuses of an
object is a class of its own, \`field-invalid\` and \`name-invalid\`: test/schema/rules holds thousands.

Written as plain manifests, 32 of these classes (ports, images, probes, Ingress, environment, selectors) were given to
kubeconform 0.8.0 with \`-strict\` and the schemas of Kubernetes 1.35: it finds the three that a schema can say, a
misspelled field and two wrong types. Of the ${brokenManifests.length} broken manifests of
\`test/check/textbook-manifests.ts\`, read by \`manifests(…)\`, \`infra compile\` finds each at its field.

| area | mistake | for example | in the editor | at compile |
| --- | --- | --- | --- | --- |
${lines.join("\n")}

## At plan

What depends on what is there already, or on where the stack is to run, is said by \`infra plan\` at its line, and by
\`infra up\`, which asks the server about every object before anything is changed.

| mistake | for example | what is said |
| --- | --- | --- |
${planMistakes.map(({ says, source, what }) => `| ${what} | \`${source.replaceAll("|", "\\|").replace(/\bxx\b/, "web")}\` | ${says} |`).join("\n")}
`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text, "UPDATE_GOLDEN=1 rewrites; then read the diff");
});
