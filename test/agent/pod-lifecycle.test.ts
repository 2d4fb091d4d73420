import test from "ava";
import { configMapResource } from "../../runtime/client/resources.js";
import type { Container, PodSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Program } from "../support/fake-engine.js";
import type { SimulatedCluster } from "../support/simulated-cluster.js";
import { isReady, podOf, startPod, statusOf, timesOf, until } from "../support/simulated-pod.js";

const minutes = 60_000;

/** See {@link startPod}; a program that is the same at every start may be given as it is. */
const withPod = (
  program: Program | ((restart: number) => Program),
  spec: Partial<Omit<PodSpec, "containers">> = {},
  container: Partial<Container> = {},
  before: (cluster: SimulatedCluster) => void = () => {},
) => startPod({ program: typeof program === "function" ? program : () => program, spec, container, before });

const waitingFor = (cluster: SimulatedCluster) => statusOf(cluster)?.state?.waiting?.reason;
const conditionsOf = (cluster: SimulatedCluster) =>
  Object.fromEntries((podOf(cluster)?.status?.conditions ?? []).map(({ type, status }) => [type, status]));

type Phase = "Running" | "Succeeded" | "Failed";

const ends = test.macro({
  title: (_, policy: NonNullable<PodSpec["restartPolicy"]>, exitCode: number) =>
    `${policy} and exit ${exitCode}`,
  async exec(
    t,
    policy: NonNullable<PodSpec["restartPolicy"]>,
    exitCode: number,
    phase: Phase,
    restarts: boolean,
  ) {
    const cluster = await withPod({ endsAfterMs: 1000, exitCode }, { restartPolicy: policy });
    await until(
      cluster,
      () => (statusOf(cluster)?.restartCount ?? 0) > 0 || podOf(cluster)?.status?.phase === phase,
    );
    await cluster.world.advance(5000);
    t.is(podOf(cluster)?.status?.phase, phase);
    t.is((statusOf(cluster)?.restartCount ?? 0) > 0, restarts);
    if (!restarts) {
      t.is(statusOf(cluster)?.state?.terminated?.reason, exitCode === 0 ? "Completed" : "Error");
      t.deepEqual(cluster.engine.sandboxes, []);
      t.is(cluster.network.leases.size, 0);
    }
    await cluster.stop();
  },
});
test(ends, "Always", 0, "Running", true);
test(ends, "Always", 1, "Running", true);
test(ends, "OnFailure", 0, "Succeeded", false);
test(ends, "OnFailure", 1, "Running", true);
test(ends, "Never", 0, "Succeeded", false);
test(ends, "Never", 3, "Failed", false);

test("conditions turn true in the order of a pod's life", async (t) => {
  const cluster = await withPod(
    { listensAfterMs: 3000 },
    {},
    { readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 } },
  );
  await until(cluster, () => podOf(cluster)?.status?.phase === "Running");
  t.like(conditionsOf(cluster), {
    PodScheduled: "True",
    Initialized: "True",
    ContainersReady: "False",
    Ready: "False",
  });
  await until(cluster, () => isReady(cluster));
  t.like(conditionsOf(cluster), { ContainersReady: "True", Ready: "True" });
  await cluster.stop();
});

test("crash-loop back-off is 0, 10, 20, 40, 80, 160, then 300 seconds", async (t) => {
  const cluster = await withPod({ endsAfterMs: 1000, exitCode: 1 });
  await until(cluster, () => timesOf(cluster, "start c/").length === 9, 30 * minutes);
  const started = timesOf(cluster, "start c/");
  const ended = timesOf(cluster, "exit 1 c/");
  const pauses = started.slice(1).map((at, index) => Math.floor((at - (ended[index] ?? 0)) / 1000));
  t.deepEqual(pauses, [0, 10, 20, 40, 80, 160, 300, 300]);
  await cluster.stop();
});

test("a waiting crash loop says so, with its last end", async (t) => {
  const cluster = await withPod({ endsAfterMs: 1000, exitCode: 7 });
  await until(cluster, () => waitingFor(cluster) === "CrashLoopBackOff");
  t.regex(
    statusOf(cluster)?.state?.waiting?.message ?? "",
    /^back-off 10s restarting failed container=c pod=p_default/,
  );
  t.like(statusOf(cluster)?.lastState?.terminated, { exitCode: 7, reason: "Error" });
  t.is(statusOf(cluster)?.restartCount, 1);
  await cluster.stop();
});

