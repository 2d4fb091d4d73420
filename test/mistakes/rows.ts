// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs are text here
/**
 * Classes of mistakes: one small program each, with the mistake between ⟦ and ⟧, and where it is caught. `xx` stands for
 * a name of its own. docs/mistakes.md is written from these rows, and every row is a test.
 */
export interface Mistake {
  readonly area: string;
  readonly what: string;
  readonly source: string;
  /** What the editor says: the type checker's code, and part of its message. */
  readonly editor?: string;
  /** What `infra compile --no-check` says: the code, at the mistake. */
  readonly compile?: string;
  /** Stops the evaluation, so that it cannot share a program: secret-flow.test.ts compiles it. */
  readonly alone?: true;
  /** Neither: what finds it. */
  readonly later?: "up" | "never";
}

type Row = readonly [what: string, source: string, editor: string, compile: string];

const rows = (area: string, all: readonly Row[]): readonly Mistake[] =>
  all.map(([what, source, editor, compile]) => ({
    ...{ area, what, source },
    ...(editor === "" ? {} : { editor }),
    ...(compile === "" ? {} : { compile }),
  }));

/** The thirty of one type system from image to Service: no checker of YAML alone can find them. */
export const portsAndEnvironment: readonly Mistake[] = [
  ...rows("Ports", [
    [
      "a Service's port names none of the pods",
      'service("xx", { to: api, ports: { 80: ⟦"htp"⟧ } });',
      "TS2820 Did you mean '\"http\"'?",
      "port-name-unknown",
    ],
    [
      "a node port for a port that the Service has not",
      'service("xx", { to: api, ports: { 80: "http" }, nodePorts: { ⟦htp⟧: 30080 } });',
      "TS2561 Did you mean to write 'http'?",
      "port-name-unknown",
    ],
    [
      "a node port out of its range",
      'service("xx", { to: api, ports: { 80: "http" }, nodePorts: { http: ⟦8080⟧ } });',
      "",
      "port-number-invalid",
    ],
    [
      "a port that whom a policy lets it call has not",
      'import { networkPolicy } from "infra";\nnetworkPolicy("xx", { of: api, to: [{ of: api, ports: [⟦"htp"⟧] }] });',
      "TS2820 Did you mean '\"http\"'?",
      "port-name-unknown",
    ],
    [
      "ports of callers in a policy that names none",
      'import { networkPolicy } from "infra";\nnetworkPolicy("xx", { of: api, to: [api], ⟦ports⟧: ["http"] });',
      "",
      "field-unknown",
    ],
    [
      "a node port that another Service has",
      'export const m = ["xx", "xy"].map((name) => service(name, { to: api, ports: { 80: "http" }, nodePorts: { http: ⟦31234⟧ } }));',
      "",
      "already-taken",
    ],
    [
      "a Service port that is no port",
      'service("xx", { to: api, ports: { ⟦70000⟧: "http" } });',
      "",
      "port-number-invalid",
    ],
    [
      "an address of a port that the Service does not have",
      'export const m = deployment("xx", { containers: { a: { image: web, env: { A: ⟦front.address("metrics")⟧ } } } });',
      "TS2345 not assignable to parameter of type '\"http\"'",
      "port-name-unknown",
    ],
    [
      "a container port that is no port",
      'deployment("xx", { containers: { a: { image: web, ports: { x: ⟦0⟧ } } } });',
      "",
      "port-number-invalid",
    ],
    [
      "a protocol that there is not",
      'deployment("xx", { containers: { a: { image: web, ports: { x: ⟦"9090/TPC"⟧ } } } });',
      "TS2322 not assignable to type",
      "field-type",
    ],
    [
      "a port's name is too long",
      'deployment("xx", { containers: { a: { image: web, ports: { ⟦"a-very-long-port-name"⟧: 80 } } } });',
      "",
      "field-invalid",
    ],
    [
      "an image exposes what is no port",
      'export const m = image("xx", { from: web, expose: { http: ⟦99999⟧ } });',
      "",
      "port-number-invalid",
    ],
    [
      "a network policy allows a port that the workload does not open",
      'import { networkPolicy } from "infra";\nnetworkPolicy("xx", { of: api, from: [api], ports: [⟦"htp"⟧] });',
      "TS2820 Did you mean '\"http\"'?",
      "port-name-unknown",
    ],
  ]),
  ...rows("Image", [
    [
      "a probe names a port that the image does not expose",
      'deployment("xx", { containers: { a: { image: web, readiness: { tcp: ⟦"redis"⟧ } } } });',
      "TS2322 is not assignable to type '\"http\"'",
      "port-name-unknown",
    ],
    [
      "a Service of an image that exposes nothing",
      'export const bare = image("xx", { from: web, cmd: ["a"], expose: {} });\nservice("xy", { to: deployment("xz", { containers: { a: { image: bare } } }), ports: { 80: ⟦"http"⟧ } });',
      "TS2322 is not assignable to type 'never'",
      "port-name-unknown",
    ],
    [
      "an image without a base",
      'image("xx", ⟦{ expose: { http: 80 } }⟧);',
      "TS2741 Property 'from' is missing",
      "field-missing",
    ],
    [
      "an image's name lacks its tag",
      'deployment("xx", { containers: { a: { image: ⟦"nginx"⟧ } } });',
      "TS2322 Type '\"nginx\"' is not assignable",
      "field-type",
    ],
    [
      "a field of the image is misspelled",
      'image("xx", { from: web, ⟦workdr⟧: "/app" });',
      "TS2561 Did you mean to write 'workdir'?",
      "field-unknown",
    ],
    [
      "a folder in the image is not absolute",
      'image("xx", { from: web, workdir: ⟦"app"⟧ });',
      "TS2322 not assignable to type",
      "field-type",
    ],
    [
      "a file to copy is not there",
      'image("xx", { from: web, copy: { "/app": ⟦"./gone"⟧ } });',
      "",
      "file-missing",
    ],
    [
      "a user that the image's base does not have",
      'image("xx", { from: scratch(), user: ⟦"redis"⟧ });',
      "",
      "user-unknown",
    ],
    [
      "the program is one text instead of words",
      'image("xx", { from: web, cmd: ⟦"python main.py"⟧ });',
      "TS2322 Type 'string' is not assignable to type 'readonly string[]'",
      "field-type",
    ],
  ]),
  ...rows("Probe", [
    [
      "a probe's port is misspelled",
      'deployment("xx", { containers: { a: { image: web, liveness: { http: "/", port: ⟦"htp"⟧ } } } });',
      "TS2322 is not assignable to type '\"http\"'",
      "port-name-unknown",
    ],
    [
      "a probe of another container's port",
      'deployment("xx", { containers: { a: { image: web, liveness: { http: "/", port: ⟦"admin"⟧ } }, b: { image: web, ports: { admin: 1 } } } });',
      "",
      "port-name-unknown",
    ],
    [
      "a probe's path is not absolute",
      'deployment("xx", { containers: { a: { image: web, liveness: { http: ⟦"healthz"⟧, port: "http" } } } });',
      "TS2322 not assignable to type '`/${string}`'",
      "field-type",
    ],
    [
      "a probe of two kinds",
      'deployment("xx", { containers: { a: { image: web, liveness: ⟦{ http: "/", port: "http", tcp: "http" }⟧ } } });',
      "TS2322 is not assignable to type 'undefined'",
      "choose-one",
    ],
    [
      "a probe's interval has no unit",
      'deployment("xx", { containers: { a: { image: web, liveness: { http: "/", port: "http", every: ⟦"1"⟧ } } } });',
      "TS2322 not assignable to type",
      "field-type",
    ],
    [
      "a field of a probe is misspelled",
      'deployment("xx", { containers: { a: { image: web, liveness: { http: "/", port: "http", ⟦evry⟧: "1s" } } } });',
      "TS2561 Did you mean to write 'every'?",
      "field-unknown",
    ],
  ]),
  ...rows("Ingress", [
    [
      "a route to a port that the Service does not have",
      'import { ingress } from "infra";\nexport const m = ingress("xx", { routes: { "*": { "/": ⟦front.port("htp")⟧ } } });',
      "TS2345 not assignable to parameter of type '\"http\"'",
      "port-name-unknown",
    ],
    [
      "a route's path is not absolute",
      'import { ingress } from "infra";\ningress("xx", { routes: { "*": { ⟦status⟧: front.port("http") } } });',
      "TS2353 'status' does not exist in type",
      "field-invalid",
    ],
    [
      "a route leads to a workload instead of a Service's port",
      'import { ingress } from "infra";\ningress("xx", { routes: { "*": { "/": ⟦api⟧ } } });',
      "TS2322 not assignable to type 'Backend'",
      "field-type",
    ],
    [
      "a host that is no host name",
      'import { ingress } from "infra";\nexport const m = ingress("xx", { routes: { ⟦"Shop!"⟧: { "/": front.port("http") } } });',
      "",
      "field-invalid",
    ],
  ]),
  ...rows("Environment", [
    [
      "a variable from a key that the ConfigMap has not",
      'export const m = deployment("xx", { containers: { a: { image: web, env: { A: ⟦settings.key("mod")⟧ } } } });',
      "TS2345 is not assignable to parameter of type",
      "config-key-unknown",
    ],
    [
      "a variable from a key that the Secret has not",
      'export const m = deployment("xx", { containers: { a: { image: web, env: { A: ⟦password.key("passwort")⟧ } } } });',
      "TS2345 is not assignable to parameter of type '\"password\"'",
      "config-key-unknown",
    ],
    [
      "a variable that is a volume",
      'import { emptyDir } from "infra";\ndeployment("xx", { containers: { a: { image: web, env: { DATA: ⟦emptyDir()⟧ } } } });',
      "TS2322 Type 'Volume' is not assignable",
      "field-type",
    ],
    [
      "a fact of the pod that there is not",
      'import { downward } from "infra";\nexport const m = deployment("xx", { containers: { a: { image: web, env: { A: ⟦downward("status.podIp")⟧ } } } });',
      "TS2345 not assignable to parameter of type 'PodField'",
      "field-invalid",
    ],
    [
      "a URL with a port that the Service does not open",
      'deployment("xx", { containers: { a: { image: web, env: { A: ⟦"http://front:81/"⟧ } } } });',
      "",
      "url-port-unknown",
    ],
    [
      "a variable's name with an equals sign",
      'deployment("xx", { containers: { a: { image: web, env: ⟦{ "A=B": "1" }⟧ } } });',
      "",
      "field-invalid",
    ],
    [
      "a password as plain text",
      'deployment("xx", { containers: { a: { image: web, env: { DB_PASSWORD: ⟦"hunter2"⟧ } } } });',
      "",
      "environment-secret",
    ],
  ]),
];

