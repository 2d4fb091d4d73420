import test from "ava";
import fc from "fast-check";
import { findNew, newReplicaSet, templateHash } from "../../runtime/controllers/deployment/replica-sets.js";
import {
  boundsOf,
  proportionalStep,
  recreateStep,
  replicasOf,
  rollingStep,
  sum,
} from "../../runtime/controllers/deployment/rollout.js";
import { desiredSlices, reconcile } from "../../runtime/controllers/endpoint-slice.js";
import type {
  Deployment,
  EndpointSlice,
  Node,
  Pod,
  ReplicaSet,
  Service,
} from "../../runtime/controllers/kinds.js";
import { decide } from "../../runtime/controllers/replica-set.js";
import { describeRefusals, reasonsAgainst } from "../../runtime/controllers/scheduler/fit.js";

const deployment = (
  replicas: number,
  rolling: { maxSurge: number | string; maxUnavailable: number | string } = {
    maxSurge: "25%",
    maxUnavailable: "25%",
  },
): Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", uid: "d" },
  spec: {
    replicas,
    strategy: { type: "RollingUpdate", rollingUpdate: rolling },
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "web:1" }] } },
  },
});

const set = (
  name: string,
  replicas: number,
  available: number,
  created = "2026-01-01T00:00:00Z",
): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name, namespace: "default", uid: name, creationTimestamp: created },
  spec: { replicas, selector: { matchLabels: { app: "web" } }, template: {} },
  status: { replicas, availableReplicas: available, readyReplicas: available },
});

const pod = (
  name: string,
  options: {
    ready?: boolean;
    phase?: "Pending" | "Running" | "Failed";
    node?: string;
    labels?: { [key: string]: string };
    ip?: string;
    deleting?: boolean;
    requests?: { [key: string]: string };
  } = {},
): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    namespace: "default",
    uid: name,
    labels: options.labels ?? { app: "web" },
    ...(options.deleting ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
  },
  spec: {
    containers: [
      {
        name: "c",
        image: "web:1",
        ports: [{ name: "http", containerPort: 8080 }],
        resources: { requests: options.requests ?? {} },
      },
    ],
    nodeName: options.node ?? "n",
  },
  status: {
    phase: options.phase ?? "Running",
    ...(options.ip === undefined ? {} : { podIP: options.ip }),
    conditions: [
      {
        type: "Ready",
        status: options.ready === false ? "False" : "True",
        lastTransitionTime: "2026-01-01T00:00:00Z",
      },
    ],
  },
});

const decides = test.macro({
  title: (rule = "") => `ReplicaSet ${rule}`,
  exec(t, replicas: number, pods: readonly Pod[], expected: readonly string[]) {
    t.deepEqual(
      decide(set("web-1", replicas, 0), pods).map((action) =>
        action.do === "create" ? "create" : `delete ${action.pod.metadata.name}`,
      ),
      expected,
    );
  },
});
test("makes what is missing", decides, 2, [], ["create", "create"]);
test("ignores finished pods", decides, 1, [pod("a", { phase: "Failed" })], ["create"]);
test("ignores pods that are being deleted", decides, 1, [pod("a", { deleting: true })], ["create"]);
test("deletes the unready one first", decides, 1, [pod("a"), pod("b", { ready: false })], ["delete b"]);
test(
  "deletes the unassigned before the pending before the running",
  decides,
  0,
  [pod("a"), pod("b", { phase: "Pending" }), { ...pod("c"), spec: { containers: [] } }],
  ["delete c", "delete b", "delete a"],
);
test("does nothing when the number is right", decides, 2, [pod("a"), pod("b")], []);

test("surge rounds up, unavailable down, and zero of both allows one to be missing", (t) => {
  t.deepEqual(boundsOf(deployment(10)), { surge: 3, unavailable: 2 });
  t.deepEqual(boundsOf(deployment(1)), { surge: 1, unavailable: 0 });
  t.deepEqual(boundsOf(deployment(3, { maxSurge: 0, maxUnavailable: "10%" })), { surge: 0, unavailable: 1 });
});

