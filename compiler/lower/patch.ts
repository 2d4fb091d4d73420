import { setMember } from "../../stdlib/base/json.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, builtOf, type Origins } from "./built.js";

/** What a resource became, with its patch applied. */
export function patched(resource: Resource, object: KubeObject, origins: Origins): Built {
  return builtOf(resource, applyPatch(object, resource.spec.get("patch"), origins), origins);
}

/**
 * Merges the author's typed patch last: objects member by member, everything else (lists too) replaced. Each patched
 * field then has its place in the patch.
 */
export function applyPatch<T extends KubeObject>(
  object: T,
  patch: Authored | undefined,
  origins: Origins,
): T {
  return mergePatch(object, patch, "", origins);
}

/** The same for a part of an object that stands at a path. */
export function mergePatch<T extends object>(
  part: T,
  patch: Authored | undefined,
  path: string,
  origins: Origins,
): T {
  return patch === undefined ? part : (merge(part, patch, path, origins) as T);
}

function merge(target: unknown, patch: Authored, path: string, origins: Origins): unknown {
  if (!patch.isObject) {
    origins.set(path, patch);
    return patch.data;
  }
  const result: { [key: string]: unknown } = isRecord(target) ? { ...target } : {};
  for (const [name, member] of patch.entries()) {
    if (member.value === null) delete result[name];
    else
      setMember(
        result,
        name,
        merge(
          Object.hasOwn(result, name) ? result[name] : undefined,
          member,
          path === "" ? name : `${path}.${name}`,
          origins,
        ),
      );
  }
  return result;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
