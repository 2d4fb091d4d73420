import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { projectFiles } from "../../cli/project-files.js";
import { runCli } from "../support/cli.js";
import { LanguageClient } from "../support/language-client.js";
import { stackFolder } from "../support/stack-folder.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const store = `
import { port } from "./ports.js"
param size = 1 { min = 1 }
configMap settings { mode = "fast" }
secret redis { password = generated() }
deployment redis { replicas = size  container redis { image = "redis:7"  ports = { redis: port } } }
service store { to = deployment.redis  ports = { 6379: "redis" } }
function app(name, replicas = 1) {
  deployment "\${name}-app" { replicas = replicas  container web { image = "web:1"  ports = { http: 8080 } } }
}
`;
const entry = `import { deployment, service } from "infra";
import { front } from "./deep/front.infra";
import { app, "deployment.redis" as redis, settings, store } from "./store.infra";
export const api = deployment("api", {
  containers: { web: { image: "x:1", env: { S: store.address("redis"), M: settings.key("mode") } } },
});
export const apps = app("b", 2);
export const direct = service("direct", { to: redis, ports: { 1: "redis" } });
export { front };
`;

/** What an editor says: the compiler of that version, with the tsconfig.json that `infra init` writes. */
async function editorErrors(work: string, version: string): Promise<string[]> {
  const compiler = join(root, "node_modules", version, "bin/tsc");
  const output = await new Promise<string>((done) =>
    execFile(
      process.execPath,
      [compiler, "--pretty", "false", "--noEmit", "-p", work],
      { cwd: work },
      (_, out) => done(out),
    ),
  );
  return output.split("\n").filter((line) => line.includes("error"));
}

test("an editor types what .ts takes from .infra, with TypeScript 6 and 7", async (t) => {
  const work = await stackFolder(t, {
    "infra.ts": entry,
    "ports.ts": "export const port = 6379;\n",
    "store.infra": store,
    "deep/front.infra": `import { store } from "../store.infra"
service front { to = pages  ports = { 80: "http" } }
deployment pages {
  container web { image = "x:1"  ports = { http: 80 }  env = { S: store.address("redis") } }
}
`,
    // As a checkout has it: git leaves out where infra is, and a compile says it anew.
    ...Object.fromEntries(projectFiles(root).filter(([path]) => path !== "tsconfig.infra.json")),
  });
  const compiled = await runCli(work, ["compile"]);
  t.is(compiled.code, 0, compiled.error);
  t.regex(await readFile(join(work, "infra.out/types/store.d.infra.ts"), "utf8"), /Service<"redis">/);
  const wrong = `${entry}store.address("rediz");
settings.key("mod");
app("b", "2");
front.address("http");
`;
  for (const version of ["typescript", "typescript7"]) {
    await writeFile(join(work, "infra.ts"), entry);
    t.deepEqual(await editorErrors(work, version), [], version);
    await writeFile(join(work, "infra.ts"), wrong);
    const errors = (await editorErrors(work, version)).map((line) =>
      line.replace(/: error (TS\d+).*/, " $1"),
    );
    t.deepEqual(
      errors,
      ["infra.ts(10,15) TS2345", "infra.ts(11,14) TS2345", "infra.ts(12,10) TS2345"],
      version,
    );
  }

  await writeFile(join(work, "infra.ts"), entry.replace(/^.*front.*$/gm, ""));
  await rm(join(work, "deep"), { recursive: true });
  t.is((await runCli(work, ["compile"])).code, 0);
  t.false(
    existsSync(join(work, "infra.out/types/deep/front.d.infra.ts")),
    "declarations go with their module",
  );
});

test("a stack in one language has no declarations", async (t) => {
  const work = await stackFolder(t, { "main.infra": "let x = 1\n" });
  t.is((await runCli(work, ["compile", "--no-check"])).code, 0);
  t.false(existsSync(join(work, "infra.out/types")));
});

const withMistake = `import { configMap } from "infra";
import { twice } from "./deep/store.infra";
export const settings = configMap("settings", { size: twice(2, 3), unknown: missing });
`;
/** The second line cannot be read. */
const halfWritten = 'import { by } from "../by.infra"\nfunction twice(n) = n * by\nlet broken = \n';

test("a stack that does not compile has its types in an editor all the same", async (t) => {
  const work = await stackFolder(t, {
    "infra.ts": withMistake,
    "deep/store.infra": halfWritten,
    "by.infra": "let by = 2\n",
    "unasked.infra": "let x = 1\n",
    ...Object.fromEntries(projectFiles(root)),
  });
  t.is((await runCli(work, ["compile"])).code, 1);
  t.deepEqual(
    (await editorErrors(work, "typescript7")).map((line) => line.replace(/: error (TS\d+).*/, " $1")),
    ["infra.ts(3,64) TS2554", "infra.ts(3,77) TS2304"],
    "what the module gives is known, and the mistakes of this file are seen",
  );
  t.regex(await readFile(join(work, "infra.out/types/by.d.infra.ts"), "utf8"), /by_ = 2/);
  t.false(existsSync(join(work, "infra.out/types/unasked.d.infra.ts")), "nothing in TypeScript asks for it");
});

test("types are not written through a link, nor where no settings look for them", async (t) => {
  const files = { "infra.ts": withMistake, "deep/store.infra": halfWritten, "by.infra": "let by = 2\n" };
  const led = await stackFolder(t, { ...files, ...Object.fromEntries(projectFiles(root)), "far/a": "" });
  await symlink("far", join(led, "infra.out"));
  t.is((await runCli(led, ["compile"])).code, 1);
  t.false(existsSync(join(led, "far/types")));
  const plain = await stackFolder(t, files);
  t.is((await runCli(plain, ["compile"])).code, 1);
  t.false(existsSync(join(plain, "infra.out")));
});

test("the language server writes the types of what is typed in", async (t) => {
  const work = await stackFolder(t, {
    "infra.ts": withMistake,
    "deep/store.infra": "let old = 1\n",
    "by.infra": "let by = 2\n",
    ...Object.fromEntries(projectFiles(root)),
  });
  const client = new LanguageClient(work);
  t.teardown(() => client.child.kill("SIGKILL"));
  await client.initialize(work);
  await client.open(join(work, "deep/store.infra"), halfWritten);
  const written = join(work, "infra.out/types/deep/store.d.infra.ts");
  while (!existsSync(written)) await new Promise((resolve) => setTimeout(resolve, 50)); // the test's own limit ends it
  t.regex(await readFile(written, "utf8"), /twice/);
});
