/* A name is one of its kind and its namespace: what is told apart by the namespace alone, everywhere. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { titlesOf } from "../../cli/render/titles.js";
import { compileStack } from "../../cli/testing.js";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { exportFolder } from "../../compiler/export/export.js";
import type { ExportedBundle } from "../../compiler/export/parts.js";
import type { SecretsFile } from "../../stdlib/schema/bundle.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

const twins = `import { accept, claim, configMap, deployment, generated, namespace, secret, service, statefulSet, text } from "infra";
import { core } from "infra/kubernetes";
function half(where, other) {
  const settings = configMap("same", { a: String(other === undefined) }, { in: where });
  const password = secret("same", { p: generated() }, { in: where });
  const data = claim("same", { in: where, size: "1Gi" });
  const url = other === undefined ? {} : { URL: text\`http://\${other.front.address("http")}\` };
  const api = deployment("same", { in: where, replicas: 2, containers: { c: {
    image: "w:1",
    ports: { http: 8080 },
    env: { A: settings.key("a"), P: password.key("p"), ...url },
    mounts: { "/s": settings.files(), "/p": password.files(), "/d": data },
  } } });
  const front = service("same", { in: where, to: api, ports: { 80: "http" } });
  const store = statefulSet("same-store", { in: where, containers: { c: { image: "w:1" } } });
  return { api, front, store };
}
export const left = half(namespace("left", {}), undefined);
export const right = half("right", left);
const pod = (where) => core.v1.Pod({ metadata: { name: "same", namespace: where }, spec: { containers: [{ name: "c", image: "w" }] } });
export const pods = [accept(pod("left"), "image-latest", "tried out"), pod("right")];
`;

test("a stack may have the same names in two namespaces", async (t) => {
  const work = await stackFolder(t, { "infra.ts": twins });
  const stack = await compileStack(join(work, "infra.ts"));
  t.deepEqual(
    stack.warnings.map(({ message }) => message),
    ['Pod "same" in "right": container "c" runs "w", which is another image tomorrow'],
    "an acceptance is of one of the two",
  );
  const [left, right] = ["left", "right"].map((where) => stack.get("Deployment", "same", where).spec);
  const env = (spec: typeof left) => spec?.template.spec?.containers[0]?.env ?? [];
  t.is(env(left).length, 2);
  t.is(env(right)[2]?.value, "http://same.left:80");
  const read = Object.keys(left?.template.metadata?.annotations ?? {}).sort();
  t.deepEqual(read, ["config.infra.dev/same", "secret.infra.dev/same"]);
  const hash = (spec: typeof left) => spec?.template.metadata?.annotations?.["config.infra.dev/same"];
  t.not(hash(left), hash(right), "each has what it reads itself");
  for (const where of ["left", "right"]) {
    t.is(stack.get("ConfigMap", "same", where).data?.["a"], String(where === "left"));
    t.is(stack.get("Service", "same", where).spec?.ports?.[0]?.targetPort, "http");
    t.is(stack.get("Service", "same-store-pods", where).spec?.clusterIP, "None");
  }
  t.throws(() => stack.get("Deployment", "same"), { message: /in more than one namespace: name one$/ });
});

test("what is of them in the bundle is told apart, and so are its words", async (t) => {
  const work = await stackFolder(t, { "infra.ts": twins });
  const run = (...args: readonly string[]) => runCli(work, args);
  t.is((await run("compile", "--no-check", "-o", "before")).code, 0);
  const { secrets } = JSON.parse(await readFile(join(work, "before/secrets.json"), "utf8")) as SecretsFile;
  t.deepEqual(
    secrets.map(({ name, namespace }) => `${namespace}/${name}`),
    ["left/same", "right/same"],
  );
  const plan = await run("plan", "before");
  for (const kind of ["deployment", "secret", "configmap"])
    for (const where of ["left", "right"]) t.regex(plan.out, new RegExp(`\\+ ${kind}/same in ${where} +new`));
  t.regex(plan.out, /namespace\/left +new/);

  await setTimeout(25); // a tick of the file system's clock: the first result is kept
  await writeFile(join(work, "infra.ts"), twins.replace("String(other === undefined)", '"true"'));
  t.is((await run("compile", "--no-check", "-o", "after")).code, 0);
  const { out } = await run("diff", "before", "after");
  t.regex(out, /^~ deployment\/same in right\n/);
  t.regex(out, /~ configmap\/same in right\n.*data\.a/);
  t.notRegex(out, /in left/);
});

test("what is made twice is found, however it is made", async (t) => {
  const source = `import { configMap, deployment, generated, image, namespace, scratch, secret } from "infra";
import * as k from "infra/kubernetes";
const spec = { selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "w:1" }] } } };
const scaled = { maxReplicas: 2, scaleTargetRef: { kind: "Deployment", name: "d", apiVersion: "apps/v1" } };
export const all = [
  secret("s", { p: generated() }),
  k.core.v1.Secret({ metadata: { name: "s", namespace: "default" }, stringData: { p: "q" } }),
  configMap("c", { a: 1 }, { in: namespace("n", {}) }),
  configMap("c", { a: 2 }, { in: "n" }),
  configMap("c", { a: 3 }, { in: "other" }),
  deployment("d", { containers: { c: { image: "w:1" } } }),
  k.apps.v1.Deployment({ metadata: { name: "d" }, spec }),
  image("i", { from: scratch() }),
  image("i", { from: scratch() }),
  k.autoscaling.v1.HorizontalPodAutoscaler({ metadata: { name: "h" }, spec: scaled }),
  k.autoscaling.v2.HorizontalPodAutoscaler({ metadata: { name: "h" }, spec: scaled }),
];
`;
  t.deepEqual(await duplicates(t, source), [
    '7 Secret "s" is made twice, after 6',
    '9 configMap "c" in "n" is made twice, after 8',
    '12 Deployment "d" is made twice, after 11',
    '14 image "i" is made twice, after 13',
    '16 HorizontalPodAutoscaler "h" is made twice, after 15',
  ]);
});

test("the namespace of what names none is that of the command line", async (t) => {
  const source = `import { configMap } from "infra";
export const all = [configMap("c", { a: 1 }),
  configMap("c", { a: 1 }, { in: "shop" })];
`;
  t.deepEqual(await duplicates(t, source), []);
  t.deepEqual(await duplicates(t, source, "-n", "shop"), [
    '3 configMap "c" in "shop" is made twice, after 2',
  ]);
});

async function duplicates(t: ExecutionContext, source: string, ...args: readonly string[]) {
  const work = await stackFolder(t, { "infra.ts": source });
  const { out } = await runCli(work, ["compile", "--no-check", "--format", "json", ...args]);
  const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Diagnostic[] };
  return diagnostics
    .filter(({ code }) => code === "name-duplicate")
    .map(
      ({ message, related, span }) => `${span?.start.line} ${message}, after ${related[0]?.span.start.line}`,
    );
}

test("objects are called by their kind and name, and by their namespace where that says too little", (t) => {
  const keys = ["v1/ConfigMap/a/c", "v1/ConfigMap/b/c", "v1/ConfigMap/a/d", "v1/Namespace//a"];
  t.deepEqual(keys.map(titlesOf(keys)), [
    "configmap/c in a",
    "configmap/c in b",
    "configmap/d",
    "namespace/a",
  ]);
});

test("a chart has a value for each of several workloads of one name", (t) => {
  const workload = (kind: string, namespace: string, replicas: number) => ({
    ...{ apiVersion: "apps/v1", kind, metadata: { name: "web", namespace } },
    spec: { replicas },
  });
  const bundle = {
    objects: [
      workload("Deployment", "a", 1),
      workload("StatefulSet", "a", 2),
      workload("Deployment", "b", 3),
      workload("Deployment", "c", 4),
    ],
    ...{ secrets: [], images: [] },
    record: { stack: "shop", namespace: "a", versions: { infra: "1.0.0", kubernetes: "v1.35.0" } },
  } as unknown as ExportedBundle;
  t.is(
    exportFolder(bundle, "helm").get("values.yaml")?.split("\n").slice(1, -1).join("\n"),
    "replicas:\n  web: 1\n  web-statefulset: 2\n  web-deployment: 3\n  c/deployment/web: 4",
  );
});