export const mistakes: readonly Mistake[] = [
  ...portsAndEnvironment,
  ...rows("Spelling and shape", [
    [
      "a field is misspelled",
      'deployment("xx", { ⟦replica⟧: 3, containers: { a: { image: web } } });',
      "TS2561 Did you mean to write 'replicas'?",
      "field-unknown",
    ],
    [
      "a container's field is misspelled",
      'deployment("xx", { containers: { a: { image: web, ⟦prots⟧: { http: 1 } } } });',
      "TS2561 Did you mean to write 'ports'?",
      "field-unknown",
    ],
    [
      "text where a list is meant",
      'deployment("xx", { containers: { a: { image: web, command: ⟦"python main.py"⟧ } } });',
      "TS2322 Type 'string' is not assignable to type 'readonly string[]'",
      "field-type",
    ],
    [
      "a choice that there is not",
      'deployment("xx", { strategy: ⟦"rolling"⟧, containers: { a: { image: web } } });',
      "TS2322 Type '\"rolling\"' is not assignable",
      "field-type",
    ],
    [
      "a needed field is missing",
      'deployment("xx", ⟦{ replicas: 2 }⟧);',
      "TS2741 Property 'containers' is missing",
      "field-missing",
    ],
    [
      "a patch with the wrong type",
      'deployment("xx", { patch: { spec: { replicas: ⟦"3"⟧ } }, containers: { a: { image: web } } });',
      "TS2322 Type 'string' is not assignable to type 'number'",
      "field-invalid",
    ],
    [
      "a patch with a field that Kubernetes has not",
      'deployment("xx", { patch: { spec: { ⟦replica⟧: 3 } }, containers: { a: { image: web } } });',
      "TS2561 Did you mean to write 'replicas'?",
      "field-unknown",
    ],
    [
      "a field that an exact object has not",
      'export const m = core.v1.Pod({ metadata: { name: "xx" }, spec: { ⟦container⟧: [] } });',
      "TS2561 Did you mean to write 'containers'?",
      "field-unknown",
    ],
    [
      "a field of another kind of workload",
      'daemonSet("xx", { containers: once, ⟦replicas⟧: 2 });',
      "TS2353 'replicas' does not exist in type 'DaemonSetSpec",
      "field-unknown",
    ],
    [
      "a restart policy that the kind cannot have",
      'job("xx", { containers: once, restart: ⟦"Always"⟧ });',
      'TS2322 is not assignable to type \'"Never" | "OnFailure" | undefined\'',
      "field-type",
    ],
    [
      "a schedule that is none",
      'cronJob("xx", { containers: once, schedule: ⟦"daily"⟧ });',
      "TS2820 Did you mean '\"@daily\"'?",
      "field-type",
    ],
    [
      "a schedule with an hour that there is not",
      'cronJob("xx", { containers: once, schedule: ⟦"0 25 * * *"⟧ });',
      "",
      "field-invalid",
    ],
    [
      "a time zone that there is not",
      'cronJob("xx", { containers: once, schedule: "@daily", timeZone: ⟦"Mars/Phobos"⟧ });',
      "",
      "field-invalid",
    ],
    [
      "two alternatives at once",
      'disruptionBudget("xx", ⟦{ of: api, min: 1, max: 1 }⟧);',
      "TS2345 not assignable to parameter of type 'DisruptionBudgetSpec'",
      "choose-one",
    ],
  ]),
  ...rows("Units", [
    [
      "CPU with a unit that there is not",
      'deployment("xx", { containers: { a: { image: web, resources: { cpu: ⟦"250mm"⟧ } } } });',
      "TS2322 Type '\"250mm\"' is not assignable",
      "field-type",
    ],
    [
      "memory with a unit that there is not",
      'deployment("xx", { containers: { a: { image: web, resources: { memory: ⟦"64MB"⟧ } } } });',
      "TS2322 Type '\"64MB\"' is not assignable",
      "field-type",
    ],
    [
      "memory without a unit",
      'deployment("xx", { containers: { a: { image: web, resources: { memory: ⟦64⟧ } } } });',
      "TS2322 Type 'number' is not assignable",
      "field-type",
    ],
    [
      "a share without its percent sign",
      'autoscaler("xx", { of: api, max: 3, cpu: ⟦"80"⟧ });',
      "TS2322 Type '\"80\"' is not assignable to type '`${number}%`'",
      "field-type",
    ],
    ["a claim without a size", 'claim("xx", ⟦{}⟧);', "TS2741 Property 'size' is missing", "field-missing"],
    [
      "a time to stop without a unit",
      'deployment("xx", { grace: ⟦"30"⟧, containers: { a: { image: web } } });',
      "TS2322 not assignable to type",
      "field-type",
    ],
    [
      "more requested than is the limit",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: { containers: [{ name: "a", image: "x:1", resources: ⟦{ requests: { cpu: "2" }, limits: { cpu: "1" } }⟧ }] } });',
      "",
      "field-invalid",
    ],
    [
      "more at least than at most",
      'const xy = deployment("xx", { containers: once });\nexport const m = [xy, autoscaler("xx", { of: xy, min: 5, max: ⟦3⟧ })];',
      "",
      "field-invalid",
    ],
    [
      "fewer pods than none",
      'deployment("xx", { replicas: ⟦-1⟧, containers: { a: { image: web } } });',
      "",
      "field-invalid",
    ],
  ]),
  ...rows("References", [
    [
      "a file from a key that the ConfigMap has not",
      'export const m = deployment("xx", { containers: { a: { image: web, mounts: { "/a": ⟦settings.files({ b: "ui.propertis" })⟧ } } } });',
      "TS2820 Did you mean '\"ui.properties\"'?",
      "config-key-unknown",
    ],
    [
      "a mount's place is not absolute",
      'deployment("xx", { containers: { a: { image: web, mounts: { ⟦"etc/x"⟧: settings.files() } } } });',
      "TS2353 '\"etc/x\"' does not exist in type",
      "field-type",
    ],
    [
      "a file about the pod that there is not",
      'import { downward } from "infra";\nexport const m = deployment("xx", { containers: { a: { image: web, mounts: { "/a": ⟦downward.files({ a: "metadata.label" })⟧ } } } });',
      "TS2820 Did you mean '\"metadata.labels\"'?",
      "field-invalid",
    ],
    ["a file that is not there", 'configMap("xx", { a: ⟦file("./gone.txt")⟧ });', "", "file-missing"],
    [
      "a resource of another namespace",
      'deployment("xx", { in: "other", containers: { a: { image: web, env: { A: ⟦settings.key("mode")⟧ } } } });',
      "",
      "other-namespace",
    ],
    [
      "a permission on a resource that there is not",
      'serviceAccount("xx", { may: { ⟦pod⟧: ["get"] } });',
      "TS2561 Did you mean to write 'pods'?",
      "resource-name-unknown",
    ],
    [
      "a verb that there is not",
      'serviceAccount("xx", { may: { pods: [⟦"read"⟧] } });',
      "TS2322 Type '\"read\"' is not assignable",
      "field-type",
    ],
    [
      "an account by name instead of a value",
      'deployment("xx", { account: ⟦"clerk"⟧, containers: { a: { image: web } } });',
      "TS2322 not assignable to type",
      "field-type",
    ],
    ["a name that Kubernetes does not take", '⟦configMap⟧("Bad_xx", { a: 1 });', "", "name-invalid"],
    [
      "two of one kind and name",
      'configMap("same", { a: 1 });\n⟦configMap⟧("same", { a: 2 });',
      "",
      "name-duplicate",
    ],
    [
      "made, and forgotten",
      'export const other = 1;\nconst kept = ⟦configMap⟧("xx", { a: 1 }); // not exported',
      "",
      "resource-not-exported",
    ],
    ["a value that is a function", 'configMap("xx", { a: ⟦(() => 1) as never⟧ });', "", "value-unusable"],
  ]),
  ...rows("Exact objects", [
    [
      "a Pod Security Standard that there is not",
      'core.v1.Namespace({ metadata: { name: "xx", labels: { "pod-security.kubernetes.io/enforce": ⟦"strict"⟧ } } });',
      "",
      "field-invalid",
    ],
    [
      "a Service whose selector matches nothing",
      'core.v1.Service({ metadata: { name: "xx" }, spec: { ports: [{ port: 80 }], selector: ⟦{ app: "nobody" }⟧ } });',
      "",
      "selector-matches-nothing",
    ],
    [
      "a ConfigMap that nobody makes",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: { containers: [{ name: "a", image: "x:1", env: [{ name: "A", valueFrom: { configMapKeyRef: { name: ⟦"gone"⟧, key: "a" } } }] }] } });',
      "",
      "reference-missing",
    ],
    [
      "a Deployment whose selector misses its own pods",
      'apps.v1.Deployment({ metadata: { name: "xx" }, spec: { selector: { matchLabels: { a: "1" } }, template: { metadata: { labels: ⟦{ a: "2" }⟧ }, spec: { containers: [{ name: "a", image: "x:1" }] } } } });',
      "",
      "field-invalid",
    ],
    [
      "a mount without its volume",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: { containers: [{ name: "a", image: "x:1", volumeMounts: [⟦{ name: "gone", mountPath: "/a" }⟧] }] } });',
      "",
      "field-invalid",
    ],
    [
      "a rollout that can neither add nor remove a pod",
      'apps.v1.Deployment({ metadata: { name: "xx" }, spec: { strategy: { rollingUpdate: ⟦{ maxSurge: 0, maxUnavailable: 0 }⟧ }, selector: { matchLabels: { a: "1" } }, template: { metadata: { labels: { a: "1" } }, spec: { containers: [{ name: "a", image: "x:1" }] } } } });',
      "",
      "field-invalid",
    ],
    [
      "a probe's path that does not begin with a slash",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: { containers: [{ name: "a", image: "x:1", livenessProbe: { httpGet: { path: ⟦"healthz"⟧, port: 80 } } }] } });',
      "",
      "probe-path-relative",
    ],
    [
      "a program's folder that is not absolute",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: { containers: [{ name: "a", image: "x:1", workingDir: ⟦"app"⟧ }] } });',
      "",
      "workdir-relative",
    ],
    [
      "a node port that the API server keeps none of",
      'core.v1.Service({ metadata: { name: "xx" }, spec: { type: "NodePort", ports: [{ port: 80, nodePort: ⟦8080⟧ }] } });',
      "",
      "node-port-range",
    ],
    [
      "no escalation and all rights at once",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: { containers: [{ name: "a", image: "x:1", securityContext: ⟦{ privileged: true, allowPrivilegeEscalation: false }⟧ }] } });',
      "",
      "field-invalid",
    ],
    [
      "a field of Kubernetes is misspelled",
      'core.v1.Pod({ metadata: { name: "xx" }, spec: ⟦{ container: [] }⟧ as never });',
      "",
      "field-unknown",
    ],
  ]),
  ...rows("What does not go together", [
    [
      "replicas beside an autoscaler",
      'const xy = deployment("xx", { replicas: ⟦3⟧, containers: once });\nexport const m = [xy, autoscaler("xx", { of: xy, max: 5 })];',
      "",
      "replicas-set",
    ],
    [
      "two autoscalers of one workload",
      'const xy = deployment("xx", { containers: once });\nexport const m = [xy, ...["xx", "xz"].map((name) => ⟦autoscaler(name, { of: xy, max: 5 })⟧)];',
      "",
      "autoscaler-twice",
    ],
    [
      "two Ingresses for one host and path",
      'import { ingress } from "infra";\nexport const m = ["xx", "xy"].map((name) => ingress(name, { routes: { "xx.example": ⟦{ "/": front.port("http") }⟧ } }));',
      "",
      "route-twice",
    ],
    [
      "a privileged pod in a namespace that takes none",
      'import { namespace, pod } from "infra";\nnamespace("xx", { podSecurity: "baseline" });\npod("xx", { in: "xx", containers: { a: { image: "x:1", privileged: ⟦true⟧ } } });',
      "",
      "pod-not-admitted",
    ],
  ]),
  ...rows("Secrets", [
    ["a key that no Secret may have", 'secret("xx", { ⟦"api key"⟧: generated() });', "", "field-invalid"],
    [
      "a Secret without a key of its type",
      'secret("xx", ⟦{ "tls.crt": generated() }⟧, { type: "kubernetes.io/tls" });',
      "",
      "config-key-unknown",
    ],
    [
      "credentials for a registry of a type that nobody reads",
      'deployment("xx", { containers: once, pullSecrets: [⟦password⟧] });',
      "",
      "field-type",
    ],
    [
      "a certificate from a Secret that has none",
      'import { ingress } from "infra";\ningress("xx", { routes: { "xx.example": { "/": front.port("http") } }, tls: { "xx.example": ⟦secret("xy", { "tls.crt": generated() })⟧ } });',
      "",
      "config-key-unknown",
    ],
    [
      "a generated value of no length that there is",
      'secret("xx", { key: generated({ length: ⟦0⟧ }) });',
      "",
      "field-type",
    ],
    [
      "a secret as a label",
      'deployment("xx", { labels: { a: ⟦password.key("password")⟧ }, containers: { a: { image: web } } });',
      "TS2322 Type 'SecretRef' is not assignable to type 'string'",
      "secret-leaked",
    ],
    [
      "a secret in a ConfigMap",
      'configMap("xx", { a: ⟦password.key("password")⟧ });',
      "TS2322 Type 'SecretRef' is not assignable",
      "secret-leaked",
    ],
  ]),
  ...(
    [
      [
        "a secret in a text of one's own",
        'export const m = configMap("xx", { url: `redis://:${⟦password.key("password")⟧}@redis` });',
        "TS2731 Implicit conversion of a 'symbol' to a 'string' will fail",
      ],
      [
        "a secret added to a text",
        'export const m = configMap("xx", { url: "redis://:" + ⟦password.key("password")⟧ });',
        "TS2469 operator cannot be applied to type 'symbol'",
      ],
    ] as const
  ).map(
    ([what, source, editor]) =>
      ({ area: "Secrets", what, source, editor, compile: "secret-leaked", alone: true }) as const,
  ),
  ...(
    [
      [
        "the program listens on another port than its image says",
        'export const m = image("xx", { from: web, cmd: ["python3", "-m", "http.server", ⟦"9000"⟧], expose: { http: 8000 } });',
      ],
      [
        "a probe asks for a path that the program does not have",
        'export const m = deployment("xx", { containers: { a: { image: web, liveness: { http: ⟦"/helthz"⟧, port: "http" } } } });',
      ],
      [
        "a variable that the program knows under another name",
        'export const m = deployment("xx", { containers: { a: { image: web, env: { ⟦DATABASE⟧: "db" } } } });',
      ],
      [
        "two ports of the program are the wrong way round",
        'export const m = service("xx", { to: api, ports: { 80: ⟦"metrics"⟧ } });',
      ],
      [
        "too little memory for what the program does",
        'export const m = deployment("xx", { containers: { a: { image: web, resources: { memory: ⟦"8Mi"⟧ } } } });',
      ],
      [
        "a tag that the registry does not have",
        'export const m = deployment("xx", { containers: { a: { image: ⟦"registry.example/shop:gone"⟧, user: 1000 } } });',
      ],
    ] as const
  ).map(([what, source]) => ({ area: "What only running shows", what, source, later: "never" as const })),
];

