import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
import { findings } from "../support/findings.js";
import { stackFolder } from "../support/stack-folder.js";

/** Whatever is wrong has a place, also where what was thrown or made says none. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const last = "the last line it reached: what was thrown says no place";

const head = `import { configMap, deployment, policy } from "infra";
import * as k from "infra/kubernetes";
export const good = configMap("good", { a: "x" });
`;
const before = head.split("\n").length - 1;
const thrown = (what: string) => `function f() {\n  const e = new Error("x");\n  ${what};\n}\nf();`;

/** Lines count from the program's own. */
const rows: readonly (readonly [source: string, said: string])[] = [
  [thrown("throw 'boom'"), `3:3 the program threw: boom (${last})`],
  [thrown("throw null"), `3:3 the program threw: null (${last})`],
  [thrown("throw { code: 3 }"), `3:3 the program threw: {"code":3} (${last})`],
  [thrown("e.stack = ''; throw e"), `3:17 the program threw: Error: x (${last})`],
  [thrown("delete e.stack; throw e"), `3:19 the program threw: Error: x (${last})`],
  [thrown("void e.stack; e.stack = ''; throw e"), "2:13 the program threw: Error: x"],
  [thrown("throw e"), "2:13 the program threw: Error: x"],
  [
    'export const x = k.core.v1.ConfigMap({\n  metadata: { name: "x" },\n  data: { a: (() => 1) as never },\n});',
    '3:15 ConfigMap "x" has a function at "data.a"',
  ],
  [
    'const data = Object.fromEntries([["a", NaN]]) as never;\nexport const x = k.core.v1.ConfigMap({\n  metadata: { name: "x" },\n  data,\n});',
    '4:3 ConfigMap "x" has NaN at "data.a"',
  ],
  [
    'export const x = {\n  apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" },\n  data: { a: NaN },\n};',
    '3:14 ConfigMap "x" has NaN at "data.a"',
  ],
  [
    'const data: any = { name: "x" };\ndata.data = data;\nexport const x = k.core.v1.ConfigMap({ metadata: { name: "x" }, data });',
    '1:19 ConfigMap "x" has a cycle at "data.data"',
  ],
  [
    'let o: any = {};\nfor (let i = 0; i < 200_000; i++)\n  o = { o };\nexport const x = k.core.v1.ConfigMap({ metadata: { name: "x" }, data: o });',
    '3:9 ConfigMap "x" has more than 100 levels at "data.o.o.…"',
  ],
  [
    'export const x = deployment("x", {\n  containers: { a: { image: "a:1",\n    env: { A: (() => 1) as never } } },\n});',
    '3:16 deployment "x" has a function at "containers.a.env.A"',
  ],
  [
    'export const x = configMap("x", {\n  a: "\\ud83d",\n});',
    '2:6 configMap "x" has half of a character, which no file can hold, at "a"',
  ],
  [
    'export const x = k.core.v1.ConfigMap({ metadata: { name: "x" }, data: {\n  "a\\udc00": "x" } });',
    '2:14 ConfigMap "x" has half of a character, which no file can hold, at "data.a',
  ],
  [
    'async function made() {\n  return configMap("x", {});\n}\nexport const x = made();',
    '4:14 the export "x" is a promise: no resource is found in it (Leave out async and await',
  ],
  [
    'export default {\n  all: [new Map([["x", configMap("x", {})]])] };',
    '1:8 the export "default.all[0]" is a Map: no resource is found in it (Export an object or a list)',
  ],
  [
    'export const x = deployment("x", { containers: { a: { image: "a:1" }, b: { image: "b:1" } },\n  patch: { spec: { template: { spec: {\n    containers: [{ name: "a", tty: true }] } } } } });',
    '3:5 the patch of deployment "x" replaces the list of containers, and loses the image of "a", "b" (Write it beside the image: containers: { web: { patch: { … } } })',
  ],
  [
    'export const x = deployment("x", { containers: { a: { image: "a:1" } },\n  patch: { spec: { template: { spec: {\n    containers: [{ name: "a", image: "a:1",\n      imagePullPolicy: "Now" as any }] } } } } });',
    '4:24 deployment "x": spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "Now"',
  ],
  [
    'export const x = deployment("x", { containers: { a: { image: "a:1", patch: {\n  env: [{ value: "x" } as any] } } } });',
    '2:9 deployment "x": spec.template.spec.containers[0].env[0].name: Required value',
  ],
  ["export const x = k.apps.v1.Deployment(null as any);", "1:28 apps.v1.Deployment() is given one object"],
  ['policy("p", (_, report) => {\n  report({} as any, "x");\n});', "2:3 p: x (It is reported of none"],
  [
    'const front = deployment("x", { containers: { a: { image: "a:1" } } });\nexport const x = configMap("x", {\n  a: "" + front,\n});',
    '3:6 this value cannot be computed: deployment "x" cannot stand in text',
  ],
  [
    'export const x = configMap("x", {\n  a: "see " + good.key("a"),\n});',
    "2:6 this value cannot be computed: a reference cannot stand in text (The cluster alone knows it: text`…`",
  ],
  [
    'export const x = configMap("x", {\n  a: ["b", { c: 1 }].join(),\n});',
    "2:22 this value cannot be computed: a map cannot stand in text",
  ],
];

