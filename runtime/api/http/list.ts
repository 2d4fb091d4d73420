import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Registry } from "../registry.js";
import { selectionOf } from "../selection.js";
import { badRequest, statusError } from "../status-error.js";
import type { Target } from "./target.js";

/** What a list or watch is of, and from when. */
export interface ListOptions {
  readonly selects: (object: KubeObject) => boolean;
  /** `""` and `"0"` mean what is newest, or anything. */
  readonly resourceVersion: string;
}

/** @throws BadRequest */
export function listOptions({ row, namespace, name }: Target, query: URLSearchParams): ListOptions {
  const fieldSelector = query.get("fieldSelector") ?? "";
  const named = name === undefined ? "" : `metadata.name=${name}`;
  const selects = selectionOf(row, {
    namespace,
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: [fieldSelector, named].filter((part) => part !== "").join(","),
  });
  const resourceVersion = query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(resourceVersion))
    throw badRequest(`resourceVersion: Invalid value: "${resourceVersion}": must be a number`);
  return { selects, resourceVersion };
}

/**
 * All objects that are selected, as they are now. `limit` is a wish that a server may leave unmet: the whole list is in
 * one answer, which then has no `continue`.
 *
 * @throws Expired for an exact older version, Timeout for one that has not been yet.
 */
export function listSelected(
  registry: Registry,
  target: Target,
  query: URLSearchParams,
): { readonly items: readonly KubeObject[]; readonly resourceVersion: string } {
  const { selects, resourceVersion } = listOptions(target, query);
  const match = query.get("resourceVersionMatch") ?? "";
  if (match !== "" && resourceVersion === "")
    throw badRequest(
      "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
    );
  requireReached(resourceVersion, registry.revision);
  if (match === "Exact" && Number(resourceVersion) < registry.revision)
    throw statusError(
      "Expired",
      `The provided resource version is too old: ${resourceVersion}; list without one`,
    );
  if (query.get("continue"))
    throw statusError(
      "Expired",
      "The provided continue parameter is too old to display a consistent list result",
    );
  return {
    items: registry.list(target.row, target.namespace).filter(selects),
    resourceVersion: String(registry.revision),
  };
}

/** @throws Timeout, as upstream answers who asks for what has not happened. */
export function requireReached(resourceVersion: string, revision: number): void {
  if (Number(resourceVersion) <= revision) return;
  throw statusError("Timeout", `Too large resource version: ${resourceVersion}, current: ${revision}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}
