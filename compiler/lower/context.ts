import type { ValueReference } from "../../stdlib/constructs/graph.js";
import type { CopiedFile, LockFile } from "../../stdlib/schema/bundle.js";
import type { CustomKinds } from "../../stdlib/schema/custom/definition.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { Authored, Model, Resource } from "../model/authored.js";
import type { ManifestObject } from "./exact.js";

/** What the lock says of one request. */
export type LockedSet = LockFile["debian"][string];

/** What lowering starts from. Files were read before; nothing here does I/O. */
export interface LowerInput {
  readonly model: Model;
  readonly reporter: Reporter;
  readonly stack: string;
  /** Of what names none. */
  readonly namespace: string;
  /** Text of a file named with `file(…)`; undefined after its absence was reported. */
  readonly fileText: (path: string, at: Authored) => string | undefined;
  /** A file or folder to copy, with digests; undefined after its absence was reported. */
  readonly copied: (path: string, at: Authored) => readonly CopiedFile[] | undefined;
  /** Locked packages of a `debian({ packages })`; undefined after their absence was reported. */
  readonly locked: (packages: readonly string[], at: Authored) => LockedSet | undefined;
  /** Objects of files named with `manifests(…)`, by the index of the resource. */
  readonly manifests?: ReadonlyMap<number, readonly ManifestObject[]>;
  /** Kinds that the stack itself defines or brings along. */
  readonly customKinds?: CustomKinds;
}

/** Everything a lowering step may look at: the input, and what the resources say of each other. */
export interface LowerContext extends LowerInput {
  /** Workloads whose number of pods an autoscaler decides, by index. */
  readonly scaled: ReadonlySet<number>;
  /** Headless Services by the index of what they send to. */
  readonly headless: ReadonlyMap<number, Resource>;
}

/**
 * Readers of what an author wrote. A value of another type reads as absent: `compiler/check/written.ts` has reported
 * it before.
 */
export function textsOf(value: Authored | undefined): string[] | undefined {
  if (value === undefined || !Array.isArray(value.value)) return undefined;
  return value.items().flatMap(({ text }) => (text === undefined ? [] : [text]));
}

export function textMapOf(value: Authored | undefined): { [key: string]: string } | undefined {
  if (value === undefined) return undefined;
  return Object.fromEntries(
    value.entries().flatMap(([key, { text }]) => (text === undefined ? [] : [[key, text]])),
  );
}

/** Whole seconds of `"5s"`, `"1m"`, `"2h"`, rounded up. */
export function secondsOf(value: Authored | string | undefined): number | undefined {
  const text = typeof value === "string" ? value : value?.text;
  const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text ?? "");
  if (match === null) return undefined;
  return Math.ceil(Number(match[1]) * ({ s: 1, m: 60, h: 3600 } as const)[match[2] as "s"]);
}

/** A number or a percentage. */
export function amountOf(value: Authored | undefined): number | string | undefined {
  return value?.number ?? value?.text;
}

export interface PortSpec {
  readonly port: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
}

/** `8080` or `"53/UDP"`. */
export function portOf(context: LowerContext, value: Authored): PortSpec | undefined {
  const match = /^(\d+)(?:\/(TCP|UDP|SCTP))?$/.exec(String(value.value));
  if (match === null) return undefined;
  const port = Number(match[1]);
  if (port < 1 || port > 65_535) {
    context.reporter.report("port-number-invalid", value.span, { given: String(value.value) });
    return undefined;
  }
  return { port, protocol: (match[2] as PortSpec["protocol"] | undefined) ?? "TCP" };
}

/** A port's name as its object has it. One of digits alone is none: the port is meant by its number. */
export function portNamed(name: string): { readonly name?: string } {
  return isPortNumber(name) ? {} : { name };
}

/** How others mean a port of a container: by its name, or by its number when it has none. */
export function portTarget(name: string): string | number {
  return isPortNumber(name) ? Number(name) : name;
}

function isPortNumber(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

/** The resource a value refers to, when it is of one of the constructs. */
export function resourceOf(
  context: LowerInput,
  value: Authored | undefined,
  ...constructs: readonly string[]
): Resource | undefined {
  const resource = value?.resource === undefined ? undefined : context.model.resources[value.resource];
  return resource !== undefined && constructs.includes(resource.construct) ? resource : undefined;
}

/** Name of what a value refers to: text as it is, an exact object by its metadata. */
export function nameOf(context: LowerContext, value: Authored | undefined): string | undefined {
  if (value?.resource === undefined) return value?.text;
  return context.model.resources[value.resource]?.name;
}

/** Namespace a resource says it is in, or that of the command line. */
export function namespaceOf(context: LowerInput, resource: Resource): string {
  if (resource.construct === "l1")
    return resource.spec.get("metadata")?.get("namespace")?.text ?? context.namespace;
  const given = describing(resource).get("in");
  return resourceOf(context, given, "namespace")?.name ?? given?.text ?? context.namespace;
}

/** Whether what the author does not say is as Kubernetes has it, without what infra adds. */
export function isPlain(resource: Resource): boolean {
  return describing(resource).get("defaults")?.text === "kubernetes";
}

/** What the author says of the resource itself: beside its data where the spec is data. */
export function describing(resource: Resource): Authored {
  return resource.options ?? resource.spec;
}

/** Reports a use of what only pods of the same namespace can use. */
export function checkNamespace(
  context: LowerContext,
  user: Resource,
  used: Resource,
  at: Span | undefined,
): void {
  const namespace = namespaceOf(context, used);
  if (namespace !== namespaceOf(context, user))
    context.reporter.report("other-namespace", at, {
      resource: user.title,
      other: used.title,
      namespace,
    });
}

/** Place of a typed reference: where the author wrote `.key("…")` or the like. */
export function referenceSpan(
  context: LowerContext,
  reference: Pick<ValueReference, "call">,
  fallback: Authored,
): Span {
  return context.model.locator.call(reference.call) ?? fallback.span ?? pointSpan("", 1, 1);
}
