import { checkDnsLabel, checkDnsSubdomain, checkLabelValue, checkQualifiedName } from "../../base/names.js";
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSpec,
  Toleration,
  TopologySpreadConstraint,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { validateLabelSelector, validateLabels } from "./labels.js";
import { own } from "./values.js";

/** Where a pod may go: selector, affinity, spread, tolerations. */
export function validateScheduling(check: Checker, spec: PodSpec): void {
  validateLabels(check.at("nodeSelector"), spec.nodeSelector);
  validateAffinity(check.at("affinity"), spec.affinity ?? {});
  const constraints = spec.topologySpreadConstraints ?? [];
  for (const [index, constraint] of constraints.entries())
    validateSpread(
      check.at("topologySpreadConstraints").index(index),
      constraint,
      constraints.slice(0, index),
    );
  for (const [index, toleration] of (spec.tolerations ?? []).entries())
    validateToleration(check.at("tolerations").index(index), toleration);
  const gates = new Set<string>();
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    const at = check.at("schedulingGates").index(index);
    at.name(name ?? "", checkQualifiedName);
    if (gates.has(name)) at.duplicate(name);
    gates.add(name);
  }
}

/** Source: Kubernetes `ValidateTolerations`. */
export function validateToleration(check: Checker, toleration: Toleration): void {
  const { effect, key, operator, tolerationSeconds, value } = toleration;
  if (key) check.at("key").name(key, checkQualifiedName);
  if (!key && operator !== "Exists")
    check
      .at("operator")
      .invalid(
        operator ?? "",
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      );
  if (tolerationSeconds !== undefined && effect !== "NoExecute")
    check.at("effect").invalid(effect ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set");
  if (!operator || operator === "Equal") check.at("operator").name(value ?? "", checkLabelValue);
  else if (operator === "Exists") {
    if (value) check.at("operator").invalid(toleration, "value must be empty when `operator` is 'Exists'");
  } else check.at("operator").unsupported(operator, ["Equal", "Exists"]);
  if (effect) check.at("effect").oneOf(effect, ["NoExecute", "NoSchedule", "PreferNoSchedule"]);
}

function validateSpread(
  check: Checker,
  constraint: TopologySpreadConstraint,
  earlier: readonly TopologySpreadConstraint[],
): void {
  const {
    labelSelector,
    matchLabelKeys = [],
    maxSkew,
    minDomains,
    topologyKey,
    whenUnsatisfiable,
  } = constraint;
  if ((maxSkew ?? 0) <= 0) check.at("maxSkew").invalid(maxSkew ?? 0, "must be greater than zero");
  if (!topologyKey) check.at("topologyKey").required("can not be empty");
  check.at("whenUnsatisfiable").oneOf(whenUnsatisfiable ?? "", ["DoNotSchedule", "ScheduleAnyway"]);
  if (earlier.some((one) => one.topologyKey === topologyKey && one.whenUnsatisfiable === whenUnsatisfiable))
    check.at("{topologyKey, whenUnsatisfiable}").duplicate(`{${topologyKey}, ${whenUnsatisfiable}}`);
  if (minDomains !== undefined) {
    if (minDomains <= 0) check.at("minDomains").invalid(minDomains, "must be greater than zero");
    else if (whenUnsatisfiable !== "DoNotSchedule")
      check
        .at("minDomains")
        .invalid(
          minDomains,
          `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
        );
  }
  for (const field of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const)
    check.at(field).oneOf(constraint[field], ["Honor", "Ignore"]);
  for (const [index, key] of matchLabelKeys.entries()) {
    const at = check.at("matchLabelKeys").index(index);
    at.name(key, checkQualifiedName);
    const isSelected =
      own(labelSelector?.matchLabels, key) !== undefined ||
      labelSelector?.matchExpressions?.some((one) => one.key === key) === true;
    if (isSelected) at.invalid(key, "exists in both matchLabelKeys and labelSelector");
  }
  if (matchLabelKeys.length > 0 && labelSelector === undefined)
    check.at("matchLabelKeys").forbidden("must not be specified when labelSelector is not set");
  validateLabelSelector(check.at("labelSelector"), labelSelector);
}

/** Source: Kubernetes `validateAffinity`. */
function validateAffinity(check: Checker, { nodeAffinity, podAffinity, podAntiAffinity }: Affinity): void {
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const nodes = check.at("nodeAffinity");
  if (required !== undefined)
    validateNodeSelector(nodes.at("requiredDuringSchedulingIgnoredDuringExecution"), required);
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const [index, { preference, weight }] of preferred.entries()) {
    const at = nodes.at("preferredDuringSchedulingIgnoredDuringExecution").index(index);
    validateWeight(at.at("weight"), weight);
    validateNodeTerm(at.at("preference"), preference ?? {}, false);
  }
  for (const [name, affinity] of [
    ["podAffinity", podAffinity],
    ["podAntiAffinity", podAntiAffinity],
  ] as const) {
    const at = check.at(name);
    for (const [index, term] of (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries())
      validatePodTerm(at.at("requiredDuringSchedulingIgnoredDuringExecution").index(index), term);
    const wished = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const [index, { podAffinityTerm, weight }] of wished.entries()) {
      const one = at.at("preferredDuringSchedulingIgnoredDuringExecution").index(index);
      validateWeight(one.at("weight"), weight);
      validatePodTerm(one.at("podAffinityTerm"), podAffinityTerm ?? ({} as PodAffinityTerm));
    }
  }
}

function validateWeight(check: Checker, weight: number | undefined): void {
  if (weight === undefined || weight <= 0 || weight > 100)
    check.invalid(weight ?? 0, "must be in the range 1-100");
}

export function validateNodeSelector(
  check: Checker,
  { nodeSelectorTerms = [] }: { nodeSelectorTerms?: NodeSelectorTerm[] },
): void {
  const at = check.at("nodeSelectorTerms");
  if (nodeSelectorTerms.length === 0) at.required("must have at least one node selector term");
  for (const [index, term] of nodeSelectorTerms.entries()) validateNodeTerm(at.index(index), term);
}

function validateNodeTerm(
  check: Checker,
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  isRequired = true,
): void {
  for (const [index, requirement] of matchExpressions.entries())
    validateRequirement(check.at("matchExpressions").index(index), requirement, isRequired);
  for (const [index, { key, operator, values = [] }] of matchFields.entries()) {
    const at = check.at("matchFields").index(index);
    if (operator !== "In" && operator !== "NotIn")
      at.at("operator").invalid(operator ?? "", "not a valid selector operator");
    else if (values.length !== 1)
      at.at("values").required(
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      );
    for (const [position, value] of values.entries())
      at.at("values").index(position).name(value, checkDnsSubdomain);
    if (key !== "metadata.name") at.at("key").invalid(key ?? "", "not a valid field selector key");
  }
}

function validateRequirement(
  check: Checker,
  { key, operator, values = [] }: NodeSelectorRequirement,
  isRequired: boolean,
): void {
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0)
      check.at("values").required("must be specified when `operator` is 'In' or 'NotIn'");
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0)
      check.at("values").forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1)
      check.at("values").required("must be specified single value when `operator` is 'Lt' or 'Gt'");
  } else check.at("operator").invalid(operator ?? "", "not a valid selector operator");
  check.at("key").name(key ?? "", checkQualifiedName);
  if (isRequired)
    // upstream does not look at what is only preferred
    for (const [index, value] of values.entries())
      check.at("values").index(index).name(value, checkLabelValue);
}

function validatePodTerm(check: Checker, term: PodAffinityTerm): void {
  const { labelSelector, namespaces = [], namespaceSelector, topologyKey } = term;
  validateLabelSelector(check.at("labelSelector"), labelSelector);
  validateLabelSelector(check.at("namespaceSelector"), namespaceSelector);
  for (const [index, name] of namespaces.entries())
    check.at("namespaces").index(index).name(name, checkDnsLabel);
  if (!topologyKey) check.at("topologyKey").required("can not be empty");
  else check.at("topologyKey").name(topologyKey, checkQualifiedName);
  for (const field of ["matchLabelKeys", "mismatchLabelKeys"] as const) {
    const keys = term[field] ?? [];
    if (keys.length > 0 && labelSelector === undefined)
      check.at(field).forbidden("must not be specified when labelSelector is not set");
    for (const [index, key] of keys.entries()) check.at(field).index(index).name(key, checkQualifiedName);
  }
}
