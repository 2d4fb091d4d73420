import { serviceAccount } from "./access.js";
import { claim, namespace, priorityClass } from "./cluster.js";
import { configMap, secret } from "./config.js";
import type { Construct } from "./context.js";
import { autoscaler, disruptionBudget, ingress, service } from "./network.js";
import { networkPolicy } from "./network-policy.js";
import { cronJob, daemonSet, deployment, job, pod, statefulSet } from "./workloads.js";

/** The construct that says each kind; all others are written as exact objects. */
const constructs: { readonly [apiVersionAndKind: string]: Construct } = {
  "v1/Namespace": namespace,
  "v1/ServiceAccount": serviceAccount,
  "v1/ConfigMap": configMap,
  "v1/Secret": secret,
  "v1/PersistentVolumeClaim": claim,
  "v1/Pod": pod,
  "v1/Service": service,
  "apps/v1/Deployment": deployment,
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/StatefulSet": statefulSet,
  "batch/v1/Job": job,
  "batch/v1/CronJob": cronJob,
  "networking.k8s.io/v1/Ingress": ingress,
  "networking.k8s.io/v1/NetworkPolicy": networkPolicy,
  "policy/v1/PodDisruptionBudget": disruptionBudget,
  "autoscaling/v2/HorizontalPodAutoscaler": autoscaler,
  "scheduling.k8s.io/v1/PriorityClass": priorityClass,
};

export function constructOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
}): Construct | undefined {
  return constructs[`${object.apiVersion}/${object.kind}`];
}
