import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import test from "ava";
import type { CliContext } from "../../cli/context.js";
import { folderReader } from "../../cli/import-request.js";
import { renderDiagnostics } from "../../cli/render/diagnostics.js";
import { plainStyle } from "../../cli/render/style.js";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { type ComposeOptions, importCompose } from "../../compiler/import/compose.js";
import { evaluateProgram } from "../../compiler/import/evaluate-program.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { runCli } from "../support/cli.js";
import { typeErrors } from "../support/program-types.js";

const cases = fileURLToPath(new URL("../golden/import/compose/", import.meta.url));
const names = readdirSync(cases).filter((entry) => !entry.endsWith(".txt"));

/** The program, or why there is none, and every diagnostic, as a person sees them. */
function imported(folder: string, options: ComposeOptions = {}, files: readonly string[] = ["compose.yaml"]) {
  const reader = folderReader(folder, folder, folder);
  const sources = files.map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
  const reporter = new Reporter();
  const { files: made, program } = importCompose(reader, sources, reporter, options);
  const textOf = (file: string) => reader.text(file);
  const found = renderDiagnostics(reporter.sorted(), textOf, plainStyle);
  return { program, made, source: reporter.hasErrors ? "" : writeTypeScript(program), found, reporter };
}

for (const name of names)
  test(`golden ${name}`, (t) => {
    const { found, source } = imported(join(cases, name));
    const actual = [source, found].filter((part) => part !== "").join("\n");
    const file = join(cases, `${name}.txt`);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, actual);
    t.is(actual, readFileSync(file, "utf8"), "UPDATE_GOLDEN=1 rewrites; then read the diff");
  });

test("every program type-checks, and the compiler has no error for it", (t) => {
  const programs = new Map<string, string>();
  for (const name of names) {
    const { program, source } = imported(join(cases, name));
    if (source === "") continue;
    programs.set(name, source);
    const { refused } = evaluateProgram(program, {
      namespace: "default",
      fileText: (path) => readFileSync(join(cases, name, path), "utf8"),
    });
    t.deepEqual([...refused.values()], [], name);
  }
  t.true(programs.size > 15);
  t.is(typeErrors(programs), "");
});

test("later files stand over earlier ones", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-import-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, "compose.yaml"),
    "services: {web: {image: 'a:1', command: [one], environment: [A=1, B=2], ports: ['80'], volumes: ['x:/data']}}\nvolumes: {x: }\n",
  );
  writeFileSync(
    join(folder, "over.yaml"),
    "services: {web: {command: [two], environment: {B: 3}, ports: ['90'], volumes: ['y:/data'], restart: 'no'}, more: {image: 'b:1'}}\nvolumes: {y: }\n",
  );
  const { found, source } = imported(folder, {}, ["compose.yaml", "over.yaml"]);
  t.true(source.includes('job("web", {\n  retries: 0,'), source);
  t.true(source.includes('args: ["two"]') && source.includes('env: { A: "1", B: "3" }'), source);
  t.true(source.includes('ports: { http: 80, "port-90": 90 }'), source);
  t.true(source.includes('"/data": yVolume') && !source.includes("xVolume"), source);
  t.true(source.includes('deployment("more"'), source);
  t.regex(found, /volume "x": no service mounts it/);
});

test("a profile that is asked for takes its services in", (t) => {
  const { found, source } = imported(join(cases, "profiles"), { profiles: ["dev"] });
  t.true(source.includes('deployment("debug"'), source);
  t.is(found, "");
});

test("infra import of a folder with a Compose file, and of standard input, compiles at once", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-import-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const text =
    "services:\n  web: {image: 'a:1', environment: ['CACHE=cache:6379', 'URL=http://cache:6379/x'], ports: ['80']}\n  cache: {image: 'redis:7', volumes: ['./redis.conf:/etc/redis.conf:ro']}\n";
  writeFileSync(join(folder, "docker-compose.yml"), text);
  writeFileSync(join(folder, "other.yaml"), "no: kubernetes\n"); // the Compose file is meant
  writeFileSync(join(folder, "redis.conf"), "appendonly yes\n");
  const first = await runCli(folder, ["import", "."]);
  t.is(first.code, 0, first.error);
  const compiled = await runCli(folder, ["compile", "--stack", "shop"]);
  t.is(compiled.code, 0, compiled.error);
  const manifests = readdirSync(join(folder, "infra.out/manifests"))
    .map((name) => readFileSync(join(folder, "infra.out/manifests", name), "utf8"))
    .join("---\n");
  t.true(
    manifests.includes("value: cache:6379") && manifests.includes("value: http://cache:6379/x"),
    manifests,
  );
  const second = await runCli(folder, ["import", "-", "-o", ".", "--to", "infra"], {
    terminal: { ...quiet, stdin: Readable.from([Buffer.from(text)]) },
  });
  t.is(second.code, 0, second.error);
  const again = await runCli(folder, ["compile", "main.infra", "--stack", "shop", "-o", "again"]);
  t.is(again.code, 0, again.error);
  const both = await runCli(folder, ["diff", "infra.out", "again"]);
  t.is(both.code, 0, both.error);
  t.regex(both.out, /[Nn]o (changes|difference)/);
});

const quiet: CliContext["terminal"] = {
  interactive: false,
  confirm: async () => false,
  stdin: Readable.from([]),
  writeOut: () => true,
  writeError: () => true,
  size: () => undefined,
  onResize() {},
  raw: () => () => {},
};

test("confidential values of .env and env files do not stand in the program", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-import-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, ".env"), "DB_PASSWORD=hunter2\nMODE=fast\n");
  writeFileSync(join(folder, "web.env"), "API_TOKEN=hunter3\nLEVEL=info\n");
  writeFileSync(
    join(folder, "compose.yaml"),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Compose's
    "services: {web: {image: 'a:1', env_file: web.env, environment: ['P=${DB_PASSWORD}', DB_PASSWORD, 'M=${MODE}']}}\n",
  );
  const { found, made, source } = imported(folder);
  t.false(/hunter/.test(source), source);
  t.true(source.includes('input.text("DB_PASSWORD", { env: "DB_PASSWORD" })'), source);
  t.true(source.includes('API_TOKEN: fromFile("./secrets/web-env/API_TOKEN")'), source);
  t.true(source.includes("envFrom: [webEnv, webEnvSecret]"), source);
  t.deepEqual([...made], [["secrets/web-env/API_TOKEN", { content: "hunter3", confidential: true }]]);
  t.regex(found, /DB_PASSWORD of .env: looks confidential/);
});
