import type { policyDiagnostics } from "../policy-rows.js";
import type { Example } from "./example.js";

/** A pod of one container: what of it is said beside its image, in the construct's words. */
const pod = (container: string, more = "") =>
  `pod("a", { ${more}containers: { a: { image: "shop:1"${container === "" ? "" : `, ${container}`} } } })`;

/** The same in those of Kubernetes. */
const exactPod = (container: string, more = "") =>
  `core.v1.Pod({ metadata: { name: "a" }, spec: { ${more}containers: [{ name: "a", image: "shop:1"${container === "" ? "" : `, ${container}`} }] } })`;

const podContext = (context: string) => pod("", `patch: { spec: { securityContext: { ${context} } } }, `);
const containerContext = (context: string) => pod(`patch: { securityContext: { ${context} } }`);

const deployment = (container: string, more = "") =>
  `deployment("a", { ${more}containers: { a: { image: "shop:1"${container === "" ? "" : `, ${container}`} } } })`;

const route = (name: string, host: string) =>
  `ingress("${name}", { routes: { "${host}": { "/": front.port("http") } } })`;

const scaled = (scalers: string, more = "") =>
  `export const a = ${deployment("", more)};\nexport const scale = ${scalers};`;

const binding = (role: string) =>
  `rbac.v1.ClusterRoleBinding({ metadata: { name: "a" }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "${role}" }, subjects: [{ kind: "ServiceAccount", name: "default", namespace: "default" }] })`;

