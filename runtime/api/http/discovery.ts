import { createHash } from "node:crypto";
import { servedKinds } from "../../../stdlib/schema/kinds.js";
import type { KindRow } from "../../../stdlib/schema/table.js";
import { type Exchange, header, respondJson } from "./exchange.js";
import { parseAccept } from "./negotiate.js";
import { reviewResources } from "./reviews.js";

interface Resource {
  readonly row: Pick<KindRow, "group" | "version" | "kind" | "resource" | "singular" | "namespaced"> & {
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
    readonly subresources?: readonly string[];
  };
  readonly verbs: readonly string[];
}

const objectVerbs = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
] as const;

/** Kinds that clients create to ask something, then what is stored. */
const resources: readonly Resource[] = [
  ...servedKinds.map((row) => ({ row, verbs: verbsOf(row) })),
  ...reviewResources.map((row) => ({ row, verbs: ["create"] })),
];

function verbsOf(row: KindRow): readonly string[] {
  return row.resource === "namespaces"
    ? objectVerbs.filter((verb) => verb !== "deletecollection")
    : objectVerbs;
}

interface Subresource {
  readonly kind: string;
  /** Where it is not the resource's own. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

/** Subresources that are answered; others of the kind's row are not shown. */
const subresources: { readonly [name: string]: Subresource } = {
  status: { kind: "", verbs: ["get", "patch", "update"] },
  scale: { kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"] },
  log: { kind: "Pod", verbs: ["get"] },
  exec: { kind: "PodExecOptions", verbs: ["create", "get"] },
  portforward: { kind: "PodPortForwardOptions", verbs: ["create", "get"] },
  binding: { kind: "Binding", verbs: ["create"] },
  finalize: { kind: "Namespace", verbs: ["update"] },
};

const groups = [...new Set(resources.map(({ row }) => row.group))].map((group) => ({
  group,
  versions: [...new Set(resources.filter(({ row }) => row.group === group).map(({ row }) => row.version))],
}));

/**
 * `/api`, `/apis` and what is below them down to a group's version: which resources there are.
 *
 * @returns false when the path is none of these.
 */
export function serveDiscovery(exchange: Exchange): boolean {
  const [root, first, second, ...more] = exchange.segments;
  if (more.length > 0 || (root !== "api" && root !== "apis")) return false;
  const core = root === "api";
  if (first === undefined) return respondRoot(exchange, core);
  if (core ? second !== undefined : second !== undefined && first === "") return false;
  const group = core ? "" : first;
  const version = core ? first : second;
  const found = groups.find((entry) => entry.group === group);
  if (found === undefined) return false;
  if (version === undefined) {
    respondJson(exchange, 200, { kind: "APIGroup", apiVersion: "v1", ...legacyGroup(found) });
    return true;
  }
  if (!found.versions.includes(version)) return false;
  respondJson(exchange, 200, resourceList(group, version));
  return true;
}

function respondRoot(exchange: Exchange, core: boolean): true {
  const version = aggregatedVersion(header(exchange.request, "accept") ?? "");
  if (version !== undefined) respondAggregated(exchange, core, version);
  else if (core)
    respondJson(exchange, 200, { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] });
  else
    respondJson(exchange, 200, {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.filter(({ group }) => group !== "").map(legacyGroup),
    });
  return true;
}

function aggregatedVersion(accept: string): "v2" | "v2beta1" | undefined {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== "application/json") continue;
    const { g, v, as } = parameters;
    if (as === undefined) return undefined;
    if (g !== "apidiscovery.k8s.io" || as !== "APIGroupDiscoveryList") continue;
    if (v === "v2" || v === "v2beta1") return v;
  }
  return undefined;
}

/** Some clients compare the content type as text, so it is spelled as upstream spells it. */
function respondAggregated(exchange: Exchange, core: boolean, version: "v2" | "v2beta1"): void {
  const items = groups.filter(({ group }) => (group === "") === core).map(aggregatedGroup);
  const body = {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  };
  const etag = `"${createHash("sha256").update(JSON.stringify(body)).digest("hex").slice(0, 32).toUpperCase()}"`;
  const headers = {
    "content-type": `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    etag,
    vary: "Accept",
    "cache-control": "public",
  };
  if (header(exchange.request, "if-none-match") === etag) {
    exchange.response.writeHead(304, headers).end();
    return;
  }
  respondJson(exchange, 200, body, headers);
}

type Group = (typeof groups)[number];

function aggregatedGroup({ group, versions }: Group): object {
  return {
    metadata: { name: group, creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      freshness: "Current",
      resources: resourcesOf(group, version).map(aggregatedResource),
    })),
  };
}

function aggregatedResource({ row, verbs }: Resource): object {
  const shown = (row.subresources ?? []).filter((name) => subresources[name] !== undefined);
  return {
    resource: row.resource,
    responseKind: { group: row.group, version: row.version, kind: row.kind },
    scope: row.namespaced ? "Namespaced" : "Cluster",
    singularResource: row.singular,
    verbs,
    ...(row.shortNames?.length ? { shortNames: row.shortNames } : {}),
    ...(row.categories?.length ? { categories: row.categories } : {}),
    ...(shown.length === 0
      ? {}
      : {
          subresources: shown.map((name) => {
            const { kind, group = row.group, version = row.version, verbs } = subresources[name]!;
            return { subresource: name, responseKind: { group, version, kind: kind || row.kind }, verbs };
          }),
        }),
  };
}

function resourcesOf(group: string, version: string): readonly Resource[] {
  return resources.filter(({ row }) => row.group === group && row.version === version);
}

function legacyGroup({ group, versions }: Group): object {
  const named = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: named, preferredVersion: named[0] };
}

function resourceList(group: string, version: string): object {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: resourcesOf(group, version).flatMap(({ row, verbs }) => [
      {
        name: row.resource,
        singularName: row.singular,
        namespaced: row.namespaced,
        kind: row.kind,
        verbs,
        ...(row.shortNames?.length ? { shortNames: row.shortNames } : {}),
        ...(row.categories?.length ? { categories: row.categories } : {}),
      },
      ...(row.subresources ?? [])
        .filter((name) => subresources[name] !== undefined)
        .map((name) => {
          const { kind, group, version, verbs } = subresources[name]!;
          return {
            name: `${row.resource}/${name}`,
            singularName: "",
            namespaced: row.namespaced,
            ...(group === undefined ? {} : { group, version }),
            kind: kind || row.kind,
            verbs,
          };
        }),
    ]),
  };
}
