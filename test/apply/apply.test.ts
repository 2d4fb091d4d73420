import test from "ava";
import { describeConflicts, serverSideApply, trackUpdate } from "../../stdlib/schema/apply/apply.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { smallRow as row, smallTable as table } from "./small-table.js";

const time = "2026-01-01T00:00:00Z";
const object = (spec: object, more: object = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec,
  ...more,
});
const apply = (live: KubeObject | undefined, manager: string, spec: object, force = false) =>
  serverSideApply({ table, row, live, applied: object(spec), manager, force, time });
const containers = (...items: object[]) => ({ template: { spec: { containers: items } } });
const entry = (of: KubeObject, manager: string) =>
  of.metadata.managedFields?.find((each) => each.manager === manager);

test("a new object is owned by its applier", (t) => {
  const { object: made, conflicts } = apply(undefined, "infra", { replicas: 2 });
  t.deepEqual(conflicts, []);
  t.deepEqual(made.metadata.managedFields, [
    {
      manager: "infra",
      operation: "Apply",
      apiVersion: "apps/v1",
      time,
      fieldsType: "FieldsV1",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    },
  ]);
});

test("a port without protocol has the key of a TCP port", (t) => {
  const made = apply(undefined, "infra", containers({ name: "c", ports: [{ containerPort: 80 }] })).object;
  t.deepEqual(entry(made, "infra")?.fieldsV1, {
    "f:spec": {
      "f:template": {
        "f:spec": {
          "f:containers": {
            'k:{"name":"c"}': {
              ".": {},
              "f:name": {},
              "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
            },
          },
        },
      },
    },
  });
});

test("what another manager owns with another value is a conflict, in the API's words", (t) => {
  const before = apply(undefined, "infra", { replicas: 2 }).object;
  const after = object({ replicas: 5 });
  const scaled = trackUpdate({ table, row, before, after, manager: "kubectl", time });
  const { conflicts } = apply(scaled, "infra", { replicas: 2 });
  t.deepEqual(describeConflicts(conflicts), {
    message: 'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
    causes: [
      {
        reason: "FieldManagerConflict",
        message: 'conflict with "kubectl" using apps/v1',
        field: ".spec.replicas",
      },
    ],
  });
  const forced = apply(scaled, "infra", { replicas: 2 }, true);
  t.deepEqual(forced.conflicts, []);
  t.is(entry(forced.object, "kubectl"), undefined);
  t.deepEqual(forced.object.spec, { replicas: 2 });
});

test("an equal value is shared; the object keeps it while one owner sets it", (t) => {
  const one = apply(undefined, "a", { replicas: 2 }).object;
  const both = apply(one, "b", { replicas: 2 });
  t.deepEqual(both.conflicts, []);
  const without = apply(both.object, "a", {}).object;
  t.deepEqual(without.spec, { replicas: 2 });
  t.deepEqual(apply(without, "b", {}).object.spec, {});
});

test("a container that is left out goes whole, others stay in order", (t) => {
  const made = apply(
    undefined,
    "infra",
    containers({ name: "a", image: "1" }, { name: "b", image: "1" }),
  ).object;
  const spec = structuredClone(made.spec) as { template: { spec: { containers: object[] } } };
  Object.assign(spec.template.spec.containers[0]!, { args: ["defaulted"] });
  spec.template.spec.containers.splice(1, 0, { name: "sidecar", image: "x" });
  const live = trackUpdate({
    table,
    row,
    before: made,
    after: { ...made, spec },
    manager: "injector",
    time,
  });
  const after = apply(live, "infra", containers({ name: "b", image: "2" })).object;
  const left = after.spec as typeof spec;
  t.deepEqual(
    left.template.spec.containers.map((item) => (item as { name: string }).name),
    ["sidecar", "b"],
  );
});

test("status in an apply to the object itself is ignored", (t) => {
  const applied = object({ replicas: 1 }, { status: { readyReplicas: 9 } });
  const made = serverSideApply({
    table,
    row,
    live: undefined,
    applied,
    manager: "m",
    force: false,
    time,
  }).object;
  t.is(made["status"], undefined);
});

test("the first apply to an unowned object meets before-first-apply", (t) => {
  const { object: made, conflicts } = apply(object({ replicas: 3 }), "infra", { replicas: 2 });
  t.deepEqual(
    conflicts.map((each) => each.manager),
    ["before-first-apply"],
  );
  t.truthy(made);
});

test("at most ten update managers are kept", (t) => {
  let live = apply(undefined, "infra", { replicas: 1 }).object;
  for (let n = 0; n < 14; n++) {
    const after: KubeObject = {
      ...live,
      metadata: { ...live.metadata, labels: { ...live.metadata.labels, [`l${n}`]: "x" } },
    };
    live = trackUpdate({
      table,
      row,
      before: live,
      after,
      manager: `m${n}`,
      time: `2026-01-01T00:00:${10 + n}Z`,
    });
  }
  const updates = live.metadata.managedFields!.filter((each) => each.operation === "Update");
  t.is(updates.length, 10);
  t.deepEqual(
    Object.keys((entry(live, "ancient-changes")!.fieldsV1 as never)["f:metadata"]["f:labels"]).length,
    5, // 14 less the nine newest
  );
});

test("managedFields [{}] resets, garbage keeps the old entries", (t) => {
  const before = apply(undefined, "infra", { replicas: 1 }).object;
  const reset = { ...before, metadata: { ...before.metadata, managedFields: [{}] } };
  t.is(
    trackUpdate({ table, row, before, after: reset, manager: "m", time }).metadata.managedFields,
    undefined,
  );
  const garbage = {
    ...before,
    metadata: { ...before.metadata, managedFields: [{ fieldsV1: { nonsense: {} } }] },
  };
  t.truthy(entry(trackUpdate({ table, row, before, after: garbage, manager: "m", time }), "infra"));
});

test("a list item without its key, and two with one key, are refused", (t) => {
  t.throws(() => apply(undefined, "m", containers({ image: "x" })), { message: /lacks its key "name"/ });
  t.throws(() => apply(undefined, "m", containers({ name: "x" }, { name: "x" })), {
    message: /Two list items/,
  });
});
