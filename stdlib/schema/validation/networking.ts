import { BlockList, isIP, isIPv4 } from "node:net";
import {
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkPortName,
  checkPortNumber,
} from "../../base/names.js";
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  ServiceCIDR,
} from "../../kubernetes/generated/networking-v1.js";
import type { Checker } from "./checker.js";
import { validateLabelSelector } from "./labels.js";
import { checkCidr, checkPathSegment, checkPrefixedPath, checkStrictCidr } from "./values.js";

/** Source: Kubernetes `ValidateIngressSpec`. */
export function validateIngress(check: Checker, { spec = {} }: Ingress): void {
  const at = check.at("spec");
  const { defaultBackend, ingressClassName, rules = [], tls = [] } = spec;
  if (rules.length === 0 && defaultBackend === undefined)
    at.invalid(rules, "either `defaultBackend` or `rules` must be specified");
  if (defaultBackend !== undefined) validateBackend(at.at("defaultBackend"), defaultBackend);
  for (const [index, { host, http }] of rules.entries()) {
    const rule = at.at("rules").index(index);
    if (host) validateHost(rule.at("host"), host);
    if (http === undefined) continue;
    if ((http.paths ?? []).length === 0) rule.at("http.paths").required();
    for (const [position, path] of (http.paths ?? []).entries())
      validatePath(rule.at("http.paths").index(position), path);
  }
  for (const [index, { hosts = [], secretName }] of tls.entries()) {
    at.at("tls").index(index).at("secretName").optionalName(secretName, checkDnsSubdomain);
    for (const [position, host] of hosts.entries()) {
      const one = at.at("tls").index(index).at("hosts").index(position);
      if (host.includes("*")) one.name(host, checkWildcard);
      else one.name(host, checkDnsSubdomain);
    }
  }
  if (ingressClassName !== undefined) at.at("ingressClassName").name(ingressClassName, checkDnsSubdomain);
}

function validateHost(check: Checker, host: string): void {
  if (isIP(host) !== 0) check.invalid(host, "must be a DNS name, not an IP address");
  else if (host.includes("*")) check.name(host, checkWildcard);
  else check.name(host, checkDnsSubdomain);
}

function checkWildcard(host: string): string | undefined {
  return host.startsWith("*.") && checkDnsSubdomain(host.slice(2)) === undefined
    ? undefined
    : "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain";
}

const refusedParts = ["//", "/./", "/../", "%2f", "%2F"];
const refusedEnds = ["/..", "/."];

function validatePath(check: Checker, { backend, path = "", pathType }: HTTPIngressPath): void {
  if (!pathType) return check.at("pathType").required("pathType must be specified");
  check.at("pathType").oneOf(pathType, ["Exact", "ImplementationSpecific", "Prefix"]);
  const at = check.at("path");
  const isMatched = pathType === "Exact" || pathType === "Prefix";
  if (!path.startsWith("/") && (isMatched || (path !== "" && pathType === "ImplementationSpecific")))
    at.invalid(path, "must be an absolute path");
  if (isMatched) {
    for (const part of refusedParts) if (path.includes(part)) at.invalid(path, `must not contain '${part}'`);
    for (const end of refusedEnds) if (path.endsWith(end)) at.invalid(path, `cannot end with '${end}'`);
  }
  validateBackend(check.at("backend"), backend ?? {});
}

function validateBackend(check: Checker, { resource, service }: IngressBackend): void {
  if (resource !== undefined && service !== undefined)
    return check.invalid("", "cannot set both resource and service backends");
  if (resource !== undefined) {
    if (resource.apiGroup !== undefined)
      check.at("resource.apiGroup").name(resource.apiGroup, checkDnsSubdomain);
    check.at("resource.kind").requiredName(resource.kind, checkPathSegment);
    check.at("resource.name").requiredName(resource.name, checkPathSegment);
    return;
  }
  if (service === undefined) return check.invalid("", "resource or service backend is required");
  check.at("service.name").requiredName(service.name, checkDns1035Label);
  const { name, number } = service.port ?? {};
  if (name && number) check.invalid("", "cannot set both port name & port number");
  else if (name) check.at("service.port.name").name(name, checkPortName);
  else if (number) {
    const why = checkPortNumber(number);
    if (why !== undefined) check.at("service.port.number").invalid(number, why);
  } else check.required("port name or number is required");
}

/** Source: Kubernetes `validateIngressClassSpec`. */
export function validateIngressClass(check: Checker, { spec = {} }: IngressClass): void {
  const at = check.at("spec.controller");
  const { controller, parameters } = spec;
  if (!controller) at.required();
  else if (controller.length > 250) at.invalid(controller, "must be no more than 250 characters");
  else at.name(controller, checkPrefixedPath);
  if (parameters === undefined) return;
  const of = check.at("spec.parameters");
  if (parameters.apiGroup !== undefined) of.at("apiGroup").name(parameters.apiGroup, checkDnsSubdomain);
  of.at("kind").requiredName(parameters.kind, checkPathSegment, "kind is required");
  of.at("name").requiredName(parameters.name, checkPathSegment, "name is required");
  const { namespace, scope = "Cluster" } = parameters;
  of.at("scope").oneOf(scope, ["Cluster", "Namespace"]);
  if (scope === "Namespace" && namespace === undefined)
    of.at("namespace").required('`parameters.scope` is set to "Namespace"');
  else if (scope === "Namespace") of.at("namespace").name(namespace ?? "", checkDnsLabel);
  if (scope === "Cluster" && namespace !== undefined)
    of.at("namespace").forbidden('`parameters.scope` is set to "Cluster"');
}

