import { checkDnsLabel, checkDnsSubdomain, checkQualifiedName } from "../../base/names.js";
import type { Pod, PodResourceClaim, PodSpec } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { validateContainers } from "./container.js";
import { validateAmounts } from "./resources.js";
import { validateScheduling } from "./scheduling.js";
import { validatePodSecurity } from "./security.js";
import { checkIp } from "./values.js";
import { validateVolumes } from "./volumes.js";

/**
 * What the API refuses of a pod's spec, alone or in a template.
 *
 * Source: Kubernetes `ValidatePodSpec`; runs after defaulting. Left out: Windows user names, volumes of
 * single vendors.
 */
export function validatePodSpec(check: Checker, spec: PodSpec | undefined, isTemplate = false): void {
  if (spec === undefined) return check.required();
  const volumes = validateVolumes(check.at("volumes"), spec.volumes ?? [], isTemplate);
  validateContainers(check, spec, volumes);
  check.at("restartPolicy").oneOf(spec.restartPolicy, ["Always", "OnFailure", "Never"]);
  check.at("dnsPolicy").oneOf(spec.dnsPolicy, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
  validateDns(check.at("dnsConfig"), spec);
  check.at("terminationGracePeriodSeconds").nonNegative(spec.terminationGracePeriodSeconds);
  check.at("activeDeadlineSeconds").between(spec.activeDeadlineSeconds, 1, 2 ** 31 - 1);
  validatePodSecurity(check, spec);
  validateScheduling(check, spec);
  check.at("hostname").optionalName(spec.hostname, checkDnsLabel);
  check.at("subdomain").optionalName(spec.subdomain, checkDnsLabel);
  check.at("serviceAccountName").optionalName(spec.serviceAccountName, checkDnsSubdomain);
  check.at("nodeName").optionalName(spec.nodeName, checkDnsSubdomain);
  check.at("priorityClassName").optionalName(spec.priorityClassName, checkDnsSubdomain);
  if (spec.runtimeClassName !== undefined)
    check.at("runtimeClassName").name(spec.runtimeClassName, checkDnsSubdomain);
  check.at("preemptionPolicy").oneOf(spec.preemptionPolicy, ["Never", "PreemptLowerPriority"]);
  validateAmounts(check.at("overhead"), spec.overhead);
  if (spec.resourceClaims !== undefined) validateClaims(check.at("resourceClaims"), spec.resourceClaims);
  for (const [index, { conditionType }] of (spec.readinessGates ?? []).entries())
    check
      .at("readinessGates")
      .index(index)
      .at("conditionType")
      .name(conditionType ?? "", checkQualifiedName);
  for (const [index, { hostnames = [], ip }] of (spec.hostAliases ?? []).entries()) {
    const at = check.at("hostAliases").index(index);
    at.at("ip").name(ip ?? "", checkIp);
    for (const [position, name] of hostnames.entries())
      at.at("hostnames").index(position).name(name, checkDnsSubdomain);
  }
}

/** Bounds of resolv.conf. Source: Kubernetes `validatePodDNSConfig`. */
function validateDns(check: Checker, { dnsConfig, dnsPolicy }: PodSpec): void {
  const { nameservers = [], options = [], searches = [] } = dnsConfig ?? {};
  if (dnsPolicy === "None" && nameservers.length === 0) {
    const at = dnsConfig === undefined ? check : check.at("nameservers");
    at.required("must provide at least one DNS nameserver when `dnsPolicy` is None");
  }
  if (nameservers.length > 3)
    check.at("nameservers").invalid(nameservers, "must not have more than 3 nameservers");
  for (const [index, address] of nameservers.entries())
    check.at("nameservers").index(index).name(address, checkIp);
  if (searches.length > 32) check.at("searches").invalid(searches, "must not have more than 32 search paths");
  if (searches.join(" ").length > 2048)
    check
      .at("searches")
      .invalid(searches, "must not have more than 2048 characters (including spaces) in the search list");
  for (const [index, search] of searches.entries()) {
    const name = search === "." ? "x" : search.replace(/\.$/, "").replaceAll("_", "x");
    const why = checkDnsSubdomain(name);
    if (why !== undefined) check.at("searches").index(index).invalid(search, why);
  }
  for (const [index, { name }] of options.entries())
    if (!name) check.at("options").index(index).required("must not be empty");
}

/** Source: Kubernetes `validatePodResourceClaim`. */
function validateClaims(check: Checker, claims: readonly PodResourceClaim[]): void {
  const names = claims.map(({ name }) => name);
  for (const [index, { name, resourceClaimName, resourceClaimTemplateName }] of claims.entries()) {
    const at = check.index(index);
    if (name && names.indexOf(name) !== index) at.at("name").duplicate(name);
    else at.at("name").requiredName(name, checkDnsLabel);
    if ((resourceClaimName === undefined) === (resourceClaimTemplateName === undefined))
      at.invalid(name, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
    if (resourceClaimName !== undefined)
      at.at("resourceClaimName").name(resourceClaimName, checkDnsSubdomain);
    if (resourceClaimTemplateName !== undefined)
      at.at("resourceClaimTemplateName").name(resourceClaimTemplateName, checkDnsSubdomain);
  }
}

/** A pod by itself; in a template some of it may still be filled in. */
export function validatePod(check: Checker, { spec }: Pod): void {
  const at = check.at("spec");
  validatePodSpec(at, spec);
  if (spec?.nodeName && (spec.schedulingGates ?? []).length > 0)
    at.at("nodeName").forbidden("cannot be set until all schedulingGates have been cleared");
  if ((spec?.ephemeralContainers ?? []).length > 0)
    at.at("ephemeralContainers").forbidden("cannot be set on create");
}
