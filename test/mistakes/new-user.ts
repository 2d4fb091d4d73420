// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the programs are text here
/** A whole stack as somebody new writes it, and everything that a compile says of it. */
export interface NewUser {
  readonly what: string;
  /** The entry `infra.ts`, or `infra.infra` where it is in the language. */
  readonly ts?: string;
  readonly infra?: string;
  /** Files beside it. */
  readonly beside?: { readonly [file: string]: string };
  /** `line:column code: message | hint`. */
  readonly says: readonly string[];
}

const settings = 'configMap settings {\n  mode = "fast"\n}\n';

export const imports: readonly NewUser[] = [
  {
    what: "a name that an .infra file does not export",
    infra: 'import { setings } from "./common.infra"\nlet a = setings\n',
    beside: { "common.infra": settings },
    says: ['1:10 export-missing: "common.infra" exports no "setings" | did you mean "settings"?'],
  },
  {
    what: "a name that is like none of an .infra file's",
    ts: 'import { nothing } from "./common.infra";\nexport const a = nothing;\n',
    beside: { "common.infra": settings },
    says: ['1:10 export-missing: "common.infra" exports no "nothing" | It exports settings'],
  },
  {
    what: "a name that a TypeScript file does not export",
    ts: 'import { setings } from "./common.js";\nexport const a = setings;\n',
    beside: {
      "common.ts":
        'import { configMap } from "infra";\nexport const settings = configMap("settings", { mode: "fast" });\n',
    },
    says: ['1:10 export-missing: "common.ts" exports no "setings" | did you mean "settings"?'],
  },
];

export const language: readonly NewUser[] = [
  {
    what: "a computation with a unit",
    infra: 'deployment api {\n  grace = 5m + 3\n  container web {\n    image = "shop:1"\n  }\n}\n',
    says: [
      '2:11 unit-computed: 5m is a value with a unit: it cannot be computed with or compared | Compute the number, and say the unit after it: "${5 + 3}m"',
    ],
  },
  {
    what: "a comparison of units by way of a name",
    infra: "param size = 64Mi\nlet isSmall = size < 128Mi\n",
    says: [
      '2:15 unit-computed: 64Mi is a value with a unit: it cannot be computed with or compared | Compute the number, and say the unit after it: param minutes = 5, then "${minutes * 2}m"',
    ],
  },
  {
    what: "another language's choice",
    infra: "param prod = true\nlet count = prod ? 3 : 1\n",
    says: ['2:18 syntax: "?" has no meaning here: a choice is written if … then … else …'],
  },
  {
    what: "two defaults of a param",
    infra: "param x = 2 { default = 3 }\nlet y = x\n",
    says: ['1:15 key-duplicate: "default" is given twice'],
  },
  {
    what: "an option that params do not have",
    infra: "param x = 2 { maximum = 3 }\nparam y { defualt = 3 }\nlet z = x + y\n",
    says: [
      '1:15 field-unknown: param "x" has no field "maximum"',
      '2:11 field-unknown: param "y" has no field "defualt" | did you mean "default"?',
    ],
  },
];

const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc')";

export const places: readonly NewUser[] = [
  {
    what: "keys and values of labels",
    ts: `import { configMap, deployment } from "infra";
import { core } from "infra/kubernetes";
export const settings = configMap("settings", { a: "b" }, { labels: { "c c": "x" } });
const labels = { "d d": "x" };
export const api = deployment("api", { labels, containers: { web: { image: "shop:1" } } });
export const pod = core.v1.Pod({
  metadata: { name: "pod", annotations: { ok: "yes", "e e": "x" } },
  spec: { containers: [{ name: "a", image: "x:1" }] },
});
`,
    says: [
      `3:71 field-invalid: configMap "settings": metadata.labels: Invalid value: "c c": ${nameRule}`,
      `4:18 field-invalid: deployment "api": metadata.labels: Invalid value: "d d": ${nameRule}`,
      `7:54 field-invalid: Pod "pod": metadata.annotations: Invalid value: "e e": ${nameRule}`,
    ],
  },
];

const front = 'export const front = service("front", {\n  to: api,\n  ports: { 80: "http" },\n});\n';
const infraFront = 'service front {\n  to = deployment.api\n  ports = { 80: "http" }\n}\n';

