import { isReservedKey, stackLabel } from "../../stdlib/schema/bundle.js";
import type { Authored, Resource } from "../model/authored.js";
import type { LowerContext } from "./context.js";
import type { ManifestObject } from "./exact.js";

const maps: { readonly [member: string]: "label" | "annotation" } = {
  annotations: "annotation",
  labels: "label",
};

/**
 * Reports labels and annotations of ours that an author writes: by them a stack knows what is its own, and when pods
 * have to restart. That it is the stack's own may be said.
 */
export function refuseReserved(context: LowerContext, { construct, options, spec, title }: Resource): void {
  const refuse = (map: Authored | undefined, what: "label" | "annotation"): void => {
    for (const [key, given] of map?.entries() ?? [])
      if (isRefused(context, key, given.value))
        context.reporter.report("label-reserved", given.keySpan, { resource: title, key, what });
  };
  const look = (value: Authored): void => {
    for (const [name, member] of value.entries()) {
      const what = Object.hasOwn(maps, name) ? maps[name] : undefined;
      if (what !== undefined) refuse(member, what);
      look(member);
    }
    for (const item of value.items()) look(item);
  };
  look(spec);
  if (options !== undefined) look(options);
  if (construct !== "l1") refuse(spec.get("selector"), "label"); // a workload's, which its pods get
}

/** The same of an object of a file. */
export function refuseReservedIn(
  context: LowerContext,
  title: string,
  { object, placeOf }: ManifestObject,
): void {
  const look = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(name) : name];
      const what = Object.hasOwn(maps, name) ? maps[name] : undefined;
      if (what !== undefined && typeof member === "object" && member !== null)
        for (const [key, given] of Object.entries(member))
          if (isRefused(context, key, given))
            context.reporter.report("label-reserved", placeOf([...at, key]), { resource: title, key, what });
      look(member, at);
    }
  };
  look(object, []);
}

function isRefused({ stack }: LowerContext, key: string, value: unknown): boolean {
  return isReservedKey(key) && !(key === stackLabel && value === stack);
}
