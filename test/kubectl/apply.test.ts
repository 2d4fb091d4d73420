import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { rowOf, startApi } from "../support/api-server.js";
import { type Kubectl, kubectlFor } from "../support/kubectl.js";

async function setUp(t: { teardown(run: () => Promise<void>): void }) {
  const api = await startApi();
  t.teardown(() => api.stop());
  const { kubeconfig } = await api.listenTls();
  const kubectl = await kubectlFor(kubeconfig, api.folder);
  const file = async (name: string, text: string) => {
    const path = join(api.folder, name);
    await writeFile(path, text);
    return path;
  };
  return { api, kubectl, file };
}

function deployment(replicas: number, env: readonly string[]): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: c
          image: nginx:1
          env: [${env.map((name) => `{ name: ${name}, value: "1" }`).join(", ")}]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;
}

/** What it printed, with the test failing when it did not succeed. */
async function lines(kubectl: Kubectl, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  return stdout.trimEnd().split("\n");
}

test("apply creates, leaves alone, changes and removes what the file no longer has", async (t) => {
  const { api, kubectl, file } = await setUp(t);
  const path = await file("web.yaml", deployment(2, ["A", "B"]));
  t.deepEqual(await lines(kubectl, "apply", "-f", path), [
    "deployment.apps/web created",
    "service/web created",
  ]);
  const { revision } = api.registry;
  t.deepEqual(await lines(kubectl, "apply", "-f", path), [
    "deployment.apps/web unchanged",
    "service/web unchanged",
  ]);
  t.is(api.registry.revision, revision);

  await file("web.yaml", deployment(3, ["B"]));
  t.is((await kubectl(["diff", "-f", path])).code, 1);
  t.deepEqual(await lines(kubectl, "apply", "-f", path), [
    "deployment.apps/web configured",
    "service/web unchanged",
  ]);
  t.deepEqual(
    await lines(
      kubectl,
      "get",
      "deploy",
      "web",
      "-o",
      "jsonpath={.spec.replicas} {..env[*].name} {..generation}",
    ),
    ["3 B 2"],
  );
  t.is((await kubectl(["diff", "-f", path])).code, 0);
  t.deepEqual(api.logged, []);
});

test("server-side apply takes over from client-side apply, and conflicts are named", async (t) => {
  const { kubectl, file } = await setUp(t);
  const path = await file("web.yaml", deployment(2, ["A"]));
  await lines(kubectl, "apply", "-f", path);
  for (const _ of [1, 2]) {
    const { stdout, stderr } = await kubectl(["apply", "--server-side", "-f", path]);
    t.is(stdout, "deployment.apps/web serverside-applied\nservice/web serverside-applied\n");
    t.is(stderr, "");
  }
  await lines(kubectl, "scale", "deploy", "web", "--replicas=5");
  const conflict = await kubectl(["apply", "--server-side", "-f", path]);
  t.is(conflict.code, 1);
  t.regex(conflict.stderr, /1 conflict.*"kubectl".*: \.spec\.replicas/);
  await lines(kubectl, "apply", "--server-side", "--force-conflicts", "-f", path);
  t.deepEqual(await lines(kubectl, "get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"), ["2"]);

  await file("web.yaml", deployment(2, []));
  await lines(kubectl, "apply", "--server-side", "-f", path);
  t.deepEqual(await lines(kubectl, "get", "deploy", "web", "-o", "jsonpath={..env[*].name}"), [""]);
});

test("an unknown field is refused, or a warning on request", async (t) => {
  const { kubectl, file } = await setUp(t);
  const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndatum: { a: b }\n";
  const path = await file("bad.yaml", text);
  const refused = await kubectl(["create", "-f", path]);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /strict decoding error: unknown field "datum"/);
  const warned = await kubectl(["create", "--validate=warn", "-f", path]);
  t.is(warned.stdout, "configmap/c created\n");
  t.regex(warned.stderr, /Warning: unknown field "datum"/);
});

test("dry runs keep nothing", async (t) => {
  const { api, kubectl, file } = await setUp(t);
  const path = await file("web.yaml", deployment(2, []));
  const { revision } = api.registry;
  t.deepEqual(await lines(kubectl, "apply", "--dry-run=server", "-f", path), [
    "deployment.apps/web created (server dry run)",
    "service/web created (server dry run)",
  ]);
  t.is(api.registry.revision, revision);
});

