import type { KubeObject } from "../objects.js";
import { PatchError } from "../patch/patch-error.js";
import { jsonEqual } from "../patch/value.js";
import { apiVersionOf, type KindRow, type TypeTable } from "../table.js";
import {
  type FieldSet,
  intersectSets,
  isEmptySet,
  pathsOf,
  pathText,
  setsEqual,
  subtractRecursively,
  subtractSets,
  unionSets,
  withNamedParents,
} from "./field-set.js";
import {
  decodeManagers,
  encodeManagers,
  identityOf,
  ignoredFields,
  type Manager,
  unownedFields,
  withManagedFields,
} from "./managers.js";
import { fieldsOf, mergeTyped, modifiedFields, removeFields } from "./typed-value.js";

/** One manager that owns fields an apply would change. */
export interface ApplyConflict {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  /** `.spec.replicas`, sorted. */
  readonly fields: readonly string[];
}

export interface ApplyRequest {
  readonly table: TypeTable;
  readonly row: KindRow;
  /** Undefined when the object does not exist yet. */
  readonly live: KubeObject | undefined;
  /** The whole intent of `manager`; without `managedFields`. */
  readonly applied: KubeObject;
  readonly manager: string;
  readonly force: boolean;
  /** `""` or left out: the object itself. */
  readonly subresource?: string;
  /** RFC 3339, for the manager's entry. */
  readonly time: string;
}

/**
 * Server-side apply (structured-merge-diff, `merge/update.go`).
 *
 * Overlays `live` with the intent, then removes what this manager applied before, leaves out now, and no other
 * manager owns. With conflicts and without `force`, `object` is what it would have become: do not store it.
 * Defaults are the caller's: a removed field may come back as its default.
 *
 * @throws {PatchError} `invalid` for `managedFields` in the intent, a list item without its keys or twice.
 */
export function serverSideApply(request: ApplyRequest): {
  object: KubeObject;
  conflicts: readonly ApplyConflict[];
} {
  const { table, row, live, manager, force, time, subresource = "" } = request;
  if (request.applied.metadata.managedFields !== undefined)
    throw new PatchError("invalid", "metadata.managedFields must be nil");

  const ignored = ignoredFields(subresource, row.subresources.includes("status"));
  const applied = removeFields(table, row.type, request.applied, ignored) as unknown as KubeObject;
  const managers = decodeManagers(live?.metadata.managedFields);
  if (live !== undefined && managers.size === 0) addFirstOwner(managers, request, live);

  const identity = { name: manager, operation: "Apply" as const, apiVersion: apiVersionOf(row), subresource };
  const id = identityOf(identity);
  const last = managers.get(id);
  const fields = owned(fieldsOf(table, row.type, applied));
  managers.set(id, { ...identity, time, fields });

  const base = live === undefined ? {} : withManagedFields(live, []);
  let object = mergeTyped(table, row.type, base, applied) as unknown as KubeObject;
  if (last !== undefined) object = prune(table, row, object, last.fields, managers.values());

  const compared = compare(table, row, base, object);
  const taken = unionSets(compared.added, compared.modified);
  const conflicts: ApplyConflict[] = [];
  for (const [other, holder] of [...managers]) {
    if (other === id) continue;
    const disputed = intersectSets(holder.fields, taken);
    if (!isEmptySet(disputed)) conflicts.push(conflictOf(holder, disputed));
    // Without force the result is not stored, so taking the fields away here does no harm.
    const rest = subtractSets(subtractSets(holder.fields, disputed), compared.removed);
    managers.set(other, { ...holder, fields: rest });
  }

  // An apply that changes nothing keeps its time, so that nothing needs to be written.
  const same = last !== undefined && setsEqual(last.fields, fields) && jsonEqual(base, object);
  managers.set(id, { ...identity, time: same ? last.time : time, fields });
  return {
    object: withManagedFields(object, encodeManagers(managers.values())),
    conflicts: force ? [] : conflicts,
  };
}

function owned(fields: FieldSet): FieldSet {
  return subtractSets(fields, unownedFields);
}

/** An object from before ownership was tracked belongs to nobody in particular. */
function addFirstOwner(managers: Map<string, Manager>, request: ApplyRequest, live: KubeObject): void {
  const { table, row } = request;
  const owner: Manager = {
    name: "before-first-apply",
    operation: "Update",
    apiVersion: apiVersionOf(row),
    subresource: "",
    time: request.time,
    fields: owned(fieldsOf(table, row.type, withManagedFields(live, []))),
  };
  managers.set(identityOf(owner), owner);
}

