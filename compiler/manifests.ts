import type { Reporter } from "./diagnostics/reporter.js";
import { selectObjects } from "./import/select-objects.js";
import type { ManifestObject } from "./lower/exact.js";
import type { Resource } from "./model/authored.js";
import type { Sources } from "./sources.js";

/**
 * The objects of the files that `manifests(…)` names, in the order of file names, then as written. Loaded only for
 * stacks that have some: the YAML reader is large.
 */
export function readManifests(
  resources: readonly Resource[],
  sources: Sources,
  reporter: Reporter,
): ReadonlyMap<number, readonly ManifestObject[]> {
  const taken = new Set<string>(); // a file that two patterns match is in the stack once
  return new Map(
    resources.map((resource) => {
      const path = resource.spec.get("path");
      const pattern = path?.text ?? "";
      const at = path ?? resource.spec;
      const matched = sources.matching(pattern, at) ?? [];
      const files = matched.filter((file) => !taken.has(file));
      const texts = files.flatMap((name) => {
        taken.add(name);
        const text = sources.text(name, at);
        return text === undefined ? [] : [{ name, text }];
      });
      const found = selectObjects(texts, reporter);
      return [resource.index, found.map(({ object, placeOf }) => ({ object, placeOf }))] as const;
    }),
  );
}
