import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { runCli } from "../support/cli.js";

async function compile(t: ExecutionContext, source: string, ...args: readonly string[]) {
  const work = await mkdtemp(join(tmpdir(), "infra-check-"));
  t.teardown(() => rm(work, { recursive: true }));
  await writeFile(join(work, "infra.ts"), source);
  const result = await runCli(work, ["compile", "--no-check", "--stack", "check", ...args]);
  return { ...result, work };
}

async function found(t: ExecutionContext, source: string, ...args: readonly string[]) {
  const { code, out } = await compile(t, source, "--format", "json", ...args);
  const { diagnostics } = JSON.parse(out) as { diagnostics: readonly Diagnostic[] };
  return { code, diagnostics, lines: diagnostics.map(({ code, span }) => `${span?.start.line} ${code}`) };
}

const pod = (spec: string, more = "") => `import { core } from "infra/kubernetes";
export const pod = core.v1.Pod({ metadata: { name: "p" }, spec: {
  automountServiceAccountToken: false,
  ${more}
  containers: [{ name: "c", image: "x:1",
    ${spec}
  }] } });
`;

/** What is written on lines 4 and 6 of the Pod, the level, and what is found at which line. */
const cases: readonly (readonly [
  title: string,
  source: string,
  level: string,
  expected: readonly string[],
])[] = [
  ["root", pod("securityContext: { runAsUser: 0 }"), "default", ["6 run-as-root"]],
  ["no tag", pod("").replace("x:1", "registry:5000/x"), "default", ["5 image-latest"]],
  ["latest", pod("").replace("x:1", "x:latest"), "default", ["5 image-latest"]],
  ["a digest", pod("").replace("x:1", "x@sha256:0123"), "default", []],
  [
    "a password in the environment",
    pod('env: [{ name: "DB_PASSWORD", value: "x" }]'),
    "default",
    ["6 environment-secret"],
  ],
  [
    "a token by its form",
    pod(`env: [{ name: "GITHUB_PAT", value: "ghp_${"0aB".repeat(12)}" }]`),
    "default",
    ["6 environment-secret"],
  ],
  [
    "a password of an address",
    pod('env: [{ name: "DATABASE_URL", value: "postgres://u:hunter2@db" }, { name: "DB_PASS", value: "x" }]'),
    "default",
    ["6 environment-secret", "6 environment-secret"],
  ],
  [
    "passwords of a command",
    pod('args: ["--password=hunter2", "--requirepass", "hunter3"]'),
    "default",
    ["6 environment-secret", "6 environment-secret"],
  ],
  [
    "no passwords of a command",
    pod(
      'args: ["--password=$(OTHER)", "--password-file", "/run/x", "--key=a", "--token-ttl=3", "--token", "--secret-name=a"]',
    ),
    "default",
    [],
  ],
  [
    "passwords of a ConfigMap, by name, line and address",
    `import { configMap } from "infra";
export const m = configMap("m", {
  DB_PASS: "hunter2",
  "app.properties": "db.user=a\\ndb.password=hunter2\\n",
  "app.yaml": "url: redis://:hunter2@cache:6379",
});
`,
    "default",
    ["3 config-secret", "4 config-secret", "5 config-secret"],
  ],
  [
    "settings that speak of passwords and say none",
    `import { configMap } from "infra";
export const m = configMap("m", {
  SALT_ROUNDS: "10", SORT_KEY: "name", PASSWORD_POLICY: "strict", TOKEN: "",
  "a.conf": "password_encryption = scram-sha-256\\npassword = $PASSWORD\\n# password = x\\ntoken: /run/token\\n",
  "b.yaml": "password: {{ .Values.password }}\\nsecret: shop-login\\nurl: http://a:8080/?token=\${TOKEN}\\n",
  "c.json": '{ "password": "%{PASSWORD}", "auth": "none" }',
});
`,
    "default",
    [],
  ],
  [
    "a Secret as Kubernetes has it",
    `import { core } from "infra/kubernetes";
export const s = core.v1.Secret({ metadata: { name: "s" }, stringData: {
  user: "hunter2", "ca.crt": "public" } });
`,
    "default",
    ["3 config-secret"],
  ],
  [
    "the path of a file with a password",
    'import { configMap } from "infra";\nexport const m = configMap("m", { PASSWORD_FILE: "/run/x" });\n',
    "default",
    [],
  ],
  ["a password by reference", pod('env: [{ name: "DB_PASSWORD", value: "$(OTHER)" }]'), "default", []],
  ["privileged, by default", pod("securityContext: { privileged: true }"), "default", []],
  ["privileged", pod("securityContext: { privileged: true }"), "baseline", ["6 privileged"]],
  [
    "host namespaces",
    pod("", "hostNetwork: true, hostPID: true,"),
    "baseline",
    ["4 host-namespace", "4 host-namespace"],
  ],
  [
    "a path of the node",
    pod("", 'volumes: [{ name: "v", hostPath: { path: "/" } }],'),
    "baseline",
    ["4 host-path"],
  ],
  ["a port of the node", pod("ports: [{ containerPort: 80, hostPort: 80 }]"), "baseline", ["6 host-port"]],
  [
    "a right of root",
    pod('securityContext: { capabilities: { add: ["SYS_ADMIN"] } }'),
    "baseline",
    ["6 added-capability"],
  ],
  ["a harmless right", pod('securityContext: { capabilities: { add: ["CHOWN"] } }'), "baseline", []],
  [
    "every system call",
    pod("", 'securityContext: { seccompProfile: { type: "Unconfined" } },'),
    "baseline",
    ["4 seccomp-unconfined"],
  ],
];
const without = new Set(["limits-missing", "requests-missing", "writable-root"]);

