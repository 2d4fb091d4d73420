import type {
  ContainerStateTerminated,
  ContainerStatus,
  Event,
  Pod,
} from "../../stdlib/kubernetes/generated/core-v1.js";

/** Why a pod is not ready, in words, and what would show more. */
export interface PodTrouble {
  readonly pod: string;
  readonly namespace: string;
  /** Absent: the pod as a whole, e.g. no node takes it. */
  readonly container?: string;
  /** The field of the workload to look at, by which provenance finds the author's line. */
  readonly about: "image" | "command" | "probe" | "exit" | "configuration" | "scheduling";
  /** `exits with 1, 4 times`. */
  readonly text: string;
  /** Which log has its last lines, `?previous=` or not; absent when the container never ran. */
  readonly log?: "current" | "previous";
  /** No later attempt will differ, or enough were made. */
  readonly hopeless: boolean;
  readonly restarts: number;
}

/** Ends after which a container that keeps ending counts as broken: with back-off, half a minute has passed. */
const enoughEnds = 4;

/** Exit codes of a program that is not in the image or cannot be executed: no retry changes that either. */
const programMissing = new Set([126, 127]);

/** Waiting reasons that no retry changes. Source: Kubernetes `pkg/kubelet/images/types.go`. */
const hopelessWaiting = new Set(["ErrImageNeverPull", "InvalidImageName"]);

/** What keeps a pod from being ready, one entry per container that has a say. Pure. */
export function podTroubles(pod: Pod, events: readonly Event[]): readonly PodTrouble[] {
  const at = { pod: pod.metadata.name ?? "", namespace: pod.metadata.namespace ?? "" };
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (unscheduled !== undefined)
    return [
      {
        ...at,
        about: "scheduling",
        text: unscheduled.message ?? "no node takes it",
        hopeless: false,
        restarts: 0,
      },
    ];
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ].filter(({ ready }) => !ready);
  return statuses.flatMap((status) => {
    const found =
      status.state?.running === undefined
        ? stoppedTrouble(status)
        : (probeTrouble(pod, status, events) ?? exitTrouble(status, status.lastState?.terminated));
    return found === undefined
      ? []
      : [{ ...at, container: status.name, restarts: status.restartCount, ...found }];
  });
}

type ContainerTrouble = Pick<PodTrouble, "about" | "text" | "log" | "hopeless">;

function stoppedTrouble(status: ContainerStatus): ContainerTrouble | undefined {
  const { waiting, terminated } = status.state ?? {};
  if (waiting?.reason?.includes("Image") === true)
    return {
      about: "image",
      text: waiting.message ?? `image ${status.image} cannot be used`,
      hopeless: hopelessWaiting.has(waiting.reason),
    };
  const exit = exitTrouble(status, terminated ?? status.lastState?.terminated);
  if (exit !== undefined) return exit;
  if (waiting?.reason === "CreateContainerConfigError" || waiting?.reason === "CreateContainerError")
    return {
      about: "configuration",
      text: waiting.message ?? "its settings cannot be made",
      hopeless: false,
    };
  if (waiting?.reason === "RunContainerError")
    return { about: "command", text: waiting.message ?? "cannot be started", hopeless: false };
  return undefined;
}

/** The last end of a container. Nobody minds one that did what it was there for. */
function exitTrouble(
  { state, restartCount }: ContainerStatus,
  ended: ContainerStateTerminated | undefined,
): ContainerTrouble | undefined {
  if (ended === undefined || (ended.exitCode === 0 && state?.terminated !== undefined)) return undefined;
  // A container that runs again was started once more often than it ended.
  const ends = restartCount + (state?.running === undefined ? 1 : 0);
  const hopeless = state?.waiting?.reason === "CrashLoopBackOff" && ends >= enoughEnds;
  // The kubelet's words for "the program could not be executed at all".
  if (ended.reason === "StartError" || ended.reason === "ContainerCannotRun")
    return {
      about: "command",
      text: ended.message ?? "cannot be started",
      hopeless: hopeless || programMissing.has(ended.exitCode),
    };
  return {
    about: "exit",
    text: `${exitText(ended)}${ends > 1 ? `, ${ends} times` : ""}`,
    log: state?.running === undefined ? "current" : "previous",
    hopeless,
  };
}

/** What the probes of a running container last said. */
function probeTrouble(
  pod: Pod,
  status: ContainerStatus,
  events: readonly Event[],
): ContainerTrouble | undefined {
  if (status.state?.running === undefined) return undefined;
  const said = events
    .filter(
      ({ reason, involvedObject }) =>
        reason === "Unhealthy" &&
        involvedObject.uid === pod.metadata.uid &&
        (involvedObject.fieldPath ?? "").includes(`{${status.name}}`),
    )
    .sort((a, b) => ((a.lastTimestamp ?? "") < (b.lastTimestamp ?? "") ? 1 : -1))[0]?.message;
  return said === undefined ? undefined : { about: "probe", text: said, log: "current", hopeless: false };
}

function exitText({ exitCode, signal, reason }: ContainerStateTerminated): string {
  if (reason === "OOMKilled") return "ends because it needs more memory than its limit";
  return signal === undefined || signal === 0 ? `exits with ${exitCode}` : `is killed by signal ${signal}`;
}
