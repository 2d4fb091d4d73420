import type * as apps from "../../stdlib/kubernetes/generated/apps-v1.js";
import type * as coordination from "../../stdlib/kubernetes/generated/coordination-v1.js";
import type * as core from "../../stdlib/kubernetes/generated/core-v1.js";
import type * as discovery from "../../stdlib/kubernetes/generated/discovery-v1.js";
import { kindRow } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Resource } from "./client.js";

/** Typed names of the resources that code of ours reads and writes. */
export const namespaceResource = resource<core.Namespace>("", "v1", "Namespace");
export const nodeResource = resource<core.Node>("", "v1", "Node");
export const podResource = resource<core.Pod>("", "v1", "Pod");
export const serviceResource = resource<core.Service>("", "v1", "Service");
export const configMapResource = resource<core.ConfigMap>("", "v1", "ConfigMap");
export const secretResource = resource<core.Secret>("", "v1", "Secret");
export const eventResource = resource<core.Event>("", "v1", "Event");
export const deploymentResource = resource<apps.Deployment>("apps", "v1", "Deployment");
export const replicaSetResource = resource<apps.ReplicaSet>("apps", "v1", "ReplicaSet");
export const endpointSliceResource = resource<discovery.EndpointSlice>(
  "discovery.k8s.io",
  "v1",
  "EndpointSlice",
);
export const leaseResource = resource<coordination.Lease>("coordination.k8s.io", "v1", "Lease");

function resource<T extends KubeObject>(group: string, version: string, kind: string): Resource<T> {
  const row = kindRow({ group, version, kind });
  if (row === undefined) throw new Error(`The schema table has no kind "${kind}" in "${group}/${version}"`);
  return { group, version, kind, resource: row.resource, namespaced: row.namespaced };
}
