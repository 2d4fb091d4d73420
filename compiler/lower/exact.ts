import { stackLabel } from "../../stdlib/schema/bundle.js";
import { customKey } from "../../stdlib/schema/custom/definition.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject, ObjectMeta } from "../../stdlib/schema/objects.js";
import type { Span } from "../diagnostics/span.js";
import type { Resource } from "../model/authored.js";
import { type Built, builtOf, keysOfItem, Origins } from "./built.js";
import type { LowerContext } from "./context.js";
import { refuseReservedIn } from "./reserved.js";

/** One object of a file of manifests. */
export interface ManifestObject {
  readonly object: KubeObject;
  /** Where the member, or the nearest around it, stands. */
  readonly placeOf: (path: readonly (string | number)[]) => Span;
}

/** An object written exactly as Kubernetes has it gets the stack's label, and the namespace when it names none. */
export function lowerExact(context: LowerContext, resource: Resource): Built {
  const origins = new Origins();
  origins.setAll("", resource.spec);
  const object = resource.spec.data as KubeObject;
  return { ...builtOf(resource, owned(context, object), origins), exact: true };
}

/** The same for an object of a YAML file; its fields come from there. */
export function lowerManifest(context: LowerContext, resource: Resource, manifest: ManifestObject): Built {
  const written = asWritten(manifest);
  refuseReservedIn(context, written.title, manifest);
  return { ...written, resource: resource.index, object: owned(context, written.object) };
}

/** An object of a file and the places of its fields. */
export function asWritten({ object, placeOf }: ManifestObject): Omit<Built, "resource"> {
  const origins = new Origins();
  const walk = (value: unknown, at: readonly (string | number)[], path: string) => {
    origins.set(path, placeOf(at));
    if (Array.isArray(value))
      for (const [index, item] of value.entries()) {
        const [key = String(index), ...others] = keysOfItem((name) => memberOf(item, name));
        for (const other of [String(index), ...others])
          origins.set(`${path}[${other}]`, placeOf([...at, index]));
        walk(item, [...at, index], `${path}[${key}]`);
      }
    else if (typeof value === "object" && value !== null)
      for (const [name, member] of Object.entries(value))
        walk(member, [...at, name], path === "" ? name : `${path}.${name}`);
  };
  walk(object, [], "");
  const title = `${object.kind} "${object.metadata.name ?? ""}"`;
  return { object, title, origins, exact: true };
}

function owned(context: LowerContext, object: KubeObject): KubeObject {
  const metadata: ObjectMeta = {
    ...object.metadata,
    labels: { ...object.metadata?.labels, [stackLabel]: context.stack },
  };
  const row = kindRowOf(object) ?? context.customKinds?.get(customKey(object));
  if (row?.namespaced === true) metadata.namespace ??= context.namespace;
  return { ...object, metadata };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined;
}
