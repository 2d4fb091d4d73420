import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { parse } from "yaml";
import { findings } from "../support/findings.js";

const stack = `import { autoscaler, cronJob, deployment, fromEnv, generated, ingress, job, secret, service } from "infra";
import * as k from "infra/kubernetes";
const containers = { a: { image: "x:1", ports: { http: 80 } } };
const once = { a: { image: "x:1" } };
export const registry = secret("registry", { ".dockerconfigjson": fromEnv("DOCKER") }, { type: "kubernetes.io/dockerconfigjson" });
export const api = deployment("api", { containers });
export const front = service("api", { to: api, ports: { 80: "http" } });
`;

/** The spec of the object in the file whose name has the word. */
async function specOf(t: ExecutionContext, word: string, source: string) {
  const { lines, work } = await findings(t, stack + source);
  t.deepEqual(lines, []);
  const folder = join(work, "infra.out/manifests");
  const [file = ""] = (await readdir(folder)).filter((name) => name.includes(word));
  return parse(await readFile(join(folder, file), "utf8")).spec;
}

test("a pod has credentials for registries, a runtime and settings of the kernel", async (t) => {
  const spec = await specOf(
    t,
    "deployment-xx",
    `const gvisor = k.node.v1.RuntimeClass({ metadata: { name: "gvisor" }, handler: "runsc" });
export const xx = deployment("xx", { containers: once, runtime: gvisor, sysctls: { "net.core.somaxconn": 1024 },
  pullSecrets: [registry, "elsewhere"] });
`,
  );
  const pod = spec.template.spec;
  t.deepEqual(pod.imagePullSecrets, [{ name: "registry" }, { name: "elsewhere" }]);
  t.is(pod.runtimeClassName, "gvisor");
  t.deepEqual(pod.securityContext.sysctls, [{ name: "net.core.somaxconn", value: "1024" }]);
});

test("credentials are of a type that is read, and of the pod's namespace", async (t) => {
  const { lines } = await findings(
    t,
    `${stack}export const login = secret("login", { ".dockerconfigjson": fromEnv("DOCKER") });
export const a = deployment("a", { containers: once, pullSecrets: [registry,
  login] });
export const b = deployment("b", { in: "far", containers: once,
  pullSecrets: [registry] });
`,
  );
  t.deepEqual(
    lines.map((line) => line.replace(/:\d+ /, " ")),
    [
      '9 field-type: deployment "a": "pullSecrets[1]" must be a Secret of type "kubernetes.io/dockerconfigjson"',
      '12 other-namespace: deployment "b" cannot use secret "registry", which is in namespace "default"',
    ],
  );
});

test("a Job waits, and one of a CronJob does not for its sake", async (t) => {
  t.is(
    (await specOf(t, "-job-xx", 'export const xx = job("xx", { containers: once, suspend: true });\n'))
      .suspend,
    true,
  );
  const source =
    'export const xx = cronJob("xx", { containers: once, schedule: "@daily", suspend: true });\n';
  const nightly = await specOf(t, "-cronjob-xx", source);
  t.true(nightly.suspend);
  t.is(nightly.jobTemplate.spec.suspend, undefined);
});

test("a CronJob runs at times of the calendar, or each so often", async (t) => {
  for (const schedule of ["15 3 * * mon-fri", "@hourly", "@every 1h30m"]) {
    const source = `export const xx = cronJob("xx", { containers: once, schedule: "${schedule}" });\n`;
    t.is((await specOf(t, "-cronjob-xx", source)).schedule, schedule);
  }
});

test("an autoscaler says how fast it adds and takes away", async (t) => {
  const source = (paces: string) => `export const xx = autoscaler("xx", { of: api, max: 9, ${paces} });\n`;
  const both = await specOf(
    t,
    "-horizontalpodautoscaler-xx",
    source('up: { after: "30s", by: 2, every: "1m" }, down: { by: "10%" }'),
  );
  t.deepEqual(both.behavior, {
    scaleUp: {
      stabilizationWindowSeconds: 30,
      policies: [{ type: "Pods", value: 2, periodSeconds: 60 }],
    },
    scaleDown: { policies: [{ type: "Percent", value: 10, periodSeconds: 15 }] },
  });
  const never = await specOf(t, "-horizontalpodautoscaler-xx", source('down: "never"'));
  t.deepEqual(never.behavior, { scaleDown: { selectPolicy: "Disabled" } });
  t.is((await specOf(t, "-horizontalpodautoscaler-xx", source(""))).behavior, undefined);
});

test("a path is exact or the controller's, and what no route takes has an answer", async (t) => {
  const backend = { service: { name: "api", port: { name: "http" } } };
  const both = await specOf(
    t,
    "ingress",
    `const to = front.port("http");
export const xx = ingress("xx", { default: to, routes: { "a.example": { "/a": { to, match: "exact" }, "/b": { to, match: "controller" }, "/c": { to }, "/": to } } });
`,
  );
  t.deepEqual(both.defaultBackend, backend);
  t.deepEqual(both.rules[0].http.paths, [
    { path: "/a", pathType: "Exact", backend },
    { path: "/b", pathType: "ImplementationSpecific", backend },
    { path: "/c", pathType: "Prefix", backend },
    { path: "/", pathType: "Prefix", backend },
  ]);
  const alone = await specOf(
    t,
    "ingress",
    'export const xx = ingress("xx", { default: front.port("http") });\n',
  );
  t.deepEqual(alone, { defaultBackend: backend });
  const { lines } = await findings(t, `${stack}export const xx = ingress("xx", {});\n`);
  t.deepEqual(lines, ['8:33 field-missing: ingress "xx" needs "routes"']);
});

test("an exact autoscaler decides a workload's number as one of infra's does", async (t) => {
  const scaler = (name: string) =>
    `export const h = k.autoscaling.v2.HorizontalPodAutoscaler({ metadata: { name: "h" },
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "${name}" }, maxReplicas: 3 } });\n`;
  const replicasOf = async (more: string) =>
    (await specOf(t, "deployment-xx", `export const xx = deployment("xx", { containers: once });\n${more}`))
      .replicas;
  t.is(await replicasOf(""), 1);
  t.is(await replicasOf(scaler("xx")), undefined);
  t.is(await replicasOf(scaler("api")), 1);
});