test("a rolling update grows the new set first, then shrinks the old as pods become available", (t) => {
  const steps = (fresh: ReplicaSet, old: readonly ReplicaSet[]) =>
    rollingStep(deployment(3, { maxSurge: 1, maxUnavailable: 0 }), fresh, old).map(
      ({ set: { metadata }, replicas }) => `${metadata.name}=${replicas}`,
    );
  t.deepEqual(steps(set("new", 0, 0), [set("old", 3, 3)]), ["new=1"]);
  t.deepEqual(steps(set("new", 1, 0), [set("old", 3, 3)]), []);
  t.deepEqual(steps(set("new", 1, 1), [set("old", 3, 3)]), ["old=2"]);
  t.deepEqual(steps(set("new", 3, 3), [set("old", 1, 1)]), ["old=0"]);
});

test("an old set of broken pods goes without waiting for the new one", (t) => {
  const step = rollingStep(deployment(3, { maxSurge: 1, maxUnavailable: 1 }), set("new", 1, 0), [
    set("old", 3, 0),
  ]);
  t.deepEqual(
    step.map(({ set: { metadata }, replicas }) => `${metadata.name}=${replicas}`),
    ["old=2"],
  );
});

test("recreate stops all old pods before any new one", (t) => {
  const target = {
    ...deployment(2),
    spec: { ...deployment(2).spec!, strategy: { type: "Recreate" as const } },
  };
  t.deepEqual(
    recreateStep(target, set("new", 0, 0), [set("old", 2, 2)], 2).map(({ replicas }) => replicas),
    [0],
  );
  t.deepEqual(recreateStep(target, set("new", 0, 0), [set("old", 0, 0)], 1), []);
  t.deepEqual(
    recreateStep(target, set("new", 0, 0), [set("old", 0, 0)], 0).map(({ replicas }) => replicas),
    [2],
  );
});

test("scaling in the middle of a rollout keeps the total within the surge", (t) => {
  const sets = [set("old", 8, 8), { ...set("new", 5, 2, "2026-01-02T00:00:00Z") }];
  const steps = proportionalStep(deployment(20), sets);
  const total = sum(sets, (item) => steps.find((step) => step.set === item)?.replicas ?? replicasOf(item));
  t.is(total, 25);
});

test("every rollout ends, and never leaves its bounds", (t) => {
  const amount = fc.integer({ min: 0, max: 4 });
  const run = (replicas: number, maxSurge: number, maxUnavailable: number, flips: readonly boolean[]) => {
    const target = deployment(replicas, { maxSurge, maxUnavailable });
    const { surge, unavailable } = boundsOf(target);
    const sizes = { old: replicas, new: 0 };
    const available = { old: replicas, new: 0 };
    for (let turn = 0; turn < 200; turn += 1) {
      const [fresh, old] = [
        set("new", sizes.new, available.new, "2026-01-02T00:00:00Z"),
        set("old", sizes.old, available.old),
      ];
      for (const step of rollingStep(target, fresh, [old]))
        sizes[step.set.metadata.name as "old" | "new"] = step.replicas;
      available.old = Math.min(available.old, sizes.old);
      available.new = Math.min(available.new, sizes.new);
      if (sizes.old + sizes.new > replicas + surge || available.old + available.new < replicas - unavailable)
        return false;
      if ((flips[turn % flips.length] ?? true) && available.new < sizes.new) available.new += 1;
      if (sizes.old === 0 && available.new === replicas) return true;
    }
    return flips.every((flip) => !flip);
  };
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        amount,
        amount,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
        run,
      ),
    ),
  );
});

