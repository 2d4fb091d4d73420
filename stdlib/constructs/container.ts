import type { Container as L1Container } from "../kubernetes/generated/core-v1.js";
import type {
  AbsolutePath,
  ConfigMap,
  Cpu,
  Duration,
  Image,
  ImageName,
  Memory,
  Patch,
  Port,
  Secret,
  SecretRef,
  TextReference,
  Volume,
} from "./types.js";

type Text = string | number | boolean;

/** What every container has, whether it runs before the others or beside them. */
export interface ContainerOptions {
  /** An image of the stack, or one by name. */
  readonly image: Image<string> | ImageName;
  /** Replaces the image's entrypoint. @default the image's */
  readonly command?: readonly string[];
  /** Replaces the image's cmd. @default the image's */
  readonly args?: readonly string[];
  /** Folder the program starts in. @default the image's */
  readonly workdir?: AbsolutePath;
  /** Environment variables by name: text, or a reference that is known when the pod starts. */
  readonly env?: { readonly [name: string]: Text | TextReference | SecretRef };
  /** All keys of these as environment variables. */
  readonly envFrom?: readonly (ConfigMap<string> | Secret<string> | PrefixedSource)[];
  /** Path in the container to what is seen there. */
  readonly mounts?: { readonly [path: AbsolutePath]: Volume | Mount };
  /** What the container asks for. */
  readonly resources?: Resources;
  /** When the image is fetched from its registry. @default "IfNotPresent" */
  readonly pull?: "Always" | "IfNotPresent" | "Never";
  /** User id the program runs as. @default the image's user */
  readonly user?: number;
  /** Group id the program runs as. @default the image's group */
  readonly group?: number;
  /** The container cannot change its image's files. @default false */
  readonly readOnlyRoot?: boolean;
  /** Rights of the host's root, all of them. @default false */
  readonly privileged?: boolean;
  /** Whether a program may gain rights its parent lacks, as setuid programs do. @default false */
  readonly escalation?: boolean;
  /** Single rights of root to add to the default set, or to take from it. */
  readonly capabilities?: { readonly add?: readonly Capability[]; readonly drop?: readonly Capability[] };
  /** Keeps standard input open. @default false */
  readonly stdin?: boolean;
  /** Gives the program a terminal. @default false */
  readonly tty?: boolean;
  /** Any field of the Kubernetes container, merged last. */
  readonly patch?: Patch<L1Container>;
}

/** One container. `I` are the ports its image exposes, `O` those opened here. */
export interface Container<I extends string, O extends string> extends ContainerOptions {
  /** An image of the stack, or one by name. */
  readonly image: Image<I> | ImageName;
  /** Ports beside those the image exposes, by name. One without a name has its number as text: `{ "8080": 8080 }`. */
  readonly ports?: { readonly [K in O]?: Port };
  /** Until it succeeds, the other probes wait. Fails too often: the container is killed and started again. */
  readonly startup?: Probe<NoInfer<I | O>>;
  /** Fails: the container is killed and started again. */
  readonly liveness?: Probe<NoInfer<I | O>>;
  /** Fails: Services send nothing here. */
  readonly readiness?: Probe<NoInfer<I | O>>;
  /** Done when the container has started, beside its program. Fails: the container is killed. */
  readonly afterStart?: Hook<NoInfer<I | O>>;
  /** Done before the program is told to stop; the pod's grace counts from its beginning. */
  readonly beforeStop?: Hook<NoInfer<I | O>>;
}

export interface Resources {
  /** Cores asked for; shared out by it when all want more. */
  readonly cpu?: Cpu;
  /** Cores it never gets more of. @default none */
  readonly cpuLimit?: Cpu;
  /** Bytes asked for, and the limit too unless one is given. */
  readonly memory?: Memory;
  /** Bytes above which the container is killed. @default what memory says */
  readonly memoryLimit?: Memory;
  /** Bytes of the node's disk for its own layer, logs and emptyDir volumes; the limit too. */
  readonly storage?: Memory;
}

/** All keys of a ConfigMap or Secret as variables whose names begin with a prefix. */
export interface PrefixedSource {
  /** What the names begin with. */
  readonly prefix: string;
  /** Where the keys are. */
  readonly from: ConfigMap<string> | Secret<string>;
}

