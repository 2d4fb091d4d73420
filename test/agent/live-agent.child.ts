/**
 * Runs inside a fresh network namespace (the test starts it with `unshare -n`): a whole node on the real kernel.
 * Prints what was seen as JSON.
 */
import { readFile } from "node:fs/promises";
import * as resources from "../../runtime/client/resources.js";
import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import { openLiveNode } from "../support/live-node.js";

const node = await openLiveNode(Number(process.argv[2] ?? 14));
const { client, view } = node;
let agent = node.agent;
const seen: { [what: string]: unknown } = {};

async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (let round = 0; round < 1000; round += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const pods = view
    .list(resources.podResource)
    .map((pod) => ({ name: pod.metadata.name, status: pod.status }));
  const events = view.list(resources.eventResource).map((event) => `${event.reason}: ${event.message}`);
  throw new Error(
    `not within 20 s: ${what}\n${JSON.stringify({ pods, events, errors: node.errors }, null, 1)}`,
  );
}
const podsOf = (app: string) =>
  view.list(resources.podResource, { namespace: "default", labelSelector: `app=${app}` });
const isReady = (pod: Pod) =>
  pod.status?.conditions?.some(({ status, type }) => type === "Ready" && status === "True") === true;
const text = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(2000) })).text();

const server = [
  "import http.server, os, signal, sys, time",
  "class H(http.server.BaseHTTPRequestHandler):",
  "  def do_GET(self):",
  "    body = ('|'.join([os.environ['NAME'], os.environ['COLOR'], open('/etc/conf/color').read(), open('/etc/info/labels').read()])).encode()",
  "    self.send_response(200); self.send_header('content-length', str(len(body))); self.end_headers(); self.wfile.write(body)",
  "  def log_message(self, *a): pass",
  "signal.signal(signal.SIGTERM, lambda *a: (print('bye', flush=True), os._exit(0)))",
  "print('listening', flush=True)",
  "http.server.ThreadingHTTPServer(('', 8080), H).serve_forever()",
].join("\n");

