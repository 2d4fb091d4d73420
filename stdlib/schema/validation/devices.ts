import { checkDnsLabel, checkDnsSubdomain } from "../../base/names.js";
import type {
  DeviceClaim,
  DeviceClass,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  OpaqueDeviceConfiguration,
  ResourceClaim,
  ResourceClaimTemplate,
} from "../../kubernetes/generated/resource-v1.js";
import { isRecord } from "../custom/definition.js";
import type { Checker } from "./checker.js";
import { checkExpression } from "./expression.js";
import { validateLabels } from "./labels.js";
import { validateAnnotations } from "./metadata.js";
import { checkDriverName } from "./volumes.js";

const mostItems = 32;
const mostAlternatives = 8;
const expressionLength = 10 * 1024;
const parameterBytes = 10 * 1024;

/*
 * Fields behind a gate (tolerations, extended resource names) are dropped by a server that was not told otherwise, and
 * not looked at.
 */

/** Source: Kubernetes `ValidateResourceClaim`. */
export function validateResourceClaim(check: Checker, { spec }: ResourceClaim): void {
  validateDevices(check.at("spec.devices"), spec?.devices);
}

/** Source: Kubernetes `ValidateResourceClaimTemplate`. */
export function validateResourceClaimTemplate(check: Checker, { spec }: ResourceClaimTemplate): void {
  const metadata = check.at("spec.metadata");
  validateLabels(metadata.at("labels"), spec?.metadata?.labels);
  validateAnnotations(metadata.at("annotations"), spec?.metadata?.annotations);
  validateDevices(check.at("spec.spec.devices"), spec?.spec?.devices);
}

/** Source: Kubernetes `ValidateDeviceClass`. */
export function validateDeviceClass(check: Checker, { spec }: DeviceClass): void {
  const at = check.at("spec");
  const { config = [], selectors } = spec ?? {};
  validateSelectors(at.at("selectors"), selectors);
  if (at.at("config").atMost(config, mostItems))
    for (const [index, { opaque }] of config.entries())
      validateOpaque(at.at("config").index(index).at("opaque"), opaque);
}

function validateDevices(check: Checker, devices: DeviceClaim = {}): void {
  const { config = [], constraints = [], requests = [] } = devices;
  const at = check.at("requests");
  const names = requests.map(({ name }) => name);
  if (at.atMost(requests, mostItems))
    for (const [index, request] of requests.entries()) {
      if (names.indexOf(request.name) !== index) at.index(index).duplicate(request.name);
      validateRequest(at.index(index), request);
    }
  const known = new Set(
    requests.flatMap(({ firstAvailable = [], name }) => [
      name,
      ...firstAvailable.map((part) => `${name}/${part.name}`),
    ]),
  );
  if (check.at("constraints").atMost(constraints, mostItems))
    for (const [index, constraint] of constraints.entries())
      validateConstraint(check.at("constraints").index(index), constraint, known);
  if (check.at("config").atMost(config, mostItems))
    for (const [index, { opaque, requests: of = [] }] of config.entries()) {
      const one = check.at("config").index(index);
      validateReferences(one.at("requests"), of, known);
      validateOpaque(one.at("opaque"), opaque);
    }
}

function validateRequest(check: Checker, { exactly, firstAvailable = [], name }: DeviceRequest): void {
  check.at("name").requiredName(name, checkDnsLabel);
  if ((exactly === undefined) === (firstAvailable.length === 0))
    return check.required("exactly one of `exactly` or `firstAvailable` is required");
  if (exactly !== undefined) return validateDevice(check.at("exactly"), exactly);
  const at = check.at("firstAvailable");
  if (!at.atMost(firstAvailable, mostAlternatives)) return;
  const names = firstAvailable.map((part) => part.name);
  for (const [index, part] of firstAvailable.entries()) {
    at.index(index).at("name").requiredName(part.name, checkDnsLabel);
    if (names.indexOf(part.name) !== index) at.index(index).duplicate(part.name);
    validateDevice(at.index(index), part);
  }
}

function validateDevice(check: Checker, device: Omit<DeviceSubRequest, "name">): void {
  const { allocationMode, count = 0, deviceClassName, selectors } = device;
  check.at("deviceClassName").requiredName(deviceClassName, checkDnsSubdomain);
  validateSelectors(check.at("selectors"), selectors);
  check.at("allocationMode").oneOf(allocationMode || undefined, ["All", "ExactCount"]);
  if (allocationMode === "All" && count !== 0)
    check.at("count").invalid(count, "must not be specified when allocationMode is 'All'");
  if ((allocationMode || "ExactCount") === "ExactCount" && count < 0)
    check.at("count").invalid(count, "must be greater than zero");
}

function validateSelectors(check: Checker, selectors: readonly DeviceSelector[] = []): void {
  if (!check.atMost(selectors, mostItems)) return;
  for (const [index, { cel }] of selectors.entries()) {
    const at = check.index(index).at("cel");
    if (cel === undefined) at.required();
    else if ((cel.expression ?? "") === "") at.at("expression").required();
    else if (cel.expression.length > expressionLength)
      at.at("expression").invalid("", `must be no more than ${expressionLength} characters`);
    else at.at("expression").name(cel.expression, checkExpression);
  }
}

function validateConstraint(check: Checker, constraint: DeviceConstraint, known: ReadonlySet<string>): void {
  const { distinctAttribute, matchAttribute, requests = [] } = constraint;
  validateReferences(check.at("requests"), requests, known);
  if (matchAttribute !== undefined) check.at("matchAttribute").name(matchAttribute, checkAttribute);
  else if (distinctAttribute === undefined) check.at("matchAttribute").required();
}

/** A domain and a name as C has it. */
function checkAttribute(text: string): string | undefined {
  const [domain = "", name, ...rest] = text.split("/");
  if (name === undefined) return "a fully qualified name must be a domain and a name separated by a slash";
  if (rest.length > 0) return undefined; // upstream looks no further
  if (domain === "") return "the domain must not be empty";
  if (name === "") return "the name must not be empty";
  if (name.length > 32) return "must be no more than 32 characters";
  const isName = /^[A-Za-z_]\w*$/.test(name);
  return (
    checkDriverName(domain) ?? (isName ? undefined : "a valid C identifier must start with a letter or '_'")
  );
}

function validateReferences(check: Checker, names: readonly string[], known: ReadonlySet<string>): void {
  if (!check.atMost(names, mostItems)) return;
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) check.index(index).duplicate(name);
    if (!known.has(name))
      check
        .index(index)
        .invalid(
          name,
          "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
        );
  }
}

function validateOpaque(check: Checker, opaque: OpaqueDeviceConfiguration | undefined): void {
  if (opaque === undefined) return check.required();
  check.at("driver").requiredName(opaque.driver, checkDriverName);
  const at = check.at("parameters");
  const { parameters } = opaque;
  if (parameters === undefined || parameters === null) at.required();
  else if (!isRecord(parameters)) at.invalid("<value omitted>", "must be a valid JSON object");
  else if (Buffer.byteLength(JSON.stringify(parameters)) > parameterBytes)
    at.invalid("<value omitted>", `must be no more than ${parameterBytes} bytes`);
}