/** One mistake each, in the middle of what depends on it. */
export const follows: readonly NewUser[] = [
  {
    what: "an image without its tag",
    ts: `import { deployment, service } from "infra";
export const api = deployment("api", {
  containers: {
    web: {
      image: "nginx",
      ports: { http: 80 },
      readiness: { http: "/", port: "http" },
    },
  },
});
${front}`,
    says: [
      '5:14 field-type: deployment "api": "containers.web.image" must be an image or an image with its tag, such as "registry.example/shop:3" | with the tag that says which: "nginx:1.2.3"',
    ],
  },
  {
    what: "ports as a list",
    ts: `import { deployment, service } from "infra";
export const api = deployment("api", {
  containers: {
    web: {
      image: "nginx:1",
      ports: [80],
      readiness: { http: "/", port: "http" },
    },
  },
});
${front}`,
    says: [
      '6:14 field-type: deployment "api": "containers.web.ports" must be an object | { http: 80 }, by name',
    ],
  },
  {
    what: "ports as a list, in the language",
    infra: `deployment api {
  container web {
    image = "nginx:1"
    ports = [80]
    readiness = { http: "/", port: "http" }
  }
}
${infraFront}`,
    says: [
      '4:13 field-type: deployment "api": "containers.web.ports" must be an object | { http: 80 }, by name',
    ],
  },
  {
    what: "a misspelt field that holds everything",
    ts: `import { configMap, deployment, service } from "infra";
const settings = configMap("settings", { mode: "fast" });
export const api = deployment("api", {
  container: {
    web: {
      image: "nginx:1",
      ports: { http: 80 },
      env: { MODE: settings.key("mode") },
    },
  },
});
${front}`,
    says: ['4:3 field-unknown: deployment "api" has no field "container" | did you mean "containers"?'],
  },
  {
    what: "a misspelt kind of block",
    infra: `deploymnt api {
  container web {
    image = "nginx:1"
    ports = { http: 80 }
  }
}
${infraFront}`,
    says: ['1:1 block-kind-unknown: there is no block "deploymnt" here | did you mean "deployment"?'],
  },
  {
    what: "a probe where none can be",
    ts: `import { deployment } from "infra";
export const api = deployment("api", {
  init: {
    a: {
      image: "x:1",
      readiness: {
        http: "/",
        port: "http",
      },
    },
  },
  containers: { web: { image: "nginx:1" } },
});
`,
    says: [
      '6:7 field-unknown: deployment "api" has no field "init.a.readiness" | write it under sidecars: what runs before the others, under init, has no ports, probes or hooks',
    ],
  },
  {
    what: "a name in place of what it names, which nothing else refers to",
    ts: `import { deployment, secret, generated } from "infra";
const login = secret("login", { password: generated() });
export const api = deployment("api", {
  containers: { web: { image: "nginx:1", env: { PASSWORD: { secretKeyRef: "login" } } } },
});
`,
    says: [
      '4:59 field-type: deployment "api": "containers.web.env.PASSWORD" must be text, a number, a boolean, a reference or a secret\'s key | a key of a secret: login.key("password")',
    ],
  },
  {
    what: "words of the API that are none",
    ts: `import { core } from "infra/kubernetes";
export const a = core.v1.Pod({
  metadata: { name: "a" },
  spec: {
    restartPolicy: "always",
    containers: [{ name: "a", image: "x:1", ports: [{ containerPort: "80" }] }],
  },
});
`,
    says: [
      '5:20 field-invalid: Pod "a": spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never" | did you mean "Always"?',
      '6:70 field-invalid: Pod "a": spec.containers[0].ports[0].containerPort: cannot use string "80" as 32-bit integer | without quotes: 80',
    ],
  },
  {
    what: "text of several lines that is never closed",
    infra: `deployment api {
  container web {
    image = "nginx:1"
    command = ["sh", "-c", """
      echo hi
    ]
  }
}
`,
    says: ['4:28 syntax: text that is never closed: """ ends it'],
  },
  {
    what: "text that is never closed",
    infra: 'deployment api {\n  container web {\n    image = "nginx:1\n  }\n}\n',
    says: ['3:21 syntax: text ends before the end of its line; several lines stand between """ and """'],
  },
  {
    what: "a name that infra does not export",
    ts: 'import { deploymnt } from "infra";\nexport const a = deploymnt("a", {});\n',
    says: [
      "1:10 type-error: '\"infra\"' has no exported member named 'deploymnt'. Did you mean 'deployment'? (TS2724)",
    ],
  },
];

