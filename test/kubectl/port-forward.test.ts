import { spawn } from "node:child_process";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { rowOf, startApi } from "../support/api-server.js";
import { kubectlFor } from "../support/kubectl.js";

interface Teardown {
  teardown(run: () => Promise<void> | void): void;
}

/** A pod whose address is this host's loopback, with a server in it that answers with what it was sent. */
async function setUp(t: Teardown) {
  const server = createServer((incoming, response) => incoming.pipe(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => void server.close());
  const api = await startApi();
  t.teardown(() => api.stop());
  const row = rowOf("", "pods");
  const pod = await api.registry.create(
    row,
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "default" },
      spec: { nodeName: "n", containers: [{ name: "c", image: "i" }] },
    },
    "test",
  );
  await api.registry.update(
    row,
    { ...pod, status: { phase: "Running", podIP: "127.0.0.1" } },
    "test",
    "status",
  );
  const { kubeconfig } = await api.listenTls();
  const kubectl = await kubectlFor(kubeconfig, api.folder);
  return { api, kubectl, port: (server.address() as AddressInfo).port };
}

/** Starts forwarding and resolves with the local port. */
async function forward(
  t: Teardown,
  kubectl: Awaited<ReturnType<typeof kubectlFor>>,
  port: number,
  env: { [name: string]: string } = {},
): Promise<{ readonly local: number; readonly output: () => string }> {
  const child = spawn(kubectl.path, [...kubectl.common, "port-forward", "pod/p", `:${port}`], {
    env: { ...process.env, ...env },
  });
  t.teardown(() => void child.kill());
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  for (;;) {
    const local = /127\.0\.0\.1:(\d+) ->/.exec(output)?.[1];
    if (local !== undefined) return { local: Number(local), output: () => output };
    if (child.exitCode !== null) throw new Error(output);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function post(port: number, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, method: "POST", agent: false });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve(Buffer.concat(chunks)));
    });
    outgoing.end(body);
  });
}

test("connections are forwarded, many at a time", async (t) => {
  const { api, kubectl, port } = await setUp(t);
  const { local } = await forward(t, kubectl, port);
  const bodies = Array.from({ length: 20 }, (_, index) => Buffer.alloc(index * 20_000 + 1, index));
  const answers = await Promise.all(bodies.map((body) => post(local, body)));
  t.true(answers.every((answer, index) => answer.equals(bodies[index] ?? Buffer.alloc(0))));
  t.deepEqual(api.logged, []);
});

test("the same over SPDY alone, as older clients do", async (t) => {
  const { api, kubectl, port } = await setUp(t);
  const { local } = await forward(t, kubectl, port, { KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" });
  const body = Buffer.alloc(300_000, 7);
  t.true((await post(local, body)).equals(body));
  t.deepEqual(api.logged, []);
});

test("a port where nothing listens is said so", async (t) => {
  const { kubectl } = await setUp(t);
  const { local, output } = await forward(t, kubectl, 1);
  await t.throwsAsync(post(local, Buffer.from("x")));
  while (!/ECONNREFUSED/.test(output())) await new Promise((resolve) => setTimeout(resolve, 20));
  t.regex(output(), /error forwarding port 1/);
});
