import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";
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
  ["export const x = k.apps.v1.Deployment(null as any);", "1:28 apps.v1.Deployment() is given one object"],
  ['policy("p", (_, report) => {\n  report({} as any, "x");\n});', "2:3 p: x (It is reported of none"],
];

for (const [source, said] of rows)
  test(source.replaceAll("\n", " "), async (t) => {
    const folder = await stackFolder(t, { "infra.ts": `${head}${source}\n` });
    const { diagnostics } = await compile(createHost(packageRoot, join(folder, "cache")), {
      entry: join(folder, "infra.ts"),
      output: join(folder, "infra.out"),
      stack: "places",
      namespace: "default",
      set: {},
      check: false,
      version: "0.0.0",
    });
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const found = errors.map(({ hint, message, span }) => {
      const place = span === undefined ? "-" : `${span.start.line - before}:${span.start.column}`;
      return `${place} ${message}${hint === undefined ? "" : ` (${hint})`}`;
    });
    t.is(found.length, 1, found.join("\n"));
    t.is(found[0]?.slice(0, said.length), said);
  });
