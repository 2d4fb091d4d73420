import type { FieldError } from "../../stdlib/schema/objects.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import { ApiStatusError, type Status, type StatusReason } from "../client/errors.js";

/** Failures as the API answers them; reasons, codes and wording are upstream's. */

const codes: { readonly [reason in StatusReason]?: number } = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  AlreadyExists: 409,
  Conflict: 409,
  Invalid: 422,
  InternalError: 500,
};

function failure(reason: StatusReason, message: string, details: Status["details"] = {}): ApiStatusError {
  const code = codes[reason] ?? 500;
  return new ApiStatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    details,
    code,
  });
}

/** `deployments.apps "web"`. */
function named(row: KindRow, name: string): string {
  return `${row.resource}${row.group === "" ? "" : `.${row.group}`} "${name}"`;
}

export function notFound(row: KindRow, name: string): ApiStatusError {
  return failure("NotFound", `${named(row, name)} not found`, { name, group: row.group, kind: row.resource });
}

export function alreadyExists(row: KindRow, name: string): ApiStatusError {
  return failure("AlreadyExists", `${named(row, name)} already exists`, {
    name,
    group: row.group,
    kind: row.resource,
  });
}

export function conflict(row: KindRow, name: string, why: string): ApiStatusError {
  return failure("Conflict", `Operation cannot be fulfilled on ${named(row, name)}: ${why}`, {
    name,
    group: row.group,
    kind: row.resource,
  });
}

export const changedMeanwhile =
  "the object has been modified; please apply your changes to the latest version and try again";

/** A conflict with other appliers; `message` and `causes` name the fields and their managers. */
export function applyConflict(
  message: string,
  causes: NonNullable<Status["details"]>["causes"],
): ApiStatusError {
  return failure("Conflict", message, causes === undefined ? {} : { causes });
}

export function invalid(row: KindRow, name: string, errors: readonly FieldError[]): ApiStatusError {
  const list = errors.map(({ path, message }) => `${path}: ${message}`);
  const text = list.length === 1 ? (list[0] ?? "") : `[${list.join(", ")}]`;
  const kind = `${row.kind}${row.group === "" ? "" : `.${row.group}`}`;
  const causes = errors.map(({ path, type, message }) => ({ reason: type, message, field: path }));
  return failure("Invalid", `${kind} "${name}" is invalid: ${text}`, {
    name,
    group: row.group,
    kind: row.kind,
    causes,
  });
}

export function badRequest(message: string): ApiStatusError {
  return failure("BadRequest", message);
}

export function forbidden(row: KindRow, name: string, why: string): ApiStatusError {
  return failure("Forbidden", `${named(row, name)} is forbidden: ${why}`, {
    name,
    group: row.group,
    kind: row.resource,
  });
}