for (const [title, source, level, expected] of cases)
  test(`${level}: ${title}`, async (t) => {
    const { lines } = await found(t, source, "--policy", level);
    t.deepEqual(
      lines.filter((line) => !without.has(line.split(" ")[1] ?? "")),
      expected,
    );
  });

test("a construct of ours by another user than root meets the restricted standard", async (t) => {
  const source = `import { deployment } from "infra";
export const a = deployment("a", { replicas: 2, containers: { a: { image: "x:1", user: 1000, readOnlyRoot: true,
  ports: { http: 80 }, resources: { memory: "64Mi", cpu: 1 },
  liveness: { http: "/", port: "http" }, readiness: { http: "/", port: "http" } } } });
`;
  t.deepEqual((await found(t, source, "--policy", "restricted", "--strict")).lines, []);
});

test("a bare pod meets nothing of it", async (t) => {
  const { lines } = await found(t, pod(""), "--policy", "restricted");
  t.deepEqual(lines.map((line) => line.split(" ")[1]).sort(), [
    "added-capability",
    "escalation-allowed",
    "limits-missing",
    "requests-missing",
    "run-as-root",
    "seccomp-unconfined",
    "writable-root",
  ]);
});

test("--strict makes a warning stop the compile", async (t) => {
  const source = pod("securityContext: { runAsUser: 0 }");
  t.is((await found(t, source)).code, 0);
  t.is((await found(t, source, "--strict")).code, 1);
});

test("an unknown field hides no mistyped one, nor the other way round", async (t) => {
  const { lines } = await found(t, pod("", 'hostnam: "a",\nhostNetwork: "yes",'));
  t.deepEqual(lines.map((line) => line.replace(/^\d+ /, "")).sort(), ["field-invalid", "field-unknown"]);
});

