/**
 * Kinds in the order cli-utils applies them. `undefined` stands for all others, which come before the last one.
 *
 * Source: sigs.k8s.io/cli-utils `pkg/ordering/sort.go`.
 */
const kindOrder: readonly (string | undefined)[] = [
  "Namespace",
  "ResourceQuota",
  "StorageClass",
  "CustomResourceDefinition",
  "MutatingWebhookConfiguration",
  "ServiceAccount",
  "Role",
  "ClusterRole",
  "RoleBinding",
  "ClusterRoleBinding",
  "ConfigMap",
  "Secret",
  "Service",
  "LimitRange",
  "PriorityClass",
  "Deployment",
  "StatefulSet",
  "CronJob",
  "PodDisruptionBudget",
  undefined,
  "ValidatingWebhookConfiguration",
];

/** Where a kind stands when objects are applied one after the other: what others need comes first. */
export function applyRank(kind: string): number {
  const at = kindOrder.indexOf(kind);
  return at < 0 ? kindOrder.indexOf(undefined) : at;
}
