import { type BundleSide, compareBundles } from "../../compiler/plan/compare-bundles.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { objectKey } from "../../stdlib/schema/bundle.js";
import type { CliContext } from "../context.js";
import { planSchema } from "../plan-schema.js";
import type { CommandOptions, CommandRun } from "../program.js";
import { readSide } from "../read-bundle.js";
import { renderDifference } from "../render/diff.js";
import { jsonText } from "../render/escape.js";
import { titlesOf } from "../render/titles.js";

/** `infra diff A B`: what B has that A has not, and the other way round. With --detailed-exitcode, 2 says they differ. */
export const run: CommandRun = async (context, [a, b], options) => {
  if (a === undefined || b === undefined)
    throw new UsageError("diff compares two bundles or stacks", { hint: "infra diff A B" });
  const [before, after] = [await readSide(context, a, options), await readSide(context, b, options)];
  if (before === undefined || after === undefined) return 1;
  return showDifference(context, before, after, options);
};

/** Prints the difference. @returns the exit code. */
export function showDifference(
  context: CliContext,
  before: BundleSide,
  after: BundleSide,
  options: CommandOptions,
): number {
  const difference = compareBundles(planSchema, before, after);
  if (options["format"] === "json") context.out(jsonText({ formatVersion: 1, ...difference }));
  else {
    const title = titlesOf([...before.objects, ...after.objects].map(objectKey));
    context.out(renderDifference(difference, title, context.style));
  }
  const differ = difference.objects.length + difference.images.length > 0;
  return differ && options["detailedExitcode"] === true ? 2 : 0;
}