test("no mistake hides another: each is told, at the key or value that it is in", async (t) => {
  const { diagnostics } = await found(
    t,
    `import { deployment, ingress, node, service } from "infra";
import { core } from "infra/kubernetes";
const web = deployment("web", {
  containers: { web: { image: "r.example/web:1", ports: { http: 80 } } },
  hostAliases: {
    "300.1.1.1": ["a b", "C_"],
    "::zz": ["ok"],
  },
  dns: {
    servers: ["nope"],
    searches: ["a b"],
  },
});
const front = service("web", { to: web, ports: { 80: "http" } });
export const entry = ingress("entry", {
  routes: {
    "a.b": {
      "/x//y": front.port("http"),
      "/../z": front.port("http"),
    },
    "C_": { "/": front.port("http") },
  },
});
export const pod = core.v1.Pod({ metadata: { name: "p", namespace: "default" }, spec: {
  containers: [{ name: "c", image: "a:1", resources: {
    requests: {
      cpu: "2",
      memory: "2Gi",
    },
    limits: { cpu: "1", memory: "1Gi" },
  } }],
} });
export const one = node("a", { taints: [{
  key: "b*",
  value: "a:b",
  effect: "NoSchedule",
}] });
`,
  );
  t.deepEqual(
    diagnostics
      .filter(({ code }) => code === "field-invalid")
      .map(({ span }) => [span?.start.line, span?.start.column]),
    [
      [6, 5],
      [6, 18],
      [6, 18],
      [7, 5],
      [10, 14],
      [11, 15],
      [18, 7],
      [19, 7],
      [21, 5],
      [27, 12],
      [28, 15],
      [34, 8],
      [35, 10],
    ],
  );
});

test("a selector with an operator that is none is told, and ends no compile", async (t) => {
  const selector = '{ matchExpressions: [{ key: "a", operator: "Is" }] }';
  const spec = `selector: ${selector}, template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "x:1" }] } }`;
  const { lines } = await found(
    t,
    `import { apps, networking, policy } from "infra/kubernetes";
export const a = apps.v1.Deployment({ metadata: { name: "a" }, spec: { ${spec} } } as never);
export const b = apps.v1.DaemonSet({ metadata: { name: "b" }, spec: { ${spec} } } as never);
export const c = networking.v1.NetworkPolicy({ metadata: { name: "c" }, spec: { podSelector: ${selector} } } as never);
export const d = policy.v1.PodDisruptionBudget({ metadata: { name: "d" }, spec: { selector: ${selector} } } as never);
`,
  );
  t.deepEqual(
    new Set(lines.filter((line) => line.endsWith("field-invalid"))),
    new Set([2, 3, 4, 5].map((line) => `${line} field-invalid`)),
  );
});

test("an exact pod's probe names a port that the container opens", async (t) => {
  const source = pod(
    'ports: [{ name: "http", containerPort: 80 }],\nreadinessProbe: { httpGet: { port: "htp" } }',
  );
  const { diagnostics: all, lines } = await found(t, source);
  t.deepEqual(lines, ["7 port-name-unknown"]);
  t.is(all[0]?.hint, 'did you mean "http"?');
});

test("a pod that fits no node of the stack: labels, taints, and what other nodes may have", async (t) => {
  const source = `import { accept, deployment, node } from "infra";
export const fast = node("n1", { labels: { disk: "ssd" }, taints: [{ key: "gpu", effect: "NoSchedule" }] });
const at = (name: string, nodes: { [label: string]: string }, tolerates: { key: string }[] = []) =>
  deployment(name, { placement: { nodes, tolerates }, containers: { a: { image: "x:1" } } });
export const good = [at("a", { disk: "ssd" }, [{ key: "gpu" }]), at("b", { "kubernetes.io/os": "linux" })];
export const kept = at("c", { disk: "ssd" });
export const other = at("d", { disc: "ssd" });
export const meant = accept(at("e", { zone: "far" }), "node-unmatched", "the cloud has some");
`;
  const { diagnostics: all } = await found(t, source);
  t.deepEqual(
    all.map(({ code, hint, message }) => `${code}: ${message} (${hint})`),
    [
      'node-unmatched: deployment "c" needs a node with disk=ssd; those of the stack keep it away with the taint gpu:NoSchedule (tolerates: [{ key: … }], where it is meant to run there)',
      'node-unmatched: deployment "d" needs a node with disc=ssd; none that the stack describes is one (did you mean "disk"?)',
    ],
  );
});

