import {
  checkConfigKey,
  checkDnsLabel,
  checkDnsSubdomain,
  checkEnvironmentName,
  checkPortName,
  checkPortNumber,
} from "../../base/names.js";
import type {
  Container,
  EnvVar,
  ObjectFieldSelector,
  PodSpec,
  ResourceFieldSelector,
  Volume,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { probeNames, validateLifecycle, validateProbe } from "./probe.js";
import { validateResources } from "./resources.js";
import { validateContainerSecurity } from "./security.js";
import { validateDescendingPath, validateNoBacksteps } from "./values.js";

export type Volumes = ReadonlyMap<string, Volume>;

/** Containers of a pod and those that run before. Source: Kubernetes `validateContainers`, `validateInitContainers`. */
export function validateContainers(check: Checker, spec: PodSpec, volumes: Volumes): void {
  const containers = spec.containers ?? [];
  if (containers.length === 0) check.at("containers").required();
  const names = new Set<string>();
  const claims = new Set((spec.resourceClaims ?? []).map(({ name }) => name));
  const each = (at: Checker, container: Container) => {
    validateContainer(at, container, { claims, spec, volumes });
    if (names.has(container.name)) at.at("name").duplicate(container.name);
    names.add(container.name);
  };
  for (const [index, container] of containers.entries()) {
    const at = check.at("containers").index(index);
    each(at, container);
    at.at("restartPolicy").oneOf(container.restartPolicy, ["Always", "OnFailure", "Never"]);
    validateRestartRules(at, container);
    validateServing(at, container, spec);
  }
  validateHostPorts(check.at("containers"), containers);
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const at = check.at("initContainers").index(index);
    each(at, container);
    at.at("restartPolicy").oneOf(container.restartPolicy, ["Always", "OnFailure", "Never"]);
    validateRestartRules(at, container);
    validateHostPorts(check.at("initContainers"), [container]);
    if (container.restartPolicy === "Always") validateServing(at, container, spec);
    else
      for (const field of ["lifecycle", ...probeNames] as const)
        if (container[field] !== undefined)
          at.at(field).forbidden("may not be set for init containers without restartPolicy=Always");
  }
}

function validateServing(check: Checker, container: Container, spec: PodSpec): void {
  validateLifecycle(check.at("lifecycle"), container.lifecycle, spec);
  for (const probe of probeNames) validateProbe(check.at(probe), container[probe], probe);
}

function validateRestartRules(check: Checker, { restartPolicy, restartPolicyRules = [] }: Container): void {
  const at = check.at("restartPolicyRules");
  if (restartPolicyRules.length === 0) return;
  if (restartPolicy === undefined)
    check.at("restartPolicy").required("must specify restartPolicy when restart rules are used");
  for (const [index, { action, exitCodes }] of restartPolicyRules.entries()) {
    at.index(index).at("action").requiredOneOf(action, ["Restart", "RestartAllContainers"]);
    if (exitCodes === undefined) at.index(index).at("exitCodes").required("must be specified");
    else {
      at.index(index).at("exitCodes.operator").requiredOneOf(exitCodes.operator, ["In", "NotIn"]);
    }
  }
}

interface Around {
  readonly claims: ReadonlySet<string>;
  readonly spec: PodSpec;
  readonly volumes: Volumes;
}

