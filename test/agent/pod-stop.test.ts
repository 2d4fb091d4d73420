import test from "ava";
import { podResource, serviceResource } from "../../runtime/client/resources.js";
import { isReady, podOf, startPod, statusOf, timesOf, until } from "../support/simulated-pod.js";

const KILL = 9;
const TERM = 15;

test("connections end before the program is told to stop, and its object goes last", async (t) => {
  const cluster = await startPod({ labels: { app: "p" }, program: () => ({ stopsInMs: 2000 }) });
  await cluster.client.create(serviceResource, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "s", namespace: "default" },
    spec: { selector: { app: "p" }, ports: [{ port: 80 }] },
  });
  await until(cluster, () => cluster.network.reaches(podOf(cluster)?.status?.podIP ?? "none"));
  const address = podOf(cluster)?.status?.podIP ?? "";
  await cluster.client.delete(podResource, "default", "p");
  await until(cluster, () => !cluster.network.reaches(address));
  t.deepEqual(timesOf(cluster, `signal ${TERM} c/0`), []);
  await until(cluster, () => podOf(cluster) === undefined);
  t.is(timesOf(cluster, `signal ${TERM} c/0`).length, 1);
  t.is(timesOf(cluster, `signal ${KILL} c/0`).length, 0);
  t.deepEqual(cluster.engine.sandboxes, []);
  t.is(cluster.network.leases.size, 0);
  t.deepEqual(await cluster.storage.pods(), []);
  await cluster.stop();
});

test("what ignores TERM is killed after the spec's grace period", async (t) => {
  const cluster = await startPod({
    program: () => ({ stopsInMs: "never" }),
    spec: { terminationGracePeriodSeconds: 7 },
  });
  await until(cluster, () => isReady(cluster));
  const asked = cluster.world.clock.now();
  await cluster.client.delete(podResource, "default", "p");
  await until(cluster, () => podOf(cluster) === undefined);
  const [killed = 0] = timesOf(cluster, `signal ${KILL} c/0`);
  t.is(Math.round((killed - asked) / 100), 70);
  t.is(timesOf(cluster, `signal ${TERM} c/0`).length, 1);
  await cluster.stop();
});

test("a program without a handler is told once it has one", async (t) => {
  const cluster = await startPod({ program: () => ({ catchesTermAfterMs: 3000 }) });
  await until(cluster, () => isReady(cluster));
  await cluster.client.delete(podResource, "default", "p");
  await until(cluster, () => podOf(cluster) === undefined);
  const [started = 0] = timesOf(cluster, "start c/0");
  const [told = 0] = timesOf(cluster, `signal ${TERM} c/0`);
  t.true(told - started >= 3000 && told - started < 3200, String(told - started));
  t.is(timesOf(cluster, `signal ${KILL} c/0`).length, 0);
  await cluster.stop();
});

test("a delete without grace kills at once", async (t) => {
  const cluster = await startPod({ program: () => ({ stopsInMs: "never" }) });
  await until(cluster, () => isReady(cluster));
  await cluster.client.delete(podResource, "default", "p", { gracePeriodSeconds: 0 });
  await until(cluster, () => cluster.engine.sandboxes.length === 0, 1000);
  t.is(timesOf(cluster, `signal ${TERM} c/0`).length, 0);
  await cluster.stop();
});

for (const afterMs of [0, 1, 2, 3, 4, 5, 6, 8, 10])
  test(`a delete ${afterMs} ms into a start leaves nothing`, async (t) => {
    const cluster = await startPod();
    await cluster.world.advance(afterMs);
    await cluster.client.delete(podResource, "default", "p");
    await until(cluster, () => podOf(cluster) === undefined);
    await cluster.world.advance(60_000);
    t.deepEqual(cluster.engine.sandboxes, []);
    t.is(cluster.network.leases.size, 0);
    t.deepEqual(await cluster.storage.pods(), []);
    t.deepEqual(
      cluster.history.filter((line) => line.includes(" error ")),
      [],
    );
    await cluster.stop();
  });

test("another agent takes over without a second start", async (t) => {
  const cluster = await startPod();
  await until(cluster, () => isReady(cluster));
  await cluster.restartAgent();
  await cluster.world.advance(30_000);
  t.is(timesOf(cluster, "start c/").length, 1);
  t.true(isReady(cluster));
  t.is(statusOf(cluster)?.restartCount, 0);
  await cluster.stop();
});

test("an end nobody saw is taken by the next agent", async (t) => {
  const cluster = await startPod({
    program: () => ({ endsAfterMs: 5000, exitCode: 4 }),
    spec: { restartPolicy: "Never" },
  });
  await until(cluster, () => isReady(cluster));
  await cluster.restartAgent(() => cluster.world.advance(10_000));
  await until(cluster, () => podOf(cluster)?.status?.phase === "Failed");
  t.like(statusOf(cluster)?.state?.terminated, { exitCode: 4, reason: "Error" });
  await cluster.stop();
});

test("after a reboot containers start again, and it counts", async (t) => {
  const cluster = await startPod();
  await until(cluster, () => isReady(cluster));
  await cluster.restartAgent(() => cluster.engine.reboot());
  await until(cluster, () => isReady(cluster) && statusOf(cluster)?.restartCount === 1);
  t.is(timesOf(cluster, "start c/1").length, 1);
  t.is(statusOf(cluster)?.lastState?.terminated?.exitCode, 137);
  await cluster.stop();
});

test("liveness restarts with the grace period", async (t) => {
  const cluster = await startPod({
    program: (restart) => ({ stopsInMs: "never", listensAfterMs: restart === 0 ? 1e9 : 0 }),
    spec: { terminationGracePeriodSeconds: 5 },
    container: { livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1, failureThreshold: 3 } },
  });
  await until(cluster, () => statusOf(cluster)?.restartCount === 1);
  const [told = 0] = timesOf(cluster, `signal ${TERM} c/0`);
  const [killed = 0] = timesOf(cluster, `signal ${KILL} c/0`);
  t.is(Math.round((killed - told) / 100), 50);
  await cluster.world.advance(30_000);
  t.is(statusOf(cluster)?.restartCount, 1);
  await cluster.stop();
});
