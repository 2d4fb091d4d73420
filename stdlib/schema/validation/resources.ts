import { checkQualifiedName } from "../../base/names.js";
import type { ResourceRequirements } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { isEqual, isGreater, isNegative, isWhole, own } from "./values.js";

type Amounts = { readonly [resource: string]: unknown };

const standard = new Set(["cpu", "memory", "ephemeral-storage"]);

/** Source: Kubernetes `ValidateContainerResourceRequirements`. */
export function validateResources(
  check: Checker,
  resources: ResourceRequirements | undefined,
  claimNames: ReadonlySet<string>,
): void {
  if (resources === undefined) return;
  const { limits = {}, requests = {} } = resources as { limits?: Amounts; requests?: Amounts };
  let hasPages = false;
  let hasBasics = false;
  for (const [kind, amounts] of [
    ["limits", limits],
    ["requests", requests],
  ] as const)
    for (const [name, amount] of Object.entries(amounts)) {
      const at = check.at(kind);
      validateResourceName(at.index(name), name);
      validateAmountOf(at.index(name), name, amount);
      hasPages ||= isHugePages(name);
      hasBasics ||= standard.has(name);
    }
  for (const [name, amount] of Object.entries(requests)) {
    const limit = own(limits, name);
    if (limit === undefined) {
      if (!canOvercommit(name))
        check.at("limits").required("Limit must be set for non overcommitable resources");
    } else if (!canOvercommit(name) && !isEqual(amount, limit))
      check.at("requests").invalid(String(amount), `must be equal to ${name} limit of ${limit}`);
    else if (isGreater(amount, limit))
      check.at("requests").invalid(String(amount), `must be less than or equal to ${name} limit of ${limit}`);
  }
  if (hasPages && !hasBasics) check.forbidden("HugePages require cpu or memory");
  const used = new Set<string>();
  for (const [index, { name, request }] of (resources.claims ?? []).entries()) {
    const at = check.at("claims").index(index);
    const key = `${name}/${request ?? ""}`;
    if (!name) at.at("name").required();
    else if (used.has(key)) at.duplicate(name);
    else if (!claimNames.has(name)) at.at("name").notFound(name);
    used.add(key);
  }
}

/** Amounts without limits, as of a sandbox's overhead. */
export function validateAmounts(check: Checker, amounts: Amounts | undefined): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    validateResourceName(check.index(name), name);
    validateAmountOf(check.index(name), name, amount);
  }
}

/** Source: Kubernetes `validateContainerResourceName`. */
export function validateResourceName(check: Checker, name: string): void {
  const why = checkQualifiedName(name);
  if (why !== undefined) check.invalid(name, why);
  else if (!name.includes("/") && !standard.has(name) && !isHugePages(name))
    check.invalid(name, "must be a standard resource for containers");
}

/** What is counted in pieces comes in whole ones. */
export function validateAmountOf(check: Checker, name: string, amount: unknown): void {
  if (isNegative(amount)) check.invalid(String(amount), "must be greater than or equal to 0");
  if ((name.includes("/") || isHugePages(name)) && !isWhole(amount))
    check.invalid(String(amount), "must be an integer");
}

function isHugePages(name: string): boolean {
  return name.startsWith("hugepages-");
}

/** Source: Kubernetes `IsOvercommitAllowed`: the standard resources, and what is not another's. */
export function canOvercommit(name: string): boolean {
  return standard.has(name) || name.includes("kubernetes.io/") || (!name.includes("/") && !isHugePages(name));
}
