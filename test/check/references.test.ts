import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { stackFolder } from "../support/stack-folder.js";

/** Names, ports and selectors that lead to nothing in the stack, and those that are known not to be mistakes. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const head = `import { claim, claimPerPod, deployment, ingress, service, statefulSet } from "infra";
import * as k from "infra/kubernetes";
`;
const container = '{ name: "a", image: "a:1", ports: [{ name: "http", containerPort: 8080 }] }';
const pod = (more = "", name = "p") =>
  `export const ${name} = k.core.v1.Pod({ metadata: { name: "${name}", labels: { app: "p" } }, spec: { ${more}containers: [${container}] } });`;
const workload = (kind: string, name: string, label: string) =>
  `export const ${name} = k.apps.v1.${kind}({ metadata: { name: "${name}" }, spec: { selector: { matchLabels: { app: "${label}" } }, template: { metadata: { labels: { app: "${label}", of: "x" } }, spec: { containers: [${container}] } } } } as never);`;
const serviceOf = (port: string, more = "") =>
  `export const s = k.core.v1.Service({ metadata: { name: "s" }, spec: { ${more}selector: { app: "p" }, ports: [${port}] } });`;
const selector = (label: string) => `{ matchLabels: { app: "${label}" } }`;
const policy = (label: string) =>
  `export const n = k.networking.v1.NetworkPolicy({ metadata: { name: "n" }, spec: { podSelector: ${selector(label)} } });`;
const near = (label: string, more = "") =>
  pod(
    `affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname", ${more}labelSelector: ${selector(label)} }] } }, `,
  );
const spread = (label: string) =>
  pod(
    `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "DoNotSchedule", labelSelector: ${selector(label)} }], `,
  );
const storage =
  'export const fast = k.storage.v1.StorageClass({ metadata: { name: "fast" }, provisioner: "x/y" });\n';
const nginx =
  'export const nginx = k.networking.v1.IngressClass({ metadata: { name: "nginx" }, spec: { controller: "x/y" } });\n';
const web =
  'const api = deployment("api", { replicas: 2, containers: { a: { image: "a:1", ports: { http: 80 } } } });\nconst s = service("s", { to: api, ports: { 80: "http" } });\n';
const route = (name: string) =>
  `${web}export const r = ingress("r", { class: "${name}", tls: {}, routes: { "a.example": { "/": s.port("http") } } } as any);`;

const gone = (resource: string, kind: string, name = "gone") =>
  `reference-missing: ${resource} uses ${kind} "${name}", which the stack does not make`;
const nothing = (resource: string, label: string) =>
  `selector-matches-nothing: ${resource} selects app=${label}: no pods of the stack`;

const rows: readonly (readonly [source: string, found: readonly string[]])[] = [
  [nginx + route("ngnix"), [gone('ingress "r"', "IngressClass", "ngnix")]],
  [nginx + route("nginx"), []],
  [route("ngnix"), []],
  [
    `${storage}export const v = claim("v", { size: "1Gi", class: "fsat" });`,
    [gone('claim "v"', "StorageClass", "fsat")],
  ],
  [
    `${storage}export const d = statefulSet("d", { containers: { a: { image: "a:1", mounts: { "/d": claimPerPod("x", { size: "1Gi", class: "fsat" }) } } } });`,
    [gone('statefulSet "d"', "StorageClass", "fsat")],
  ],
  [
    pod('serviceAccountName: "gone", priorityClassName: "gone", imagePullSecrets: [{ name: "gone" }], '),
    [gone('Pod "p"', "ServiceAccount"), gone('Pod "p"', "PriorityClass"), gone('Pod "p"', "Secret")],
  ],
  [
    pod(
      'serviceAccountName: "default", priorityClassName: "system-node-critical", runtimeClassName: "gvisor", ',
    ),
    [],
  ],
  [
    `export const high = k.scheduling.v1.PriorityClass({ metadata: { name: "high" }, value: 1 });\n${pod('priorityClassName: "high", ')}`,
    [],
  ],
  [
    `${pod()}\n${serviceOf("{ port: 80 }")}`,
    ['port-unopened: Service "s" sends 80 to port 80, which Pod "p" does not open'],
  ],
  [`${pod()}\n${serviceOf("{ port: 8080 }")}`, []],
  [`${pod()}\n${serviceOf("{ port: 80, targetPort: 8080 }")}`, []],
  [`${pod()}\n${serviceOf('{ port: 80, targetPort: "http" }')}`, []],
  [
    `${pod()}\n${serviceOf('{ port: 8080, protocol: "UDP" }')}`,
    ['port-unopened: Service "s" sends 8080 to port 8080, which Pod "p" does not open'],
  ],
  [`${pod()}\n${serviceOf("{ port: 80 }", 'clusterIP: "None", ')}`, []],
  [`${pod().replace(/, ports: .*?\]/, "")}\n${serviceOf("{ port: 80 }")}`, []],
  [
    `${workload("Deployment", "a", "x")}\n${workload("Deployment", "b", "x")}`,
    ['selector-shared: Deployment "b" selects the pods of Deployment "a", which selects its pods too'],
  ],
  [
    `${workload("Deployment", "a", "x")}\n${workload("DaemonSet", "b", "x")}`,
    ['selector-shared: DaemonSet "b" selects the pods of Deployment "a", which selects its pods too'],
  ],
  [`${workload("Deployment", "a", "x")}\n${workload("Deployment", "b", "y")}`, []],
  [
    `${workload("Deployment", "a", "x")}\n${workload("Deployment", "b", "x").replace("metadata: {", 'metadata: { namespace: "other",')}`,
    [],
  ],
  [near("nobody"), [nothing('Pod "p"', "nobody")]],
  [near("p"), []],
  [near("nobody", 'namespaces: ["other"], '), []],
  [spread("nobody"), [nothing('Pod "p"', "nobody")]],
  [spread("p"), []],
  [policy("x"), [nothing('NetworkPolicy "n"', "x")]],
  [
    `export const b = k.policy.v1.PodDisruptionBudget({ metadata: { name: "b" }, spec: { minAvailable: 1, selector: ${selector("x")} } });`,
    [nothing('PodDisruptionBudget "b"', "x")],
  ],
  [
    `${policy("x")}\nexport const o = { apiVersion: "db.example/v1", kind: "Cluster", metadata: { name: "o" } };`,
    [],
  ],
];

const judged = /^(reference-missing|selector-|port-)/;

for (const [index, [source, expected]] of rows.entries())
  test(`${index}: ${expected.join("; ") || "nothing"}`, async (t) => {
    const folder = await stackFolder(t, { "infra.ts": `${head}${source}\n` });
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      entry: join(folder, "infra.ts"),
      output: join(folder, "infra.out"),
      stack: "references",
      namespace: "default",
      set: {},
      check: false,
      version: "0.0.0",
    });
    const found = diagnostics.map(({ code, message }) => `${code}: ${message}`);
    t.deepEqual(
      found.filter((one) => judged.test(one)),
      expected,
      source,
    );
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === "error"),
      [],
      source,
    );
    t.true(diagnostics.every(({ span }) => span !== undefined));
  });
