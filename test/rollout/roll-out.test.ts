import test, { type ExecutionContext } from "ava";
import { readLive, readOne, readStack } from "../../cli/rollout/live.js";
import { observe } from "../../cli/rollout/observer.js";
import { type RolloutContext, remove, rollOut, type WantedObject } from "../../cli/rollout/roll-out.js";
import { podResource } from "../../runtime/client/resources.js";
import { objectKey, stackLabel } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { startCluster } from "../support/simulated-cluster.js";

const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: "default",
  labels: { [stackLabel]: "shop" },
  ...more,
});

function workload(name: string, replicas: number, cpu = "100m", annotations = {}): KubeObject {
  const template = {
    metadata: { labels: { app: name } },
    spec: {
      containers: [
        { name: "main", image: "shop/web:b-1", resources: { requests: { cpu }, limits: { cpu } } },
      ],
    },
  };
  const spec = { replicas, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: metadata(name, { annotations }), spec };
}

const config: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: metadata("settings"),
  data: { colour: "green" },
};

async function start(t: ExecutionContext, seed: number) {
  const cluster = await startCluster(seed);
  const stop = new AbortController();
  const observer = await observe(cluster.client, stop.signal);
  t.teardown(async () => {
    stop.abort();
    await cluster.stop();
  });
  const history: string[] = [];
  const context: RolloutContext = {
    client: cluster.client,
    observer,
    clock: cluster.world.clock,
    signal: stop.signal,
    limitMs: 30_000,
    report: ({ object, what }) => {
      const more = what.type === "applied" ? what.how : what.type === "readiness" ? what.readiness.state : "";
      history.push(`${object.split("/").at(-1)} ${what.type} ${more}`.trim());
    },
  };
  /** Moves the clock until the promise settles. */
  const settle = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    await cluster.world.runUntil(() => settled, 120_000);
    return promise;
  };
  return { cluster, context, history, settle, stop };
}

const wanted = (action: WantedObject["action"], ...objects: KubeObject[]): WantedObject[] =>
  objects.map((object) => ({ object, action }));

test("a stack is applied in order, awaited, left alone when nothing changed, and removed with its pods", async (t) => {
  const { cluster, context, history, settle } = await start(t, 1);
  const web = workload("web", 3);
  t.deepEqual(await settle(rollOut(context, wanted("create", web, config))), []);
  t.deepEqual(history.slice(0, 2), ["settings applied created", "web applied created"]);
  t.is(history.at(-1), "web readiness ready");
  t.is(cluster.view.list(podResource).length, 3);

  history.length = 0;
  t.deepEqual(await settle(rollOut(context, wanted("none", web, config))), []);
  t.deepEqual(history, ["settings applied unchanged", "web applied unchanged", "web readiness ready"]);

  const live = await readStack(cluster.client, "shop");
  t.deepEqual(live.map(objectKey).sort(), [
    "apps/v1/Deployment/default/web",
    "v1/ConfigMap/default/settings",
  ]);
  t.true(await settle(remove(context, live)));
  t.deepEqual(await readStack(cluster.client, "shop"), []);
  t.deepEqual(cluster.view.list(podResource), [], "removed means the pods are gone too");
});

async function updates(t: ExecutionContext, from: number, to: number) {
  const { cluster, context, settle } = await start(t, 2);
  await settle(rollOut(context, wanted("create", workload("web", from))));
  t.deepEqual(await settle(rollOut(context, wanted("update", workload("web", to, "200m")))), []);
  const pods = cluster.view.list(podResource).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  t.is(pods.length, to);
  t.true(pods.every((pod) => pod.spec?.containers[0]?.resources?.limits?.["cpu"] === "200m"));
}

test("readiness is that of the change, not of what was there before", (t) => updates(t, 3, 3));

for (const [from, to] of [
  [1, 3],
  [3, 1],
] as const)
  test(`template and size change at once, ${from} to ${to}`, (t) => updates(t, from, to));

test("a workload that no node takes ends the wait with the scheduler's reason", async (t) => {
  const { context, settle } = await start(t, 3);
  const [unready] = await settle(rollOut(context, wanted("create", workload("big", 1, "100"))));
  t.is(unready?.readiness.state, "failed");
  t.regex(unready?.readiness.summary ?? "", /not ready after 30 s: 0 of 1 new pod ready/);
  t.like(unready?.readiness.troubles[0], { about: "scheduling" });
  t.regex(unready?.readiness.troubles[0]?.text ?? "", /cpu/i);
});

test("what depends on a workload waits for it, and is not applied when that fails", async (t) => {
  const { cluster, context, settle } = await start(t, 4);
  const after = { "config.kubernetes.io/depends-on": "apps/namespaces/default/Deployment/big" };
  const dependent = workload("web", 1, "100m", after);
  const unready = await settle(rollOut(context, wanted("create", dependent, workload("big", 1, "100"))));
  t.deepEqual(
    unready.map(({ object }) => object),
    ["apps/v1/Deployment/default/big"],
  );
  t.is(await readOne(cluster.client, dependent), undefined);
});

test("replace makes the object anew; keep leaves it", async (t) => {
  const { cluster, context, history, settle } = await start(t, 5);
  await settle(rollOut(context, wanted("create", config)));
  const before = await readOne(cluster.client, config);
  await settle(rollOut(context, wanted("replace", config)));
  const after = await readOne(cluster.client, config);
  t.not(after?.metadata.uid, before?.metadata.uid);

  const kept = {
    ...after!,
    metadata: { ...after!.metadata, annotations: { "cli-utils.sigs.k8s.io/on-remove": "keep" } },
  };
  t.true(await settle(remove(context, [kept])));
  t.is(history.at(-1), "settings kept");
  t.is((await readOne(cluster.client, config))?.metadata.uid, after?.metadata.uid);
});

test("an abort ends the wait", async (t) => {
  const { cluster, context, settle, stop } = await start(t, 6);
  const rolling = rollOut(context, wanted("create", workload("big", 1, "100")));
  cluster.world.clock.setTimer(1000, () => stop.abort(new Error("Interrupted")));
  await t.throwsAsync(settle(rolling), { message: "Interrupted" });
});

test("live state has the stack's objects and whoever has a wanted name", async (t) => {
  const { cluster, context, settle } = await start(t, 7);
  await settle(rollOut(context, wanted("create", config)));
  const theirs = { ...config, metadata: { name: "theirs", namespace: "default" } };
  await settle(rollOut(context, wanted("create", theirs)));
  const live = await readLive(cluster.client, "shop", [theirs], []);
  t.deepEqual(
    live.map(({ metadata: { name } }) => name),
    ["settings", "theirs"],
  );
  t.deepEqual(
    live.map(({ kind }) => kind),
    ["ConfigMap", "ConfigMap"],
  );
});
