import test from "ava";
import * as fc from "fast-check";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { emitYaml } from "../../compiler/emit/yaml.js";
import { cleaned } from "../../compiler/import/clean.js";
import { evaluateProgram } from "../../compiler/import/evaluate-program.js";
import { importKubernetes } from "../../compiler/import/kubernetes.js";
import { isSame } from "../../compiler/import/objects.js";
import { writeInfra } from "../../compiler/import/write-infra.js";
import { writeTypeScript } from "../../compiler/import/write-typescript.js";
import { formatModule } from "../../compiler/language/format.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { isKept, kindRows } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { apiVersionOf, type FieldType, type KindRow, type ScalarType } from "../../stdlib/schema/table.js";

const namespace = "default";
const word = fc.stringMatching(/^[a-z]([a-z0-9]{0,5})$/);
const text = fc.oneof({ weight: 5, arbitrary: word }, fc.string({ maxLength: 12 }), fc.constant("a\nb\n"));
const int = fc.integer({ min: -1, max: 70_000 });

const scalars: { readonly [scalar in ScalarType]: fc.Arbitrary<unknown> } = {
  string: text,
  bool: fc.boolean(),
  int32: int,
  int64: int,
  double: fc.constantFrom(0, 0.5, 2),
  bytes: fc.constantFrom("", "aGk=", "AAEC"),
  quantity: fc.constantFrom("1", "250m", "64Mi", "1e3", 2),
  intOrString: fc.oneof(int, word),
  time: fc.constant("2024-05-06T07:08:09Z"),
  microTime: fc.constant("2024-05-06T07:08:09.000001Z"),
  duration: fc.constantFrom("30s", "1h0m0s"),
  fieldsV1: fc.constant({ "f:a": {} }),
  json: fc.constantFrom(null, 1, "x", { a: [true] }),
};

/** Any value that the decoder takes, whether or not it makes sense. */
function anyOf(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  if ("scalar" in type) return scalars[type.scalar];
  if ("list" in type) return fc.array(anyOf(type.list, depth - 1), { maxLength: 2 });
  if ("map" in type)
    return fc.dictionary(fc.oneof(word, fc.constant("__proto__")), anyOf(type.map, depth - 1), {
      maxKeys: 2,
    });
  return objectOf(type.ref, depth - 1);
}

function objectOf(typeName: string, depth: number): fc.Arbitrary<{ [name: string]: unknown }> {
  const fields = Object.entries(typeTable[typeName]?.fields ?? {}).filter(
    ([name]) => !["apiVersion", "kind", "metadata", "status"].includes(name) || depth < 5,
  );
  if (depth <= 0 || fields.length === 0) return fc.constant({});
  return fc
    .subarray(fields, { maxLength: Math.min(4, fields.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map(([name, { type }]) => [name, anyOf(type, depth)]))),
    );
}

function kindOf(row: KindRow): fc.Arbitrary<KubeObject> {
  return fc
    .record({
      name: word,
      within: fc.option(word, { nil: undefined }),
      labels: fc.dictionary(word, word, { maxKeys: 2 }),
    })
    .chain(({ labels, name, within }) =>
      objectOf(row.type, 5).map(
        (members) =>
          JSON.parse(
            JSON.stringify({
              apiVersion: apiVersionOf(row),
              kind: row.kind,
              metadata: { name, labels, namespace: row.namespaced ? within : undefined },
              ...members,
            }),
          ) as KubeObject,
      ),
    );
}

// A Secret's values become files, and are compared by their keys: it has a test of its own. Requests are left out.
const rows = kindRows.filter(
  (row) => row.kind !== "Secret" && isKept({ ...row, apiVersion: apiVersionOf(row) }),
);

test("import, then lowering, gives the same object of every kind, whatever is in it", (t) => {
  const seen = new Set<string>();
  const any = fc.constantFrom(...rows).chain((row) => kindOf(row));
  fc.assert(
    fc.property(any, (object) => {
      seen.add(`${object.apiVersion}/${object.kind}`);
      const sources = [{ name: "k8s.yaml", text: emitYaml(object) }];
      const { files, program } = importKubernetes(sources, { namespace }, new Reporter());
      const fileText = (path: string) => {
        const content = files.get(path.replace(/^\.\//, ""))?.content;
        return content === undefined ? undefined : String(content);
      };
      const made = [...evaluateProgram(program, { namespace, fileText }).built.values()].flat();
      const wanted = cleaned(object);
      const [first] = made;
      t.true(
        made.length === 1 && first !== undefined && isSame(first.object, wanted, namespace),
        `${JSON.stringify({ wanted, made: made.map((one) => one.object) })}\n${writeTypeScript(program)}`,
      );
      const language = writeInfra(program);
      t.is(formatModule("main.infra", language), language);
    }),
    { numRuns: 400 },
  );
  t.true(seen.size > rows.length / 2, `${seen.size} of ${rows.length} kinds`);
});
