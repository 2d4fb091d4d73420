import test from "ava";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { validateUpdate } from "../../stdlib/schema/validation/validate.js";
import { changed } from "./rules/changed.js";
import { casesOf, rowOf } from "./rules/replayed.js";
import { updateBases } from "./rules/update-bases.js";

/**
 * Objects that are there, one thing changed in each, and what Kubernetes 1.35's own registry strategies said to the
 * update: `""` for accepted, else the fields that they refused. Each new object would be taken if it were not there yet.
 */
const cases = casesOf<typeof updateBases>("updates.json");

function stored(object: KubeObject): KubeObject {
  const row = rowOf(object);
  return applyDefaults(row, decodeObject(row, object).object);
}

for (const [name, base] of Object.entries(updateBases))
  test(`${name}: what Kubernetes refuses to change of it, and what it takes`, (t) => {
    const own = cases.filter(([of]) => of === name);
    t.true(own.length > 0);
    const old = stored(base as unknown as KubeObject);
    const wrong = own.flatMap(([, path, value, refused]) => {
      const row = kindRowOf(old);
      if (row === undefined) return [];
      const object = stored(changed(base, path, value));
      const fields = validateUpdate(row, object, old).map((error) => error.path);
      return (refused === "") === (fields.length === 0)
        ? []
        : [{ path: path.join("."), value, refused, fields }];
    });
    t.deepEqual(wrong, []);
  });
