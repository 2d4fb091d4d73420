import { deepEqual } from "../../base/json.js";
import { checkDnsSubdomain } from "../../base/names.js";
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeSpec,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { validateLabelSelector } from "./labels.js";
import { validateNodeSelector } from "./scheduling.js";
import { isNegative, quantityOf } from "./values.js";
import { checkDriverName, validateHostPath, validateNfs } from "./volumes.js";

const accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

export function validateClaim(check: Checker, { spec }: PersistentVolumeClaim): void {
  validateClaimSpec(check.at("spec"), spec);
}

/** Source: Kubernetes `ValidatePersistentVolumeClaimSpec`. */
export function validateClaimSpec(check: Checker, spec: PersistentVolumeClaimSpec = {}): void {
  validateAccessModes(check.at("accessModes"), spec.accessModes);
  validateLabelSelector(check.at("selector"), spec.selector);
  const storage = (spec.resources?.requests as { storage?: unknown } | undefined)?.storage;
  if (storage === undefined) check.at("resources").index("storage").required();
  else validateSize(check.at("resources").index("storage"), storage);
  check.at("storageClassName").optionalName(spec.storageClassName, checkDnsSubdomain);
  check.at("volumeMode").oneOf(spec.volumeMode, ["Block", "Filesystem"]);
  check.at("volumeAttributesClassName").optionalName(spec.volumeAttributesClassName, checkDnsSubdomain);
  if (spec.dataSource !== undefined && isKnownSource(spec.dataSource) && !spec.dataSource.name)
    check.at("dataSource.name").required();
}

/** The server drops what is neither a claim nor a snapshot. */
function isKnownSource({ apiGroup = "", kind }: { apiGroup?: string; kind?: string }): boolean {
  return kind === "PersistentVolumeClaim"
    ? apiGroup === ""
    : kind === "VolumeSnapshot" && apiGroup === "snapshot.storage.k8s.io";
}

function validateAccessModes(check: Checker, modes: readonly string[] = []): void {
  if (modes.length === 0) check.required("at least 1 access mode is required");
  for (const mode of modes) check.oneOf(mode, accessModes);
  if (modes.includes("ReadWriteOncePod") && modes.length > 1)
    check.forbidden("may not use ReadWriteOncePod with other access modes");
}

function validateSize(check: Checker, size: unknown): void {
  if (isNegative(size) || quantityOf(size).nano === 0n)
    check.invalid(String(size), "must be greater than zero");
}

const vendorSources = [
  "awsElasticBlockStore",
  "azureDisk",
  "azureFile",
  "cephfs",
  "cinder",
  "csi",
  "fc",
  "flexVolume",
  "flocker",
  "gcePersistentDisk",
  "glusterfs",
  "hostPath",
  "iscsi",
  "local",
  "nfs",
  "photonPersistentDisk",
  "portworxVolume",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
  "vsphereVolume",
] as const;

export function validateVolume(check: Checker, { spec }: PersistentVolume): void {
  validateVolumeSpec(check.at("spec"), spec, false);
}

