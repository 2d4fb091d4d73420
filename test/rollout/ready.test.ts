import test from "ava";
import { podTroubles } from "../../cli/rollout/pod-trouble.js";
import { judge, type Surroundings } from "../../cli/rollout/ready.js";
import type { Deployment, ReplicaSet } from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { ContainerState, Event, Pod } from "../../stdlib/kubernetes/generated/core-v1.js";

const owner = (kind: string, uid: string) => [
  { apiVersion: "apps/v1", kind, name: uid, uid, controller: true },
];

function deployment(status: Deployment["status"], spec: Partial<Deployment["spec"]> = {}): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "api",
      namespace: "default",
      uid: "api",
      generation: 2,
      annotations: { "deployment.kubernetes.io/revision": "2" },
    },
    spec: { replicas: 2, selector: {}, template: {}, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

const set = (revision: string): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: {
    uid: `set-${revision}`,
    ownerReferences: owner("Deployment", "api"),
    annotations: { "deployment.kubernetes.io/revision": revision },
  },
  spec: { selector: {} },
});

interface Container {
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
  readonly restarts?: number;
}

function pod(name: string, ready: boolean, { state, lastState, restarts = 0 }: Container = {}): Pod {
  const status = { name: "web", ready, restartCount: restarts, image: "i", imageID: "" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid: name, ownerReferences: owner("ReplicaSet", "set-2") },
    spec: { containers: [{ name: "web" }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [
        {
          ...status,
          ...(state === undefined ? {} : { state }),
          ...(lastState === undefined ? {} : { lastState }),
        },
      ],
    },
  };
}

const nothing: Surroundings = { replicaSets: [], pods: [], events: [] };
const done = {
  observedGeneration: 2,
  replicas: 2,
  updatedReplicas: 2,
  readyReplicas: 2,
  availableReplicas: 2,
};
const available = [{ type: "Available", status: "True" as const }];

test("a Deployment is ready when every pod is new and available", (t) => {
  t.is(judge(deployment({ ...done, conditions: available }), nothing).state, "ready");
});

for (const [title, status, summary] of [
  ["its change was not seen", { ...done, observedGeneration: 1, conditions: available }, /not seen/],
  ["a pod is not available", { ...done, availableReplicas: 1, conditions: available }, /1 of 2 new pods/],
  ["an old pod is left", { ...done, replicas: 3, conditions: available }, /1 of 2/],
  ["it has no status", undefined, /not seen/],
] as const)
  test(`a Deployment waits while ${title}`, (t) => {
    const around = { replicaSets: [set("1"), set("2")], pods: [pod("a", true)], events: [] };
    const result = judge(deployment(status as Deployment["status"]), around);
    t.is(result.state, "waiting");
    t.regex(result.summary, summary);
  });

test("past its progress deadline a Deployment has failed, with the reason of each pod", (t) => {
  const conditions = [{ type: "Progressing", status: "False" as const, reason: "ProgressDeadlineExceeded" }];
  const crashing = pod("a", false, { state: { terminated: { exitCode: 3 } }, restarts: 1 });
  const around = { replicaSets: [set("2")], pods: [crashing], events: [] };
  const result = judge(
    deployment({ ...done, availableReplicas: 0, conditions }, { progressDeadlineSeconds: 60 }),
    around,
  );
  t.like(result, { state: "failed", summary: "not ready after 60 s" });
  t.like(result.state === "failed" ? result.troubles[0] : undefined, {
    pod: "a",
    container: "web",
    about: "exit",
    text: "exits with 3, 2 times",
  });
});

test("a crash loop fails before the deadline, but not at the first exits", (t) => {
  const loop = (restarts: number) =>
    judge(deployment({ ...done, availableReplicas: 0 }), {
      replicaSets: [set("2")],
      events: [],
      pods: [
        pod("a", false, {
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1 } },
          restarts,
        }),
      ],
    }).state;
  t.deepEqual([0, 1, 2, 3].map(loop), ["waiting", "waiting", "waiting", "failed"]);
});

test("pods of an older revision are not asked", (t) => {
  const old = pod("old", false, { state: { waiting: { reason: "ErrImageNeverPull" } } });
  old.metadata.ownerReferences = owner("ReplicaSet", "set-1");
  const around = { replicaSets: [set("1"), set("2")], pods: [old], events: [] };
  t.is(judge(deployment({ ...done, availableReplicas: 0 }), around).state, "waiting");
});

const unhealthy = (message: string, lastTimestamp: string): Event =>
  ({
    apiVersion: "v1",
    kind: "Event",
    metadata: {},
    reason: "Unhealthy",
    message,
    lastTimestamp,
    involvedObject: { uid: "p", fieldPath: "spec.containers{web}" },
  }) as Event;

const explains = test.macro({
  title: (title = "") => `explains ${title}`,
  exec(t, container: Container, expected: { [field: string]: unknown }, events: readonly Event[] = []) {
    t.like(podTroubles(pod("p", false, container), events)[0], expected);
  },
});
const running = { running: { startedAt: "2026-01-01T00:00:00Z" } };

test(
  "an image that is not there",
  explains,
  { state: { waiting: { reason: "ErrImageNeverPull", message: "no image" } } },
  { about: "image", text: "no image", hopeless: true },
);
test(
  "a command that is not in the image",
  explains,
  {
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated: { exitCode: 128, reason: "StartError", message: 'exec "nope": ENOENT' } },
  },
  { about: "command", text: 'exec "nope": ENOENT', hopeless: false },
);
test(
  "a signal",
  explains,
  { state: { terminated: { exitCode: 137, signal: 9 } } },
  { about: "exit", text: "is killed by signal 9", log: "current" },
);
test(
  "memory",
  explains,
  { state: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
  { text: "ends because it needs more memory than its limit" },
);
test("a probe, by its newest event", explains, { state: running }, { about: "probe", text: "now" }, [
  unhealthy("before", "2026-01-01T00:00:01Z"),
  unhealthy("now", "2026-01-01T00:00:02Z"),
]);
test(
  "a reference to a setting that is not there",
  explains,
  {
    state: {
      waiting: {
        reason: "CreateContainerConfigError",
        message: "couldn't find key mode in ConfigMap default/settings",
      },
    },
  },
  {
    about: "configuration",
    text: "couldn't find key mode in ConfigMap default/settings",
    container: "web",
    hopeless: false,
  },
);
test(
  "an end before it ran again",
  explains,
  { state: running, lastState: { terminated: { exitCode: 1 } }, restarts: 2 },
  { about: "exit", text: "exits with 1, 2 times", log: "previous" },
);

test("a pod that no node takes has one trouble", (t) => {
  const waiting = pod("p", false);
  waiting.status!.conditions = [{ type: "PodScheduled", status: "False", message: "Insufficient cpu" }];
  t.like(podTroubles(waiting, [])[0], { about: "scheduling", text: "Insufficient cpu" });
});

test("while the newest ReplicaSet has not been seen, what the one before suffers is no failure", (t) => {
  const broken = pod("old", false, {
    state: { terminated: { exitCode: 127, reason: "StartError" } },
    restarts: 4,
  });
  const before = {
    ...broken,
    metadata: { ...broken.metadata, ownerReferences: owner("ReplicaSet", "set-1") },
  };
  const status = { ...done, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
  const around = { ...nothing, replicaSets: [set("1")], pods: [before] };
  t.is(judge(deployment(status), around).state, "waiting");
  t.is(
    judge(deployment(status), { ...around, replicaSets: [set("1"), set("2")], pods: [broken] }).state,
    "failed",
  );
});
