import type { DaemonSet, StatefulSet } from "../../kubernetes/generated/apps-v1.js";
import type { HorizontalPodAutoscaler } from "../../kubernetes/generated/autoscaling-v2.js";
import type { CronJob, Job, PodFailurePolicy } from "../../kubernetes/generated/batch-v1.js";
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  ReplicationController,
} from "../../kubernetes/generated/core-v1.js";
import type { NetworkPolicy } from "../../kubernetes/generated/networking-v1.js";
import type { ClusterRoleBinding, RoleBinding } from "../../kubernetes/generated/rbac-v1.js";
import type { StorageClass } from "../../kubernetes/generated/storage-v1.js";
import { defaultTemplate } from "./pod.js";

/*
 * Defaults of kinds beside those a single machine runs. Source: the `defaults.go` of each API group of Kubernetes 1.35.
 */

export function defaultStatefulSet({ spec }: StatefulSet): void {
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.podManagementPolicy ||= "OrderedReady";
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = "RollingUpdate";
    spec.updateStrategy.rollingUpdate ??= {};
  }
  if (spec.updateStrategy.type === "RollingUpdate" && spec.updateStrategy.rollingUpdate !== undefined)
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= "Retain";
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= "Retain";
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaim(claim);
}

export function defaultDaemonSet({ spec }: DaemonSet): void {
  if (spec === undefined) return;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= "RollingUpdate";
  if (spec.updateStrategy.type === "RollingUpdate") {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec.template);
}

/** Its selector and its own labels are those of its pods unless it says otherwise. */
export function defaultReplicationController(controller: ReplicationController): void {
  const { metadata, spec } = controller;
  if (spec === undefined) return;
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  defaultTemplate(spec.template);
}

/** One pod unless it says otherwise; who says how many may run at once leaves open how many have to succeed. */
export function defaultJob(job: Job): void {
  const spec = job.spec;
  if (spec === undefined) return;
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
  spec.suspend ??= false;
  spec.completionMode ??= "NonIndexed";
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed";
  defaultFailurePolicy(spec.podFailurePolicy);
  const labels = spec.template?.metadata?.labels;
  if (Object.keys(job.metadata.labels ?? {}).length === 0 && labels !== undefined)
    job.metadata.labels = { ...labels };
  defaultTemplate(spec.template);
}

function defaultFailurePolicy({ rules }: PodFailurePolicy = { rules: [] }): void {
  for (const { onPodConditions = [] } of rules ?? [])
    for (const pattern of onPodConditions) pattern.status ||= "True";
}

/** The Jobs that it makes get theirs when they are made, but for what they say of pods. */
export function defaultCronJob({ spec }: CronJob): void {
  if (spec === undefined) return;
  spec.concurrencyPolicy ||= "Allow";
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  defaultFailurePolicy(spec.jobTemplate?.spec?.podFailurePolicy);
  defaultTemplate(spec.jobTemplate?.spec?.template);
}

export function defaultClaim({ spec }: Pick<PersistentVolumeClaim, "spec">): void {
  if (spec !== undefined) spec.volumeMode ??= "Filesystem";
}

export function defaultVolume({ spec }: PersistentVolume): void {
  if (spec === undefined) return;
  spec.persistentVolumeReclaimPolicy ??= "Retain";
  spec.volumeMode ??= "Filesystem";
}

export function defaultStorageClass(storageClass: StorageClass): void {
  storageClass.reclaimPolicy ??= "Delete";
  storageClass.volumeBindingMode ??= "Immediate";
}

export function defaultAutoscaler({ spec }: HorizontalPodAutoscaler): void {
  if (spec === undefined) return;
  spec.minReplicas ??= 1;
  if (spec.metrics === undefined || spec.metrics.length === 0)
    spec.metrics = [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
      },
    ];
  const { behavior } = spec;
  if (behavior === undefined) return;
  behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
    ...behavior.scaleUp,
  };
  // How long it looks back before it takes pods away is a setting of the cluster.
  behavior.scaleDown = {
    selectPolicy: "Max",
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
    ...behavior.scaleDown,
  };
}

export function defaultNetworkPolicy({ spec }: NetworkPolicy): void {
  if (spec === undefined) return;
  spec.policyTypes ??=
    spec.egress === undefined || spec.egress.length === 0 ? ["Ingress"] : ["Ingress", "Egress"];
  for (const { ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
    for (const port of ports ?? []) port.protocol ??= "TCP";
}

const accessGroup = "rbac.authorization.k8s.io";

export function defaultBinding({ roleRef, subjects }: ClusterRoleBinding | RoleBinding): void {
  if (roleRef !== undefined) roleRef.apiGroup ||= accessGroup;
  for (const subject of subjects ?? [])
    if (subject.kind !== "ServiceAccount") subject.apiGroup ||= accessGroup;
}
