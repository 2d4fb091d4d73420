import type { FieldError } from "../../stdlib/schema/objects.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import { ApiStatusError, type Status, type StatusReason } from "../client/errors.js";

/** Failures as the API answers them; reasons, codes and wording are upstream's. */

const codes: { readonly [reason in StatusReason]?: number } = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
};

/** A failure that is of no one object. */
export function statusError(
  reason: StatusReason,
  message: string,
  details: Status["details"] = {},
): ApiStatusError {
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
  return statusError("NotFound", `${named(row, name)} not found`, {
    name,
    group: row.group,
    kind: row.resource,
  });
}

export function alreadyExists(row: KindRow, name: string): ApiStatusError {
  return statusError("AlreadyExists", `${named(row, name)} already exists`, {
    name,
    group: row.group,
    kind: row.resource,
  });
}

export function conflict(row: KindRow, name: string, why: string): ApiStatusError {
  return statusError("Conflict", `Operation cannot be fulfilled on ${named(row, name)}: ${why}`, {
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
  return statusError("Conflict", message, causes === undefined ? {} : { causes });
}

export function invalid(row: KindRow, name: string, errors: readonly FieldError[]): ApiStatusError {
  const list = errors.map(({ path, message }) => `${path}: ${message}`);
  const text = list.length === 1 ? (list[0] ?? "") : `[${list.join(", ")}]`;
  const kind = `${row.kind}${row.group === "" ? "" : `.${row.group}`}`;
  const causes = errors.map(({ path, type, message }) => ({ reason: type, message, field: path }));
  return statusError("Invalid", `${kind} "${name}" is invalid: ${text}`, {
    name,
    group: row.group,
    kind: row.kind,
    causes,
  });
}

export function badRequest(message: string): ApiStatusError {
  return statusError("BadRequest", message);
}

/** Controllers tell by the cause that there is nothing left to do for them. */
export function namespaceTerminating(row: KindRow, name: string, namespace: string): ApiStatusError {
  const message = `namespace ${namespace} is being terminated`;
  return statusError(
    "Forbidden",
    `${named(row, name)} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      name,
      group: row.group,
      kind: row.resource,
      causes: [{ reason: "NamespaceTerminating", message, field: "metadata.namespace" }],
    },
  );
}

/** A query parameter that does not fit the others. */
export function forbidden(row: KindRow, name: string, why: string): ApiStatusError {
  return statusError("Forbidden", `${named(row, name)} is forbidden: ${why}`, {
    name,
    group: row.group,
    kind: row.resource,
  });
}

export function invalidOptions(field: string, message: string): ApiStatusError {
  return statusError("Invalid", `ListOptions.meta.k8s.io "" is invalid: ${field}: Forbidden: ${message}`, {
    group: "meta.k8s.io",
    kind: "ListOptions",
    causes: [{ reason: "FieldValueForbidden", message: `Forbidden: ${message}`, field }],
  });
}