test("a pod that fits no node of the stack: affinity, and how much a node has", async (t) => {
  const source = `import { core } from "infra/kubernetes";
export const nodes = [
  core.v1.Node({ metadata: { name: "n1", labels: { disk: "ssd", size: "4" } }, status: { allocatable: { cpu: "4", memory: "8Gi" } } }),
  core.v1.Node({ metadata: { name: "n2", labels: { disk: "hdd" } }, spec: { taints: [{ key: "old", effect: "NoSchedule" }] }, status: { capacity: { cpu: "64" } } }),
];
const pod = (name: string, term?: object, cpu: string = "1", more: object = {}) => core.v1.Pod({ metadata: { name }, spec: {
  automountServiceAccountToken: false, ...more,
  ...(term === undefined ? {} : { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } } }),
  containers: [{ name: "c", image: "x:1", resources: { requests: { cpu } } }, { name: "d", image: "x:1", resources: { limits: { cpu: "500m" } } }] } });
const asks = (key: string, operator: string, ...values: string[]) => ({ matchExpressions: [{ key, operator, ...(values.length ? { values } : {}) }] });
const old = { tolerations: [{ key: "old", operator: "Exists" }] };
export const good = [pod("a1"), pod("a2", asks("disk", "In", "nvme", "ssd")), pod("a3", asks("disk", "NotIn", "hdd")), pod("a4", asks("size", "Gt", "3")),
  pod("a5", asks("gpu", "DoesNotExist")), pod("a6", { matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] }), pod("a7", asks("topology.kubernetes.io/zone", "In", "z")),
  pod("a8", undefined, "3500m"), pod("a9", undefined, "32", old), pod("a10", asks("disk", "Exists"), "32", old)];
export const b1 = pod("b1", asks("disk", "In", "nvme", "tape"));
export const b2 = pod("b2", asks("gpu", "Exists"));
export const b3 = pod("b3", asks("size", "Lt", "4"));
export const b4 = pod("b4", { matchFields: [{ key: "metadata.name", operator: "In", values: ["n3"] }] });
export const b5 = pod("b5", asks("disk", "In", "hdd"));
export const b6 = pod("b6", undefined, "3501m");
export const b7 = pod("b7", asks("disk", "DoesNotExist"));
`;
  const { diagnostics: all } = await found(t, source);
  t.deepEqual(
    all.map(({ code, message }) => `${code}: ${message}`),
    [
      'node-unmatched: Pod "b1" needs a node with disk In nvme|tape; none that the stack describes is one',
      'node-unmatched: Pod "b2" needs a node with gpu Exists; none that the stack describes is one',
      'node-unmatched: Pod "b3" needs a node with size Lt 4; none that the stack describes is one',
      'node-unmatched: Pod "b4" needs a node with metadata.name=n3; none that the stack describes is one',
      'node-unmatched: Pod "b5" needs a node with disk=hdd; those of the stack keep it away with the taint old:NoSchedule',
      'node-unmatched: Pod "b7" needs a node with disk DoesNotExist; none that the stack describes is one',
      'node-unmatched: Pod "b6" asks for 4001m of cpu; no node that the stack describes has as much',
    ],
  );
});

test("a class that the stack does not make, beside others of its kind that it makes", async (t) => {
  const source = `import { core, networking, node, scheduling, storage } from "infra/kubernetes";
export const classes = [
  scheduling.v1.PriorityClass({ metadata: { name: "high" }, value: 1 }),
  node.v1.RuntimeClass({ metadata: { name: "gvisor" }, handler: "runsc" }),
  storage.v1.StorageClass({ metadata: { name: "fast" }, provisioner: "a.example/b" }),
  networking.v1.IngressClass({ metadata: { name: "nginx" }, spec: { controller: "a.example/b" } }),
];
const pod = (name: string, more: object) =>
  core.v1.Pod({ metadata: { name }, spec: { automountServiceAccountToken: false, containers: [{ name: "c", image: "x:1" }], ...more } });
const claim = (name: string, storageClassName: string) =>
  core.v1.PersistentVolumeClaim({ metadata: { name }, spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } });
const entry = (name: string, ingressClassName: string) =>
  networking.v1.Ingress({ metadata: { name }, spec: { ingressClassName, rules: [{ host: "a.example" }] } });
export const good = [pod("a", { priorityClassName: "high", runtimeClassName: "gvisor" }), claim("a", "fast"), entry("a", "nginx"), pod("b", { priorityClassName: "system-node-critical" })];
export const bad = [pod("c", { priorityClassName: "hihg" }), pod("d", { runtimeClassName: "kata" }), claim("c", "slow"), entry("c", "traefik")];
`;
  const { diagnostics: all } = await found(t, source);
  t.deepEqual(all.map(({ code, message }) => `${code}: ${message}`).sort(), [
    'reference-missing: Ingress "c" uses IngressClass "traefik", which the stack does not make',
    'reference-missing: PersistentVolumeClaim "c" uses StorageClass "slow", which the stack does not make',
    'reference-missing: Pod "c" uses PriorityClass "hihg", which the stack does not make',
    'reference-missing: Pod "d" uses RuntimeClass "kata", which the stack does not make',
  ]);
});