/**
 * Blocks of one `.infra` file with `api` and `settings` as below. The language has no editor types: everything is said
 * by the compiler, and by the language server with it.
 */
export const languageCommon = `configMap settings { mode = "fast" }
secret login { password = generated() }
deployment api { container web { image = "x:1"  ports = { http: 8080 } } }
service front { to = deployment.api  ports = { 80: "http" } }
`;

export const languageMistakes: readonly Mistake[] = rows("The .infra language", [
  [
    "a field is misspelled",
    'deployment xx {\n  ⟦replica⟧ = 3\n  container web { image = "x:1" }\n}',
    "",
    "field-unknown",
  ],
  ["a needed field is missing", "⟦claim⟧ xx { }", "", "field-missing"],
  [
    "text where a number is meant",
    'deployment xx {\n  replicas = ⟦"3"⟧\n  container web { image = "x:1" }\n}',
    "",
    "field-type",
  ],
  [
    "an image's name lacks its tag",
    'deployment xx {\n  container web { image = ⟦"nginx"⟧ }\n}',
    "",
    "field-type",
  ],
  [
    "a unit that there is not",
    'deployment xx {\n  container web { image = "x:1"  resources = { memory: ⟦"64MB"⟧ } }\n}',
    "",
    "field-type",
  ],
  [
    "a Service's port names none of the pods",
    'service xx {\n  to = deployment.api\n  ports = { 80: ⟦"htp"⟧ }\n}',
    "",
    "port-name-unknown",
  ],
  [
    "a probe's port is misspelled",
    'deployment xx {\n  container web {\n    image = "x:1"\n    ports = { http: 80 }\n    readiness = { tcp: ⟦"htp"⟧ }\n  }\n}',
    "",
    "port-name-unknown",
  ],
  [
    "a key that the ConfigMap has not",
    'deployment xx {\n  container web { image = "x:1"  env = { A: settings.⟦key("mod")⟧ } }\n}',
    "",
    "config-key-unknown",
  ],
  [
    "a route to a port that the Service does not have",
    'ingress xx {\n  routes = { "*": { "/": front.⟦port("htp")⟧ } }\n}',
    "",
    "port-name-unknown",
  ],
  [
    "a restart policy that the kind cannot have",
    'job xx {\n  restart = ⟦"Always"⟧\n  container main { image = "x:1" }\n}',
    "",
    "field-type",
  ],
  ["a secret in a ConfigMap", 'configMap xx {\n  a = ⟦login.key("password")⟧\n}', "", "secret-leaked"],
  [
    "a mount's place is not absolute",
    'deployment xx {\n  container web {\n    image = "x:1"\n    mounts = { ⟦"etc/x"⟧: settings.files() }\n  }\n}',
    "",
    "field-type",
  ],
]);

/** Found before anything is evaluated. */
export const languageOnly: readonly Mistake[] = rows("The .infra language", [
  [
    "a name that nothing has",
    'service xx {\n  to = deployment.⟦apy⟧\n  ports = { 80: "http" }\n}',
    "",
    "name-unknown",
  ],
  [
    "a nested block without its name",
    'deployment xx {\n  ⟦container⟧ { image = "a:1" }\n}',
    "",
    "block-unnamed",
  ],
  ["a kind that there is not", "⟦deploiment⟧ xx {\n  replicas = 2\n}", "", "block-kind-unknown"],
  ["a key twice", "configMap xx {\n  a = 1\n  ⟦a⟧ = 2\n}", "", "key-duplicate"],
  ["a definition by way of itself", "let xx = ⟦xx⟧ + 1", "", "definition-cycle"],
]);
