import { deepEqual } from "../../base/json.js";
import type { Pod, PodSpec, Toleration } from "../../kubernetes/generated/core-v1.js";
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
  if (!deepEqual(fixedPart(pod.spec), fixedPart(old.spec))) spec.forbidden(refusal);
}

function keepsTolerations(now: readonly Toleration[], before: readonly Toleration[]): boolean {
  const key = ({ tolerationSeconds, ...rest }: Toleration) => rest;
  return before.every((toleration) => now.some((candidate) => deepEqual(key(candidate), key(toleration))));
}

/** The spec without what may change. `nodeName` is set once, by the binding. */
function fixedPart(spec: PodSpec): unknown {
  const { activeDeadlineSeconds, tolerations, terminationGracePeriodSeconds, nodeName, ...fixed } = spec;
  const withoutImages = (containers: PodSpec["initContainers"]) =>
    containers?.map(({ image, ...container }) => container);
  return {
    ...fixed,
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
    terminationGracePeriodSeconds:
      (terminationGracePeriodSeconds ?? 0) < 0 ? 1 : terminationGracePeriodSeconds,
  };
}
