/**
 * One application of N resources, spelled out in each language: in turn a Deployment, the Service before it and a
 * ConfigMap. Nothing is abstracted away, since what is measured is the tool and not a loop of its language.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files by path relative to a folder of their own. */
export type Files = ReadonlyMap<string, string>;

/** Resources in one source file: what a person would still scroll through. */
const perFile = 60;

interface Unit {
  readonly kind: "deployment" | "service" | "configMap";
  readonly name: string;
  readonly index: number;
}

function units(count: number): Unit[] {
  const kinds = ["deployment", "service", "configMap"] as const;
  return Array.from({ length: count }, (_, index) => ({
    kind: kinds[index % kinds.length] ?? "deployment",
    name: `app-${Math.floor(index / kinds.length)}`,
    index: Math.floor(index / kinds.length),
  }));
}

function parts(count: number): Unit[][] {
  const all = units(count);
  return Array.from({ length: Math.ceil(count / perFile) }, (_, part) =>
    all.slice(part * perFile, (part + 1) * perFile),
  );
}

/** The TypeScript of infra: `infra.ts` and the parts it exports. */
export function infraTypeScript(count: number): Files {
  const resource = ({ index, kind, name }: Unit): string => {
    if (kind === "deployment")
      return `export const app${index} = deployment("${name}", {
  replicas: 2,
  labels: { tier: "web", team: "team-${index % 7}" },
  containers: {
    web: {
      image: "registry.example/shop/web:1.${index}",
      args: ["--listen", ":8080", "--shard", "${index}"],
      env: { LOG_LEVEL: "info", SHARD: "${index}" },
      ports: { http: 8080 },
      resources: { cpu: "100m", memory: "64Mi" },
      readiness: { http: "/ready", port: "http", every: "5s" },
    },
  },
});
`;
    if (kind === "service")
      return `export const service${index} = service("${name}", { to: app${index}, ports: { 80: "http" } });\n`;
    return `export const config${index} = configMap("${name}", {
  "app.properties": "shard=${index}\\nlevel=info\\n",
  MODE: "production",
});
`;
  };
  const head = 'import { configMap, deployment, service } from "infra";\n\n';
  return split(
    count,
    (of) => head + of.map(resource).join("\n"),
    (part) => `part-${part}.ts`,
    {
      path: "infra.ts",
      text: (files) => files.map((file) => `export * from "./${file.replace(/\.ts$/, ".js")}";\n`).join(""),
    },
  );
}

/** The same in `.infra`: `main.infra` and the parts it imports. */
export function infraLanguage(count: number): Files {
  const resource = ({ index, kind, name }: Unit): string => {
    if (kind === "deployment")
      return `deployment ${name} {
  replicas = 2
  labels   = { tier: "web", team: "team-${index % 7}" }
  container web {
    image = "registry.example/shop/web:1.${index}"
    args  = ["--listen", ":8080", "--shard", "${index}"]
    env   = { LOG_LEVEL: "info", SHARD: "${index}" }
    ports = { http: 8080 }
    resources = { cpu: 100m, memory: 64Mi }
    readiness { http = "/ready"  port = "http"  every = 5s }
  }
}
`;
    if (kind === "service") return `service ${name} { to = deployment.${name}  ports = { 80: "http" } }\n`;
    return `configMap ${name} {
  "app.properties" = "shard=${index}\\nlevel=info\\n"
  MODE = "production"
}
`;
  };
  return split(
    count,
    (of) => of.map(resource).join("\n"),
    (part) => `part-${part}.infra`,
    {
      path: "main.infra",
      text: (files) => files.map((file) => `import "./${file}"\n`).join(""),
    },
  );
}

