import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import test from "ava";
import fc from "fast-check";
import type { CliContext } from "../../cli/context.js";
import { folderReader } from "../../cli/import-request.js";
import { renderDiagnostics } from "../../cli/render/diagnostics.js";
import { plainStyle } from "../../cli/render/style.js";
import { isConfidential, isSecretText } from "../../compiler/confidential.js";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { type ComposeOptions, importCompose } from "../../compiler/import/compose.js";
import { evaluateProgram } from "../../compiler/import/evaluate-program.js";
import type { SourceReader } from "../../compiler/import/source-reader.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
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

test("what lies outside of the stack's folder is refused with the folder that holds it", async (t) => {
  const root = mkdtempSync(join(tmpdir(), "infra-import-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "app/web/src"), { recursive: true });
  writeFileSync(join(root, "app/web/Dockerfile"), "FROM scratch\nCOPY src /app\n");
  writeFileSync(
    join(root, "app/compose.yaml"),
    "services: {web: {build: web, volumes: ['../conf:/c:ro']}}\n",
  );
  mkdirSync(join(root, "conf"));
  writeFileSync(join(root, "conf/a"), "x\n");
  const below = await runCli(join(root, "app"), ["import", "compose.yaml", "-o", "shop"]);
  t.is(below.code, 1);
  t.regex(below.error, /COPY src[\s\S]*Leave -o out, so that the stack is written here/);
  t.regex(below.error, /Write the stack where the files are: -o \.\.$/m);
  const beside = await runCli(root, ["import", "app/compose.yaml", "-o", "app"]);
  t.regex(beside.error, /Leave -o out/);
  const whole = await runCli(root, ["import", "app/compose.yaml"]);
  t.is(whole.code, 0, whole.error);
  t.is((await runCli(root, ["compile"])).code, 0);
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

test("!reset takes away what an earlier file says, !override stands for it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-import-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, "compose.yaml"),
    "services: {a: {image: 'a:1', ports: ['30080:80'], cap_add: [KILL], environment: {A: 1, B: 2}}}\n",
  );
  writeFileSync(
    join(folder, "prod.yaml"),
    "services: {a: {ports: !reset [], cap_add: !override [CHOWN], environment: {A: !reset null, B: !override 3}}}\n",
  );
  const { found, source } = imported(folder, {}, ["compose.yaml", "prod.yaml"]);
  t.is(found, "");
  t.regex(source, /add: \["CHOWN"\]/);
  t.regex(source, /env: \{ B: "3" \}/);
  t.notRegex(source, /nodePorts|KILL/);
});

test("confidential values reach neither the program nor the bundle", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-import-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, ".env"), "DB_PASSWORD=hunter2\nMODE=fast\n");
  writeFileSync(join(folder, "web.env"), "API_TOKEN=hunter3\nLEVEL=info\nSTORE=amqp://a:hunter6@b\n");
  writeFileSync(
    join(folder, "compose.yaml"),
    `services:
  web:
    image: "a:1"
    env_file: web.env
    environment: ['P=\${DB_PASSWORD}', DB_PASSWORD, 'M=\${MODE}', ROOT_PASSWORD=hunter4, URL=redis://:hunter5@cache:1]
    command: [run, "--password=\${DB_PASSWORD}", --admin-password, hunter7]
    healthcheck: {test: "check \${DB_PASSWORD}"}
`,
  );
  const first = await runCli(folder, ["import", "compose.yaml", "-o", "."]);
  t.is(first.code, 0, first.error);
  t.regex(
    first.error,
    /Values of Secrets are in secrets\/web-env\/API_TOKEN, secrets\/web-env\/STORE, secrets\/credentials\/\w+_PASSWORD/,
  );
  const source = readFileSync(join(folder, "infra.ts"), "utf8");
  t.true(source.includes('DB_PASSWORD: fromEnv("DB_PASSWORD")'), source);
  t.true(source.includes('API_TOKEN: fromFile("./secrets/web-env/API_TOKEN")'), source);
  t.true(source.includes("envFrom: [webEnv, webEnvSecret]"), source);
  const compiled = await runCli(folder, ["compile", "--stack", "shop"]);
  t.is(compiled.code, 0, compiled.error);
  t.false(/environment-secret/.test(compiled.error), compiled.error);
  const holders = filesBelow(folder).filter((path) =>
    /hunter/.test(readFileSync(join(folder, path), "latin1")),
  );
  t.deepEqual(holders, [
    ".env",
    "compose.yaml",
    "secrets/credentials/ADMIN_PASSWORD",
    "secrets/credentials/ROOT_PASSWORD",
    "secrets/credentials/URL_PASSWORD",
    "secrets/web-env/API_TOKEN",
    "secrets/web-env/STORE",
    "web.env",
  ]);
  const manifests = filesBelow(folder)
    .filter((path) => path.startsWith("infra.out/manifests/"))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("");
  t.true(manifests.includes('"--password=$(DB_PASSWORD)"'), manifests);
});

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

