import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { checkPolicies } from "../../compiler/check/policies.js";
import { compile } from "../../compiler/compile.js";
import { type PolicyLevel, policyDiagnostics, policyLevels } from "../../compiler/diagnostics/policy-rows.js";

import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { Origins } from "../../compiler/lower/built.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { elsewhere, peers } from "./peer-rules.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

const metadata = (name: string) => ({ metadata: { name } });
const pod = (name: string, container: object, spec: object = {}) => ({
  ...{ apiVersion: "v1", kind: "Pod", ...metadata(name) },
  spec: {
    automountServiceAccountToken: false,
    ...spec,
    containers: [{ name: "c", image: "x:1", ...container }],
  },
});
const deployment = (name: string, spec: object, container: object = {}, more: object = {}) => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", ...metadata(name) },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        automountServiceAccountToken: false,
        ...more,
        containers: [{ name: "c", image: "x:1", ...container }],
      },
    },
    ...spec,
  },
});
const nodePort = (name: string, number: number) => ({
  ...{ apiVersion: "v1", kind: "Service", ...metadata(name) },
  spec: { type: "NodePort", ports: [{ port: 80, nodePort: number }] },
});
const role = (name: string, rule: object) => ({
  ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", ...metadata(name) },
  rules: [{ apiGroups: [""], verbs: ["get"], resources: ["pods"], ...rule }],
});
const budget = (name: string, spec: object) => ({
  ...{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", ...metadata(name) },
  spec: { selector: { matchLabels: { app: "one" } }, ...spec },
});
const job = (name: string, spec: object) => ({
  ...{ apiVersion: "batch/v1", kind: "Job", ...metadata(name) },
  spec: {
    template: {
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        containers: [{ name: "c", image: "x:1" }],
      },
    },
    ...spec,
  },
});
const ingress = (name: string, spec: object) => ({
  ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", ...metadata(name) },
  spec: { defaultBackend: { service: { name: "front", port: { number: 80 } } }, ...spec },
});
const autoscaler = (name: string, spec: object) => ({
  ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", ...metadata(name) },
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "one" }, ...spec },
});
const binding = (name: string, role: string) => ({
  ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", ...metadata(name) },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects: [{ kind: "User", name: "a", apiGroup: "rbac.authorization.k8s.io" }],
});
const probe = { httpGet: { path: "/", port: 80 } };
const port = { ports: [{ containerPort: 80 }] };
const spread = { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" };

/** Each code with an object that has it, and one that has not. */
const cases: {
  readonly [code: string]: readonly [bad: (name: string) => object, good: (name: string) => object];
} = {
  "added-capability": [
    (name) => pod(name, { securityContext: { capabilities: { add: ["SYS_ADMIN"] } } }),
    (name) => pod(name, { securityContext: { capabilities: { add: ["CHOWN"] } } }),
  ],
  "apparmor-unconfined": [
    (name) => pod(name, { securityContext: { appArmorProfile: { type: "Unconfined" } } }),
    (name) => pod(name, { securityContext: { appArmorProfile: { type: "RuntimeDefault" } } }),
  ],
  "autoscaler-fixed": [
    (name) => autoscaler(name, { minReplicas: 3, maxReplicas: 3 }),
    (name) => autoscaler(name, { minReplicas: 2, maxReplicas: 3 }),
  ],
  "budget-blocks": [
    (name) => budget(name, { maxUnavailable: 0 }),
    (name) => budget(name, { maxUnavailable: 1 }),
  ],
  "node-port-range": [(name) => nodePort(name, 8080), (name) => nodePort(name, 32_767)],
  "probe-path-relative": [
    (name) => pod(name, { readinessProbe: { httpGet: { path: "ready", port: 80 } } }),
    (name) => pod(name, { readinessProbe: { httpGet: { path: "/ready", port: 80 } } }),
  ],
  "url-port-unknown": [
    (name) => pod(name, { command: ["get", "http://node-port-range-good:81/"] }),
    (name) => pod(name, { command: ["get", "http://node-port-range-good/"] }),
  ],
  "workdir-relative": [
    (name) => pod(name, { workingDir: "app" }),
    (name) => pod(name, { workingDir: "/app" }),
  ],
  "cluster-admin": [(name) => binding(name, "cluster-admin"), (name) => binding(name, "view")],
  "config-secret": [
    (name) => ({ apiVersion: "v1", kind: "ConfigMap", ...metadata(name), data: { DB_PASSWORD: "x" } }),
    (name) => ({ apiVersion: "v1", kind: "ConfigMap", ...metadata(name), data: { PASSWORD_FILE: "/run/x" } }),
  ],
  "duplicate-variable": [
    (name) =>
      pod(name, {
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      }),
    (name) =>
      pod(name, {
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
        ],
      }),
  ],
  "environment-secret": [
    (name) => pod(name, { env: [{ name: "DB_PASSWORD", value: "x" }] }),
    (name) => pod(name, { env: [{ name: "DB_PASSWORD", value: "$(OTHER)" }] }),
  ],
  "escalation-allowed": [
    (name) => pod(name, {}),
    (name) => pod(name, { securityContext: { allowPrivilegeEscalation: false } }),
  ],
  "field-deprecated": [
    (name) => pod(name, {}, { serviceAccount: "one" }),
    (name) => pod(name, {}, { serviceAccountName: "one", serviceAccount: "one" }),
  ],
  "host-namespace": [(name) => pod(name, {}, { hostPID: true }), (name) => pod(name, {}, { hostPID: false })],
  "host-path": [
    (name) => pod(name, {}, { volumes: [{ name: "v", hostPath: { path: "/" } }] }),
    (name) => pod(name, {}, { volumes: [{ name: "v", emptyDir: {} }] }),
  ],
  "host-port": [
    (name) => pod(name, { ports: [{ containerPort: 80, hostPort: 80 }] }),
    (name) => pod(name, port),
  ],
  "host-process": [
    (name) =>
      pod(name, {}, { hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } } }),
    (name) => pod(name, {}, { securityContext: { windowsOptions: { runAsUserName: "a" } } }),
  ],
  "image-latest": [
    (name) => pod(name, { image: "registry:5000/x" }),
    (name) => pod(name, { image: "x@sha256:01" }),
  ],
  "job-kept": [(name) => job(name, {}), (name) => job(name, { ttlSecondsAfterFinished: 60 })],
  "limits-missing": [
    (name) => pod(name, {}),
    (name) => pod(name, { resources: { limits: { memory: "1Mi" } } }),
  ],
  "liveness-missing": [
    (name) => deployment(name, {}),
    (name) => deployment(name, {}, { livenessProbe: probe }),
  ],
  "powerful-permission": [
    (name) => role(name, { resources: ["secrets"] }),
    (name) => role(name, { resources: ["secrets"], resourceNames: ["mine"] }),
  ],
  privileged: [
    (name) => pod(name, { securityContext: { privileged: true } }),
    (name) => pod(name, { securityContext: { privileged: false } }),
  ],
  "probe-host": [
    (name) => pod(name, { readinessProbe: { tcpSocket: { port: 80, host: "10.0.0.1" } } }),
    (name) => pod(name, { readinessProbe: { tcpSocket: { port: 80 } } }),
  ],
  "proc-unmasked": [
    (name) => pod(name, { securityContext: { procMount: "Unmasked" } }, { hostUsers: false }),
    (name) => pod(name, { securityContext: { procMount: "Default" } }),
  ],
  "readiness-missing": [
    (name) => deployment(name, {}, port),
    (name) => deployment(name, {}, { ...port, readinessProbe: probe }),
  ],
  "requests-missing": [
    (name) => pod(name, {}),
    (name) => pod(name, { resources: { requests: { cpu: "1m", memory: "1Mi" } } }),
  ],
  "run-as-root": [
    (name) => pod(name, {}, { securityContext: { runAsUser: 0 } }),
    (name) => pod(name, {}, { securityContext: { runAsUser: 1000, runAsNonRoot: true } }),
  ],
  "seccomp-unconfined": [
    (name) => pod(name, {}, { securityContext: { seccompProfile: { type: "Unconfined" } } }),
    (name) => pod(name, {}, { securityContext: { seccompProfile: { type: "RuntimeDefault" } } }),
  ],
  "selinux-custom": [
    (name) => pod(name, { securityContext: { seLinuxOptions: { type: "spc_t" } } }),
    (name) => pod(name, { securityContext: { seLinuxOptions: { type: "container_t", level: "s0" } } }),
  ],
  "single-replica": [
    (name) => deployment(name, { replicas: 1 }),
    (name) => deployment(name, { replicas: 2 }),
  ],
  "spread-missing": [
    (name) => deployment(name, { replicas: 2 }),
    (name) => deployment(name, { replicas: 2 }, {}, { topologySpreadConstraints: [spread] }),
  ],
  "ssh-port": [(name) => pod(name, { ports: [{ containerPort: 22 }] }), (name) => pod(name, port)],
  "sysctl-unsafe": [
    (name) => pod(name, {}, { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }),
    (name) =>
      pod(name, {}, { securityContext: { sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }] } }),
  ],
  "tls-missing": [(name) => ingress(name, {}), (name) => ingress(name, { tls: [{ hosts: ["a.example"] }] })],
  "token-mounted": [
    (name) => pod(name, {}, { automountServiceAccountToken: true }),
    (name) => pod(name, {}, { automountServiceAccountToken: false }),
  ],
  "volume-type": [
    (name) => pod(name, {}, { volumes: [{ name: "v", nfs: { server: "a", path: "/" } }] }),
    (name) => pod(name, {}, { volumes: [{ name: "v", emptyDir: {} }] }),
  ],
  "wildcard-permission": [(name) => role(name, { verbs: ["*"] }), (name) => role(name, {})],
  "writable-root": [
    (name) => pod(name, {}),
    (name) => pod(name, { securityContext: { readOnlyRootFilesystem: true } }),
  ],
};

