import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { runCli } from "../support/cli.js";
import { definitionOf, folderOf, writeAll } from "./support.js";

const widget = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 1, maximum: 9 },
    mode: { type: "string", enum: ["fast", "safe"] },
    host: { type: "string", pattern: "^[a-z.]+$" },
    parts: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string" }, weight: { type: "number" } } },
    },
  },
};
const crd = definitionOf(widget);

async function compiled(t: ExecutionContext, files: { readonly [path: string]: string }, ...more: string[]) {
  const folder = await folderOf(t, files);
  const result = await runCli(folder, ["compile", ".", ...more]);
  return { ...result, folder };
}

/** Code and place of each diagnostic, as the text report has them. */
function found(error: string): string[] {
  return [...error.matchAll(/^(?:error|warning)\[([a-z-]+)\].*\n {2}(\S+)$/gm)].map(
    ([, code, place]) => `${code} ${place}`,
  );
}

test("a plain object is held to the definition of the same stack", async (t) => {
  const { code, error } = await compiled(t, {
    "crd.yaml": crd,
    "infra.ts": `import { manifests } from "infra";
export const definition = manifests("./crd.yaml");
export const one = {
  apiVersion: "shop.example.org/v1",
  kind: "Widget",
  metadata: { name: "one" },
  spec: {
    sise: 3,
    mode: "slow",
    host: "A",
    parts: [{ name: "a", weight: "2" }],
  },
};
export const two = { apiVersion: "shop.example.org/v1", kind: "Wigdet", metadata: { name: "two" }, spec: {} };
`,
  });
  t.is(code, 1);
  t.deepEqual(found(error), [
    "field-unknown infra.ts:8:5",
    "field-invalid infra.ts:9:11",
    "field-invalid infra.ts:10:11",
    "field-type infra.ts:11:34",
    "kind-undefined infra.ts:14:63",
  ]);
  t.regex(error, /did you mean "size"/);
  t.regex(error, /did you mean "Widget"/);
});

test("manifests: mistakes at their lines in the YAML", async (t) => {
  const { code, error } = await compiled(t, {
    "infra.ts": 'import { manifests } from "infra";\nexport const legacy = manifests("./k8s/*.yaml");\n',
    "k8s/a.yaml": `apiVersion: v1
kind: Service
metadata: {name: a}
spec:
  sellector: {app: a}
  ports:
  - {name: http, port: "80"}
---
apiVersion: shop.example.org/v1
kind: Widget
metadata:
  name: UPPER
spec:
  size: 12
`,
    "k8s/b.yaml": crd,
    "k8s/c.yaml": "just: text\n",
    "k8s/.hidden.yaml": "not: read\n",
  });
  t.is(code, 1);
  t.deepEqual(found(error), [
    "field-unknown k8s/a.yaml:5:3",
    "field-invalid k8s/a.yaml:7:18",
    "field-invalid k8s/a.yaml:14:3",
    "yaml-invalid k8s/c.yaml:1:1",
  ]);
});

test("manifests: kept as written, with label and namespace; definitions come first; places lead to the YAML", async (t) => {
  const { code, error, folder } = await compiled(
    t,
    {
      "infra.ts": 'import { manifests } from "infra";\nexport const all = manifests("./k8s");\n',
      "k8s/a.yaml":
        "apiVersion: shop.example.org/v1\nkind: Widget\nmetadata: {name: a}\nspec:\n  size: 3\n  parts: [{name: x}]\n",
      "k8s/deep/z.yml": crd,
    },
    "-n",
    "prod",
  );
  t.is(code, 0, error);
  const out = (path: string) => readFile(join(folder, "infra.out", path), "utf8");
  const object = await out("manifests/02-widget-a.yaml");
  t.regex(object, /namespace: prod/);
  t.regex(object, /size: 3/);
  t.regex(await out("manifests/01-customresourcedefinition-widgets.shop.example.org.yaml"), /names:/);
  const { objects } = JSON.parse(await out("provenance.json"));
  t.deepEqual(objects["shop.example.org/v1/Widget/prod/a"]["spec.parts[x].name"], {
    file: "k8s/a.yaml",
    line: 6,
    column: 12,
  });
  const { inputs } = JSON.parse(await out("compile.json"));
  t.deepEqual(Object.keys(inputs), ["infra.ts", "k8s/a.yaml", "k8s/deep/z.yml"]);
});