test("references of projected volumes, pull secrets, network policies and bindings", async (t) => {
  const source = `import { core, networking, rbac } from "infra/kubernetes";
export const config = core.v1.ConfigMap({ metadata: { name: "config" }, data: { a: "1" } });
export const clerk = core.v1.ServiceAccount({ metadata: { name: "clerk" } });
export const role = rbac.v1.Role({ metadata: { name: "reads" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] });
const pod = (name: string, more: object) => core.v1.Pod({ metadata: { name, labels: { app: name } }, spec: { automountServiceAccountToken: false, containers: [{ name: "c", image: "x:1", ports: [{ name: "http", containerPort: 80 }] }], ...more } });
const projected = (sources: object[]) => ({ volumes: [{ name: "v", projected: { sources } }] });
const allow = (name: string, app: string, more: object = {}) => networking.v1.NetworkPolicy({ metadata: { name }, spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app } }, ...more }] }], egress: [{ to: [{ podSelector: { matchLabels: { app } }, ...more }] }] } });
const ports = (name: string, port: string) => networking.v1.NetworkPolicy({ metadata: { name }, spec: { podSelector: { matchLabels: { app: "b" } }, ingress: [{ ports: [{ port }] }] } });
const bind = (name: string, role: string, account: string, more: object = {}) => rbac.v1.RoleBinding({ metadata: { name }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role }, subjects: [{ kind: "ServiceAccount", name: account, ...more }] });
export const good = [ports("d", "http"), pod("a", projected([{ configMap: { name: "config", items: [{ key: "a", path: "a" }] } }, { secret: { name: "far", optional: true } }])), allow("a", "a"), allow("b", "far", { namespaceSelector: {} }), bind("a", "reads", "clerk"), bind("b", "reads", "far", { namespace: "far" })];
export const bad = [
  pod("b", projected([{ configMap: { name: "config", items: [{ key: "b", path: "b" }] } }, { secret: { name: "gone" } }])),
  pod("c", { imagePullSecrets: [{ name: "registry" }] }),
  allow("c", "gone"),
  ports("e", "htp"),
  bind("c", "writes", "clark"),
];
`;
  const { diagnostics: all } = await found(t, source);
  t.deepEqual(all.map(({ code, message, span }) => `${span?.start.line} ${code}: ${message}`).sort(), [
    '12 config-key-unknown: ConfigMap "config" has no key "b"',
    '12 reference-missing: Pod "b" uses Secret "gone", which the stack does not make',
    '5 reference-missing: Pod "c" uses Secret "registry", which the stack does not make',
    '7 selector-matches-nothing: NetworkPolicy "c" selects app=gone: no pods of the stack',
    '7 selector-matches-nothing: NetworkPolicy "c" selects app=gone: no pods of the stack',
    '8 port-name-unknown: Pod "b" opens no port named "htp"',
    '9 reference-missing: RoleBinding "c" uses Role "writes", which the stack does not make',
    '9 reference-missing: RoleBinding "c" uses ServiceAccount "clark", which the stack does not make',
  ]);
});

