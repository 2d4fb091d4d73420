import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import ts from "typescript";
import { runCli } from "../support/cli.js";

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: backups.ops.example.org }
spec:
  group: ops.example.org
  scope: Namespaced
  names: { plural: backups, kind: Backup }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                keepDays: { type: integer, default: 14, minimum: 1, description: Days a backup is kept. }
`;

/** The word between «» is hovered over. */
const program = `import { deployment } from "infra";
import { core } from "infra/kubernetes";
import * as apps from "infra/kubernetes/apps";
import * as ops from "./types/ops.example.org.js";
export const a = core.v1.«Pod»({
  metadata: { «labels»: {} },
  spec: { containers: [], «terminationGracePeriodSeconds»: 5, «dnsPolicy»: "Default" },
});
export const b: apps.v1.DeploymentSpec["strategy"] = { rollingUpdate: { «maxSurge»: 1 } };
export const c = deployment("web", {
  «replicas»: 2,
  containers: { web: { image: "web:1" } },
  patch: { spec: { «progressDeadlineSeconds»: 60 } },
});
export const d = ops.v1.Backup({ metadata: { name: "d" }, spec: { «keepDays»: 3 } });
`;

test("hovering shows what a field means, its unit and its default", async (t) => {
  const work = await mkdtemp(join(tmpdir(), "infra-hover-"));
  t.teardown(() => rm(work, { recursive: true }));
  await writeFile(join(work, "crd.yaml"), definition);
  t.is((await runCli(work, ["types", "crd.yaml"])).code, 0);
  const file = join(work, "infra.ts");
  const shown = hovers(file, program);
  t.regex(shown["Pod"] ?? "", /^Containers that run together on one node/);
  t.regex(shown["labels"] ?? "", /^Keys and values that objects are selected by/);
  t.regex(shown["terminationGracePeriodSeconds"] ?? "", /^Seconds .*@default 30$/);
  t.regex(shown["dnsPolicy"] ?? "", /@default "ClusterFirst"$/);
  t.regex(shown["maxSurge"] ?? "", /percentage.*@default "25%"$/);
  t.regex(shown["replicas"] ?? "", /@default 1/);
  t.regex(shown["progressDeadlineSeconds"] ?? "", /^Seconds .*@default 600$/, "through a patch too");
  t.regex(shown["keepDays"] ?? "", /^Days a backup is kept[\s\S]*@default 14/);
});

/** What the language service of editors says of each marked word. */
function hovers(file: string, marked: string): { readonly [word: string]: string } {
  const source = marked.replace(/[«»]/g, "");
  const root = (path: string) => fileURLToPath(new URL(`../../stdlib/${path}`, import.meta.url));
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
      types: [],
      lib: ["lib.es2022.d.ts"],
      paths: {
        infra: [root("constructs/index.ts")],
        "infra/kubernetes": [root("kubernetes/index.ts")],
        "infra/kubernetes/*": [root("kubernetes/generated/groups/*.ts")],
      },
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = path === file ? source : ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => "/",
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === file || ts.sys.fileExists(path),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  });
  const words = [...marked.matchAll(/«(\w+)»/g)].map(({ 1: word = "", index }, before) => {
    const info = service.getQuickInfoAtPosition(file, index - 2 * before);
    const tags = (info?.tags ?? []).map(({ name, text }) => ` @${name} ${ts.displayPartsToString(text)}`);
    return [word, ts.displayPartsToString(info?.documentation) + tags.join("")] as const;
  });
  return Object.fromEntries(words);
}
