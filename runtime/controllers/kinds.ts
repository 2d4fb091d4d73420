/** The L1 types the controllers work with. */
export type {
  Deployment,
  DeploymentCondition,
  ReplicaSet,
  ReplicaSetCondition,
} from "../../stdlib/kubernetes/generated/apps-v1.js";
export type { Node, Pod, Service } from "../../stdlib/kubernetes/generated/core-v1.js";
export type {
  Endpoint,
  EndpointPort,
  EndpointSlice,
} from "../../stdlib/kubernetes/generated/discovery-v1.js";
