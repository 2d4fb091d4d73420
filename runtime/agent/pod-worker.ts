import { constants } from "node:os";
import { deepEqual } from "../../stdlib/base/json.js";
import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import { isApiError } from "../client/errors.js";
import { podResource } from "../client/resources.js";
import type { Sandbox, SandboxNetwork } from "../kernel/engine.js";
import { podCgroup, podResources } from "./container-spec.js";
import { ContainerWorker, type PodHandle, restartOf } from "./container-worker.js";
import { type AgentContext, timestamp } from "./context.js";
import type { PodPlace } from "./downward.js";
import { podHostname } from "./pod-files.js";
import { podStatus, statusChanged } from "./pod-status.js";

const retryMs = 1000;
const retryLimitMs = 30_000;
/** A pod that still gets connections after this is stopped all the same. */
const endpointLimitMs = 5000;
/** Connections made just before the rules changed are accepted by then, so that none meets a closed listener. */
const drainMs = 100;
/** How often a program without a handler for its stop signal is looked at. */
const handlerPollMs = 50;
/** After KILL; a process in uninterruptible sleep must not hold the worker for ever. */
const killLimitMs = 10_000;

/**
 * One pod on this node, from its first sight to its last trace: a level-triggered loop that compares what the pod's
 * object asks for with what runs, and does the next thing. Never two rounds at once.
 *
 * Source: kubelet `pod_workers.go`, `kuberuntime_manager.go` (SyncPod, KillPod).
 */
export class PodWorker implements PodHandle {
  readonly context: AgentContext;
  pod: Pod;
  sandbox: Sandbox | undefined;
  readonly #containers: readonly ContainerWorker[];
  readonly #done: (uid: string) => void;
  #network: SandboxNetwork | undefined;
  #startTime: string;
  /** The object is gone from the API server. */
  #removed = false;
  #stopped = false;
  #dirty = false;
  #running: Promise<void> | undefined;
  #failures = 0;
  #lastError = "";
  #terminating = false;
  #changed: (() => void) | undefined;
  /** Ends being taken note of: their container has work in the sandbox until then. */
  readonly #exits = new Set<Promise<void>>();
  #timer: { cancel(): void } | undefined;

  constructor(pod: Pod, context: AgentContext, done: (uid: string) => void) {
    this.pod = pod;
    this.context = context;
    this.#done = done;
    this.#startTime = pod.status?.startTime ?? timestamp(context.world.clock.now());
    this.#containers = (pod.spec?.containers ?? []).map(({ name }) => new ContainerWorker(name, this));
    for (const status of pod.status?.containerStatuses ?? []) this.container(status.name)?.restore(status);
  }

  get uid(): string {
    return this.pod.metadata.uid ?? "";
  }

  get place(): PodPlace {
    const { node } = this.context;
    return {
      podIP: this.#network?.address ?? "",
      hostIP: node.address,
      allocatable: { cpu: String(node.cpus), memory: String(node.memoryBytes) },
    };
  }

  container(name: string): ContainerWorker | undefined {
    return this.#containers.find((container) => container.name === name);
  }

  /** Takes a sandbox over that an earlier daemon made. */
  async adopt(sandbox: Sandbox): Promise<void> {
    this.#network = await this.context.network.lease(this.uid);
    this.#useSandbox(sandbox);
    for (const state of [...sandbox.containers()].sort((a, b) => restartOf(a.name) - restartOf(b.name)))
      this.container(containerOf(state.name))?.adopt(state);
  }

  update(pod: Pod): void {
    const before = this.pod;
    this.pod = pod;
    if (!deepEqual(wanted(before), wanted(pod))) this.wake(); // its status is our own writing
  }

  remove(): void {
    this.#removed = true;
    this.wake();
  }

