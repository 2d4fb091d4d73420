// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the examples are programs as text
import type { DiagnosticCode } from "./table.js";

/** One line that has the mistake, and how it is meant. */
export interface Example {
  readonly wrong: string;
  readonly right: string;
}

/** For `infra explain`, where a line says it better than words. In a stack with a deployment `api` and what it uses. */
export const examples: { readonly [C in DiagnosticCode]?: Example } = {
  "arguments-wrong": {
    wrong: 'pod({ containers: { a: { image: "shop:1" } } })',
    right: 'pod("a", { containers: { a: { image: "shop:1" } } })',
  },
  "choose-one": {
    wrong: 'disruptionBudget("api", { of: api, min: 1, max: 1 })',
    right: 'disruptionBudget("api", { of: api, max: 1 })',
  },
  "config-key-unknown": {
    wrong: 'const env = { MODE: settings.key("mod") }',
    right: 'const env = { MODE: settings.key("mode") }',
  },
  "config-secret": {
    wrong: 'configMap("login", { DB_PASSWORD: "hunter2" })',
    right: 'secret("login", { DB_PASSWORD: fromEnv("DB_PASSWORD") })',
  },
  "environment-secret": {
    wrong: 'pod("a", { containers: { a: { image: "shop:1", env: { DB_PASSWORD: "hunter2" } } } })',
    right:
      'pod("a", { containers: { a: { image: "shop:1", env: { DB_PASSWORD: password.key("password") } } } })',
  },
  exception: { wrong: 'configMap("a", JSON.parse("{ b"))', right: 'configMap("a", { b: "c" })' },
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
  "image-latest": {
    wrong: 'pod("a", { containers: { a: { image: "shop:latest" } } })',
    right: 'pod("a", { containers: { a: { image: "shop:1.4.2" } } })',
  },
  "input-missing": {
    wrong: 'configMap("a", { b: input.text("b") })',
    right: 'configMap("a", { b: input.text("b", { default: "c" }) })',
  },
  "name-duplicate": {
    wrong: 'configMap("stack-settings", { mode: "slow" })',
    right: 'configMap("other-settings", { mode: "slow" })',
  },
  "name-invalid": { wrong: 'configMap("My_Settings", {})', right: 'configMap("my-settings", {})' },
  "node-unmatched": {
    wrong: 'pod("a", { placement: { nodes: { disk: "sdd" } }, containers: { a: { image: "shop:1" } } })',
    right: 'pod("a", { placement: { nodes: { disk: "ssd" } }, containers: { a: { image: "shop:1" } } })',
  },
  "other-namespace": {
    wrong: 'service("front", { in: "other", to: api, ports: { 80: "http" } })',
    right: 'service("front", { to: api, ports: { 80: "http" } })',
  },
  "port-name-unknown": {
    wrong: 'service("front", { to: api, ports: { 80: "htp" } })',
    right: 'service("front", { to: api, ports: { 80: "http" } })',
  },
  "port-number-invalid": {
    wrong: 'service("front", { to: api, ports: { 80: "http" }, nodePorts: { http: 80 } })',
    right: 'service("front", { to: api, ports: { 80: "http" }, nodePorts: { http: 30080 } })',
  },
  "resource-name-unknown": {
    wrong: 'serviceAccount("clerk", { may: { deployments: ["get"] } })',
    right: 'serviceAccount("clerk", { may: { "deployments.apps": ["get"] } })',
  },
  "run-as-root": {
    wrong: 'pod("a", { containers: { a: { image: "shop:1", user: 0 } } })',
    right: 'pod("a", { containers: { a: { image: "shop:1", user: 1000 } } })',
  },
  "secret-leaked": {
    wrong: 'configMap("settings", { url: `redis://:${password.key("password")}@redis` })',
    right:
      'pod("a", { containers: { a: { image: "shop:1", env: { URL: text`redis://:${password.key("password")}@redis` } } } })',
  },
  "undeclared-input": {
    wrong: 'configMap("built", { at: Date.now() })',
    right: 'configMap("built", { at: input.text("at", { default: "today" }) })',
  },
  "value-unusable": { wrong: 'configMap("a", { b: 1 / 0 })', right: 'configMap("a", { b: 1 / 2 })' },
};
