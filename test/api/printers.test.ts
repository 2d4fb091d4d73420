import test from "ava";
import { podStatus } from "../../runtime/api/printers/pods.js";
import { tableOf } from "../../runtime/api/printers/table.js";
import { duration } from "../../runtime/api/printers/text.js";
import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { rowOf } from "../support/api-server.js";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const ages: readonly [number, string][] = [
  [-5 * second, "<invalid>"],
  [0, "0s"],
  [119 * second, "119s"],
  [120 * second, "2m"],
  [185 * second, "3m5s"],
  [10 * minute + 5 * second, "10m"],
  [179 * minute, "179m"],
  [3 * hour, "3h"],
  [7 * hour + 59 * minute, "7h59m"],
  [47 * hour, "47h"],
  [2 * day, "2d"],
  [2 * day + 5 * hour, "2d5h"],
  [8 * day + hour, "8d"],
  [729 * day, "729d"],
  [800 * day, "2y70d"],
  [3000 * day, "8y"],
];

test("ages as kubectl shows them", (t) => {
  for (const [ms, text] of ages) t.is(duration(ms), text);
});

const statusIs = test.macro({
  title: (expected = "") => `a pod is shown as ${expected}`,
  exec(t, pod: object) {
    const expected = t.title.replace("a pod is shown as ", "");
    t.is(podStatus(pod as Pod), expected);
  },
});

const running = { state: { running: {} }, ready: true };
const waiting = (reason: string) => ({ state: { waiting: { reason } }, ready: false });
const ended = (exitCode: number, reason?: string, signal?: number) => ({
  state: { terminated: { exitCode, reason, signal } },
  ready: false,
});
const init = (initContainerStatuses: object[], initContainers: object[] = [{}, {}]) => ({
  spec: { initContainers },
  status: { phase: "Pending", initContainerStatuses },
});
const main = (phase: string, containerStatuses: object[], conditions: object[] = []) => ({
  status: { phase, containerStatuses, conditions },
});

test("Pending", statusIs, { status: { phase: "Pending" } });
test("Evicted", statusIs, { status: { phase: "Failed", reason: "Evicted" } });
test("Init:0/2", statusIs, init([waiting("PodInitializing"), waiting("PodInitializing")]));
test("Init:1/2", statusIs, init([ended(0, "Completed"), running]));
test("Init:CrashLoopBackOff", statusIs, init([waiting("CrashLoopBackOff")]));
test("Init:Error", statusIs, init([ended(1, "Error")]));
test("Init:ExitCode:3", statusIs, init([ended(3)]));
test("Init:Signal:9", statusIs, init([ended(137, undefined, 9)]));
test("ImagePullBackOff", statusIs, main("Pending", [waiting("ImagePullBackOff"), running]));
test("OOMKilled", statusIs, main("Running", [ended(137, "OOMKilled")]));
test("ExitCode:2", statusIs, main("Failed", [ended(2)]));
test(
  "Running",
  statusIs,
  main("Running", [ended(0, "Completed"), running], [{ type: "Ready", status: "True" }]),
);
test("NotReady", statusIs, main("Running", [ended(0, "Completed"), running]));
test("Completed", statusIs, main("Succeeded", [ended(0, "Completed")]));
test("Terminating", statusIs, {
  metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" },
  ...main("Running", [running]),
});
test("SchedulingGated", statusIs, {
  status: { phase: "Pending", conditions: [{ type: "PodScheduled", reason: "SchedulingGated" }] },
});

const now = Date.UTC(2026, 0, 1, 1);

function cells(group: string, resource: string, object: object): unknown {
  const metadata = { name: "x", creationTimestamp: "2026-01-01T00:00:00Z" };
  const table = tableOf(rowOf(group, resource), [{ metadata, ...object } as unknown as KubeObject], {
    now,
    include: "None",
    metadata: {},
  }) as { rows: { cells: unknown }[]; columnDefinitions: unknown[] };
  return table.rows[0]?.cells;
}

test("services", (t) => {
  const ports = [
    { port: 80, nodePort: 30080, protocol: "TCP" },
    { port: 53, protocol: "UDP" },
  ];
  t.deepEqual(cells("", "services", { spec: { type: "NodePort", clusterIP: "10.0.0.1", ports } }), [
    "x",
    "NodePort",
    "10.0.0.1",
    "<none>",
    "80:30080/TCP,53/UDP",
    "60m",
    "<none>",
  ]);
  t.deepEqual(cells("", "services", { spec: { type: "LoadBalancer", clusterIP: "10.0.0.1", ports: [] } }), [
    "x",
    "LoadBalancer",
    "10.0.0.1",
    "<pending>",
    "<none>",
    "60m",
    "<none>",
  ]);
});

test("nodes", (t) => {
  const node = {
    metadata: {
      name: "n",
      creationTimestamp: "2026-01-01T00:59:00Z",
      labels: { "node-role.kubernetes.io/control-plane": "" },
    },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      addresses: [{ type: "InternalIP", address: "10.1.1.1" }],
      nodeInfo: {
        kubeletVersion: "v1",
        osImage: "Linux",
        kernelVersion: "6",
        containerRuntimeVersion: "infra://1",
      },
    },
  };
  t.deepEqual(cells("", "nodes", node), [
    "n",
    "Ready,SchedulingDisabled",
    "control-plane",
    "60s",
    "v1",
    "10.1.1.1",
    "<none>",
    "Linux",
    "6",
    "infra://1",
  ]);
});

test("deployments and replica sets", (t) => {
  const template = {
    spec: {
      containers: [
        { name: "a", image: "i:1" },
        { name: "b", image: "j:2" },
      ],
    },
  };
  const spec = { replicas: 3, selector: { matchLabels: { app: "x" } }, template };
  const status = { replicas: 3, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 };
  t.deepEqual(cells("apps", "deployments", { spec, status }), [
    "x",
    "2/3",
    "1",
    "2",
    "60m",
    "a,b",
    "i:1,j:2",
    "app=x",
  ]);
  t.deepEqual(cells("apps", "replicasets", { spec, status }), [
    "x",
    3,
    3,
    2,
    "60m",
    "a,b",
    "i:1,j:2",
    "app=x",
  ]);
});

test("events of both groups are shown alike", (t) => {
  const common = { type: "Warning", reason: "BackOff", lastTimestamp: "2026-01-01T00:59:30Z", count: 4 };
  const about = { kind: "Pod", name: "p", fieldPath: "spec.containers{c}" };
  const core = { apiVersion: "v1", ...common, involvedObject: about, message: "again\n" };
  const row = [
    "30s",
    "Warning",
    "BackOff",
    "pod/p",
    "spec.containers{c}",
    "",
    "again",
    "<unknown>",
    "4",
    "x",
  ];
  t.deepEqual(cells("", "events", core), row);
  const other = { apiVersion: "events.k8s.io/v1", ...common, regarding: about, note: "again" };
  t.deepEqual(cells("events.k8s.io", "events", other), row);
});

test("endpoint slices show three and how many more", (t) => {
  const endpoints = [1, 2, 3, 4, 5].map((n) => ({ addresses: [`10.0.0.${n}`] }));
  t.deepEqual(
    cells("discovery.k8s.io", "endpointslices", { addressType: "IPv4", ports: [{ port: 80 }], endpoints }),
    ["x", "IPv4", "80", "10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...", "60m"],
  );
});
