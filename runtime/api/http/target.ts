import { servedKinds } from "../../../stdlib/schema/kinds.js";
import type { KindRow } from "../../../stdlib/schema/table.js";

/** What a resource URL names. */
export interface Target {
  readonly row: KindRow;
  /** `""` for cluster-scoped kinds, and for a list over all namespaces. */
  readonly namespace: string;
  /** Undefined: the collection. */
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…` down to collection, object or subresource.
 *
 * @returns undefined when the URL names nothing that is served.
 */
export function parseTarget(segments: readonly string[]): Target | undefined {
  const [root, ...rest] = segments;
  if (root === "api") return parseResource("", rest[0] ?? "", rest.slice(1));
  if (root === "apis") return parseResource(rest[0] ?? "", rest[1] ?? "", rest.slice(2));
  return undefined;
}

function parseResource(group: string, version: string, path: readonly string[]): Target | undefined {
  // `namespaces/x/status` is of the namespace itself, `namespaces/x/pods` is in it.
  const [first, namespace, resource] = path;
  const inNamespace = first === "namespaces" && resource !== undefined && !isNamespaceSubresource(resource);
  const [plural, name, subresource, ...more] = inNamespace ? path.slice(2) : path;
  const row = servedRow(group, version, plural ?? "");
  if (row === undefined || more.length > 0 || name === "" || namespace === "") return undefined;
  if (inNamespace !== row.namespaced && (inNamespace || name !== undefined)) return undefined;
  if (subresource !== undefined && !row.subresources.includes(subresource)) return undefined;
  return { row, namespace: inNamespace ? (namespace ?? "") : "", name, subresource };
}

function isNamespaceSubresource(segment: string): boolean {
  return segment === "status" || segment === "finalize";
}

const served = new Map(
  servedKinds.map((row) => [`${row.group}/${row.version}/${row.resource}`, row] as const),
);

function servedRow(group: string, version: string, resource: string): KindRow | undefined {
  return served.get(`${group}/${version}/${resource}`);
}
