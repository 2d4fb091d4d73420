import { checkLabelValue, checkQualifiedName } from "../../base/names.js";
import type { Checker } from "./checker.js";

export function validateLabels(check: Checker, labels: { readonly [key: string]: string } | undefined): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    check.name(key, checkQualifiedName);
    check.name(value, checkLabelValue);
  }
}