test("a ReplicaSet is found by its template, not by its hash", (t) => {
  const target = deployment(2);
  const made = newReplicaSet(target, 2, 1);
  t.is(findNew(target, [made]), made);
  t.regex(made.metadata.name ?? "", /^web-[bcdfghjklmnpqrstvwxz2456789]+$/);
  const changed = structuredClone(target);
  changed.spec!.template.spec!.containers[0]!.image = "web:2";
  t.is(findNew(changed, [made]), undefined);
  t.not(templateHash(changed), templateHash(target));
});

const service: Service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default", uid: "s" },
  spec: {
    selector: { app: "web" },
    ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
  },
};

test("slices hold ready and terminating pods, apart by what their port names mean", (t) => {
  const other = pod("c", { ip: "10.0.0.3" });
  other.spec!.containers[0]!.ports![0]!.containerPort = 9090;
  const slices = desiredSlices(service, [
    pod("b", { ip: "10.0.0.2", deleting: true }),
    pod("a", { ip: "10.0.0.1" }),
    other,
    pod("d"),
  ]);
  t.deepEqual(
    slices.map(({ ports, endpoints }) => [
      ports[0]?.port,
      endpoints.map(
        ({ addresses, conditions }) => `${addresses[0]} ${conditions?.ready} ${conditions?.terminating}`,
      ),
    ]),
    [
      [8080, ["10.0.0.1 true false", "10.0.0.2 false true"]],
      [9090, ["10.0.0.3 true false"]],
    ],
  );
});

test("a right slice is not written, a surplus one goes", (t) => {
  const [contents] = desiredSlices(service, [pod("a", { ip: "10.0.0.1" })]);
  const slice = (name: string): EndpointSlice => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name },
    addressType: "IPv4",
    ...contents!,
  });
  t.deepEqual(reconcile([slice("x")], [contents!]), []);
  t.deepEqual(
    reconcile([slice("x"), slice("y")], [contents!]).map((change) => change.do),
    ["delete"],
  );
  t.deepEqual(
    reconcile([], [contents!]).map((change) => change.do),
    ["create"],
  );
});

const node: Node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n", labels: { disk: "ssd" } },
  spec: {},
  status: {
    allocatable: { cpu: "2", memory: "1Gi", pods: "3" },
    conditions: [{ type: "Ready", status: "True" }],
  },
};
const refuses = test.macro({
  title: (rule = "") => `the scheduler ${rule}`,
  exec(t, wanted: Pod, on: Node, placed: readonly Pod[], expected: readonly string[]) {
    t.deepEqual(reasonsAgainst(wanted, on, placed), expected);
  },
});
test(
  "takes what fits exactly",
  refuses,
  pod("a", { requests: { cpu: "1500m" } }),
  node,
  [pod("b", { requests: { cpu: "0.5" } })],
  [],
);
test(
  "refuses a milli-core too much",
  refuses,
  pod("a", { requests: { cpu: "1501m" } }),
  node,
  [pod("b", { requests: { cpu: "0.5" } })],
  ["Insufficient cpu"],
);
test("counts pods", refuses, pod("a"), node, [pod("b"), pod("c"), pod("d")], ["Too many pods"]);
test(
  "heeds the node selector",
  refuses,
  { ...pod("a"), spec: { containers: [], nodeSelector: { disk: "hdd" } } },
  node,
  [],
  ["node(s) didn't match Pod's node affinity/selector"],
);
test(
  "heeds taints",
  refuses,
  pod("a"),
  { ...node, spec: { taints: [{ key: "k", value: "v", effect: "NoSchedule" }] } },
  [],
  ["node(s) had untolerated taint(s)"],
);
test(
  "honours tolerations",
  refuses,
  { ...pod("a"), spec: { containers: [], tolerations: [{ key: "k", operator: "Exists" }] } },
  { ...node, spec: { taints: [{ key: "k", value: "v", effect: "NoSchedule" }] } },
  [],
  [],
);

test("refusals are counted as kubectl shows them", (t) => {
  t.is(
    describeRefusals(1, [["Insufficient cpu", "Too many pods"]]),
    "0/1 nodes are available: 1 Insufficient cpu, 1 Too many pods.",
  );
});
