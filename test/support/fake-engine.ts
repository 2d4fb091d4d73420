import { constants } from "node:os";
import { PassThrough } from "node:stream";
import type {
  ContainerSpec,
  ContainerState,
  Engine,
  ExecSession,
  ExecSpec,
  ExitRecord,
  Sandbox,
  SandboxEvent,
  SandboxSpec,
} from "../../runtime/kernel/engine.js";
import { sleep, type Timer, type World } from "../../stdlib/base/clock.js";

const { SIGKILL, SIGTERM } = constants.signals;

/** What a virtual process does; times in milliseconds from its start. */
export interface Program {
  /** Ends by itself after this; absent: never. */
  readonly endsAfterMs?: number;
  readonly exitCode?: number;
  /** Its end is the kernel's doing, for want of memory. */
  readonly outOfMemory?: boolean;
  /** Cannot be started: what the start rejects with. */
  readonly startError?: { readonly message: string; readonly exitCode?: number };
  /** Answers connections from then on. */
  readonly listensAfterMs?: number;
  /** A TERM before this is lost, as pid 1 has no handler yet. */
  readonly catchesTermAfterMs?: number;
  /** From TERM to the end; `never`: it goes on. */
  readonly stopsInMs?: number | "never";
  /** Code and output of a command in it. */
  readonly exec?: (argv: readonly string[], runningMs: number) => { code: number; output: string };
}

export interface FakeEngineOptions {
  readonly world: World;
  /** @param restart - number of the start, from 0. */
  readonly program: (spec: ContainerSpec, restart: number) => Program;
  /** Latency of one engine call. */
  readonly delayMs?: () => number;
  /** Every act on a process in order: `start web/0`, `signal 15 web/0`, `exit 0 web/0`. */
  readonly trace?: (text: string) => void;
}

interface VirtualContainer {
  readonly spec: ContainerSpec;
  readonly program: Program;
  state: ContainerState;
  timers: Timer[];
}

interface VirtualSandbox {
  readonly spec: SandboxSpec;
  readonly containers: Map<string, VirtualContainer>;
  /** Where events go: to the one who connected last. */
  handlers: ((event: SandboxEvent) => void)[];
  early: SandboxEvent[];
}

/**
 * The kernel with virtual processes: outlives agents, as shims do, so that a second agent can adopt.
 * Calls take virtual time and give way in between, which is where races are.
 */
export class FakeEngine implements Engine {
  readonly #options: FakeEngineOptions;
  readonly #sandboxes = new Map<string, VirtualSandbox>();
  /** The next `createSandbox` rejects with it. */
  sandboxError: Error | undefined;

  constructor(options: FakeEngineOptions) {
    this.#options = options;
  }

  /** Ids of what exists. */
  get sandboxes(): readonly string[] {
    return [...this.#sandboxes.keys()];
  }

  /** Specs of containers not yet removed. */
  specs(): readonly ContainerSpec[] {
    return [...this.#sandboxes.values()].flatMap(({ containers }) =>
      [...containers.values()].map(({ spec }) => spec),
    );
  }

  /** Whether a process at the address answers. */
  listens(address: string): boolean {
    for (const { containers, spec } of this.#sandboxes.values()) {
      if (typeof spec.network === "string" || spec.network.address !== address) continue;
      for (const { program, state } of containers.values())
        if (isRunning(state) && this.#runningMs(state) >= (program.listensAfterMs ?? 0)) return true;
    }
    return false;
  }

  /** A sandbox's shim dies with everything in it. */
  breakSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) throw new Error(`no sandbox ${id}`);
    this.#drop(sandbox);
    tell(sandbox, { type: "gone", reason: "its shim ended unexpectedly" });
  }

