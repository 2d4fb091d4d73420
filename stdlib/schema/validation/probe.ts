import { checkPortName, checkPortNumber } from "../../base/names.js";
import type {
  ExecAction,
  HTTPGetAction,
  Lifecycle,
  PodSpec,
  Probe,
  SleepAction,
  TCPSocketAction,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";

interface Handler {
  exec?: ExecAction;
  httpGet?: HTTPGetAction;
  tcpSocket?: TCPSocketAction;
  grpc?: { port?: number };
  sleep?: SleepAction;
}

/** Source: Kubernetes `validateLivenessProbe` and its siblings. */
export function validateProbe(
  check: Checker,
  probe: Probe | undefined,
  kind: "livenessProbe" | "readinessProbe" | "startupProbe",
): void {
  if (probe === undefined) return;
  validateHandler(check, probe, undefined);
  for (const field of [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const)
    check.at(field).nonNegative(probe[field]);
  const grace = probe.terminationGracePeriodSeconds;
  if (kind === "readinessProbe") {
    if (grace !== undefined)
      check.at("terminationGracePeriodSeconds").invalid(grace, "must not be set for readinessProbes");
    return;
  }
  if (grace !== undefined && grace <= 0)
    check.at("terminationGracePeriodSeconds").invalid(grace, "must be greater than 0");
  if ((probe.successThreshold ?? 1) !== 1)
    check.at("successThreshold").invalid(probe.successThreshold, "must be 1");
}

export function validateLifecycle(check: Checker, lifecycle: Lifecycle | undefined, spec: PodSpec): void {
  if (lifecycle === undefined) return;
  const graceSeconds = spec.terminationGracePeriodSeconds ?? 30;
  for (const hook of ["postStart", "preStop"] as const)
    if (lifecycle[hook] !== undefined) validateHandler(check.at(hook), lifecycle[hook], graceSeconds);
  const { stopSignal } = lifecycle;
  if (stopSignal === undefined) return;
  if (spec.os === undefined)
    check.at("stopSignal").forbidden("may not be set for containers with empty `spec.os.name`");
  else if (spec.os.name === "windows") check.at("stopSignal").oneOf(stopSignal, ["SIGKILL", "SIGTERM"]);
  else if (!/^SIG[A-Z0-9]+([+-]\d+)?$/.test(stopSignal))
    check.at("stopSignal").unsupported(stopSignal, ["SIGTERM"]);
}

/** @param graceSeconds - of the pod, for a hook; undefined for a probe, which cannot sleep. */
function validateHandler(check: Checker, handler: Handler, graceSeconds: number | undefined): void {
  const kinds = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] as const;
  const given = kinds.filter((kind) => handler[kind] !== undefined);
  if (given.length === 0) check.required("must specify a handler type");
  for (const extra of given.slice(1)) check.at(extra).forbidden("may not specify more than 1 handler type");
  const [kind] = given;
  if (kind === "exec" && (handler.exec?.command ?? []).length === 0) check.at("exec.command").required();
  if (kind === "tcpSocket") validatePort(check.at("tcpSocket.port"), handler.tcpSocket?.port);
  if (kind === "grpc") validatePort(check.at("grpc.port"), handler.grpc?.port);
  if (kind === "httpGet" && handler.httpGet !== undefined) validateHttp(check.at("httpGet"), handler.httpGet);
  const seconds = handler.sleep?.seconds;
  if (kind === "sleep" && graceSeconds !== undefined && seconds !== undefined)
    if (seconds < 0 || seconds > graceSeconds)
      check
        .at("sleep")
        .invalid(
          seconds,
          `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`,
        );
}

function validateHttp(check: Checker, { httpHeaders = [], path, port, scheme }: HTTPGetAction): void {
  if (!path) check.at("path").required();
  validatePort(check.at("port"), port);
  check.at("scheme").oneOf(scheme, ["HTTP", "HTTPS"]);
  for (const [index, { name }] of httpHeaders.entries())
    if (!/^[-A-Za-z0-9]+$/.test(name ?? ""))
      check
        .at("httpHeaders")
        .index(index)
        .at("name")
        .invalid(
          name,
          "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name')",
        );
}

/** That a container opens a port of the name is for the kubelet to find; the API takes any. */
function validatePort(check: Checker, port: number | string | undefined): void {
  const why = typeof port === "string" ? checkPortName(port) : checkPortNumber(port ?? 0);
  if (why !== undefined) check.invalid(port ?? 0, why);
}

export const probeNames = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