interface Level {
  readonly level: PolicyLevel;
  readonly peers: string;
  readonly fix: string;
  readonly about: string;
}
const levels = new Map(
  Object.entries(policyDiagnostics).flatMap(([code, row]) =>
    "level" in row ? [[code, row as Level] as const] : [],
  ),
);

/** What is found at a level, as `code name`, in one program of all the objects. */
async function found(level: PolicyLevel): Promise<ReadonlySet<string>> {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  try {
    const objects = Object.entries(cases).flatMap(([code, [bad, good]]) => [
      bad(`${code}-bad`),
      good(`${code}-good`),
    ]);
    const source = [...objects, deployment("one", { replicas: 2 })]
      .map((object, index) => `export const o${index} = ${JSON.stringify(object)};`)
      .join("\n");
    await writeFile(join(folder, "infra.ts"), source);
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: false, version: "0.0.0", policy: level },
    });
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return new Set(
      diagnostics.map(({ code, span }) => `${code} ${objectName(objects[(span?.start.line ?? 0) - 1])}`),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

function objectName(object: object | undefined): string {
  return (object as { metadata?: { name?: string } } | undefined)?.metadata?.name ?? "";
}

test("each finding is made at its level, of what has it, and not of what has not", async (t) => {
  t.deepEqual(Object.keys(cases).sort(), [...levels.keys()].sort());
  let below: ReadonlySet<string> = new Set();
  for (const level of policyLevels) {
    const now = await found(level);
    for (const [code, row] of levels) {
      const isDue = policyLevels.indexOf(row.level) <= policyLevels.indexOf(level);
      t.is(now.has(`${code} ${code}-bad`), isDue, `${level}: ${code}`);
      if (level === row.level) {
        t.false(now.has(`${code} ${code}-good`), `${level}: ${code} of what is good`);
        t.false(below.has(`${code} ${code}-bad`));
      }
    }
    below = now;
  }
});

test("a finding is accepted in .infra too, and an acceptance without a finding is told", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "main.infra"),
    `deployment api { container web { image = "x:latest" } }
let kept = accept(deployment.api, "image-latest", "ticket 12")
let idle = accept(deployment.api, "privileged", "not so")
`,
  );
  const { diagnostics, files } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "main.infra"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0" },
  });
  t.deepEqual(
    diagnostics.map(({ code, span }) => `${span?.start.line} ${code}`),
    ["3 accept-unused"],
  );
  t.like(JSON.parse(files?.get("compile.json") ?? "").accepted[0], {
    code: "image-latest",
    reason: "ticket 12",
  });
});

