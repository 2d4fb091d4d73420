import { readFile, writeFile } from "node:fs/promises";
import test from "ava";
import { planSchema } from "../../cli/plan-schema.js";
import { escapeText } from "../../cli/render/escape.js";
import { renderPlan } from "../../cli/render/plan.js";
import { plainStyle } from "../../cli/render/style.js";
import { compareBundles } from "../../compiler/plan/compare-bundles.js";
import { rollout } from "../../compiler/plan/effects.js";
import { type PlanInput, planChanges } from "../../compiler/plan/plan-changes.js";
import { serverSideApply, trackUpdate } from "../../stdlib/schema/apply/apply.js";
import { secretRevisionAnnotation } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { smallRow as row, smallTable as table } from "../apply/small-table.js";

const view = { style: plainStyle, entry: "infra.ts", now: Date.parse("2026-01-01T02:00:00Z") };

const time = "2026-01-01T00:00:00Z";
const key = "apps/v1/Deployment/default/web";
const web = (image: string, more: object = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", labels: { "infra.dev/stack": "shop" } },
  spec: { replicas: 3, template: { spec: { containers: [{ name: "web", image }] } }, ...more },
});
const applied = (object: KubeObject, live?: KubeObject) =>
  serverSideApply({ table, row, live, applied: object, manager: "infra", force: true, time }).object;
const plan = (desired: KubeObject[], live: KubeObject[], more: Partial<PlanInput> = {}) =>
  planChanges({
    schema: {
      table,
      typeOf: (object) => (object.kind === "Deployment" ? "Deployment" : undefined),
      applyDefaults: (object) => object,
      refusedChanges: planSchema.refusedChanges,
    },
    stack: "shop",
    desired,
    secrets: [],
    live,
    provenance: { formatVersion: 1, objects: { [key]: { "": { file: "infra.ts", line: 4, column: 1 } } } },
    ...more,
  });

test("what was applied needs no change, whatever the server added", (t) => {
  const live = applied(web("a:1"));
  const defaulted = { ...live, spec: { ...(live["spec"] as object), strategy: { type: "RollingUpdate" } } };
  t.deepEqual(plan([web("a:1")], [defaulted]).summary, {
    create: 0,
    update: 0,
    replace: 0,
    delete: 0,
    none: 1,
  });
});

test("an image change is a rolling update at the container's path", (t) => {
  const [action] = plan([web("a:2")], [applied(web("a:1"))]).actions;
  t.deepEqual(action, {
    object: key,
    action: "update",
    effect: { kind: "rollingUpdate", pods: 3, surge: 1, unavailable: 0, minReady: 3 },
    changes: [
      {
        path: "spec.template.spec.containers[web].image",
        before: "a:1",
        after: "a:2",
        place: { file: "infra.ts", line: 4, column: 1 },
      },
    ],
    place: { file: "infra.ts", line: 4, column: 1 },
  });
});

test("a field we no longer set is removed, one we never set is not looked at", (t) => {
  const live = applied(web("a:1", { strategy: { type: "Recreate" } }));
  const [action] = plan([web("a:1")], [live]).actions;
  t.deepEqual(
    action?.changes.map((change) => [change.path, change.before, change.after]),
    [["spec.strategy.type", "Recreate", undefined]],
  );
});

test("a field another manager changed is drift", (t) => {
  const before = applied(web("a:1"));
  const after = { ...before, spec: { ...(before["spec"] as object), replicas: 5 } };
  const live = trackUpdate({ table, row, before, after, manager: "kubectl", time });
  const { drift, summary } = plan([web("a:1")], [live]);
  t.like(drift[0], { object: key, path: "spec.replicas", live: 5, desired: 3, manager: "kubectl", time });
  t.is(summary.update, 1);
});

test("a changed selector replaces", (t) => {
  const live = applied(web("a:1", { selector: { matchLabels: { a: "1" } } }));
  const [action] = plan([web("a:1", { selector: { matchLabels: { a: "2" } } })], [live]).actions;
  t.deepEqual(action?.effect, { kind: "replace", paths: ["spec.selector"], pods: 3 });
});

test("objects of others are conflicts", (t) => {
  const live = web("a:1");
  live.metadata.labels = { "infra.dev/stack": "other" };
  t.like(plan([web("a:1")], [live]).conflicts[0], { object: key, owner: "other", place: { line: 4 } });
});

test("a secret is compared by keys and never shown", (t) => {
  const secret = {
    namespace: "default",
    name: "s",
    type: "Opaque",
    labels: {},
    keys: { new: { provider: "generated", length: 8 } },
  } as const;
  const live: KubeObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "default", labels: { "infra.dev/stack": "shop" } },
    data: { old: "bWFya2Vy" },
  };
  const reader = web("a:1", { replicas: 1, strategy: { type: "Recreate" } });
  Object.assign((reader["spec"] as { template: object }).template, {
    metadata: { annotations: { "secret.infra.dev/s": "1" } },
  });
  const result = plan([reader], [live, applied(reader)], { secrets: [secret] });
  t.deepEqual(result.interruptions, [key]);
  t.false(JSON.stringify(result).includes("bWFya2Vy"));
  t.deepEqual(result.actions.find((action) => action.object.includes("Secret"))?.effect, {
    kind: "configSeenBy",
    consumers: [{ workload: key, pods: 1, how: "restart" }],
  });
});

