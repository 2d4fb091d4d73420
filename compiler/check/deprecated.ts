import type { Finding } from "./pod-policies.js";
import type { BuiltPod } from "./pods.js";

/** Volume sources without a driver in Kubernetes 1.35. Source: its `pkg/api/pod/warnings.go`. */
const goneVolumes: ReadonlySet<string> = new Set([
  "cephfs",
  "flocker",
  "gitRepo",
  "glusterfs",
  "photonPersistentDisk",
  "quobyte",
  "rbd",
  "scaleIO",
  "storageos",
]);

/** Source: Kubernetes `pkg/api/node/util.go`. */
const renamedLabels: { readonly [label: string]: string } = {
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
};

/** Source: Kubernetes `pkg/api/pod/warnings.go`. */
const idleAnnotations: { readonly [annotation: string]: string } = {
  "scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
  "seccomp.security.alpha.kubernetes.io/pod": "seccompProfile",
  "security.alpha.kubernetes.io/sysctls": "sysctls",
  "security.alpha.kubernetes.io/unsafe-sysctls": "sysctls",
};

/** What the API still takes of a pod, and does nothing with or knows by another name. */
export function deprecatedInPod({ annotations, path, spec }: BuiltPod): readonly Finding[] {
  const { affinity, nodeSelector = {}, serviceAccount, serviceAccountName, volumes = [] } = spec;
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const labels = [
    ...Object.keys(nodeSelector).map((label) => ({ label, at: `${path}.nodeSelector[${label}]` })),
    ...terms.flatMap(({ matchExpressions = [] }) =>
      matchExpressions.map(({ key }) => ({ label: key, at: `${path}.affinity.nodeAffinity` })),
    ),
  ];
  const found = [
    ...(serviceAccount !== undefined && serviceAccountName === undefined
      ? [{ path: `${path}.serviceAccount`, what: "serviceAccount is now serviceAccountName" }]
      : []),
    ...volumes.flatMap(({ name, ...source }) =>
      Object.keys(source)
        .filter((type) => goneVolumes.has(type))
        .map((type) => ({
          path: `${path}.volumes[${name}]`,
          what: `volume "${name}" is ${type}, for which Kubernetes has no driver any more`,
        })),
    ),
    ...labels
      .filter(({ label }) => Object.hasOwn(renamedLabels, label))
      .map(({ at, label }) => ({ path: at, what: `${label} is now ${renamedLabels[label]}` })),
    ...Object.keys(annotations)
      .filter((name) => Object.hasOwn(idleAnnotations, name))
      .map((name) => ({
        path: path.replace(/spec$/, `metadata.annotations[${name}]`),
        what: `the annotation ${name} does nothing; the field is ${idleAnnotations[name]}`,
      })),
  ];
  return found.map((one) => ({ code: "field-deprecated", ...one }));
}
