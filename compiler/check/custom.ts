import { checkCustom, type ValuePath } from "../../stdlib/schema/custom/check.js";
import { type CustomKinds, customKey } from "../../stdlib/schema/custom/definition.js";
import { validateCreate } from "../../stdlib/schema/validation/validate.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { reportName } from "./names.js";
import { reportUnknownKind } from "./unknown-kind.js";

/** An object of a kind that Kubernetes itself does not have: by the schema the stack has of it. */
export function checkCustomObject(built: Built, customKinds: CustomKinds, reporter: Reporter): void {
  const { object, origins, title } = built;
  const kind = customKinds.get(customKey(object));
  if (kind === undefined) {
    reportUnknownKind(object, customKinds, (field) => origins.find(field), reporter);
    return;
  }
  const findings = checkCustom(kind.schema, object);
  for (const finding of findings) {
    const path = originPath(object, finding.at);
    const span = origins.find(path);
    const at = { resource: title, path: shownPath(finding.at) };
    if (finding.kind === "unknown") {
      const { covers, span: key } = origins.keyed(path);
      reporter.report("field-unknown", key, { ...at, known: finding.known }, [], covers);
    } else if (finding.kind === "missing") reporter.report("field-missing", span, at);
    else if (finding.kind === "type")
      reporter.report("field-type", span, { ...at, expected: finding.expected });
    else reporter.report("field-invalid", span, { ...at, why: finding.why });
  }
  if (findings.length > 0) return;
  const { group, kind: name, namespaced, version } = kind;
  const lower = name.toLowerCase();
  const row = {
    ...{ group, version, kind: name, namespaced, type: "", resource: lower, singular: lower },
    ...{ shortNames: [], categories: [], subresources: [] },
  };
  for (const { path, message: why } of validateCreate(row, object)) {
    const span = origins.find(path);
    if (path === "metadata.name") reportName(built, why, (at) => origins.find(at), reporter);
    else reporter.report("field-invalid", span, { resource: title, path, why });
  }
}

function shownPath(at: ValuePath): string {
  return at.reduce<string>((path, part) => {
    if (typeof part === "number") return `${path}[${part}]`;
    return path === "" ? part : `${path}.${part}`;
  }, "");
}

/** The path as lowering names it: items of a list by their name, where they have one. */
function originPath(object: object, at: ValuePath): string {
  let value: unknown = object;
  let path = "";
  for (const part of at) {
    const member =
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as { readonly [part: string | number]: unknown })[part]
        : undefined;
    if (typeof part === "number") {
      const name = (member as { readonly name?: unknown } | null | undefined)?.name;
      path += `[${typeof name === "string" ? name : part}]`;
    } else path += path === "" ? part : `.${part}`;
    value = member;
  }
  return path;
}