/** The exact object, as every other tool is given it. */
function object({ index, kind, name }: Unit): { [field: string]: unknown } {
  const labels = { app: name };
  const metadata = { name, namespace: "default", labels };
  if (kind === "service")
    return {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    };
  if (kind === "configMap")
    return {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { "app.properties": `shard=${index}\nlevel=info\n`, MODE: "production" },
    };
  const container = {
    name: "web",
    image: `registry.example/shop/web:1.${index}`,
    args: ["--listen", ":8080", "--shard", String(index)],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "SHARD", value: String(index) },
    ],
    ports: [{ name: "http", containerPort: 8080 }],
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
    readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 },
  };
  const pod = { metadata: { labels }, spec: { containers: [container] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...metadata, labels: { ...labels, tier: "web", team: `team-${index % 7}` } },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: pod },
  };
}

/** A literal of the language; JSON, with keys quoted only where the language needs it. */
function literal(value: unknown, key: (name: string) => string, indent: string): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((item) => `${deeper}${literal(item, key, deeper)},\n`).join("")}${indent}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${deeper}${key(name)}: ${literal(member, key, deeper)},\n`,
  );
  return `{\n${members.join("")}${indent}}`;
}

const bareKey = (name: string) => (/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name));

/**
 * cdk8s with its untyped `ApiObject`, the least it can load: its typed classes, and cdk8s-plus above them, cost it
 * more.
 */
export function cdk8sTypeScript(count: number): Files {
  const resource = (unit: Unit): string =>
    `  new ApiObject(chart, "${unit.kind}-${unit.name}", ${literal(object(unit), bareKey, "  ")});\n`;
  const head =
    'import { ApiObject, type Chart } from "cdk8s";\n\nexport function add(chart: Chart): void {\n';
  return split(
    count,
    (of) => `${head}${of.map(resource).join("")}}\n`,
    (part) => `part-${part}.ts`,
    {
      path: "main.ts",
      text: (files) => {
        const imports = files.map(
          (file, part) => `import { add as add${part} } from "./${file.replace(/\.ts$/, ".js")}";\n`,
        );
        const calls = files.map((_, part) => `add${part}(chart);\n`);
        return `import { App, Chart } from "cdk8s";\n${imports.join("")}
const app = new App();
const chart = new Chart(app, "shop");
${calls.join("")}app.synth();
`;
      },
    },
  );
}

/** For `jsonnet -y`: a list of documents. */
export function jsonnet(count: number): Files {
  const resources = (of: Unit[]) => `${literal(of.map(object), bareKey, "")}\n`;
  return split(count, resources, (part) => `part-${part}.libsonnet`, {
    path: "main.jsonnet",
    text: (files) => `${files.map((file) => `(import "${file}")`).join(" +\n")}\n`,
  });
}

/** For `cue export --out text`: a package whose files each add to one struct. */
export function cue(count: number): Files {
  const resources = (of: Unit[]) =>
    `package shop\n\nresources: {\n${of
      .map((unit) => `  "${unit.kind}/${unit.name}": ${literal(object(unit), bareKey, "  ")}\n`)
      .join("")}}\n`;
  return split(count, resources, (part) => `part-${part}.cue`, {
    path: "main.cue",
    text: () =>
      'package shop\n\nimport "encoding/yaml"\n\nstream: yaml.MarshalStream([for one in resources {one}])\n',
  });
}

/** A KCL package: each file assigns its resources, and KCL writes what is assigned. */
export function kcl(count: number): Files {
  const text = (value: unknown): string =>
    literal(value, JSON.stringify, "")
      .replaceAll(/\btrue\b/g, "True")
      .replaceAll(/\bfalse\b/g, "False");
  const resources = (of: Unit[]) =>
    of.map((unit) => `${unit.kind}_${unit.index} = ${text(object(unit))}\n`).join("");
  return split(count, resources, (part) => `part_${part}.k`, undefined);
}

function split(
  count: number,
  text: (of: Unit[]) => string,
  path: (part: number) => string,
  entry: { readonly path: string; readonly text: (files: string[]) => string } | undefined,
): Files {
  const files = parts(count).map((of, part) => [path(part), text(of)] as const);
  const main = entry === undefined ? [] : [[entry.path, entry.text(files.map(([name]) => name))] as const];
  return new Map([...main, ...files]);
}

export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
