import { deepEqual } from "../../base/json.js";
import { checkDnsLabel, checkDnsSubdomain } from "../../base/names.js";
import type { RuntimeClass } from "../../kubernetes/generated/node-v1.js";
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
} from "../../kubernetes/generated/rbac-v1.js";
import type { PriorityClass } from "../../kubernetes/generated/scheduling-v1.js";
import type { Checker } from "./checker.js";
import { validateLabelSelector, validateLabels } from "./labels.js";
import { validateAmounts } from "./resources.js";
import { validateToleration } from "./scheduling.js";
import { checkPathSegment } from "./values.js";

/** Source: Kubernetes `ValidateRole`, `ValidatePolicyRule`. */
export function validateRole(check: Checker, { rules = [] }: Role): void {
  for (const [index, rule] of rules.entries()) validatePolicyRule(check.at("rules").index(index), rule, true);
}

export function validateClusterRole(check: Checker, role: ClusterRole): void {
  for (const [index, rule] of (role.rules ?? []).entries())
    validatePolicyRule(check.at("rules").index(index), rule, false);
  const { aggregationRule } = role;
  if (aggregationRule === undefined) return;
  const at = check.at("aggregationRule.clusterRoleSelectors");
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    at.required("at least one clusterRoleSelector required if aggregationRule is non-nil");
  for (const [index, selector] of selectors.entries()) validateLabelSelector(at.index(index), selector);
}

function validatePolicyRule(check: Checker, rule: PolicyRule, isNamespaced: boolean): void {
  const { apiGroups = [], nonResourceURLs = [], resourceNames = [], resources = [], verbs = [] } = rule;
  if (verbs.length === 0) check.at("verbs").required("verbs must contain at least one value");
  if (nonResourceURLs.length > 0) {
    const at = check.at("nonResourceURLs");
    if (isNamespaced) at.invalid(nonResourceURLs, "namespaced rules cannot apply to non-resource URLs");
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      at.invalid(nonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs");
    return;
  }
  if (apiGroups.length === 0)
    check.at("apiGroups").required("resource rules must supply at least one api group");
  if (resources.length === 0)
    check.at("resources").required("resource rules must supply at least one resource");
}

/** Source: Kubernetes `ValidateRoleBinding`, `ValidateClusterRoleBinding`. */
export function validateBinding(check: Checker, binding: RoleBinding | ClusterRoleBinding): void {
  const { apiGroup = "", kind = "", name } = binding.roleRef ?? {};
  const isCluster = binding.kind === "ClusterRoleBinding";
  const at = check.at("roleRef");
  const groups = ["rbac.authorization.k8s.io"];
  if (apiGroup !== "") at.at("apiGroup").oneOf(apiGroup, groups); // the server fills in the only one there is
  at.at("kind").oneOf(kind, isCluster ? ["ClusterRole"] : ["Role", "ClusterRole"]);
  if (!name) at.at("name").required();
  else at.at("name").name(name, checkPathSegment);
  for (const [index, subject] of (binding.subjects ?? []).entries()) {
    const one = check.at("subjects").index(index);
    if (!subject.name) one.at("name").required();
    if (subject.kind === "ServiceAccount") {
      if (subject.apiGroup) one.at("apiGroup").unsupported(subject.apiGroup, [""]);
      one.at("name").optionalName(subject.name, checkDnsSubdomain);
      if (!subject.namespace && isCluster) one.at("namespace").required();
    } else if (subject.kind === "User" || subject.kind === "Group")
      one.at("apiGroup").oneOf(subject.apiGroup || undefined, groups);
    else one.at("kind").unsupported(subject.kind ?? "", ["ServiceAccount", "User", "Group"]);
  }
}

export function validateBindingUpdate(
  check: Checker,
  binding: RoleBinding | ClusterRoleBinding,
  old: RoleBinding | ClusterRoleBinding,
): void {
  if (!deepEqual(binding.roleRef, old.roleRef))
    check.at("roleRef").invalid(binding.roleRef, "cannot change roleRef");
}

/** Above it are the classes of Kubernetes itself. */
const highestPriority = 1_000_000_000;

/** Source: Kubernetes `ValidatePriorityClass`. */
export function validatePriorityClass(
  check: Checker,
  { metadata, preemptionPolicy, value }: PriorityClass,
): void {
  if (metadata?.name?.startsWith("system-") === true)
    check
      .at("metadata.name")
      .forbidden("priority class names with 'system-' prefix are reserved for system use only");
  if ((value ?? 0) > highestPriority)
    check.at("value").forbidden(`maximum allowed value of a user defined priority is ${highestPriority}`);
  check.at("preemptionPolicy").oneOf(preemptionPolicy, ["Never", "PreemptLowerPriority"]);
}

/** Source: Kubernetes `ValidateRuntimeClass`. */
export function validateRuntimeClass(check: Checker, { handler, overhead, scheduling }: RuntimeClass): void {
  check.at("handler").name(handler ?? "", checkDnsLabel);
  validateAmounts(check.at("overhead.podFixed"), overhead?.podFixed);
  const { nodeSelector, tolerations = [] } = scheduling ?? {};
  validateLabels(check.at("scheduling.nodeSelector"), nodeSelector);
  const known = new Set<string>();
  for (const [index, toleration] of tolerations.entries()) {
    const at = check.at("scheduling.tolerations").index(index);
    validateToleration(at, toleration);
    const { effect, key, operator, value } = toleration;
    const identity = JSON.stringify([key, operator, value, effect]);
    if (known.has(identity)) at.duplicate(toleration);
    known.add(identity);
  }
}

/** Source: Kubernetes `ValidatePriorityClassUpdate`. */
export function validatePriorityClassUpdate(
  check: Checker,
  priority: PriorityClass,
  old: PriorityClass,
): void {
  if (priority.value !== old.value) check.at("value").forbidden("may not be changed in an update.");
  check.at("preemptionPolicy").unchanged(priority.preemptionPolicy, old.preemptionPolicy);
}

/** Source: Kubernetes `ValidateRuntimeClassUpdate`. */
export function validateRuntimeClassUpdate(check: Checker, runtime: RuntimeClass, old: RuntimeClass): void {
  check.at("handler").unchanged(runtime.handler, old.handler);
}