test("references between exact objects: names, keys, ports and selectors", async (t) => {
  const source = `import { autoscaling, apps, core, networking } from "infra/kubernetes";
export const config = core.v1.ConfigMap({ metadata: { name: "config" }, data: { a: "1" } });
export const web = apps.v1.Deployment({ metadata: { name: "web" }, spec: {
  selector: { matchLabels: { app: "web" } },
  template: { metadata: { labels: { app: "web" } }, spec: {
    serviceAccountName: "clerk",
    volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }, { name: "o", configMap: { name: "far", optional: true } }],
    containers: [{ name: "c", image: "x:1", ports: [{ name: "http", containerPort: 80 }],
      env: [
        { name: "A", valueFrom: { configMapKeyRef: { name: "config", key: "b" } } },
        { name: "B", valueFrom: { secretKeyRef: { name: "login", key: "b" } } },
      ] }] } } } });
export const good = core.v1.Service({ metadata: { name: "good" }, spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: "htp" }] } });
export const bad = core.v1.Service({ metadata: { name: "bad" }, spec: { selector: { app: "wep" }, ports: [{ port: 80 }] } });
export const entry = networking.v1.Ingress({ metadata: { name: "entry" }, spec: { rules: [{ http: { paths: [
  { path: "/", pathType: "Prefix", backend: { service: { name: "good", port: { number: 81 } } } },
  { path: "/x", pathType: "Prefix", backend: { service: { name: "gone", port: { number: 80 } } } } ] } }] } });
export const scale = autoscaling.v2.HorizontalPodAutoscaler({ metadata: { name: "web" }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "wep" } } });
`;
  const { diagnostics: all } = await found(t, source);
  t.deepEqual(all.map(({ code, message, span }) => `${span?.start.line} ${code}: ${message}`).sort(), [
    '10 config-key-unknown: ConfigMap "config" has no key "b"',
    '11 reference-missing: Deployment "web" uses Secret "login", which the stack does not make',
    '13 port-name-unknown: Deployment "web" opens no port named "htp"',
    '14 selector-matches-nothing: Service "bad" selects app=wep: no pods of the stack',
    '16 port-name-unknown: Service "good" opens no port 81',
    '17 reference-missing: Ingress "entry" uses Service "gone", which the stack does not make',
    '18 reference-missing: HorizontalPodAutoscaler "web" uses Deployment "wep", which the stack does not make',
    '6 reference-missing: Deployment "web" uses ServiceAccount "clerk", which the stack does not make',
    '7 reference-missing: Deployment "web" uses PersistentVolumeClaim "data", which the stack does not make',
  ]);
});

test("a finding is accepted in place; one that is not there is said, and so is a code that is none", async (t) => {
  const source = (code: string) => `import { accept, deployment } from "infra";
export const a = accept(deployment("a", { containers: { a: { image: "x:1", user: 0 } } }), "${code}" as never, "why");
`;
  t.deepEqual((await found(t, source("run-as-root"))).lines, []);
  t.deepEqual((await found(t, source("privileged"))).lines, ["2 accept-unused", "2 run-as-root"]);
  t.deepEqual((await found(t, source("run-as-rot"))).lines, ["2 accept-unknown", "2 run-as-root"]);
});

test("policies of one's own judge the objects, at the author's line, in their own process", async (t) => {
  const source = `import { deployment, policy } from "infra";
policy("few", (objects, report) => {
  for (const object of objects) if (object.spec?.replicas > 3) report(object, "more than three", "spec.replicas");
});
export const a = deployment("a", { containers: { a: { image: "x:1" } },
  replicas: 4 });
export const b = deployment("b", { containers: { a: { image: "x:1" } }, replicas: 3 });
`;
  const { code, diagnostics: all, lines } = await found(t, source);
  t.is(code, 1);
  t.deepEqual(lines, ["6 policy"]);
  t.is(all[0]?.message, "few: more than three");
  const broken = source.replace("object.spec?.replicas > 3", "object.nothing.at.all");
  t.deepEqual((await found(t, broken)).lines, ["3 exception"]);
  t.deepEqual((await found(t, source.replace("object.spec?.replicas > 3", "Math.random() > 2"))).lines, [
    "3 undeclared-input",
  ]);
});

test("a policy that is async is refused at its line: what it finds later would be lost", async (t) => {
  const source = `import { deployment, policy } from "infra";
export const a = deployment("a", { containers: { a: { image: "x:1" } } });
policy("late", async (objects, report) => {
  await undefined;
  for (const object of objects) report(object, "found");
});
`;
  const { code, diagnostics: all, lines } = await found(t, source);
  t.deepEqual([code, lines], [1, ["3 policy"]]);
  t.regex(all[0]?.hint ?? "", /leave async out/);
  const kept = source.replace("async ", "").replace("  await undefined;\n", "");
  t.deepEqual((await found(t, kept)).lines, ["2 policy"]);
});

