import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkEnvironmentName,
  checkPortName,
  checkPortNumber,
} from "../../base/names.js";
import { compareQuantities, parseQuantity } from "../../base/quantity.js";
import type { Container, EnvVar, PodSpec, Probe, Volume } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";

/** Source: Kubernetes `pkg/apis/core/validation/validation.go`; runs after defaulting. */
export function validatePodSpec(check: Checker, spec: PodSpec | undefined): void {
  if (spec === undefined) return check.required();
  const volumes = validateVolumes(check.at("volumes"), spec.volumes ?? []);
  const containers = spec.containers ?? [];
  if (containers.length === 0) check.at("containers").required();
  const names = new Set<string>();
  for (const [index, container] of containers.entries())
    validateContainer(check.at("containers").index(index), container, names, volumes);
  check.at("restartPolicy").oneOf(spec.restartPolicy, ["Always", "OnFailure", "Never"]);
  check.at("dnsPolicy").oneOf(spec.dnsPolicy, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    check
      .at("terminationGracePeriodSeconds")
      .invalid(spec.terminationGracePeriodSeconds, "must be greater than or equal to 0");
  if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1)
    check.at("activeDeadlineSeconds").invalid(spec.activeDeadlineSeconds, "must be greater than 0");
  if (spec.hostname !== undefined) check.at("hostname").name(spec.hostname, checkDnsLabel);
  if (spec.serviceAccountName)
    check.at("serviceAccountName").name(spec.serviceAccountName, checkDnsSubdomain);
  if (spec.nodeName) check.at("nodeName").name(spec.nodeName, checkDnsSubdomain);
}

function validateVolumes(check: Checker, volumes: readonly Volume[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = check.index(index);
    if (!volume.name) at.at("name").required();
    else at.at("name").name(volume.name, checkDnsLabel);
    if (names.has(volume.name)) at.at("name").duplicate(volume.name);
    names.add(volume.name);
    const { name, ...sources } = volume;
    const given = Object.keys(sources);
    if (given.length === 0) at.required("must specify a volume type");
    for (const extra of given.slice(1)) at.at(extra).forbidden("may not specify more than 1 volume type");
    if (volume.configMap !== undefined && !volume.configMap.name) at.at("configMap.name").required();
    if (volume.secret !== undefined && !volume.secret.secretName) at.at("secret.secretName").required();
    validateMode(at.at("configMap"), volume.configMap);
    validateMode(at.at("secret"), volume.secret);
    validateMode(at.at("projected"), volume.projected);
    validateMode(at.at("downwardAPI"), volume.downwardAPI);
    for (const [source, { items }] of [
      ["configMap", volume.configMap ?? {}],
      ["secret", volume.secret ?? {}],
    ] as const) {
      for (const [position, item] of (items ?? []).entries())
        validateRelativePath(at.at(`${source}.items`).index(position).at("path"), item.path);
    }
  }
  return names;
}

function validateMode(check: Checker, source: { defaultMode?: number } | undefined): void {
  const mode = source?.defaultMode;
  if (mode !== undefined && (mode < 0 || mode > 0o777))
    check.at("defaultMode").invalid(mode, "must be a number between 0 and 0777 (octal), both inclusive");
}

function validateRelativePath(check: Checker, path: string): void {
  if (!path) check.required();
  else if (path.startsWith("/")) check.invalid(path, "must be a relative path");
  else if (path.split("/").includes("..")) check.invalid(path, "must not contain '..'");
}

function validateContainer(
  check: Checker,
  container: Container,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): void {
  if (!container.name) check.at("name").required();
  else check.at("name").name(container.name, checkDnsLabel);
  if (names.has(container.name)) check.at("name").duplicate(container.name);
  names.add(container.name);
  if (!container.image) check.at("image").required();
  else if (container.image !== container.image.trim())
    check.at("image").invalid(container.image, "must not have leading or trailing whitespace");
  check.at("imagePullPolicy").oneOf(container.imagePullPolicy, ["Always", "IfNotPresent", "Never"]);
  check
    .at("terminationMessagePolicy")
    .oneOf(container.terminationMessagePolicy, ["File", "FallbackToLogsOnError"]);

  validatePorts(check.at("ports"), container);
  for (const [index, variable] of (container.env ?? []).entries())
    validateVariable(check.at("env").index(index), variable);
  for (const [index, source] of (container.envFrom ?? []).entries()) {
    if ((source.configMapRef === undefined) === (source.secretRef === undefined)) {
      check
        .at("envFrom")
        .index(index)
        .invalid("", "must specify exactly one of: `configMapRef` or `secretRef`");
    }
  }
  validateMounts(check.at("volumeMounts"), container, volumes);
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"] as const)
    validateProbe(check.at(probe), container[probe], container, probe);
  validateResources(check.at("resources"), container);
}

