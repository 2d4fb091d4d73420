import {
  checkDns1035Label,
  checkDnsSubdomain,
  checkPortNumber,
  checkQualifiedName,
} from "../../base/names.js";
import type {
  MatchCondition,
  MutatingWebhook,
  MutatingWebhookConfiguration,
  RuleWithOperations,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
  WebhookClientConfig,
} from "../../kubernetes/generated/admissionregistration-v1.js";
import type { Checker } from "./checker.js";
import { checkExpression } from "./expression.js";
import { validateLabelSelector } from "./labels.js";

/** Source: Kubernetes `validateValidatingWebhookConfiguration`. Types of expressions are left to the server. */
export function validateWebhooks(
  check: Checker,
  { webhooks = [] }: MutatingWebhookConfiguration | ValidatingWebhookConfiguration,
): void {
  const names = webhooks.map(({ name }) => name);
  for (const [index, hook] of webhooks.entries()) {
    const at = check.at("webhooks").index(index);
    validateWebhook(at, hook);
    if (names.indexOf(hook.name) !== index) at.at("name").duplicate(hook.name);
  }
}

function validateWebhook(check: Checker, hook: MutatingWebhook | ValidatingWebhook): void {
  const { admissionReviewVersions, clientConfig, rules = [], timeoutSeconds } = hook;
  check.at("name").requiredName(hook.name, checkFullName);
  for (const [index, rule] of rules.entries()) validateAdmissionRule(check.at("rules").index(index), rule);
  check.at("failurePolicy").oneOf(hook.failurePolicy, ["Fail", "Ignore"]);
  check.at("matchPolicy").oneOf(hook.matchPolicy, ["Equivalent", "Exact"]);
  if ("reinvocationPolicy" in hook)
    check.at("reinvocationPolicy").oneOf(hook.reinvocationPolicy, ["IfNeeded", "Never"]);
  if (hook.sideEffects === undefined)
    check.at("sideEffects").required("must specify one of None, NoneOnDryRun");
  else check.at("sideEffects").oneOf(hook.sideEffects, ["None", "NoneOnDryRun"]);
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30))
    check.at("timeoutSeconds").invalid(timeoutSeconds, "the timeout value must be between 1 and 30 seconds");
  validateLabelSelector(check.at("namespaceSelector"), hook.namespaceSelector);
  validateLabelSelector(check.at("objectSelector"), hook.objectSelector);
  validateMatchConditions(check.at("matchConditions"), hook.matchConditions);
  validateWebhookClient(check.at("clientConfig"), clientConfig);
  validateReviewVersions(check.at("admissionReviewVersions"), admissionReviewVersions);
}

const mostConditions = 64;

/** Source: Kubernetes `validateMatchConditions`. */
export function validateMatchConditions(check: Checker, conditions: readonly MatchCondition[] = []): void {
  check.atMost(conditions, mostConditions);
  const names = conditions.map(({ name }) => name);
  for (const [index, { expression = "", name }] of conditions.entries()) {
    const at = check.index(index);
    if (expression.trim() === "") at.at("expression").required();
    else at.at("expression").name(expression, checkExpression);
    at.at("name").requiredName(name, checkQualifiedName);
    if (name && names.indexOf(name) !== index) at.at("name").duplicate(name);
  }
}

function checkFullName(name: string): string | undefined {
  return (
    checkDnsSubdomain(name) ??
    (name.split(".").length < 3
      ? "should be a domain with at least three segments separated by dots"
      : undefined)
  );
}

export function validateAdmissionRule(check: Checker, rule: RuleWithOperations): void {
  const { apiGroups = [], apiVersions = [], operations = [], scope } = rule;
  wildcardAlone(check.at("operations"), operations);
  for (const [index, operation] of operations.entries())
    check.at("operations").index(index).oneOf(operation, ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]);
  wildcardAlone(check.at("apiGroups"), apiGroups);
  wildcardAlone(check.at("apiVersions"), apiVersions);
  for (const [index, version] of apiVersions.entries())
    if (version === "") check.at("apiVersions").index(index).required();
  validateResources(check.at("resources"), rule.resources);
  check.at("scope").oneOf(scope, ["*", "Cluster", "Namespaced"]);
}

function wildcardAlone(check: Checker, items: readonly string[]): void {
  if (items.length === 0) check.required();
  if (items.length > 1 && items.includes("*"))
    check.invalid(items, "if '*' is present, must not specify others");
}

/** `pods`, `pods/log`, and `*` for one of the two or both. */
function validateResources(check: Checker, resources: readonly string[] = []): void {
  if (resources.length === 0) check.required();
  for (const [index, resource] of resources.entries()) {
    const at = check.index(index);
    if (resource === "") at.required();
    const [name, part] = resource.split(/\/(.*)/s);
    if (part === undefined) continue;
    const before = resources.slice(0, index);
    for (const wider of [`${name}/*`, `*/${part}`])
      if (before.includes(wider))
        at.invalid(resource, `if '${wider}' is present, must not specify ${resource}`);
  }
  if (resources.length > 1 && resources.includes("*/*"))
    check.invalid(resources, "if '*/*' is present, must not specify other resources");
  const last = resources.filter((resource) => !resource.includes("/")).at(-1);
  if (resources.includes("*") && last !== undefined && last !== "*")
    check.invalid(resources, "if '*' is present, must not specify other resources without subresources");
}

export function validateWebhookClient(check: Checker, { service, url }: WebhookClientConfig = {}): void {
  if ((url === undefined) === (service === undefined))
    check.required("exactly one of url or service is required");
  else if (url !== undefined) validateUrl(check.at("url"), url);
  else if (service !== undefined) {
    const at = check.at("service");
    if (!service.name) at.at("name").required();
    if (!service.namespace) at.at("namespace").required();
    const why = checkPortNumber(service.port ?? 443);
    if (why !== undefined) at.at("port").invalid(service.port, `port is not valid: ${why}`);
    validateServicePath(at.at("path"), service.path);
  }
}

function validateUrl(check: Checker, text: string): void {
  const form = "; desired format: https://host[/path]";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) check.required(`url must be a valid URL${form}`);
  else if (url.protocol !== "https:") check.invalid(text, `'https' is the only allowed URL scheme${form}`);
  else if (url.username + url.password !== "")
    check.invalid(text, "user information is not permitted in the URL");
  else if (/#./.test(text)) check.invalid(text, "fragments are not permitted in the URL");
  else if (/\?./.test(text)) check.invalid(text, "query parameters are not permitted in the URL");
}

function validateServicePath(check: Checker, path = ""): void {
  if (path === "" || path === "/") return;
  if (!path.startsWith("/")) check.invalid(path, "must start with a '/'");
  const steps = path.slice(1).replace(/\/$/, "").split("/");
  for (const [index, step] of steps.entries()) {
    const why = step === "" ? "may not be empty" : checkDnsSubdomain(step);
    if (why !== undefined) check.invalid(path, `segment[${index}]: ${why}`);
  }
}

export function validateReviewVersions(check: Checker, versions: readonly string[] = []): void {
  if (versions.length === 0) return check.required("must specify one of v1, v1beta1");
  for (const [index, version] of versions.entries())
    if (versions.indexOf(version) !== index) check.index(index).invalid(version, "duplicate version");
    else check.index(index).name(version, checkDns1035Label);
  if (!versions.includes("v1") && !versions.includes("v1beta1"))
    check.invalid(versions, "must include at least one of v1, v1beta1");
}
