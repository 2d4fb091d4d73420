import type { PlanSchema } from "../compiler/plan/plan.js";
import { applyDefaults } from "../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../stdlib/schema/generated/table.js";
import { kindRowOf } from "../stdlib/schema/kinds.js";

/** What plans and comparisons know of Kubernetes: the generated table and the server's defaults. */
export const planSchema: PlanSchema = {
  table: typeTable,
  typeOf: (object) => kindRowOf(object)?.type,
  applyDefaults: (object) => {
    const row = kindRowOf(object);
    return row === undefined ? object : applyDefaults(row, object);
  },
};