function validatePorts(check: Checker, container: Container): void {
  const names = new Set<string>();
  for (const [index, port] of (container.ports ?? []).entries()) {
    const at = check.index(index);
    const problem = checkPortNumber(port.containerPort);
    if (problem !== undefined) at.at("containerPort").invalid(port.containerPort, problem);
    if (port.hostPort !== undefined && port.hostPort !== 0) {
      const hostProblem = checkPortNumber(port.hostPort);
      if (hostProblem !== undefined) at.at("hostPort").invalid(port.hostPort, hostProblem);
    }
    at.at("protocol").oneOf(port.protocol, ["SCTP", "TCP", "UDP"]);
    if (!port.name) continue;
    at.at("name").name(port.name, checkPortName);
    if (names.has(port.name)) at.at("name").duplicate(port.name);
    names.add(port.name);
  }
}

function validateVariable(check: Checker, variable: EnvVar): void {
  if (!variable.name) check.at("name").required();
  else check.at("name").name(variable.name, checkEnvironmentName);
  if (variable.valueFrom === undefined) return;
  const sources = Object.keys(variable.valueFrom);
  if (sources.length === 0)
    check
      .at("valueFrom")
      .invalid(
        "",
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
      );
  else if (sources.length > 1)
    check.at("valueFrom").invalid("", "may not have more than one field specified at a time");
  else if (variable.value)
    check.at("valueFrom").invalid("", "may not be specified when `value` is not empty");
}

function validateMounts(check: Checker, container: Container, volumes: ReadonlySet<string>): void {
  const paths = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = check.index(index);
    if (!mount.name) at.at("name").required();
    else if (!volumes.has(mount.name)) at.at("name").notFound(mount.name);
    if (!mount.mountPath) at.at("mountPath").required();
    if (paths.has(mount.mountPath)) at.at("mountPath").invalid(mount.mountPath, "must be unique");
    paths.add(mount.mountPath);
    if (mount.subPath) validateRelativePath(at.at("subPath"), mount.subPath);
  }
}

function validateProbe(check: Checker, probe: Probe | undefined, container: Container, kind: string): void {
  if (probe === undefined) return;
  const handlers = (["exec", "httpGet", "tcpSocket", "grpc"] as const).filter(
    (handler) => probe[handler] !== undefined,
  );
  if (handlers.length === 0) check.required("must specify a handler type");
  for (const extra of handlers.slice(1))
    check.at(extra).forbidden("may not specify more than 1 handler type");
  if (probe.exec !== undefined && (probe.exec.command ?? []).length === 0)
    check.at("exec.command").required();
  for (const handler of ["httpGet", "tcpSocket"] as const) {
    const port = probe[handler]?.port;
    if (port !== undefined) validateProbePort(check.at(handler).at("port"), port, container);
  }
  for (const field of [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const) {
    if ((probe[field] ?? 0) < 0) check.at(field).invalid(probe[field], "must be greater than or equal to 0");
  }
  if (kind !== "readinessProbe" && (probe.successThreshold ?? 1) !== 1)
    check.at("successThreshold").invalid(probe.successThreshold, "must be 1");
}

function validateProbePort(check: Checker, port: number | string, container: Container): void {
  if (typeof port === "number") {
    const problem = checkPortNumber(port);
    if (problem !== undefined) check.invalid(port, problem);
  } else if (!(container.ports ?? []).some((candidate) => candidate.name === port)) {
    check.notFound(port);
  }
}

function validateResources(check: Checker, container: Container): void {
  const { limits = {}, requests = {} } = container.resources ?? {};
  for (const [kind, list] of [
    ["limits", limits],
    ["requests", requests],
  ] as const) {
    for (const [name, amount] of Object.entries(list)) {
      if (parseQuantity(String(amount)).nano < 0n)
        check.at(kind).index(name).invalid(String(amount), "must be greater than or equal to 0");
    }
  }
  for (const [name, amount] of Object.entries(requests)) {
    const limit = limits[name];
    if (
      limit !== undefined &&
      compareQuantities(parseQuantity(String(amount)), parseQuantity(String(limit))) > 0
    ) {
      check.at("requests").invalid(String(amount), `must be less than or equal to ${name} limit of ${limit}`);
    }
  }
}
