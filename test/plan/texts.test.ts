import { readFile, writeFile } from "node:fs/promises";
import test from "ava";
import { planSchema } from "../../cli/plan-schema.js";
import { renderPlan } from "../../cli/render/plan.js";
import { plainStyle } from "../../cli/render/style.js";
import { type PlanInput, planChanges } from "../../compiler/plan/plan-changes.js";
import { serverSideApply, trackUpdate } from "../../stdlib/schema/apply/apply.js";
import {
  type BuildGraph,
  objectKey,
  type SecretDeclaration,
  secretRevisionAnnotation,
} from "../../stdlib/schema/bundle.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

const view = { style: plainStyle, entry: "infra.ts", now: Date.parse("2026-01-01T02:00:00Z") };

/** Whole plans as people read them, on the real schema, beside the text they should be. */

const time = "2026-01-01T00:00:00Z";
const folder = new URL("../golden/plan/", import.meta.url);

const shown = test.macro({
  title: (name = "") => name,
  async exec(t, file: string, input: Partial<PlanInput> & Pick<PlanInput, "desired" | "live">) {
    const plan = planChanges({
      schema: planSchema,
      stack: "shop",
      secrets: [],
      provenance: places,
      ...input,
    });
    const text = renderPlan(plan, view);
    const path = new URL(file, folder);
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(path, text);
    t.is(text, await readFile(path, "utf8"));
  },
});

function metadata(name: string) {
  return { name, namespace: "default", labels: { "infra.dev/stack": "shop" } };
}

interface Shape {
  readonly image?: string;
  readonly replicas?: number;
  readonly strategy?: object;
  readonly annotations?: { readonly [name: string]: string };
  readonly volumes?: readonly object[];
  readonly app?: string;
}

function deployment(name: string, shape: Shape = {}): KubeObject {
  const { annotations, app = name, image = `shop/${name}:b-1`, replicas = 3, strategy, volumes } = shape;
  const labels = { app };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(name),
    spec: {
      replicas,
      selector: { matchLabels: labels },
      ...(strategy === undefined ? {} : { strategy }),
      template: {
        metadata: { labels, ...(annotations === undefined ? {} : { annotations }) },
        spec: {
          containers: [{ name: "main", image }],
          ...(volumes === undefined ? {} : { volumes }),
        },
      },
    },
  };
}

function configMap(data: { readonly [key: string]: string }): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("settings"), data };
}

/** As the server keeps it: defaulted, with managed fields. */
function applied(object: KubeObject): KubeObject {
  const row = kindRowOf(object)!;
  const live = serverSideApply({
    table: typeTable,
    row,
    live: undefined,
    applied: object,
    manager: "infra",
    force: true,
    time,
  });
  return planSchema.applyDefaults(live.object);
}

/** As somebody else left it. */
function edited(object: KubeObject, spec: object, manager: string): KubeObject {
  const before = applied(object);
  const after = { ...before, spec: { ...(before["spec"] as object), ...spec } };
  return trackUpdate({ table: typeTable, row: kindRowOf(object)!, before, after, manager, time });
}

const at = (line: number) => ({ file: "infra.ts", line, column: 1 });
const places: PlanInput["provenance"] = {
  formatVersion: 1,
  objects: {
    [objectKey(deployment("web"))]: {
      "": at(20),
      "spec.replicas": at(22),
      "spec.template.spec.containers[main].image": at(24),
    },
    [objectKey(configMap({}))]: {
      "": at(8),
      'data["ui.properties"]': { file: "ui.properties", line: 1, column: 1 },
    },
  },
};

function graph(key: string, sources: readonly string[], sha256: string): BuildGraph {
  const files = sources.map(
    (source) => ({ type: "file", path: source, source, sha256, size: 4, mode: 0o644 }) as const,
  );
  const image = {
    name: "web",
    key,
    reference: `shop/web:${key}`,
    from: { kind: "scratch" },
    steps: [{ kind: "copy", to: "/", files }],
    config: { env: {}, expose: {} },
  } as const;
  return { formatVersion: 1, stack: "shop", sourceRoot: "..", images: [image] };
}

