// biome-ignore-all lint/suspicious/noTemplateCurlyInString: examples show programs as text
import type { Explained } from "./example.js";

/** Names, fields and references of what a stack describes. */
export const resourceExamples = {
  "already-taken": {
    wrong:
      '[31080, 31080].map((http, n) => service(`web-${n}`, { to: api, ports: { 80: "http" }, nodePorts: { http } }))',
    right:
      '[31080, 31081].map((http, n) => service(`web-${n}`, { to: api, ports: { 80: "http" }, nodePorts: { http } }))',
  },
  "arguments-wrong": {
    wrong: 'pod({ containers: { a: { image: "shop:1" } } })',
    right: 'pod("a", { containers: { a: { image: "shop:1" } } })',
  },
  "choose-one": {
    wrong: 'disruptionBudget("api", { of: api, min: 1, max: 1 })',
    right: 'disruptionBudget("api", { of: api, max: 1 })',
  },
  "config-key-unknown": {
    wrong: 'pod("a", { containers: { a: { image: "shop:1", env: { MODE: settings.key("mod") } } } })',
    right: 'pod("a", { containers: { a: { image: "shop:1", env: { MODE: settings.key("mode") } } } })',
  },
  "field-invalid": {
    wrong: 'deployment("a", { replicas: -1, containers: { a: { image: "shop:1" } } })',
    right: 'deployment("a", { replicas: 1, containers: { a: { image: "shop:1" } } })',
  },
  "field-missing": { wrong: 'claim("disk", {})', right: 'claim("disk", { size: "1Gi" })' },
  "field-type": {
    wrong: 'pod("a", { grace: "30", containers: { a: { image: "shop:1" } } })',
    right: 'pod("a", { grace: "30s", containers: { a: { image: "shop:1" } } })',
  },
  "field-unknown": {
    wrong: 'pod("a", { hostnam: "a", containers: { a: { image: "shop:1" } } })',
    right: 'pod("a", { hostname: "a", containers: { a: { image: "shop:1" } } })',
  },
  "image-cycle": {
    wrong:
      'const spec = { from: scratch() };\nexport const web = image("web", spec);\nObject.assign(spec, { from: web });',
    right:
      'const base = image("base", { from: scratch() });\nexport const web = image("web", { from: base });',
  },
  "kind-undefined": {
    wrong: '{ apiVersion: "example.org/v1", kind: "Backup", metadata: { name: "a" } }',
    right:
      '[manifests("./definitions.yaml"), { apiVersion: "example.org/v1", kind: "Backup", metadata: { name: "a" } }]',
  },
  "kind-unkept": {
    wrong: 'core.v1.Binding({ metadata: { name: "a" }, target: { kind: "Node", name: "one" } })',
    right: 'pod("a", { containers: { a: { image: "shop:1" } }, placement: { nodes: { disk: "ssd" } } })',
  },
  "kind-unknown": {
    wrong: '{ apiVersion: "v1", kind: "ConfigMapp", metadata: { name: "a" } }',
    right: '{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }',
  },
  "label-reserved": {
    wrong: 'configMap("a", { mode: "slow" }, { labels: { "infra.dev/stack": "shop" } })',
    right: 'configMap("a", { mode: "slow" }, { labels: { team: "shop" } })',
  },
  "name-missing": {
    wrong: 'core.v1.ConfigMap({ metadata: { generateName: "a-" } })',
    right: 'core.v1.ConfigMap({ metadata: { name: "a" } })',
  },
  "name-duplicate": {
    wrong: 'configMap("stack-settings", { mode: "slow" })',
    right: 'configMap("other-settings", { mode: "slow" })',
  },
  "name-invalid": { wrong: 'configMap("My_Settings", {})', right: 'configMap("my-settings", {})' },
  "other-namespace": {
    wrong: 'service("web", { in: "other", to: api, ports: { 80: "http" } })',
    right: 'service("web", { to: api, ports: { 80: "http" } })',
  },
  "patch-loses": {
    wrong:
      'deployment("web", { containers: { a: { image: "shop:1" } }, patch: { spec: { template: { spec: { containers: [{ name: "a", tty: true }] } } } } })',
    right: 'deployment("web", { containers: { a: { image: "shop:1", patch: { tty: true } } } })',
  },
  "patch-identity": {
    wrong:
      'deployment("web", { containers: { a: { image: "shop:1" } }, patch: { metadata: { namespace: "shop" } } })',
    right: 'deployment("web", { in: "shop", containers: { a: { image: "shop:1" } } })',
  },
  "port-name-unknown": {
    wrong: 'service("web", { to: api, ports: { 80: "htp" } })',
    right: 'service("web", { to: api, ports: { 80: "http" } })',
  },
  "port-number-invalid": {
    wrong: 'service("web", { to: api, ports: { 80: "http" }, nodePorts: { http: 80 } })',
    right: 'service("web", { to: api, ports: { 80: "http" }, nodePorts: { http: 30080 } })',
  },
  "resource-name-unknown": {
    wrong: 'serviceAccount("clerk", { may: { deployments: ["get"] } })',
    right: 'serviceAccount("clerk", { may: { "deployments.apps": ["get"] } })',
  },
  "resource-not-exported": {
    wrong: 'const night = configMap("night", { mode: "slow" });',
    right: 'export const night = configMap("night", { mode: "slow" });',
  },
  "user-unknown": {
    wrong: 'image("a", { from: scratch(), user: "shop" })',
    right: 'image("a", { from: scratch(), user: 1000 })',
  },
} as const satisfies { readonly [code: string]: Explained };
