import test from "ava";
import { fieldValue, type PodPlace, resourceValue } from "../../runtime/agent/downward.js";
import { containerEnvironment, type EnvironmentSources, expand } from "../../runtime/agent/environment.js";
import type { Container, Pod, Service } from "../../stdlib/kubernetes/generated/core-v1.js";

const place: PodPlace = {
  podIP: "10.71.0.2",
  hostIP: "192.0.2.1",
  allocatable: { cpu: "2", memory: "4294967296" },
};
const pod: Pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "web-1",
    namespace: "shop",
    uid: "u-1",
    labels: { tier: "front", app: 'a "quoted"\n\u0007line' },
    annotations: { note: "x" },
  },
  spec: { nodeName: "node", containers: [{ name: "c", image: "i:1" }] },
};
const service: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "redis-store", namespace: "shop" },
  spec: {
    clusterIP: "10.96.0.9",
    ports: [
      { name: "client", port: 6379 },
      { name: "dns", port: 53, protocol: "UDP" },
    ],
  },
};
const secretData = { password: Buffer.from("hunter2").toString("base64") };
const sources: EnvironmentSources = {
  configMap: (name) =>
    name === "settings"
      ? { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { mode: "fast", "a=b": "dropped" } }
      : undefined,
  secret: (name) =>
    name === "login" ? { apiVersion: "v1", kind: "Secret", metadata: { name }, data: secretData } : undefined,
  services: [service],
};
const environment = (container: Partial<Container>, of: Pod = pod) =>
  containerEnvironment(of, { name: "c", image: "i:1", ...container }, place, sources);

test("Services first, then envFrom, then env: the later wins", (t) => {
  const found = environment({
    envFrom: [{ prefix: "P_", configMapRef: { name: "settings" } }, { secretRef: { name: "login" } }],
    env: [
      { name: "P_mode", value: "slow" },
      { name: "REDIS_STORE_PORT", value: "own" },
      { name: "FROM", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } },
    ],
  });
  t.like(Object.fromEntries(found), {
    P_mode: "slow",
    FROM: "fast",
    password: "hunter2",
    REDIS_STORE_SERVICE_HOST: "10.96.0.9",
    REDIS_STORE_SERVICE_PORT: "6379",
    REDIS_STORE_SERVICE_PORT_CLIENT: "6379",
    REDIS_STORE_PORT: "own",
    REDIS_STORE_PORT_53_UDP: "udp://10.96.0.9:53",
    REDIS_STORE_PORT_53_UDP_ADDR: "10.96.0.9",
  });
  t.false(found.has("P_a=b"));
  const without = environment({}, { ...pod, spec: { ...pod.spec!, enableServiceLinks: false } });
  t.is(without.size, 0);
});

test("a value names earlier ones", (t) => {
  const found = environment({
    env: [
      { name: "A", value: "1" },
      { name: "B", value: "$(A)$(A) $$(A) $(LATER) $(REDIS_STORE_SERVICE_HOST)" },
      { name: "LATER", value: "x" },
    ],
  });
  t.is(found.get("B"), "11 $(A) $(LATER) 10.96.0.9");
  for (const [text, value] of [
    ["$(A", "$(A"],
    ["$", "$"],
    ["$$$$", "$$"],
    ["$()", "$()"],
    ["$A", "$A"],
  ] as const)
    t.is(
      expand(text, () => undefined),
      value,
    );
});

test("what is missing is named as kubelet names it, unless it may be missing", (t) => {
  const key = (name: string, at: string, optional = false) =>
    environment({ env: [{ name: "X", valueFrom: { configMapKeyRef: { name, key: at, optional } } }] });
  t.throws(() => key("none", "a"), { message: 'configmap "none" not found' });
  t.throws(() => key("settings", "none"), { message: "couldn't find key none in ConfigMap shop/settings" });
  t.throws(() => key("settings", "constructor"), { message: /couldn't find key constructor/ });
  t.false(key("none", "a", true).has("X"));
  t.throws(() => environment({ envFrom: [{ secretRef: { name: "none" } }] }), {
    message: 'secret "none" not found',
  });
  t.notThrows(() => environment({ envFrom: [{ secretRef: { name: "none", optional: true } }] }));
});

test("facts of the pod are text; maps are sorted lines, quoted as Go quotes", (t) => {
  t.is(fieldValue(pod, "metadata.labels", place), 'app="a \\"quoted\\"\\n\\aline"\ntier="front"');
  t.is(fieldValue(pod, "metadata.labels['tier']", place), "front");
  t.is(fieldValue(pod, "metadata.annotations['none']", place), "");
  t.is(fieldValue(pod, "status.podIP", place), "10.71.0.2");
  t.throws(() => fieldValue(pod, "spec.restartPolicy", place), { message: /unsupported fieldPath/ });
});

test("resources are divided and rounded up; limits that are not set are the node's", (t) => {
  const container: Container = {
    name: "c",
    image: "i:1",
    resources: { limits: { memory: "65Mi" }, requests: { cpu: "250m" } },
  };
  const value = (resource: string, divisor?: string) => resourceValue(container, resource, divisor, place);
  t.is(value("limits.memory"), String(65 * 1024 * 1024));
  t.is(value("limits.memory", "1Gi"), "1");
  t.is(value("requests.cpu"), "1");
  t.is(value("requests.cpu", "1m"), "250");
  t.is(value("limits.cpu"), "2");
  t.is(value("requests.memory"), "0");
  t.throws(() => value("limits.storage"), { message: /unsupported resource/ });
});
