import { parseQuantity } from "../../stdlib/base/quantity.js";
import type { Container, Pod, PodSpec } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { StoredImage } from "../images/image-store.js";
import type { BindMount, ContainerSpec, Resources, RootSpec } from "../kernel/engine.js";
import type { ProcessUser } from "./accounts.js";
import { expand } from "./environment.js";

/**
 * What containers may do unless told otherwise: Docker's set without MKNOD, as podman has it, since there is no device
 * cgroup to make nodes harmless.
 */
const defaultCapabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FSETID",
  "FOWNER",
  "NET_RAW",
  "SETGID",
  "SETUID",
  "SETFCAP",
  "SETPCAP",
  "NET_BIND_SERVICE",
  "SYS_CHROOT",
  "KILL",
  "AUDIT_WRITE",
] as const;

/** As Docker and containerd hide them. */
const maskedPaths = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
] as const;
const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"] as const;
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ContainerParts {
  /** `<container>/<restart>`. */
  readonly name: string;
  readonly pod: Pod;
  readonly container: Container;
  readonly image: StoredImage;
  readonly root: Pick<RootSpec, "lower" | "upper" | "work">;
  readonly environment: ReadonlyMap<string, string>;
  readonly user: ProcessUser;
  readonly mounts: readonly BindMount[];
  readonly logPath: string;
  readonly hostname: string;
  /** Of its user, for an environment that names none. */
  readonly home: string;
  /** Of the node, bytes. */
  readonly memoryCapacity: bigint;
}

/** The engine's description of a container. Source: kubelet `kuberuntime_container.go`, CRI's LinuxContainerConfig. */
export function containerSpec(parts: ContainerParts): ContainerSpec {
  const { container, environment, image, pod } = parts;
  const security = container.securityContext ?? {};
  const { cwd, env, argv } = commandOf(container, image, environment, parts);
  return {
    name: parts.name,
    root: {
      ...parts.root,
      readonly: security.readOnlyRootFilesystem === true,
      volatile: true, // its layer never outlives it
    },
    argv,
    env,
    cwd,
    user: parts.user,
    mounts: parts.mounts,
    capabilities: containerCapabilities(container),
    noNewPrivileges: security.allowPrivilegeEscalation === false,
    seccomp: seccompOf(pod.spec, container),
    maskedPaths,
    readonlyPaths,
    resources: containerResources(container),
    oomScoreAdj: oomScoreAdjustment(pod, container, parts.memoryCapacity),
    logPath: parts.logPath,
    stdin: container.stdin === true,
    tty: container.tty === true,
  };
}