export const policyExamples: { readonly [C in keyof typeof policyDiagnostics]: Example } = {
  "accept-unexplained": {
    wrong: `accept(${pod("user: 0")}, "run-as-root", " ")`,
    right: `accept(${pod("user: 0")}, "run-as-root", "needs its old image")`,
  },
  "accept-unknown": {
    wrong: `accept(${pod("user: 0")}, "run-as-rot", "needs its old image")`,
    right: `accept(${pod("user: 0")}, "run-as-root", "needs its old image")`,
  },
  "accept-unused": {
    wrong: `accept(${pod("user: 1000")}, "run-as-root", "needs its old image")`,
    right: pod("user: 1000"),
  },
  "added-capability": {
    wrong: pod('capabilities: { add: ["SYS_ADMIN"] }'),
    right: pod('capabilities: { add: ["CHOWN"] }'),
  },
  "apparmor-unconfined": {
    wrong: podContext('appArmorProfile: { type: "Unconfined" }'),
    right: podContext('appArmorProfile: { type: "RuntimeDefault" }'),
  },
  "autoscaler-fixed": {
    wrong: scaled('autoscaler("a", { of: a, min: 3, max: 3 })'),
    right: scaled('autoscaler("a", { of: a, min: 2, max: 3 })'),
  },
  "autoscaler-twice": {
    wrong: scaled(
      '[autoscaler("a", { of: a, max: 3 }), autoscaler("a-memory", { of: a, max: 3, memory: "80%" })]',
    ),
    right: scaled('autoscaler("a", { of: a, max: 3, cpu: "80%", memory: "80%" })'),
  },
  "pod-not-admitted": {
    wrong: `[namespace("open", { podSecurity: "baseline" }), ${pod("privileged: true", 'in: "open", ')}]`,
    right: `[namespace("open", { podSecurity: "baseline" }), ${pod("", 'in: "open", ')}]`,
  },
  "pods-not-admitted": {
    wrong: `[namespace("shop", { podSecurity: "baseline" }), ${deployment("privileged: true", 'in: "shop", ')}]`,
    right: `[namespace("shop", { podSecurity: "baseline" }), ${deployment("", 'in: "shop", ')}]`,
  },
  "replicas-set": {
    wrong: scaled('autoscaler("a", { of: a, max: 5 })', "replicas: 3, "),
    right: scaled('autoscaler("a", { of: a, max: 5 })'),
  },
  "route-twice": {
    wrong: `[${route("a", "twice.example")}, ${route("b", "twice.example")}]`,
    right: route("a", "once.example"),
  },
  "budget-blocks": {
    wrong: 'disruptionBudget("a", { of: api, max: 0 })',
    right: 'disruptionBudget("a", { of: api, max: 1 })',
  },
  "cluster-admin": { wrong: binding("cluster-admin"), right: binding("view") },
  "config-secret": {
    wrong: 'configMap("login", { DB_PASSWORD: "hunter2" })',
    right: 'secret("login", { DB_PASSWORD: fromEnv("DB_PASSWORD") })',
  },
  "duplicate-variable": {
    wrong: exactPod('env: [{ name: "MODE", value: "fast" }, { name: "MODE", value: "slow" }]'),
    right: exactPod('env: [{ name: "MODE", value: "fast" }, { name: "NIGHT", value: "slow" }]'),
  },
  "environment-secret": {
    wrong: pod('env: { DB_PASSWORD: "hunter2" }'),
    right: pod('env: { DB_PASSWORD: password.key("password") }'),
  },
  "escalation-allowed": { wrong: pod("escalation: true"), right: pod("escalation: false") },
  "field-deprecated": {
    wrong: exactPod("", 'serviceAccount: "default", '),
    right: exactPod("", 'serviceAccountName: "default", '),
  },
  "host-namespace": {
    wrong: pod("", "host: { network: true }, "),
    right: pod("ports: { http: 8080 }"),
  },
  "host-path": {
    wrong: pod('mounts: { "/data": hostPath("/srv/data") }'),
    right: pod('mounts: { "/data": emptyDir() }'),
  },
  "host-port": {
    wrong: exactPod("ports: [{ containerPort: 80, hostPort: 80 }]"),
    right: exactPod("ports: [{ containerPort: 80 }]"),
  },
  "host-process": {
    wrong: exactPod("", "hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } }, "),
    right: exactPod("", 'securityContext: { windowsOptions: { runAsUserName: "shop" } }, '),
  },
  "image-latest": {
    wrong: 'pod("a", { containers: { a: { image: "shop:latest" } } })',
    right: 'pod("a", { containers: { a: { image: "shop:1.4.2" } } })',
  },
  "job-kept": {
    wrong: 'job("a", { containers: { a: { image: "shop:1" } } })',
    right: 'job("a", { keep: "24h", containers: { a: { image: "shop:1" } } })',
  },
  "limits-missing": { wrong: pod(""), right: pod('resources: { memory: "128Mi" }') },
  "liveness-missing": {
    wrong: deployment("ports: { http: 80 }"),
    right: deployment('ports: { http: 80 }, liveness: { http: "/healthz", port: "http" }'),
  },
  "node-port-range": {
    wrong:
      'core.v1.Service({ metadata: { name: "a" }, spec: { type: "NodePort", ports: [{ port: 80, nodePort: 8080 }] } })',
    right:
      'core.v1.Service({ metadata: { name: "a" }, spec: { type: "NodePort", ports: [{ port: 80, nodePort: 32767 }] } })',
  },
  "node-unmatched": {
    wrong: pod("", 'placement: { nodes: { disk: "sdd" } }, '),
    right: pod("", 'placement: { nodes: { disk: "ssd" } }, '),
  },
  policy: {
    wrong: `policy("few", (objects, report) => {\n  for (const one of objects) if (one.spec?.replicas > 3) report(one, "more than three", "spec.replicas");\n});\nexport const a = ${deployment("", "replicas: 4, ")};`,
    right: `policy("few", (objects, report) => {\n  for (const one of objects) if (one.spec?.replicas > 3) report(one, "more than three", "spec.replicas");\n});\nexport const a = ${deployment("", "replicas: 3, ")};`,
  },
  "port-unopened": {
    wrong:
      'core.v1.Service({ metadata: { name: "a" }, spec: { ports: [{ port: 8080 }], selector: { "app.kubernetes.io/name": "stack-api" } } })',
    right:
      'core.v1.Service({ metadata: { name: "a" }, spec: { ports: [{ port: 8080, targetPort: 80 }], selector: { "app.kubernetes.io/name": "stack-api" } } })',
  },
  "powerful-permission": {
    wrong: 'serviceAccount("a", { may: { secrets: ["get"] } })',
    right: 'serviceAccount("a", { may: { secrets: { verbs: ["get"], only: ["login"] } } })',
  },
  privileged: { wrong: pod("privileged: true"), right: pod('capabilities: { add: ["NET_BIND_SERVICE"] }') },
  "probe-host": {
    wrong: exactPod('readinessProbe: { tcpSocket: { port: 80, host: "10.0.0.1" } }'),
    right: exactPod("readinessProbe: { tcpSocket: { port: 80 } }"),
  },
  "probe-path-relative": {
    wrong: exactPod('readinessProbe: { httpGet: { path: "ready", port: 80 } }'),
    right: exactPod('readinessProbe: { httpGet: { path: "/ready", port: 80 } }'),
  },
  "proc-unmasked": {
    wrong: exactPod('securityContext: { procMount: "Unmasked" }', "hostUsers: false, "),
    right: exactPod('securityContext: { procMount: "Default" }', "hostUsers: false, "),
  },
  "readiness-missing": {
    wrong: deployment("ports: { http: 80 }"),
    right: deployment('ports: { http: 80 }, readiness: { http: "/ready", port: "http" }'),
  },
  "reference-missing": {
    wrong: exactPod('envFrom: [{ configMapRef: { name: "stack-setings" } }]'),
    right: exactPod('envFrom: [{ configMapRef: { name: "stack-settings" } }]'),
  },
  "requests-missing": { wrong: pod("", 'defaults: "kubernetes", '), right: pod("") },
  "run-as-root": { wrong: pod("user: 0"), right: pod("user: 1000") },
  "seccomp-unconfined": {
    wrong: podContext('seccompProfile: { type: "Unconfined" }'),
    right: podContext('seccompProfile: { type: "RuntimeDefault" }'),
  },
  "selector-matches-nothing": {
    wrong:
      'core.v1.Service({ metadata: { name: "a" }, spec: { ports: [{ port: 80 }], selector: { "app.kubernetes.io/name": "stack-apy" } } })',
    right:
      'core.v1.Service({ metadata: { name: "a" }, spec: { ports: [{ port: 80 }], selector: { "app.kubernetes.io/name": "stack-api" } } })',
  },
  "selector-shared": {
    wrong:
      'export const a = deployment("a", { selector: { app: "shop" }, containers: { a: { image: "shop:1" } } })\nexport const b = deployment("b", { selector: { app: "shop" }, containers: { a: { image: "shop:1" } } })',
    right:
      'export const a = deployment("a", { selector: { app: "shop" }, containers: { a: { image: "shop:1" } } })\nexport const b = deployment("b", { selector: { app: "shop-b" }, containers: { a: { image: "shop:1" } } })',
  },
  "selinux-custom": {
    wrong: containerContext('seLinuxOptions: { type: "spc_t" }'),
    right: containerContext('seLinuxOptions: { type: "container_t", level: "s0" }'),
  },
  "single-replica": { wrong: deployment("", "replicas: 1, "), right: deployment("", "replicas: 2, ") },
  "spread-missing": {
    wrong: deployment("", 'defaults: "kubernetes", labels: { app: "a" }, replicas: 2, '),
    right: deployment("", "replicas: 2, "),
  },
  "ssh-port": { wrong: pod("ports: { ssh: 22 }"), right: pod("ports: { http: 80 }") },
  "sysctl-unsafe": {
    wrong: podContext('sysctls: [{ name: "kernel.msgmax", value: "65536" }]'),
    right: podContext('sysctls: [{ name: "net.ipv4.tcp_syncookies", value: "1" }]'),
  },
  "tls-missing": {
    wrong: 'ingress("a", { routes: { "open.example.org": { "/": front.port("http") } } })',
    right:
      'ingress("a", { routes: { "shop.example.org": { "/": front.port("http") } }, tls: { "shop.example.org": "shop-certificate" } })',
  },
  "token-mounted": { wrong: exactPod(""), right: exactPod("", "automountServiceAccountToken: false, ") },
  "url-port-unknown": {
    wrong: pod('env: { SHOP: "http://front:81/" }'),
    right: pod('env: { SHOP: "http://front/" }'),
  },
  "volume-type": {
    wrong: pod('mounts: { "/data": volume({ nfs: { server: "files.example.org", path: "/" } }) }'),
    right: pod('mounts: { "/data": claim("disk", { size: "1Gi" }) }'),
  },
  "wildcard-permission": {
    wrong: 'serviceAccount("a", { may: { pods: ["*"] } })',
    right: 'serviceAccount("a", { may: { pods: ["get"] } })',
  },
  "workdir-relative": { wrong: exactPod('workingDir: "app"'), right: exactPod('workingDir: "/app"') },
  "writable-root": { wrong: pod(""), right: pod("readOnlyRoot: true") },
};
