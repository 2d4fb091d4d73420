// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs are text here
import test from "ava";
import { findings } from "../support/findings.js";

const stack = `import { accept, autoscaler, deployment, ingress, namespace, priorityClass, service, statefulSet } from "infra";
import * as k from "infra/kubernetes";
const containers = { a: { image: "x:1", ports: { http: 80, dns: "53/UDP" as const } } };
export const api = deployment("api", { containers });
`;
const from = stack.split("\n").length;

/** Lines count from the first that is added to the stack. */
async function conflicts(t: Parameters<typeof findings>[0], source: string) {
  const { diagnostics } = await findings(t, stack + source);
  const at = (span?: { start: { line: number; column: number } }) =>
    `${(span?.start.line ?? 0) - from + 1}:${span?.start.column}`;
  return diagnostics.map(
    ({ code, message, related: [first], severity, span }) =>
      `${at(span)} ${severity} ${code}: ${message} [${at(first?.span)}]`,
  );
}

test("a node port, whatever its protocol, is one Service's", async (t) => {
  const found = await conflicts(
    t,
    `export const a = service("a", { to: api, ports: { 80: "http" }, nodePorts: { http: 30080 } });
export const b = service("b", { to: api, ports: { 80: "http" }, nodePorts: { http: 30080 } });
export const c = k.core.v1.Service({ metadata: { name: "c" }, spec: { type: "NodePort", ports: [
  { name: "x", port: 53, protocol: "UDP", nodePort: 30080 },
  { port: 54, nodePort: 30081, name: "y" }] } });
export const good = k.core.v1.Service({ metadata: { name: "d" }, spec: { type: "NodePort", ports: [
  { name: "u", port: 53, protocol: "UDP", nodePort: 30053 }, { name: "t", port: 53, nodePort: 30053 }] } });
export const l = k.core.v1.Service({ metadata: { name: "l" }, spec: { type: "LoadBalancer", externalTrafficPolicy: "Local", healthCheckNodePort: 30081, ports: [{ port: 80 }] } });
`,
  );
  t.deepEqual(found, [
    '2:84 error already-taken: service "b" wants node port 30080, which service "a" has [1:84]',
    '4:53 error already-taken: Service "c" wants node port 30080, which service "a" has [1:84]',
    '8:146 error already-taken: Service "l" wants node port 30081, which Service "c" has [5:25]',
  ]);
});

test("an address is one Service's, and one priority class is that of pods without one", async (t) => {
  const found = await conflicts(
    t,
    `const at = (name: string, clusterIP: string) => k.core.v1.Service({ metadata: { name }, spec: { clusterIP, ports: [{ port: 80 }] } });
export const services = [at("a", "10.0.0.9"), at("b", "10.0.0.9"), at("c", "None"), at("d", "None"), at("e", "10.0.0.8")];
export const low = priorityClass("low", { value: 1, default: true });
export const high = priorityClass("high", { value: 2, default: true });
export const none = priorityClass("none", { value: 2, default: false });
`,
  );
  t.deepEqual(found, [
    '1:97 error already-taken: Service "b" wants address 10.0.0.9, which Service "a" has [1:97]',
    '4:64 error already-taken: priorityClass "high" wants the place of the default priority class, which priorityClass "low" has [3:62]',
  ]);
});

test("pods are counted by one autoscaler, and by nobody beside it", async (t) => {
  const found = await conflicts(
    t,
    `export const w = deployment("w", { replicas: 3, containers });
export const one = autoscaler("w", { of: w, max: 5 });
export const two = autoscaler("w2", { of: w, max: 6 });
export const db = statefulSet("db", { containers });
export const dbs = autoscaler("db", { of: db, max: 5 });
export const l = k.apps.v1.Deployment({ metadata: { name: "l" }, spec: { replicas: 2, selector: { matchLabels: { a: "b" } },
  template: { metadata: { labels: { a: "b" } }, spec: { automountServiceAccountToken: false, containers: [{ name: "a", image: "x:1" }] } } } });
export const ls = k.autoscaling.v2.HorizontalPodAutoscaler({ metadata: { name: "l" }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "l" } } });
export const far = accept(deployment("far", { replicas: 3, containers }), "replicas-set", "it is read once");
export const fars = autoscaler("far", { of: far, max: 5 });
`,
  );
  t.deepEqual(found, [
    '1:46 warning replicas-set: deployment "w" has 3 replicas, whose number autoscaler "w" decides [2:20]',
    '3:20 warning autoscaler-twice: autoscaler "w2" counts the pods that autoscaler "w" counts too [2:20]',
    '6:84 warning replicas-set: Deployment "l" has 2 replicas, whose number HorizontalPodAutoscaler "l" decides [8:60]',
  ]);
});

test("a host and path lead to one place, for Ingresses of one class", async (t) => {
  const found = await conflicts(
    t,
    `const front = service("api", { to: api, ports: { 80: "http" } });
const routes = { "a.example": { "/": front.port("http"), "/b": front.port("http") } };
export const a = ingress("a", { routes });
export const b = ingress("b", { routes: { "a.example": { "/b": front.port("http") } } });
export const c = ingress("c", { class: "other", routes });
export const d = ingress("d", { routes: { "a.example": { "/c": front.port("http") }, "b.example": { "/b": front.port("http") } } });
export const e = ingress("e", { routes, annotations: { "nginx.ingress.kubernetes.io/canary": "true" } });
export const f = accept(ingress("f", { routes }), "route-twice", "each has an address of its own");
`,
  );
  t.deepEqual(found, [
    '4:56 warning route-twice: ingress "b": "a.example/b" is a route of ingress "a" too [2:31]',
  ]);
});
