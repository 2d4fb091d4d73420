import {
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkPortNumber,
  checkQualifiedName,
} from "../../base/names.js";
import type { APIService } from "../../kubernetes/generated/apiregistration-v1.js";
import type { CertificateSigningRequest } from "../../kubernetes/generated/certificates-v1.js";
import type { Lease } from "../../kubernetes/generated/coordination-v1.js";
import type { Event as CoreEvent } from "../../kubernetes/generated/core-v1.js";
import type { Event } from "../../kubernetes/generated/events-v1.js";
import type { Checker } from "./checker.js";

/* Kinds that the API server and its clients keep for themselves. */

/** Source: kube-aggregator `ValidateAPIService`. */
export function validateApiService(check: Checker, { metadata, spec }: APIService): void {
  const at = check.at("spec");
  const { caBundle, group = "", insecureSkipTLSVerify, service, version = "" } = spec ?? {};
  const name = `${version}.${group}`;
  if (metadata.name && metadata.name !== name)
    check
      .at("metadata.name")
      .invalid(metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`);
  if (group !== "") at.at("group").name(group, checkDnsSubdomain);
  else if (version !== "v1")
    at.at("group").required("only v1 may have an empty group and it better be legacy kube");
  at.at("version").name(version, checkDns1035Label);
  for (const [field, most] of [
    ["groupPriorityMinimum", 20_000],
    ["versionPriority", 1000],
  ] as const) {
    const value = spec?.[field] ?? 0;
    if (value <= 0 || value > most) at.at(field).invalid(value, `must be positive and less than ${most}`);
  }
  if (service === undefined) {
    if (caBundle) at.at("caBundle").invalid("", "local APIServices may not have a caBundle");
    if (insecureSkipTLSVerify === true)
      at.at("insecureSkipTLSVerify").invalid(true, "local APIServices may not have insecureSkipTLSVerify");
    return;
  }
  if (!service.namespace) at.at("service.namespace").required();
  if (!service.name) at.at("service.name").required();
  const why = checkPortNumber(service.port ?? 443);
  if (why !== undefined) at.at("service.port").invalid(service.port, `port is not valid: ${why}`);
  if (insecureSkipTLSVerify === true && caBundle)
    at.at("insecureSkipTLSVerify").invalid(true, "may not be true if caBundle is present");
}

const usages = new Set([
  ...["signing", "digital signature", "content commitment", "key encipherment", "key agreement"],
  ...["data encipherment", "cert sign", "crl sign", "encipher only", "decipher only", "any", "server auth"],
  ...["client auth", "code signing", "email protection", "s/mime", "ipsec end system", "ipsec tunnel"],
  ...["ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc"],
]);
const leastExpirationSeconds = 600;

/** Source: Kubernetes `validateCertificateSigningRequest`. The signature is the server's to verify. */
export function validateSigningRequest(check: Checker, { spec }: CertificateSigningRequest): void {
  const at = check.at("spec");
  const { expirationSeconds, request = "", signerName, usages: given = [] } = spec ?? {};
  const begin = /^-----BEGIN ([^\n]*)-----$/m.exec(Buffer.from(request, "base64").toString());
  if (begin?.[1] !== "CERTIFICATE REQUEST")
    at.at("request").invalid(request, "PEM block type must be CERTIFICATE REQUEST");
  if (given.length === 0) at.at("usages").required();
  for (const [index, usage] of given.entries()) {
    const one = at.at("usages").index(index);
    if (!usages.has(usage)) one.unsupported(usage, [...usages]);
    if (given.indexOf(usage) !== index) one.duplicate(usage);
  }
  if (signerName === "kubernetes.io/legacy-unknown")
    at.at("signerName").invalid(signerName, "the legacy signerName is not allowed via this API version");
  else at.at("signerName").requiredName(signerName, checkSignerName);
  if (expirationSeconds !== undefined && expirationSeconds < leastExpirationSeconds)
    at.at("expirationSeconds").invalid(
      expirationSeconds,
      "may not specify a duration less than 600 seconds (10 minutes)",
    );
}

/** Source: Kubernetes `ValidateSignerName`. */
function checkSignerName(name: string): string | undefined {
  const [domain = "", path, ...rest] = name.split("/");
  if (path === undefined || rest.length > 0)
    return "must be a fully qualified domain and path of the form 'example.com/signer-name'";
  if (domain.length > 253) return "must be no more than 253 characters";
  if (!domain.includes(".")) return "should be a domain with at least two segments separated by dots";
  const wrong = domain.split(".").find((label) => checkDnsLabel(label) !== undefined);
  if (wrong !== undefined) return `validating label ${JSON.stringify(wrong)}: ${checkDnsLabel(wrong)}`;
  for (const label of path.split(".")) {
    const why = checkDnsSubdomain(label);
    if (why !== undefined) return `validating label ${JSON.stringify(label)}: ${why}`;
  }
  return undefined;
}

/**
 * Source: Kubernetes `ValidateLeaseSpec`. Strategy and preferred holder are behind a gate: a server drops them unless told
 * otherwise.
 */
export function validateLease(check: Checker, { spec = {} }: Lease): void {
  const { leaseDurationSeconds, leaseTransitions } = spec;
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    check.at("spec.leaseDurationSeconds").invalid(leaseDurationSeconds, "must be greater than 0");
  check.at("spec.leaseTransitions").nonNegative(leaseTransitions);
}

const longestWord = 128;
const longestNote = 1024;

/** Source: Kubernetes `legacyValidateEvent`. */
export function validateCoreEvent(check: Checker, event: CoreEvent): void {
  const { action, eventTime, involvedObject, message, metadata, reason } = event;
  const { reportingComponent: controller, reportingInstance: instance } = event;
  const namespace = check.at("involvedObject.namespace");
  validateEventPlace(namespace, metadata.namespace, involvedObject?.namespace, eventTime !== undefined);
  if (eventTime !== undefined)
    validateEventWords(
      check,
      { action, instance, reason },
      ["reportingComponent", controller],
      ["message", message],
    );
}

/** Source: Kubernetes `ValidateEventCreate`. */
export function validateEvent(check: Checker, event: Event): void {
  const { action, eventTime, metadata, note, reason, regarding, series, type } = event;
  const { reportingController: controller, reportingInstance: instance } = event;
  if (!eventTime) check.at("eventTime").required();
  validateEventPlace(check.at("regarding.namespace"), metadata.namespace, regarding?.namespace, !!eventTime);
  if (eventTime)
    validateEventWords(
      check,
      { action, instance, reason },
      ["reportingController", controller],
      ["note", note],
    );
  if (type !== "Normal" && type !== "Warning")
    check.at("type").invalid(type ?? "", `has invalid value: ${type ?? ""}`);
  if (series !== undefined && (series.count ?? 0) < 2)
    check.at("series.count").invalid(series.count ?? 0, "should be at least 2");
  if (series !== undefined && !series.lastObservedTime) check.at("series.lastObservedTime").required();
  if (event.deprecatedFirstTimestamp) check.at("deprecatedFirstTimestamp").invalid("", "needs to be unset");
  if (event.deprecatedLastTimestamp) check.at("deprecatedLastTimestamp").invalid("", "needs to be unset");
  if (event.deprecatedCount) check.at("deprecatedCount").invalid("", "needs to be unset");
  const { component, host } = event.deprecatedSource ?? {};
  if (component || host) check.at("deprecatedSource").invalid("", "needs to be unset");
}

/** An event stands with what it is about; what has no namespace is told in the default one. */
function validateEventPlace(check: Checker, of: string | undefined, about = "", isNew: boolean): void {
  const homes = isNew ? ["default", "kube-system"] : ["default"];
  const fits = about === "" ? homes.includes(of ?? "default") : isNew || about === of;
  if (!fits) check.invalid(about, "does not match event.namespace");
}

function validateEventWords(
  check: Checker,
  { action, instance, reason }: { [word in "action" | "instance" | "reason"]: string | undefined },
  [controllerField, controller]: readonly [string, string | undefined],
  [noteField, note]: readonly [string, string | undefined],
): void {
  check.at(controllerField).requiredName(controller, checkQualifiedName);
  for (const [field, word] of [
    ["reportingInstance", instance],
    ["action", action],
    ["reason", reason],
  ] as const)
    check
      .at(field)
      .requiredName(word, (text) =>
        Buffer.byteLength(text) > longestWord ? `can have at most ${longestWord} characters` : undefined,
      );
  if (Buffer.byteLength(note ?? "") > longestNote)
    check.at(noteField).invalid("", `can have at most ${longestNote} characters`);
}
