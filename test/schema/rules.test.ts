import test from "ava";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { validateCreate } from "../../stdlib/schema/validation/validate.js";
import { bases } from "./rules/bases.js";
import { changed } from "./rules/changed.js";
import { platformBases } from "./rules/platform-bases.js";
import { casesOf, rowOf } from "./rules/replayed.js";

/**
 * Sound objects with one thing changed, and what Kubernetes 1.35's own registry strategies said to each: `""` for
 * accepted, else a field that they and we refuse it at. `DECODE` is strict decoding; `elsewhere` is refused by both at
 * different fields. `null` removes.
 */
const allBases = { ...bases, ...platformBases };
const cases = [...casesOf<typeof allBases>("cases.json"), ...casesOf<typeof allBases>("platform-cases.json")];

function refusedFields(object: KubeObject): readonly string[] {
  const row = rowOf(object);
  const { object: decoded, problems } = decodeObject(row, object);
  if (problems.length > 0) return ["DECODE"];
  return validateCreate(row, applyDefaults(row, decoded)).map(({ path }) => path);
}

for (const [name, base] of Object.entries(allBases))
  test(`${name}: what Kubernetes refuses of it, and what it takes`, (t) => {
    const own = cases.filter(([of]) => of === name);
    t.true(own.length > 0);
    const wrong = own.flatMap(([, path, value, refused]) => {
      const fields = refusedFields(changed(base, path, value));
      const isRight =
        refused === ""
          ? fields.length === 0
          : refused === "elsewhere"
            ? fields.length > 0
            : fields.includes(refused);
      return isRight ? [] : [{ path: path.join("."), value, refused, fields }];
    });
    t.deepEqual(wrong, []);
  });

test("contents have bounds: 1 MiB of a ConfigMap, 256 KiB of annotations", (t) => {
  const config = (data: object, annotations = {}) =>
    ({
      ...{ apiVersion: "v1", kind: "ConfigMap", data },
      metadata: { name: "a", namespace: "b", annotations },
    }) as unknown as KubeObject;
  t.deepEqual(refusedFields(config({ a: "x".repeat(2 ** 20) })), []);
  t.deepEqual(refusedFields(config({ a: "é".repeat(2 ** 19), b: "x" })), [""]);
  t.deepEqual(refusedFields(config({}, { a: "x".repeat(2 ** 18) })), ["metadata.annotations"]);
});