test("an image built anew names the files that changed", shown, "image.txt", {
  desired: [deployment("web", { image: "shop/web:b-2" })],
  live: [applied(deployment("web"))],
  previousBuild: graph("b-1", ["src/main.py", "src/page.html"], "1"),
  build: graph("b-2", ["src/main.py", "src/page.html"], "2"),
});

test("what another manager changed is drift", shown, "drift.txt", {
  desired: [deployment("web")],
  live: [edited(deployment("web"), { replicas: 5 }, "kubectl")],
});

const mounted = { volumes: [{ name: "settings", configMap: { name: "settings" } }] };
const properties = (colour: string) => configMap({ "ui.properties": `title=Shop\ncolour=${colour}\n` });
test("a ConfigMap read as files is seen without a restart", shown, "config-files.txt", {
  desired: [deployment("web", mounted), properties("green")],
  live: [applied(deployment("web", mounted)), applied(properties("blue"))],
});

const hashed = (hash: string) => ({ annotations: { "config.infra.dev/settings": hash } });
test("a ConfigMap read as environment replaces pods", shown, "config-environment.txt", {
  desired: [deployment("web", hashed("9a3e")), configMap({ mode: "careful" })],
  live: [applied(deployment("web", hashed("1f0c"))), applied(configMap({ mode: "fast" }))],
});

const store = (revision: string) =>
  deployment("store", {
    replicas: 1,
    strategy: { type: "Recreate" },
    annotations: { "secret.infra.dev/redis": revision },
  });
const secret: SecretDeclaration = {
  namespace: "default",
  name: "redis",
  type: "Opaque",
  labels: {},
  keys: { password: { provider: "generated", length: 24 }, salt: { provider: "generated", length: 24 } },
  place: at(18),
};
test("a changed Secret announces the interruption, and nothing of its value", shown, "secret.txt", {
  desired: [store("new")],
  live: [
    applied(store("old")),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { ...metadata("redis"), annotations: { [secretRevisionAnnotation]: "old" } },
      type: "Opaque",
      data: { password: "bWFya2Vy" },
    },
  ],
  secrets: [secret],
});

test("a field that cannot be changed replaces the object", shown, "replace.txt", {
  desired: [deployment("web", { app: "front" })],
  live: [applied(deployment("web"))],
});

test("what is somebody else's is named, and nothing is new twice", shown, "conflict.txt", {
  desired: [deployment("web"), configMap({ mode: "fast" })],
  live: [
    { ...deployment("web"), metadata: { ...metadata("web"), labels: { "infra.dev/stack": "bakery" } } },
    { ...configMap({}), metadata: { name: "settings", namespace: "default" } },
  ],
});

test("what left the stack is destroyed with its pods, and named where it was", shown, "destroyed.txt", {
  desired: [configMap({ mode: "fast" })],
  live: [applied(configMap({ mode: "fast" })), applied(deployment("web"))],
  previousProvenance: places,
});

test("a setting of several lines is named, and stands once", shown, "config-lines.txt", {
  desired: [deployment("web", hashed("9a3e")), properties("green")],
  live: [applied(deployment("web", hashed("1f0c"))), applied(properties("blue"))],
});

const front = (port: number): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: metadata("front"),
  spec: { selector: { app: "web" }, ports: [{ port, targetPort: 8080 }] },
});
test("a port of a Service changes in place", shown, "service-port.txt", {
  desired: [front(81)],
  live: [applied(front(80))],
});

test("neither text nor JSON of a plan has a value of a Secret", (t) => {
  const value = "canary-value";
  const encoded = Buffer.from(value).toString("base64");
  const plan = planChanges({
    schema: planSchema,
    stack: "shop",
    provenance: places,
    desired: [store("new")],
    live: [
      applied(store("old")),
      applied({
        apiVersion: "v1",
        kind: "Secret",
        metadata: metadata("redis"),
        type: "Opaque",
        data: { password: encoded, gone: encoded },
      }),
    ],
    secrets: [secret],
  });
  const said = JSON.stringify(plan) + renderPlan(plan, view);
  t.true(said.includes("secret/redis"));
  t.false(said.includes(value) || said.includes(encoded));
});
