import { isDeepStrictEqual } from "node:util";
import { setMember } from "../../stdlib/base/json.js";
import { isReservedKey } from "../../stdlib/schema/bundle.js";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { computedDefaults } from "../../stdlib/schema/defaults/computed.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { FieldType } from "../../stdlib/schema/table.js";
import { isRecord } from "./objects.js";
import { readYaml } from "./read-yaml.js";

/** What the API server writes into an object's metadata. */
const serverMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];

/** Annotations and labels that controllers and tools keep their own notes in. */
const notes = new Set([
  "autoscaling.alpha.kubernetes.io/conditions",
  "autoscaling.alpha.kubernetes.io/current-metrics",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-name",
  "control-plane.alpha.kubernetes.io/leader",
  "controller-uid",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deployment.kubernetes.io/revision",
  "deprecated.daemonset.template.generation",
  "endpoints.kubernetes.io/last-change-trigger-time",
  "job-name",
  "kubectl.kubernetes.io/last-applied-configuration",
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "pv.kubernetes.io/migrated-to",
  "volume.beta.kubernetes.io/storage-provisioner",
  "volume.kubernetes.io/selected-node",
  "volume.kubernetes.io/storage-provisioner",
  "volume.kubernetes.io/storage-resizer",
]);

/** Objects that every cluster or namespace has by itself. */
const everywhere = new Set([
  "v1/ConfigMap/kube-root-ca.crt",
  "v1/Service/kubernetes",
  "v1/ServiceAccount/default",
  "v1/Endpoints/kubernetes",
  "v1/Namespace/default",
  "v1/Namespace/kube-node-lease",
  "v1/Namespace/kube-public",
  "v1/Namespace/kube-system",
  "scheduling.k8s.io/v1/PriorityClass/system-cluster-critical",
  "scheduling.k8s.io/v1/PriorityClass/system-node-critical",
]);

/** Labels and annotations of what the cluster's own parts make and keep as it is, with who that is. */
const makers: { readonly [note: string]: string } = {
  "apf.kubernetes.io/autoupdate-spec": "every cluster has it",
  "endpointslice.kubernetes.io/managed-by": "a controller makes it",
  "endpoints.kubernetes.io/last-change-trigger-time": "a controller makes it",
  "endpoints.kubernetes.io/managed-by": "a controller makes it",
  "kubernetes.io/bootstrapping": "every cluster has it",
  "pv.kubernetes.io/provisioned-by": "it is made for its claim",
};

/** Types of Secrets that nobody writes. */
const madeSecrets: { readonly [type: string]: string } = {
  "bootstrap.kubernetes.io/token": "a node joins the cluster with it",
  "helm.sh/release.v1": "Helm keeps its notes in it",
  "kubernetes.io/service-account-token": "a controller makes it",
};

/** Kinds that are only ever made by a controller, or that report what happened. */
const reports = new Set(["Event", "EndpointSlice", "ControllerRevision", "Lease", "CSINode"]);

/** Whether the object was read from an API server: then it says more than anybody wrote. */
export function isLive({ metadata }: KubeObject): boolean {
  return typeof metadata.uid === "string" || typeof metadata.resourceVersion === "string";
}

