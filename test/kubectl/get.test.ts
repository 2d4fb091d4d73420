import { spawn } from "node:child_process";
import test from "ava";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { rowOf, startApi, type TestApi } from "../support/api-server.js";
import { kubectlFor } from "../support/kubectl.js";

async function setUp(t: { teardown(run: () => Promise<void>): void }) {
  const api = await startApi();
  t.teardown(() => api.stop());
  const { kubeconfig } = await api.listenTls();
  return { api, kubectl: await kubectlFor(kubeconfig, api.folder) };
}

/** Makes a pod that its node says is running, with one restart. */
async function runningPod({ registry }: TestApi, name: string): Promise<void> {
  const row = rowOf("", "pods");
  const pod: KubeObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { app: "web" } },
    spec: { nodeName: "n1", containers: [{ name: "c", image: "nginx:1" }] },
  };
  const created = await registry.create(row, pod, "test");
  const status = {
    phase: "Running",
    podIP: "10.71.0.2",
    podIPs: [{ ip: "10.71.0.2" }],
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [
      {
        name: "c",
        image: "nginx:1",
        imageID: "",
        ready: true,
        restartCount: 1,
        state: { running: { startedAt: new Date().toISOString() } },
        lastState: {
          terminated: {
            exitCode: 1,
            reason: "Error",
            finishedAt: new Date(Date.now() - 185_000).toISOString(),
          },
        },
      },
    ],
  };
  await registry.update(row, { ...created, status }, "test", "status");
}

test("pods in wide output", async (t) => {
  const { api, kubectl } = await setUp(t);
  await runningPod(api, "p");
  const { stdout } = await kubectl(["get", "pods", "-A", "-o", "wide"]);
  const [head = "", row = ""] = stdout.split("\n");
  t.deepEqual(head.split(/\s{2,}/), [
    "NAMESPACE",
    "NAME",
    "READY",
    "STATUS",
    "RESTARTS",
    "AGE",
    "IP",
    "NODE",
    "NOMINATED NODE",
    "READINESS GATES",
  ]);
  t.regex(
    row,
    /^default\s+p\s+1\/1\s+Running\s+1 \(3m5s ago\)\s+\d+s\s+10\.71\.0\.2\s+n1\s+<none>\s+<none>$/,
  );
});

test("get all, sorted output and describe", async (t) => {
  const { api, kubectl } = await setUp(t);
  await runningPod(api, "p");
  await kubectl(["expose", "pod", "p", "--port=80", "--name=web"]);
  const all = await kubectl(["get", "all"]);
  t.regex(all.stdout, /^pod\/p\s+1\/1/m);
  t.regex(all.stdout, /^service\/web\s+ClusterIP\s+10\.96\.\d+\.\d+\s+<none>\s+80\/TCP/m);
  const sorted = await kubectl(["get", "pods", "--sort-by=.metadata.name", "--no-headers"]);
  t.regex(sorted.stdout, /^p\s+1\/1/);
  const described = await kubectl(["describe", "pod", "p"]);
  t.regex(described.stdout, /^QoS Class:\s+BestEffort$/m);
  t.regex(described.stdout, /^Events:\s+<none>$/m);
});

test("get -w prints changes as they happen", async (t) => {
  const { api, kubectl } = await setUp(t);
  await runningPod(api, "first");
  const child = spawn(kubectl.path, [...kubectl.common, "get", "pods", "-w", "--no-headers"]);
  t.teardown(() => void child.kill());
  let seen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
  });
  const shown = async (pattern: RegExp) => {
    while (!pattern.test(seen)) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await shown(/^first\s+1\/1\s+Running/m);
  await runningPod(api, "second");
  await shown(/^second\s+1\/1\s+Running/m);
  await api.registry.delete(rowOf("", "pods"), "default", "second");
  await shown(/^second\s+1\/1\s+Terminating/m);
  t.pass();
});