  /** The host starts anew: nobody is told. */
  reboot(): void {
    for (const sandbox of this.#sandboxes.values()) this.#drop(sandbox);
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    await this.#pause();
    const error = this.sandboxError;
    this.sandboxError = undefined;
    if (error !== undefined) throw error;
    if (this.#sandboxes.has(spec.id)) throw new Error(`sandbox ${spec.id} exists`);
    const sandbox: VirtualSandbox = { spec, containers: new Map(), handlers: [], early: [] };
    this.#sandboxes.set(spec.id, sandbox);
    return this.#connect(sandbox);
  }

  async adopt(): Promise<readonly Sandbox[]> {
    await this.#pause();
    return [...this.#sandboxes.values()].map((sandbox) => {
      const face = this.#connect(sandbox);
      for (const { state } of sandbox.containers.values())
        if (state.exit !== undefined)
          tell(sandbox, { type: "exit", container: { ...state, exit: state.exit } });
      return face;
    });
  }

  async sweep(keep: ReadonlySet<string>): Promise<void> {
    await this.#pause();
    for (const [id, sandbox] of this.#sandboxes) if (!keep.has(id)) this.#drop(sandbox);
  }

  /** A connection to a sandbox; the one before it hears no more. */
  #connect(sandbox: VirtualSandbox): Sandbox {
    sandbox.handlers = [];
    sandbox.early = [];
    const find = (name: string): VirtualContainer => {
      if (this.#sandboxes.get(sandbox.spec.id) !== sandbox) throw new Error("its shim is gone");
      const found = sandbox.containers.get(name);
      if (found === undefined) throw new Error(`there is no container "${name}"`);
      return found;
    };
    const face: Sandbox = {
      id: sandbox.spec.id,
      containers: () => [...sandbox.containers.values()].map(({ state }) => state),
      createContainer: async (spec) => {
        await this.#pause();
        if (this.#sandboxes.get(sandbox.spec.id) !== sandbox) throw new Error("its shim is gone");
        if (sandbox.containers.has(spec.name)) throw new Error(`container "${spec.name}" exists`);
        const program = this.#options.program(spec, Number(spec.name.split("/")[1]));
        const state = { name: spec.name, pid: undefined, startedAt: undefined, exit: undefined };
        sandbox.containers.set(spec.name, { spec, program, state, timers: [] });
      },
      start: async (name) => {
        await this.#pause();
        return this.#start(sandbox, find(name));
      },
      kill: async (name, signal) => {
        await this.#pause();
        this.#signal(sandbox, find(name), signal);
      },
      killAll: (name) => face.kill(name, SIGKILL),
      catches: async (name, signal) => {
        await this.#pause();
        const { program, state } = find(name);
        return signal !== SIGTERM || this.#catchesTerm(program, state);
      },
      remove: async (name) => {
        await this.#pause();
        const container = find(name);
        if (isRunning(container.state)) throw new Error(`container "${name}" runs`);
        sandbox.containers.delete(name);
      },
      exec: async (name, spec) => {
        await this.#pause();
        return this.#exec(find(name), spec);
      },
      reopenLog: async (name) => void find(name),
      onEvent: (handler) => {
        sandbox.handlers.push(handler);
        const early = sandbox.early;
        sandbox.early = [];
        for (const event of early) handler(event);
      },
      usage: async () => ({ memoryBytes: 0, cpuNanos: 0n, processes: sandbox.containers.size }),
      destroy: async () => {
        await this.#pause();
        if (this.#sandboxes.get(sandbox.spec.id) === sandbox) this.#drop(sandbox);
      },
    };
    return face;
  }

  #start(sandbox: VirtualSandbox, container: VirtualContainer): { pid: number; startedAt: number } {
    const { program, spec } = container;
    if (program.startError !== undefined) {
      const { exitCode, message } = program.startError;
      throw Object.assign(new Error(message), exitCode === undefined ? {} : { exitCode });
    }
    const { clock } = this.#options.world;
    const startedAt = clock.now();
    const pid = 1000 + sandbox.containers.size;
    container.state = { ...container.state, pid, startedAt };
    this.#options.trace?.(`start ${spec.name}`);
    if (program.endsAfterMs !== undefined) {
      const end = () =>
        program.outOfMemory === true
          ? this.#end(sandbox, container, 137, SIGKILL)
          : this.#end(sandbox, container, program.exitCode ?? 0, 0);
      container.timers.push(clock.setTimer(program.endsAfterMs, end));
    }
    return { pid, startedAt };
  }

  #signal(sandbox: VirtualSandbox, container: VirtualContainer, signal: number): void {
    const { program, spec, state } = container;
    if (!isRunning(state)) return;
    this.#options.trace?.(`signal ${signal} ${spec.name}`);
    if (signal === SIGKILL) return this.#end(sandbox, container, 137, SIGKILL);
    if (signal !== SIGTERM || !this.#catchesTerm(program, state)) return;
    const { stopsInMs = 0 } = program;
    if (stopsInMs === "never") return;
    const end = () => this.#end(sandbox, container, program.exitCode ?? 0, 0);
    container.timers.push(this.#options.world.clock.setTimer(stopsInMs, end));
  }

  #end(sandbox: VirtualSandbox, container: VirtualContainer, code: number, signal: number): void {
    if (!isRunning(container.state)) return;
    for (const timer of container.timers) timer.cancel();
    const exit: ExitRecord = {
      code,
      signal,
      oomKilled: container.program.outOfMemory === true,
      startedAt: container.state.startedAt ?? 0,
      finishedAt: this.#options.world.clock.now(),
    };
    container.state = { ...container.state, exit };
    this.#options.trace?.(`exit ${code} ${container.spec.name}`);
    tell(sandbox, { type: "exit", container: { ...container.state, exit } });
  }

  async #exec(container: VirtualContainer, spec: ExecSpec): Promise<ExecSession> {
    if (!isRunning(container.state)) throw new Error(`container "${container.spec.name}" has ended`);
    const run = container.program.exec ?? (() => ({ code: 0, output: "" }));
    const { code, output } = run(spec.argv, this.#runningMs(container.state));
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    stdout.end(output);
    stderr.end();
    const exit = this.#pause().then(() => code);
    return { stdout, stderr, stdin: undefined, resize: () => {}, kill: () => {}, exit };
  }

  #drop(sandbox: VirtualSandbox): void {
    for (const container of sandbox.containers.values()) {
      for (const timer of container.timers) timer.cancel();
      if (isRunning(container.state)) this.#options.trace?.(`dropped ${container.spec.name}`);
    }
    this.#sandboxes.delete(sandbox.spec.id);
  }

  #catchesTerm(program: Program, state: ContainerState): boolean {
    return this.#runningMs(state) >= (program.catchesTermAfterMs ?? 0);
  }

  #runningMs({ startedAt }: ContainerState): number {
    return this.#options.world.clock.now() - (startedAt ?? 0);
  }

  #pause(): Promise<void> {
    const { delayMs = () => 1, world } = this.#options;
    return sleep(world.clock, delayMs());
  }
}

function isRunning({ exit, pid }: ContainerState): boolean {
  return pid !== undefined && exit === undefined;
}

function tell(sandbox: VirtualSandbox, event: SandboxEvent): void {
  if (sandbox.handlers.length === 0) sandbox.early.push(event);
  for (const handler of sandbox.handlers) handler(event);
}
