import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type {
  Node,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodSpec,
  Taint,
  Toleration,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import { isGreater, quantityOf } from "../../stdlib/schema/validation/values.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { podsOf } from "./pods.js";

type IsAccepted = (built: Built, code: AcceptableCode) => boolean;

/**
 * A pod that fits no node that the stack knows of: by its labels, its taints, and how much it has where its object says
 * so. Labels that the cluster sets by itself, and nodes that nobody describes, are not judged.
 */
export function checkPlacement(built: readonly Built[], isAccepted: IsAccepted, reporter: Reporter): void {
  const nodes = built
    .filter(({ object }) => object.kind === "Node" && object.apiVersion === "v1")
    .map(({ object }) => object as unknown as Node);
  if (nodes.length === 0) return;
  const known = [...new Set(nodes.flatMap(({ metadata }) => Object.keys(metadata?.labels ?? {})))].sort();
  for (const { built: one, path, spec } of podsOf(built)) {
    const wanted = requirementsOf(spec);
    const matching = nodes.filter((node) => matches(node, spec));
    const open = matching.filter((node) => closingTaint(node, spec) === undefined);
    const found = { resource: one.title, known };
    const report = (at: string, data: { wanted: string; label: string; taint?: string; lacks?: string }) => {
      if (!isAccepted(one, "node-unmatched"))
        reporter.report("node-unmatched", one.origins.find(`${path}.${at}`), { ...found, ...data });
    };
    if (open.length > 0) {
      const lacks = open.map((node) => lackOf(node, spec));
      if (lacks.every((lack) => lack !== undefined))
        report("containers", { wanted: "", label: "", lacks: lacks[0] as string });
    } else if (wanted.length > 0) {
      const [closed] = matching;
      const taint = closed === undefined ? undefined : closingTaint(closed, spec);
      const { key: label = "" } = wanted.find(({ key }) => !known.includes(key)) ?? wanted[0] ?? {};
      report(spec.nodeSelector === undefined ? "affinity" : "nodeSelector", {
        wanted: wanted.map(requirementText).join(", "),
        label,
        ...(taint === undefined ? {} : { taint: `${taint.key}:${taint.effect}` }),
      });
    }
  }
}

function selectorOf({ nodeSelector = {} }: PodSpec): readonly NodeSelectorRequirement[] {
  return Object.entries(nodeSelector).map(([key, value]) => ({ key, operator: "In", values: [value] }));
}

/** One of them has to hold; without any, all nodes do. */
function termsOf({ affinity }: PodSpec): readonly NodeSelectorTerm[] | undefined {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
}

/** What is asked of a node's labels, as far as it can be judged here. */
function requirementsOf(spec: PodSpec): readonly NodeSelectorRequirement[] {
  const asked = (termsOf(spec) ?? []).flatMap(({ matchExpressions = [], matchFields = [] }) => [
    ...matchExpressions,
    ...matchFields,
  ]);
  return [...selectorOf(spec), ...asked].filter(({ key }) => !isOfCluster(key));
}

/** Source: Kubernetes `nodeaffinity.GetRequiredNodeAffinity`. */
function matches({ metadata }: Node, spec: PodSpec): boolean {
  const holds = (fields: { readonly [name: string]: string }) => (requirement: NodeSelectorRequirement) =>
    isOfCluster(requirement.key) || meets(fields[requirement.key], requirement);
  const labels = holds(metadata?.labels ?? {});
  const fields = holds({ "metadata.name": metadata?.name ?? "" });
  const terms = termsOf(spec);
  return (
    selectorOf(spec).every(labels) &&
    (terms === undefined ||
      terms.some(
        ({ matchExpressions = [], matchFields = [] }) =>
          matchExpressions.length + matchFields.length > 0 &&
          matchExpressions.every(labels) &&
          matchFields.every(fields),
      ))
  );
}

function meets(value: string | undefined, { operator, values = [] }: NodeSelectorRequirement): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return true; // no operator: the API's rules say so
  }
}

function requirementText({ key, operator, values = [] }: NodeSelectorRequirement): string {
  if (operator === "In" && values.length === 1) return `${key}=${values[0]}`;
  return [key, operator, values.join("|")].filter((part) => part !== "").join(" ");
}

/** Labels that kubelets and clouds set. */
function isOfCluster(label: string): boolean {
  return /(^|\.)(kubernetes|k8s)\.io\//.test(label);
}

function closingTaint({ spec: { taints = [] } = {} }: Node, spec: PodSpec): Taint | undefined {
  return taints.find((taint) => !isTolerated(taint, spec.tolerations ?? []));
}

/** Source: Kubernetes `ToleratesTaint`; a preference keeps no pod away. */
function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return (
    taint.effect === "PreferNoSchedule" ||
    tolerations.some(
      ({ effect, key, operator, value }) =>
        (!effect || effect === taint.effect) &&
        (!key || key === taint.key) &&
        (operator === "Exists" || (value ?? "") === (taint.value ?? "")),
    )
  );
}

type Amounts = { readonly [resource: string]: unknown };

/** What one pod asks for that an empty node has not; a node that says nothing of a resource may have it. */
function lackOf({ status = {} }: Node, spec: PodSpec): string | undefined {
  const has = (status.allocatable ?? status.capacity ?? {}) as Amounts;
  const wanted = requestsOf(spec);
  const short = Object.keys(has).find(
    (name) => wanted[name] !== undefined && isGreater(wanted[name], has[name]),
  );
  return short === undefined ? undefined : `${String(wanted[short])} of ${short}`;
}

/** Of all its containers together; those that run before them one by one are seldom larger. */
function requestsOf({ containers }: PodSpec): Amounts {
  const sums: { [resource: string]: string } = {};
  for (const { resources: { limits = {}, requests = {} } = {} } of containers)
    for (const [name, amount] of Object.entries({ ...limits, ...requests } as Amounts))
      sums[name] = sums[name] === undefined ? String(amount) : sumText(sums[name], amount);
  return sums;
}

function sumText(a: unknown, b: unknown): string {
  const nano = quantityOf(a).nano + quantityOf(b).nano;
  const unit = 10n ** 9n;
  return nano % unit === 0n ? `${nano / unit}` : `${nano / (unit / 1000n)}m`;
}
