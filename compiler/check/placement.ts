import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import type { Node, Taint, Toleration } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { podsOf } from "./pods.js";

/**
 * A pod that fits no node that the stack knows of. What is known are the labels and taints that its own nodes are given
 * here; labels that the cluster sets by itself, and nodes that nobody describes, are not judged. How much a node has is
 * known to the scheduler alone: `infra status` says what a pending pod lacks.
 */
export function checkPlacement(
  built: readonly Built[],
  isAccepted: (built: Built, code: AcceptableCode) => boolean,
  reporter: Reporter,
): void {
  const nodes = built
    .filter(({ object }) => object.kind === "Node" && object.apiVersion === "v1")
    .map(({ object }) => object as unknown as Node);
  if (nodes.length === 0) return;
  const known = [...new Set(nodes.flatMap(({ metadata }) => Object.keys(metadata?.labels ?? {})))].sort();
  for (const { built: one, path, spec } of podsOf(built)) {
    const wanted = Object.entries(spec.nodeSelector ?? {}).filter(([label]) => !isOfCluster(label));
    if (wanted.length === 0) continue;
    const matching = nodes.filter(({ metadata }) =>
      wanted.every(([label, value]) => metadata?.labels?.[label] === value),
    );
    const open = matching.filter(({ spec: { taints = [] } = {} }) =>
      taints.every((taint) => isTolerated(taint, spec.tolerations ?? [])),
    );
    if (open.length > 0 || isAccepted(one, "node-unmatched")) continue;
    const [closed] = matching;
    const [taint] = (closed?.spec?.taints ?? []).filter((each) => !isTolerated(each, spec.tolerations ?? []));
    const [label = ""] = wanted.find(([name]) => !known.includes(name)) ?? wanted[0] ?? [];
    reporter.report("node-unmatched", one.origins.find(`${path}.nodeSelector`), {
      resource: one.title,
      wanted: wanted.map(([name, value]) => `${name}=${value}`).join(", "),
      label,
      known,
      ...(taint === undefined ? {} : { taint: `${taint.key}:${taint.effect}` }),
    });
  }
}

/** Labels that kubelets and clouds set. */
function isOfCluster(label: string): boolean {
  return /(^|\.)(kubernetes|k8s)\.io\//.test(label);
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