/** Source: Kubernetes `ValidateNetworkPolicySpec`. */
export function validateNetworkPolicy(check: Checker, { spec = {} }: NetworkPolicy): void {
  const at = check.at("spec");
  validateLabelSelector(at.at("podSelector"), spec.podSelector);
  for (const [index, { from = [], ports = [] }] of (spec.ingress ?? []).entries())
    validateRule(at.at("ingress").index(index), "from", from, ports);
  for (const [index, { ports = [], to = [] }] of (spec.egress ?? []).entries())
    validateRule(at.at("egress").index(index), "to", to, ports);
  const types = spec.policyTypes ?? [];
  if (types.length > 2)
    return at.at("policyTypes").invalid(types, "may not specify more than two policyTypes");
  for (const [index, type] of types.entries())
    at.at("policyTypes").index(index).oneOf(type, ["Ingress", "Egress"]);
}

function validateRule(
  check: Checker,
  side: "from" | "to",
  peers: readonly NetworkPolicyPeer[],
  ports: readonly NetworkPolicyPort[],
): void {
  for (const [index, port] of ports.entries()) validatePolicyPort(check.at("ports").index(index), port);
  for (const [index, peer] of peers.entries()) validatePeer(check.at(side).index(index), peer);
}

function validatePolicyPort(check: Checker, { endPort, port, protocol }: NetworkPolicyPort): void {
  check.at("protocol").oneOf(protocol, ["TCP", "UDP", "SCTP"]);
  if (typeof port === "number") {
    const why = checkPortNumber(port);
    if (why !== undefined) check.at("port").invalid(port, why);
    if (endPort === undefined) return;
    if (endPort < port) check.at("endPort").invalid(port, "must be greater than or equal to `port`");
    const end = checkPortNumber(endPort);
    if (end !== undefined) check.at("endPort").invalid(endPort, end);
    return;
  }
  if (endPort !== undefined)
    check
      .at("endPort")
      .invalid(
        endPort,
        `may not be specified when \`port\` is ${port === undefined ? "not specified" : "non-numeric"}`,
      );
  if (port !== undefined) check.at("port").name(port, checkPortName);
}

function validatePeer(check: Checker, { ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer): void {
  validateLabelSelector(check.at("podSelector"), podSelector);
  validateLabelSelector(check.at("namespaceSelector"), namespaceSelector);
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (ipBlock === undefined) {
    if (!hasSelector) check.required("must specify a peer");
    return;
  }
  if (hasSelector) check.forbidden("may not specify both ipBlock and another peer");
  const at = check.at("ipBlock");
  if (!ipBlock.cidr) return at.at("cidr").required();
  at.at("cidr").name(ipBlock.cidr, checkCidr);
  if (checkCidr(ipBlock.cidr) !== undefined) return;
  for (const [index, except] of (ipBlock.except ?? []).entries()) {
    const one = at.at("except").index(index);
    if (checkCidr(except) !== undefined) one.name(except, checkCidr);
    else if (!isStrictlyWithin(except, ipBlock.cidr))
      one.invalid(except, "must be a strict subset of `cidr`");
  }
}

function isStrictlyWithin(inner: string, outer: string): boolean {
  const [address = "", length] = inner.split("/");
  const [whole = "", wholeLength] = outer.split("/");
  const family = (text: string) => (isIPv4(text) ? "ipv4" : "ipv6");
  if (family(address) !== family(whole)) return false;
  const block = new BlockList();
  block.addSubnet(whole, Number(wholeLength), family(whole));
  return block.check(address, family(address)) && Number(length) > Number(wholeLength);
}

/** Source: Kubernetes `validateServiceCIDRSpec`. */
export function validateServiceRange(check: Checker, { spec }: ServiceCIDR): void {
  const at = check.at("spec.cidrs");
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) return at.required("at least one CIDR required");
  if (cidrs.length > 2) return at.invalid(cidrs, "may only hold up to 2 values");
  for (const [index, cidr] of cidrs.entries()) at.index(index).name(cidr, checkStrictCidr);
  const [first, second] = cidrs.map((cidr) => isIP(cidr.split("/")[0] ?? ""));
  if (first !== 0 && first === second)
    at.invalid(
      cidrs,
      "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64",
    );
}

/** Source: Kubernetes `ValidateIPAddress`. Its name is the address. */
export function validateIpAddress(check: Checker, { spec }: IPAddress): void {
  const { group, name, namespace, resource } = spec?.parentRef ?? {};
  const at = check.at("spec.parentRef");
  if (spec?.parentRef === undefined) return at.required();
  at.at("group").optionalName(group, checkDnsSubdomain);
  at.at("resource").requiredName(resource, checkPathSegment);
  at.at("name").requiredName(name, checkPathSegment);
  at.at("namespace").optionalName(namespace, checkPathSegment);
}

/** Source: Kubernetes `validateIngressClassSpecUpdate`. */
export function validateIngressClassUpdate(
  check: Checker,
  { spec }: IngressClass,
  { spec: old }: IngressClass,
): void {
  check.at("spec.controller").unchanged(spec?.controller, old?.controller);
}
