import { readFile, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import { capabilityMask } from "./capabilities.js";
import type { Cgroups } from "./cgroups.js";
import { ShimConnection, ShimGone } from "./connection.js";
import type {
  ContainerSpec,
  ContainerState,
  ExecSession,
  ExecSpec,
  Sandbox,
  SandboxEvent,
} from "./engine.js";
import { openExecSession } from "./exec-session.js";
import { PayloadReader, PayloadWriter, protocol } from "./protocol.js";
import { readState } from "./shim-state.js";

/** The shim did not answer in time. */
export class ShimStuck extends InfraError {
  readonly code = "shim-stuck";
}

export interface ShimSandboxOptions {
  readonly id: string;
  /** The shim's working folder. */
  readonly folder: string;
  readonly cgroup: string;
  readonly cgroups: Cgroups;
  readonly clock: Clock;
  /** Gets the events. */
  readonly connection: ShimConnection;
  /** A further connection; undefined when the shim does not accept one. */
  dial(): Promise<Socket | undefined>;
  /** Resolves once the shim's process is gone. */
  ended(): Promise<void>;
  killShim(): Promise<void>;
}

/** A whole sandbox starts in a millisecond; an image on a cold, slow disk takes longer. */
const answerLimitMs = 60_000;
/** A signal is sent at once or never: a shim that does not answer is stopped itself. */
const signalLimitMs = 5_000;
const shutdownLimitMs = 5_000;
const { FLAG_ROOT_READONLY, FLAG_ROOT_VOLATILE, FLAG_STDIN, FLAG_TTY } = protocol;

/** A sandbox whose containers a shim runs. */
export class ShimSandbox implements Sandbox {
  readonly id: string;
  readonly #options: ShimSandboxOptions;
  readonly #containers = new Map<string, ContainerState>();
  readonly #handlers: ((event: SandboxEvent) => void)[] = [];
  /** Exits told before anyone listened. */
  #early: SandboxEvent[] = [];
  /** Containers whose START is not answered yet, with the exit that must not be told before it. */
  readonly #starting = new Map<string, SandboxEvent | undefined>();
  #destroyed: Promise<void> | undefined;

  constructor(options: ShimSandboxOptions) {
    this.#options = options;
    this.id = options.id;
    options.connection.onEvent = (type, payload) => {
      if (type === protocol.EVENT_EXIT) this.#exited(readState(new PayloadReader(payload)));
    };
    options.connection.onClose = () => {
      if (this.#destroyed === undefined) this.#tell({ type: "gone", reason: "its shim ended unexpectedly" });
    };
  }

  /** Takes over what an adopted shim has; exits that happened meanwhile are told like new ones. */
  adopt(states: readonly ContainerState[]): void {
    for (const state of states) {
      this.#containers.set(state.name, state);
      if (state.exit !== undefined) this.#exited(state);
    }
  }

  async setUp(payload: Buffer): Promise<void> {
    await this.#request("set the sandbox up", protocol.REQUEST_SETUP, payload);
  }

  containers(): readonly ContainerState[] {
    return [...this.#containers.values()];
  }

  async createContainer(spec: ContainerSpec): Promise<void> {
    const { cgroups } = this.#options;
    const cgroup = this.#cgroupOf(spec.name);
    cgroups.create(cgroup, spec.resources);
    const flags = (spec.tty ? FLAG_TTY : 0) | (spec.stdin ? FLAG_STDIN : 0);
    const payload = new PayloadWriter()
      .text(spec.name)
      .text(spec.logPath)
      .text(cgroups.oomFile(cgroup))
      .u32(flags);
    putProcess(payload, spec);
    payload.u32(spec.oomScoreAdj).list(cgroups.joinFiles(cgroup));
    putRoot(payload, spec);
    try {
      await this.#request(`create container "${spec.name}"`, protocol.REQUEST_CREATE, payload.bytes());
    } catch (error) {
      await cgroups.remove(cgroup);
      throw error;
    }
    this.#containers.set(spec.name, {
      name: spec.name,
      pid: undefined,
      startedAt: undefined,
      exit: undefined,
    });
  }

  async start(name: string): Promise<{ pid: number; startedAt: number }> {
    this.#starting.set(name, undefined);
    try {
      const state = readState(await this.#named(`start container "${name}"`, protocol.REQUEST_START, name));
      if (this.#starting.get(name) === undefined) this.#containers.set(name, state);
      return { pid: state.pid ?? 0, startedAt: state.startedAt ?? 0 };
    } finally {
      const held = this.#starting.get(name);
      this.#starting.delete(name);
      if (held !== undefined) setImmediate(() => this.#tell(held)); // after the caller has its answer
    }
  }

  async kill(name: string, signal: number): Promise<void> {
    const payload = new PayloadWriter().text(name).u32(signal).bytes();
    await this.#request(`signal container "${name}"`, protocol.REQUEST_KILL, payload, signalLimitMs);
  }

  async catches(name: string, signal: number): Promise<boolean> {
    const { exit, pid } = this.#containers.get(name) ?? {};
    if (pid === undefined || exit !== undefined) return true;
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(goneAsNothing);
    const masks = [...status.matchAll(/^Sig(?:Blk|Cgt):\s*([0-9a-f]+)$/gm)];
    const bit = 1n << BigInt(signal - 1);
    return masks.length === 0 || masks.some(([, mask]) => (BigInt(`0x${mask}`) & bit) !== 0n);
  }

  /** The first process is pid 1 of the container's pid namespace: the kernel kills the others with it. */
  killAll(name: string): Promise<void> {
    return this.kill(name, 9);
  }

  async remove(name: string): Promise<void> {
    await this.#named(`remove container "${name}"`, protocol.REQUEST_REMOVE, name);
    this.#containers.delete(name);
    await this.#options.cgroups.remove(this.#cgroupOf(name));
  }

  async reopenLog(name: string): Promise<void> {
    await this.#named(`reopen the log of "${name}"`, protocol.REQUEST_REOPEN, name);
  }

  async exec(name: string, spec: ExecSpec): Promise<ExecSession> {
    const doing = `run "${spec.argv[0]}" in container "${name}"`;
    const socket = await this.#options.dial();
    if (socket === undefined) throw new ShimGone(`Cannot ${doing}: its shim does not accept connections`);
    const connection = new ShimConnection(socket);
    const flags = (spec.tty ? FLAG_TTY : 0) | (spec.stdin ? FLAG_STDIN : 0);
    const payload = new PayloadWriter().text(name).u32(flags);
    putProcess(payload, spec);
    payload.list(this.#options.cgroups.joinFiles(this.#cgroupOf(name)));
    const session = openExecSession(connection, spec.stdin);
    try {
      await this.#bounded(doing, connection.request(doing, protocol.REQUEST_EXEC, payload.bytes()));
      return session;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  onEvent(handler: (event: SandboxEvent) => void): void {
    this.#handlers.push(handler);
    const early = this.#early;
    this.#early = [];
    for (const event of early) handler(event);
  }

  async usage() {
    return this.#options.cgroups.usage(this.#options.cgroup);
  }

  destroy(): Promise<void> {
    this.#destroyed ??= this.#destroy();
    return this.#destroyed;
  }

  async #destroy(): Promise<void> {
    const { cgroup, cgroups, clock, connection, folder, ended, killShim } = this.#options;
    const shutdown = connection.request("end the sandbox", protocol.REQUEST_SHUTDOWN, Buffer.alloc(0));
    const inTime = await Promise.race([
      shutdown.then(
        () => true,
        () => true, // it is gone already, which is what was wanted
      ),
      sleep(clock, shutdownLimitMs).then(() => false),
    ]);
    if (!inTime) await killShim();
    connection.close();
    await ended();
    await cgroups.remove(cgroup);
    await rm(folder, { recursive: true, force: true });
  }

  #cgroupOf(name: string): string {
    return join(this.#options.cgroup, name.replaceAll("/", "-"));
  }

  #named(doing: string, type: number, name: string): Promise<PayloadReader> {
    return this.#request(doing, type, new PayloadWriter().text(name).bytes());
  }

  #request(doing: string, type: number, payload: Buffer, limitMs = answerLimitMs): Promise<PayloadReader> {
    return this.#bounded(doing, this.#options.connection.request(doing, type, payload), limitMs);
  }

  #bounded<T>(doing: string, answer: Promise<T>, limitMs = answerLimitMs): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(limitMs, () =>
        reject(new ShimStuck(`Cannot ${doing}: the shim does not answer within ${limitMs / 1000} s`)),
      );
      answer.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  #exited(state: ContainerState): void {
    const { exit } = state;
    if (exit === undefined) return;
    this.#containers.set(state.name, state);
    const event: SandboxEvent = { type: "exit", container: { ...state, exit } };
    if (this.#starting.has(state.name)) this.#starting.set(state.name, event);
    else this.#tell(event);
  }

  #tell(event: SandboxEvent): void {
    if (this.#handlers.length === 0) this.#early.push(event);
    for (const handler of this.#handlers) handler(event);
  }
}

function putProcess(payload: PayloadWriter, spec: ContainerSpec | ExecSpec): void {
  const { uid, gid, additionalGids } = spec.user;
  payload.list(spec.argv).list(spec.env).text(spec.cwd).u32(uid).u32(gid).u32(additionalGids.length);
  for (const additional of additionalGids) payload.u32(additional);
  payload
    .u64(capabilityMask(spec.capabilities))
    .u32(spec.noNewPrivileges ? 1 : 0)
    .u32(spec.seccomp === "default" ? 1 : 0);
}

function putRoot(payload: PayloadWriter, spec: ContainerSpec): void {
  const { lower, upper, work, readonly, volatile } = spec.root;
  payload
    .list(lower)
    .text(upper)
    .text(work)
    .u32((readonly ? FLAG_ROOT_READONLY : 0) | (volatile ? FLAG_ROOT_VOLATILE : 0))
    .text(spec.cwd)
    .u32(spec.mounts.length);
  for (const mount of spec.mounts)
    payload
      .text(mount.source)
      .text(mount.beneath ?? "")
      .text(mount.target)
      .u32(mount.readonly ? 1 : 0);
  payload.list(spec.maskedPaths).list(spec.readonlyPaths);
}

function goneAsNothing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" || error.code === "ESRCH") return "";
  throw error;
}
