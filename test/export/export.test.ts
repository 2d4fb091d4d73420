import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { exportFolder, exportStream } from "../../compiler/export/export.js";
import type { ExportedBundle } from "../../compiler/export/parts.js";
import { canonical } from "../../compiler/import/objects.js";
import { selectObjects } from "../../compiler/import/select-objects.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { helmPath, kubectlPath } from "../support/kubectl.js";

const run = promisify(execFile);

const objects = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", namespace: "default" },
    data: { template: "{{ .Values.x }}\n}} {{\n", no: "no", octal: "0755", infraPick0n: "infraPick0n0x" },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "shop/web:b-1" }] },
      },
    },
  },
] as unknown as readonly KubeObject[];

const bundle = {
  objects,
  secrets: [
    {
      namespace: "default",
      name: "redis",
      type: "Opaque",
      labels: {},
      keys: { password: { provider: "generated", length: 32 } },
    },
  ],
  images: [{ name: "web", reference: "shop/web:b-1" }],
  record: { stack: "shop", namespace: "default", versions: { infra: "1.0.0", kubernetes: "v1.35.0" } },
} as unknown as ExportedBundle;

function meaning(text: string): readonly unknown[] {
  const reporter = new Reporter();
  const found = selectObjects([{ name: "out", text }], reporter);
  if (reporter.hasErrors) throw new Error(reporter.sorted()[0]?.message);
  return found
    .map(({ object }) => canonical(object, "default"))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const wanted = meaning(exportStream(bundle, "yaml"));

for (const format of ["json", "list"] as const)
  test(`${format} holds the same objects`, (t) => {
    t.deepEqual(meaning(exportStream(bundle, format)), wanted);
  });

test("secrets are named, without values", (t) => {
  t.true(exportStream(bundle, "yaml").startsWith('# Secret "redis" in namespace "default"'));
});

for (const format of ["helm", "kustomize"] as const)
  test(`${format} renders the same objects`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "infra-export-"));
    t.teardown(() => rm(folder, { recursive: true }));
    for (const [path, text] of exportFolder(bundle, format)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { stdout } =
      format === "helm"
        ? await run(await helmPath(), ["template", "x", folder, "--namespace", "default"])
        : await run(await kubectlPath(), ["kustomize", folder]);
    t.deepEqual(meaning(stdout), wanted);
  });

test("a chart's user chooses pods and images", async (t) => {
  const files = exportFolder(bundle, "helm");
  t.is(
    files.get("values.yaml"),
    "# The namespace is the release's: helm install --namespace NAME\nreplicas:\n  web: 2\nimages:\n  web: shop/web:b-1\n",
  );
});

test("a chart has definitions of kinds that it uses in crds/, which Helm makes first and reads as they are", (t) => {
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.acme.io" },
    spec: {
      group: "acme.io",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", description: "{{ x }}" } },
        },
      ],
    },
  } as unknown as KubeObject;
  const widget = { apiVersion: "acme.io/v1", kind: "Widget", metadata: { name: "w", namespace: "default" } };
  const pathsOf = (more: readonly KubeObject[]) =>
    exportFolder({ ...bundle, objects: [definition, ...more] }, "helm");
  const files = pathsOf([widget as unknown as KubeObject]);
  const [path = ""] = [...files.keys()].filter((name) => name.startsWith("crds/"));
  t.regex(path, /widgets\.acme\.io\.yaml$/);
  t.regex(String(files.get(path)), /description: "\{\{ x \}\}"/);
  t.false(
    [...files.keys()].some((name) => name.startsWith("templates/") && name.includes("widgets.acme.io")),
  );
  t.true(
    [...pathsOf([]).keys()].some((name) => name.startsWith("templates/") && name.includes("widgets.acme.io")),
  );
});
