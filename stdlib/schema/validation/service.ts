import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkPortName,
  checkPortNumber,
  checkQualifiedName,
} from "../../base/names.js";
import type { Service, ServicePort, ServiceSpec } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { validateLabels } from "./labels.js";
import { checkCidr, checkIp, checkOutsideIp } from "./values.js";

/** Source: Kubernetes `validateService`; what the allocators of addresses and ports refuse is theirs. */
export function validateService(check: Checker, service: Service): void {
  const spec = check.at("spec");
  if (service.spec === undefined) return spec.required();
  const { externalIPs = [], ports = [], selector, type } = service.spec;
  spec.at("type").oneOf(type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]);
  const isHeadless = service.spec.clusterIP === "None";
  if (ports.length === 0 && !isHeadless && type !== "ExternalName") spec.at("ports").required();
  if (isHeadless && (type === "NodePort" || type === "LoadBalancer"))
    spec.at("clusterIPs").index(0).invalid("None", `may not be set to 'None' for ${type} services`);
  validateLabels(spec.at("selector"), selector);
  validatePorts(spec.at("ports"), service.spec);
  validateAffinity(spec, service.spec);
  validateAddresses(spec, service.spec);
  for (const [index, address] of externalIPs.entries())
    spec.at("externalIPs").index(index).name(address, checkOutsideIp);
  validateBalancer(spec, service.spec);
  validateTraffic(spec, service.spec);
}

function validatePorts(check: Checker, { ports = [], type }: ServiceSpec): void {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = check.index(index);
    validatePort(at, port, names, ports.length > 1);
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) at.duplicate({ port: port.port, protocol: port.protocol });
    numbers.add(number);
    if (!port.nodePort) continue;
    if (type === "ClusterIP") at.at("nodePort").forbidden("may not be used when `type` is 'ClusterIP'");
    const nodePort = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(nodePort)) at.at("nodePort").duplicate(port.nodePort);
    nodePorts.add(nodePort);
  }
}

function validatePort(check: Checker, port: ServicePort, names: Set<string>, several: boolean): void {
  const number = checkPortNumber(port.port);
  if (number !== undefined) check.at("port").invalid(port.port, number);
  if (!port.name) {
    if (several) check.at("name").required();
  } else {
    check.at("name").name(port.name, checkDnsLabel);
    if (names.has(port.name)) check.at("name").duplicate(port.name);
    names.add(port.name);
  }
  check.at("protocol").oneOf(port.protocol, ["SCTP", "TCP", "UDP"]);
  if (port.appProtocol !== undefined) check.at("appProtocol").name(port.appProtocol, checkQualifiedName);
  if (typeof port.targetPort === "number") {
    const target = checkPortNumber(port.targetPort);
    if (target !== undefined) check.at("targetPort").invalid(port.targetPort, target);
  } else if (port.targetPort) check.at("targetPort").name(port.targetPort, checkPortName);
}

function validateAffinity(check: Checker, { sessionAffinity, sessionAffinityConfig }: ServiceSpec): void {
  check.at("sessionAffinity").oneOf(sessionAffinity, ["ClientIP", "None"]);
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity === "ClientIP") {
    if (seconds !== undefined && (seconds <= 0 || seconds > 86_400))
      check
        .at("sessionAffinityConfig.clientIP.timeoutSeconds")
        .invalid(seconds, "must be greater than 0 and less than 86400");
  }
}

function validateAddresses(check: Checker, spec: ServiceSpec): void {
  const { clusterIP, clusterIPs, externalName, ipFamilies = [], ipFamilyPolicy, type } = spec;
  if (type === "ExternalName") {
    if ((clusterIPs ?? []).length > 0 || clusterIP)
      check.at("clusterIPs").forbidden("may not be set for ExternalName services");
    if (ipFamilies.length > 0) check.at("ipFamilies").forbidden("may not be set for ExternalName services");
    if (ipFamilyPolicy !== undefined)
      check.at("ipFamilyPolicy").forbidden("may not be set for ExternalName services");
    check.at("externalName").requiredName(externalName?.replace(/\.$/, ""), checkDnsSubdomain);
    return;
  }
  check.at("ipFamilyPolicy").oneOf(ipFamilyPolicy, ["PreferDualStack", "RequireDualStack", "SingleStack"]);
  for (const [index, family] of ipFamilies.entries()) {
    check.at("ipFamilies").index(index).oneOf(family, ["IPv4", "IPv6"]);
    if (ipFamilies.indexOf(family) !== index) check.at("ipFamilies").index(index).duplicate(family);
  }
  for (const [index, address] of (clusterIPs ?? (clusterIP ? [clusterIP] : [])).entries())
    if (address !== "None" || index > 0) check.at("clusterIPs").index(index).name(address, checkIp);
  if (clusterIPs?.[0] !== undefined && clusterIP && clusterIPs[0] !== clusterIP)
    check.at("clusterIPs").invalid(clusterIPs, "first value must match `clusterIP`");
}

