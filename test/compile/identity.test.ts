/* What a stack finds its objects by is its own to write. */
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { compileStack } from "../../cli/testing.js";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

async function found(t: ExecutionContext, files: { readonly [path: string]: string }) {
  const work = await stackFolder(t, files);
  const { out } = await runCli(work, ["compile", "--no-check", "--stack", "shop", "--format", "json"]);
  const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ message, span }) => {
    const line = files[span?.file ?? ""]?.split("\n")[(span?.start.line ?? 0) - 1] ?? "";
    const [word = ""] = line.slice((span?.start.column ?? 0) - 1).match(/^[\w./"-]+/) ?? [];
    return [word.replaceAll('"', ""), message];
  });
}

const refused: { readonly [patch: string]: readonly (readonly [place: string, what: string])[] } = {
  "{ metadata: null }": [["metadata", "take away metadata"]],
  '{ metadata: "a" }': [["metadata", "change metadata"]],
  "{ metadata: { name: null } }": [["name", "take away metadata.name"]],
  '{ metadata: { name: "b", namespace: "x" } }': [
    ["name", "change metadata.name"],
    ["namespace", "change metadata.namespace"],
  ],
  '{ kind: "StatefulSet", apiVersion: "v9" }': [["kind", "change kind"]],
  '{ apiVersion: "apps/v1beta1" }': [["apiVersion", "change apiVersion"]],
  '{ apiVersion: null, kind: "Deployment" }': [["apiVersion", "take away apiVersion"]],
  "{ kind: 1 }": [["kind", "change kind"]],
};

for (const [patch, expected] of Object.entries(refused)) {
  const said = expected.map(([place, what]) => [place, `the patch of deployment "a" cannot ${what}`]);
  test(`a patch that is refused: ${patch}`, async (t) => {
    const source = `import { deployment } from "infra";
export const a = deployment("a", { containers: { c: { image: "w:1" } },
  patch: ${patch} });
`;
    t.deepEqual(await found(t, { "infra.ts": source }), said);
  });

  test(`a patch that is refused in .infra: ${patch}`, async (t) => {
    const source = `deployment a { container c { image = "w:1" }\npatch = ${patch} }\n`;
    t.deepEqual(await found(t, { "main.infra": source }), said);
  });
}

test("a patch may say what is so, and takes no label of the stack away", async (t) => {
  const source = `import { deployment } from "infra";
export const a = deployment("a", { in: "x", labels: { team: "web" }, containers: { c: { image: "w:1" } }, patch: {
  apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a", namespace: "x", labels: null, annotations: { b: "c" } },
} });
`;
  const work = await stackFolder(t, { "infra.ts": source });
  const { metadata } = (await compileStack(join(work, "infra.ts"), {}, { stack: "shop" })).get(
    "Deployment",
    "a",
  );
  t.deepEqual(metadata, {
    ...{ name: "a", namespace: "x", labels: { "infra.dev/stack": "shop" }, annotations: { b: "c" } },
  });
});

const stack = "infra.dev/stack";
const isOurs = (resource: string, what: string, key: string) => [
  key,
  `${resource}: the ${what} "${key}" is infra's own`,
];

test("labels and annotations of ours are refused where they are written", async (t) => {
  const source = `import { configMap, deployment, generated, namespace, secret } from "infra";
import { core } from "infra/kubernetes";
const c = { containers: { c: { image: "w:1" } } };
export const all = [
  deployment("a", { ...c, labels: { "infra.dev/stack": "other" } }),
  deployment("b", { ...c, selector: { "infra.dev/stack": "other" } }),
  deployment("c", { ...c, patch: { spec: { template: { metadata: { annotations: { "config.infra.dev/x": "1" } } } } } }),
  configMap("d", { labels: "infra.dev/stack" }, { annotations: { "secret.infra.dev/a": "x" } }),
  secret("e", { p: generated() }, { labels: { "infra.dev/stack": "other" } }),
  namespace("f", { labels: { "infra.dev/stack": "other" } }),
  core.v1.ConfigMap({ metadata: { name: "g", labels: { "infra.dev/stack": "other" }, annotations: { "infra.dev/revision": "1" } } }),
];
`;
  t.deepEqual(await found(t, { "infra.ts": source }), [
    isOurs('deployment "a"', "label", stack),
    isOurs('deployment "b"', "label", stack),
    isOurs('deployment "c"', "annotation", "config.infra.dev/x"),
    isOurs('configMap "d"', "annotation", "secret.infra.dev/a"),
    isOurs('secret "e"', "label", stack),
    isOurs('namespace "f"', "label", stack),
    isOurs('ConfigMap "g"', "label", stack),
    isOurs('ConfigMap "g"', "annotation", "infra.dev/revision"),
  ]);
});

test("so they are in .infra, and in files of manifests", async (t) => {
  const files = {
    "main.infra": `deployment a { container c { image = "w:1" }  labels = { "infra.dev/stack": "other" } }
let b = manifests("./b.yaml")
`,
    "b.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: b, labels: { infra.dev/stack: other } }
`,
  };
  const said = await found(t, files);
  t.deepEqual(said[1], isOurs('deployment "a"', "label", stack));
  t.deepEqual(said[0]?.[1], `ConfigMap "b": the label "${stack}" is infra's own`);
});

test("what is so may be said, and what selects objects of other stacks", async (t) => {
  const source = `import { configMap } from "infra";
import { networking } from "infra/kubernetes";
const podSelector = { matchLabels: { "infra.dev/stack": "other" } };
export const all = [
  configMap("a", {}, { labels: { "infra.dev/stack": "shop", "my-infra.dev/stack": "x" } }),
  networking.v1.NetworkPolicy({ metadata: { name: "b" }, spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {}, podSelector }] }] } }),
];
`;
  t.deepEqual(await found(t, { "infra.ts": source }), []);
});

test("an import leaves out what infra wrote, so that its program compiles", async (t) => {
  const work = await stackFolder(t, {
    "a.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: a, labels: { infra.dev/stack: other } }
spec:
  selector: { matchLabels: { app: a } }
  template:
    metadata: { labels: { app: a }, annotations: { config.infra.dev/x: "1", secret.infra.dev/y: "2", note: kept } }
    spec: { containers: [{ name: c, image: "w:1" }] }
`,
  });
  t.is((await runCli(work, ["import", "a.yaml", "-o", "out"])).code, 0);
  const template = (await compileStack(join(work, "out/infra.ts"))).get("Deployment", "a").spec?.template;
  t.deepEqual(template?.metadata?.annotations, { note: "kept" });
});
