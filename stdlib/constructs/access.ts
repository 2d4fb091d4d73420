import type { ServiceAccount as L1ServiceAccount } from "../kubernetes/generated/core-v1.js";
import { callPosition, make, reference } from "./guest.js";
import type { Described, Patch, ServiceAccount, TokenOptions } from "./types.js";

export interface ServiceAccountSpec extends Described {
  /** What it may do in its own namespace: resource to verbs, `{ pods: ["get", "list"], "deployments.apps": ["patch"] }`. */
  readonly may?: Permissions;
  /** What it may do in every namespace, and to what belongs to none. */
  readonly mayEverywhere?: Permissions;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1ServiceAccount>;
}

/** `"pods"`, `"pods/log"` or, outside the core group, `"deployments.apps"`. */
export type Permissions = {
  readonly [R in CoreResource | `${string}.${string}`]?: readonly Verb[] | NamedPermission;
};

export interface NamedPermission {
  /** What may be done. */
  readonly verbs: readonly Verb[];
  /** Only to objects of these names. */
  readonly only: readonly string[];
}

/** What may be done to objects; `"*"` is everything. */
export type Verb =
  | "get"
  | "list"
  | "watch"
  | "create"
  | "update"
  | "patch"
  | "delete"
  | "deletecollection"
  | "bind"
  | "escalate"
  | "impersonate"
  | "use"
  | "approve"
  | "sign"
  | "*";

/** Resources of the core group. */
export type CoreResource =
  | "*"
  | "configmaps"
  | "endpoints"
  | "events"
  | "limitranges"
  | "namespaces"
  | "namespaces/finalize"
  | "namespaces/status"
  | "nodes"
  | "nodes/log"
  | "nodes/metrics"
  | "nodes/proxy"
  | "nodes/stats"
  | "nodes/status"
  | "persistentvolumeclaims"
  | "persistentvolumeclaims/status"
  | "persistentvolumes"
  | "persistentvolumes/status"
  | "pods"
  | "pods/attach"
  | "pods/binding"
  | "pods/ephemeralcontainers"
  | "pods/eviction"
  | "pods/exec"
  | "pods/log"
  | "pods/portforward"
  | "pods/proxy"
  | "pods/resize"
  | "pods/status"
  | "podtemplates"
  | "replicationcontrollers"
  | "replicationcontrollers/scale"
  | "replicationcontrollers/status"
  | "resourcequotas"
  | "resourcequotas/status"
  | "secrets"
  | "serviceaccounts"
  | "serviceaccounts/token"
  | "services"
  | "services/proxy"
  | "services/status";

/** Who pods are for the Kubernetes API, and what they may do there. Without permissions its pods get no token. */
export function serviceAccount(name: string, spec: ServiceAccountSpec = {}): ServiceAccount {
  return make("serviceAccount", name, spec, (resource) => ({
    token: (options: TokenOptions = {}) =>
      reference({ kind: "token", of: resource, ...options, call: callPosition() }),
  })) as unknown as ServiceAccount;
}
