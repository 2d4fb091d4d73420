import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { canonical } from "../../compiler/import/objects.js";
import { type ImportSource, selectObjects } from "../../compiler/import/select-objects.js";
import { printableJson } from "../../stdlib/base/printable.js";
import { runCli } from "../support/cli.js";
import { helmPath, kubectlPath } from "../support/kubectl.js";

const run = promisify(execFile);

/** What ends, opens or means something in one of the languages that are written. */
const hostile = JSON.parse(
  readFileSync(new URL("../corpus/texts.json", import.meta.url), "utf8"),
) as readonly string[];

const annotations = Object.fromEntries(hostile.map((text, index) => [`example.org/h${index}`, text]));

/** Every hostile text at every place that takes any text. */
const objects: readonly object[] = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", annotations },
    data: Object.fromEntries(hostile.map((text, index) => [`h${index}`, text])),
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" }, annotations },
        spec: {
          containers: [
            {
              name: "web",
              image: "registry.example/web:1",
              command: hostile,
              args: hostile,
              env: hostile.map((value, index) => ({ name: `H${index}`, value })),
              livenessProbe: { exec: { command: hostile } },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: "example.org/v1",
    kind: "Widget",
    metadata: { name: "any" },
    spec: {
      ...Object.fromEntries(hostile.map((text) => [text, { [text]: text }])),
      list: hostile,
      nested: hostile.map((text) => [[text]]),
    },
  },
  ...["a", "b", "c", "d"].map((name, index) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `like-${name}` },
    data: Object.fromEntries(
      hostile.slice(0, 60).map((text, at) => [`k${at}`, at === index ? `${name}${text}` : text]),
    ),
  })),
];

/** JSON is YAML; comments stand where YAML has them. */
const comments = hostile
  .filter((text) => !/[\n\r\u0085\u2028\u2029]|[\u0000-\u0008\u000e-\u001f\u007f\ufeff]/.test(text))
  .map((text) => `# ${text}\n`)
  .join("");
const source = objects.map((object) => `---\n${comments}${printableJson(object)}\n`).join("");

function meaning(sources: readonly ImportSource[]): readonly unknown[] {
  const reporter = new Reporter();
  const found = selectObjects(sources, reporter);
  if (reporter.hasErrors) throw new Error(reporter.sorted()[0]?.message);
  const named = found.map(({ object }) => [`${object.kind}/${object.metadata.name}`, object] as const);
  return named.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => canonical(object, "default"));
}

function filesBelow(folder: string): readonly ImportSource[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((name) => ({ name, text: readFileSync(name, "utf8") }));
}

test("hostile texts come through TypeScript, .infra, Helm and kustomize as they are", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-attack-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "k8s.yaml"), source);
  const wanted = meaning([{ name: "k8s.yaml", text: source }]);
  t.is(wanted.length, objects.length);
  for (const language of ["ts", "infra"]) {
    const imported = await runCli(folder, ["import", "k8s.yaml", "--to", language]);
    t.is(imported.code, 0, imported.error);
    const file = language === "ts" ? "infra.ts" : "main.infra";
    const text = readFileSync(join(folder, file), "utf8");
    t.false(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/.test(text),
      "nothing hides in the source",
    );
    const compiled = await runCli(folder, ["compile", file, "-o", `out-${language}`, "--stack", "s"]);
    t.is(compiled.code, 0, compiled.error);
    t.deepEqual(meaning(filesBelow(join(folder, `out-${language}/manifests`))), wanted);
  }
  for (const format of ["helm", "kustomize"])
    t.is((await runCli(folder, ["export", "out-ts", "--format", format, "-o", format])).code, 0);
  const helm = await run(await helmPath(), ["template", "x", join(folder, "helm"), "--namespace", "default"]);
  t.deepEqual(meaning([{ name: "helm", text: helm.stdout }]), wanted);
  const kustomize = await run(await kubectlPath(), ["kustomize", join(folder, "kustomize")]);
  const typed = (all: readonly unknown[]) =>
    all.filter((object) => !JSON.stringify(object).includes('"Widget"'));
  const built = meaning([{ name: "kustomize", text: kustomize.stdout }]);
  t.deepEqual(typed(built), typed(wanted)); // its own writer leaves "<<" as a key without its quotes
});

test("a key that JavaScript has a meaning for comes through both languages", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-attack-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const text =
    'apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\nspec: {"__proto__": {polluted: true}}\n';
  writeFileSync(join(folder, "k8s.yaml"), text);
  for (const language of ["ts", "infra"]) {
    t.is((await runCli(folder, ["import", "k8s.yaml", "--to", language, "-o", language])).code, 0);
    t.is((await runCli(folder, ["compile", language, "-o", "out", "--stack", "s"])).code, 0);
    t.deepEqual(meaning(filesBelow(join(folder, "out/manifests"))), meaning([{ name: "k8s.yaml", text }]));
  }
});

test("terminal escapes in names and values do not reach the terminal", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "infra-attack-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const codes = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e";
  const name = `a${codes}.yaml`;
  const quoted = JSON.stringify(`x${codes}`).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const object = (kind: string, more: string) =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${quoted}}\n${more}`;
  const files: { readonly [path: string]: string } = {
    [name]: object("ConfigMap", `data: {${quoted}: ${quoted}}\n`),
    "kind.yaml": object(quoted, "spec: 1\n"),
    "broken.yaml": `a: {${quoted}: \n`,
    "compose.yaml": `services: {${quoted}: {image: ${quoted}, command: ${quoted}, ${quoted}: 1, environment: {${quoted}: ${quoted}}, volumes: [${quoted}]}}\n`,
    [`Dockerfile.${codes}`]: `FROM debian\nCOPY a${codes} /x\nLABEL a=${codes}\nBAD${codes} x\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(folder, path), text);
    for (const rest of [["--force"], ["-o", `out${codes}`, "--force"]]) {
      const { error, out } = await runCli(folder, ["import", path, ...rest]);
      t.false(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(out + error), JSON.stringify(error));
    }
  }
  const fine = {
    ...files,
    [name]: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: ${quoted}}\n`,
  };
  writeFileSync(join(folder, name), fine[name] ?? "");
  const { code, error, out } = await runCli(folder, ["import", name, "-o", `out${codes}`, "--force"]);
  t.is(code, 0, error);
  t.false(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(out + error), JSON.stringify(out));
});