function validateBalancer(check: Checker, spec: ServiceSpec): void {
  const isBalancer = spec.type === "LoadBalancer";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const at = check.at("LoadBalancerSourceRanges");
  if (!isBalancer) {
    if (ranges.length > 0) at.forbidden("may only be used when `type` is 'LoadBalancer'");
    for (const field of ["allocateLoadBalancerNodePorts", "loadBalancerClass"] as const)
      if (spec[field] !== undefined)
        check.at(field).forbidden("may only be used when `type` is 'LoadBalancer'");
  } else if (spec.loadBalancerClass !== undefined)
    check.at("loadBalancerClass").name(spec.loadBalancerClass, checkQualifiedName);
  for (const [index, range] of ranges.entries()) at.index(index).name(range.trim(), checkCidr);
}

function validateTraffic(check: Checker, spec: ServiceSpec): void {
  const isOutside =
    spec.type === "NodePort" ||
    spec.type === "LoadBalancer" ||
    (spec.type === "ClusterIP" && (spec.externalIPs ?? []).length > 0);
  const policy = spec.externalTrafficPolicy;
  if (!isOutside) {
    if (policy)
      check.at("externalTrafficPolicy").invalid(policy, "may only be set for externally-accessible services");
  } else check.at("externalTrafficPolicy").oneOf(policy, ["Cluster", "Local"]);
  const isChecked = spec.type === "LoadBalancer" && policy === "Local";
  if (spec.healthCheckNodePort && !isChecked)
    check
      .at("healthCheckNodePort")
      .invalid(
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      );
  check.at("internalTrafficPolicy").oneOf(spec.internalTrafficPolicy, ["Cluster", "Local"]);
  check
    .at("trafficDistribution")
    .oneOf(spec.trafficDistribution, ["PreferClose", "PreferSameNode", "PreferSameZone"]);
}

/**
 * Sources: Kubernetes `validateUpgradeDowngradeClusterIPs`, `validateUpgradeDowngradeIPFamilies`,
 * `validateLoadBalancerClassField`, `validateServiceExternalTrafficFieldsUpdate`. A second address or family may come
 * and go; the server fills in what an update leaves out.
 */
export function validateServiceUpdate(
  check: Checker,
  { spec = {} }: Service,
  { spec: old = {} }: Service,
): void {
  const at = check.at("spec");
  const leaves = spec.type === "ExternalName" || old.type === "ExternalName";
  if (!leaves && old.clusterIP && spec.clusterIP !== old.clusterIP)
    at.at("clusterIPs")
      .index(0)
      .invalid(spec.clusterIP ?? null, "may not change once set");
  const [family, before] = [spec.ipFamilies?.[0], old.ipFamilies?.[0]];
  const isHeadless = spec.clusterIP === "None" || old.clusterIP === "None";
  if (!leaves && !isHeadless && before !== undefined && family !== undefined && family !== before)
    at.at("ipFamilies")
      .index(0)
      .invalid(family ?? null, "may not change once set");
  if (spec.type !== "LoadBalancer" || old.type !== "LoadBalancer") return;
  if (spec.loadBalancerClass !== old.loadBalancerClass)
    at.at("loadBalancerClass").invalid(spec.loadBalancerClass ?? null, "may not change once set");
  const isChecked = spec.externalTrafficPolicy === "Local" && old.externalTrafficPolicy === "Local";
  if (isChecked && old.healthCheckNodePort && spec.healthCheckNodePort !== old.healthCheckNodePort)
    at.at("healthCheckNodePort").invalid(spec.healthCheckNodePort ?? null, "field is immutable");
}
