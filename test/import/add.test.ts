import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { runCli } from "../support/cli.js";

const settings =
  "{apiVersion: v1, kind: ConfigMap, metadata: {name: shop-settings}, data: {mode: fast}}\n---\n";
const policy =
  "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {selector: {}}}\n";

async function folderWith(t: ExecutionContext, files: { readonly [path: string]: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-add-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return folder;
}

const stack = `// Ours.
import { type Policy, service as reach, deployment } from "infra";

const shopSettings = 3; // a name that is taken
export const web   = deployment("web", { containers: { web: { image: "web:1" } } });
export { reach, shopSettings };
export type { Policy };
`;

test("--add leaves the stack's own text, imports what is missing, and takes free names", async (t) => {
  const folder = await folderWith(t, { "infra.ts": stack, "k8s.yaml": settings + policy });
  const { code, error } = await runCli(folder, ["import", "k8s.yaml", "--add"]);
  t.is(code, 0, error);
  t.is(
    await readFile(join(folder, "infra.ts"), "utf8"),
    `${stack
      .replace(
        "import { type Policy, service as reach, deployment }",
        "import { configMap, deployment, service as reach, type Policy }",
      )
      .replace('from "infra";\n', 'from "infra";\nimport { policy } from "infra/kubernetes";\n')}
export const shopSettings2 = configMap("shop-settings", { mode: "fast" }, {
  defaults: "kubernetes",
});

export const b = policy.v1.PodDisruptionBudget({ metadata: { name: "b" }, spec: { selector: {} } });
`,
  );
  t.is((await runCli(folder, ["compile"])).code, 0);
});

test("--add to .infra; and where there is nothing yet, a stack is begun", async (t) => {
  const own = 'deployment web { container web { image = "web:1" } }\n';
  const folder = await folderWith(t, { "main.infra": own, "k8s.yaml": settings });
  t.is((await runCli(folder, ["import", "k8s.yaml", "--add", "--to", "infra"])).code, 0);
  const text = await readFile(join(folder, "main.infra"), "utf8");
  t.true(text.startsWith(own) && text.includes('configMap("shop-settings"'), text);
  t.is((await runCli(folder, ["compile"])).code, 0);
  t.is((await runCli(folder, ["import", "k8s.yaml", "--add", "-o", "new"])).code, 0);
  t.is((await runCli(folder, ["compile", "new"])).code, 0);
});

test("--add leaves what the stack has already, and refuses what it has otherwise", async (t) => {
  const secret =
    "{apiVersion: v1, kind: Secret, metadata: {name: login}, stringData: {user: a, password: b}}\n---\n";
  for (const [language, entry] of [
    ["ts", "infra.ts"],
    ["infra", "main.infra"],
  ] as const) {
    const folder = await folderWith(t, { "k8s.yaml": settings + secret });
    t.is((await runCli(folder, ["import", "k8s.yaml", "-o", "shop", "--to", language])).code, 0);
    const before = await readFile(join(folder, "shop", entry), "utf8");
    const again = await runCli(folder, ["import", "k8s.yaml", "-o", "shop", "--add"]);
    t.deepEqual([again.code, again.out], [0, "Nothing to add\n"], again.error);
    t.regex(again.error, /ConfigMap "shop-settings" is left out: the stack has it already\n {2}k8s\.yaml:1:/);
    t.regex(again.error, /Secret "login" is left out/);
    t.is(await readFile(join(folder, "shop", entry), "utf8"), before);

    await writeFile(join(folder, "more.yaml"), settings + policy);
    t.is((await runCli(folder, ["import", "more.yaml", "-o", "shop", "--add"])).code, 0);
    t.is((await runCli(folder, ["compile", "shop"])).code, 0);
    const text = await readFile(join(folder, "shop", entry), "utf8");
    t.true(text.includes("PodDisruptionBudget"));
    t.is(text.split('"shop-settings"').length, 2);

    await writeFile(join(folder, "other.yaml"), settings.replace("fast", "slow"));
    const other = await runCli(folder, ["import", "other.yaml", "-o", "shop", "--add"]);
    t.is(other.code, 1);
    t.regex(other.error, /object-twice\].*in the stack already[^\n]*\n {2}other\.yaml:1:/);
    t.is(await readFile(join(folder, "shop", entry), "utf8"), text);
  }
});

test("--add leaves a custom object that the stack has with its definition", async (t) => {
  const definition =
    "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.acme.io}, " +
    "spec: {group: acme.io, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: v1, " +
    "served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, " +
    "x-kubernetes-preserve-unknown-fields: true}}}}}]}}\n---\n";
  const widget = "{apiVersion: acme.io/v1, kind: Widget, metadata: {name: w}, spec: {port: 1}}\n";
  const folder = await folderWith(t, { "k8s.yaml": definition + widget });
  t.is((await runCli(folder, ["import", "k8s.yaml", "-o", "shop"])).code, 0);
  const again = await runCli(folder, ["import", "k8s.yaml", "-o", "shop", "--add"]);
  t.deepEqual([again.code, again.out], [0, "Nothing to add\n"], again.error);

  await writeFile(join(folder, "k8s.yaml"), widget.replace("port: 1", "port: 2"));
  const other = await runCli(folder, ["import", "k8s.yaml", "-o", "shop", "--add"]);
  t.is(other.code, 1);
  t.regex(other.error, /object-twice\]: Widget "w" is in the stack already/);
});

test("--add to a stack whose packages have no versions yet: no lock is needed for it", async (t) => {
  const own = `import { debian, deployment, image } from "infra";
const web = image("web", { from: debian({ packages: ["python3"] }) });
export const site = deployment("site", { containers: { web: { image: web } } });
`;
  const folder = await folderWith(t, { "infra.ts": own, "k8s.yaml": settings });
  for (const said of [/^infra\.ts, .*written\n$/, /^Nothing to add\n$/])
    t.regex((await runCli(folder, ["import", "k8s.yaml", "--add"])).out, said);
  t.is((await readFile(join(folder, "infra.ts"), "utf8")).split("shop-settings").length, 2);
});

test("--add refuses a stack that does not compile: nobody knows what it makes", async (t) => {
  const text = 'import { configMap } from "infra";\nexport const a = configMap("A B", {});\n';
  const folder = await folderWith(t, { "infra.ts": text, "k8s.yaml": settings });
  await t.throwsAsync(runCli(folder, ["import", "k8s.yaml", "--add"]), {
    message: /infra\.ts: it does not compile/,
  });
  t.is(await readFile(join(folder, "infra.ts"), "utf8"), text);
});

for (const [what, text, message] of [
  ["a stack that cannot be read", "export const = 3;\n", /line 1 cannot be read/],
  [
    "a name of the stdlib that means something else",
    "export const configMap = 1;\n",
    /"configMap" is something else/,
  ],
] as const)
  test(`--add refuses ${what}, and leaves it`, async (t) => {
    const folder = await folderWith(t, { "infra.ts": text, "k8s.yaml": settings });
    await t.throwsAsync(runCli(folder, ["import", "k8s.yaml", "--add"]), { message });
    t.is(await readFile(join(folder, "infra.ts"), "utf8"), text);
  });