test("wherever a confidential variable stands, its value is not written", (t) => {
  const marker = "hunter2-is-confidential";
  const places: readonly ((use: string) => object)[] = [
    (use) => ({ environment: { X: use } }),
    (use) => ({ environment: [`X=a ${use} b`, `Y=${use}${use}`] }),
    (use) => ({ environment: { URL: `http://u:${use}@other:80/${use}` } }),
    (use) => ({ command: `run "${use}" x${use}` }),
    (use) => ({ entrypoint: ["run", use, `$$${use}`] }),
    (use) => ({ healthcheck: { test: `a '${use}' "${use}" ${use}` } }),
    (use) => ({ healthcheck: { test: ["CMD", "a", `--b=${use}`] } }),
    (use) => ({ post_start: [{ command: ["a", use] }] }),
    (use) => ({ labels: { a: use } }),
    (use) => ({ hostname: use }),
    (use) => ({ image: use }),
    (use) => ({ build: { dockerfile_inline: "FROM scratch", args: { A: use } } }),
    (use) => ({ ports: [use] }),
  ];
  const uses = ["", `:-${marker}`, ":?needed"].map((rest) => `\${TOKEN${rest}}`);
  uses.push("$TOKEN", `\${OTHER-${uses[0]}}`);
  const service = fc.uniqueArray(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...uses)), {
    minLength: 1,
    maxLength: 4,
  });
  const property = fc.property(service, (chosen) => {
    const members = Object.assign({}, ...chosen.map(([place, use]) => place(use)));
    const web = { image: "a:1", ...members };
    const text = JSON.stringify({ services: { web, other: { image: "b:1", expose: [80] } } });
    const reader = {
      ...noFiles,
      text: (path: string) => (path === ".env" ? `TOKEN=${marker}\n` : undefined),
    };
    const reporter = new Reporter();
    const { files, program } = importCompose(reader, [{ name: "compose.yaml", text }], reporter);
    const written = [writeTypeScript(program), writeInfra(program), JSON.stringify([...files])];
    return written.every((one) => !one.includes(marker));
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

const noFiles: SourceReader = {
  text: () => undefined,
  kind: () => undefined,
  list: () => [],
  stackPath: (path) => `./${path}`,
  wayIn: (path) => `-o ${path}`,
  name: (path) => path,
};

test("which names and texts are confidential", (t) => {
  const confidential =
    "PASSWORD DB_PASSWORD PGPASSWORD MYSQL_ROOT_PASSWORD DB_PASS DB_PWD SECRET SECRET_KEY_BASE CLIENT_SECRET JWT_SECRET " +
    "TOKEN AUTH_TOKEN TOKEN_2 githubToken API_KEY apiKey APIKEY KEY AWS_SECRET_ACCESS_KEY PRIVATE_KEY ENCRYPTION_KEYS " +
    "AWS_CREDENTIALS SMTP_CREDS AUTH_SALT SSH_PASSPHRASE SIGNING-KEY app.secret";
  const open =
    "USER PWD PATH BYPASS DB_PASSWORD_FILE TOKEN_URL TOKEN_TTL TOKEN_EXPIRES_IN SECRET_NAME AWS_ACCESS_KEY_ID KEY_PATH " +
    "PUBLIC_KEY SSH_PUBLIC_KEYS ROUTING_KEY MYSQL_ALLOW_EMPTY_PASSWORD MYSQL_RANDOM_ROOT_PASSWORD MAX_TOKENS MONKEYS " +
    "PASSWORD_MIN_LENGTH KEYBOARD TOKENIZER PASSENGER SECRETARY COMPASS";
  for (const name of confidential.split(" ")) t.true(isConfidential(name), name);
  for (const name of open.split(" ")) t.false(isConfidential(name), name);
  for (const text of ["hunter2", "no way", "10", "a/b"]) t.true(isSecretText(text), text);
  for (const text of ["", "yes", "False", "0", "/run/secrets/x", "./key.pem", "../key"])
    t.false(isSecretText(text), text);
});
