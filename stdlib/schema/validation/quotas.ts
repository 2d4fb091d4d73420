import { checkQualifiedName } from "../../base/names.js";
import type { LimitRange, ResourceQuota, ScopeSelector } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { canOvercommit, validateResourceName } from "./resources.js";
import { isEqual, isGreater, isNegative, isWhole, own, quantityOf } from "./values.js";

/** Source: Kubernetes `ValidateResourceQuotaSpec`. */
export function validateQuota(check: Checker, { spec = {} }: ResourceQuota): void {
  for (const [name, amount] of Object.entries((spec.hard ?? {}) as { readonly [name: string]: unknown })) {
    const at = check.at("spec.hard").index(name);
    const why = checkQualifiedName(name);
    if (why !== undefined) at.invalid(name, why);
    else if (!name.includes("/") && !quotas.has(name) && !/^(requests\.)?hugepages-/.test(name))
      at.invalid(name, "must be a standard resource for quota");
    if (isNegative(amount)) at.invalid(String(amount), "must be greater than or equal to 0");
    const isCount = name.includes("/") || /^(configmaps|pods|secrets|services.*|[a-z]+s)$/.test(name);
    if (isCount && !isWhole(amount)) at.invalid(String(amount), "must be an integer");
  }
  const hard = Object.keys(spec.hard ?? {});
  validateScopes(check.at("spec.scopes"), spec.scopes ?? [], hard);
  if (spec.scopeSelector !== undefined)
    validateScopeSelector(check.at("spec.scopeSelector.matchExpressions"), spec.scopeSelector, hard);
}

const forPods = ["pods"];
const forCompute = [
  ...forPods,
  ...["cpu", "memory"].flatMap((name) => [name, `limits.${name}`, `requests.${name}`]),
];

/** What is counted of the pods, or claims, that a scope is about. */
const scopes: { readonly [scope: string]: readonly string[] } = {
  BestEffort: forPods,
  CrossNamespacePodAffinity: forCompute,
  NotBestEffort: forCompute,
  NotTerminating: forCompute,
  PriorityClass: forCompute,
  Terminating: forCompute,
  VolumeAttributesClass: ["persistentvolumeclaims", "requests.storage"],
};

/** Source: Kubernetes `validateResourceQuotaScopes`. */
function validateScopes(check: Checker, given: readonly string[], hard: readonly string[]): void {
  for (const scope of given) {
    const counted = own(scopes, scope);
    if (counted === undefined) check.unsupported(scope, Object.keys(scopes));
    else if (hard.some((name) => isStandardQuota(name) && !counted.includes(name)))
      check.invalid(scope, `unsupported scope applied to resource: it is about ${counted.join(", ")}`);
  }
  for (const [one, other] of [
    ["BestEffort", "NotBestEffort"],
    ["Terminating", "NotTerminating"],
  ] as const)
    if (given.includes(one) && given.includes(other))
      check.invalid(given, `conflicting scopes: ${one} and ${other}`);
}

function isStandardQuota(name: string): boolean {
  return quotas.has(name) || /^(requests\.)?hugepages-/.test(name);
}

/** Source: Kubernetes `validateScopedResourceSelectorRequirement`. */
function validateScopeSelector(
  check: Checker,
  { matchExpressions = [] }: ScopeSelector,
  hard: readonly string[],
): void {
  validateScopes(
    check,
    matchExpressions.map(({ scopeName }) => scopeName ?? ""),
    hard,
  );
  for (const [index, { operator, scopeName, values = [] }] of matchExpressions.entries()) {
    const at = check.index(index);
    const isNamed = scopeName === "PriorityClass" || scopeName === "VolumeAttributesClass";
    if (!isNamed && own(scopes, scopeName ?? "") !== undefined && operator !== "Exists")
      at.at("operator").invalid(operator ?? "", `must be 'Exists' when scope is ${scopeName}`);
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0)
        at.at("values").required(
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        );
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0)
        at.at("values").invalid(
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        );
    } else at.at("operator").invalid(operator ?? "", "not a valid selector operator");
  }
}

/** Source: Kubernetes `validateLimitRangeTypeName`. */
function checkLimitType(type: string): string | undefined {
  const isKnown = ["Container", "PersistentVolumeClaim", "Pod"].includes(type) || type.includes("/");
  return (
    checkQualifiedName(type) ?? (isKnown ? undefined : "must be a standard limit type or fully qualified")
  );
}