test("manifests: a file that is added, changed or removed is seen", async (t) => {
  const config = (name: string, value: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {key: ${value}}\n`;
  const folder = await folderOf(t, {
    "infra.ts": 'import { manifests } from "infra";\nexport const all = manifests("./*.yaml");\n',
    "a.yaml": config("a", "one"),
  });
  const manifestsNow = async () => {
    const { code, error } = await runCli(folder, ["compile", "."]);
    t.is(code, 0, error);
    const { inputs, digest } = JSON.parse(await readFile(join(folder, "infra.out/compile.json"), "utf8"));
    return { files: Object.keys(inputs), digest };
  };
  const first = await manifestsNow();
  t.deepEqual(await manifestsNow(), first);
  await writeAll(folder, { "b.yaml": config("b", "two") });
  t.deepEqual((await manifestsNow()).files, ["a.yaml", "b.yaml", "infra.ts"]);
  await writeFile(join(folder, "a.yaml"), config("a", "three"));
  const changed = await manifestsNow();
  t.not(changed.digest, first.digest);
  await rm(join(folder, "a.yaml"));
  t.deepEqual((await manifestsNow()).files, ["b.yaml", "infra.ts"]);
});

for (const [what, path] of [
  ["matches nothing", "./none/*.yaml"],
  ["is not there", "./none.yaml"],
  ["leads out of the folder", "./../*.yaml"],
] as const)
  test(`manifests: a pattern that ${what} is an error`, async (t) => {
    const { code, error } = await compiled(t, {
      "infra.ts": `import { manifests } from "infra";\nexport const all = manifests("${path}");\n`,
    });
    t.is(code, 1);
    t.deepEqual(found(error), ["file-missing infra.ts:2:20"]);
  });

test("a kind of which nothing is known is taken as it is, with a warning", async (t) => {
  const { code, error } = await compiled(t, {
    "infra.ts": `export const one = {
  apiVersion: "other.example.org/v1",
  kind: "Thing",
  metadata: { name: "one" },
  spec: { any: [1, { thing: true }] },
};
`,
  });
  t.is(code, 0, error);
  t.deepEqual(found(error), ["kind-undefined infra.ts:3:9"]);
});

test("the stack's definitions need not be all of their group; of a kind they define they say every version", async (t) => {
  const object = (version: string, kind: string) =>
    `{ apiVersion: "shop.example.org/${version}", kind: "${kind}", metadata: { name: "a" } }`;
  const { code, error } = await compiled(t, {
    "crd.yaml": crd,
    "infra.ts": `import { manifests } from "infra";
export const definitions = manifests("./crd.yaml");
export const other = ${object("v1", "Order")};
export const older = ${object("v1beta7", "Widget")};
`,
  });
  t.is(code, 1);
  t.deepEqual(found(error), ["kind-undefined infra.ts:3:65", "kind-unknown infra.ts:4:36"]);
  t.regex(error, /Write "shop\.example\.org\/v1"/);
});

test("a version that Kubernetes has removed: the one to write is named", async (t) => {
  const { error } = await compiled(t, {
    "infra.ts": `export const web = { apiVersion: "extensions/v1beta1", kind: "Ingress", metadata: { name: "web" }, spec: {} };
export const budget = { apiVersion: "policy/v1beta1", kind: "PodDisruptionBudget", metadata: { name: "web" } };
export const pods = { apiVersion: "policy/v1beta1", kind: "PodSecurityPolicy", metadata: { name: "web" } };
`,
  });
  t.deepEqual(found(error), [
    "kind-unknown infra.ts:1:34",
    "kind-unknown infra.ts:2:37",
    "kind-unknown infra.ts:3:59",
  ]);
  for (const hint of ['Write "networking.k8s.io/v1"', 'Write "policy/v1"', "since 1.25"])
    t.true(error.includes(hint), error);
});

test("from .infra: manifests() and an object of a generated module", async (t) => {
  const folder = await folderOf(t, {
    "crd.yaml": crd,
    "main.infra": `import { v1 } from "./types/shop.example.org.js"
let definitions = manifests("./crd.yaml")
let one = v1.Widget({ metadata: { name: "one" }, spec: { size: 3 } })
`,
  });
  t.is((await runCli(folder, ["types", "crd.yaml"])).code, 0);
  const good = await runCli(folder, ["compile", "."]);
  t.is(good.code, 0, good.error);
  t.regex(await readFile(join(folder, "infra.out/manifests/02-widget-one.yaml"), "utf8"), /size: 3/);
  const path = join(folder, "main.infra");
  await writeFile(path, (await readFile(path, "utf8")).replace("size: 3", "size: 30"));
  const bad = await runCli(folder, ["compile", "."]);
  t.deepEqual(found(bad.error), ["field-invalid main.infra:3:64"]);
});
