import { isIPv4, isIPv6 } from "node:net";
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkLabelValue,
  checkPortNumber,
  checkQualifiedName,
} from "../../base/names.js";
import type { EndpointAddress, EndpointPort, Endpoints } from "../../kubernetes/generated/core-v1.js";
import type {
  Endpoint,
  EndpointHints,
  EndpointSlice,
  EndpointPort as SlicePort,
} from "../../kubernetes/generated/discovery-v1.js";
import type { Checker } from "./checker.js";
import { checkCanonicalIp, checkOutsideIp } from "./values.js";

const protocols = ["SCTP", "TCP", "UDP"];
const mostAddresses = 100;
const mostEndpoints = 1000;
const mostHints = 8;
const mostPorts = 20_000;

/** Source: Kubernetes `ValidateEndpointSlice`. */
export function validateEndpointSlice(check: Checker, slice: EndpointSlice): void {
  const { addressType, endpoints = [], ports = [] } = slice;
  check.at("addressType").requiredOneOf(addressType, ["FQDN", "IPv4", "IPv6"]);
  const names = new Set<string>();
  if (check.at("ports").atMost(ports, mostPorts))
    for (const [index, port] of ports.entries())
      validateSlicePort(check.at("ports").index(index), port, names);
  if (!check.at("endpoints").atMost(endpoints, mostEndpoints)) return;
  for (const [index, endpoint] of endpoints.entries())
    validateEndpoint(check.at("endpoints").index(index), endpoint, addressType);
}

function validateSlicePort(check: Checker, port: SlicePort, names: Set<string>): void {
  const { appProtocol, name = "", protocol } = port;
  check.at("name").optionalName(name, checkDnsLabel);
  if (names.has(name)) check.at("name").duplicate(name);
  names.add(name);
  check.at("protocol").oneOf(protocol, protocols);
  if (appProtocol !== undefined) check.at("appProtocol").name(appProtocol, checkQualifiedName);
}

function validateEndpoint(check: Checker, endpoint: Endpoint, type: string): void {
  const { addresses = [], hints, hostname, nodeName } = endpoint;
  const at = check.at("addresses");
  if (addresses.length === 0) at.required("must contain at least 1 address");
  at.atMost(addresses, mostAddresses);
  const rule = Object.hasOwn(addressRules, type) ? addressRules[type] : undefined;
  if (rule !== undefined)
    for (const [index, address] of addresses.entries()) at.index(index).name(address, rule);
  if (nodeName !== undefined) check.at("nodeName").name(nodeName, checkDnsSubdomain);
  if (hostname !== undefined) check.at("hostname").name(hostname, checkDnsLabel);
  validateHints(check.at("hints"), hints);
}

/** Go read `010.0.0.1` as decimal when these kinds were made, and still does for them. */
function withoutZeros(address: string): string {
  return /^[\d.]+$/.test(address) ? address.replace(/\b0+(?=\d)/g, "") : address;
}

const addressRules: { readonly [type: string]: (address: string) => string | undefined } = {
  FQDN: (name) =>
    checkDnsSubdomain(name.replace(/\.$/, "")) ??
    (name.replace(/\.$/, "").includes(".")
      ? undefined
      : "should be a domain with at least two segments separated by dots"),
  IPv4: (address) =>
    checkOutsideIp(withoutZeros(address)) ??
    (isIPv4(withoutZeros(address)) ? undefined : "must be an IPv4 address"),
  IPv6: (address) =>
    checkOutsideIp(address) ?? (isIPv6(address) ? checkCanonicalIp(address) : "must be an IPv6 address"),
};

function validateHints(check: Checker, { forNodes = [], forZones = [] }: EndpointHints = {}): void {
  for (const [field, hints, rule] of [
    ["forZones", forZones, checkLabelValue],
    ["forNodes", forNodes, checkDnsSubdomain],
  ] as const) {
    const names = hints.map(({ name }) => name ?? "");
    if (!check.at(field).atMost(names, mostHints)) return;
    for (const [index, name] of names.entries()) {
      const at = check.at(field).index(index).at("name");
      if (names.indexOf(name) !== index) at.duplicate(name);
      at.name(name, rule);
    }
  }
}

/** Source: Kubernetes `validateEndpointSubsets`. */
export function validateEndpoints(check: Checker, { subsets = [] }: Endpoints): void {
  for (const [index, { addresses = [], notReadyAddresses = [], ports = [] }] of subsets.entries()) {
    const at = check.at("subsets").index(index);
    if (addresses.length + notReadyAddresses.length === 0)
      at.required("must specify `addresses` or `notReadyAddresses`");
    for (const [field, listed] of [
      ["addresses", addresses],
      ["notReadyAddresses", notReadyAddresses],
    ] as const)
      for (const [position, address] of listed.entries())
        validateAddress(at.at(field).index(position), address);
    for (const [position, port] of ports.entries())
      validatePort(at.at("ports").index(position), port, ports.length > 1);
  }
}

function validateAddress(check: Checker, { hostname, ip, nodeName }: EndpointAddress): void {
  check.at("ip").name(withoutZeros(ip ?? ""), checkOutsideIp);
  check.at("hostname").optionalName(hostname, checkDnsLabel);
  if (nodeName !== undefined) check.at("nodeName").name(nodeName, checkDnsSubdomain);
}

function validatePort(check: Checker, endpoint: EndpointPort, isNamed: boolean): void {
  const { appProtocol, name, port, protocol } = endpoint;
  if (isNamed) check.at("name").requiredName(name, checkDnsLabel);
  else check.at("name").optionalName(name, checkDnsLabel);
  const why = checkPortNumber(port ?? 0);
  if (why !== undefined) check.at("port").invalid(port ?? 0, why);
  check.at("protocol").oneOf(protocol || undefined, protocols);
  if (appProtocol !== undefined) check.at("appProtocol").name(appProtocol, checkQualifiedName);
}
