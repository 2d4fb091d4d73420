import { checkDnsLabel } from "../../stdlib/base/names.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Unsettled } from "../diagnostics/unsettled.js";
import type { Model, Resource } from "../model/authored.js";
import { checkWritten } from "./written.js";

/**
 * What was written, duplicates, image names, and what was made but belongs to nothing.
 *
 * @param isKnown - resources in which an earlier compile found nothing.
 */
export function checkResources(
  model: Model,
  isKnown: (resource: Resource) => boolean,
  unsettled: Unsettled,
  reporter: Reporter,
): void {
  const seen = new Map<string, (typeof model.resources)[number]>();
  for (const resource of model.resources) {
    if (!resource.included) {
      reporter.report("resource-not-exported", resource.call, { resource: resource.title });
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