/** Source: Kubernetes `ValidatePersistentVolumeSpec`. One inside another object is of no size of its own. */
export function validateVolumeSpec(at: Checker, spec: PersistentVolumeSpec = {}, isInline: boolean): void {
  validateAccessModes(at.at("accessModes"), spec.accessModes);
  const capacity = Object.entries((spec.capacity ?? {}) as { readonly [name: string]: unknown });
  if (isInline) {
    const why = "may not be specified in the context of inline volumes";
    if (spec.claimRef !== undefined) at.at("claimRef").forbidden(why);
    if (capacity.length > 0) at.at("capacity").forbidden(why);
    if (spec.csi === undefined) at.at("csi").required("has to be specified in the context of inline volumes");
    if ((spec.persistentVolumeReclaimPolicy || "Retain") !== "Retain")
      at.at("persistentVolumeReclaimPolicy").forbidden("may only be Retain in the context of inline volumes");
    if ((spec.volumeMode ?? "Filesystem") !== "Filesystem")
      at.at("volumeMode").forbidden(
        "may not specify volumeMode other than Filesystem in the context of inline volumes",
      );
  } else if (capacity.length === 0) at.at("capacity").required();
  else if (capacity.length > 1 || capacity[0]?.[0] !== "storage")
    at.at("capacity").unsupported(spec.capacity, ["storage"]);
  for (const [name, size] of isInline ? [] : capacity) validateSize(at.at("capacity").index(name), size);
  const given = vendorSources.filter((name) => spec[name] !== undefined);
  if (given.length === 0) at.required("must specify a volume type");
  for (const extra of given.slice(1)) at.at(extra).forbidden("may not specify more than 1 volume type");
  if (spec.hostPath !== undefined) validateHostPath(at.at("hostPath"), spec.hostPath);
  if (spec.nfs !== undefined) validateNfs(at.at("nfs"), spec.nfs);
  if (spec.csi !== undefined) {
    at.at("csi.driver").requiredName(spec.csi.driver, checkDriverName);
    if (!spec.csi.volumeHandle) at.at("csi.volumeHandle").required();
  }
  if (spec.local !== undefined) {
    if (!spec.local.path) at.at("local.path").required();
    if (spec.nodeAffinity?.required === undefined)
      at.at("nodeAffinity").required("Local volume requires node affinity");
  }
  if (spec.nodeAffinity !== undefined) {
    const { required } = spec.nodeAffinity;
    if (required === undefined)
      at.at("nodeAffinity.required").required("must specify required node constraints");
    else validateNodeSelector(at.at("nodeAffinity.required"), required);
  }
  at.at("persistentVolumeReclaimPolicy").oneOf(spec.persistentVolumeReclaimPolicy || undefined, [
    "Delete",
    "Recycle",
    "Retain",
  ]);
  if (spec.hostPath?.path === "/" && spec.persistentVolumeReclaimPolicy === "Recycle")
    at.at("persistentVolumeReclaimPolicy").forbidden("may not be 'recycle' for a hostPath mount of '/'");
  at.at("storageClassName").optionalName(spec.storageClassName, checkDnsSubdomain);
  at.at("volumeMode").oneOf(spec.volumeMode, ["Block", "Filesystem"]);
}

/** Source: Kubernetes `ValidatePersistentVolumeClaimUpdate`: only a bound claim may grow, or be of another class of attributes. */
export function validateClaimUpdate(
  check: Checker,
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): void {
  const at = check.at("spec");
  const isBound = claim.status?.phase === "Bound" || old.status?.phase === "Bound";
  if (!deepEqual(fixedClaim(claim, old, isBound), fixedClaim(old, old, isBound)))
    at.forbidden(
      "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
    );
  const [size, before] = [claim, old].map((one) => quantityOf(storageOf(one)).nano);
  if (isBound && size !== undefined && before !== undefined && size < before)
    at.at("resources.requests.storage").forbidden("field can not be less than status.capacity");
}

function storageOf({ spec }: PersistentVolumeClaim): unknown {
  return (spec?.resources?.requests as { storage?: unknown } | undefined)?.storage ?? 0;
}

/** A volume is named once, and a class where there was none. */
function fixedClaim(
  { spec = {} }: PersistentVolumeClaim,
  { spec: old = {} }: PersistentVolumeClaim,
  isBound: boolean,
) {
  const { resources, storageClassName, volumeAttributesClassName, volumeName, ...fixed } = spec;
  const { requests = {}, ...amounts } = resources ?? {};
  const { storage, ...others } = requests as { readonly storage?: unknown };
  return {
    ...fixed,
    storageClassName: old.storageClassName === undefined ? undefined : storageClassName,
    volumeName: old.volumeName ? volumeName : undefined,
    resources: { ...amounts, requests: others },
    ...(isBound ? {} : { size: quantityOf(storage ?? 0).nano.toString(), volumeAttributesClassName }),
  };
}

/** Source: Kubernetes `ValidatePersistentVolumeUpdate`. */
export function validateVolumeUpdate(
  check: Checker,
  { spec }: PersistentVolume,
  { spec: old }: PersistentVolume,
): void {
  const at = check.at("spec");
  const source = (of: PersistentVolume["spec"] = {}) => vendorSources.map((name) => of[name]);
  if (!deepEqual(source(spec), source(old)))
    at.at("persistentvolumesource").forbidden("spec.persistentvolumesource is immutable after creation");
  at.at("volumeMode").unchanged(spec?.volumeMode, old?.volumeMode);
  if (old?.nodeAffinity !== undefined) at.at("nodeAffinity").unchanged(spec?.nodeAffinity, old.nodeAffinity);
  if (old?.volumeAttributesClassName !== undefined && spec?.volumeAttributesClassName === undefined)
    at.at("volumeAttributesClassName").forbidden("update from non-nil value to nil is forbidden");
}
