import { acceptFinding } from "./guest.js";

/** Findings that can be accepted where there is a reason; `infra explain CODE` says what each means. */
export type AcceptableCode =
  | "added-capability"
  | "apparmor-unconfined"
  | "autoscaler-fixed"
  | "autoscaler-twice"
  | "budget-blocks"
  | "cluster-admin"
  | "config-secret"
  | "duplicate-variable"
  | "environment-secret"
  | "escalation-allowed"
  | "field-deprecated"
  | "host-namespace"
  | "host-path"
  | "host-port"
  | "host-process"
  | "image-latest"
  | "job-kept"
  | "limits-missing"
  | "liveness-missing"
  | "node-port-range"
  | "node-unmatched"
  | "pods-not-admitted"
  | "port-unopened"
  | "powerful-permission"
  | "privileged"
  | "probe-host"
  | "probe-path-relative"
  | "proc-unmasked"
  | "readiness-missing"
  | "reference-missing"
  | "replicas-set"
  | "requests-missing"
  | "route-twice"
  | "run-as-root"
  | "seccomp-unconfined"
  | "selector-matches-nothing"
  | "selector-shared"
  | "selinux-custom"
  | "single-replica"
  | "spread-missing"
  | "ssh-port"
  | "sysctl-unsafe"
  | "tls-missing"
  | "token-mounted"
  | "url-port-unknown"
  | "volume-type"
  | "wildcard-permission"
  | "workdir-relative"
  | "writable-root";

/**
 * Takes a finding for what it is, in place: `export const api = accept(deployment(…), "run-as-root", "legacy image")`.
 * Gives the resource back. The reason goes into the record of the compile.
 */
export function accept<T extends object>(resource: T, code: AcceptableCode, reason: string): T {
  acceptFinding(resource, code, reason);
  return resource;
}
