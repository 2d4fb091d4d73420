import type { KubeObject, ManagedFieldsEntry } from "../objects.js";
import {
  decodeFieldsV1,
  emptyFieldSet,
  encodeFieldsV1,
  type FieldSet,
  isEmptySet,
  setOfPaths,
  unionSets,
} from "./field-set.js";

/** One entry of `metadata.managedFields`, decoded. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** kube-apiserver's cap on entries that are not from apply. */
const maxUpdateManagers = 10;

/** Fields that identify the object or belong to the server; nobody owns them. */
const unowned = setOfPaths(
  [
    ["apiVersion"],
    ["kind"],
    ["metadata"],
    ...[
      "name",
      "namespace",
      "uid",
      "creationTimestamp",
      "selfLink",
      "generation",
      "resourceVersion",
      "managedFields",
    ].map((name) => ["metadata", name]),
  ].map((path) => path.map((name) => `f:${name}`)),
);

/** What requests to `subresource` cannot set: `status` on the main endpoint, `spec` on `/status`. */
export function ignoredFields(subresource: string, hasStatus: boolean): FieldSet {
  if (subresource === "status") return setOfPaths([["f:spec"]]);
  return hasStatus && subresource === "" ? setOfPaths([["f:status"]]) : emptyFieldSet;
}

export { unowned as unownedFields };

/** Two entries with one identity are one manager. Appliers keep theirs across API versions. */
export function identityOf(manager: Omit<Manager, "fields" | "time">): string {
  const version = manager.operation === "Update" ? manager.apiVersion : "";
  return JSON.stringify([manager.name, manager.operation, version, manager.subresource]);
}

/**
 * Decodes `metadata.managedFields` into managers by identity.
 *
 * @throws {SyntaxError} for an entry that is not FieldsV1.
 */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): Map<string, Manager> {
  const managers = new Map<string, Manager>();
  for (const entry of entries ?? []) {
    const manager: Manager = {
      name: entry.manager ?? "",
      operation: entry.operation === "Apply" ? "Apply" : "Update",
      apiVersion: entry.apiVersion ?? "",
      subresource: entry.subresource ?? "",
      time: entry.time,
      fields: decodeFieldsV1(entry.fieldsV1 ?? {}),
    };
    const same = managers.get(identityOf(manager));
    managers.set(
      identityOf(manager),
      same === undefined ? manager : { ...manager, fields: unionSets(same.fields, manager.fields) },
    );
  }
  return managers;
}

/** Encodes managers, oldest first, without empty ones, at most ten of them from updates. */
export function encodeManagers(managers: Iterable<Manager>): ManagedFieldsEntry[] {
  return capped([...managers].filter((manager) => !isEmptySet(manager.fields)))
    .sort(inOrder)
    .map((manager) => ({
      manager: manager.name,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      ...(manager.time === undefined ? {} : { time: manager.time }),
      fieldsType: "FieldsV1",
      fieldsV1: encodeFieldsV1(manager.fields),
      ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
    }));
}

function capped(managers: Manager[]): Manager[] {
  const updates = managers.filter((manager) => manager.operation === "Update").sort(inOrder);
  const excess = updates.length - maxUpdateManagers;
  if (excess <= 0) return managers;
  const gone = updates.slice(0, excess + 1);
  const ancient = gone.reduce(
    (sum, manager): Manager => ({
      ...manager,
      name: "ancient-changes",
      subresource: "",
      fields: unionSets(sum.fields, manager.fields),
    }),
    { ...gone[0]!, name: "ancient-changes", subresource: "" },
  );
  return [...managers.filter((manager) => !gone.includes(manager)), ancient];
}

function inOrder(a: Manager, b: Manager): number {
  const key = (m: Manager) => [m.operation, m.time ?? "", m.name, m.apiVersion, m.subresource];
  const [left, right] = [key(a), key(b)];
  for (const [index, text] of left.entries()) {
    const other = right[index]!;
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

/** The object with the given entries as its `managedFields`; without the field when there are none. */
export function withManagedFields(object: KubeObject, entries: readonly ManagedFieldsEntry[]): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: [...entries] },
  };
}
