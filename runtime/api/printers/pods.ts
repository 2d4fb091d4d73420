import type { Container, ContainerStatus, Pod } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Printer } from "./table.js";
import { ageColumn, ageOf, column, nameColumn, nameOf, since } from "./text.js";

/** Source of the whole file: Kubernetes `pkg/printers/internalversion/printers.go`, printPod. */
export const podPrinter: Printer = {
  columns: [
    nameColumn,
    column("Ready", "Containers that are ready, of all."),
    column("Status", "What the pod is doing."),
    column("Restarts", "How often its containers were started again, and when last."),
    ageColumn,
    column("IP^", "Address of the pod."),
    column("Node^", "Node the pod runs on."),
    column("Nominated Node^", "Node the pod may run on once others have made room."),
    column("Readiness Gates^", "Conditions beyond its containers' that must hold."),
  ],
  cells(object, now) {
    const pod = object as KubeObject & Pod;
    const { ready, total } = readyContainers(pod);
    return [
      nameOf(object),
      `${ready}/${total}`,
      podStatus(pod),
      restartsText(pod, now),
      ageOf(object, now),
      pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || "<none>",
      pod.spec?.nodeName || "<none>",
      pod.status?.nominatedNodeName || "<none>",
      readinessGates(pod),
    ];
  },
};

/** An init container that keeps running beside the others. */
function isSidecar(container: Container | undefined): boolean {
  return container?.restartPolicy === "Always";
}

/** Main containers and sidecars: those that are expected to run together. */
function isLasting(pod: Pod, name: string | undefined): boolean {
  const init = pod.spec?.initContainers?.find((container) => container.name === name);
  return init === undefined || isSidecar(init);
}

function readyContainers(pod: Pod): { readonly ready: number; readonly total: number } {
  const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar).length;
  const statuses = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter(({ name }) => isLasting(pod, name)),
  ];
  const ready = statuses.filter((status) => status.ready && status.state?.running !== undefined).length;
  return { ready, total: (pod.spec?.containers?.length ?? 0) + sidecars };
}

/** The STATUS column: the most telling of the phase and what its containers wait for or ended with. */
export function podStatus(pod: Pod): string {
  const { status } = pod;
  const phase = status?.phase ?? "";
  let text = status?.reason || phase;
  if (
    status?.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated") &&
    phase === "Pending"
  )
    text = "SchedulingGated";
  const initializing = initText(pod);
  if (initializing !== undefined) text = initializing;
  if (initializing === undefined || isInitialized(pod)) text = containersText(pod, text);
  if (pod.metadata?.deletionTimestamp === undefined) return text;
  if (status?.reason === "NodeLost") return "Unknown";
  return phase === "Succeeded" || phase === "Failed" ? text : "Terminating";
}

function isInitialized(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(
    ({ type, status }) => type === "Initialized" && status === "True",
  );
}

/** `Init:…` for the first init container that has not done its part. */
function initText(pod: Pod): string | undefined {
  const statuses = pod.status?.initContainerStatuses ?? [];
  const total = pod.spec?.initContainers?.length ?? 0;
  for (const [index, status] of statuses.entries()) {
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    const container = pod.spec?.initContainers?.find(({ name }) => name === status.name);
    if (isSidecar(container) && status.started) continue;
    if (terminated !== undefined) return `Init:${endText(status)}`;
    if (waiting?.reason && waiting.reason !== "PodInitializing") return `Init:${waiting.reason}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}

function containersText(pod: Pod, phase: string): string {
  let text = phase;
  let running = false;
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    const { waiting, terminated } = status.state ?? {};
    if (waiting?.reason) text = waiting.reason;
    else if (terminated !== undefined) text = endText(status);
    else if (status.ready && status.state?.running !== undefined) running = true;
  }
  if (text !== "Completed" || !running) return text;
  const ready = (pod.status?.conditions ?? []).some(
    ({ type, status }) => type === "Ready" && status === "True",
  );
  return ready ? "Running" : "NotReady";
}

function endText({ state }: ContainerStatus): string {
  const terminated = state?.terminated;
  if (terminated?.reason) return terminated.reason;
  return terminated?.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated?.exitCode ?? 0}`;
}

/** `3 (10s ago)`. While init containers run, theirs count; then those of the others. */
function restartsText(pod: Pod, now: number): string {
  const init = pod.status?.initContainerStatuses ?? [];
  const initializing = initText(pod) !== undefined && !isInitialized(pod);
  const counted = initializing
    ? init
    : [...(pod.status?.containerStatuses ?? []), ...init.filter(({ name }) => isLasting(pod, name))];
  const restarts = counted.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  const ends = counted
    .map(({ lastState }) => lastState?.terminated?.finishedAt)
    .filter((time) => time !== undefined)
    .sort();
  const last = ends.at(-1);
  return restarts === 0 || last === undefined ? String(restarts) : `${restarts} (${since(last, now)} ago)`;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const held = gates.filter(({ conditionType }) =>
    pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === "True"),
  );
  return `${held.length}/${gates.length}`;
}