/** Command line, environment and working directory: the spec's over the image's. */
export function commandOf(
  container: Container,
  image: StoredImage,
  environment: ReadonlyMap<string, string>,
  { home, hostname }: { readonly home: string; readonly hostname: string },
): { readonly argv: readonly string[]; readonly env: readonly string[]; readonly cwd: string } {
  const expanded = (words: readonly string[] | undefined) =>
    words?.map((word) => expand(word, (name) => environment.get(name)));
  const command = expanded(container.command);
  const args = expanded(container.args);
  const { cmd, entrypoint, workdir } = image.config;
  // A command of the spec drops the image's arguments too.
  const argv = [...(command ?? entrypoint), ...(args ?? (command === undefined ? cmd : []))];
  const own = new Map([
    ["HOSTNAME", hostname],
    ["HOME", home],
  ]);
  for (const entry of [defaultPath, ...image.config.env]) {
    const equals = entry.indexOf("=");
    own.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  if (container.tty === true && !own.has("TERM")) own.set("TERM", "xterm");
  for (const [name, value] of environment) own.set(name, value);
  return {
    argv,
    env: [...own].map(([name, value]) => `${name}=${value}`),
    cwd: container.workingDir || workdir || "/",
  };
}

/** `add` and `drop`, where `ALL` is everything. */
export function containerCapabilities(container: Container): readonly string[] {
  const { add = [], drop = [] } = container.securityContext?.capabilities ?? {};
  const plain = (name: string) => name.toUpperCase().replace(/^CAP_/, "");
  const dropped = new Set(drop.map(plain));
  const kept = dropped.has("ALL") ? [] : defaultCapabilities.filter((name) => !dropped.has(name));
  return [...new Set([...kept, ...add.map(plain)])];
}

export function seccompOf(spec: PodSpec | undefined, container: Container): "default" | "unconfined" {
  const profile = container.securityContext?.seccompProfile ?? spec?.securityContext?.seccompProfile;
  return profile?.type === "Unconfined" ? "unconfined" : "default";
}

/** Source: kubelet `pkg/kubelet/cm/helpers_linux.go`. */
export function containerResources(container: Container): Resources {
  const { limits = {} } = container.resources ?? {};
  const cpuLimit = milli(limits["cpu"]);
  const memoryBytes = bytes(limits["memory"]);
  return {
    cpuShares: sharesOf(cpuRequest(container)),
    ...(cpuLimit === undefined ? {} : { cpuQuotaUs: Math.max(1000, cpuLimit * 100) }),
    ...(memoryBytes === undefined ? {} : { memoryBytes: Number(memoryBytes) }),
  };
}

/** Milli-cores; a limit stands in for a request that is not set. */
function cpuRequest({ resources }: Container): number {
  return milli(resources?.requests?.["cpu"]) ?? milli(resources?.limits?.["cpu"]) ?? 0;
}

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

/** Source: `pkg/apis/core/v1/helper/qos`: limits stand in for requests that are not set. */
export function qosClass(spec: PodSpec | undefined): QosClass {
  const containers = spec?.containers ?? [];
  const set = containers.some(({ resources }) =>
    [...Object.values(resources?.limits ?? {}), ...Object.values(resources?.requests ?? {})].some(
      (value) => parseQuantity(String(value)).nano > 0n,
    ),
  );
  if (!set) return "BestEffort";
  const guaranteed = containers.every(({ resources }) =>
    ["cpu", "memory"].every((name) => {
      const limit = resources?.limits?.[name];
      const request = resources?.requests?.[name] ?? limit;
      return limit !== undefined && parseQuantity(String(limit)).nano === parseQuantity(String(request)).nano;
    }),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}

/** Kubelet's `podPidsLimit` as distributions set it; its own default, none, lets one pod take the host. */
const podPids = 4096;

/** The pod's own cgroup: its containers together; a limit only where each container has one. */
export function podResources(spec: PodSpec | undefined): Resources {
  const all = (spec?.containers ?? []).map(containerResources);
  const sum = (pick: (resources: Resources) => number | undefined): number | undefined => {
    const values = all.map(pick).filter((value) => value !== undefined);
    return values.length === all.length ? values.reduce((total, value) => total + value, 0) : undefined;
  };
  const cpuQuotaUs = sum(({ cpuQuotaUs }) => cpuQuotaUs);
  const memoryBytes = sum(({ memoryBytes }) => memoryBytes);
  return {
    pids: podPids,
    cpuShares: sharesOf((spec?.containers ?? []).reduce((total, each) => total + cpuRequest(each), 0)),
    ...(cpuQuotaUs === undefined ? {} : { cpuQuotaUs }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

/** Path of the pod's cgroup below the instance's, as kubelet's cgroupfs driver lays it out. */
export function podCgroup(pod: Pod): string {
  const qos = qosClass(pod.spec);
  const own = `pod${pod.metadata.uid ?? ""}`;
  return qos === "Guaranteed" ? own : `${qos.toLowerCase()}/${own}`;
}

/** Source: kubelet `pkg/kubelet/qos/policy.go`. */
function oomScoreAdjustment(pod: Pod, container: Container, memoryCapacity: bigint): number {
  const qos = qosClass(pod.spec);
  if (qos === "Guaranteed") return -997;
  if (qos === "BestEffort") return 1000;
  const request =
    bytes(container.resources?.requests?.["memory"] ?? container.resources?.limits?.["memory"]) ?? 0n;
  const adjustment = 1000 - Number((1000n * request) / (memoryCapacity || 1n));
  return Math.min(Math.max(adjustment, 3), 999);
}

function sharesOf(milliCpu: number): number {
  return milliCpu === 0 ? 2 : Math.min(Math.max(Math.floor((milliCpu * 1024) / 1000), 2), 262_144);
}

function milli(value: string | number | undefined): number | undefined {
  return value === undefined
    ? undefined
    : Number((parseQuantity(String(value)).nano + 999_999n) / 1_000_000n);
}

function bytes(value: string | number | undefined): bigint | undefined {
  return value === undefined
    ? undefined
    : (parseQuantity(String(value)).nano + 999_999_999n) / 1_000_000_000n;
}
