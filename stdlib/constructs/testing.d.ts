/* `infra/test`: what a stack compiles to, for its author's own unit tests with any runner. */
import type * as apps from "../kubernetes/generated/apps-v1.js";
import type * as autoscaling from "../kubernetes/generated/autoscaling-v2.js";
import type * as batch from "../kubernetes/generated/batch-v1.js";
import type * as core from "../kubernetes/generated/core-v1.js";
import type * as networking from "../kubernetes/generated/networking-v1.js";
import type * as policy from "../kubernetes/generated/policy-v1.js";
import type * as rbac from "../kubernetes/generated/rbac-v1.js";

/** Kinds by name; any other is an object of unknown fields. */
export interface KnownKinds {
  ClusterRole: rbac.ClusterRole;
  ConfigMap: core.ConfigMap;
  CronJob: batch.CronJob;
  DaemonSet: apps.DaemonSet;
  Deployment: apps.Deployment;
  HorizontalPodAutoscaler: autoscaling.HorizontalPodAutoscaler;
  Ingress: networking.Ingress;
  Job: batch.Job;
  Namespace: core.Namespace;
  NetworkPolicy: networking.NetworkPolicy;
  PersistentVolumeClaim: core.PersistentVolumeClaim;
  Pod: core.Pod;
  PodDisruptionBudget: policy.PodDisruptionBudget;
  Role: rbac.Role;
  RoleBinding: rbac.RoleBinding;
  Service: core.Service;
  ServiceAccount: core.ServiceAccount;
  StatefulSet: apps.StatefulSet;
}

export interface StackObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: { readonly [label: string]: string };
    readonly annotations?: { readonly [name: string]: string };
  };
  readonly [field: string]: unknown;
}

export interface Finding {
  /** What `infra explain` takes. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** `file:line:column`; absent for what has no place. */
  readonly place?: string;
}

export interface TestedStack {
  /** In the order they are applied in. */
  readonly objects: readonly StackObject[];
  readonly warnings: readonly Finding[];
  /**
   * The object of a kind and name.
   *
   * @param namespace - where several namespaces have one.
   * @throws {Error} that names those of the kind, when there is none; when there are several, and no namespace is given.
   */
  get<K extends keyof KnownKinds>(kind: K, name: string, namespace?: string): KnownKinds[K];
  get(kind: string, name: string, namespace?: string): StackObject;
}

export interface TestOptions {
  /** Stack's name, as with `--stack`. Default: `test`. */
  readonly stack?: string;
  /** As with `--namespace`. Default: `default`. */
  readonly namespace?: string;
  /** As with `--policy`. Default: `default`. */
  readonly policy?: "default" | "advice" | "baseline" | "restricted";
  /** Checks types too, as `infra compile` does. Default: false, since an editor and the compile do. */
  readonly check?: boolean;
}

/** A stack with errors: `findings` for a test of them, the message for people. */
export class StackError extends Error {
  readonly findings: readonly Finding[];
}

/**
 * Compiles a stack as `infra compile` does, and writes nothing.
 *
 * @param path - of the stack's file, or its URL: `new URL("../infra.ts", import.meta.url)`.
 * @param inputs - values of its inputs, by name.
 * @throws {StackError} when there are errors.
 * @example const stack = await compileStack("./infra.ts", { replicas: 1 });
 *   assert.equal(stack.get("Deployment", "api").spec?.replicas, 1);
 */
export function compileStack(
  path: string | URL,
  inputs?: { readonly [name: string]: string | number | boolean },
  options?: TestOptions,
): Promise<TestedStack>;
