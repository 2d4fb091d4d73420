import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { folderReader } from "../../cli/import-request.js";
import { renderDiagnostics } from "../../cli/render/diagnostics.js";
import { plainStyle } from "../../cli/render/style.js";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { type DockerfileOptions, importDockerfile } from "../../compiler/import/dockerfile.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { runCli } from "../support/cli.js";
import { typeErrors } from "../support/program-types.js";

const cases = fileURLToPath(new URL("../golden/import/dockerfile/", import.meta.url));

/** The program, or why there is none, and every diagnostic, as a person sees them. */
function imported(folder: string, options: DockerfileOptions = {}) {
  const reader = folderReader(folder, folder, folder);
  const text = readFileSync(join(folder, "Dockerfile"), "utf8");
  const reporter = new Reporter();
  const program = importDockerfile(reader, "Dockerfile", text, reporter, options);
  const found = renderDiagnostics(reporter.sorted(), () => text, plainStyle);
  return { source: reporter.hasErrors ? "" : writeTypeScript(program), found, reporter };
}

for (const name of readdirSync(cases).filter((entry) => !entry.endsWith(".txt")))
  test(`golden ${name}`, (t) => {
    const { found, source } = imported(join(cases, name));
    const actual = [source, found].filter((part) => part !== "").join("\n");
    const file = join(cases, `${name}.txt`);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, actual);
    t.is(actual, readFileSync(file, "utf8"), "UPDATE_GOLDEN=1 rewrites; then read the diff");
  });

test("every program type-checks", (t) => {
  const programs = readdirSync(cases)
    .filter((entry) => !entry.endsWith(".txt"))
    .map((name) => [name, imported(join(cases, name)).source] as const)
    .filter(([, source]) => source !== "");
  t.true(programs.length > 15);
  t.is(typeErrors(new Map(programs)), "");
});

test("a build argument that is given is no input; one that is not declared is said", (t) => {
  const given = new Map([
    ["VERSION", ["2.0"]],
    ["OTHER", ["x"]],
  ]);
  const { found, source } = imported(join(cases, "arguments"), { arguments: given });
  t.true(source.includes('APP_VERSION: "2.0"') && !source.includes('input.text("VERSION"'), source);
  t.regex(found, /import-differs.*OTHER/);
});

test("the stage that is asked for, and one that is not there", (t) => {
  const { source } = imported(join(cases, "stages"), { target: "base", name: "store" });
  t.true(source.includes('image("store", { from: debian({ packages: ["redis-server"] }) })'), source);
  t.regex(imported(join(cases, "stages"), { target: "tset" }).found, /No stage is named "tset"/);
});

test("infra import of a folder with a Dockerfile compiles; what has packages needs a lock", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-import-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "hello world"));
  await writeFile(join(folder, "hello world/Dockerfile"), 'FROM scratch\nCOPY . /\nENTRYPOINT ["/hello"]\n');
  await writeFile(join(folder, "hello world/hello"), "#!\n");
  const first = await runCli(folder, ["import", "hello world"]);
  t.is(first.code, 0, first.error);
  t.false(first.out.includes("infra lock"));
  t.true((await readFile(join(folder, "infra.ts"), "utf8")).includes('"/": "./hello world"'));
  const compiled = await runCli(folder, ["compile"]);
  t.is(compiled.code, 0, compiled.error);
  await writeFile(join(folder, "Dockerfile"), "FROM debian\nCOPY infra.ts /\n");
  const second = await runCli(folder, ["import", "Dockerfile", "-o", "elsewhere"]);
  t.is(second.code, 1);
  t.regex(second.error, /outside of the folder that the stack is written to/);
  const third = await runCli(folder, ["import", "Dockerfile", "--force", "--to", "infra"]);
  t.is(third.code, 0, third.error);
  t.true(
    third.out.endsWith("Next: infra lock, which writes versions and hashes of packages to infra.lock\n"),
  );
  await t.throwsAsync(runCli(folder, ["import", "Dockerfile", "hello world"]), { message: /several kinds/ });
});
