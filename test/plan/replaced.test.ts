import test from "ava";
import { planSchema } from "../../cli/plan-schema.js";
import { planChanges } from "../../compiler/plan/plan-changes.js";
import { serverSideApply } from "../../stdlib/schema/apply/apply.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { changed } from "../schema/rules/changed.js";
import { casesOf, rowOf } from "../schema/rules/replayed.js";
import { updateBases } from "../schema/rules/update-bases.js";

const cases = casesOf<typeof updateBases>("updates.json");

function labelled(object: KubeObject): KubeObject {
  const labels = { ...object.metadata.labels, "infra.dev/stack": "shop" };
  return { ...object, metadata: { ...object.metadata, labels } };
}

function live(object: KubeObject): KubeObject {
  const row = rowOf(object);
  const { object: applied } = serverSideApply({
    ...{ table: typeTable, row, live: undefined, applied: labelled(object) },
    ...{ manager: "infra", force: true, time: "2026-01-01T00:00:00Z" },
  });
  return planSchema.applyDefaults(applied);
}

function actionOf(desired: KubeObject, found: KubeObject): string {
  const plan = planChanges({
    ...{ schema: planSchema, stack: "shop", desired: [labelled(desired)], secrets: [], live: [found] },
    provenance: { formatVersion: 1, objects: {} },
  });
  return plan.actions[0]?.action ?? "";
}

/**
 * Where an apply is not the update that Kubernetes was asked about: it keeps defaults that are there, `stringData` is
 * the secrets' own matter, and an empty context is none.
 */
const kept = new Set([
  "plainJob spec.parallelism",
  "frozenSecret stringData",
  "windows spec.containers.0.securityContext",
]);

test("what Kubernetes refuses to change is made anew, and nothing else", (t) => {
  const wrong = Object.entries(updateBases).flatMap(([name, base]) => {
    const found = live(base as unknown as KubeObject);
    return cases
      .filter(([of]) => of === name)
      .flatMap(([, path, value, refused]) => {
        const action = actionOf(changed(base, path, value), found);
        const isRefused = refused !== "" && !kept.has(`${name} ${path.join(".")}`);
        return (action === "replace") === isRefused
          ? []
          : [{ name, path: path.join("."), value, refused, action }];
      });
  });
  t.deepEqual(wrong, []);
});
