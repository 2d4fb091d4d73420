import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from "../../kubernetes/generated/apps-v1.js";
import type { HorizontalPodAutoscaler } from "../../kubernetes/generated/autoscaling-v2.js";
import type { CronJob, Job } from "../../kubernetes/generated/batch-v1.js";
import type {
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicationController,
  Secret,
  Service,
} from "../../kubernetes/generated/core-v1.js";
import type { NetworkPolicy } from "../../kubernetes/generated/networking-v1.js";
import type { ClusterRoleBinding, RoleBinding } from "../../kubernetes/generated/rbac-v1.js";
import type { StorageClass } from "../../kubernetes/generated/storage-v1.js";
import type { KubeObject } from "../objects.js";
import { defaultPodSpec, defaultTemplate } from "./pod.js";
import {
  defaultAutoscaler,
  defaultBinding,
  defaultClaim,
  defaultCronJob,
  defaultDaemonSet,
  defaultJob,
  defaultNetworkPolicy,
  defaultReplicationController,
  defaultStatefulSet,
  defaultStorageClass,
  defaultVolume,
} from "./workloads.js";

/** Type name to what depends on other fields. Each rewrites the copy it is given. */
export const computedDefaults: { readonly [typeName: string]: readonly ((object: KubeObject) => void)[] } = {
  "core.v1.Pod": [rule<Pod>(defaultPod)],
  "core.v1.Service": [rule<Service>(defaultService)],
  "core.v1.Secret": [rule<Secret>(defaultSecret)],
  "core.v1.Namespace": [rule<Namespace>(defaultNamespace)],
  "apps.v1.Deployment": [rule<Deployment>(defaultDeployment)],
  "apps.v1.ReplicaSet": [rule<ReplicaSet>(defaultReplicaSet)],
  "apps.v1.StatefulSet": [rule<StatefulSet>(defaultStatefulSet)],
  "apps.v1.DaemonSet": [rule<DaemonSet>(defaultDaemonSet)],
  "batch.v1.Job": [rule<Job>(defaultJob)],
  "batch.v1.CronJob": [rule<CronJob>(defaultCronJob)],
  "core.v1.ReplicationController": [rule<ReplicationController>(defaultReplicationController)],
  "core.v1.PersistentVolume": [rule<PersistentVolume>(defaultVolume)],
  "core.v1.PersistentVolumeClaim": [rule<PersistentVolumeClaim>(defaultClaim)],
  "storage.v1.StorageClass": [rule<StorageClass>(defaultStorageClass)],
  "autoscaling.v2.HorizontalPodAutoscaler": [rule<HorizontalPodAutoscaler>(defaultAutoscaler)],
  "rbac.v1.ClusterRoleBinding": [rule<ClusterRoleBinding>(defaultBinding)],
  "rbac.v1.RoleBinding": [rule<RoleBinding>(defaultBinding)],
  "networking.v1.NetworkPolicy": [rule<NetworkPolicy>(defaultNetworkPolicy)],
};

/** The table names the type the rule is for, so the object is of it. */
function rule<T extends KubeObject>(apply: (object: T) => void): (object: KubeObject) => void {
  return apply as (object: KubeObject) => void;
}

function defaultPod(pod: Pod): void {
  if (pod.spec !== undefined) defaultPodSpec(pod.spec);
}

function defaultService(service: Service): void {
  const spec = service.spec;
  if (spec === undefined) return;
  spec.type ||= "ClusterIP";
  spec.sessionAffinity ||= "None";
  if (spec.sessionAffinity === "ClientIP")
    spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } };
  for (const port of spec.ports ?? []) {
    port.protocol ||= "TCP";
    if (
      spec.type !== "ExternalName" &&
      (port.targetPort === undefined || port.targetPort === "" || port.targetPort === 0)
    ) {
      port.targetPort = port.port;
    }
  }
  if (spec.type === "ExternalName") return;
  spec.internalTrafficPolicy ||= "Cluster";
  spec.ipFamilies ??= ["IPv4"];
  spec.ipFamilyPolicy ??= "SingleStack";
  if (spec.type === "NodePort" || spec.type === "LoadBalancer") spec.externalTrafficPolicy ||= "Cluster";
  if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
}

/** `stringData` is write-only: it is folded into `data` and wins there. */
function defaultSecret(secret: Secret): void {
  secret.type ??= "Opaque";
  if (secret.stringData === undefined) return;
  const encoded = Object.entries(secret.stringData).map(
    ([key, value]) => [key, Buffer.from(value).toString("base64")] as const,
  );
  secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

function defaultNamespace(namespace: Namespace): void {
  const { name } = namespace.metadata;
  if (name !== undefined)
    namespace.metadata.labels = { ...namespace.metadata.labels, "kubernetes.io/metadata.name": name };
}

function defaultDeployment(deployment: Deployment): void {
  const spec = deployment.spec;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= "RollingUpdate";
  if (spec.strategy.type === "RollingUpdate") {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= "25%";
    spec.strategy.rollingUpdate.maxSurge ??= "25%";
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultTemplate(spec.template);
}

function defaultReplicaSet(set: ReplicaSet): void {
  const spec = set.spec;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  defaultTemplate(spec.template);
}