test("the user of an own image is known: root where neither it nor a base of it names one", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { deployment, image, scratch } from "infra";
const base = image("base", { from: scratch(), copy: { "/app": "./infra.ts" } });
const bare = image("bare", { from: base, cmd: ["/app"] });
const named = image("named", { from: bare, user: 1000 });
const inherits = image("inherits", { from: named });
const back = image("back", { from: named, user: "root" });
export const apps = [base, bare, named, inherits, back].map((image, index) =>
  deployment("a" + index, { containers: { c: { image } } }));
export const said = deployment("said", { containers: { c: { image: bare, user: 7 } } });
`,
  );
  for (const policy of ["default", "restricted"] as const) {
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
      ...{ set: {}, check: false, version: "0.0.0", policy },
    });
    t.deepEqual(
      diagnostics
        .filter(({ code }) => code === "run-as-root")
        .map(({ message, related }) => `${message} (line ${related[0]?.span.start.line})`),
      [
        'deployment "a0": container "c", by its image "base", runs as root (line 2)',
        'deployment "a1": container "c", by its image "bare", runs as root (line 3)',
        'deployment "a4": container "c", by its image "back", runs as root (line 6)',
      ],
    );
  }
});

test("a budget is held against the fewest pods that an autoscaler leaves", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { autoscaler, deployment, disruptionBudget } from "infra";
const web = deployment("web", { replicas: 5, containers: { a: { image: "x:1" } } });
export const budget = disruptionBudget("web", { of: web, min: 2 });
export const scale = autoscaler("web", { of: web, min: 2, max: 5, cpu: "80%" });
const half = (name: string, replicas: number) =>
  disruptionBudget(name, { of: deployment(name, { replicas, containers: { a: { image: "x:1" } } }), min: "50%" });
export const halves = [half("alone", 1), half("three", 3)];
`,
  );
  const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0", policy: "advice" },
  });
  t.deepEqual(
    diagnostics.filter(({ code }) => code === "budget-blocks").map(({ message }) => message),
    [
      'disruptionBudget "web" keeps 2 of 2 pods: no node with one of its pods can be emptied',
      'disruptionBudget "alone" keeps 50% of 1 pods: no node with one of its pods can be emptied',
    ],
  );
});

