import { checkDnsLabel } from "../../base/names.js";
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from "../../kubernetes/generated/autoscaling-v2.js";
import type { PodDisruptionBudget } from "../../kubernetes/generated/policy-v1.js";
import type { Checker } from "./checker.js";
import { validateLabelSelector } from "./labels.js";
import { validateResourceName } from "./resources.js";
import { checkPathSegment, isNegative, quantityOf, validateAmount, validateShare } from "./values.js";

/** Source: Kubernetes `ValidatePodDisruptionBudgetSpec`. */
export function validateDisruptionBudget(check: Checker, { spec = {} }: PodDisruptionBudget): void {
  const at = check.at("spec");
  const { maxUnavailable, minAvailable, selector, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    at.invalid({ maxUnavailable, minAvailable }, "minAvailable and maxUnavailable cannot be both set");
  for (const [field, value] of [
    ["minAvailable", minAvailable],
    ["maxUnavailable", maxUnavailable],
  ] as const) {
    validateAmount(at.at(field), value);
    validateShare(at.at(field), value);
  }
  validateLabelSelector(at.at("selector"), selector);
  at.at("unhealthyPodEvictionPolicy").oneOf(unhealthyPodEvictionPolicy, ["AlwaysAllow", "IfHealthyBudget"]);
}

/** Source: Kubernetes `validateHorizontalPodAutoscalerSpec`. */
export function validateAutoscaler(check: Checker, { spec }: HorizontalPodAutoscaler): void {
  const at = check.at("spec");
  const { behavior, maxReplicas = 0, metrics = [], minReplicas, scaleTargetRef } = spec ?? {};
  if (minReplicas !== undefined && minReplicas < 1)
    at.at("minReplicas").invalid(minReplicas, "must be greater than or equal to 1");
  if (maxReplicas < 1) at.at("maxReplicas").invalid(maxReplicas, "must be greater than 0");
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    at.at("maxReplicas").invalid(maxReplicas, "must be greater than or equal to `minReplicas`");
  validateTargetOf(at.at("scaleTargetRef"), scaleTargetRef);
  const { apiVersion = "", kind } = scaleTargetRef ?? {};
  if (scaleTargetRef !== undefined && !/^[^/]+\/./.test(apiVersion))
    if (kind !== "ReplicationController" || apiVersion !== "v1")
      at.at("scaleTargetRef.apiVersion").invalid(apiVersion, "apiVersion must specify API group");
  for (const [index, metric] of metrics.entries()) validateMetric(at.at("metrics").index(index), metric);
  for (const side of ["scaleUp", "scaleDown"] as const)
    if (behavior?.[side] !== undefined) validateScaling(at.at("behavior").at(side), behavior[side]);
}

function validateTargetOf(check: Checker, target: CrossVersionObjectReference | undefined): void {
  check.at("kind").requiredName(target?.kind, checkPathSegment);
  check.at("name").requiredName(target?.name, checkPathSegment);
  const { apiVersion = "" } = target ?? {};
  if (apiVersion.split("/").length > 2)
    check.at("apiVersion").invalid(apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
}

const sources = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
} as const;

function validateMetric(check: Checker, metric: MetricSpec): void {
  check.at("type").requiredOneOf(metric.type, Object.keys(sources));
  const expected = Object.hasOwn(sources, metric.type ?? "")
    ? sources[metric.type as keyof typeof sources]
    : undefined;
  if (expected === undefined) return;
  if (metric[expected] === undefined)
    check.at(expected).required("must populate information for the given metric source");
  for (const source of Object.values(sources))
    if (source !== expected && metric[source] !== undefined)
      check.at(source).forbidden("must populate the given metric source only");
  const { containerResource, external, object, pods, resource } = metric;
  for (const [field, one] of [
    ["resource", resource],
    ["containerResource", containerResource],
  ] as const) {
    if (one === undefined) continue;
    if (!one.name) check.at(field).at("name").required("must specify a resource name");
    validateTarget(check.at(field).at("target"), one.target, ["averageUtilization", "averageValue"]);
  }
  if (containerResource?.name)
    validateResourceName(check.at("containerResource.name"), containerResource.name);
  if (containerResource !== undefined)
    check
      .at("containerResource.container")
      .requiredName(containerResource.container, checkDnsLabel, "must specify a container");
  if (object !== undefined) validateTargetOf(check.at("object.describedObject"), object.describedObject);
  for (const [field, one] of [
    ["external", external],
    ["object", object],
    ["pods", pods],
  ] as const) {
    if (one === undefined) continue;
    check
      .at(field)
      .at("metric.name")
      .requiredName(one.metric?.name, checkPathSegment, "must specify a metric name");
    validateTarget(
      check.at(field).at("target"),
      one.target,
      field === "pods" ? ["averageValue"] : ["averageValue", "value"],
    );
  }
}

type TargetField = "averageUtilization" | "averageValue" | "value";

function validateTarget(
  check: Checker,
  target: MetricTarget | undefined,
  needed: readonly TargetField[],
): void {
  check.at("type").requiredOneOf(target?.type, ["AverageValue", "Utilization", "Value"]);
  if (target === undefined) return;
  if (target.averageUtilization !== undefined && target.averageUtilization < 1)
    check.at("averageUtilization").invalid(target.averageUtilization, "must be greater than 0");
  for (const field of ["averageValue", "value"] as const) {
    const value = target[field];
    if (value !== undefined && (isNegative(value) || quantityOf(value).nano === 0n))
      check.at(field).invalid(String(value), "must be positive");
  }
  const given = needed.filter((field) => target[field] !== undefined);
  if (given.length === 0) check.at(needed[0] as string).required("must set one of them");
  if (given.length > 1) check.at(given[1] as string).forbidden("may not set both");
}

function validateScaling(check: Checker, rules: HPAScalingRules): void {
  const { policies = [], selectPolicy, stabilizationWindowSeconds } = rules;
  const window = check.at("stabilizationWindowSeconds");
  window.nonNegative(stabilizationWindowSeconds);
  if ((stabilizationWindowSeconds ?? 0) > 3600)
    window.invalid(stabilizationWindowSeconds, "must be less than or equal to 3600");
  check.at("selectPolicy").oneOf(selectPolicy, ["Disabled", "Max", "Min"]);
  if (rules.policies?.length === 0) check.at("policies").required("must specify at least one Policy");
  for (const [index, { periodSeconds = 0, type, value = 0 }] of policies.entries()) {
    const at = check.at("policies").index(index);
    at.at("type").oneOf(type ?? "", ["Percent", "Pods"]);
    if (value <= 0) at.at("value").invalid(value, "must be greater than zero");
    if (periodSeconds <= 0) at.at("periodSeconds").invalid(periodSeconds, "must be greater than zero");
    if (periodSeconds > 1800)
      at.at("periodSeconds").invalid(periodSeconds, "must be less than or equal to 1800");
  }
}
