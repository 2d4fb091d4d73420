import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
let folder: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "infra-arguments-"));
});
test.after.always(() => rm(folder, { recursive: true }));

/** What is said of a program, the same whether its types are checked or not. */
async function mistakesOf(
  name: string,
  text: string,
  { check = [true, false] } = {},
): Promise<readonly string[]> {
  const work = await mkdtemp(join(folder, "stack-"));
  const entry = join(work, name);
  await writeFile(entry, text);
  const [first, ...others] = await Promise.all(
    check.map(async (isChecked) => {
      const { diagnostics } = await compile(createHost(packageRoot, join(work, `cache-${isChecked}`)), {
        ...{ entry, output: join(work, "out"), stack: "m", namespace: "default" },
        ...{ set: {}, check: isChecked, version: "0.0.0" },
      });
      return diagnostics.map(
        ({ code, hint, message, span }) =>
          `${span?.start.line}:${span?.start.column} ${code}: ${message} | ${hint}`,
      );
    }),
  );
  for (const other of others) if (String(other) !== String(first)) return [...(first ?? []), "!==", ...other];
  return first ?? [];
}

const calls = [
  'configMap("a", "b")',
  'configMap({ a: "b" }, { x: "y" })',
  'configMap("c", { a: "b" }, { labels: { a: "b" } }, "x")',
  'configMap("d")',
  "configMap()",
  'configMap("e", ["a"])',
  'deployment("f", { containers: { a: { image: "x:1" } } }, { replicas: 3 })',
  'deployment(3, { containers: { a: { image: "x:1" } } })',
  "deployment(4, 5)",
  'service("g", a, { 80: 80 })',
  'serviceAccount("h", "x")',
  "serviceAccount({})",
];
const said = [
  'configMap() is given a name, and then what it is | write configMap("a", { … })',
  'configMap() is given a name, and then what it is | write configMap("web", { … })',
  'configMap() is given too many arguments | write configMap("c", { … })',
  'configMap() is given a name, and then what it is | write configMap("d", { … })',
  'configMap() is given a name, and then what it is | write configMap("web", { … })',
  'configMap() is given a name, and then what it is | write configMap("e", { … })',
  'deployment() is given too many arguments | write deployment("f", { … })',
  'deployment() is given a name, and then what it is | write deployment("web", { … })',
  'deployment() is given a name, and then what it is | write deployment("web", { … })',
  'service() is given a name, and then what it is | write service("g", { … })',
  'serviceAccount() is given a name, and then what it is | write serviceAccount("h", { … })',
  'serviceAccount() is given a name, and then what it is | write serviceAccount("web", { … })',
];
const name = (index: number) => String.fromCodePoint(97 + index);

test("a construct that is called wrong: one error at its call, in TypeScript", async (t) => {
  const lines = calls.map((call, index) => `export const ${name(index)} = ${call};`);
  const imports = 'import { configMap, deployment, service, serviceAccount } from "infra";';
  t.deepEqual(
    await mistakesOf("infra.ts", [imports, ...lines, ""].join("\n")),
    said.map((what, index) => `${index + 2}:18 arguments-wrong: ${what}`),
  );
});

test("a construct that is called wrong: one error at its call, in the language", async (t) => {
  const lines = calls.map((call, index) => `let ${name(index)} = ${call}\n`);
  const expected = said.map((what, index) => `${index + 1}:9 arguments-wrong: ${what}`);
  t.deepEqual(await mistakesOf("main.infra", lines.join("")), expected);
  // A module that cannot be evaluated says as much, where the text tells it.
  const found = await mistakesOf("main.infra", `${lines.join("")}let z = unknown\n`);
  for (const [at, what] of expected.entries())
    if (/\("(c|d|f)"|configMap\(\)|\(\d,|Account\(\{/.test(calls[at] ?? ""))
      t.true(found.includes(what), what);
});

test("arguments that stand on lines below are those of one error too", async (t) => {
  const containers = '  containers: { a: { image: "x:1" } }, // (\n';
  const text = [
    'import { deployment } from "infra";\nimport { core } from "infra/kubernetes";\n',
    `export const a = deployment("a", {\n${containers}}, {\n  replicas: 3,\n});\n`,
    'export const b = core.v1.ConfigMap(\n  "b", `(`,\n  { data: {} },\n);\n',
    "const f = (n: number) => n;\nexport const c = f(1, 2);\n",
  ];
  const found = await mistakesOf("infra.ts", text.join(""), { check: [true] });
  t.deepEqual(
    found.map((one) => one.split(":", 3).join(":")),
    [
      '3:18 arguments-wrong: deployment() is given too many arguments | write deployment("a", { … })',
      "8:26 arguments-wrong: core.v1.ConfigMap() is given one object, with its name in it | write core.v1.ConfigMap({ metadata",
      "13:23 type-error: Expected 1 arguments, but got 2. (TS2554) | undefined",
    ],
  );
});

const exactCalls = [
  'core.v1.ConfigMap("a", { data: { x: "1" } })',
  "core.v1.ConfigMap()",
  'core.v1.ConfigMap({ metadata: { name: "c" } }, { data: {} })',
  'apps.v1.Deployment("d")',
  "apps.v1.Deployment(null)",
  'core.v1.ConfigMap([{ metadata: { name: "c" } }])',
];
const exactSaid = [
  ["core.v1.ConfigMap", "a"],
  ["core.v1.ConfigMap", "web"],
  ["core.v1.ConfigMap", "c"],
  ["apps.v1.Deployment", "d"],
  ["apps.v1.Deployment", "web"],
  ["core.v1.ConfigMap", "web"],
].map(
  ([path, named]) =>
    `${path}() is given one object, with its name in it | write ${path}({ metadata: { name: "${named}" }, … })`,
);

test("an exact object that is given its name as an argument: one error at its call", async (t) => {
  const lines = exactCalls.map((call, index) => `export const ${name(index)} = ${call};\n`);
  const text = `import { apps, core } from "infra/kubernetes";\n${lines.join("")}`;
  const columns = exactCalls.map((call) => 18 + call.indexOf("v1.") + 3);
  t.deepEqual(
    await mistakesOf("infra.ts", text),
    exactSaid.map((what, index) => `${index + 2}:${columns[index]} arguments-wrong: ${what}`),
  );
  const inLanguage = exactCalls.map((call, index) => `let ${name(index)} = kubernetes.${call}\n`);
  t.deepEqual(
    await mistakesOf("main.infra", inLanguage.join("")),
    exactSaid.map(
      (what, index) =>
        `${index + 1}:${(columns[index] ?? 0) + 2} arguments-wrong: ${what.replace(/(?=core|apps)/g, "kubernetes.")}`,
    ),
  );
});

test("what else is wrong with an exact object is said too, at its place", async (t) => {
  const text =
    'import { core } from "infra/kubernetes";\nexport const a = core.v1.ConfigMap("a", {\n  dat: {},\n});\n';
  const found = await mistakesOf("infra.ts", text, { check: [false] });
  t.is(found.length, 2);
  t.regex(found[1] ?? "", /^3:3 field-unknown: ConfigMap "a" has no field "dat"/);
});