for (const [source, said] of rows)
  test(source.replaceAll("\n", " "), async (t) => {
    const { diagnostics } = await compiled(t, "infra.ts", source);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const found = errors.map(({ hint, message, span }) => {
      const place = span === undefined ? "-" : `${span.start.line - before}:${span.start.column}`;
      return `${place} ${message}${hint === undefined ? "" : ` (${hint})`}`;
    });
    t.is(found.length, 1, found.join("\n"));
    t.is(found[0]?.slice(0, said.length), said);
  });

test("a text that takes an object hides nothing of the rest, and what is thrown nothing of what was wrong before", async (t) => {
  const source = `export const x = configMap("a", { a: "see " + good });
export const y = [1, 2].map((i) => configMap(\`y-\${good}\`, { a: \`\${i}\` }));
export const z = configMap("z", { a: [] as never });
`;
  const said = async (text: string) => {
    const { diagnostics } = await compiled(t, "infra.ts", text);
    return diagnostics.map(
      ({ code, span }) => `${(span?.start.line ?? 0) - before}:${span?.start.column} ${code}`,
    );
  };
  t.deepEqual(await said(source), ["1:38 value-impossible", "2:51 value-impossible", "3:38 field-type"]);
  t.deepEqual(await said(`${source}throw new Error("then");\n`), [
    "1:38 value-impossible",
    "2:51 value-impossible",
    "4:7 exception",
  ]);
});

test("a stack that exports functions alone is told to call one", async (t) => {
  const { diagnostics } = await findings(t, "export function shop() {\n  return 3;\n}\n");
  t.deepEqual(
    diagnostics.map(({ code, hint }) => [code, hint]),
    [["stack-empty", "It exports functions: call one, export const web = shop(…)"]],
  );
});

/** A key in quotes, in any, or in none: the place is all of it, and nothing more. */
const keys = [
  ["infra.ts", 'configMap("x", { }, { ⟦"immutabel"⟧: true } as never);'],
  ["infra.ts", 'configMap("x", { }, { ⟦immutabel⟧: true } as never);'],
  ["infra.ts", 'configMap("x", { ⟦\'a b\'⟧: "x" });'],
  ["infra.ts", 'configMap("x", { ⟦"\\u0041/"⟧: "x" });'],
  ["infra.infra", 'configMap x {\n  ⟦"a b"⟧ = "x"\n}'],
  ["infra.infra", 'deployment x {\n  ⟦immutabel⟧ = true\n  containers = { a: { image: "x:1" } }\n}'],
] as const;

for (const [file, marked] of keys)
  test(`${file}: ${marked.replaceAll("\n", " ")}`, async (t) => {
    const isScript = file.endsWith(".ts");
    const source = marked.replace(/[⟦⟧]/g, "");
    const { diagnostics } = await compiled(t, file, isScript ? `export const x = ${source}` : source);
    const [{ span } = { span: undefined }] = diagnostics.filter(({ severity }) => severity === "error");
    const line = marked.split("\n").findIndex((text) => text.includes("⟦")) + 1;
    const text = marked.split("\n")[line - 1] as string;
    const column = text.indexOf("⟦") + 1 + (isScript ? "export const x = ".length : 0);
    const end = { line, column: column + text.indexOf("⟧") - text.indexOf("⟦") - 1 };
    const lines = isScript ? before : 0;
    t.like(span, { start: { line: line + lines, column }, end: { ...end, line: line + lines } });
  });

async function compiled(t: ExecutionContext, file: string, source: string) {
  const text = file.endsWith(".ts") ? `${head}${source}\n` : `${source}\n`;
  const folder = await stackFolder(t, { [file]: text });
  return compile(createHost(packageRoot, join(folder, "cache")), {
    entry: join(folder, file),
    output: join(folder, "infra.out"),
    stack: "places",
    namespace: "default",
    set: {},
    check: false,
    version: "0.0.0",
  });
}