test("ten minutes of running forget the back-off", async (t) => {
  const cluster = await withPod((restart) => ({ endsAfterMs: restart === 3 ? 600_000 : 1000, exitCode: 1 }));
  await until(cluster, () => timesOf(cluster, "start c/").length === 6, 30 * minutes);
  const [exits, starts] = [timesOf(cluster, "exit 1 c/"), timesOf(cluster, "start c/")];
  t.true((starts[4] ?? 0) - (exits[3] ?? 0) < 1000);
  t.is(Math.floor(((starts[5] ?? 0) - (exits[4] ?? 0)) / 1000), 10);
  await cluster.stop();
});

test("an end for want of memory is OOMKilled, 137", async (t) => {
  const cluster = await withPod({ endsAfterMs: 1000, outOfMemory: true }, { restartPolicy: "Never" });
  await until(cluster, () => podOf(cluster)?.status?.phase === "Failed");
  t.like(statusOf(cluster)?.state?.terminated, { reason: "OOMKilled", exitCode: 137 });
  await cluster.stop();
});

for (const [exitCode, expected] of [
  [127, 127],
  [undefined, 128],
] as const)
  test(`a command that cannot start is a StartError, ${expected}`, async (t) => {
    const startError = { message: "no such file", ...(exitCode === undefined ? {} : { exitCode }) };
    const cluster = await withPod({ startError }, { restartPolicy: "Never" });
    await until(cluster, () => podOf(cluster)?.status?.phase === "Failed");
    t.like(statusOf(cluster)?.state?.terminated, { reason: "StartError", exitCode: expected });
    t.is(cluster.storage.layers.size, 0);
    await cluster.stop();
  });

test("a missing image is waited for", async (t) => {
  const cluster = await withPod({}, {}, {}, ({ images }) => images.missing.add("i"));
  await until(cluster, () => waitingFor(cluster) === "ErrImageNeverPull");
  t.is(podOf(cluster)?.status?.phase, "Pending");
  cluster.images.missing.delete("i");
  await until(cluster, () => isReady(cluster), 5000);
  t.is(statusOf(cluster)?.restartCount, 0);
  await cluster.stop();
});

const fromMap = (optional: boolean): Partial<Container> => ({
  env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "m", key: "a", optional } } }],
});

test("a missing ConfigMap is waited for", async (t) => {
  const cluster = await withPod({}, {}, fromMap(false));
  await until(cluster, () => waitingFor(cluster) === "CreateContainerConfigError");
  await cluster.client.create(configMapResource, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "m", namespace: "default" },
    data: { a: "1" },
  });
  await until(cluster, () => isReady(cluster), 5000);
  t.true(cluster.engine.specs()[0]?.env.includes("A=1"));
  await cluster.stop();
});

test("an optional ConfigMap may be missing", async (t) => {
  const cluster = await withPod({}, {}, fromMap(true));
  await until(cluster, () => isReady(cluster), 5000);
  t.false(cluster.engine.specs()[0]?.env.some((entry) => entry.startsWith("A=")));
  await cluster.stop();
});

const homes = test.macro({
  title: (name = "") => `HOME is ${name}`,
  async exec(t, image: readonly string[], container: Partial<Container>, expected: string) {
    const cluster = await withPod({}, {}, container, ({ images }) => {
      images.config = { ...images.config, env: image };
    });
    await until(cluster, () => isReady(cluster));
    const found = cluster.engine.specs()[0]?.env.filter((entry) => entry.startsWith("HOME="));
    t.deepEqual(found, [`HOME=${expected}`]);
    await cluster.stop();
  },
});
test("the pod's before all", homes, ["HOME=/image"], { env: [{ name: "HOME", value: "/pod" }] }, "/pod");
test("the image's before the account's", homes, ["HOME=/image"], {}, "/image");
test("the account's when nobody names one", homes, [], {}, "/root");