  /** The daemon ends: the pod keeps running. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    for (const container of this.#containers) container.stopProbes();
    this.#changed?.();
    await this.#running;
  }

  wake(): void {
    this.#dirty = true;
    this.#changed?.();
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#dirty && !this.#stopped) this.wake();
    });
  }

  event(type: "Normal" | "Warning", reason: string, message: string, container?: string): void {
    const field = container === undefined ? undefined : `spec.containers{${container}}`;
    this.context.recorder.event(this.pod, type, reason, message, field);
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#stopped) {
      this.#dirty = false;
      try {
        const again = await this.#sync();
        this.#failures = 0;
        if (again !== undefined) this.#wakeAfter(again);
      } catch (error) {
        this.#failures += 1;
        this.context.onError(`sync pod ${this.pod.metadata.namespace}/${this.pod.metadata.name}`, error);
        this.#wakeAfter(Math.min(retryMs * 2 ** (this.#failures - 1), retryLimitMs));
      }
    }
  }

  #wakeAfter(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.context.world.clock.setTimer(delayMs, () => this.wake());
  }

  /** @returns milliseconds until it must look again by itself. */
  async #sync(): Promise<number | undefined> {
    if (this.#removed || this.pod.metadata.deletionTimestamp !== undefined) return this.#terminate();
    if (this.#isFinished()) return this.#settle();
    if (!(await this.#prepare())) {
      await this.#writeStatus();
      return Math.min(retryMs * 2 ** Math.min(this.#failures, 5), retryLimitMs);
    }
    const pauses: number[] = [];
    for (const pause of await Promise.all(this.#containers.map((container) => container.startIfDue())))
      if (pause !== undefined) pauses.push(pause);
    await this.#writeStatus();
    return pauses.length === 0 ? undefined : Math.min(...pauses);
  }

  #isFinished(): boolean {
    return this.#containers.length > 0 && this.#containers.every((container) => container.isFinished());
  }

  /** A pod that ran to its end keeps its object and logs, nothing else. */
  async #settle(): Promise<undefined> {
    await this.#writeStatus();
    if (this.sandbox === undefined) return;
    await this.#destroySandbox();
    await this.context.network.release(this.uid);
    await this.#writeStatus();
  }

  /** Network, volumes and sandbox; false when one has to be waited for, which its event tells. */
  async #prepare(): Promise<boolean> {
    const { context, pod } = this;
    try {
      this.#network ??= await context.network.lease(this.uid);
    } catch (error) {
      return this.#cannot("FailedCreatePodSandBox", "Failed to create pod sandbox: ", error);
    }
    const namespace = pod.metadata.namespace ?? "";
    try {
      await context.storage.prepare(pod, this.place, {
        configMap: (name) => context.objects.configMap(namespace, name),
        secret: (name) => context.objects.secret(namespace, name),
      });
    } catch (error) {
      return this.#cannot("FailedMount", "MountVolume.SetUp failed: ", error);
    }
    if (this.sandbox !== undefined) return true;
    try {
      const sandbox = await context.engine.createSandbox({
        id: this.uid,
        hostname: podHostname(pod),
        cgroup: podCgroup(pod),
        resources: podResources(pod.spec),
        network: this.#network,
        sysctls: {},
      });
      this.#useSandbox(sandbox);
      return true;
    } catch (error) {
      return this.#cannot("FailedCreatePodSandBox", "Failed to create pod sandbox: ", error);
    }
  }

  #cannot(reason: string, prefix: string, error: unknown): false {
    const message = `${prefix}${(error as Error).message}`;
    this.#failures += 1;
    if (message !== this.#lastError) this.event("Warning", reason, message);
    this.#lastError = message;
    for (const container of this.#containers) container.waitFor("ContainerCreating", message);
    return false;
  }

  #useSandbox(sandbox: Sandbox): void {
    this.sandbox = sandbox;
    sandbox.onEvent((event) => {
      if (this.#stopped) return; // the next agent hears of it
      if (event.type === "gone") {
        void this.#lose(sandbox, event.reason).catch((error) =>
          this.context.onError("end a lost sandbox", error),
        );
        return;
      }
      const container = this.container(containerOf(event.container.name));
      if (container?.engineName !== event.container.name) return;
      const taken = container
        .exited(event.container.exit)
        .catch((error) => this.context.onError(`take the exit of ${event.container.name}`, error))
        .finally(() => {
          this.#exits.delete(taken);
          this.wake();
        });
      this.#exits.add(taken);
    });
  }

  async #lose(sandbox: Sandbox, reason: string): Promise<void> {
    if (this.sandbox !== sandbox || this.#stopped) return;
    this.event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
    await sandbox.destroy();
    if (this.sandbox === sandbox) this.sandbox = undefined;
    for (const container of this.#containers) container.lost(reason);
    this.wake();
  }

  async #terminate(): Promise<undefined> {
    const { context, pod } = this;
    const wasReady = this.#containers.some(({ facts }) => facts.ready);
    if (!this.#terminating) {
      this.#terminating = true;
      for (const container of this.#containers) container.stopProbes();
      if (!this.#removed) await this.#writeStatus();
    }
    try {
      await this.#stopContainers(wasReady);
    } catch (error) {
      context.onError(`stop the containers of ${pod.metadata.namespace}/${pod.metadata.name}`, error); // they end with their sandbox
    }
    if (this.#stopped) return;
    await this.#destroySandbox();
    if (!this.#removed) await this.#writeStatus();
    await context.storage.removePod(this.uid);
    await context.network.release(this.uid);
    if (!this.#removed) await this.#deleteObject(pod);
    this.#done(this.uid);
  }

  /** TERM, the grace period, KILL. */
  async #stopContainers(wasReady: boolean): Promise<void> {
    const { context } = this;
    const { clock } = context.world;
    const running = () => this.#containers.filter((container) => container.isRunning);
    if (running().length === 0) return;
    for (const { name } of running()) this.event("Normal", "Killing", `Stopping container ${name}`, name);
    // New connections must not reach a program that was told to end. The wait counts against the grace period.
    const from = clock.now();
    if (this.#graceMs() > 0) {
      await context.endpointRemoved(this.uid, Math.min(endpointLimitMs, this.#graceMs()));
      if (wasReady) await this.#change(Math.min(drainMs, this.#graceMs()));
    }
    await this.#tellToStop(running, () => from + this.#graceMs());
    const killedAt = clock.now();
    await Promise.all(running().map((container) => container.signal(constants.signals.SIGKILL)));
    while (running().length > 0 && clock.now() < killedAt + killLimitMs && !this.#stopped)
      await this.#change(killedAt + killLimitMs - clock.now());
  }

  /**
   * Tells what runs to stop. A program so young that it has no handler yet would never hear it: it is told when it has
   * one.
   */
  async #tellToStop(running: () => readonly ContainerWorker[], untilMs: () => number): Promise<void> {
    const { clock } = this.context.world;
    const told = new Set<ContainerWorker>();
    while (running().length > 0 && clock.now() < untilMs() && !this.#stopped) {
      const left = running().filter((container) => !told.has(container));
      for (const container of left) if (await container.tellToStop()) told.add(container);
      const rest = untilMs() - clock.now();
      await this.#change(
        left.every((container) => told.has(container)) ? rest : Math.min(handlerPollMs, rest),
      );
    }
  }

  async #destroySandbox(): Promise<void> {
    await Promise.all(this.#exits);
    await this.sandbox?.destroy();
    this.sandbox = undefined;
  }

  /** What is left of it may be shortened while the pod ends: `kubectl delete --now`, `--force`. */
  #graceMs(): number {
    if (this.#removed) return 0;
    return (
      (this.pod.metadata.deletionGracePeriodSeconds ?? this.pod.spec?.terminationGracePeriodSeconds ?? 30) *
      1000
    );
  }

  /** Resolves at the next wake-up, or after `limitMs`. */
  #change(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        timer.cancel();
        this.#changed = undefined;
        resolve();
      };
      const timer = this.context.world.clock.setTimer(limitMs, finish);
      this.#changed = finish;
    });
  }

  async #deleteObject({ metadata }: Pod): Promise<void> {
    const { name = "", namespace = "", uid = "" } = metadata;
    try {
      await this.context.client.delete(podResource, namespace, name, {
        gracePeriodSeconds: 0,
        preconditions: { uid },
      });
    } catch (error) {
      if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error;
    }
  }

  async #writeStatus(): Promise<void> {
    if (this.#stopped) return;
    const { client, node, world } = this.context;
    const status = podStatus(
      this.pod,
      {
        containers: this.#containers.map((container) => container.facts),
        sandboxReady: this.sandbox !== undefined,
        podIP: this.#network?.address,
        hostIP: node.address,
        startTime: this.#startTime,
        terminating: this.#terminating,
        failure: undefined,
      },
      timestamp(world.clock.now()),
    );
    if (!statusChanged(this.pod.status, status)) return;
    const { name = "", namespace = "", uid } = this.pod.metadata;
    try {
      const body = { metadata: { uid }, status };
      const written = await client.patch(podResource, {
        namespace,
        name,
        subresource: "status",
        type: "merge",
        body,
      });
      // What the watch has brought meanwhile may be newer than the answer.
      if (this.pod.metadata.uid === uid) this.pod = { ...this.pod, status: written.status ?? {} };
    } catch (error) {
      if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error;
      // The object is gone or another one has its name: the watch will tell.
    }
  }
}

/** What of a pod's object the agent acts upon. */
function wanted({ metadata, spec }: Pod): unknown {
  const { annotations, deletionGracePeriodSeconds, deletionTimestamp, labels } = metadata;
  return { annotations, deletionGracePeriodSeconds, deletionTimestamp, labels, spec };
}

function containerOf(engineName: string): string {
  return engineName.slice(0, engineName.lastIndexOf("/"));
}