test("whoever may make what makes pods may make pods", (t) => {
  const powers = (apiGroups: readonly string[], resources: readonly string[]) => {
    const reporter = new Reporter();
    const object = {
      ...role("a", { apiGroups, resources, verbs: ["create", "get"] }),
    } as unknown as KubeObject;
    checkPolicies(
      { built: [{ object, title: "role", origins: new Origins() }], images: [] },
      "advice",
      () => false,
      reporter,
    );
    return reporter.sorted().map(({ message }) => message);
  };
  t.deepEqual(powers(["apps"], ["deployments"]), ["role may make pods"]);
  t.deepEqual(powers([""], ["deployments"]), []);
  t.deepEqual(powers(["batch"], ["jobs", "secrets"]), ["role may make pods"]);
  t.deepEqual(powers([""], ["pods/exec"]), ["role may run programs in pods"]);
});

test("what is out of date: volumes without a driver, labels and annotations of old names", (t) => {
  const said = (kind: string, metadata: object, spec: object) => {
    const reporter = new Reporter();
    const object = { apiVersion: "v1", kind, metadata: { name: "a", ...metadata }, spec };
    const built = [{ object, title: kind, origins: new Origins() }];
    checkPolicies({ built, images: [] }, "default", () => false, reporter);
    return reporter.sorted().map(({ message }) => message);
  };
  const containers = [{ name: "c", image: "x:1" }];
  t.deepEqual(said("Pod", {}, { containers, volumes: [{ name: "v", gitRepo: { repository: "a" } }] }), [
    'Pod: volume "v" is gitRepo, for which Kubernetes has no driver any more',
  ]);
  t.deepEqual(said("Pod", {}, { containers, nodeSelector: { "beta.kubernetes.io/os": "linux" } }), [
    "Pod: beta.kubernetes.io/os is now kubernetes.io/os",
  ]);
  const nodeSelectorTerms = [
    { matchExpressions: [{ key: "failure-domain.beta.kubernetes.io/zone", operator: "Exists" }] },
  ];
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  };
  t.deepEqual(said("Pod", {}, { containers, affinity }), [
    "Pod: failure-domain.beta.kubernetes.io/zone is now topology.kubernetes.io/zone",
  ]);
  t.deepEqual(
    said("Pod", { annotations: { "scheduler.alpha.kubernetes.io/critical-pod": "" } }, { containers }),
    [
      "Pod: the annotation scheduler.alpha.kubernetes.io/critical-pod does nothing; the field is priorityClassName",
    ],
  );
  t.deepEqual(said("Ingress", { annotations: { "kubernetes.io/ingress.class": "nginx" } }, {}), [
    "Ingress: the annotation kubernetes.io/ingress.class is now spec.ingressClassName",
  ]);
  const env = [
    { name: "AWS_SECRET_ACCESS_KEY", value: "x" },
    { name: "AZURE_STORAGE_KEY", value: "x" },
    { name: "CERTIFICATE", value: "-----BEGIN RSA PRIVATE KEY-----\nMII" },
    { name: "KEYBOARD", value: "de" },
    { name: "PRIMARY_KEY", value: "id" },
  ];
  t.deepEqual(said("Pod", {}, { containers: [{ name: "c", image: "x:1", env }] }), [
    'Pod: container "c" has AWS_SECRET_ACCESS_KEY as plain text',
    'Pod: container "c" has AZURE_STORAGE_KEY as plain text',
    'Pod: container "c" has CERTIFICATE as plain text',
  ]);
});

