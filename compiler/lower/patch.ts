import { setMember } from "../../stdlib/base/json.js";
import { stackLabel } from "../../stdlib/schema/bundle.js";
import type { KubeObject, ObjectMeta } from "../../stdlib/schema/objects.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, builtOf, type Origins } from "./built.js";
import type { LowerContext } from "./context.js";

/**
 * What a resource became, with its patch applied. A patch leaves what the object is found by: others refer to it, and the
 * stack knows it for its own.
 */
export function patched(
  context: LowerContext,
  resource: Resource,
  object: KubeObject,
  origins: Origins,
): Built {
  const patch = resource.spec.get("patch");
  if (patch?.isObject !== true) return builtOf(resource, object, origins);
  refuseOtherIdentity(context, resource, object, patch);
  if (refuseLostItems(context, resource, object, patch)) return builtOf(resource, object, origins);
  const { apiVersion, kind, metadata } = object;
  const result = mergePatch(object, patch, "", origins);
  const given: unknown = result.metadata; // what a patch has left of it
  const { name: _, namespace: __, ...changed } = isRecord(given) ? (given as ObjectMeta) : metadata;
  const { name, namespace } = metadata;
  const owner = metadata.labels?.[stackLabel];
  return builtOf(
    resource,
    {
      ...{ ...result, apiVersion, kind },
      metadata: {
        ...(name === undefined ? {} : { name }),
        ...(namespace === undefined ? {} : { namespace }),
        ...changed,
        ...(owner === undefined ? {} : { labels: { ...changed.labels, [stackLabel]: owner } }),
      },
    },
    origins,
  );
}

/** Says once what an object can no longer be known by. */
function refuseOtherIdentity(
  { reporter }: LowerContext,
  resource: Resource,
  object: KubeObject,
  patch: Authored,
): void {
  const refuse = (path: string, { keySpan, value }: Authored) =>
    reporter.report("patch-identity", keySpan, {
      ...{ resource: resource.title, construct: resource.construct, path },
      isGone: value === null,
    });
  const metadata = patch.get("metadata");
  if (metadata !== undefined && !metadata.isObject) refuse("metadata", metadata);
  const type = (["kind", "apiVersion"] as const).find(
    (field) =>
      (patch.get(field)?.value ?? object[field]) !== object[field] || patch.get(field)?.value === null,
  );
  if (type !== undefined) refuse(type, patch.get(type) as Authored);
  for (const field of ["name", "namespace"] as const) {
    const given = metadata?.get(field);
    if (given !== undefined && given.value !== object.metadata[field]) refuse(`metadata.${field}`, given);
  }
}

/** Lists of a pod that several fields of the author's make: a patch that replaces one knows nothing of the others. */
const madeLists = ["containers", "initContainers", "volumes"] as const;

/** @returns whether a list was to be replaced by one that lacks some of it. */
function refuseLostItems(
  context: LowerContext,
  resource: Resource,
  target: unknown,
  patch: Authored,
): boolean {
  if (!patch.isObject || !isRecord(target)) return false;
  return patch
    .entries()
    .map(([name, member]) => {
      const [before, list] = [target[name], madeLists.find((one) => one === name)];
      if (list === undefined || !Array.isArray(before))
        return refuseLostItems(context, resource, before, member);
      const lost = lostOf(before, member);
      if (lost.length > 0)
        context.reporter.report("patch-loses", member.keySpan, { resource: resource.title, list, lost });
      return lost.length > 0;
    })
    .includes(true);
}

/** Items, and images of containers, that a list has not any more. */
function lostOf(before: readonly unknown[], patch: Authored): readonly string[] {
  return before.filter(isRecord).flatMap(({ image, name }) => {
    const item = patch.items().find((one) => one.get("name")?.value === name);
    if (item === undefined) return [`"${name}"`];
    return image === undefined || item.get("image") !== undefined ? [] : [`the image of "${name}"`];
  });
}

/**
 * Merges the author's typed patch last: objects member by member, everything else (lists too) replaced. Each patched
 * field then has its place in the patch.
 *
 * @param path - where the part stands in the object.
 */
export function mergePatch<T extends object>(
  part: T,
  patch: Authored | undefined,
  path: string,
  origins: Origins,
): T {
  // Another value than an object is reported where what was written is checked.
  return patch?.isObject === true ? (merge(part, patch, path, origins) as T) : part;
}

function merge(target: unknown, patch: Authored, path: string, origins: Origins): unknown {
  if (!patch.isObject) {
    origins.forget(path);
    origins.setAll(path, patch);
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