/** Why a live object is nothing that a person described; undefined when it may be. */
export function madeBy(object: KubeObject): string | undefined {
  if (!isLive(object)) return undefined;
  const owner = (object.metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  if (owner !== undefined) return `${owner.kind} "${owner.name}" makes it`;
  if (everywhere.has(`${object.apiVersion}/${object.kind}/${object.metadata.name}`))
    return "every cluster has it";
  const { annotations = {}, labels = {} } = object.metadata;
  for (const [note, why] of Object.entries(makers))
    if (Object.hasOwn(labels, note) || Object.hasOwn(annotations, note)) return why;
  if (reports.has(object.kind)) return "a controller makes it";
  const { type } = object as { type?: unknown };
  return object.kind === "Secret" && typeof type === "string" ? madeSecrets[type] : undefined;
}

/**
 * The object as somebody may have written it. From every object the server's own notes go, and its status; from a live
 * one also what a controller has decided, and everything that the server fills in by itself when it is not said.
 */
export function cleaned(object: KubeObject): KubeObject {
  const { status, ...rest } = object as KubeObject & { status?: unknown };
  const live = isLive(object);
  const row = kindRowOf(object);
  const own = (live || (row?.subresources.includes("status") ?? false) ? rest : object) as KubeObject;
  const copy = structuredClone(own) as KubeObject & { spec?: unknown };
  const isBound = copy.metadata.annotations?.["pv.kubernetes.io/bound-by-controller"] !== undefined;
  cleanMetadata(copy);
  if (row?.namespaced === false) delete copy.metadata.namespace; // the server takes it away without a word
  for (const template of templatesOf(copy.spec)) cleanMetadata(template);
  const said = row === undefined ? copy : (withoutNulls(copy, { ref: row.type }) as typeof copy);
  sayLabels(said);
  if (!live) return said;
  const applied = appliedObject(object);
  cleanDecisions(said, isRecord(applied) && isRecord(applied["spec"]) ? applied["spec"] : {}, isBound);
  if (said.kind === "Service") cleanNodePorts(said, applied);
  return row === undefined ? said : withoutDefaults(said);
}

/** Labels that the server takes from the pods where there are none: the stack's own label would keep it from that. */
function sayLabels({ kind, metadata, spec }: KubeObject & { spec?: unknown }): void {
  if (!["Job", "ReplicationController"].includes(kind) || Object.keys(metadata.labels ?? {}).length > 0)
    return;
  const template = isRecord(spec) && isRecord(spec["template"]) ? spec["template"]["metadata"] : undefined;
  const labels = isRecord(template) ? template["labels"] : undefined;
  if (isRecord(labels)) metadata.labels = { ...labels } as { [name: string]: string };
}

/** To the API a member that is null is one that is not there, but where any JSON may stand. */
function withoutNulls(value: unknown, type: FieldType | undefined): unknown {
  if (type === undefined || "scalar" in type) return value;
  if (Array.isArray(value))
    return "list" in type ? value.map((item) => withoutNulls(item, type.list)) : value;
  if (!isRecord(value) || "list" in type) return value;
  const fields = "ref" in type ? typeTable[type.ref]?.fields : undefined;
  const result: { [name: string]: unknown } = {};
  for (const [name, member] of Object.entries(value)) {
    const inner = "map" in type ? type.map : fields?.[name]?.type;
    if (member !== null || "map" in type || inner === undefined)
      setMember(result, name, withoutNulls(member, inner));
  }
  return result;
}

/** Of the object itself, or of a template of pods or Jobs in it. */
function cleanMetadata(object: { metadata?: unknown }): void {
  const { metadata } = object;
  if (!isRecord(metadata)) return;
  for (const name of serverMetadata) delete metadata[name];
  for (const name of ["annotations", "labels"]) {
    const map = metadata[name];
    if (!isRecord(map)) continue;
    for (const note of Object.keys(map)) if (notes.has(note) || isReservedKey(note)) delete map[note];
    if (Object.keys(map).length === 0) delete metadata[name];
  }
}

function templatesOf(spec: unknown): readonly { metadata?: unknown }[] {
  if (!isRecord(spec)) return [];
  const claims = Array.isArray(spec["volumeClaimTemplates"]) ? spec["volumeClaimTemplates"] : [];
  for (const claim of claims.filter(isRecord)) for (const name of ["apiVersion", "kind"]) delete claim[name];
  const inner = [spec["template"], spec["jobTemplate"], ...claims];
  return inner.filter(isRecord).flatMap((template) => {
    delete template["status"];
    return [template, ...templatesOf(template["spec"])];
  });
}

/** Fields that a controller fills in after the object was made, unless somebody has. */
const decisions: { readonly [kind: string]: readonly string[] } = {
  Service: ["clusterIP", "clusterIPs", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy"],
  Namespace: ["finalizers"],
  Node: ["podCIDR", "podCIDRs", "providerID"],
  Pod: ["nodeName", "preemptionPolicy", "priority"],
  Job: ["podReplacementPolicy"],
};

/**
 * @param applied - spec that somebody gave to `kubectl apply`: what it says was no decision of a controller.
 * @param isBound - whether a controller has chosen what a claim or volume is bound to.
 */
function cleanDecisions(
  object: KubeObject & { spec?: unknown; secrets?: unknown },
  applied: { readonly [name: string]: unknown },
  isBound: boolean,
): void {
  const { kind, metadata, spec } = object;
  delete (metadata as { ownerReferences?: unknown }).ownerReferences;
  delete (metadata as { finalizers?: unknown }).finalizers;
  if (kind === "Namespace" && isRecord(metadata.labels)) {
    delete metadata.labels["kubernetes.io/metadata.name"];
    if (Object.keys(metadata.labels).length === 0) delete (metadata as { labels?: unknown }).labels;
  }
  if (kind === "ServiceAccount") cleanTokens(object);
  if (!isRecord(spec)) return;
  for (const field of decisions[kind] ?? []) {
    const stays =
      field === "clusterIP" ? spec[field] === "None" : field.startsWith("ipFamil") && isDualStack(spec);
    if (!stays && !Object.hasOwn(applied, field)) delete spec[field];
  }
  if (kind === "PersistentVolumeClaim" && isBound) delete spec["volumeName"];
  if (kind === "PersistentVolume") cleanClaim(spec, isBound);
  if (kind === "Job" && spec["manualSelector"] !== true)
    for (const field of ["manualSelector", "selector"]) delete spec[field];
  if (kind === "Pod") cleanPod(spec);
  for (const one of [object, ...templatesOf(spec)]) {
    const pod = (one as { spec?: unknown }).spec;
    if (isRecord(pod) && pod["serviceAccount"] === pod["serviceAccountName"]) delete pod["serviceAccount"]; // its older name
  }
  if (Object.keys(spec).length === 0) delete object.spec;
}

/** Which is never so without being asked for. */
function isDualStack(spec: { readonly [name: string]: unknown }): boolean {
  return ["PreferDualStack", "RequireDualStack"].includes(String(spec["ipFamilyPolicy"]));
}

/** Who a volume is for, when somebody has said it, and not which one of that name it was. */
function cleanClaim(spec: { [name: string]: unknown }, isBound: boolean): void {
  const claim = spec["claimRef"];
  if (isBound) delete spec["claimRef"];
  else if (isRecord(claim))
    for (const name of ["apiVersion", "kind", "resourceVersion", "uid"]) delete claim[name];
}

/** Tokens that clusters before 1.24 made for each account. */
function cleanTokens(account: KubeObject & { secrets?: unknown }): void {
  const { metadata, secrets } = account;
  if (!Array.isArray(secrets)) return;
  const isToken = (item: unknown) =>
    isRecord(item) &&
    new RegExp(`^${metadata.name}-(token|dockercfg)-[a-z0-9]{5}$`).test(String(item["name"]));
  const left = secrets.filter((item) => !isToken(item));
  if (left.length === 0) delete account.secrets;
  else account.secrets = left;
}

/**
 * Node ports that the cluster chose: kubectl has noted what a person applied, and that names none. Without the note
 * nobody can tell, and they stay: somebody may connect to them.
 */
function cleanNodePorts(object: KubeObject, applied: unknown): void {
  const portsOf = (service: unknown): readonly unknown[] => {
    const spec = isRecord(service) ? service["spec"] : undefined;
    return isRecord(spec) && Array.isArray(spec["ports"]) ? spec["ports"] : [];
  };
  const written = portsOf(applied);
  if (written.length === 0 || written.some((port) => isRecord(port) && Object.hasOwn(port, "nodePort")))
    return;
  for (const port of portsOf(object)) if (isRecord(port)) delete port["nodePort"];
}

/** What `kubectl apply` noted that it was given; undefined when it noted nothing that can be read. */
function appliedObject({ metadata }: KubeObject): unknown {
  const note: unknown = metadata.annotations?.["kubectl.kubernetes.io/last-applied-configuration"];
  return typeof note === "string" ? readYaml(note).documents[0]?.data : undefined;
}

/** What admission adds to every pod: its account's token, and patience with nodes that have just gone. */
function cleanPod(spec: { [name: string]: unknown }): void {
  const isToken = (item: unknown) => isRecord(item) && /^kube-api-access-/.test(String(item["name"]));
  const keep = (owner: { [name: string]: unknown }, name: string, drop: (item: unknown) => boolean) => {
    const list = owner[name];
    if (!Array.isArray(list)) return;
    const left = list.filter((item) => !drop(item));
    if (left.length === 0) delete owner[name];
    else owner[name] = left;
  };
  keep(spec, "volumes", isToken);
  for (const list of [spec["containers"], spec["initContainers"]])
    for (const container of Array.isArray(list) ? list : [])
      if (isRecord(container)) keep(container, "volumeMounts", isToken);
  keep(
    spec,
    "tolerations",
    (item) =>
      isRecord(item) &&
      ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].includes(String(item["key"])) &&
      item["tolerationSeconds"] === 300,
  );
  if (spec["serviceAccountName"] === "default")
    for (const name of ["serviceAccountName", "serviceAccount"]) delete spec[name];
}

/** Without every member that the server would fill in just so: each is left out and the defaults are asked again. */
function withoutDefaults(object: KubeObject): KubeObject {
  const row = kindRowOf(object);
  if (row === undefined) return object;
  const meant = () => {
    const { object: decoded, problems } = decodeObject(row, object);
    return problems.length > 0 ? undefined : applyDefaults(row, decoded);
  };
  const whole = meant();
  if (whole === undefined) return object;
  const isComputed = computedDefaults[row.type] !== undefined;
  const walk = (value: unknown, type: FieldType | undefined): void => {
    if (!isComputed && !hasDefaults(type)) return;
    if (Array.isArray(value))
      for (const item of value) walk(item, type !== undefined && "list" in type ? type.list : undefined);
    if (!isRecord(value)) return;
    for (const [name, member] of Object.entries(value)) {
      delete value[name];
      if (isDeepStrictEqual(meant(), whole)) continue;
      setMember(value, name, member);
      walk(member, memberType(type, name));
    }
  };
  walk((object as { spec?: unknown }).spec, memberType({ ref: row.type }, "spec"));
  return object;
}

function memberType(type: FieldType | undefined, name: string): FieldType | undefined {
  if (type === undefined) return undefined;
  if ("map" in type) return type.map;
  const fields = "ref" in type ? typeTable[type.ref]?.fields : undefined;
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
}

/** Whether a value of the type has a default somewhere in it: a schema in a CustomResourceDefinition is large and has none. */
function hasDefaults(type: FieldType | undefined, seen = new Set<string>()): boolean {
  if (type === undefined || "scalar" in type) return false;
  if ("list" in type) return hasDefaults(type.list, seen);
  if ("map" in type) return hasDefaults(type.map, seen);
  if (seen.has(type.ref)) return false;
  seen.add(type.ref);
  return Object.values(typeTable[type.ref]?.fields ?? {}).some(
    (field) => field.default !== undefined || hasDefaults(field.type, seen),
  );
}
