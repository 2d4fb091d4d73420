import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Access, SourceReference, SourceValue, Statement } from "../program.js";
import type { FoundObject } from "../select-objects.js";
import type { Comments, Path } from "./members.js";

/**
 * Whose defaults fill what an object does not say: infra's safe ones, or those of Kubernetes for what was written
 * before there was infra.
 */
export type Style = "infra" | "kubernetes";

/** Another object of the import, and the statement that makes it. */
export interface Linked {
  readonly object: KubeObject;
  readonly statement: Statement;
  /** It is written with a construct, so that it can be asked for its keys, ports and files. */
  readonly isConstruct: boolean;
}

/** An object that another's construct makes beside it. */
export interface Companion {
  readonly object: KubeObject;
  readonly found: Pick<FoundObject, "comment" | "remarks">;
}

/** What the translation of one object may look at, and what it may add to the program. */
export interface ConstructContext {
  readonly object: KubeObject;
  readonly style: Style;
  readonly comments: Comments;
  /** Objects that the same call is to make. */
  readonly companions: readonly Companion[];
  /** What `in` says; undefined in the namespace of the command line. */
  readonly namespaceValue: SourceValue | undefined;
  /** An autoscaler of the import decides how many pods it has. */
  readonly isScaled: boolean;
  /** The object of this kind and name, in the object's own namespace unless another is given. */
  find(kind: string, name: unknown, namespace?: string): Linked | undefined;
  /** Whether the other's statement refers to this object's, so that this one must not refer back. */
  isReachedBy(other: Linked): boolean;
  /** All objects in the same namespace. */
  readonly neighbours: readonly Linked[];
  /** A statement of its own above the object's, not exported: what several places share. */
  share(variable: string, value: SourceValue): Statement;
  /** A file beside the program. @returns its path as `file()` takes it. */
  file(path: string, content: string | Uint8Array, confidential?: boolean): string;
}

/** An object as a call of a construct; undefined when none says what it is. */
export type Construct = (
  context: ConstructContext,
) => { readonly call: readonly string[]; readonly arguments: readonly SourceValue[] } | undefined;

/** Another statement's value, or what it answers. */
export function refer(statement: Statement, ...then: readonly Access[]): SourceReference {
  return then.length === 0 ? { variable: statement } : { variable: statement, then };
}

/** A member of unknown data by path. */
export function at(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as { readonly [part: string]: unknown })[part];
  }
  return found;
}

export function textAt(value: unknown, ...path: Path): string | undefined {
  const found = at(value, path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, ...path: Path): number | undefined {
  const found = at(value, path);
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: Path): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** Names to texts; anything else in it is not this. */
export function textMap(value: unknown): { readonly [name: string]: string } | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.values(value).every((text) => typeof text === "string")
    ? (value as { readonly [name: string]: string })
    : undefined;
}

/** A list of texts; anything else in it is not this. */
export function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((text) => typeof text === "string") ? value : undefined;
}

/** Only these members, so that nothing of the data is lost by reading them alone. */
export function hasOnly(value: unknown, ...names: readonly string[]): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).every((name) => names.includes(name) || at(value, [name]) === null)
  );
}

/** A port's name; its number, as text, where it has none: no name of a port is all digits. */
export function portName(port: unknown): string {
  return textAt(port, "name") ?? String(numberAt(port, "containerPort") ?? "");
}
