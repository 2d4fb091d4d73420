import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as fc from "fast-check";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { emitYaml } from "../../compiler/emit/yaml.js";
import { canonical } from "../../compiler/import/objects.js";
import { type ImportSource, selectObjects } from "../../compiler/import/select-objects.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { runCli } from "../support/cli.js";
import { importAndJudge } from "../support/import-law.js";
import { typeErrors } from "../support/program-types.js";

interface App {
  readonly name: string;
  readonly container?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly level?: string;
  readonly mode?: string;
  readonly team?: string;
  readonly claim?: string;
  readonly comment?: string;
}

function deploymentOf(app: App): string {
  const { claim = "shared", container = app.name, image = "registry.example/app:1", level = "info" } = app;
  const { comment, mode = "fast", name, replicas = 2, team = "web" } = app;
  const labels = { app: name, team };
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: container,
              image,
              ports: [{ name: "http", containerPort: 8080 }],
              env: [
                { name: "LEVEL", value: level },
                { name: "MODE", value: mode },
                { name: "ZONE", value: "eu" },
              ],
              resources: { requests: { cpu: "100m", memory: "64Mi" } },
              livenessProbe: { httpGet: { path: "/live", port: "http" } },
              volumeMounts: [{ name: "data", mountPath: "/data" }],
            },
          ],
          volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
  const text = `---\n${comment === undefined ? "" : `# ${comment}\n`}${emitYaml(object)}`;
  return text.replace("        livenessProbe", "        # Cheap.\n        livenessProbe");
}

function importedText(apps: readonly App[]) {
  const { errors, imported } = importAndJudge(apps.map(deploymentOf).join(""));
  return {
    errors,
    source: writeTypeScript(imported.program),
    language: writeInfra(imported.program),
  };
}

const named = ["cart", "orders", "users"].map((name) => ({ name }));

test("three that are alike are calls of a function, in both languages, with their comments", (t) => {
  const apps = named.map(({ name }, index) => ({
    name,
    image: `registry.example/${name}:1`,
    replicas: index + 2,
    comment: `Has ${name}.`,
  }));
  const { language, source } = importedText(apps);
  t.is(
    source,
    `import { deployment, volume } from "infra";

function makeDeployment(name: string, replicas: number) {
  return deployment(name, {
    replicas: replicas,
    containers: {
      [name]: {
        image: \`registry.example/\${name}:1\`,
        ports: { http: 8080 },
        env: { LEVEL: "info", MODE: "fast", ZONE: "eu" },
        mounts: {
          "/data": {
            from: volume({ persistentVolumeClaim: { claimName: "shared" } }),
            name: "data",
          },
        },
        resources: { cpu: "100m", memory: "64Mi" },
        // Cheap.
        liveness: { http: "/live", port: "http" },
      },
    },
    selector: { app: name },
    labels: { app: name, team: "web" },
    defaults: "kubernetes",
  });
}

// Has cart.
export const cart = makeDeployment("cart", 2);

// Has orders.
export const orders = makeDeployment("orders", 3);

// Has users.
export const users = makeDeployment("users", 4);
`,
  );
  t.true(language.includes("function makeDeployment(name, replicas) = deployment(name, {\n"), language);
  t.true(language.includes(`    "\${name}": {\n`), language);
  t.true(language.includes('// Has cart.\nlet cart = makeDeployment("cart", 2)\n'), language);
});

const apart: { readonly [what: string]: readonly App[] } = {
  "two are seen at a glance": named.slice(1),
  "four things differ": named.map(({ name }, index) => ({
    name,
    image: `registry.example/${index}${name}:${index}`,
    level: `l${index}`,
    replicas: index + 1,
  })),
  "containers have names of their own": named.map(({ name }, index) => ({ name, container: `c${index}` })),
  "long texts are read where they are meant": named.map(({ name }, index) => ({
    name,
    level: "x".repeat(100 + index),
  })),
};

