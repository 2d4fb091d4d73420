import type { EnvFromSource, EnvVar } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Span } from "../diagnostics/span.js";
import type { Authored, Resource } from "../model/authored.js";
import type { PodParts } from "./container.js";
import { checkNamespace, type LowerContext, namespaceOf, referenceSpan, resourceOf } from "./context.js";
import { headlessServiceOf, portNumberOf } from "./service.js";

/** Environment variables, each typed reference to its Kubernetes source. */
export function lowerEnvironment(
  context: LowerContext,
  parts: PodParts,
  path: string,
  env: Authored | undefined,
): EnvVar[] {
  const entries = env?.entries() ?? [];
  const taken = new Set(entries.map(([name]) => name));
  return entries.flatMap(([name, value]) => {
    parts.origins.set(`${path}.env[${name}]`, value);
    if (value.reference?.kind === "text") return composed(context, parts, path, { name, value, taken });
    const source = lowerVariable(context, parts, value);
    return source === undefined ? [] : [{ name, ...source }];
  });
}

/**
 * Text with references: each that only the pod knows becomes a variable of its own, which the text names as `$(…)`.
 * Source: Kubernetes, "Define Dependent Environment Variables": those before it in the list are replaced, `$$(` is `$(`.
 */
function composed(
  context: LowerContext,
  parts: PodParts,
  path: string,
  { name, taken, value }: { readonly name: string; readonly taken: Set<string>; readonly value: Authored },
): EnvVar[] {
  const variables: EnvVar[] = [];
  const text = (value.inner("sources")?.items() ?? []).map((item) => {
    const source = lowerVariable(context, parts, item);
    if (source?.valueFrom === undefined) return (source?.value ?? "").replaceAll("$(", "$$$$(");
    let number = variables.length + 1;
    while (taken.has(`${name}_PART_${number}`)) number += 1;
    const part = `${name}_PART_${number}`;
    taken.add(part);
    parts.origins.set(`${path}.env[${part}]`, value);
    variables.push({ name: part, ...source });
    return `$(${part})`;
  });
  return [...variables, { name, value: text.join("") }];
}

function lowerVariable(
  context: LowerContext,
  parts: PodParts,
  value: Authored,
): Omit<EnvVar, "name"> | undefined {
  const { reference } = value;
  if (reference === undefined) return { value: String(value.value) };
  const target = "of" in reference ? context.model.resources[reference.of] : undefined;
  const at = referenceSpan(context, reference, value);
  switch (reference.kind) {
    case "configKey":
    case "secretKey": {
      if (target === undefined) return undefined;
      checkKey(context, parts.resource, target, reference.key, at);
      const source = { name: target.name, key: reference.key };
      if (reference.kind === "secretKey") {
        parts.secretsRead.add(target.name);
        return { valueFrom: { secretKeyRef: source } };
      }
      readKeys(parts, target, [reference.key]);
      return { valueFrom: { configMapKeyRef: source } };
    }
    case "serviceHost":
      return { value: target === undefined ? "" : hostOf(context, target, parts.resource) };
    case "serviceAddress": {
      if (target === undefined) return undefined;
      const port = portNumberOf(context, target, reference.port, at);
      return { value: `${hostOf(context, target, parts.resource)}:${port ?? ""}` };
    }
    case "podHost": {
      if (target === undefined) return undefined;
      const service = headlessServiceOf(context, target);
      const namespace = suffixOf(context, target, parts.resource);
      return { value: `${target.name}-${reference.index}.${service}${namespace}` };
    }
    case "exactVariable":
      return { valueFrom: (value.inner("source")?.data ?? {}) as NonNullable<EnvVar["valueFrom"]> };
    case "downward":
      return { valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: reference.field } } };
    default:
      return undefined;
  }
}

/** Whole ConfigMaps and Secrets as variables. */
export function lowerSources(
  context: LowerContext,
  parts: PodParts,
  path: string,
  sources: Authored | undefined,
): EnvFromSource[] {
  let count = 0;
  return (sources?.items() ?? []).flatMap((item): EnvFromSource[] => {
    const prefix = item.get("prefix")?.text;
    const source = resourceOf(context, item.get("from") ?? item, "configMap", "secret");
    if (source === undefined) return [];
    checkNamespace(context, parts.resource, source, item.span);
    const at = `${path}.envFrom[${count}]`;
    count += 1;
    parts.origins.set(at, item);
    parts.origins.take(item, "prefix", `${at}.prefix`);
    const named = prefix === undefined ? {} : { prefix };
    if (source.construct === "secret") {
      parts.secretsRead.add(source.name);
      return [{ ...named, secretRef: { name: source.name } }];
    }
    readKeys(parts, source, keysOf(source));
    return [{ ...named, configMapRef: { name: source.name } }];
  });
}

/** Reports a key that is not there, or that is in another namespace. */
export function checkKey(
  context: LowerContext,
  user: Resource,
  source: Resource,
  key: string,
  at: Span | undefined,
): void {
  checkNamespace(context, user, source, at);
  const known = keysOf(source);
  if (!known.includes(key))
    context.reporter.report("config-key-unknown", at, { resource: source.title, key, known });
}

/** Keys whose change only a restart brings to the pod. */
export function readKeys(parts: PodParts, config: Resource, keys: readonly string[]): void {
  const read = parts.keysRead.get(config) ?? new Set();
  for (const key of keys) read.add(key);
  parts.keysRead.set(config, read);
}

export function keysOf(source: Resource): readonly string[] {
  return source.spec.entries().map(([key]) => key);
}

/** A Service's name as pods of the caller's namespace find it. */
function hostOf(context: LowerContext, service: Resource, caller: Resource): string {
  return `${service.name}${suffixOf(context, service, caller)}`;
}

function suffixOf(context: LowerContext, of: Resource, caller: Resource): string {
  const namespace = namespaceOf(context, of);
  return namespace === namespaceOf(context, caller) ? "" : `.${namespace}`;
}