/** What people bring along from Kubernetes' YAML. */
export const habits: readonly NewUser[] = [
  {
    what: "words of Kubernetes in a deployment",
    ts: `import { deployment } from "infra";
export const api = deployment("api", {
  metadata: { labels: { app: "x" } },
  serviceAccountName: "clerk",
  imagePullPolicy: "Always",
  schedulerName: "other",
  image: "nginx:1",
  containers: {
    web: {
      image: "nginx:1",
      containerPort: 80,
      resources: { limits: { memory: "64Mi" } },
      readiness: { httpGet: { path: "/", port: 80 }, periodSeconds: 5 },
    },
  },
});
`,
    says: [
      '3:3 field-unknown: deployment "api" has no field "metadata" | write labels: { team: "shop" } (labels and annotations stand here themselves, the name before the braces)',
      '4:3 field-unknown: deployment "api" has no field "serviceAccountName" | write account: clerk (of const clerk = serviceAccount("clerk", {}))',
      '5:3 field-unknown: deployment "api" has no field "imagePullPolicy" | write containers: { web: { pull: "Always" } }',
      '6:3 field-unknown: deployment "api" has no field "schedulerName" | write patch: { spec: { template: { spec: { schedulerName: … } } } } (it reaches any field of Kubernetes)',
      '7:3 field-unknown: deployment "api" has no field "image" | write containers: { web: { image: … } }',
      '11:7 field-unknown: deployment "api" has no field "containers.web.containerPort" | write ports: { http: 80 }',
      '12:20 field-unknown: deployment "api" has no field "containers.web.resources.limits" | write memory: "64Mi", cpuLimit: "500m" (themselves: memory is asked for and the limit)',
      '13:20 field-unknown: deployment "api" has no field "containers.web.readiness.httpGet" | write http: "/healthz", port: "http"',
      '13:54 field-unknown: deployment "api" has no field "containers.web.readiness.periodSeconds" | write every: "10s"',
    ],
  },
  {
    what: "words of Kubernetes in the language, all in one run",
    infra: `deployment api {
  serviceAccountName = "clerk"
  container web {
    image = "nginx:1"
    ports = { http: 80 }
    livenessProbe {
      httpGet = { path: "/", port: 80 }
    }
    readiness = { http: "/", port: "http", periodSeconds: 5 }
  }
}
hpa api {
  of = deployment.api
}
`,
    says: [
      '2:3 field-unknown: deployment "api" has no field "serviceAccountName" | write account = clerk (of const clerk = serviceAccount("clerk", {}))',
      '6:5 block-kind-unknown: there is no block "livenessProbe" here | write liveness = { http: "/", port: "http" }',
      '9:44 field-unknown: deployment "api" has no field "containers.web.readiness.periodSeconds" | write every = "10s"',
      '12:1 block-kind-unknown: there is no block "hpa" here | write autoscaler',
    ],
  },
  {
    what: "values that are nearly right",
    ts: `import { configMap, deployment, generated, ingress, secret, service } from "infra";
export const settings = configMap("settings", { mode: "fast" });
export const login = secret("login", { password: generated() });
export const api = deployment("api", {
  replicas: "3",
  account: "clerk",
  grace: 30,
  containers: {
    web: {
      image: "nginx:1",
      ports: { http: "80" },
      command: "sh -c true",
      workdir: "app",
      pull: "always",
      liveness: "/healthz",
      resources: { memory: "512MB" },
      env: {
        A: settings,
        B: { valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
      },
      mounts: { "/x": login, "/y": "/var/data" },
    },
  },
});
export const front = service("front", { to: "api", ports: { 80: "http" } });
export const shop = service("shop", { to: api, ports: { http: 80 } });
export const web = ingress("web", { routes: { "x.org": { "/": front } } });
`,
    says: [
      '5:13 field-type: deployment "api": "replicas" must be a number | without quotes: 3',
      '6:12 field-type: deployment "api": "account" must be a service account | the value itself: const it = serviceAccount("clerk", { … })',
      '7:10 field-type: deployment "api": "grace" must be a duration such as "5s" | with its unit: "30s"',
      '11:22 field-type: deployment "api": "containers.web.ports.http" must be a port such as 8080 or "53/UDP" | without quotes: 80',
      '12:16 field-type: deployment "api": "containers.web.command" must be a list of texts | one text for each word: ["sh", "-c", "true"]',
      '13:16 field-type: deployment "api": "containers.web.workdir" must be an absolute path such as "/app" | write "/app"',
      '14:13 field-type: deployment "api": "containers.web.pull" must be "Always", "IfNotPresent" or "Never" | did you mean "Always"?',
      '15:17 field-type: deployment "api": "containers.web.liveness" must be an object | { http: "/healthz", port: "http" }',
      '16:28 field-type: deployment "api": "containers.web.resources.memory" must be bytes such as "64Mi" | write "512Mi"',
      '18:12 field-type: deployment "api": "containers.web.env.A" must be text, a number, a boolean, a reference or a secret\'s key | one key of configMap "settings": add .key("mode")',
      '19:12 field-type: deployment "api": "containers.web.env.B" must be text, a number, a boolean, a reference or a secret\'s key | a key of a secret: login.key("password")',
      '21:23 field-type: deployment "api": "containers.web.mounts./x" must be a volume or an object | its keys as files: add .files()',
      '21:36 field-type: deployment "api": "containers.web.mounts./y" must be a volume or an object | a path of the node: hostPath("/var/data")',
      '25:45 field-type: service "front": "to" must be a workload of this stack or an exact Kubernetes object | the deployment itself, not its name',
      '26:63 field-type: service "shop": "ports.http" must be text | the number first: { 80: "http" }',
      '27:63 field-type: ingress "web": "routes.x.org./" must be a port of a Service, front.port("http") or an object | one port of service "front": add .port("http")',
    ],
  },
];

