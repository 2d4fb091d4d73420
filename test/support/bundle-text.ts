import { bundleOf } from "../../cli/bundle.js";
import { planSchema } from "../../cli/plan-schema.js";
import { renderDifference } from "../../cli/render/diff.js";
import { plainStyle } from "../../cli/render/style.js";
import { titlesOf } from "../../cli/render/titles.js";
import { compareBundles } from "../../compiler/plan/compare-bundles.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { objectKey } from "../../stdlib/schema/bundle.js";

/** What a terminal could act on, but for line feeds: C0, C1, and what reorders text (UAX #9). */
export const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const nothing = {
  objects: [],
  build: { formatVersion: 1, stack: "", sourceRoot: "..", images: [] },
} as const;

/**
 * Reads a bundle written as one text, each file below a line `=== name`, and shows all of it.
 *
 * @returns why it is no bundle; undefined when it is one.
 */
export function readBundleText(bytes: Uint8Array): string | undefined {
  const parts = Buffer.from(bytes)
    .toString("utf8")
    .split(/^=== /m)
    .slice(1)
    .map((part) => [part.split("\n", 1)[0] ?? "", part.slice(part.indexOf("\n") + 1)] as const);
  try {
    const bundle = bundleOf("from-elsewhere", "/from-elsewhere", new Map(parts), undefined);
    for (const [a, b] of [
      [nothing, bundle],
      [bundle, nothing],
      [bundle, bundle],
    ] as const) {
      const title = titlesOf([...a.objects, ...b.objects].map(objectKey));
      const shown = renderDifference(compareBundles(planSchema, a, b), title, plainStyle);
      if (unprintable.test(shown)) throw new Error(`control characters are shown: ${JSON.stringify(shown)}`);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}
