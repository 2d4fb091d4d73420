import { objectKey } from "../../stdlib/schema/bundle.js";
import type { CustomKinds } from "../../stdlib/schema/custom/definition.js";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import { validateCreate } from "../../stdlib/schema/validation/validate.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { checkCustomObject } from "./custom.js";

/**
 * What the API server would refuse of the lowered objects: unknown fields, wrong types, broken rules; each at the
 * place its field came from.
 */
export function checkObjects(built: readonly Built[], customKinds: CustomKinds, reporter: Reporter): void {
  const seen = new Set<string>();
  for (const one of built) {
    const { object, origins, title } = one;
    const row = kindRowOf(object);
    const key = objectKey(object);
    if (seen.has(key)) reporter.report("name-duplicate", origins.find(""), { resource: title });
    seen.add(key);
    if (row === undefined) {
      checkCustomObject(one, customKinds, reporter);
      continue;
    }
    const { object: decoded, problems } = decodeObject(row, object);
    for (const { path, kind, message } of problems) {
      const span = origins.find(keyedPath(object, path));
      const why = message.replace(` in "${path}"`, "");
      if (kind === "unknown") reporter.report("field-unknown", span, { resource: title, path, known: [] });
      else reporter.report("field-invalid", span, { resource: title, path, why });
    }
    if (problems.length > 0) continue;
    for (const { path, message: why } of validateCreate(row, applyDefaults(row, decoded))) {
      const span = origins.find(keyedPath(object, path));
      if (path === "metadata.name") reporter.report("name-invalid", span, { resource: title, why });
      else reporter.report("field-invalid", span, { resource: title, path, why });
    }
  }
}

/** `containers[0]` as provenance writes it: by the item's name, where it has one. */
function keyedPath(object: unknown, path: string): string {
  let value: unknown = object;
  let keyed = "";
  for (const part of path.match(/[^.[\]]+|\[[^\]]*\]/g) ?? []) {
    const index = /^\[(\d+)\]$/.exec(part);
    if (index !== null && Array.isArray(value)) {
      value = value[Number(index[1])];
      const name = (value as { name?: unknown } | undefined)?.name;
      keyed += typeof name === "string" ? `[${name}]` : part;
    } else {
      const name = part.replace(/^\[|\]$/g, "");
      value =
        typeof value === "object" && value !== null ? (value as { [key: string]: unknown })[name] : undefined;
      keyed += part.startsWith("[") ? part : `${keyed === "" ? "" : "."}${part}`;
    }
  }
  return keyed;
}
