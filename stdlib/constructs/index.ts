/** The package `infra`: what stacks are written with. */
export { configMap, file, generated, secret } from "./config.js";
export { debian, type ImageSpec, image, scratch } from "./image.js";
export { input } from "./input.js";
export { type CronJobSpec, type CronSchedule, cronJob, type JobSpec, job } from "./jobs.js";
export { type ServiceSpec, service } from "./service.js";
export {
  type AutoscalerSpec,
  autoscaler,
  type DisruptionBudgetSpec,
  disruptionBudget,
  type IngressSpec,
  ingress,
} from "./traffic.js";
export type {
  Backend,
  ConfigMap,
  Cpu,
  Duration,
  Image,
  ImageName,
  Memory,
  PodField,
  Port,
  Probe,
  Resource,
  Secret,
  SecretRef,
  Service,
  TextReference,
  Volume,
  Workload,
} from "./types.js";
export { downward, emptyDir } from "./values.js";
export {
  type Container,
  type DaemonSetSpec,
  type DeploymentSpec,
  daemonSet,
  deployment,
  type PodSpec,
  pod,
} from "./workload.js";
