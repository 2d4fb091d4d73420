import { checkDnsLabel } from "../../stdlib/base/names.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Unsettled } from "../diagnostics/unsettled.js";
import type { Model, Resource } from "../model/authored.js";
import { checkWritten } from "./written.js";

/**
 * What was written, image names, and what was made but belongs to nothing.
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
    if (!isKnown(resource)) unsettled.during(resource.index, () => checkWritten(model, resource, reporter));
    // An image has no object that the API's rules would judge; its name becomes part of a reference.
    const why = resource.construct === "image" ? checkDnsLabel(resource.name) : undefined;
    if (why !== undefined) reporter.report("name-invalid", resource.call, { resource: resource.title, why });
  }
  if (model.resources.length === 0) reporter.report("stack-empty", undefined, { functions: model.functions });
}

/** What the entry says to hand on all that another module exports. undefined for its own. */
function exportLine(entry: string, file: string | undefined): string | undefined {
  if (file === undefined || file === entry) return undefined;
  const path = file.startsWith("../") ? file : `./${file}`;
  const module = path.replace(/\.([cm]?)tsx?$/, ".$1js");
  return entry.endsWith(".infra") ? `import "${module}"` : `export * from "${module}"`;
}