function prune(
  table: TypeTable,
  row: KindRow,
  object: KubeObject,
  last: FieldSet,
  managers: Iterable<Manager>,
): KubeObject {
  let gone = intersectSets(withNamedParents(fieldsOf(table, row.type, object)), withNamedParents(last));
  for (const { fields } of managers) gone = subtractSets(gone, withNamedParents(fields));
  return removeFields(table, row.type, object, subtractSets(gone, unownedFields)) as unknown as KubeObject;
}

function compare(table: TypeTable, row: KindRow, before: unknown, after: unknown) {
  const [old, now] = [fieldsOf(table, row.type, before), fieldsOf(table, row.type, after)];
  return {
    added: owned(subtractSets(now, old)),
    removed: subtractSets(old, now),
    modified: owned(modifiedFields(table, row.type, before, after)),
  };
}

export interface UpdateRequest {
  readonly table: TypeTable;
  readonly row: KindRow;
  /** Undefined for a create. */
  readonly before: KubeObject | undefined;
  readonly after: KubeObject;
  readonly manager: string;
  readonly operation?: "Update";
  readonly subresource?: string;
  /** RFC 3339. */
  readonly time: string;
}

/**
 * Ownership after a write that is not an apply: the manager gains what it added or changed, others lose it, and
 * there are no conflicts.
 *
 * `managedFields: [{}]` in `after` drops all ownership; entries that cannot be read are ignored, as the API does.
 *
 * @returns `after` with its `managedFields`.
 */
export function trackUpdate(request: UpdateRequest): KubeObject {
  const { table, row, before, after, manager, time, subresource = "" } = request;
  const managers = submittedManagers(before, after);
  const ignored = ignoredFields(subresource, row.subresources.includes("status"));
  const compared = compare(
    table,
    row,
    before === undefined ? {} : withManagedFields(before, []),
    withManagedFields(after, []),
  );
  const gained = subtractRecursively(unionSets(compared.added, compared.modified), ignored);

  const identity = {
    name: manager,
    operation: "Update" as const,
    apiVersion: apiVersionOf(row),
    subresource,
  };
  const id = identityOf(identity);
  for (const [other, holder] of [...managers])
    managers.set(other, {
      ...holder,
      fields: subtractSets(
        other === id ? holder.fields : subtractSets(holder.fields, gained),
        compared.removed,
      ),
    });
  if (!isEmptySet(gained)) {
    const own = managers.get(id);
    managers.set(id, {
      ...identity,
      time,
      fields: own === undefined ? gained : unionSets(own.fields, gained),
    });
  }
  return withManagedFields(after, encodeManagers(managers.values()));
}

function submittedManagers(before: KubeObject | undefined, after: KubeObject): Map<string, Manager> {
  const submitted = after.metadata.managedFields ?? [];
  if (submitted.length === 0) return decodeManagers(before?.metadata.managedFields);
  if (submitted.length === 1 && Object.keys(submitted[0]!).length === 0) return new Map();
  try {
    return decodeManagers(submitted);
  } catch (error) {
    if (error instanceof SyntaxError) return decodeManagers(before?.metadata.managedFields);
    throw error;
  }
}

function conflictOf(manager: Manager, fields: FieldSet): ApplyConflict {
  const { name, operation, apiVersion, subresource } = manager;
  return { manager: name, operation, apiVersion, subresource, fields: pathsOf(fields).map(pathText).sort() };
}

/** The 409's message and `details.causes`, in the API's own words. */
export function describeConflicts(conflicts: readonly ApplyConflict[]): {
  message: string;
  causes: { reason: "FieldManagerConflict"; message: string; field: string }[];
} {
  const causes = conflicts.flatMap((conflict) =>
    conflict.fields.map((field) => ({
      reason: "FieldManagerConflict" as const,
      message: `conflict with ${holderText(conflict)}`,
      field,
    })),
  );
  const count = causes.length;
  const parts = conflicts.map((conflict) =>
    conflict.fields.length === 1
      ? `conflict with ${holderText(conflict)}: ${conflict.fields[0]}`
      : `conflicts with ${holderText(conflict)}:\n${conflict.fields.map((field) => `- ${field}`).join("\n")}`,
  );
  return {
    message: `Apply failed with ${count} conflict${count === 1 ? "" : "s"}: ${parts.join("\n")}`,
    causes,
  };
}

function holderText(conflict: ApplyConflict): string {
  const subresource = conflict.subresource === "" ? "" : ` with subresource "${conflict.subresource}"`;
  const version = conflict.operation === "Update" ? ` using ${conflict.apiVersion}` : "";
  return `"${conflict.manager}"${subresource}${version}`;
}
