import type { CopiedFile, LockFile } from "../../stdlib/schema/bundle.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan } from "../diagnostics/span.js";
import type { Authored, Model, Resource } from "../model/authored.js";

/** What the lock says of one request. */
export type LockedSet = LockFile["debian"][string];

/** Everything a lowering step may look at. Files were read before; nothing here does I/O. */
export interface LowerContext {
  readonly model: Model;
  readonly reporter: Reporter;
  readonly stack: string;
  readonly namespace: string;
  /** Text of a file named with `file(…)`; undefined after its absence was reported. */
  readonly fileText: (path: string, at: Authored) => string | undefined;
  /** A file or folder to copy, with digests; undefined after its absence was reported. */
  readonly copied: (path: string, at: Authored) => readonly CopiedFile[] | undefined;
  /** Locked packages of a `debian({ packages })`; undefined after their absence was reported. */
  readonly locked: (packages: readonly string[], at: Authored) => LockedSet | undefined;
}

/** Reports members of an object that the construct does not know. */
export function checkFields(
  context: LowerContext,
  title: string,
  object: Authored,
  path: string,
  known: readonly string[],
): void {
  for (const [name, member] of object.entries()) {
    if (!known.includes(name)) {
      context.reporter.report("field-unknown", member.keySpan, {
        resource: title,
        path: path === "" ? name : `${path}.${name}`,
        known,
      });
    }
  }
}

/** A member that must be text; anything else is reported and read as absent. */
export function textOf(
  context: LowerContext,
  title: string,
  value: Authored | undefined,
  path: string,
): string | undefined {
  if (value === undefined) return undefined;
  if (value.text === undefined)
    context.reporter.report("field-type", value.span, { resource: title, path, expected: "text" });
  return value.text;
}

export function numberOf(
  context: LowerContext,
  title: string,
  value: Authored | undefined,
  path: string,
): number | undefined {
  if (value === undefined) return undefined;
  if (value.number === undefined)
    context.reporter.report("field-type", value.span, { resource: title, path, expected: "a number" });
  return value.number;
}

/** A list of texts, such as a command. */
export function textsOf(
  context: LowerContext,
  title: string,
  value: Authored | undefined,
  path: string,
): string[] | undefined {
  if (value === undefined) return undefined;
  const items = value.items();
  if (!Array.isArray(value.value) || items.some((item) => item.text === undefined)) {
    context.reporter.report("field-type", value.span, { resource: title, path, expected: "a list of texts" });
    return undefined;
  }
  return items.map((item) => item.text ?? "");
}

export function textMapOf(
  context: LowerContext,
  title: string,
  value: Authored | undefined,
  path: string,
): { [key: string]: string } | undefined {
  if (value === undefined) return undefined;
  const map: { [key: string]: string } = {};
  for (const [key, member] of value.entries()) {
    const text = textOf(context, title, member, `${path}.${key}`);
    if (text !== undefined) map[key] = text;
  }
  return map;
}

/** Whole seconds of `"5s"`, `"1m"`, `"2h"`. */
export function secondsOf(
  context: LowerContext,
  title: string,
  value: Authored | undefined,
  path: string,
): number | undefined {
  const text = textOf(context, title, value, path);
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text);
  if (match === null) {
    context.reporter.report("field-type", value?.span, {
      resource: title,
      path,
      expected: 'a duration such as "5s"',
    });
    return undefined;
  }
  return Math.ceil(Number(match[1]) * ({ s: 1, m: 60, h: 3600 } as const)[match[2] as "s"]);
}

export interface PortSpec {
  readonly port: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
}

/** `8080` or `"53/UDP"`. */
export function portOf(context: LowerContext, value: Authored): PortSpec | undefined {
  const match = /^(\d+)(?:\/(TCP|UDP|SCTP))?$/.exec(String(value.value));
  const port = Number(match?.[1]);
  if (match === null || port < 1 || port > 65_535) {
    context.reporter.report("port-number-invalid", value.span, { given: String(value.value) });
    return undefined;
  }
  return { port, protocol: (match[2] as PortSpec["protocol"] | undefined) ?? "TCP" };
}

/** The resource a value refers to, when it is of one of the constructs. */
export function resourceOf(
  context: LowerContext,
  value: Authored | undefined,
  ...constructs: readonly string[]
): Resource | undefined {
  const resource = value?.resource === undefined ? undefined : context.model.resources[value.resource];
  return resource !== undefined && constructs.includes(resource.construct) ? resource : undefined;
}

/** Place of a typed reference: where the author wrote `.key("…")` or the like. */
export function referenceSpan(
  context: LowerContext,
  reference: { readonly call: readonly [number, number] },
  fallback: Authored,
) {
  return context.model.locator.call(reference.call) ?? fallback.span ?? pointSpan("", 1, 1);
}