for (const [what, apps] of Object.entries(apart))
  test(`spelled out: ${what}`, (t) => {
    const { errors, source } = importedText(apps);
    t.deepEqual(errors, []);
    t.false(source.includes("function"), source);
    t.is(source.split("deployment(").length, apps.length + 1);
  });

test("names and settings of few lines are spelled out", (t) => {
  const text = ["a", "b", "c", "d"]
    .map((name) =>
      emitYaml({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { mode: name } }),
    )
    .join("---\n");
  t.false(writeTypeScript(importAndJudge(text).imported.program).includes("function"));
});

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const hostileText = fc.oneof(
  word,
  fc.constantFrom(
    `\${name}`,
    `\`\${1}\``,
    "*/",
    "//",
    "\u2028",
    '"',
    "'",
    "{{ .Values.x }}",
    "__proto__",
    "</script>",
    "$(A)",
  ),
  fc
    .string({ unit: "binary", maxLength: 10 })
    .map((text) => text.replace(/[^\P{Cc}\t]|\p{Cs}|[\ufffe\uffff]/gu, "")),
);

const apps = fc
  .record({
    container: fc.option(word, { nil: undefined }),
    differs: fc.subarray(["image", "replicas", "level", "mode", "team", "claim"] as const, { maxLength: 4 }),
    names: fc.uniqueArray(word, { minLength: 3, maxLength: 6 }),
    images: fc.constantFrom(
      (name: string, at: number) => `r/${name}:${at}`,
      (name: string) => `r/${name}:1`,
    ),
    texts: fc.array(hostileText, { minLength: 6, maxLength: 6 }),
  })
  .map(({ container, differs, images, names, texts }) =>
    names.map((name, index): App => {
      const has = (part: (typeof differs)[number]) => differs.includes(part);
      return {
        name,
        ...(container === undefined ? {} : { container }),
        ...(has("image") ? { image: images(name, index) } : {}),
        ...(has("replicas") ? { replicas: index } : {}),
        ...(has("level") ? { level: texts[index] ?? "" } : { level: texts[0] ?? "" }),
        ...(has("mode") ? { mode: `${name}-${texts[0]}` } : {}),
        ...(has("team") ? { team: `${name}.x` } : {}),
        ...(has("claim") ? { claim: `${name}-data` } : {}),
      };
    }),
  );

test("whatever differs, the same objects come again, and the text has the types it needs", (t) => {
  const programs = new Map<string, string>();
  const property = fc.property(apps, (chosen) => {
    const { errors, source } = importedText(chosen);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join());
    if (source.includes("function") && programs.size < 40) programs.set(`p${programs.size}`, source);
    return true;
  });
  t.notThrows(() => fc.assert(property, { numRuns: 120 }));
  t.true(programs.size > 20);
  t.is(typeErrors(programs), "");
});

test("what is written compiles to the same objects in both languages", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-fold-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const level = `\${name} \`\${1}\` */ \u2028 {{ x }} \\ " '`;
  const text = named
    .map(({ name }, index) =>
      deploymentOf({ name, image: `r/${name}:1`, replicas: index, level, mode: `${name}\${x}` }),
    )
    .join("");
  writeFileSync(join(folder, "k8s.yaml"), text);
  for (const language of ["ts", "infra"])
    t.is((await runCli(folder, ["import", "k8s.yaml", "--to", language])).code, 0);
  for (const file of ["infra.ts", "main.infra"]) {
    const compiled = await runCli(folder, ["compile", file, "-o", `out-${file}`, "--stack", "s"]);
    t.is(compiled.code, 0, compiled.error);
  }
  const languages = await runCli(folder, ["diff", "out-infra.ts", "out-main.infra"]);
  t.regex(languages.out, /No differences/);
  const manifests = join(folder, "out-infra.ts/manifests");
  const made = readdirSync(manifests).map((name) => ({
    name,
    text: readFileSync(join(manifests, name), "utf8"),
  }));
  const objectsOf = (sources: readonly ImportSource[]) =>
    selectObjects(sources, new Reporter()).map(({ object }) => canonical(object, "default"));
  t.deepEqual(objectsOf(made), objectsOf([{ name: "k8s.yaml", text }]));
});