test("a policy is a function that a test calls", async (t) => {
  const { ownImages } = await import("../../examples/policies/rules.js");
  const objects = [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a" },
      spec: { template: { spec: { containers: [{ name: "c", image: "nginx:1" }] } } },
    },
  ];
  const said: string[] = [];
  ownImages(objects, (_, message, path) => said.push(`${path}: ${message}`));
  t.deepEqual(said, ['spec.template.spec.containers[c].image: "nginx:1" is not of our registry']);
});

const hostile =
  'export const x = 1;\nimport { configMap } from "infra";\nexport const c = configMap("A\\u001b[31m,:%\\n", { a: 1 });\n';

test("no format lets an escape through to the terminal", async (t) => {
  for (const format of ["text", "json", "sarif", "github"]) {
    const { code, error, out } = await compile(t, hostile, "--format", format);
    t.is(code, 1);
    t.false(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(out + error), format);
  }
});

test("SARIF has a rule and a region for each result", async (t) => {
  const { out, work } = await compile(t, pod("securityContext: { runAsUser: 0 }"), "--format", "sarif");
  const { runs, version } = JSON.parse(out);
  t.is(version, "2.1.0");
  const [{ columnKind, results, tool }] = runs;
  t.is(columnKind, "utf16CodeUnits");
  t.is(results.length, 1);
  t.like(results[0], { ruleId: "run-as-root", ruleIndex: 0, level: "warning" });
  t.like(results[0].locations[0].physicalLocation, {
    artifactLocation: { uri: "infra.ts" },
    region: { startLine: 6 },
  });
  const [rule] = tool.driver.rules;
  t.is(rule.id, "run-as-root");
  for (const part of ["shortDescription", "fullDescription", "help"]) t.true(rule[part].text.length > 10);
  t.regex(await readFile(join(work, "infra.out/compile.json"), "utf8"), /"stack": "check"/);
});

test("SARIF gives what has no place the stack's own file", async (t) => {
  const { out } = await compile(t, "export const a = 1;", "--format", "sarif");
  t.deepEqual(
    JSON.parse(out).runs[0].results.map(({ ruleId, locations }: { ruleId: string; locations: unknown }) => [
      ruleId,
      locations,
    ]),
    [["stack-empty", [{ physicalLocation: { artifactLocation: { uri: "infra.ts" } } }]]],
  );
});

test("GitHub's workflow commands name file, line and code", async (t) => {
  const { out } = await compile(t, pod("securityContext: { runAsUser: 0 }"), "--format", "github");
  t.regex(
    out,
    /^::warning file=infra\.ts,line=6,endLine=6,col=\d+,endColumn=\d+,title=run-as-root::Pod "p": container "c" runs as root%0Auser: 1000, or/,
  );
});

const addressed = (text: string) => `import { configMap, deployment, externalService, service } from "infra";
const web = deployment("web", { containers: { c: { image: "x:1", user: 1000, ports: { http: 80 } } } });
export const one = service("one", { to: web, ports: { 8080: "http" } });
export const headless = service("headless", { to: web, type: "Headless", ports: { 80: "http" } });
export const outside = externalService("outside", { external: "db.example.org", ports: { 80: "http" } });
export const texts = configMap("texts", { a: ${JSON.stringify(text)} });
`;

for (const [text, port] of [
  ["http://one:81/", 81],
  ["see <http://one:81>, then", 81],
  ["redis://user@one.default.svc.cluster.local:6379/0", 6379],
  ["http://one.default/", 80],
  ["wss://ONE.", 443],
  ["http://one:8080/ http://one:8080?a http://one:8080", undefined],
  ["http://one:$(PORT)/ http://one:{{port}} http://one:80$X http://one-$(ZONE):1 http://one$X", undefined],
  ["http://one.other:81 http://one.default.example.org:81 http://two:81", undefined],
  ["http://headless:81 http://outside:81", undefined],
  ["redis://one oci://one:1 one:81 //one:81", undefined],
] as const)
  test(`a URL to a Service: ${text}`, async (t) => {
    const { diagnostics } = await found(t, addressed(text));
    t.deepEqual(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      port === undefined
        ? []
        : [
            `url-port-unknown configMap "texts": key "a" has a URL to "${/one[.\w]*/i.exec(text.replace(/^.*@/, ""))?.[0]}" at port ${port}, and service "one" opens 8080`,
          ],
    );
  });

