/** The package `infra`: what stacks are written with. */
export { type AcceptableCode, accept } from "./accept.js";
export {
  type CoreResource,
  type NamedPermission,
  type Permissions,
  type ServiceAccountSpec,
  serviceAccount,
  type Verb,
} from "./access.js";
export {
  type NamespaceSpec,
  type NodeSpec,
  namespace,
  node,
  type PriorityClassSpec,
  priorityClass,
  type Taint,
} from "./cluster.js";
export {
  type ConfigMapOptions,
  configMap,
  file,
  fromAge,
  fromCommand,
  fromEnv,
  fromFile,
  type GeneratedOptions,
  generated,
  type SecretOptions,
  secret,
} from "./config.js";
export type {
  Capability,
  Container,
  ContainerOptions,
  ExecCheck,
  GrpcCheck,
  Hook,
  HttpCheck,
  Mount,
  PrefixedSource,
  Probe,
  ProbeTiming,
  Resources,
  SleepStep,
  TcpCheck,
} from "./container.js";
export { customObject, type KindDeclaration, manifests, type ObjectMeta } from "./custom.js";
export { type DebianOptions, debian, type ImageSpec, image, scratch } from "./image.js";
export { input } from "./input.js";
export { type CronJobSpec, cronJob, type JobHistory, type JobOptions, type JobSpec, job } from "./jobs.js";
export {
  type CalledPorts,
  type CallerPorts,
  type NetworkPolicySpec,
  networkPolicy,
  type Peer,
  type PeerPods,
} from "./network-policy.js";
export {
  type Dns,
  type HostNamespaces,
  type Placement,
  type PodOptions,
  type PodSpec,
  pod,
  type Toleration,
} from "./pod.js";
export { type Policy, type PolicyObject, policy, type ReportFinding } from "./policy.js";
export { type ExternalServiceSpec, externalService, type ServiceSpec, service } from "./service.js";
export { text } from "./text.js";
export {
  type AutoscalerSpec,
  autoscaler,
  type DisruptionBudgetSpec,
  disruptionBudget,
  type IngressSpec,
  ingress,
  type Route,
  type ScalingPace,
} from "./traffic.js";
export type {
  AbsolutePath,
  AddressRange,
  Backend,
  Claim,
  ClusterNode,
  ConfigMap,
  Cpu,
  CronSchedule,
  Described,
  Duration,
  Exact,
  ExactWorkload,
  FileContents,
  Image,
  ImageBase,
  ImageName,
  Manifests,
  Memory,
  Namespace,
  Patch,
  Percentage,
  PodField,
  PodFileField,
  Port,
  PriorityClass,
  RelativePath,
  Resource,
  Secret,
  SecretProvider,
  SecretRef,
  Service,
  ServiceAccount,
  StatefulSet,
  TextReference,
  TokenOptions,
  Volume,
  Workload,
} from "./types.js";
export {
  type ClaimSpec,
  claim,
  claimPerPod,
  combined,
  downward,
  type EmptyDirOptions,
  emptyDir,
  type HostPathOptions,
  hostPath,
  type VolumeSource,
  variable,
  volume,
} from "./volumes.js";
export {
  type ClaimRetention,
  type DaemonSetSpec,
  type DeploymentSpec,
  daemonSet,
  deployment,
  type PartitionedUpdate,
  type RollingSteps,
  type StatefulSetSpec,
  statefulSet,
} from "./workload.js";
