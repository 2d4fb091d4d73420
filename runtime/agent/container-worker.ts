import type {
  Container,
  ContainerState,
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import type { StoredImage } from "../images/image-store.js";
import type {
  ContainerSpec,
  ContainerState as EngineState,
  ExecSession,
  ExitRecord,
  Sandbox,
} from "../kernel/engine.js";
import { ContainerConfigError, homeOf, resolveUser } from "./accounts.js";
import { Backoff } from "./backoff.js";
import { commandOf, containerCapabilities, containerSpec, seccompOf } from "./container-spec.js";
import { type AgentContext, timestamp } from "./context.js";
import type { PodPlace } from "./downward.js";
import { containerEnvironment } from "./environment.js";
import { podHostname } from "./pod-files.js";
import type { ContainerFacts } from "./pod-status.js";
import { type ProbeTarget, type RunningProbe, startProbe } from "./probes.js";
import { signalNumber } from "./signals.js";

/** What a ConfigMap, Secret or image lacks is looked for again after this. */
const configRetryMs = 2000;
const unknownReason = "ContainerStatusUnknown";
const probeOutputBytes = 10 * 1024;

/** What a container worker needs of its pod. */
export interface PodHandle {
  readonly context: AgentContext;
  readonly pod: Pod;
  readonly place: PodPlace;
  readonly sandbox: Sandbox | undefined;
  event(type: "Normal" | "Warning", reason: string, message: string, container: string): void;
  /** Something changed: the pod is looked at again. */
  wake(): void;
}

type Phase =
  | { readonly is: "waiting"; readonly reason: string; readonly message: string | undefined }
  | { readonly is: "running"; readonly startedAt: number }
  | { readonly is: "exited" };

/** One container of a pod over all its restarts. */
export class ContainerWorker {
  readonly name: string;
  readonly #pod: PodHandle;
  #phase: Phase = { is: "waiting", reason: "ContainerCreating", message: undefined };
  /** Number of the current start, or of the next one before the first. */
  #restart = 0;
  #startedOnce = false;
  /** How the current start ended, and how the one before it did. */
  #terminated: ContainerStateTerminated | undefined;
  #last: ContainerStateTerminated | undefined;
  #ready = false;
  #imageId = "";
  readonly #backoff: Backoff;
  #probes: RunningProbe[] = [];
  #stopping = false;
  #backoffTold = false;

  constructor(name: string, pod: PodHandle) {
    this.name = name;
    this.#pod = pod;
    this.#backoff = new Backoff(pod.context.world.clock);
  }

  /** Takes over what the API server last heard, after a restart of the daemon or of the host. */
  restore(status: ContainerStatus): void {
    this.#restart = status.restartCount;
    this.#imageId = status.imageID;
    this.#last = status.lastState?.terminated;
    if (status.containerID === undefined) return;
    this.#startedOnce = true;
    this.#ready = status.ready;
    // What is not found running has ended, and nobody saw how.
    this.#phase = { is: "exited" };
    const seen = status.state?.waiting === undefined ? undefined : status.lastState?.terminated;
    this.#terminated = status.state?.terminated ??
      seen ?? {
        exitCode: 137,
        reason: unknownReason,
        message: "The container could not be located when the agent started",
        startedAt: status.state?.running?.startedAt ?? this.#now(),
        finishedAt: this.#now(),
        containerID: status.containerID,
      };
  }

  /** A container of this name that an earlier daemon started. */
  adopt(state: EngineState): void {
    this.#restart = restartOf(state.name);
    this.#startedOnce = true;
    if (state.exit !== undefined) return; // its exit is told as an event
    if (state.pid === undefined) return; // created and never started: a start follows
    this.#terminated = undefined;
    this.#phase = { is: "running", startedAt: state.startedAt ?? this.#pod.context.world.clock.now() };
    this.#startProbes();
  }

  get isRunning(): boolean {
    return this.#phase.is === "running";
  }

  get isExited(): boolean {
    return this.#phase.is === "exited";
  }

  /** Name in the engine of the current start. */
  get engineName(): string {
    return `${this.name}/${this.#restart}`;
  }

  get restart(): number {
    return this.#restart;
  }

  get facts(): ContainerFacts {
    // While it waits for its next start, how it ended is its last state.
    const last =
      this.#phase.is === "running" || !this.#isBetween() ? this.#last : (this.#terminated ?? this.#last);
    return {
      name: this.name,
      image: this.#spec.image ?? "",
      imageID: this.#imageId,
      containerID: this.#startedOnce ? this.#containerId(this.#restart) : undefined,
      state: this.#apiState(),
      lastState: last === undefined ? undefined : { terminated: last },
      restartCount: this.#restart,
      ready: this.#ready && this.#phase.is === "running",
    };
  }

  /** Whether it will not run again by its pod's policy. */
  isFinished(): boolean {
    if (this.#phase.is !== "exited") return false;
    const policy = this.#pod.pod.spec?.restartPolicy ?? "Always";
    return policy === "Never" || (policy === "OnFailure" && this.#terminated?.exitCode === 0);
  }

  /** Starts it if it is due. @returns milliseconds until it may be due, or undefined. */
  async startIfDue(): Promise<number | undefined> {
    if (this.#phase.is === "running" || this.isFinished()) return undefined;
    const left = this.#backoff.leftMs;
    if (left > 0) {
      this.#tellBackoff();
      return left;
    }
    this.#backoffTold = false;
    await this.#start();
    return this.isRunning ? undefined : this.#backoff.leftMs;
  }

  /** The engine saw the current start end. */
  async exited(exit: ExitRecord): Promise<void> {
    const { context, pod, sandbox } = this.#pod;
    this.#stopProbes();
    const known = this.#phase.is === "exited" && this.#terminated?.reason !== unknownReason;
    if (!known) await this.#recordExit(exit);
    await sandbox?.remove(this.engineName);
    await context.storage.removeContainer(pod, this.name, this.#restart);
  }

  async #recordExit(exit: ExitRecord): Promise<void> {
    const { context, pod } = this.#pod;
    const failed = exit.code !== 0;
    this.#backoff.ran(exit.finishedAt - exit.startedAt);
    const message = await context.storage.terminationMessage(pod, this.#spec, this.#restart, failed);
    this.#end({
      exitCode: exit.code,
      ...(exit.signal === 0 ? {} : { signal: exit.signal }),
      reason: exit.oomKilled ? "OOMKilled" : failed ? "Error" : "Completed",
      ...(message === "" ? {} : { message }),
      startedAt: timestamp(exit.startedAt),
      finishedAt: timestamp(exit.finishedAt),
      containerID: this.#containerId(this.#restart),
    });
  }

  /** The sandbox died under it. */
  lost(message: string): void {
    if (this.#phase.is !== "running") return;
    this.#stopProbes();
    this.#end({
      exitCode: 255,
      reason: "Error",
      message,
      startedAt: timestamp(this.#phase.startedAt),
      finishedAt: this.#now(),
      containerID: this.#containerId(this.#restart),
    });
  }

  /** Waits with a reason that is the pod's, not this container's: volumes, the sandbox. */
  waitFor(reason: string, message: string | undefined): void {
    if (!this.#startedOnce) this.#phase = { is: "waiting", reason, message };
  }

  stopProbes(): void {
    this.#stopProbes();
    this.#ready = false;
  }

  async signal(number: number): Promise<void> {
    if (this.#phase.is === "running") await this.#pod.sandbox?.kill(this.engineName, number);
  }

  /**
   * Sends the image's stop signal, TERM when it names none.
   *
   * @returns false when the program has no handler for it yet: nothing was sent.
   */
  async tellToStop(): Promise<boolean> {
    const { context, sandbox } = this.#pod;
    const image = await context.images.resolve(this.#spec.image ?? "");
    const number = signalNumber(image?.config.stopSignal ?? "SIGTERM");
    if (!this.isRunning || !(await sandbox?.catches(this.engineName, number))) return !this.isRunning;
    await this.signal(number);
    return true;
  }

  async exec(
    argv: readonly string[],
    options: { readonly tty: boolean; readonly stdin: boolean },
  ): Promise<ExecSession> {
    const { pod, sandbox } = this.#pod;
    if (sandbox === undefined || this.#phase.is !== "running")
      throw new ContainerConfigError(`container "${this.name}" is not running`);
    const { image, environment, home, user } = await this.#prepareProcess();
    const { env, cwd } = commandOf(this.#spec, image, environment, {
      home,
      hostname: podHostname(pod),
    });
    return sandbox.exec(this.engineName, {
      argv,
      env: options.tty && !env.some((entry) => entry.startsWith("TERM=")) ? [...env, "TERM=xterm"] : env,
      cwd,
      user,
      capabilities: containerCapabilities(this.#spec),
      noNewPrivileges: this.#spec.securityContext?.allowPrivilegeEscalation === false,
      seccomp: seccompOf(pod.spec, this.#spec),
      ...options,
    });
  }

  async #start(): Promise<void> {
    const { context, pod, sandbox } = this.#pod;
    if (sandbox === undefined) return;
    const restart = this.#startedOnce ? this.#restart + 1 : this.#restart;
    let spec: ContainerSpec;
    try {
      spec = await this.#describe(restart);
    } catch (error) {
      this.#cannotStart(error as Error);
      return;
    }
    if (this.#startedOnce) {
      this.#last = this.#terminated ?? this.#last;
      this.#backoff.startedAgain();
    }
    this.#terminated = undefined;
    this.#restart = restart;
    this.#startedOnce = true;
    let created = false;
    try {
      await sandbox.createContainer(spec);
      created = true;
      this.#event("Normal", "Created", `Container created`);
      const { startedAt } = await sandbox.start(spec.name);
      this.#phase = { is: "running", startedAt };
      this.#event("Normal", "Started", "Container started");
      this.#startProbes();
    } catch (error) {
      const { exitCode, message } = error as Error & { exitCode?: number };
      this.#event("Warning", "Failed", `Error: ${message}`);
      const now = this.#now();
      // Noted before what may fail as well: a shim that died under the start.
      this.#end({
        exitCode: exitCode || 128,
        reason: "StartError",
        message,
        startedAt: now,
        finishedAt: now,
        containerID: this.#containerId(restart),
      });
      await context.storage.removeContainer(pod, this.name, restart);
      if (created) await sandbox.remove(spec.name);
    }
  }

  async #describe(restart: number): Promise<ContainerSpec> {
    const { context, pod } = this.#pod;
    const { environment, home, image, layers, user } = await this.#prepareProcess();
    const storage = await context.storage.prepareContainer(pod, this.#spec, restart);
    const spec = containerSpec({
      name: `${this.name}/${restart}`,
      pod,
      container: this.#spec,
      image,
      root: { lower: layers, upper: storage.upper, work: storage.work },
      environment,
      user,
      mounts: storage.mounts,
      logPath: storage.logPath,
      hostname: podHostname(pod),
      home,
      memoryCapacity: context.node.memoryBytes,
    });
    if (spec.argv.length === 0) throw new ContainerConfigError("no command specified");
    this.#imageId = image.digest;
    this.#event("Normal", "Pulled", `Container image "${image.reference}" already present on machine`);
    return spec;
  }

  /** The image, who the process is, and its environment. */
  async #prepareProcess() {
    const { context, pod, place } = this.#pod;
    const reference = this.#spec.image ?? "";
    const image: StoredImage | undefined = await context.images.resolve(reference);
    if (image === undefined)
      throw new ContainerConfigError(
        `Container image "${reference}" is not in the image store; infra up builds a stack's images`,
        "ErrImageNeverPull",
      );
    const layers = await context.images.layers(image);
    const podSecurity = pod.spec?.securityContext;
    const own = this.#spec.securityContext;
    const accounts = context.accounts(layers);
    const user = resolveUser(
      {
        runAsUser: own?.runAsUser ?? podSecurity?.runAsUser,
        runAsGroup: own?.runAsGroup ?? podSecurity?.runAsGroup,
        runAsNonRoot: own?.runAsNonRoot ?? podSecurity?.runAsNonRoot ?? false,
        imageUser: image.config.user,
        supplementalGroups: podSecurity?.supplementalGroups ?? [],
        fsGroup: podSecurity?.fsGroup,
      },
      accounts,
    );
    const namespace = pod.metadata.namespace ?? "";
    const environment = containerEnvironment(pod, this.#spec, place, {
      configMap: (name) => context.objects.configMap(namespace, name),
      secret: (name) => context.objects.secret(namespace, name),
      services: context.objects.services(namespace),
    });
    return { image, layers, user, home: homeOf(user.uid, accounts), environment };
  }

  /** Nothing was made; what is missing may come at any moment, so it is tried again soon. */
  #cannotStart(error: Error): void {
    const reason = error instanceof ContainerConfigError ? error.reason : "CreateContainerError";
    const told = this.#phase.is === "waiting" && this.#phase.message === error.message;
    this.#phase = { is: "waiting", reason, message: error.message };
    this.#backoff.waitFor(configRetryMs);
    if (!told) this.#event("Warning", "Failed", `Error: ${error.message}`);
  }

  #end(terminated: ContainerStateTerminated): void {
    this.#phase = { is: "exited" };
    this.#terminated = terminated;
    this.#ready = false;
    this.#stopping = false;
    // Nothing before the first restart; each restart doubles what comes before the next.
    this.#backoff.ended();
    this.#pod.wake();
  }

  #tellBackoff(): void {
    if (this.#backoffTold || this.#phase.is !== "exited") return;
    this.#backoffTold = true;
    const { name, namespace, uid } = this.#pod.pod.metadata;
    this.#event(
      "Warning",
      "BackOff",
      `Back-off restarting failed container ${this.name} in pod ${name}_${namespace}(${uid})`,
    );
  }

  #apiState(): ContainerState {
    const phase = this.#phase;
    if (phase.is === "running") return { running: { startedAt: timestamp(phase.startedAt) } };
    if (phase.is === "waiting") {
      const { message, reason } = phase;
      return { waiting: { reason, ...(message === undefined ? {} : { message }) } };
    }
    if (this.#backoffTold)
      return { waiting: { reason: "CrashLoopBackOff", message: this.#backoffMessage() } };
    return this.#terminated === undefined ? {} : { terminated: this.#terminated };
  }

  #isBetween(): boolean {
    return this.#phase.is === "waiting" || this.#backoffTold;
  }

  #backoffMessage(): string {
    const { name, namespace, uid } = this.#pod.pod.metadata;
    return `back-off ${Math.round(this.#backoff.delayMs / 1000)}s restarting failed container=${this.name} pod=${name}_${namespace}(${uid})`;
  }

  #startProbes(): void {
    const { context, place } = this.#pod;
    const { clock } = context.world;
    const spec = this.#spec;
    const target: ProbeTarget = {
      container: spec,
      podIP: place.podIP,
      exec: (argv, timeoutMs) => this.#probeExec(argv, timeoutMs),
    };
    const { livenessProbe, readinessProbe } = spec;
    if (readinessProbe === undefined) this.#ready = true;
    else {
      const verdict = (ok: boolean) => {
        if (this.#ready === ok) return;
        this.#ready = ok;
        this.#pod.wake();
      };
      const failure = (message: string) =>
        this.#event("Warning", "Unhealthy", `Readiness probe failed: ${message}`);
      this.#probes.push(
        startProbe(readinessProbe, target, context.probes, clock, { verdict, failure }, !this.#ready),
      );
    }
    if (livenessProbe !== undefined) {
      const graceSeconds =
        livenessProbe.terminationGracePeriodSeconds ??
        this.#pod.pod.spec?.terminationGracePeriodSeconds ??
        30;
      const verdict = (ok: boolean) => {
        if (!ok) void this.#restartUnhealthy(graceSeconds);
      };
      const failure = (message: string) =>
        this.#event("Warning", "Unhealthy", `Liveness probe failed: ${message}`);
      this.#probes.push(
        startProbe(livenessProbe, target, context.probes, clock, { verdict, failure }, false),
      );
    }
  }

  /** Its pod's policy starts it again once it has ended. */
  async #restartUnhealthy(graceSeconds: number): Promise<void> {
    if (this.#stopping || this.#phase.is !== "running") return;
    this.#stopping = true;
    this.#stopProbes();
    const { context } = this.#pod;
    const name = this.engineName;
    this.#event("Normal", "Killing", `Container ${this.name} failed liveness probe, will be restarted`);
    try {
      await this.tellToStop(); // one that never hears it is killed
    } catch (error) {
      context.onError(`stop ${name}`, error);
    }
    context.world.clock.setTimer(graceSeconds * 1000, () => {
      if (this.#phase.is === "running" && this.engineName === name)
        this.signal(signalNumber("SIGKILL")).catch((error) => context.onError(`kill ${name}`, error));
    });
  }

  async #probeExec(argv: readonly string[], timeoutMs: number) {
    const session = await this.exec(argv, { tty: false, stdin: false });
    const timer = this.#pod.context.world.clock.setTimer(timeoutMs, () => session.kill());
    let output = "";
    const take = (chunk: Buffer | string) => {
      if (output.length < probeOutputBytes) output += chunk.toString();
    };
    session.stdout.on("data", take);
    session.stderr.on("data", take);
    try {
      return { code: await session.exit, output: output.trim() };
    } finally {
      timer.cancel();
    }
  }

  #stopProbes(): void {
    for (const probe of this.#probes) probe.stop();
    this.#probes = [];
  }

  get #spec(): Container {
    const found = this.#pod.pod.spec?.containers.find(({ name }) => name === this.name);
    if (found === undefined) throw new ContainerConfigError(`container ${this.name} is not in the pod`);
    return found;
  }

  #event(type: "Normal" | "Warning", reason: string, message: string): void {
    this.#pod.event(type, reason, message, this.name);
  }

  #containerId(restart: number): string {
    return `infra://${this.#pod.pod.metadata.uid}/${this.name}/${restart}`;
  }

  #now(): string {
    return timestamp(this.#pod.context.world.clock.now());
  }
}

/** The number in `<container>/<restart>`. */
export function restartOf(engineName: string): number {
  return Number(engineName.slice(engineName.lastIndexOf("/") + 1));
}