test("in another namespace the host names it", async (t) => {
  const source = `import { core } from "infra/kubernetes";
const ports = [{ port: 80 }];
export const one = core.v1.Service({ metadata: { name: "one", namespace: "a" }, spec: { ports } });
export const near = core.v1.ConfigMap({ metadata: { name: "m", namespace: "a" }, data: { x: "http://one:81" } });
export const far = core.v1.ConfigMap({ metadata: { name: "m" }, data: { x: "http://one:81 http://one.a:82" } });
`;
  const { diagnostics } = await found(t, source);
  t.deepEqual(
    diagnostics.map(({ message }) => message),
    [
      'ConfigMap "m" in "a": key "x" has a URL to "one" at port 81, and Service "one" opens 80',
      'ConfigMap "m": key "x" has a URL to "one.a" at port 82, and Service "one" opens 80',
    ],
  );
});

for (const [title, source] of [
  ["a folder of Windows", pod('workingDir: "C:\\\\app"', 'os: { name: "windows" },')],
  ["the image's own folder", pod('workingDir: ""')],
  [
    "accepted",
    pod("ports: [{ containerPort: 80 }]")
      .replace('"infra/kubernetes";', '"infra/kubernetes"; import { accept } from "infra";')
      .replace(
        /$/,
        'export const s = accept(core.v1.Service({ metadata: { name: "s" }, spec: { type: "NodePort", ports: [{ port: 80, nodePort: 80 }] } }), "node-port-range", "k3s");',
      ),
  ],
] as const)
  test(`nothing is said of ${title}`, async (t) => t.deepEqual((await found(t, source)).lines, []));

for (const [field, value] of Object.entries({
  ...{
    volumes: {},
    initContainers: 5,
    imagePullSecrets: "login",
    priorityClassName: 5,
    serviceAccountName: {},
  },
  containers: [
    { name: "a", image: "x:1", env: {} },
    { name: "b", image: "x:1", env: [{ name: "A", value: 8080 }], envFrom: 5 },
    { name: "c", image: "x:1", ports: {}, workingDir: 5, command: "run" },
    { name: "d", image: 5, livenessProbe: { httpGet: { path: 5, port: {} } } },
  ],
}))
  test(`a value of the wrong type is a mistake at its place, and not ours: ${field}`, async (t) => {
    const containers = [{ name: "a", image: "x:1" }];
    const object = {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } },
      spec: { containers, [field]: value },
    };
    const { code, diagnostics } = await found(t, `export const pod = ${JSON.stringify(object)};\n`);
    t.is(code, 1);
    t.deepEqual([...new Set(diagnostics.map((one) => one.code))], ["field-invalid"]);
  });

test("a key with a value of the wrong type is there all the same", async (t) => {
  const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: { a: 5 } };
  const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "m", key: "a" } } }];
  const user = {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } },
    spec: { containers: [{ name: "a", image: "x:1", env }] },
  };
  const { lines } = await found(
    t,
    `export const m = ${JSON.stringify(config)};\nexport const p = ${JSON.stringify(user)};\n`,
  );
  t.deepEqual(lines, ["1 field-invalid"]);
});

test("a policy cannot change what the next one is given", async (t) => {
  const { diagnostics, lines } = await found(
    t,
    `import { configMap, policy } from "infra";
export const a = configMap("a", { mode: "fast" });
policy("changes", (objects) => {
  (objects[0] as any).data.mode = "slow";
});
`,
  );
  t.deepEqual(lines, ["4 exception"]);
  t.regex(diagnostics[0]?.message ?? "", /read only property 'mode'/);
});
