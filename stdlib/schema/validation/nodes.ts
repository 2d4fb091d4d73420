import { isIPv4 } from "node:net";
import { checkLabelValue, checkQualifiedName } from "../../base/names.js";
import type { Node, Taint } from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { checkCidr } from "./values.js";

/** Source: Kubernetes `ValidateNode`. What a node reports of itself is not a program's to say. */
export function validateNode(check: Checker, { spec = {} }: Node): void {
  const { podCIDR, taints = [] } = spec;
  const known = new Set<string>();
  for (const [index, taint] of taints.entries()) {
    const at = check.at("spec.taints").index(index);
    validateTaint(at, taint);
    const identity = `${taint.key} ${taint.effect}`;
    if (known.has(identity)) at.invalid(taint, "taints must be unique by key and effect pair");
    known.add(identity);
  }
  // The list is heard where it begins with the one range, or where there is none.
  const isOne = podCIDR !== undefined && podCIDR !== "" && podCIDR !== spec.podCIDRs?.[0];
  const podCIDRs = isOne ? [podCIDR] : (spec.podCIDRs ?? []);
  const at = check.at(isOne ? "spec.podCIDR" : "spec.podCIDRs");
  for (const [index, cidr] of podCIDRs.entries()) (isOne ? at : at.index(index)).name(cidr, checkCidr);
  const families = podCIDRs.map((cidr) => isIPv4(cidr.split("/")[0] ?? ""));
  if (podCIDRs.length > 2 || (podCIDRs.length === 2 && families[0] === families[1]))
    at.invalid(podCIDRs, "may specify no more than one CIDR for each IP family");
}

function validateTaint(check: Checker, { effect, key, value = "" }: Taint): void {
  check.at("key").name(key ?? "", checkQualifiedName);
  check.at("value").name(value, checkLabelValue);
  check.at("effect").requiredOneOf(effect, ["NoExecute", "NoSchedule", "PreferNoSchedule"]);
}