const quotas = new Set([
  ...["cpu", "ephemeral-storage", "memory"].flatMap((name) => [name, `limits.${name}`, `requests.${name}`]),
  ...[
    "configmaps",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "requests.storage",
    "resourcequotas",
  ],
  ...["secrets", "services", "services.loadbalancers", "services.nodeports"],
]);

/** Source: Kubernetes `ValidateLimitRange`. */
export function validateLimitRange(check: Checker, { spec }: LimitRange): void {
  const types = new Set<string>();
  for (const [index, limit] of (spec?.limits ?? []).entries()) {
    const at = check.at("spec.limits").index(index);
    at.at("type").requiredName(limit.type, checkLimitType);
    if (types.has(limit.type)) at.at("type").duplicate(limit.type);
    types.add(limit.type);
    const {
      default: usual = {},
      defaultRequest = {},
      max = {},
      maxLimitRequestRatio: ratios = {},
      min = {},
    } = limit as unknown as {
      readonly [field: string]: { readonly [name: string]: unknown };
    };
    if (limit.type === "Pod")
      for (const [field, amounts] of [
        ["default", usual],
        ["defaultRequest", defaultRequest],
      ] as const)
        if (Object.keys(amounts).length > 0)
          at.at(field).forbidden("may not be specified when `type` is 'Pod'");
    for (const [field, amounts] of [
      ["max", max],
      ["min", min],
      ["maxLimitRequestRatio", ratios],
      ...(limit.type === "Pod"
        ? []
        : ([
            ["default", usual],
            ["defaultRequest", defaultRequest],
          ] as const)),
    ] as const)
      for (const name of Object.keys(amounts))
        validateLimitedName(at.at(field).index(name), name, limit.type);
    if (
      limit.type === "PersistentVolumeClaim" &&
      !Object.hasOwn(min, "storage") &&
      !Object.hasOwn(max, "storage")
    )
      at.at("limits").required(
        "either minimum or maximum storage value is required, but neither was provided",
      );
    for (const [name, ratio] of Object.entries(ratios))
      validateRatio(at.at("maxLimitRequestRatio").index(name), ratio, own(min, name), own(max, name));
    for (const [name, amount] of Object.entries(defaultRequest)) {
      const wanted = own(usual, name);
      if (limit.type !== "Pod" && wanted !== undefined && !canOvercommit(name) && !isEqual(amount, wanted))
        at.at("defaultRequest")
          .index(name)
          .invalid(
            String(amount),
            `default value ${wanted} must equal to defaultRequest value ${amount} in ${name}`,
          );
    }
    for (const name of new Set(
      [usual, defaultRequest, max, min].flatMap((amounts) => Object.keys(amounts)),
    )) {
      const ordered = [
        ["min", own(min, name)],
        ["defaultRequest", own(defaultRequest, name)],
        ["default", own(usual, name)],
        ["max", own(max, name)],
      ] as const;
      const known = ordered.filter(([, amount]) => amount !== undefined);
      for (const [position, [field, amount]] of known.entries())
        for (const [above, larger] of known.slice(position + 1))
          if (isGreater(amount, larger))
            at.at(field)
              .index(name)
              .invalid(String(amount), `${field} value ${amount} is greater than ${above} value ${larger}`);
    }
  }
}

/** Source: Kubernetes `validateLimitRangeResourceName`. */
function validateLimitedName(check: Checker, name: string, type: string): void {
  if (type === "Container" || type === "Pod") validateResourceName(check, name);
  else {
    const why = checkQualifiedName(name);
    const isKnown = name.includes("/") || name === "storage" || isStandardQuota(name);
    if (why !== undefined) check.invalid(name, why);
    else if (!isKnown) check.invalid(name, "must be a standard resource type or fully qualified");
  }
}

/** How far a limit may lie above its request: between what the ends of the range allow. */
function validateRatio(check: Checker, ratio: unknown, min: unknown, max: unknown): void {
  if (isGreater(1, ratio)) check.invalid(String(ratio), `ratio ${ratio} is less than 1`);
  if (min === undefined || max === undefined || isNegative(min) || quantityOf(min).nano === 0n) return;
  const most = Number(quantityOf(max).nano) / Number(quantityOf(min).nano);
  if (Number(quantityOf(ratio).nano) / 1e9 > most)
    check.invalid(String(ratio), `ratio ${ratio} is greater than max/min = ${most}`);
}