test("create sends protobuf, with what was set and nothing else", async (t) => {
  const { api, kubectl } = await setUp(t);
  await lines(kubectl, "create", "namespace", "one");
  await lines(kubectl, "create", "deployment", "web", "--image=nginx:1", "--replicas=0", "--port=8080");
  await lines(kubectl, "create", "secret", "generic", "s", "--from-literal=password=hunter2");
  await lines(kubectl, "create", "service", "nodeport", "web", "--tcp=80:http");
  const web = api.registry.get(rowOf("apps", "deployments"), "default", "web") as {
    spec?: { replicas?: number; template?: { spec?: { containers?: unknown[] } } };
  };
  t.is(web.spec?.replicas, 0);
  t.deepEqual(web.spec?.template?.spec?.containers, [
    {
      image: "nginx:1",
      imagePullPolicy: "IfNotPresent",
      name: "nginx",
      ports: [{ containerPort: 8080, protocol: "TCP" }],
      resources: {},
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
    },
  ]);
  t.deepEqual(await lines(kubectl, "get", "secret", "s", "-o", "jsonpath={.data.password}"), [
    "aHVudGVyMg==",
  ]);
  t.deepEqual(await lines(kubectl, "get", "svc", "web", "-o", "jsonpath={.spec.ports[0].targetPort}"), [
    "http",
  ]);
  const again = await kubectl(["create", "namespace", "one"]);
  t.regex(again.stderr, /\(AlreadyExists\): namespaces "one" already exists/);
});

test("patch, label, scale, edit and delete", async (t) => {
  const { kubectl } = await setUp(t);
  await lines(kubectl, "create", "configmap", "c", "--from-literal=a=b");
  await lines(kubectl, "patch", "cm", "c", "-p", '{"data":{"k":"v"}}');
  await lines(kubectl, "patch", "cm", "c", "--type=merge", "-p", '{"data":{"a":null}}');
  const tested = '[{"op":"test","path":"/data/k","value":"no"}]';
  t.regex(
    (await kubectl(["patch", "cm", "c", "--type=json", "-p", tested])).stderr,
    /The request is invalid/,
  );
  await lines(kubectl, "label", "cm", "c", "x=y");
  t.deepEqual(await lines(kubectl, "get", "cm", "-l", "x in (y,z)", "-o", "name"), ["configmap/c"]);
  t.deepEqual(await lines(kubectl, "get", "cm", "-l", "!x", "-o", "name"), [""]);
  t.deepEqual(await lines(kubectl, "get", "cm", "c", "-o", "jsonpath={.data}"), ['{"k":"v"}']);
  const bogus = await kubectl(["get", "cm", "--field-selector", "spec.x=1"]);
  t.regex(bogus.stderr, /field label not supported: spec.x/);
  t.deepEqual(await lines(kubectl, "wait", "--for=jsonpath={.data.k}=v", "cm/c", "--timeout=5s"), [
    "configmap/c condition met",
  ]);
  t.deepEqual(await lines(kubectl, "delete", "cm", "c"), ['configmap "c" deleted from default namespace']);
  const gone = await kubectl(["get", "cm", "c"]);
  t.is(gone.stderr, 'Error from server (NotFound): configmaps "c" not found\n');
  t.is(gone.code, 1);
});

test("explain, api-resources, version, auth", async (t) => {
  const { kubectl } = await setUp(t);
  t.regex(
    (await lines(kubectl, "explain", "deploy.spec.template.spec.containers")).join("\n"),
    /image\t<string>/,
  );
  t.true(
    (await lines(kubectl, "api-resources")).some((line) => /^deployments\s+deploy\s+apps\/v1/.test(line)),
  );
  t.true((await lines(kubectl, "version")).some((line) => /^Server Version: v1\.35\./.test(line)));
  t.deepEqual(await lines(kubectl, "auth", "can-i", "delete", "pods"), ["yes"]);
  t.regex((await lines(kubectl, "auth", "whoami")).join("\n"), /infra-admin.*system:masters/s);
  t.regex((await lines(kubectl, "get", "--raw", "/readyz?verbose")).join("\n"), /readyz check passed$/);
});