/** First steps, and words of other languages. */
export const firstSteps: readonly NewUser[] = [
  {
    what: "the name as a field",
    ts: 'import { deployment } from "infra";\nexport const api = deployment({ name: "api", containers: { web: { image: "nginx:1" } } });\n',
    says: [
      '2:20 arguments-wrong: deployment() is given a name, and then what it is | write deployment("web", { … })',
    ],
  },
  {
    what: "nothing exported: one warning",
    ts: 'import { configMap } from "infra";\nconfigMap("settings", { mode: "fast" });\n',
    says: [
      '2:1 resource-not-exported: configMap "settings" is neither exported by infra.ts nor referred to, so it is left out | Export it, or remove it',
    ],
  },
  {
    what: "a member of a ConfigMap, beside another mistake on its line",
    ts: `import { configMap, deployment } from "infra";
export const settings = configMap("settings", { mode: "fast" });
const env = { A: settings.key("Mode"), B: settings.mode };
export const api = deployment("api", { containers: { web: { image: "nginx:1", env } } });
`,
    says: [
      '3:27 config-key-unknown: configMap "settings" has no key "Mode" | did you mean "mode"?',
      "3:52 type-error: Property 'mode' does not exist on type 'ConfigMap<\"mode\">'. (TS2339) | a key of it: .key(\"mode\"); all as files: .files()",
    ],
  },
  {
    what: "a workload that has no number of pods to change, and more data than a ConfigMap holds",
    ts: `import { autoscaler, configMap, daemonSet } from "infra";
const agent = daemonSet("agent", { containers: { agent: { image: "agent:1" } } });
export const scaled = autoscaler("agent", { of: agent as never, max: 5 });
export const large = configMap("large", { a: "small", b: "x".repeat(1_100_000) });
`,
    says: [
      '3:49 field-type: autoscaler "agent": "of" must be a Deployment or StatefulSet or ReplicaSet of this stack',
      '4:58 field-invalid: configMap "large": must have at most 1048576 bytes',
    ],
  },
  {
    what: "data around the keys of a ConfigMap",
    ts: 'import { configMap } from "infra";\nexport const settings = configMap("settings", { data: { mode: "fast" } });\n',
    says: [
      '2:55 field-type: configMap "settings": "data" must be text, a number, a boolean or file("./…") | its keys stand here themselves, without "data" around them',
    ],
  },
  {
    what: "a manifest pasted into the language",
    infra: "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\n",
    says: ["1:1 syntax: this is YAML of Kubernetes: infra import --to infra FILE writes it in the language"],
  },
  {
    what: "words of other languages for values",
    infra:
      'deployment api {\n  shareProcesses = yes\n  container web {\n    image = "nginx:1"\n    tty = False\n    env = { A: lively }\n  }\n}\n',
    says: [
      '2:20 name-unknown: there is no "yes" | write true',
      '5:11 name-unknown: there is no "False" | write false',
      '6:16 name-unknown: there is no "lively" | text stands in quotes, "lively"; let and param define a name',
    ],
  },
  {
    what: "a value from outside that is not given, in a text",
    infra: 'param version\ndeployment api {\n  container web { image = "nginx:${version}" }\n}\n',
    says: ['1:1 input-missing: input "version" has no value and no default | Give it one: --set version=…'],
  },
  {
    what: "a unit that there is not",
    infra: "claim disk { size = 10GB }\n",
    says: [
      '1:21 syntax: "10GB" is no value with a unit; there are m, k, M, G, T, Ki, Mi, Gi, Ti, s, h and %: write 10Gi',
    ],
  },
];
