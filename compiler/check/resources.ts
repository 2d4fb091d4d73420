import { checkDnsLabel } from "../../stdlib/base/names.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Unsettled } from "../diagnostics/unsettled.js";
import type { Model, Resource } from "../model/authored.js";
import { checkWritten } from "./written.js";

/**
 * What was written, duplicates, image names, and what was made but belongs to nothing.
 *
 * @param entry - the stack's module, relative to its folder.
 * @param isKnown - resources in which an earlier compile found nothing.
 */
export function checkResources(
  model: Model,
  entry: string,
  isKnown: (resource: Resource) => boolean,
  unsettled: Unsettled,
  reporter: Reporter,
): void {
  const seen = new Map<string, (typeof model.resources)[number]>();
  for (const resource of model.resources) {
    if (!resource.included) {
      const line = exportLine(entry, resource.call?.file);
      reporter.report("resource-not-exported", resource.call, {
        resource: resource.title,
        entry,
        export: line,
      });
      continue;
    }
    if (!isKnown(resource)) unsettled.during(resource.title, () => checkWritten(model, resource, reporter));
    if (resource.construct === "l1") continue;
    // An image has no object that the API's rules would judge; its name becomes part of a reference.
    const why = resource.construct === "image" ? checkDnsLabel(resource.name) : undefined;
    if (why !== undefined) reporter.report("name-invalid", resource.call, { resource: resource.title, why });
    const first = seen.get(resource.title);
    if (first === undefined) seen.set(resource.title, resource);
    else {
      const related = first.call === undefined ? [] : [{ span: first.call, note: "made first here" }];
      reporter.report("name-duplicate", resource.call, { resource: resource.title }, related);
    }
  }
  if (model.resources.length === 0) reporter.report("stack-empty", undefined, {});
}

/** What the entry says to hand on all that another module exports. undefined for its own. */
function exportLine(entry: string, file: string | undefined): string | undefined {
  if (file === undefined || file === entry) return undefined;
  const path = file.startsWith("../") ? file : `./${file}`;
  const module = path.replace(/\.([cm]?)tsx?$/, ".$1js");
  return entry.endsWith(".infra") ? `import "${module}"` : `export * from "${module}"`;
}
