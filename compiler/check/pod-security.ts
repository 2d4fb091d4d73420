import type { AcceptableCode } from "../../stdlib/constructs/accept.js";
import { policyDiagnostics } from "../diagnostics/policy-rows.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Built } from "../lower/built.js";
import { type Finding, podPolicies } from "./pod-policies.js";
import { type BuiltPod, podsOf } from "./pods.js";

const standards = ["privileged", "baseline", "restricted"] as const;
type Standard = (typeof standards)[number];

const prefix = "pod-security.kubernetes.io/";

/**
 * What the PodSecurity admission of the API server refuses: labels of a namespace that say no standard, and pods that do
 * not meet the one that their namespace enforces. A workload is taken, and its pods are not.
 */
export function checkPodSecurity(
  built: readonly Built[],
  isAccepted: (built: Built, code: AcceptableCode) => boolean,
  reporter: Reporter,
): void {
  const namespaces = built.filter(({ object }) => object.kind === "Namespace" && object.apiVersion === "v1");
  for (const namespace of namespaces) checkLabels(namespace, reporter);
  const enforced = new Map(
    namespaces.map(({ object: { metadata } }) => [
      metadata.name ?? "",
      metadata.labels?.[`${prefix}enforce`],
    ]),
  );
  for (const pod of podsOf(built)) {
    const level = enforced.get(pod.namespace);
    const isPod = pod.built.object.kind === "Pod";
    if (level !== "baseline" && level !== "restricted") continue;
    const found = violations(pod, level);
    if (found.length === 0 || (!isPod && isAccepted(pod.built, "pods-not-admitted"))) continue;
    for (const { code, path, what } of found) {
      const resource = pod.built.title;
      const { fix, message } = policyDiagnostics[code];
      const data = { resource, said: message({ resource, what }), namespace: pod.namespace, level, fix };
      reporter.report(isPod ? "pod-not-admitted" : "pods-not-admitted", pod.built.origins.find(path), data);
    }
  }
}

/** Root by the object alone: what an image says the API server does not know. */
function violations(pod: BuiltPod, level: Standard): readonly Finding[] {
  const isRestricted = level === "restricted";
  const root = podPolicies.default.flatMap((policy) => policy(pod, new Map()));
  return [
    ...(isRestricted ? root.filter(({ code }) => code === "run-as-root") : []),
    ...[...podPolicies.baseline, ...(isRestricted ? podPolicies.restricted : [])].flatMap((policy) =>
      policy(pod, new Map()),
    ),
  ];
}

function checkLabels({ exact, object, origins, title }: Built, reporter: Reporter): void {
  for (const [label, value] of Object.entries(object.metadata.labels ?? {})) {
    const why = wrongValue(label, value);
    if (why === undefined) continue;
    const path = `metadata.labels[${label}]`;
    const at = origins.find(exact === true ? `metadata.labels.${label}` : path);
    reporter.report("field-invalid", at, { resource: title, path, why });
  }
}

/** Source: Kubernetes `pod-security-admission`, `PolicyToEvaluate`. */
function wrongValue(label: string, value: string): string | undefined {
  const field = /^(?:enforce|audit|warn)(-version)?$/.exec(
    label.startsWith(prefix) ? label.slice(prefix.length) : "",
  );
  if (field === null) return undefined;
  const given = JSON.stringify(value);
  if (field[1] !== undefined)
    return /^(latest|v1\.(0|[1-9]\d*))$/.test(value)
      ? undefined
      : `Invalid value: ${given}: must be "latest" or "v1.x"`;
  const supported = standards.map((one) => `"${one}"`).join(", ");
  return standards.includes(value as Standard)
    ? undefined
    : `Unsupported value: ${given}: supported values: ${supported}`;
}
