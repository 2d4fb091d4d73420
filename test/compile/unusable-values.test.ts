/* What a program that nobody type-checked gives, and no manifest can say: never lost in silence. */
import test, { type ExecutionContext } from "ava";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

async function found(t: ExecutionContext, source: string): Promise<readonly string[]> {
  const work = await stackFolder(t, { "infra.ts": source });
  const { out } = await runCli(work, ["compile", "--no-check", "--format", "json"]);
  const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Diagnostic[] };
  return diagnostics.map(({ code, message, span }) => {
    const { column, line } = span?.start ?? { column: 0, line: 0 };
    return `${code} ${source.split("\n")[line - 1]?.slice(column - 1, column + 11)}: ${message}`;
  });
}

const exact = (data: string) => `import { core } from "infra/kubernetes";
export const a = core.v1.ConfigMap({ metadata: { name: "a" }, data: ${data} });
`;
const construct = (env: string) => `import { deployment } from "infra";
export const a = deployment("a", { containers: { c: { image: "w:1", env: ${env} } } });
`;

for (const [value, is] of Object.entries({
  'new Map([["a", "b"]])': "an object of the class Map",
  'new Set(["a"])': "an object of the class Set",
  "new WeakMap()": "an object of the class WeakMap",
  "new Uint8Array(2)": "an object of the class Uint8Array",
  'new String("a")': "an object of the class String",
  "new (class Words { a = 1 })()": "an object of the class Words",
  'new (class { get a() { return "b"; } })()': "an object of a class",
  "Object.create({ a: 1 })": "an object of a class",
  "Promise.resolve({})": "an object of the class Promise",
})) {
  const start = value.slice(0, 12);
  test(`${value} in an exact object`, async (t) => {
    t.deepEqual(await found(t, exact(value)), [`value-unusable ${start}: ConfigMap "a" has ${is} at "data"`]);
  });

  test(`${value} in a construct`, async (t) => {
    t.deepEqual(await found(t, construct(value)), [
      `value-unusable ${start}: deployment "a" has ${is} at "containers.c.env"`,
    ]);
  });
}

test("what a list holds is said where the list stands", async (t) => {
  t.deepEqual(await found(t, exact("{ a: [1, new Map()] }")), [
    'value-unusable [1, new Map(: ConfigMap "a" has an object of the class Map at "data.a.1"',
  ]);
});

test("an object of a class is no spec, and no exact object", async (t) => {
  const source = `import { deployment } from "infra";
class Spec { get containers() { return { c: { image: "w:1" } }; } }
class Exact { get kind() { return "ConfigMap"; } apiVersion = "v1"; metadata = { name: "a" }; }
export const all = [deployment("a", new Spec()), new Exact()];
`;
  t.deepEqual(await found(t, source), [
    'value-unusable { name: "a" : ConfigMap "a" is an object of the class Exact',
    'value-unusable deployment(": deployment "a" is an object of the class Spec',
  ]);
});

test("objects without a prototype, and frozen ones, are data", async (t) => {
  const source = `import { configMap } from "infra";
export const a = configMap("a", Object.freeze(Object.assign(Object.create(null), { a: "b" })));
`;
  t.deepEqual(await found(t, source), []);
});
