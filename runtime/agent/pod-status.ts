import { deepEqual } from "../../stdlib/base/json.js";
import type {
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import { qosClass } from "./container-spec.js";

/** One container as the agent knows it; `state` and `lastState` in the API's words. */
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID: string | undefined;
  readonly state: ContainerState;
  readonly lastState: ContainerState | undefined;
  readonly restartCount: number;
  readonly ready: boolean;
}

export interface PodFacts {
  readonly containers: readonly ContainerFacts[];
  /** The sandbox exists and has its network. */
  readonly sandboxReady: boolean;
  readonly podIP: string | undefined;
  readonly hostIP: string;
  readonly startTime: string;
  /** Being stopped: not ready whatever the containers say. */
  readonly terminating: boolean;
  /** The agent gave up on the pod, e.g. because its volumes cannot be. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

/**
 * A pod's status from what is known of its containers. Conditions keep their transition times while they stay equal.
 *
 * Source: kubelet `kubelet_pods.go` (getPhase), `status/generate.go`.
 */
export function podStatus(pod: Pod, facts: PodFacts, now: string): PodStatus {
  const phase = phaseOf(pod, facts);
  const finished = phase === "Succeeded" || phase === "Failed";
  const unready = facts.containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const reason = finished && !facts.terminating ? { reason: "PodCompleted" } : {};
  const containersReady =
    unready.length === 0 && !facts.terminating
      ? { status: "True" as const }
      : {
          status: "False" as const,
          ...(finished ? reason : { reason: "ContainersNotReady" }),
          ...(unready.length === 0 || finished
            ? {}
            : { message: `containers with unready status: [${unready.join(" ")}]` }),
        };
  const wanted: Omit<PodCondition, "lastTransitionTime">[] = [
    { type: "PodReadyToStartContainers", status: facts.sandboxReady ? "True" : "False" },
    { type: "Initialized", status: "True", ...reason },
    { type: "Ready", ...containersReady },
    { type: "ContainersReady", ...containersReady },
    { type: "PodScheduled", status: "True" },
  ];
  const { podIP, hostIP } = facts;
  return {
    phase,
    conditions: mergeConditions(pod.status?.conditions ?? [], wanted, now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime: facts.startTime,
    ...(facts.failure === undefined ? {} : facts.failure),
    containerStatuses: facts.containers.map(containerStatus),
    qosClass: qosClass(pod.spec),
  };
}

function phaseOf(
  pod: Pod,
  { containers, failure }: PodFacts,
): "Pending" | "Running" | "Succeeded" | "Failed" {
  if (failure !== undefined) return "Failed";
  const policy = pod.spec?.restartPolicy ?? "Always";
  const waitingFirst = containers.some(
    ({ lastState, state }) => state.waiting !== undefined && !lastState?.terminated,
  );
  const running = containers.some(({ state }) => state.running !== undefined);
  const stopped = containers.filter(
    ({ lastState, state }) =>
      state.terminated !== undefined || (state.waiting !== undefined && lastState?.terminated),
  );
  if (waitingFirst) return "Pending";
  if (running) return "Running";
  if (containers.length === 0 || stopped.length < containers.length) return "Pending";
  if (policy === "Always") return "Running"; // it will be started again
  const codes = stopped.map(
    ({ lastState, state }) => (state.terminated ?? lastState?.terminated)?.exitCode ?? 0,
  );
  if (codes.every((code) => code === 0)) return "Succeeded";
  return policy === "Never" ? "Failed" : "Running";
}

function containerStatus(facts: ContainerFacts): ContainerStatus {
  const { containerID, image, imageID, lastState, name, ready, restartCount, state } = facts;
  return {
    name,
    state,
    lastState: lastState ?? {},
    ready,
    restartCount,
    image,
    imageID,
    ...(containerID === undefined ? {} : { containerID }),
    started: state.running !== undefined,
  };
}

function mergeConditions(
  present: readonly PodCondition[],
  wanted: readonly Omit<PodCondition, "lastTransitionTime">[],
  now: string,
): PodCondition[] {
  const own = new Set<string>(wanted.map(({ type }) => type));
  const merged = wanted.map((condition): PodCondition => {
    const before = present.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? now };
  });
  return [...merged, ...present.filter(({ type }) => !own.has(type))];
}

/** Whether a status says something else than the object's. */
export function statusChanged(before: PodStatus | undefined, after: PodStatus): boolean {
  if (before === undefined) return true;
  return Object.entries(after).some(
    ([field, value]) => !deepEqual(value, (before as { [field: string]: unknown })[field]),
  );
}