const declared = {
  ...{ namespace: "default", name: "s", type: "Opaque" },
  labels: { tier: "data" },
  annotations: { team: "shop" },
  keys: { password: { provider: "generated", length: 8 } },
} as const;
const liveSecret = (): KubeObject =>
  applied({
    ...{ apiVersion: "v1", kind: "Secret", type: "Opaque", data: { password: "bWFya2Vy" } },
    metadata: {
      ...{ name: "s", namespace: "default" },
      labels: { tier: "data", "infra.dev/stack": "shop" },
      annotations: { team: "shop", [secretRevisionAnnotation]: "r1" },
    },
  });

for (const [title, more, expected] of [
  ["nothing", {}, []],
  ["a label of another value", { labels: { tier: "cache" } }, [["metadata.labels.tier", "data", "cache"]]],
  ["a label taken out", { labels: {} }, [["metadata.labels.tier", "data", undefined]]],
  [
    "an annotation more",
    { annotations: { team: "shop", on: "call" } },
    [["metadata.annotations.on", undefined, "call"]],
  ],
  ["annotations taken out", { annotations: {} }, [["metadata.annotations.team", "shop", undefined]]],
] as const)
  test(`of a Secret that lives, changed is ${title}`, (t) => {
    const reader = web("a:1", { replicas: 1, strategy: { type: "Recreate" } });
    Object.assign((reader["spec"] as { template: object }).template, {
      metadata: { annotations: { "secret.infra.dev/s": "r1" } },
    });
    const secrets = [{ ...declared, ...more }];
    const { actions, interruptions } = plan([reader], [liveSecret(), applied(reader)], { secrets });
    const action = actions.find(({ object }) => object === "v1/Secret/default/s");
    t.is(action?.action, expected.length === 0 ? "none" : "update");
    t.deepEqual(
      action?.changes.map(({ path, before, after }) => [path, before, after]),
      expected as never,
    );
    t.is(action?.effect.kind, expected.length === 0 ? "none" : "in-place");
    t.deepEqual(interruptions, [], "nobody restarts for a label");
  });

test("a label of a Secret that somebody else set is drift", (t) => {
  const before = liveSecret();
  const labels = { ...before.metadata.labels, tier: "cache" };
  const after = { ...before, metadata: { ...before.metadata, labels } };
  const live = trackUpdate({ table, row, before, after, manager: "kubectl", time });
  const { actions, drift } = plan([], [live], { secrets: [declared] });
  t.deepEqual(drift, [
    { object: "v1/Secret/default/s", path: "metadata.labels.tier", manager: "kubectl", time },
  ]);
  t.like(actions[0], { action: "update", changes: [] });
});

for (const [replicas, surge, down, expected] of [
  [10, "25%", "25%", [3, 2, 8]],
  [1, "25%", "25%", [1, 0, 1]],
  [4, 0, "10%", [0, 1, 3]],
] as const) {
  test(`rollout of ${replicas} with ${surge} and ${down}`, (t) => {
    const rollingUpdate = { maxSurge: surge, maxUnavailable: down };
    const effect = rollout(web("a", { replicas, strategy: { rollingUpdate } }), replicas);
    t.like(effect, { surge: expected[0], unavailable: expected[1], minReady: expected[2] });
  });
}

test("pods that are yet to come are not counted on: a rollout that also grows keeps what there is", (t) => {
  t.like(rollout(web("a", { replicas: 5 }), 3), { pods: 5, minReady: 3 });
  t.like(rollout(web("a", { replicas: 2 }), 5), { pods: 2, minReady: 2 });
});

test("printed text cannot drive the terminal", (t) => {
  t.is(escapeText("a\u001b]52;c;x\u0007\r\u202eb\n"), "a\\u{1b}]52;c;x\\u{7}\\u{d}\\u{202e}b\\n");
});

test("bundles differ by objects, files and layers", (t) => {
  const schema = {
    table,
    typeOf: () => "Deployment",
    applyDefaults: (object: KubeObject) => object,
    refusedChanges: planSchema.refusedChanges,
  };
  const side = (image: string, sha256: string) => {
    const file = { type: "file", path: "", source: "src/main.py", sha256, size: 1, mode: 0o644 } as const;
    const steps = [{ kind: "copy", to: "/main.py", files: [file] } as const];
    const built = {
      name: "web",
      key: sha256,
      reference: image,
      from: { kind: "scratch" },
      steps,
      config: { env: {}, expose: {} },
    } as const;
    return {
      objects: [web(image)],
      build: { formatVersion: 1, stack: "shop", sourceRoot: "..", images: [built] },
    } as const;
  };
  t.deepEqual(compareBundles(schema, side("a", "1"), side("a", "1")), { objects: [], images: [] });
  t.deepEqual(compareBundles(schema, side("a", "1"), side("b", "2")), {
    objects: [
      {
        object: key,
        action: "changed",
        changes: [{ path: "spec.template.spec.containers[web].image", before: "a", after: "b" }],
      },
    ],
    images: [{ name: "web", action: "changed", files: ["src/main.py"], layers: 1 }],
  });
});

const golden = new URL("../golden/plan/", import.meta.url);
const goldenPlan = test.macro({
  title: (name = "") => `golden ${name}`,
  async exec(t, name: string, actual: string) {
    const file = new URL(name, golden);
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(file, actual);
    t.is(actual, await readFile(file, "utf8"));
  },
});
const stale: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "old", namespace: "default", labels: { "infra.dev/stack": "shop" } },
};
const fresh: KubeObject = { ...stale, metadata: { ...stale.metadata, name: "front" } };
test(
  "changes.txt",
  goldenPlan,
  "changes.txt",
  renderPlan(plan([web("a:\u001b2"), fresh], [applied(web("a:1")), stale]), view),
);
test("nothing.txt", goldenPlan, "nothing.txt", renderPlan(plan([web("a:1")], [applied(web("a:1"))]), view));
