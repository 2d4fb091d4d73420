// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs are text here
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { secretResource } from "../../runtime/client/resources.js";
import { runCli } from "../support/cli.js";
import { startFakeInstance } from "../support/fake-instance.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

const common = `import { configMap, deployment, externalService, image, ingress, scratch, secret, service, text, generated } from "infra";
export const login = secret("login", { password: generated() });
const p = login.key("password") as never;
const once = { a: { image: "x:1" } } as const;
export const api = deployment("api", { containers: { a: { image: "x:1", ports: { http: 80 } } } });
export const front = service("front", { to: api, ports: { 80: "http" } });
`;
const inText = "a secret would be written down in a text";
const named = 'secret "login", key "password", would be written down in ';

/** Ways out for a secret that a type check would stop, and a program without one does not take. */
const leaks: readonly (readonly [line: string, message: string])[] = [
  ['deployment("m", { labels: { a: p }, containers: once })', `${named}deployment "m", "labels.a"`],
  ['deployment("m", { annotations: { a: p }, containers: once })', `${named}deployment "m", "annotations.a"`],
  ['configMap("m", { a: p })', `${named}configMap "m", "a"`],
  ['configMap("m", { a: text`x${p}` as never })', `${named}configMap "m", "a"`],
  ['image("m", { from: scratch(), env: { A: p } })', `${named}image "m", "env.A"`],
  ['image("m", { from: scratch(), copy: { "/a": p } })', `${named}image "m", "copy./a"`],
  ['image("m", { from: scratch(), run: [["echo", p]] })', `${named}image "m", "run[0][1]"`],
  ['image("m", { from: scratch(), cmd: [p] })', `${named}image "m", "cmd[0]"`],
  [
    'deployment("m", { containers: { a: { image: "x:1", args: [p] } } })',
    `${named}deployment "m", "containers.a.args[0]"`,
  ],
  [
    'deployment("m", { containers: { a: { image: "x:1", command: [p] } } })',
    `${named}deployment "m", "containers.a.command[0]"`,
  ],
  ['deployment("m", { hostname: p, containers: once })', `${named}deployment "m", "hostname"`],
  ['deployment("m", { replicas: p, containers: once })', `${named}deployment "m", "replicas"`],
  [
    'deployment("m", { patch: { metadata: { labels: { a: p } } }, containers: once })',
    `${named}deployment "m", "patch.metadata.labels.a"`,
  ],
  ['externalService("m", { external: p, ports: { 80: "http" } })', `${named}externalService "m", "external"`],
  [
    '({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: { a: p } })',
    `${named}ConfigMap "m", "data.a"`,
  ],
  ['configMap("m", { a: `redis://:${p}@redis` })', inText],
  ['configMap("m", { a: "x" + p })', inText],
  ['configMap("m", { a: String(p) })', inText],
  ['configMap("m", { a: (p as symbol).toString() })', inText],
  ['configMap("m", { a: (p as symbol).description ?? "" })', inText],
  ['configMap("m", { a: JSON.stringify({ p }) })', inText],
  ['configMap("m", { a: [p].join() })', inText],
  ['configMap("m", { a: Number(p) })', inText],
  ["(() => { throw new Error(`not ${p}`); })()", inText],
  [
    'ingress("m", { routes: { [p]: { "/": front.port("http") } } })',
    'a secret would be written down in ingress "m", as a name in "routes"',
  ],
  ["configMap(p, { a: 1 })", "a secret would be written down as the name of a configMap"],
  ["console.log(p)", "a stack cannot use output (console): the same source must give the same bundle"],
];

for (const [line, message] of leaks)
  test(`no way out: ${line}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "infra-leak-"));
    t.teardown(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "infra.ts"), `${common}export const m = ${line};\n`);
    const { diagnostics, files } = await compile(createHost(packageRoot, join(folder, "cache")), {
      ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: false, version: "0.0.0" },
    });
    t.is(files, undefined);
    const [found] = diagnostics.filter((one) => one.message === message);
    t.is(found?.span?.start.line, 7, JSON.stringify(diagnostics));
    if (message.startsWith(named))
      t.deepEqual(
        found?.related.map(({ note, span }) => `${span.start.line} ${note}`),
        ["2 the secret is made here", "3 its key is taken here"],
      );
  });

const canary = "canary-5f1d";

test.serial(
  "a value of every provider is in nothing that compile, plan, export and up write or say",
  async (t) => {
    const instance = await startFakeInstance(t);
    const stack = join(instance.folder, "stack");
    await mkdir(stack);
    const identity = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const keys = join(instance.folder, "keys");
    await mkdir(keys);
    await writeFile(join(keys, "age.txt"), identity);
    await writeFile(join(keys, "plain"), `${canary}-file`);
    await writeFile(join(keys, "command"), `${canary}-command`);
    await writeFile(join(stack, "a.age"), await encrypter.encrypt(`${canary}-age`));
    await writeFile(
      join(stack, "infra.ts"),
      `import { deployment, fromAge, fromCommand, fromEnv, fromFile, secret, text } from "infra";
const login = secret("login", {
  a: fromEnv("CANARY"), b: fromFile("${keys}/plain"), c: fromAge("./a.age"), d: fromCommand("cat", "${keys}/command"),
});
export const web = deployment("web", { containers: { a: { image: "x:1", user: 1000,
  env: { A: login.key("a"), B: text\`x\${login.key("b")}\`, C: login.key("c"), D: login.key("d") } } } });
`,
    );
    const environment = {
      CANARY: `${canary}-env`,
      INFRA_AGE_IDENTITY: join(keys, "age.txt"),
      PATH: "/usr/bin:/bin",
    };
    const infra = (...args: readonly string[]) => runCli(stack, args, { ...instance.context, environment });
    const results = [
      await infra("compile", "--no-check"),
      await infra("plan", "--no-check"),
      await infra("export", "--no-check", "--format", "yaml"),
      await infra("up", "--no-check", "--yes"),
      await infra("plan", "--no-check"),
      await infra("status"),
    ];
    const said = results.map(({ error, out }) => out + error).join("\n");
    t.deepEqual(
      results
        .slice(0, 2)
        .concat(results.slice(3))
        .map(({ code }) => code),
      [0, 0, 0, 0, 0],
      said,
    );
    t.false(said.includes(canary));
    const files = (await readdir(stack, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    t.true(files.length >= 8, files.map(({ name }) => name).join());
    for (const { name, parentPath } of files)
      t.false((await readFile(join(parentPath, name))).includes(canary), `${parentPath}/${name}`);
    const { data } = (await instance.client.get(secretResource, "default", "login")) as unknown as {
      data: { [key: string]: string };
    };
    t.deepEqual(
      Object.entries(data)
        .map(([key, value]) => `${key} ${Buffer.from(value, "base64").toString()}`)
        .sort(),
      [`a ${canary}-env`, `b ${canary}-file`, `c ${canary}-age`, `d ${canary}-command`],
      "it did arrive where it was meant to",
    );
  },
);
