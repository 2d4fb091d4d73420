import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import * as fc from "fast-check";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { emitYaml } from "../../compiler/emit/yaml.js";
import { evaluateProgram } from "../../compiler/import/evaluate-program.js";
import { importKubernetes } from "../../compiler/import/kubernetes.js";
import { isSame } from "../../compiler/import/objects.js";
import { readYaml } from "../../compiler/import/read-yaml.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { parseModule } from "../../compiler/language/parse.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { runCli } from "../support/cli.js";
import { typeErrors } from "../support/program-types.js";

const namespace = "default";

function imported(text: string) {
  const reporter = new Reporter();
  const result = importKubernetes([{ name: "k8s.yaml", text }], { namespace }, reporter);
  return { ...result, diagnostics: reporter.sorted(), source: writeTypeScript(result.program) };
}

function streamOf(objects: readonly unknown[]): string {
  return objects.map((object) => `---\n${emitYaml(object)}`).join("");
}

/** Import, then lowering, gives each object again; importing those gives the same program. */
function roundTrips(t: ExecutionContext, objects: readonly KubeObject[]) {
  const first = imported(streamOf(objects));
  t.deepEqual(first.diagnostics, []);
  const { built } = evaluateProgram(first.program, { namespace, fileText: () => undefined });
  const made = [...built.values()].flat().map(({ object }) => object);
  for (const object of objects) {
    const found = made.find(
      ({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name,
    );
    t.true(
      found !== undefined && isSame(found, object, namespace),
      JSON.stringify({ object, found, source: first.source }),
    );
  }
  t.is(made.length, objects.length);
  const second = imported(streamOf(made));
  const again = evaluateProgram(second.program, { namespace, fileText: () => undefined });
  t.is(
    imported(streamOf([...again.built.values()].flat().map(({ object }) => object))).source,
    second.source,
  );
}

const web = `
# The front.
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2 # one per zone
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example/web:3
        ports: [{name: http, containerPort: 8080}]
        env:
        - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
        readinessProbe: {httpGet: {path: /, port: http}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: shop.example.org
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}
`;

test("references become values, comments stay, what is referred to comes first", (t) => {
  const { objects, source } = imported(web);
  t.deepEqual(
    objects.map(({ as }) => as),
    ["construct", "construct", "construct", "construct"],
  );
  t.is(
    source,
    `import { configMap, deployment, ingress, service } from "infra";

export const settings = configMap("settings", { mode: "fast" }, { defaults: "kubernetes" });

// The front.
export const web = deployment("web", {
  // one per zone
  replicas: 2,
  containers: {
    web: {
      image: "registry.example/web:3",
      ports: { http: 8080 },
      env: { MODE: settings.key("mode") },
      readiness: { http: "/", port: "http" },
    },
  },
  labels: { app: "web" },
  defaults: "kubernetes",
});

export const webService = service("web", {
  to: web,
  ports: { 80: "http" },
  defaults: "kubernetes",
});

export const webIngress = ingress("web", {
  routes: { "shop.example.org": { "/": webService.port("http") } },
  defaults: "kubernetes",
});
`,
  );
});

test("a Service whose ports lead to one container port", (t) => {
  const service = (ports: string) =>
    `${web}---\n{apiVersion: v1, kind: Service, metadata: {name: two}, spec: {type: NodePort, selector: {app: web}, ports: [${ports}]}}`;
  const { source } = imported(
    service(
      "{name: http-81, port: 81, targetPort: http}, {name: http, port: 80, targetPort: http, nodePort: 30080}",
    ),
  );
  t.true(source.includes('ports: { 81: "http", 80: "http" },\n  nodePorts: { http: 30080 },'), source);
  const renamed = imported(
    service("{name: b, port: 81, targetPort: http}, {name: a, port: 80, targetPort: http}"),
  );
  t.true(renamed.source.includes('{ name: "b", port: 81, targetPort: "http" }'), renamed.source);
});

test("what pods and routes have beside the usual is written with the constructs", (t) => {
  const pod =
    "{imagePullSecrets: [{name: registry}], runtimeClassName: gvisor, restartPolicy: Never, securityContext: {sysctls: [{name: net.core.somaxconn, value: '1024'}]}, containers: [{name: a, image: 'x:1'}]}";
  const paths = (type: string) =>
    `[{path: /a, pathType: ${type}, backend: {service: {name: web, port: {name: http}}}}]`;
  const { source } = imported(`${web}---
{apiVersion: batch/v1, kind: Job, metadata: {name: once}, spec: {suspend: true, completions: 4, parallelism: 2, backoffLimit: 1, activeDeadlineSeconds: 600, template: {metadata: {labels: {app: once}}, spec: ${pod}}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: exact}, spec: {defaultBackend: {service: {name: web, port: {name: http}}}, rules: [{host: a.example, http: {paths: ${paths("Exact")}}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: other}, spec: {defaultBackend: {service: {name: web, port: {name: http}}}}}
`);
  for (const written of [
    "suspend: true,",
    'pullSecrets: ["registry"],',
    'runtime: "gvisor",',
    'sysctls: { "net.core.somaxconn": "1024" },',
    'match: "exact"',
    'default: webService.port("http"),',
  ])
    t.true(source.includes(written), `${written}\n${source}`);
  t.false(source.includes("networking.v1.Ingress("), source);
});

const policies: readonly (readonly [spec: string, written: string | undefined])[] = [
  [
    "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}]}]",
    'of: web,\n  from: [web],\n  ports: ["http"],',
  ],
  ["podSelector: {}, policyTypes: [Ingress]", 'of: "all", from: []'],
  ["podSelector: {}, ingress: [{}]", 'of: "all", from: ["anywhere"]'],
  [
    "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}, {ports: [{port: 53, protocol: UDP}, {port: 53}]}]",
    'of: "all", to: ["10.0.0.0/8"]',
  ],
  ["podSelector: {}, policyTypes: [Egress]", 'of: "all", to: [], dns: false'],
  [
    "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}]}]",
    'of: "all",\n  from: [{ pods: {}, namespace: { team: "a" } }],',
  ],
  ["podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]", undefined],
  ["podSelector: {matchExpressions: [{key: app, operator: Exists}]}, ingress: [{}]", undefined],
  [
    "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}, {port: 53, protocol: UDP}]}]",
    'from: ["anywhere"],\n  ports: [8080, "53/UDP"],',
  ],
  [
    "podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}]}, {ports: [{port: 443}]}]",
    'to: [{ of: web, ports: ["http"] }, { of: "anywhere", ports: [443] }],\n  dns: false,',
  ],
  [
    "podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}], ports: [{port: http}]}, {from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]",
    'from: [{ of: { pods: {} }, ports: ["http"] }, "10.0.0.0/8"],',
  ],
  ["podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80, endPort: 90}]}]", undefined],
  ["podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{protocol: TCP}]}]", undefined],
];
for (const [spec, written] of policies)
  test(`a network policy as who may call whom: ${spec}`, (t) => {
    const text = `${web}---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, spec: {${spec}}}`;
    const { program, source } = imported(text);
    if (written === undefined) t.true(source.includes("networking.v1.NetworkPolicy("), source);
    else t.true(source.includes(`networkPolicy("p", {`) && source.includes(written), source);
    const { built } = evaluateProgram(program, { namespace, fileText: () => undefined });
    const made = [...built.values()].flat().find(({ object }) => object.kind === "NetworkPolicy")?.object;
    const meant = readYaml(text).documents.at(-1)?.data as KubeObject;
    t.true(made !== undefined && isSame(made, meant, namespace), JSON.stringify({ made, meant }));
  });

test("a kind without a construct, and one that nobody knows, are written field by field", (t) => {
  const { objects, source } = imported(
    "apiVersion: example.org/v1\nkind: Shop\nmetadata: {name: a}\nspec: {__proto__: {x: 1}, open: true}\n---\n" +
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: b}\nrules: []\n",
  );
  t.deepEqual(
    objects.map(({ as }) => as),
    ["exact", "exact"],
  );
  t.true(source.includes('kind: "Shop"') && source.includes('["__proto__"]: { x: 1 }'));
  t.true(source.includes("rbac.v1.Role({"));
});

test("comments of a ConfigMap's keys, and of documents that hold nothing else, are kept in both languages", (t) => {
  const settings = (name: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n  # why ${name}\n  x: "1"\n`;
  const text = `# head\n---\n${settings("a")}---\n# between\n---\n${settings("b")}---\n# the end\n`;
  const { program, source } = imported(text);
  for (const written of [source, writeInfra(program)]) {
    const comments = [...written.matchAll(/\/\/ (.*)/g)].map(([, line]) => line);
    t.deepEqual(comments, ["head", "why a", "between", "the end", "why b"], written);
  }
  t.deepEqual(parseModule("main.infra", writeInfra(program)).problems, []);
});

test("a version that Kubernetes has removed is refused at its line", (t) => {
  const found = (text: string) => {
    const reporter = new Reporter();
    importKubernetes([{ name: "k8s.yaml", text }], { namespace: "default" }, reporter);
    return reporter.sorted().map(({ code, hint, span }) => [code, span?.start.line, hint]);
  };
  const object = (apiVersion: string, kind: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
  const old = {
    "policy/v1beta1": ["PodDisruptionBudget", "policy/v1"],
    "extensions/v1beta1": ["Deployment", "apps/v1"],
    "autoscaling/v2beta2": ["HorizontalPodAutoscaler", "autoscaling/v2"],
    "apiextensions.k8s.io/v1beta1": ["CustomResourceDefinition", "apiextensions.k8s.io/v1"],
    "resource.k8s.io/v1alpha2": ["ResourceClaim", "resource.k8s.io/v1"],
  };
  for (const [version, [kind = "", now]] of Object.entries(old))
    t.deepEqual(found(`# above\n${object(version, kind)}`), [
      ["kind-unknown", 2, `Write "${now}"; its fields may be others`],
    ]);
  t.deepEqual(found(object("other.example.org/v1", "Shop")), []);
});

test("a live object loses what the cluster added", (t) => {
  const { source } = imported(`
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: web
    uid: 1-2
    resourceVersion: "7"
    creationTimestamp: "2024-01-01T00:00:00Z"
    annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
  spec:
    clusterIP: 10.0.0.9
    clusterIPs: [10.0.0.9]
    internalTrafficPolicy: Cluster
    ipFamilies: [IPv4]
    ipFamilyPolicy: SingleStack
    ports: [{port: 80, protocol: TCP, targetPort: 80}]
    sessionAffinity: None
    type: ClusterIP
  status: {loadBalancer: {}}
`);
  t.true(
    source.includes('core.v1.Service({ metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } })'),
    source,
  );
});

const service = (note: string) =>
  `{apiVersion: v1, kind: Service, metadata: {name: web, uid: u, annotations: {
kubectl.kubernetes.io/last-applied-configuration: '${note}'}}, spec: {type: NodePort, ports: [{port: 80, nodePort: 31000}]}}`;

for (const [note, isKept] of [
  ['{"spec": {"ports": [{"port": 80}]}}', false],
  ['{"spec": {"ports": [{"port": 80, "nodePort": 31000}]}}', true],
  ["", true],
  ['{"spec": []', true],
] as const)
  test(`a node port ${isKept ? "stays" : "was the cluster's choice"} where kubectl noted ${note || "nothing"}`, (t) => {
    const { diagnostics, source } = imported(service(note));
    t.deepEqual(diagnostics, []);
    t.is(source.includes("31000"), isKept, source);
  });

test("a live Job has no selector of its own", (t) => {
  const { source } = imported(`
apiVersion: batch/v1
kind: Job
metadata: {name: once, uid: u, labels: {controller-uid: q}}
spec:
  manualSelector: false
  selector: {matchLabels: {batch.kubernetes.io/controller-uid: q}}
  template:
    metadata: {labels: {batch.kubernetes.io/controller-uid: q, job-name: once}}
    spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}
`);
  t.true(!/[sS]elector|patch|uid/.test(source) && source.includes('job("once", {'), source);
});

test("what a controller makes is left out, with a word", (t) => {
  const { diagnostics, objects } = imported(
    "{apiVersion: v1, kind: Pod, metadata: {name: p, uid: u, ownerReferences: [{controller: true, kind: ReplicaSet, name: r}]}}",
  );
  t.deepEqual(objects, []);
  t.deepEqual(
    diagnostics.map(({ code }) => code),
    ["object-left-out"],
  );
});

test("two objects of one name that differ are refused; the same twice is once", (t) => {
  const map = (value: string) =>
    `---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: ${value}}}\n`;
  t.deepEqual(
    imported(map("x") + map("z")).diagnostics.map(({ code }) => code),
    ["object-twice"],
  );
  t.is(imported(map("x") + map("x")).objects.length, 1);
});

const hostile: readonly (readonly [string, string])[] = [
  [
    "an alias bomb",
    `a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${[1, 2, 3, 4, 5, 6].map((n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(10)}]\n`).join("")}`,
  ],
  ["an alias within itself", "a: &a {b: *a}"],
  ["deep nesting", "[".repeat(50_000)],
  ["a key twice", "a: 1\na: 2"],
  ["NUL", "a: b\u0000"],
  ["a tab for indent", "a:\n\tb: 1"],
  ["a number that JSON changes", "a: 12345678901234567890"],
  ["not-a-number", "a: .nan"],
];
for (const [what, text] of hostile)
  test(`refused with its place: ${what}`, (t) => {
    const { documents, problems } = readYaml(text);
    t.deepEqual(
      documents.map(({ data }) => data).filter((data) => data !== null),
      [],
    );
    t.true(problems.length > 0 && problems.every(({ line }) => line >= 1));
  });

test("what looks like a number to one reader of YAML and not to Go's is text", (t) => {
  const texts = ["e2", "E5", "e-0", "-e1", ".", "-.", ".e3", "._1", "0_b", "_1", "1e", "12:30"];
  const numbers = [".5", "1.", "1e3", "-.5", "+1.5e-3", "1_000", "1_0.5", "0o17", "0x1f"];
  const read = (plain: string) => Object.values(readYaml(`a: ${plain}\n`).documents[0]?.data ?? {})[0];
  for (const plain of texts) t.is(read(plain), plain);
  t.deepEqual(numbers.map(read), [0.5, 1, 1000, -0.5, 0.0015, 1000, 10.5, 15, 31]);
});

test("read as kubectl reads: octal modes, yes and no, times as text, CRLF, a byte order mark", (t) => {
  const { documents } = readYaml("\ufeffmode: 0644\r\non: yes\r\nat: 12:30:45\r\nday: 2020-01-01\r\n");
  t.deepEqual(documents[0]?.data, { mode: 420, true: true, at: "12:30:45", day: "2020-01-01" });
});

const word = fc.stringMatching(/^[a-z]([a-z0-9]{0,6})$/);
const labels = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 });
const container = fc.record(
  {
    image: fc.constantFrom("nginx", "nginx:1", "registry.example:5000/a/b@sha256:abc"),
    command: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
    env: fc.uniqueArray(fc.record({ name: word, value: fc.string() }), {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 3,
    }),
    ports: fc.uniqueArray(fc.record({ name: word, containerPort: fc.integer({ min: 1, max: 65_535 }) }), {
      comparator: (a, b) => a.name === b.name || a.containerPort === b.containerPort,
      minLength: 1,
      maxLength: 2,
    }),
    resources: fc.constantFrom(
      {},
      { requests: { cpu: "1" } },
      { requests: { memory: "1Gi" }, limits: { memory: "1Gi" } },
    ),
    securityContext: fc.constantFrom(
      {},
      { runAsUser: 0 },
      { privileged: false },
      { allowPrivilegeEscalation: false },
    ),
    tty: fc.boolean(),
  },
  { requiredKeys: ["image"] },
);
const deployment = fc
  .record({
    name: word,
    labels,
    own: fc.option(labels, { nil: undefined }),
    containers: fc.dictionary(word, container, { minKeys: 1, maxKeys: 2 }),
    replicas: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    namespace: fc.option(word, { nil: undefined }),
  })
  .map(
    ({ containers, labels: pod, name, namespace: within, own, replicas }) =>
      JSON.parse(
        JSON.stringify({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name, namespace: within, labels: own },
          spec: {
            replicas,
            selector: { matchLabels: pod },
            template: {
              metadata: { labels: pod },
              spec: { containers: Object.entries(containers).map(([of, spec]) => ({ name: of, ...spec })) },
            },
          },
        }),
      ) as KubeObject,
  );

test("import, then lowering, gives the same objects", (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(deployment, { selector: ({ metadata }) => metadata.name, maxLength: 3, minLength: 1 }),
      (objects) => {
        roundTrips(t, objects);
      },
    ),
    { numRuns: 60 },
  );
});

test("infra import writes a project that compiles; secrets in files of their owner; nothing is overwritten", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-import-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const secret =
    "---\n{apiVersion: v1, kind: Secret, metadata: {name: redis}, data: {password: aHVudGVyMg==}}\n";
  await writeFile(join(folder, "k8s.yaml"), web + secret);
  const first = await runCli(folder, ["import", "k8s.yaml", "-o", "shop"]);
  t.is(first.code, 0, first.error);
  const source = await readFile(join(folder, "shop/infra.ts"), "utf8");
  t.false(source.includes("hunter2") || source.includes("aHVudGVyMg"));
  t.is(await readFile(join(folder, "shop/secrets/redis/password"), "utf8"), "hunter2");
  t.is((await stat(join(folder, "shop/secrets/redis/password"))).mode & 0o777, 0o600);
  t.is(await readFile(join(folder, "shop/secrets/.gitignore"), "utf8"), "*\n");
  await t.throwsAsync(runCli(folder, ["import", "k8s.yaml", "-o", "shop"]), { message: /already there/ });
  t.is((await runCli(folder, ["import", "k8s.yaml", "-o", "shop", "--force"])).code, 0);
});

test("text is what it was between any quotes, and stands between those that need fewer escapes", (t) => {
  const written = (value: string) =>
    writeTypeScript({ statements: [{ variable: "it", value, exported: false }] });
  t.is(written('{"a": 1}'), `const it = '{"a": 1}';\n`);
  t.is(written(`it's`), `const it = "it's";\n`);
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^["'`\\$\n{}a]*$/));
  fc.assert(fc.property(text, (value) => new Function(`${written(value)}return it;`)() === value));
});

test("an image and a set of labels that stand three times are said once", (t) => {
  const of = (name: string) => `---
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, labels: {app: shop, tier: jobs}}
spec: {template: {metadata: {labels: {app: shop, tier: jobs}}, spec: {restartPolicy: Never, containers: [{name: a, image: "r/shop:1"}]}}}
`;
  const twice = imported(of("a") + of("b")).source;
  t.false(twice.includes("const shopImage"));
  const { program, source } = imported(of("a") + of("b") + of("c"));
  t.is(source.split("r/shop:1").length, 2, source);
  t.true(source.includes('const shopImage = "r/shop:1";') && source.includes("image: shopImage"), source);
  t.is(source.split("tier:").length, 2, source);
  t.deepEqual(parseModule("main.infra", writeInfra(program)).problems, []);
});

test("a folder's kustomization is left out, with a word, whether or not it says its kind", (t) => {
  const reporter = new Reporter();
  const sources = [
    { name: "k8s/kustomization.yaml", text: "resources: [web.yaml]\n" },
    { name: "k8s/web.yaml", text: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}\n" },
  ];
  t.is(importKubernetes(sources, { namespace }, reporter).objects.length, 1);
  t.deepEqual(
    reporter.sorted().map(({ code, span }) => `${code} ${span?.file}`),
    ["object-left-out k8s/kustomization.yaml"],
  );
});

test("what generators write out, and the server would fill in, is neither a patch nor in the way of a reference", (t) => {
  const { objects, source } = imported(`
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {mode: fast}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: "web:1"
    volumeMounts: [{name: config-settings, mountPath: /etc/settings}]
    livenessProbe:
      httpGet: {path: /live, port: 17472, scheme: HTTP}
      failureThreshold: 3
      periodSeconds: 10
      successThreshold: 1
      timeoutSeconds: 1
  volumes:
  - {name: config-settings, configMap: {name: settings, defaultMode: 420}}
`);
  t.deepEqual(
    objects.map(({ as }) => as),
    ["construct", "patched"],
  );
  t.true(source.includes('mounts: { "/etc/settings": settings.files() },'), source);
  t.true(source.includes('patch: { livenessProbe: { httpGet: { path: "/live", port: 17472 } } },'), source);
});

test("amounts that the types have no form for are left to Kubernetes' own words", (t) => {
  const { objects, source } = imported(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: "web:1"
    command: [run]
    args: [a, b, c]
    ports: [{name: http, containerPort: 80}]
    env: [{name: A, value: a}, {name: B, value: b}]
    readinessProbe: {httpGet: {path: /, port: http}}
    resources: {requests: {cpu: 100m, memory: "0"}}
  volumes: [{name: x, emptyDir: {sizeLimit: "1000000"}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: "1000000000"}}}
`);
  t.deepEqual(
    objects.map(({ as }) => as),
    ["patched", "exact"],
  );
  t.true(source.includes('resources: { cpu: "100m" },'), source);
  t.is(typeErrors(new Map([["amounts", source]])), "");
});

test("how fast an autoscaler adds and takes away is said in its own words where one policy says it, exactly otherwise", (t) => {
  const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "nginx:1.29" }] },
      },
    },
  };
  const percent = (value: number, periodSeconds: number) => ({ type: "Percent", value, periodSeconds });
  const pods = { type: "Pods", value: 4, periodSeconds: 15 };
  const written = (behavior: object) => {
    const scaled = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web" },
      spec: { scaleTargetRef: target, maxReplicas: 9, behavior },
    };
    const objects = [deployment, scaled] as unknown as readonly KubeObject[];
    roundTrips(t, objects);
    return imported(streamOf(objects)).source.replace(/\s+/g, " ");
  };
  t.regex(
    written({ scaleDown: { stabilizationWindowSeconds: 60 } }),
    /max: 9, down: \{ after: "60s" \}, defaults/,
  );
  t.regex(
    written({ scaleUp: { policies: [percent(50, 60)] }, scaleDown: { selectPolicy: "Disabled" } }),
    /max: 9, up: \{ by: "50%", every: "60s" \}, down: "never", defaults/,
  );
  const filled = {
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: "Max", policies: [pods, percent(100, 15)] },
    scaleDown: {
      stabilizationWindowSeconds: 300,
      selectPolicy: "Max",
      policies: [percent(100, 15)],
    },
  };
  t.regex(written(filled), /max: 9, down: \{ after: "5m" \}, defaults/);
  t.regex(
    written({ scaleUp: { selectPolicy: "Min", policies: [pods, percent(10, 60)] } }),
    /HorizontalPodAutoscaler\(.*policies: \[/,
  );
});
