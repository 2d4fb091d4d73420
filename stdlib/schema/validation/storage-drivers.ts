import { deepEqual } from "../../base/json.js";
import { checkDnsSubdomain, checkQualifiedName } from "../../base/names.js";
import type {
  CSIDriver,
  CSINode,
  CSINodeDriver,
  CSIStorageCapacity,
  StorageClass,
  TokenRequest,
  VolumeAttachment,
  VolumeAttributesClass,
} from "../../kubernetes/generated/storage-v1.js";
import type { Checker } from "./checker.js";
import { validateLabelSelector } from "./labels.js";
import { validateVolumeSpec } from "./storage.js";
import { isNegative } from "./values.js";
import { checkDriverName } from "./volumes.js";

const mostParameters = 512;
const parameterBytes = 256 * 1024;

/** Source: Kubernetes `ValidateStorageClass`. */
export function validateStorageClass(check: Checker, storage: StorageClass): void {
  const { allowedTopologies, parameters, provisioner, reclaimPolicy, volumeBindingMode } = storage;
  validateProvisioner(check.at("provisioner"), provisioner);
  validateParameters(check.at("parameters"), parameters);
  check.at("reclaimPolicy").oneOf(reclaimPolicy || undefined, ["Delete", "Retain"]);
  check.at("volumeBindingMode").oneOf(volumeBindingMode, ["Immediate", "WaitForFirstConsumer"]);
  validateTopologies(check.at("allowedTopologies"), allowedTopologies);
}

function validateProvisioner(check: Checker, name: string | undefined): void {
  check.requiredName(name?.toLowerCase(), checkQualifiedName);
}

function validateParameters(check: Checker, parameters: { readonly [name: string]: string } = {}): void {
  const entries = Object.entries(parameters);
  if (!check.atMost(entries, mostParameters)) return;
  if (Object.hasOwn(parameters, "")) check.invalid("", "field can not be empty.");
  const size = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (size > parameterBytes) check.invalid("", `must have at most ${parameterBytes} bytes`);
}

function validateTopologies(check: Checker, terms: StorageClass["allowedTopologies"] = []): void {
  const earlier: { readonly [key: string]: readonly string[] }[] = [];
  for (const [index, { matchLabelExpressions = [] }] of terms.entries()) {
    const at = check.index(index).at("matchLabelExpressions");
    if (matchLabelExpressions.length === 0) at.required("must have at least one expression");
    const term: { [key: string]: readonly string[] } = {};
    for (const [position, { key = "", values = [] }] of matchLabelExpressions.entries()) {
      const one = at.index(position);
      one.at("key").name(key, checkQualifiedName);
      if (Object.hasOwn(term, key)) one.at("key").duplicate(key);
      if (values.length === 0) one.at("values").required();
      for (const [place, value] of values.entries())
        if (values.indexOf(value) !== place) one.at("values").index(place).duplicate(value);
      term[key] = [...new Set(values)].sort();
    }
    if (earlier.some((one) => deepEqual(one, term))) at.duplicate("");
    earlier.push(term);
  }
}

/** Source: Kubernetes `ValidateStorageClassUpdate`. */
export function validateStorageClassUpdate(check: Checker, storage: StorageClass, old: StorageClass): void {
  for (const field of ["parameters", "provisioner", "reclaimPolicy"] as const)
    if (!deepEqual(storage[field], old[field]))
      check.at(field).forbidden(`updates to ${field} are forbidden.`);
  check.at("volumeBindingMode").unchanged(storage.volumeBindingMode, old.volumeBindingMode);
}

/** Source: Kubernetes `ValidateVolumeAttributesClass`. */
export function validateAttributesClass(
  check: Checker,
  { driverName, parameters }: VolumeAttributesClass,
): void {
  validateProvisioner(check.at("driverName"), driverName);
  validateParameters(check.at("parameters"), parameters);
  if (Object.keys(parameters ?? {}).length === 0)
    check.at("parameters").required("must contain at least one key/value pair");
}

const leastPeriodSeconds = 10;