try {
  const metadata = (name: string) => ({ name, namespace: "default" });
  await client.create(resources.configMapResource, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata("conf"),
    data: { color: "red" },
  });
  const template = {
    metadata: { labels: { app: "web" } },
    spec: {
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: "web",
          image: "host",
          imagePullPolicy: "IfNotPresent" as const,
          command: ["python3", "-c", server],
          env: [
            { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "COLOR", valueFrom: { configMapKeyRef: { name: "conf", key: "color" } } },
          ],
          ports: [{ name: "http", containerPort: 8080 }],
          readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
          volumeMounts: [
            { name: "conf", mountPath: "/etc/conf" },
            { name: "info", mountPath: "/etc/info" },
          ],
        },
      ],
      volumes: [
        { name: "conf", configMap: { name: "conf" } },
        {
          name: "info",
          downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] },
        },
      ],
    },
  };
  await client.create(resources.deploymentResource, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata("web"),
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template },
  });
  const service = await client.create(resources.serviceResource, {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("web"),
    spec: {
      selector: { app: "web" },
      ports: [{ name: "http", port: 80, targetPort: "http", nodePort: 30080 }],
      type: "NodePort",
    },
  });
  await until("two ready pods", () => podsOf("web").filter(isReady).length === 2);
  const url = `http://${service.spec?.clusterIP}/`;
  const answer = await until("an answer of the Service", () => text(url).catch(() => undefined));
  const [name = "", env, file, labels] = answer.split("|");
  seen["podAnswers"] = podsOf("web").some((pod) => pod.metadata.name === name);
  seen["configuration"] = [env, file, labels?.split("\n")[0]];
  seen["nodePort"] = (await text("http://127.0.0.1:30080/")).split("|")[1];

  const [pod] = podsOf("web");
  if (pod === undefined) throw new Error("no pod");
  const session = await agent.streams.exec(pod, {
    container: "web",
    command: [
      "python3",
      "-c",
      `import urllib.request as u, socket; print(u.urlopen("http://web/").status, socket.gethostbyname("web.default.svc.cluster.local"), u.urlopen("http://127.0.0.1:8080/").status)`,
    ],
    tty: false,
    stdin: false,
  });
  let output = "";
  session.stdout.on("data", (bytes) => {
    output += bytes;
  });
  session.stderr.on("data", (bytes) => {
    output += bytes;
  });
  await session.exit;
  seen["fromInside"] = output.trim().replace(service.spec?.clusterIP ?? "", "CLUSTERIP");

  const config = await client.get(resources.configMapResource, "default", "conf");
  await client.update(resources.configMapResource, { ...config, data: { color: "blue" } });
  await until("the mounted file follows", async () => (await text(url)).split("|")[2] === "blue");
  seen["restartsAfterUpdate"] = podsOf("web").map(
    (each) => each.status?.containerStatuses?.[0]?.restartCount,
  );

  const before = podsOf("web").map((each) => each.status?.containerStatuses?.[0]?.state);
  await agent.stop();
  seen["servesWithoutAgent"] = (await text(url)).split("|")[2];
  agent = await node.restart();
  await new Promise((resolve) => setTimeout(resolve, 500));
  seen["adopted"] =
    JSON.stringify(podsOf("web").map((each) => each.status?.containerStatuses?.[0]?.state)) ===
    JSON.stringify(before);

  const crash = {
    ...template,
    metadata: { labels: { app: "crash" } },
    spec: { containers: [{ name: "c", image: "host", command: ["sh", "-c", "echo oops; exit 3"] }] },
  };
  await client.create(resources.podResource, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata("crash"), labels: { app: "crash" } },
    spec: crash.spec,
  });
  const waiting = await until("a crash loop", () => {
    const status = podsOf("crash")[0]?.status?.containerStatuses?.[0];
    return status?.state?.waiting?.reason === "CrashLoopBackOff" ? status : undefined;
  });
  seen["crash"] = [
    waiting.restartCount,
    waiting.lastState?.terminated?.exitCode,
    waiting.lastState?.terminated?.reason,
  ];
  const missing = { containers: [{ name: "c", image: "host", command: ["no-such-command"] }] };
  await client.create(resources.podResource, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata("missing"), labels: { app: "missing" } },
    spec: missing,
  });
  seen["missing"] = await until(
    "a start error",
    () => podsOf("missing")[0]?.status?.containerStatuses?.[0]?.lastState?.terminated?.message,
  );
  const once = {
    restartPolicy: "Never" as const,
    containers: [{ name: "c", image: "host", command: ["true"] }],
  };
  await client.create(resources.podResource, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata("once"), labels: { app: "once" } },
    spec: once,
  });
  await until("success", () => podsOf("once")[0]?.status?.phase === "Succeeded");

  const logs: Buffer[] = [];
  for await (const bytes of agent.streams.logs(
    pod,
    { container: "web", follow: false, previous: false, timestamps: false },
    new AbortController().signal,
  ))
    logs.push(Buffer.from(bytes));
  seen["log"] = Buffer.concat(logs).toString();

  // A rolling update under steady load: not one request fails.
  let asked = 0;
  const failures: string[] = [];
  let loading = true;
  const load = (async () => {
    while (loading) {
      asked += 1;
      await text(url).catch((error) => failures.push(String(error.cause ?? error)));
    }
  })();
  const names = podsOf("web").map((each) => each.metadata.name);
  await client.patch(resources.deploymentResource, {
    ...metadata("web"),
    type: "merge",
    body: { spec: { template: { metadata: { annotations: { at: "2" } } } } },
  });
  await until(
    "new pods only",
    () =>
      podsOf("web").length === 2 &&
      podsOf("web").every((each) => isReady(each) && !names.includes(each.metadata.name)),
  );
  loading = false;
  await load;
  seen["rollout"] = { asked: asked > 20, failures };

  for (const {
    metadata: { name: each = "" },
  } of view.list(resources.deploymentResource))
    await client.delete(resources.deploymentResource, "default", each, { propagationPolicy: "Background" });
  for (const each of ["crash", "missing", "once"])
    await client.delete(resources.podResource, "default", each);
  await until("no pod is left", () => view.list(resources.podResource).length === 0);
  seen["foldersLeft"] = (await readFile("/proc/self/mountinfo", "utf8"))
    .split("\n")
    .filter((line) => line.includes(node.test.folder)).length;
  seen["errors"] = node.errors;
  console.log(JSON.stringify(seen));
} finally {
  await agent.stop();
  await node.close();
}
process.exit(0);
