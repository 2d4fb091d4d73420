import { checkLabelValue, checkQualifiedName } from "../../base/names.js";
import type { LabelSelector } from "../selectors.js";
import type { Checker } from "./checker.js";

export function validateLabels(check: Checker, labels: { readonly [key: string]: string } | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    check.name(key, checkQualifiedName);
    check.name(value, checkLabelValue);
  }
}

const operators = ["In", "NotIn", "Exists", "DoesNotExist"];

/** Source: apimachinery, `ValidateLabelSelector`. */
export function validateLabelSelector(check: Checker, selector: LabelSelector | undefined): void {
  if (selector === undefined) return;
  validateLabels(check.at("matchLabels"), selector.matchLabels);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = check.at("matchExpressions").index(index);
    at.at("key").name(key ?? "", checkQualifiedName);
    if (!operators.includes(operator))
      at.at("operator").invalid(operator ?? "", "not a valid selector operator");
    else if (operator === "In" || operator === "NotIn") {
      if (values.length === 0)
        at.at("values").required("must be specified when `operator` is 'In' or 'NotIn'");
    } else if (values.length > 0)
      at.at("values").forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    for (const [position, value] of values.entries())
      at.at("values").index(position).name(value, checkLabelValue);
  }
}

/** Whether a selector says anything at all. */
export function hasRequirements(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length > 0;
}
