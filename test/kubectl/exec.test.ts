import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test from "ava";
import { rowOf, startApi } from "../support/api-server.js";
import { createFakeNode } from "../support/fake-node-streams.js";
import { kubectlFor } from "../support/kubectl.js";

const run = promisify(execFile);

async function setUp(t: { teardown(run: () => Promise<void>): void }) {
  const node = createFakeNode(["one", "two", "three"]);
  const api = await startApi({ nodeStreams: node });
  t.teardown(() => api.stop());
  await api.registry.create(
    rowOf("", "pods"),
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default" },
      spec: { nodeName: "n", containers: [{ name: "c", image: "i" }] },
    },
    "test",
  );
  const { kubeconfig } = await api.listenTls();
  return { api, node, kubectl: await kubectlFor(kubeconfig, api.folder) };
}

test("exec shows both outputs and the exit code", async (t) => {
  const { kubectl, node, api } = await setUp(t);
  const result = await kubectl(["exec", "p", "--", "sh", "-c", "echo out; echo err >&2; exit 3"]);
  t.is(result.stdout, "out\n");
  t.is(result.stderr, "err\ncommand terminated with exit code 3\n");
  t.is(result.code, 3);
  t.deepEqual(node.execs, [
    {
      container: "c",
      command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
      tty: false,
      stdin: false,
    },
  ]);
  t.deepEqual(api.logged, []);
});

test("exec -i hands on standard input to its end, unchanged", async (t) => {
  const { kubectl } = await setUp(t);
  const input = "0123456789abcdef".repeat(64 * 1024); // 1 MiB: many messages, and backpressure
  const result = await kubectl(["exec", "-i", "p", "--", "cat"], input);
  t.is(result.code, 0);
  t.is(result.stdout.length, input.length);
  t.true(result.stdout === input);
});

test("exec -t sends the terminal's size", async (t) => {
  const { kubectl, node } = await setUp(t);
  const command = `stty cols 101 rows 37; '${kubectl.path}' ${kubectl.common.join(" ")} exec -it p -- sh -c 'sleep 0.3; echo done'`;
  const { stdout } = await run("script", ["-qec", command, "/dev/null"]);
  t.regex(stdout, /done/);
  t.true(node.execs[0]?.tty);
  t.deepEqual(node.sizes[0], { columns: 101, rows: 37 });
});

test("a process that cannot start is said so", async (t) => {
  const { kubectl } = await setUp(t);
  const result = await kubectl(["exec", "p", "--", "missing"]);
  t.regex(result.stderr, /executable file not found/);
  t.not(result.code, 0);
});

test("logs takes its options and shows what is wrong", async (t) => {
  const { kubectl, node } = await setUp(t);
  t.is((await kubectl(["logs", "p"])).stdout, "one\ntwo\nthree\n");
  t.is((await kubectl(["logs", "p", "--tail=1", "--timestamps", "--since=10s"])).stdout, "three\n");
  t.deepEqual(node.logRequests[1], {
    container: "c",
    follow: false,
    previous: false,
    timestamps: true,
    tailLines: 1,
    sinceSeconds: 10,
  });
  const previous = await kubectl(["logs", "p", "--previous"]);
  t.regex(previous.stderr, /previous terminated container "c" in pod "p" not found/);
  t.is(previous.code, 1);
});

test("logs -f streams until its client goes away", async (t) => {
  const { kubectl, node } = await setUp(t);
  const child = execFile(kubectl.path, [...kubectl.common, "logs", "-f", "p"]);
  let seen = "";
  child.stdout?.on("data", (chunk: string) => {
    seen += chunk;
  });
  while (!seen.includes("three\n")) await new Promise((resolve) => setTimeout(resolve, 20));
  t.is(node.following, 1);
  child.kill("SIGKILL");
  while (node.following > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.is(seen, "one\ntwo\nthree\n");
});

test("what is not served is said so", async (t) => {
  const { kubectl } = await setUp(t);
  t.regex((await kubectl(["attach", "p"])).stderr, /does not serve the subresource attach/);
});

test("a process whose client goes away is killed", async (t) => {
  const { kubectl, node } = await setUp(t);
  const child = execFile(kubectl.path, [...kubectl.common, "exec", "-i", "p", "--", "sleep", "60"]);
  while (node.execs.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGKILL");
  while (node.killed.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.deepEqual(node.killed, ["sleep"]);
});
