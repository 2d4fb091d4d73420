import { deepEqual } from "../../base/json.js";
import type {
  NodeAffinity,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  Toleration,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";

const refusal =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** Source: Kubernetes `ValidatePodUpdate`: all but a handful of fields is fixed once the pod exists. */
export function validatePodUpdate(check: Checker, pod: Pod, old: Pod): void {
  const spec = check.at("spec");
  if (pod.spec === undefined || old.spec === undefined) return;
  const [before, after] = [old.spec.activeDeadlineSeconds, pod.spec.activeDeadlineSeconds];
  if (before !== undefined && (after === undefined || after > before)) {
    spec.at("activeDeadlineSeconds").invalid(after ?? null, "must be less than or equal to previous value");
  }
  if (!keepsTolerations(pod.spec.tolerations ?? [], old.spec.tolerations ?? [])) {
    spec.at("tolerations").forbidden("existing toleration can not be modified except its tolerationSeconds");
  }
  for (const [index, gate] of (pod.spec.schedulingGates ?? []).entries())
    if (!(old.spec.schedulingGates ?? []).some((one) => deepEqual(one, gate)))
      spec.at("schedulingGates").index(index).forbidden("only deletion is allowed");
  const isGated = (old.spec.schedulingGates ?? []).length > 0;
  if (isGated) validateNarrowing(spec, pod.spec, old.spec);
  if (!deepEqual(fixedPart(pod.spec, isGated), fixedPart(old.spec, isGated))) spec.forbidden(refusal);
}

function keepsTolerations(now: readonly Toleration[], before: readonly Toleration[]): boolean {
  const key = ({ tolerationSeconds, ...rest }: Toleration) => rest;
  return before.every((toleration) => now.some((candidate) => deepEqual(key(candidate), key(toleration))));
}

/** Where a pod that waits at a gate may run can be narrowed, never widened. Sources: `validateNodeSelectorMutation`, `validateNodeAffinityMutation`. */
function validateNarrowing(check: Checker, spec: PodSpec, old: PodSpec): void {
  const labels = spec.nodeSelector ?? {};
  if (Object.entries(old.nodeSelector ?? {}).some(([label, value]) => labels[label] !== value))
    check
      .at("nodeSelector")
      .invalid(labels, "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
  const [terms, oldTerms] = [termsOf(spec.affinity?.nodeAffinity), termsOf(old.affinity?.nodeAffinity)];
  if (oldTerms.length === 0) return;
  const at = check.at(
    "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
  );
  if (terms.length !== oldTerms.length)
    at.invalid(terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
  else
    for (const [index, term] of terms.entries())
      if (!extendsTerm(term, oldTerms[index] as NodeSelectorTerm))
        at.index(index).invalid(term, "only additions are allowed (no mutations or deletions)");
}

function termsOf(affinity: NodeAffinity | undefined): readonly NodeSelectorTerm[] {
  return affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

/** A term without requirements matches no node, so that any would widen it. */
function extendsTerm(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = (["matchExpressions", "matchFields"] as const).map(
    (list) => [term[list] ?? [], old[list] ?? []] as const,
  );
  if (lists.every(([, before]) => before.length === 0)) return lists.every(([now]) => now.length === 0);
  return lists.every(([now, before]) => before.every((one, index) => deepEqual(one, now[index])));
}

/** The spec without what may change. `nodeName` is set once, by the binding. */
function fixedPart(spec: PodSpec, isGated: boolean): unknown {
  const {
    activeDeadlineSeconds,
    schedulingGates,
    tolerations,
    terminationGracePeriodSeconds,
    nodeName,
    ...fixed
  } = spec;
  const withoutImages = (containers: PodSpec["initContainers"]) =>
    containers?.map(({ image, ...container }) => container);
  const { nodeAffinity, ...affinity } = spec.affinity ?? {};
  return {
    ...fixed,
    ...(isGated ? { nodeSelector: undefined, affinity } : {}),
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
    terminationGracePeriodSeconds:
      (terminationGracePeriodSeconds ?? 0) < 0 ? 1 : terminationGracePeriodSeconds,
  };
}