/** A volume mounted in a way of its own. */
export interface Mount {
  /** What is mounted. */
  readonly from: Volume;
  /** Only this file or folder of it. It does not follow later changes. */
  readonly path?: string;
  /** @default true for ConfigMaps, Secrets and downward files; false for what programs write to */
  readonly readOnly?: boolean;
  /** Name of the volume in the pod. @default made of what it holds */
  readonly name?: string;
}

export interface ProbeTiming {
  /** Between checks. @default "10s" */
  readonly every?: Duration;
  /** How long one check may take. @default "1s" */
  readonly timeout?: Duration;
  /** Before the first check. @default none */
  readonly after?: Duration;
  /** Failures in a row that count. @default 3 */
  readonly failures?: number;
  /** Successes in a row after a failure that count; a liveness or startup probe has only 1. @default 1 */
  readonly successes?: number;
}

/** Exactly one of `http`, `tcp`, `grpc`, `exec`. */
export type Probe<P extends string> = ProbeTiming &
  (
    | (HttpCheck<P> & { readonly tcp?: never; readonly grpc?: never; readonly exec?: never })
    | (TcpCheck<P> & {
        readonly http?: never;
        readonly port?: never;
        readonly grpc?: never;
        readonly exec?: never;
      })
    | (GrpcCheck<P> & {
        readonly http?: never;
        readonly port?: never;
        readonly tcp?: never;
        readonly exec?: never;
      })
    | (ExecCheck & {
        readonly http?: never;
        readonly port?: never;
        readonly tcp?: never;
        readonly grpc?: never;
      })
  );

/** Exactly one of `http`, `exec`, `sleep`. */
export type Hook<P extends string> =
  | (HttpCheck<P> & { readonly exec?: never; readonly sleep?: never })
  | (ExecCheck & { readonly http?: never; readonly port?: never; readonly sleep?: never })
  | (SleepStep & { readonly http?: never; readonly port?: never; readonly exec?: never });

export interface HttpCheck<P extends string> {
  /** Path that is asked for; 200 to 399 is good. */
  readonly http: AbsolutePath;
  /** Name of the port. */
  readonly port: P;
  /** @default "HTTP" */
  readonly scheme?: "HTTP" | "HTTPS";
  /** Request headers. */
  readonly headers?: { readonly [name: string]: string };
}

export interface TcpCheck<P extends string> {
  /** Name of the port; that it can be connected to is good. */
  readonly tcp: P;
}

export interface GrpcCheck<P extends string> {
  /** Name of the port; its gRPC health service is asked. */
  readonly grpc: P;
}

export interface ExecCheck {
  /** Command run in the container; exit code 0 is good. No shell. */
  readonly exec: readonly string[];
}

export interface SleepStep {
  /** How long to wait. */
  readonly sleep: Duration;
}

/** Rights of root, capabilities(7), without `CAP_`. */
export type Capability =
  | "ALL"
  | "AUDIT_CONTROL"
  | "AUDIT_READ"
  | "AUDIT_WRITE"
  | "BLOCK_SUSPEND"
  | "BPF"
  | "CHECKPOINT_RESTORE"
  | "CHOWN"
  | "DAC_OVERRIDE"
  | "DAC_READ_SEARCH"
  | "FOWNER"
  | "FSETID"
  | "IPC_LOCK"
  | "IPC_OWNER"
  | "KILL"
  | "LEASE"
  | "LINUX_IMMUTABLE"
  | "MAC_ADMIN"
  | "MAC_OVERRIDE"
  | "MKNOD"
  | "NET_ADMIN"
  | "NET_BIND_SERVICE"
  | "NET_BROADCAST"
  | "NET_RAW"
  | "PERFMON"
  | "SETFCAP"
  | "SETGID"
  | "SETPCAP"
  | "SETUID"
  | "SYSLOG"
  | "SYS_ADMIN"
  | "SYS_BOOT"
  | "SYS_CHROOT"
  | "SYS_MODULE"
  | "SYS_NICE"
  | "SYS_PACCT"
  | "SYS_PTRACE"
  | "SYS_RAWIO"
  | "SYS_RESOURCE"
  | "SYS_TIME"
  | "SYS_TTY_CONFIG"
  | "WAKE_ALARM";