test("a budget that keeps all the pods that there are", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-policies-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, "infra.ts"),
    `import { deployment, disruptionBudget } from "infra";
const web = deployment("web", { replicas: 2, containers: { a: { image: "x:1" } } });
export const budget = disruptionBudget("web", { of: web, min: 2 });
`,
  );
  const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
    ...{ entry: join(folder, "infra.ts"), output: join(folder, "out"), stack: "m", namespace: "default" },
    ...{ set: {}, check: false, version: "0.0.0", policy: "advice" },
  });
  const [blocks] = diagnostics.filter(({ code }) => code === "budget-blocks");
  t.is(
    blocks?.message,
    'disruptionBudget "web" keeps 2 of 2 pods: no node with one of its pods can be emptied',
  );
  t.is(blocks?.span?.start.line, 3);
});

/** Codes that take a rule of a peer's for their own, or why there is none. */
function placeOf(rule: string): string {
  const codes = [...levels]
    .filter(([, row]) => rulesOf(row.peers).includes(rule))
    .map(([code]) => `\`${code}\``);
  return [...codes, ...elsewhere.filter(([one]) => one === rule).map(([, why]) => why)].join(", ");
}

/** `kube-linter a, b; PSS c` is three rules. */
function rulesOf(peers: string): readonly string[] {
  if (peers === "") return [];
  return peers.split("; ").flatMap((one) => {
    const [peer = "", ...names] = one.split(" ");
    return names
      .join(" ")
      .split(", ")
      .map((name) => `${peer} ${name}`);
  });
}

test("every rule of the peers has its place, and no other is claimed", (t) => {
  const all = Object.entries(peers).flatMap(([peer, { rules }]) => rules.map((rule) => `${peer} ${rule}`));
  const claimed = [...levels.values()].flatMap((row) => rulesOf(row.peers));
  t.deepEqual(
    [...claimed, ...elsewhere.map(([rule]) => rule)].filter((rule) => !all.includes(rule)),
    [],
  );
  t.deepEqual(
    all.filter((rule) => placeOf(rule) === ""),
    [],
  );
});

const page = new URL("../../docs/policies.md", import.meta.url);

test("the page of policies says what the rows say", async (t) => {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = policyLevels.flatMap((level) =>
    [...levels]
      .filter(([, row]) => row.level === level)
      .map(
        ([code, { about, fix, peers }]) =>
          `| \`${code}\` | ${level} | ${cell(about)} | ${cell(fix)} | ${peers} |`,
      ),
  );
  const text = `# Policies

What the API takes and experience does not. \`infra compile --policy LEVEL\` holds a stack to a level and those before it:
\`default\` always, \`advice\` (how to run well), \`baseline\` and \`restricted\` (the Pod Security Standards of Kubernetes). Each is a
warning; \`--strict\` makes it stop the compile. What is meant stays, with its reason, beside the resource, and is recorded
in \`compile.json\`: \`export const api = accept(deployment(…), "run-as-root", "legacy image, ticket 12")\`; in \`.infra\`
\`let kept = accept(deployment.api, "run-as-root", "legacy image, ticket 12")\`. An accept that
nothing is found for is a warning itself. Three more can be accepted at every level:
\`node-unmatched\`, \`reference-missing\` and \`selector-matches-nothing\`. Written from \`compiler/diagnostics/policy-rows.ts\` by its test (\`UPDATE_GOLDEN=1\`).

| code | level | why | what to do | its peers |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

## What others look for, and where it is here

Every rule of kube-linter ${peers["kube-linter"].version} and Polaris ${peers.Polaris.version}, and every control of the
Pod Security Standards of Kubernetes ${peers.PSS.version}. The standards are held to Kubernetes' own verdicts
(\`test/check/standards.test.ts\`).

| rule | here |
| --- | --- |
${Object.entries(peers)
  .flatMap(([peer, { rules }]) => rules.map((rule) => `| ${peer} ${rule} | ${placeOf(`${peer} ${rule}`)} |`))
  .join("\n")}

## Rules of one's own

\`\`\`ts
import { policy } from "infra";

export const few = policy("few", (objects, report) => {
  for (const object of objects)
    if (object.kind === "Deployment" && object.spec?.replicas > 3) report(object, "more than three", "spec.replicas");
});
\`\`\`

A policy is exported by the stack, or by a module that it imports, and gets the objects as Kubernetes would. What it
reports is an error at the author's line of the field it names. It is a function that any test can call:
[examples/policies](../examples/policies).
`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(page, text);
  t.is(await readFile(page, "utf8"), text, "UPDATE_GOLDEN=1 rewrites; then read the diff");
});