/** Source: Kubernetes `ValidateCSIDriver`. */
export function validateDriver(check: Checker, { spec }: CSIDriver): void {
  const at = check.at("spec");
  const { fsGroupPolicy, nodeAllocatableUpdatePeriodSeconds: period, tokenRequests = [] } = spec ?? {};
  at.at("fsGroupPolicy").oneOf(fsGroupPolicy, ["File", "None", "ReadWriteOnceWithFSType"]);
  validateTokens(at.at("tokenRequests"), tokenRequests);
  for (const mode of spec?.volumeLifecycleModes ?? [])
    at.at("volumeLifecycleModes").oneOf(mode, ["Ephemeral", "Persistent"]);
  if (period !== undefined && period < leastPeriodSeconds)
    at.at("nodeAllocatableUpdatePeriodSeconds").invalid(
      period,
      "must be greater than or equal to 10 seconds",
    );
  if (spec?.serviceAccountTokenInSecrets !== undefined && tokenRequests.length === 0)
    at.at("serviceAccountTokenInSecrets").invalid(
      spec.serviceAccountTokenInSecrets,
      "serviceAccountTokenInSecrets is set but no tokenRequests are specified",
    );
}

function validateTokens(check: Checker, requests: readonly TokenRequest[]): void {
  const audiences = requests.map(({ audience = "" }) => audience);
  for (const [index, { expirationSeconds }] of requests.entries()) {
    const at = check.index(index);
    const audience = audiences[index] ?? "";
    if (audiences.indexOf(audience) !== index) at.at("audience").duplicate(audience);
    else if (expirationSeconds !== undefined && expirationSeconds < 600)
      at.at("expirationSeconds").invalid(
        expirationSeconds,
        "may not specify a duration less than 10 minutes",
      );
    else if (expirationSeconds !== undefined && expirationSeconds > 2 ** 32)
      at.at("expirationSeconds").invalid(
        expirationSeconds,
        "may not specify a duration larger than 2^32 seconds",
      );
  }
}

/** Source: Kubernetes `ValidateCSINode`. */
export function validateDriverNode(check: Checker, { spec }: CSINode): void {
  const drivers = spec?.drivers ?? [];
  const names = drivers.map(({ name }) => name);
  for (const [index, driver] of drivers.entries()) {
    const at = check.at("spec.drivers").index(index);
    validateNodeDriver(at, driver);
    if (names.indexOf(driver.name) !== index) at.at("name").duplicate(driver.name);
  }
}

const longestNodeId = 256;

function validateNodeDriver(check: Checker, driver: CSINodeDriver): void {
  const { allocatable, name, nodeID = "", topologyKeys = [] } = driver;
  check.at("name").requiredName(name, checkDriverName);
  if (nodeID === "") check.at("nodeID").required();
  if (nodeID.length > longestNodeId)
    check.at("nodeID").invalid(nodeID, `must be ${longestNodeId} characters or less`);
  check.at("allocatable.count").nonNegative(allocatable?.count);
  for (const [index, key] of topologyKeys.entries()) {
    if (topologyKeys.indexOf(key) !== index) check.duplicate(key);
    check.requiredName(key, checkQualifiedName);
  }
}

/** Source: Kubernetes `ValidateVolumeAttachment`. */
export function validateAttachment(check: Checker, { spec }: VolumeAttachment): void {
  const at = check.at("spec");
  const { attacher, nodeName, source } = spec ?? {};
  at.at("attacher").requiredName(attacher, checkDriverName);
  at.at("nodeName").name(nodeName ?? "", checkDnsSubdomain);
  const { inlineVolumeSpec, persistentVolumeName } = source ?? {};
  if ((inlineVolumeSpec === undefined) === (persistentVolumeName === undefined))
    at.at("source").required("must specify exactly one of inlineVolumeSpec and persistentVolumeName");
  else if (persistentVolumeName !== undefined)
    at.at("source.persistentVolumeName").requiredName(
      persistentVolumeName,
      checkDnsSubdomain,
      "must specify non empty persistentVolumeName",
    );
  else validateVolumeSpec(at.at("source.inlineVolumeSpec"), inlineVolumeSpec, true);
}

/** Source: Kubernetes `ValidateCSIStorageCapacity`. */
export function validateCapacity(check: Checker, capacity: CSIStorageCapacity): void {
  validateLabelSelector(check.at("nodeTopology"), capacity.nodeTopology);
  check.at("storageClassName").name(capacity.storageClassName ?? "", checkDnsSubdomain);
  if (capacity.capacity !== undefined && isNegative(capacity.capacity))
    check.at("capacity").invalid(String(capacity.capacity), "must be greater than or equal to 0");
}
