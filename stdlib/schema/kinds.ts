import { typeTable } from "./generated/table.js";
import type { GroupVersionKind, KindRow } from "./table.js";
import { apiVersionOf } from "./table.js";

/**
 * Every kind the table has a type for. Names, short names, categories and subresources are those of the API's
 * discovery documents, Kubernetes 1.35. `served` marks what this API server stores and serves.
 */
const rows: readonly Row[] = [
  core("Namespace", "ns", { cluster: true, served: true, subresources: ["finalize", "status"] }),
  core("Node", "no", { cluster: true, served: true, subresources: ["status"] }),
  core("Pod", "po", {
    served: true,
    categories: ["all"],
    subresources: ["attach", "binding", "eviction", "exec", "log", "portforward", "status"],
  }),
  core("Service", "svc", { served: true, categories: ["all"], subresources: ["status"] }),
  core("ConfigMap", "cm", { served: true }),
  core("Secret", "", { served: true }),
  core("ServiceAccount", "sa", { served: true }),
  core("Event", "ev", { served: true }),
  core("PersistentVolume", "pv", { cluster: true, subresources: ["status"] }),
  core("PersistentVolumeClaim", "pvc", { subresources: ["status"] }),
  core("ReplicationController", "rc", { categories: ["all"], subresources: ["scale", "status"] }),
  core("ResourceQuota", "quota", { subresources: ["status"] }),
  core("LimitRange", "limits", {}),
  core("PodTemplate", "", {}),
  core("Endpoints", "ep", { resource: "endpoints" }),
  row("apps", "v1", "Deployment", "deploy", {
    served: true,
    categories: ["all"],
    subresources: ["scale", "status"],
  }),
  row("apps", "v1", "ReplicaSet", "rs", {
    served: true,
    categories: ["all"],
    subresources: ["scale", "status"],
  }),
  row("apps", "v1", "StatefulSet", "sts", { categories: ["all"], subresources: ["scale", "status"] }),
  row("apps", "v1", "DaemonSet", "ds", { categories: ["all"], subresources: ["status"] }),
  row("apps", "v1", "ControllerRevision", "", {}),
  row("events.k8s.io", "v1", "Event", "ev", { served: true }),
  row("autoscaling", "v2", "HorizontalPodAutoscaler", "hpa", {
    categories: ["all"],
    subresources: ["status"],
  }),
  row("autoscaling", "v1", "HorizontalPodAutoscaler", "hpa", {
    categories: ["all"],
    subresources: ["status"],
  }),
  row("batch", "v1", "Job", "", { categories: ["all"], subresources: ["status"] }),
  row("batch", "v1", "CronJob", "cj", { categories: ["all"], subresources: ["status"] }),
  row("networking.k8s.io", "v1", "Ingress", "ing", { resource: "ingresses", subresources: ["status"] }),
  row("networking.k8s.io", "v1", "IngressClass", "", { cluster: true, resource: "ingressclasses" }),
  row("networking.k8s.io", "v1", "NetworkPolicy", "netpol", { resource: "networkpolicies" }),
  row("policy", "v1", "PodDisruptionBudget", "pdb", { subresources: ["status"] }),
  row("rbac.authorization.k8s.io", "v1", "Role", "", {}),
  row("rbac.authorization.k8s.io", "v1", "RoleBinding", "", {}),
  row("rbac.authorization.k8s.io", "v1", "ClusterRole", "", { cluster: true }),
  row("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "", { cluster: true }),
  row("storage.k8s.io", "v1", "StorageClass", "sc", { cluster: true, resource: "storageclasses" }),
  row("scheduling.k8s.io", "v1", "PriorityClass", "pc", { cluster: true, resource: "priorityclasses" }),
  row("coordination.k8s.io", "v1", "Lease", "", { served: true }),
  row("discovery.k8s.io", "v1", "EndpointSlice", "", { served: true }),
  row("storage.k8s.io", "v1", "CSIDriver", "", { cluster: true }),
  row("storage.k8s.io", "v1", "CSINode", "", { cluster: true }),
  row("storage.k8s.io", "v1", "CSIStorageCapacity", "", { resource: "csistoragecapacities" }),
  row("storage.k8s.io", "v1", "VolumeAttachment", "", { cluster: true, subresources: ["status"] }),
  ...["v1", "v1beta1"].map((version) =>
    row("storage.k8s.io", version, "VolumeAttributesClass", "vac", {
      cluster: true,
      resource: "volumeattributesclasses",
    }),
  ),
  ...["v1", "v1beta1"].flatMap((version) => [
    row("networking.k8s.io", version, "IPAddress", "ip", { cluster: true, resource: "ipaddresses" }),
    row("networking.k8s.io", version, "ServiceCIDR", "", { cluster: true, subresources: ["status"] }),
  ]),
  row("node.k8s.io", "v1", "RuntimeClass", "", { cluster: true, resource: "runtimeclasses" }),
  ...["v1", "v1beta2", "v1beta1"].flatMap((version) => [
    row("resource.k8s.io", version, "DeviceClass", "", { cluster: true, resource: "deviceclasses" }),
    row("resource.k8s.io", version, "ResourceClaim", "", { subresources: ["status"] }),
    row("resource.k8s.io", version, "ResourceClaimTemplate", "", {}),
    row("resource.k8s.io", version, "ResourceSlice", "", { cluster: true }),
  ]),
  row("resource.k8s.io", "v1alpha3", "DeviceTaintRule", "", { cluster: true, subresources: ["status"] }),
  row("scheduling.k8s.io", "v1alpha1", "Workload", "", {}),
  row("coordination.k8s.io", "v1beta1", "LeaseCandidate", "", {}),
  row("coordination.k8s.io", "v1alpha2", "LeaseCandidate", "", {}),
  row("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "", {
    cluster: true,
    categories: ["api-extensions"],
  }),
  row("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "", {
    cluster: true,
    categories: ["api-extensions"],
  }),
  ...admissionPolicy("v1", "Validating"),
  ...admissionPolicy("v1beta1", "Mutating"),
  ...admissionPolicy("v1alpha1", "Mutating"),
  row("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "crd", {
    cluster: true,
    categories: ["api-extensions"],
    subresources: ["status"],
  }),
  row("apiregistration.k8s.io", "v1", "APIService", "", {
    cluster: true,
    categories: ["api-extensions"],
    subresources: ["status"],
  }),
  row("certificates.k8s.io", "v1", "CertificateSigningRequest", "csr", {
    cluster: true,
    subresources: ["approval", "status"],
  }),
  row("certificates.k8s.io", "v1beta1", "ClusterTrustBundle", "", { cluster: true }),
  row("certificates.k8s.io", "v1alpha1", "ClusterTrustBundle", "", { cluster: true }),
  row("certificates.k8s.io", "v1beta1", "PodCertificateRequest", "", { subresources: ["status"] }),
  row("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "", { cluster: true, subresources: ["status"] }),
  row("flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration", "", {
    cluster: true,
    subresources: ["status"],
  }),
  row("internal.apiserver.k8s.io", "v1alpha1", "StorageVersion", "", {
    cluster: true,
    subresources: ["status"],
  }),
  row("storagemigration.k8s.io", "v1beta1", "StorageVersionMigration", "", {
    cluster: true,
    subresources: ["status"],
  }),
  row("authentication.k8s.io", "v1", "TokenReview", "", { cluster: true }),
  row("authentication.k8s.io", "v1", "SelfSubjectReview", "", { cluster: true }),
  row("authorization.k8s.io", "v1", "SubjectAccessReview", "", { cluster: true }),
  row("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "", { cluster: true }),
  row("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "", {
    cluster: true,
    resource: "selfsubjectrulesreviews",
  }),
  row("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "", {}),
];

function admissionPolicy(version: string, what: "Mutating" | "Validating"): readonly Row[] {
  const options = { cluster: true, categories: ["api-extensions"] } as const;
  const group = "admissionregistration.k8s.io";
  return [
    row(group, version, `${what}AdmissionPolicy`, "", {
      ...options,
      resource: `${what.toLowerCase()}admissionpolicies`,
      ...(what === "Validating" ? { subresources: ["status"] } : {}),
    }),
    row(group, version, `${what}AdmissionPolicyBinding`, "", options),
  ];
}

interface Row extends KindRow {
  readonly served: boolean;
}

interface Options {
  readonly cluster?: true;
  readonly served?: true;
  readonly resource?: string;
  readonly categories?: readonly string[];
  readonly subresources?: readonly string[];
}

function core(kind: string, shortName: string, options: Options): Row {
  return row("", "v1", kind, shortName, options);
}

function row(group: string, version: string, kind: string, shortName: string, options: Options): Row {
  return {
    group,
    version,
    kind,
    resource: options.resource ?? `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: shortName === "" ? [] : [shortName],
    categories: options.categories ?? [],
    namespaced: options.cluster !== true,
    type: `${group === "" ? "core" : (group.split(".")[0] ?? group)}.${version}.${kind}`,
    subresources: options.subresources ?? [],
    served: options.served === true,
  };
}

const byKind = new Map(rows.map((entry) => [`${apiVersionOf(entry)}/${entry.kind}`, entry]));
const byResource = new Map(rows.map((entry) => [`${apiVersionOf(entry)}/${entry.resource}`, entry]));

/** All rows, in discovery order. */
export const kindRows: readonly KindRow[] = rows;

/** The rows this API server serves, in discovery order. */
export const servedKinds: readonly KindRow[] = rows.filter((entry) => entry.served);

export function kindRow(kind: GroupVersionKind): KindRow | undefined {
  return byKind.get(`${apiVersionOf(kind)}/${kind.kind}`);
}

/** By `apiVersion` and `kind` as objects carry them. */
export function kindRowOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
}): KindRow | undefined {
  return byKind.get(`${object.apiVersion}/${object.kind}`);
}

/** Kinds that the API server answers, or makes of others, and does not keep: a cluster never has any. */
const unkept: ReadonlySet<string> = new Set([
  "authentication.k8s.io/SelfSubjectReview",
  "authentication.k8s.io/TokenRequest",
  "authentication.k8s.io/TokenReview",
  "authorization.k8s.io/LocalSubjectAccessReview",
  "authorization.k8s.io/SelfSubjectAccessReview",
  "authorization.k8s.io/SelfSubjectRulesReview",
  "authorization.k8s.io/SubjectAccessReview",
  "autoscaling/Scale",
  "meta.k8s.io/PartialObjectMetadata",
  "policy/Eviction",
  "v1/Binding",
  "v1/ComponentStatus",
  "v1/PartialObjectMetadata",
  "v1/PodStatusResult",
  "v1/RangeAllocation",
]);

/** Whether objects of the kind stay: requests such as a SubjectAccessReview do not. */
export function isKept({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string;
  readonly kind: string;
}): boolean {
  return !unkept.has(`${apiVersion.split("/")[0]}/${kind}`);
}

export function kindRowByResource(group: string, version: string, resource: string): KindRow | undefined {
  return byResource.get(`${apiVersionOf({ group, version })}/${resource}`);
}

/** Whether the table has a type for the row; a test holds this for all of them. */
export function hasType(entry: KindRow): boolean {
  return typeTable[entry.type] !== undefined;
}
