import { compareBundles } from "../../compiler/plan/compare-bundles.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { CommandRun } from "../program.js";
import { readSide } from "../read-bundle.js";
import { renderDifference } from "../render/diff.js";

const schema = {
  table: typeTable,
  typeOf: (object: { apiVersion: string; kind: string }) => kindRowOf(object)?.type,
  applyDefaults: (object: Parameters<typeof applyDefaults>[1]) => {
    const row = kindRowOf(object);
    return row === undefined ? object : applyDefaults(row, object);
  },
};

/** `infra diff A B`: what B has that A has not, and the other way round. With --detailed-exitcode, 2 says they differ. */
export const run: CommandRun = async (context, [a, b], options) => {
  if (a === undefined || b === undefined)
    throw new UsageError("diff compares two bundles or stacks", { hint: "infra diff A B" });
  const [before, after] = [await readSide(context, a, options), await readSide(context, b, options)];
  if (before === undefined || after === undefined) return 1;
  const difference = compareBundles(schema, before, after);
  if (options["format"] === "json")
    context.out(`${JSON.stringify({ formatVersion: 1, ...difference }, null, 2)}\n`);
  else context.out(renderDifference(difference, context.style));
  const differ = difference.objects.length + difference.images.length > 0;
  return differ && options["detailedExitcode"] === true ? 2 : 0;
};
