import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { asMeant } from "../../compiler/check/misplaced.js";
import { readYaml } from "../../compiler/import/read-yaml.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { runCli } from "../support/cli.js";

/** Manifests with the mistakes that print and copying make, each beside what is said of it. */
const cases = fileURLToPath(new URL("../golden/textbook/", import.meta.url));

for (const file of (await readdir(cases)).filter((name) => name.endsWith(".yaml")))
  test(`${file}: the line and the fix, from import and from manifests() alike`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "infra-textbook-"));
    t.teardown(() => rm(folder, { recursive: true }));
    await cp(join(cases, file), join(folder, file));
    const imported = await runCli(folder, ["import", file, "-o", "shop"]);
    t.is(imported.code, 1);
    t.false((await readdir(folder)).includes("shop"), "nothing is written");
    const golden = join(cases, file.replace(".yaml", ".txt"));
    if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(golden, imported.error);
    t.is(imported.error, await readFile(golden, "utf8"), "UPDATE_GOLDEN=1 rewrites; then read the diff");

    const stack = `import { manifests } from "infra";\nexport const all = manifests("./${file}");\n`;
    await writeFile(join(folder, "infra.ts"), stack);
    const compiled = await runCli(folder, ["compile", "--no-check"]);
    t.is(compiled.error, imported.error);
  });

const sound = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, labels: {app: a}}, spec: {replicas: 2,
selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {volumes: [{name: v, emptyDir: {}}],
containers: [{name: a, image: "a:1", ports: [{containerPort: 80}], volumeMounts: [{name: v, mountPath: /v}],
livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}}]}}}}`;

const moves: readonly (readonly [from: string, to: string])[] = [
  [
    "spec.template.spec.containers[0].livenessProbe.periodSeconds",
    "spec.template.spec.containers[0].livenessProbe.httpGet",
  ],
  ["spec.template.spec.containers[0].livenessProbe.httpGet", "spec.template.spec.containers[0]"],
  ["spec.template.spec.containers[0].image", "spec.template.spec"],
  ["spec.template.spec.containers[0].ports", "spec.template.spec"],
  ["spec.template.spec.volumes", "spec.template.spec.containers[0].volumeMounts[0]"],
  ["spec.template.spec.volumes", "spec.template"],
  ["spec.template.spec.containers", "spec.template"],
  ["spec.selector.matchLabels", "spec"],
  ["spec.replicas", ""],
  ["spec.replicas", "metadata"],
  ["spec.template", "spec.selector"],
  ["spec", "metadata"],
];
for (const [from, to] of moves)
  test(`${from} written in "${to}" is found where it belongs`, (t) => {
    const object = readYaml(sound).documents[0]?.data as KubeObject;
    const row = kindRowOf(object);
    if (row === undefined) throw new Error("a Deployment is known");
    const broken = structuredClone(object);
    const steps = from.split(/[.[\]]+/).filter((step) => step !== "");
    const name = steps.pop() ?? "";
    // biome-ignore lint/suspicious/noExplicitAny: a walk through plain data
    const at = (path: readonly string[]): any => path.reduce((value: any, step) => value[step], broken);
    const home = at(steps);
    const value = home[name];
    const target = at(to.split(/[.[\]]+/).filter((step) => step !== ""));
    delete home[name];
    target[name] = value;
    const { misplaced, object: meant } = asMeant(row, broken);
    t.deepEqual(meant, object);
    t.is(misplaced[0]?.belongs, from.split(".").slice(0, -1).join("."));
  });
