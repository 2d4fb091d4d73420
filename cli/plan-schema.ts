import type { PlanSchema } from "../compiler/plan/plan.js";
import { applyDefaults } from "../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../stdlib/schema/generated/table.js";
import { kindRowOf } from "../stdlib/schema/kinds.js";
import { validateChange } from "../stdlib/schema/validation/validate.js";

/** What plans and comparisons know of Kubernetes: the generated table, the server's defaults and what it refuses to change. */
export const planSchema: PlanSchema = {
  table: typeTable,
  typeOf: (object) => kindRowOf(object)?.type,
  applyDefaults: (object) => {
    const row = kindRowOf(object);
    return row === undefined ? object : applyDefaults(row, object);
  },
  refusedChanges: (object, old) => {
    const row = kindRowOf(object);
    return row === undefined ? [] : validateChange(row, object, old);
  },
};
