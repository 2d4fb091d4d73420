import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { ExecSession } from "../kernel/engine.js";

/**
 * What the API server needs of the node that runs a pod: the text its containers wrote, and processes in them.
 *
 * The agent implements it. Both reject with an `ApiStatusError`, whose Status the client sees as it is; the container
 * exists in the pod's spec and the pod has a node whenever these are called.
 */
export interface NodeStreams {
  /** Log lines as they were written; ends when the log does, or with `follow` when the container is gone. */
  logs(pod: Pod, options: LogOptions, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Starts a process in a running container. */
  exec(pod: Pod, options: ExecOptions): Promise<ExecSession>;
}

/** Query of `pods/log`. */
export interface LogOptions {
  readonly container: string;
  readonly follow: boolean;
  /** The log of the instance before the current one. */
  readonly previous: boolean;
  /** Only that many last lines; absent: all. */
  readonly tailLines?: number;
  /** Only what was written in that many last seconds. At most one of this and `sinceTime` is set. */
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** Each line starts with its time, RFC 3339 with nanoseconds, and a space. */
  readonly timestamps: boolean;
  /** Ends after that many bytes, even within a line. */
  readonly limitBytes?: number;
}

/** Query of `pods/exec`. */
export interface ExecOptions {
  readonly container: string;
  /** Program and arguments, no shell; at least one. */
  readonly command: readonly string[];
  readonly tty: boolean;
  /** Without it the process reads end of file at once. */
  readonly stdin: boolean;
}
