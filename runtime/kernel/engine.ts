/**
 * The container engine as the node agent sees it: sandboxes (one shim each) and containers in them.
 *
 * Live it is the shim over its socket; in simulation a fake with virtual processes. Every method rejects with an
 * InfraError that says what was attempted; none leaves anything half-made.
 */
export interface Engine {
  /** Starts a shim: net, IPC and UTS namespaces, cgroup, network link. Resolves when its network is ready. */
  createSandbox(spec: SandboxSpec): Promise<Sandbox>;
  /** Sandboxes whose shims still run from an earlier daemon life, reconnected; exit records replayed. */
  adopt(): Promise<readonly Sandbox[]>;
  /** Removes what dead shims left behind: populated cgroups are killed, run folders and links removed. */
  sweep(keep: ReadonlySet<string>): Promise<void>;
}

export interface SandboxSpec {
  /** Pod uid; names the cgroup, run folder and socket. */
  readonly id: string;
  readonly hostname: string;
  /** Path below the instance's cgroup: `burstable/pod<uid>`. */
  readonly cgroup: string;
  readonly resources: Resources;
  /** `"none"`: a namespace with nothing but its loopback. */
  readonly network: SandboxNetwork | "host" | "none";
  /** Net sysctls and the like, already allowed by policy. */
  readonly sysctls: { readonly [key: string]: string };
}

/** Addresses and link names are chosen by `runtime/network`; the shim builds the link. */
export interface SandboxNetwork {
  /** Pod address, IPv4 dotted quad; /32. */
  readonly address: string;
  /** Gateway address on the host's `lo`. */
  readonly gateway: string;
  /** Name of the host end, at most 15 bytes. */
  readonly hostLink: string;
  readonly podMac: string;
  readonly hostMac: string;
}

/** Limits for one cgroup. Absent: unlimited. */
export interface Resources {
  /** CFS quota per 100 ms period, in microseconds. */
  readonly cpuQuotaUs?: number;
  /** v1 `cpu.shares`; converted on v2. */
  readonly cpuShares?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
}

export interface Sandbox {
  readonly id: string;
  /** Containers known to the shim, running or exited and not yet removed. */
  containers(): readonly ContainerState[];
  createContainer(spec: ContainerSpec): Promise<void>;
  start(name: string): Promise<{ pid: number; startedAt: number }>;
  /** Signals the container's first process. Resolves when sent; no error when it is gone already. */
  kill(name: string, signal: number): Promise<void>;
  /**
   * Whether a signal would reach the container's first process: the kernel drops one that pid 1 of a pid namespace
   * neither handles nor blocks (pid_namespaces(7)). True when the process is gone, too.
   */
  catches(name: string, signal: number): Promise<boolean>;
  /** Kills everything in the container's cgroup. */
  killAll(name: string): Promise<void>;
  /** Forgets an exited container: cgroup, record and mounts. The log stays. */
  remove(name: string): Promise<void>;
  exec(name: string, spec: ExecSpec): Promise<ExecSession>;
  /** Asks the shim to reopen a container's log after rotation. */
  reopenLog(name: string): Promise<void>;
  /** Called once per container exit, including those replayed after adoption, and once if the shim dies. */
  onEvent(handler: (event: SandboxEvent) => void): void;
  /** Current usage of the sandbox's cgroup. */
  usage(): Promise<{ memoryBytes: number; cpuNanos: bigint; processes: number }>;
  /** Kills what is left, ends the shim, removes cgroup, link and run folder. Idempotent. */
  destroy(): Promise<void>;
}

export type SandboxEvent =
  | { readonly type: "exit"; readonly container: ContainerState & { readonly exit: ExitRecord } }
  | { readonly type: "gone"; readonly reason: string };

export interface ContainerState {
  /** `<container>/<restart>`: unique within the sandbox. */
  readonly name: string;
  readonly pid: number | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly exit: ExitRecord | undefined;
}

export interface ExitRecord {
  /** 0..255; 128+signal when killed. */
  readonly code: number;
  readonly signal: number;
  readonly oomKilled: boolean;
  readonly startedAt: number;
  readonly finishedAt: number;
}

export interface ContainerSpec {
  /** `<container>/<restart>`. */
  readonly name: string;
  readonly root: RootSpec;
  readonly argv: readonly string[];
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[] };
  readonly mounts: readonly BindMount[];
  readonly capabilities: readonly string[]; // "CAP_CHOWN"
  readonly noNewPrivileges: boolean;
  readonly seccomp: "default" | "unconfined";
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly resources: Resources;
  readonly oomScoreAdj: number;
  /** CRI log file, opened by the shim; its folder exists. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface RootSpec {
  /** Unpacked layer folders, topmost first. */
  readonly lower: readonly string[];
  /** Fresh for every start; owned by the caller, on one filesystem. */
  readonly upper: string;
  readonly work: string;
  readonly readonly: boolean;
  /** Overlay `volatile`: for layers that are never reused. */
  readonly volatile: boolean;
}

export interface BindMount {
  /** Host path; resolved and cloned (`open_tree`) before the container's namespaces exist. */
  readonly source: string;
  /**
   * Relative path in `source`, which containers may be changing meanwhile: it is resolved by descriptor, follows no
   * link and never leaves the source; folders that are missing are made with the source's mode.
   */
  readonly beneath?: string;
  /** Absolute path in the container; made when missing, resolved beneath the root. */
  readonly target: string;
  readonly readonly: boolean;
}

export interface ExecSpec {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly user: ContainerSpec["user"];
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly seccomp: "default" | "unconfined";
}

export interface ExecSession {
  /** With a tty one stream; stderr then never ends with data. */
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  readonly stdin: NodeJS.WritableStream | undefined;
  resize(columns: number, rows: number): void;
  /** Kills the process; `exit` still resolves. */
  kill(): void;
  /** 0..255, 128+signal. */
  readonly exit: Promise<number>;
}
