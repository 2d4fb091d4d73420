import { setMember } from "../../stdlib/base/json.js";
import { type SecretDeclaration, type SecretProvider, stackLabel } from "../../stdlib/schema/bundle.js";
import type { ObjectMeta } from "../../stdlib/schema/objects.js";
import type { Authored, Resource } from "../model/authored.js";
import { type Built, builtOf, Origins } from "./built.js";
import { describing, isPlain, type LowerContext, namespaceOf, textMapOf } from "./context.js";

/** A ConfigMap; numbers and booleans become text, files their contents. */
export function lowerConfigMap(context: LowerContext, resource: Resource): Built {
  const origins = originsOf(resource);
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
  return builtOf(resource, object, origins);
}

/** What `up` has to make of a secret, and the object as far as it is known before: its values stand for others. */
export interface LoweredSecret {
  readonly declaration: SecretDeclaration;
  readonly built: Built;
}

/** A value never enters the bundle. */
export function lowerSecret(context: LowerContext, resource: Resource): LoweredSecret {
  const origins = originsOf(resource);
  origins.set("data", resource.spec);
  const keys: { [key: string]: SecretProvider } = {};
  const data: { [key: string]: string } = {};
  for (const [key, value] of [...resource.spec.entries()].sort(byName)) {
    origins.set(`data[${key}]`, value);
    const reference = value.reference;
    if (reference?.kind !== "provider") continue;
    const isSound = checkProvider(context, resource, key, value, reference.provider);
    setMember(keys, key, reference.provider);
    setMember(data, key, isSound ? standIn(reference.provider) : "");
  }
  const metadata = describedMetadata(context, resource);
  const { annotations, labels = {}, name = "", namespace = "" } = metadata;
  const said = describing(resource);
  const type = origins.take(said, "type", "type")?.text ?? "Opaque";
  origins.set("metadata.annotations", said.get("annotations") ?? said.get("type")); // a type may ask for one
  const { call } = resource;
  const declaration: SecretDeclaration = {
    ...{ namespace, name, type, labels },
    ...(annotations === undefined ? {} : { annotations }),
    keys,
    ...(call === undefined ? {} : { place: { file: call.file, ...call.start } }),
  };
  const object = { apiVersion: "v1", kind: "Secret", metadata, type, data };
  return { declaration, built: builtOf(resource, object, origins) };
}

/** Source: Kubernetes, core/v1 `MaxSecretSize`. */
const largestSecret = 1024 * 1024;

/** Whether a provider can make the value that is asked of it. */
function checkProvider(
  { reporter }: LowerContext,
  resource: Resource,
  key: string,
  value: Authored,
  provider: SecretProvider,
): boolean {
  if (provider.provider !== "generated") return true;
  const { length } = provider;
  if (Number.isInteger(length) && length >= 1 && length <= largestSecret) return true;
  const at = value.inner("spec")?.get("length") ?? value;
  reporter.report("field-type", at.span, {
    ...{ resource: resource.title, path: `${key}.length` },
    expected: `a whole number of letters and digits, 1 to ${largestSecret}`,
  });
  return false;
}

/** Base64 of what a rule of the API can say something about: a generated value is as long, and no JSON; of others nothing is known. */
function standIn(provider: SecretProvider): string {
  return Buffer.from(provider.provider === "generated" ? "x".repeat(provider.length) : "{}").toString(
    "base64",
  );
}

/** Where an object of the resource is from, and its namespace. */
export function originsOf(resource: Resource): Origins {
  const origins = new Origins();
  origins.set("", resource.call);
  origins.take(describing(resource), "in", "metadata.namespace");
  return origins;
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
