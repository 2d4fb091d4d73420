import { setMember } from "../../stdlib/base/json.js";
import { type SecretDeclaration, type SecretProvider, stackLabel } from "../../stdlib/schema/bundle.js";
import type { ObjectMeta } from "../../stdlib/schema/objects.js";
import type { Resource } from "../model/authored.js";
import { type Built, Origins } from "./built.js";
import { describing, isPlain, type LowerContext, namespaceOf, textMapOf } from "./context.js";

/** A ConfigMap; numbers and booleans become text, files their contents. */
export function lowerConfigMap(context: LowerContext, resource: Resource): Built {
  const origins = new Origins();
  origins.set("", resource.call);
  const data: { [key: string]: string } = {};
  for (const [key, value] of [...resource.spec.entries()].sort(byName)) {
    const reference = value.reference;
    const plain =
      typeof value.value === "string" || typeof value.value === "number" || typeof value.value === "boolean";
    const text =
      reference?.kind === "file"
        ? context.fileText(reference.path, value)
        : plain
          ? String(value.value)
          : undefined;
    if (text === undefined) continue;
    setMember(data, key, text);
    origins.set(`data[${key}]`, value);
  }
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: describedMetadata(context, resource),
    data,
    ...(describing(resource).get("immutable")?.value === true ? { immutable: true } : {}),
  };
  return { object, title: resource.title, origins };
}

/** What `up` has to make; the value never enters the bundle. */
export function lowerSecret(context: LowerContext, resource: Resource): SecretDeclaration {
  const keys: { [key: string]: SecretProvider } = {};
  for (const [key, value] of [...resource.spec.entries()].sort(byName)) {
    const reference = value.reference;
    if (reference?.kind === "provider") setMember(keys, key, reference.provider);
  }
  const { name, namespace } = metadataOf(context, resource);
  const labels = describedMetadata(context, resource).labels ?? {};
  const place =
    resource.call === undefined ? {} : { place: { file: resource.call.file, ...resource.call.start } };
  return {
    namespace,
    name,
    type: describing(resource).get("type")?.text ?? "Opaque",
    labels,
    keys,
    ...place,
  };
}

/** Name, namespace and the label of the stack. */
export function metadataOf(context: LowerContext, resource: Resource) {
  return {
    name: resource.name,
    namespace: namespaceOf(context, resource),
    labels: {
      ...(isPlain(resource) ? {} : { "app.kubernetes.io/name": resource.name }),
      [stackLabel]: context.stack,
    } as { [key: string]: string },
  };
}

/** The same with the labels and annotations that the author adds. */
export function describedMetadata(context: LowerContext, resource: Resource): ObjectMeta {
  const said = describing(resource);
  const base = metadataOf(context, resource);
  const annotations = textMapOf(said.get("annotations"));
  return {
    ...base,
    labels: { ...base.labels, ...textMapOf(said.get("labels")) },
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Of what belongs to no namespace. */
export function clusterMetadata(context: LowerContext, resource: Resource): ObjectMeta {
  const { namespace: _, ...metadata } = describedMetadata(context, resource);
  return metadata;
}

export function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