function validateContainer(check: Checker, container: Container, { claims, spec, volumes }: Around): void {
  check.at("name").requiredName(container.name, checkDnsLabel);
  if (!container.image) check.at("image").required();
  else if (container.image !== container.image.trim())
    check.at("image").invalid(container.image, "must not have leading or trailing whitespace");
  check.at("imagePullPolicy").oneOf(container.imagePullPolicy, ["Always", "IfNotPresent", "Never"]);
  check
    .at("terminationMessagePolicy")
    .oneOf(container.terminationMessagePolicy, ["File", "FallbackToLogsOnError"]);
  validatePorts(check.at("ports"), container, spec);
  for (const [index, variable] of (container.env ?? []).entries())
    validateVariable(check.at("env").index(index), variable, volumes);
  validateEnvFrom(check.at("envFrom"), container);
  validateMounts(check.at("volumeMounts"), container, volumes);
  validateDevices(check.at("volumeDevices"), container, volumes);
  validateResources(check.at("resources"), container.resources, claims);
  for (const [index, { resourceName, restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    const at = check.at("resizePolicy").index(index);
    at.at("resourceName").requiredOneOf(resourceName, ["cpu", "memory"]);
    at.at("restartPolicy").requiredOneOf(restartPolicy, ["NotRequired", "RestartContainer"]);
    if (container.resizePolicy?.findIndex((one) => one.resourceName === resourceName) !== index)
      at.duplicate(resourceName);
  }
  validateContainerSecurity(check.at("securityContext"), container.securityContext, spec);
}

function validatePorts(check: Checker, container: Container, spec: PodSpec): void {
  const names = new Set<string>();
  for (const [index, port] of (container.ports ?? []).entries()) {
    const at = check.index(index);
    if (!port.containerPort) at.at("containerPort").required();
    else {
      const problem = checkPortNumber(port.containerPort);
      if (problem !== undefined) at.at("containerPort").invalid(port.containerPort, problem);
    }
    if (port.hostPort) {
      const problem = checkPortNumber(port.hostPort);
      if (problem !== undefined) at.at("hostPort").invalid(port.hostPort, problem);
    }
    if (spec.hostNetwork === true && port.hostPort !== port.containerPort)
      at.at("hostPort").invalid(port.hostPort, "must match `containerPort` when `hostNetwork` is true");
    at.at("protocol").oneOf(port.protocol, ["SCTP", "TCP", "UDP"]);
    if (!port.name) continue;
    at.at("name").name(port.name, checkPortName);
    if (names.has(port.name)) at.at("name").duplicate(port.name);
    names.add(port.name);
  }
}

/** Two containers of a pod cannot take the same port of the node. */
function validateHostPorts(check: Checker, containers: readonly Container[]): void {
  const taken = new Set<string>();
  for (const [index, { ports = [] }] of containers.entries())
    for (const [position, { hostIP = "", hostPort, protocol }] of ports.entries()) {
      if (!hostPort) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) check.index(index).at("ports").index(position).at("hostPort").duplicate(key);
      taken.add(key);
    }
}

const variableSources =
  "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";

function validateVariable(check: Checker, variable: EnvVar, volumes: Volumes): void {
  check.at("name").requiredName(variable.name, checkEnvironmentName);
  const at = check.at("valueFrom");
  const { value, valueFrom } = variable;
  if (valueFrom === undefined) return;
  const sources = Object.keys(valueFrom);
  if (sources.length === 0) at.invalid("", variableSources);
  else if (sources.length > 1) at.invalid("", "may not have more than one field specified at a time");
  else if (value) at.invalid("", "may not be specified when `value` is not empty");
  if (valueFrom.fieldRef !== undefined)
    validateFieldRef(at.at("fieldRef"), valueFrom.fieldRef, variableFields);
  if (valueFrom.resourceFieldRef !== undefined)
    validateResourceField(at.at("resourceFieldRef"), valueFrom.resourceFieldRef, false);
  for (const source of ["configMapKeyRef", "secretKeyRef"] as const) {
    const reference = valueFrom[source];
    if (reference === undefined) continue;
    at.at(source).at("name").requiredName(reference.name, checkDnsSubdomain);
    at.at(source).at("key").requiredName(reference.key, checkConfigKey);
  }
  const { fileKeyRef } = valueFrom;
  if (fileKeyRef === undefined) return;
  at.at("fileKeyRef.key").requiredName(fileKeyRef.key, checkEnvironmentName);
  if (!fileKeyRef.volumeName) at.at("fileKeyRef.volumeName").required();
  else if (volumes.get(fileKeyRef.volumeName)?.emptyDir === undefined)
    at.at("fileKeyRef.volumeName").notFound(fileKeyRef.volumeName);
  if (!fileKeyRef.path) at.at("fileKeyRef.path").required();
  else validateDescendingPath(at.at("fileKeyRef.path"), fileKeyRef.path);
}

/** What a variable can tell of its pod. */
const variableFields = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
/** What a file can tell of its pod. */
export const fileFields = [
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
];

export function validateFieldRef(
  check: Checker,
  { apiVersion, fieldPath }: ObjectFieldSelector,
  known: readonly string[],
): void {
  if (apiVersion !== "v1") check.at("apiVersion").invalid(apiVersion ?? "", "unknown version");
  else if (!fieldPath) check.at("fieldPath").required();
  else if (!known.includes(fieldPath) && !/^metadata\.(labels|annotations)\['.+'\]$/.test(fieldPath))
    check.at("fieldPath").unsupported(fieldPath, known);
}

const containerResources = ["cpu", "ephemeral-storage", "memory"].flatMap((name) => [
  `limits.${name}`,
  `requests.${name}`,
]);

/** @param isFile - a file has to name its container, a variable has one. */
export function validateResourceField(
  check: Checker,
  { containerName, divisor, resource }: ResourceFieldSelector,
  isFile: boolean,
): void {
  if (isFile && !containerName) check.at("containerName").required();
  else if (!resource) check.at("resource").required();
  else if (!containerResources.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
    check.at("resource").unsupported(resource, containerResources);
  else if (divisor !== undefined && !divisorsOf(resource).includes(String(divisor)))
    check
      .at("divisor")
      .invalid(
        "0",
        `only divisor's values ${divisorsOf(resource).join(", ")} are supported with the ${resource.split(".")[1]} resource`,
      );
}

function divisorsOf(resource: string): readonly string[] {
  return resource.endsWith(".cpu")
    ? ["0", "1m", "1"]
    : ["0", "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
}

function validateEnvFrom(check: Checker, container: Container): void {
  for (const [index, source] of (container.envFrom ?? []).entries()) {
    const at = check.index(index);
    at.at("prefix").optionalName(source.prefix, checkEnvironmentName);
    const given = (["configMapRef", "secretRef"] as const).filter((name) => source[name] !== undefined);
    for (const name of given) at.at(name).at("name").requiredName(source[name]?.name, checkDnsSubdomain);
    if (given.length === 0) at.invalid("", "must specify one of: `configMapRef` or `secretRef`");
    if (given.length > 1) at.invalid("", "may not have more than one field specified at a time");
  }
}

function validateMounts(check: Checker, container: Container, volumes: Volumes): void {
  const paths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = check.index(index);
    if (!mount.name) at.at("name").required();
    else if (!volumes.has(mount.name)) at.at("name").notFound(mount.name);
    if (!mount.mountPath) at.at("mountPath").required();
    if (paths.has(mount.mountPath)) at.at("mountPath").invalid(mount.mountPath, "must be unique");
    paths.add(mount.mountPath);
    if (devices.some(({ name }) => name === mount.name))
      at.at("name").invalid(mount.name, "must not already exist in volumeDevices");
    if (devices.some(({ devicePath }) => devicePath === mount.mountPath))
      at.at("mountPath").invalid(mount.mountPath, "must not already exist as a path in volumeDevices");
    if (mount.subPath) validateDescendingPath(at.at("subPath"), mount.subPath);
    if (mount.subPathExpr) {
      if (mount.subPath)
        at.at("subPathExpr").invalid(mount.subPathExpr, "subPathExpr and subPath are mutually exclusive");
      validateDescendingPath(at.at("subPathExpr"), mount.subPathExpr);
    }
    at.at("mountPropagation").oneOf(mount.mountPropagation, ["Bidirectional", "HostToContainer", "None"]);
    if (mount.mountPropagation === "Bidirectional" && container.securityContext?.privileged !== true)
      at.at("mountPropagation").forbidden(
        "Bidirectional mount propagation is available only to privileged containers",
      );
    validateRecursive(at.at("recursiveReadOnly"), mount);
  }
}

function validateRecursive(
  check: Checker,
  {
    mountPropagation,
    readOnly,
    recursiveReadOnly,
  }: { readOnly?: boolean; recursiveReadOnly?: string; mountPropagation?: string },
): void {
  if (recursiveReadOnly === undefined) return;
  check.oneOf(recursiveReadOnly, ["Disabled", "Enabled", "IfPossible"]);
  if (recursiveReadOnly === "Disabled") return;
  if (readOnly !== true) check.forbidden("may only be specified when readOnly is true");
  if (mountPropagation !== undefined && mountPropagation !== "None")
    check.forbidden("may only be specified when mountPropagation is None or not specified");
}

function validateDevices(check: Checker, container: Container, volumes: Volumes): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [index, { devicePath, name }] of (container.volumeDevices ?? []).entries()) {
    const at = check.index(index);
    if (!name) at.at("name").required();
    if (names.has(name)) at.at("name").invalid(name, "must be unique");
    const volume = volumes.get(name);
    if (volume === undefined) at.at("name").notFound(name);
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined)
      at.at("name").invalid(
        name,
        "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
      );
    if (!devicePath) at.at("devicePath").required();
    else validateNoBacksteps(at.at("devicePath"), devicePath);
    if (paths.has(devicePath)) at.at("devicePath").invalid(devicePath, "must be unique");
    names.add(name);
    paths.add(devicePath);
  }
}
