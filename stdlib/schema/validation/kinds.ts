import type {
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from "../../kubernetes/generated/admissionregistration-v1.js";
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
} from "../../kubernetes/generated/admissionregistration-v1beta1.js";
import type { CustomResourceDefinition } from "../../kubernetes/generated/apiextensions-v1.js";
import type { APIService } from "../../kubernetes/generated/apiregistration-v1.js";
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from "../../kubernetes/generated/apps-v1.js";
import type { HorizontalPodAutoscaler } from "../../kubernetes/generated/autoscaling-v2.js";
import type { CronJob, Job } from "../../kubernetes/generated/batch-v1.js";
import type { CertificateSigningRequest } from "../../kubernetes/generated/certificates-v1.js";
import type { Lease } from "../../kubernetes/generated/coordination-v1.js";
import type {
  ConfigMap,
  Event as CoreEvent,
  Endpoints,
  LimitRange,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
} from "../../kubernetes/generated/core-v1.js";
import type { EndpointSlice } from "../../kubernetes/generated/discovery-v1.js";
import type { Event } from "../../kubernetes/generated/events-v1.js";
import type { FlowSchema, PriorityLevelConfiguration } from "../../kubernetes/generated/flowcontrol-v1.js";
import type {
  Ingress,
  IngressClass,
  IPAddress,
  NetworkPolicy,
  ServiceCIDR,
} from "../../kubernetes/generated/networking-v1.js";
import type { RuntimeClass } from "../../kubernetes/generated/node-v1.js";
import type { PodDisruptionBudget } from "../../kubernetes/generated/policy-v1.js";
import type {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from "../../kubernetes/generated/rbac-v1.js";
import type {
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
} from "../../kubernetes/generated/resource-v1.js";
import type { PriorityClass } from "../../kubernetes/generated/scheduling-v1.js";
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from "../../kubernetes/generated/storage-v1.js";
import type { KubeObject } from "../objects.js";
import {
  validateAdmissionPolicy,
  validateMutatingBinding,
  validateMutatingPolicy,
  validatePolicyBinding,
} from "./admission-policies.js";
import {
  validateApiService,
  validateCoreEvent,
  validateEvent,
  validateLease,
  validateSigningRequest,
} from "./api-server.js";
import type { Checker } from "./checker.js";
import {
  validateBinding,
  validateBindingUpdate,
  validateClusterRole,
  validatePriorityClass,
  validatePriorityClassUpdate,
  validateRole,
  validateRuntimeClass,
  validateRuntimeClassUpdate,
} from "./cluster.js";
import { validateConfigMap, validateImmutable, validateSecret, validateSecretUpdate } from "./contents.js";
import { validateDefinition } from "./definitions.js";
import { validateDeviceClass, validateResourceClaim, validateResourceClaimTemplate } from "./devices.js";
import { validateEndpointSlice, validateEndpoints } from "./endpoints.js";
import { validateFlowSchema, validatePriorityLevel } from "./flow-control.js";
import { validateCronJob, validateJob, validateJobUpdate } from "./jobs.js";
import {
  validateIngress,
  validateIngressClass,
  validateIngressClassUpdate,
  validateIpAddress,
  validateNetworkPolicy,
  validateServiceRange,
} from "./networking.js";
import { validateNode } from "./nodes.js";
import { validatePod } from "./pod.js";
import { validatePodUpdate } from "./pod-update.js";
import { validateLimitRange, validateQuota } from "./quotas.js";
import { validateAutoscaler, validateDisruptionBudget } from "./scaling.js";
import { validateService, validateServiceUpdate } from "./service.js";
import { validateClaim, validateClaimUpdate, validateVolume, validateVolumeUpdate } from "./storage.js";
import {
  validateAttachment,
  validateAttributesClass,
  validateCapacity,
  validateDriver,
  validateDriverNode,
  validateStorageClass,
  validateStorageClassUpdate,
} from "./storage-drivers.js";
import { validateWebhooks } from "./webhooks.js";
import {
  validateDaemonSet,
  validateDeployment,
  validatePodTemplate,
  validateReplicaSet,
  validateReplicationController,
  validateSelectorUpdate,
  validateStatefulSet,
  validateStatefulSetUpdate,
} from "./workloads.js";

interface KindRules {
  readonly create?: (check: Checker, object: KubeObject) => void;
  readonly update?: (check: Checker, object: KubeObject, old: KubeObject) => void;
}

/** Rules of single kinds; every other kind has only those of its metadata. */
export const kindRules: { readonly [typeName: string]: KindRules } = {
  "admissionregistration.v1.MutatingWebhookConfiguration":
    rules<MutatingWebhookConfiguration>(validateWebhooks),
  "admissionregistration.v1.ValidatingAdmissionPolicy":
    rules<ValidatingAdmissionPolicy>(validateAdmissionPolicy),
  "admissionregistration.v1.ValidatingAdmissionPolicyBinding":
    rules<ValidatingAdmissionPolicyBinding>(validatePolicyBinding),
  "admissionregistration.v1beta1.MutatingAdmissionPolicy":
    rules<MutatingAdmissionPolicy>(validateMutatingPolicy),
  "admissionregistration.v1beta1.MutatingAdmissionPolicyBinding":
    rules<MutatingAdmissionPolicyBinding>(validateMutatingBinding),
  "admissionregistration.v1.ValidatingWebhookConfiguration":
    rules<ValidatingWebhookConfiguration>(validateWebhooks),
  "apiextensions.v1.CustomResourceDefinition": rules<CustomResourceDefinition>(validateDefinition),
  "apiregistration.v1.APIService": rules<APIService>(validateApiService),
  "apps.v1.DaemonSet": rules<DaemonSet>(validateDaemonSet, validateSelectorUpdate),
  "apps.v1.Deployment": rules<Deployment>(validateDeployment, validateSelectorUpdate),
  "apps.v1.ReplicaSet": rules<ReplicaSet>(validateReplicaSet, validateSelectorUpdate),
  "apps.v1.StatefulSet": rules<StatefulSet>(validateStatefulSet, validateStatefulSetUpdate),
  "autoscaling.v2.HorizontalPodAutoscaler": rules<HorizontalPodAutoscaler>(validateAutoscaler),
  "batch.v1.CronJob": rules<CronJob>(validateCronJob),
  "batch.v1.Job": rules<Job>(validateJob, validateJobUpdate),
  "certificates.v1.CertificateSigningRequest": rules<CertificateSigningRequest>(validateSigningRequest),
  "coordination.v1.Lease": rules<Lease>(validateLease),
  "core.v1.ConfigMap": rules<ConfigMap>(validateConfigMap, validateImmutable),
  "core.v1.Endpoints": rules<Endpoints>(validateEndpoints),
  "core.v1.Event": rules<CoreEvent>(validateCoreEvent),
  "core.v1.LimitRange": rules<LimitRange>(validateLimitRange),
  "core.v1.Node": rules<Node>(validateNode),
  "core.v1.PersistentVolume": rules<PersistentVolume>(validateVolume, validateVolumeUpdate),
  "core.v1.PersistentVolumeClaim": rules<PersistentVolumeClaim>(validateClaim, validateClaimUpdate),
  "core.v1.Pod": rules<Pod>(validatePod, validatePodUpdate),
  "core.v1.PodTemplate": rules<PodTemplate>(validatePodTemplate),
  "core.v1.ReplicationController": rules<ReplicationController>(validateReplicationController),
  "core.v1.ResourceQuota": rules<ResourceQuota>(validateQuota),
  "core.v1.Secret": rules<Secret>(validateSecret, validateSecretUpdate),
  "core.v1.Service": rules<Service>(validateService, validateServiceUpdate),
  "discovery.v1.EndpointSlice": rules<EndpointSlice>(validateEndpointSlice),
  "events.v1.Event": rules<Event>(validateEvent),
  "flowcontrol.v1.FlowSchema": rules<FlowSchema>(validateFlowSchema),
  "flowcontrol.v1.PriorityLevelConfiguration": rules<PriorityLevelConfiguration>(validatePriorityLevel),
  "networking.v1.Ingress": rules<Ingress>(validateIngress),
  "networking.v1.IngressClass": rules<IngressClass>(validateIngressClass, validateIngressClassUpdate),
  "networking.v1.IPAddress": rules<IPAddress>(validateIpAddress),
  "networking.v1.NetworkPolicy": rules<NetworkPolicy>(validateNetworkPolicy),
  "networking.v1.ServiceCIDR": rules<ServiceCIDR>(validateServiceRange),
  "node.v1.RuntimeClass": rules<RuntimeClass>(validateRuntimeClass, validateRuntimeClassUpdate),
  "policy.v1.PodDisruptionBudget": rules<PodDisruptionBudget>(validateDisruptionBudget),
  "rbac.v1.ClusterRole": rules<ClusterRole>(validateClusterRole),
  "rbac.v1.ClusterRoleBinding": rules<ClusterRoleBinding>(validateBinding, validateBindingUpdate),
  "rbac.v1.Role": rules<Role>(validateRole),
  "rbac.v1.RoleBinding": rules<RoleBinding>(validateBinding, validateBindingUpdate),
  "resource.v1.DeviceClass": rules<DeviceClass>(validateDeviceClass),
  "resource.v1.ResourceClaim": rules<ResourceClaim>(validateResourceClaim),
  "resource.v1.ResourceClaimTemplate": rules<ResourceClaimTemplate>(validateResourceClaimTemplate),
  "scheduling.v1.PriorityClass": rules<PriorityClass>(validatePriorityClass, validatePriorityClassUpdate),
  "storage.v1.CSIDriver": rules<CSIDriver>(validateDriver),
  "storage.v1.CSINode": rules<CSINode>(validateDriverNode),
  "storage.v1.CSIStorageCapacity": rules<CSIStorageCapacity>(validateCapacity),
  "storage.v1.StorageClass": rules<StorageClass>(validateStorageClass, validateStorageClassUpdate),
  "storage.v1.VolumeAttachment": rules<VolumeAttachment>(validateAttachment),
  "storage.v1.VolumeAttributesClass": rules<VolumeAttributesClass>(validateAttributesClass),
};

/** The table names the type the rules are for. */
function rules<T>(
  create: (check: Checker, object: T) => void,
  update?: (check: Checker, object: T, old: T) => void,
): KindRules {
  return {
    create: create as KindRules["create"] & {},
    ...(update === undefined ? {} : { update: update as unknown as KindRules["update"] & {} }),
  };
}
