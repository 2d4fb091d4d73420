import type { ConfigMap, Pod, Secret, Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Client, ListQuery, Resource } from "../client/client.js";
import { ApiStatusError } from "../client/errors.js";
import type { ExecOptions, LogOptions, NodeStreams } from "../client/node-streams.js";
import { configMapResource, podResource, secretResource, serviceResource } from "../client/resources.js";
import type { ExecSession, Sandbox } from "../kernel/engine.js";
import { readLogs } from "../logs/log-reader.js";
import type { AgentContext, ObjectCache } from "./context.js";
import { PodWorker } from "./pod-worker.js";

/** The node agent: runs the pods that are bound to its node (the role of kubelet). */
export interface Agent {
  readonly streams: NodeStreams;
  /** The daemon ends; pods keep running and the next agent adopts them. */
  stop(): Promise<void>;
}

const rotationMs = 10_000;

/**
 * Starts the agent: sandboxes that still run are matched with their pods, what has no pod is removed, then the agent
 * follows the API server.
 */
export async function startAgent(options: Omit<AgentContext, "objects">): Promise<Agent> {
  const abort = new AbortController();
  const workers = new Map<string, PodWorker>();
  const { client, engine, network, node, storage } = options;
  const usersOf = (namespace: string) => {
    for (const worker of workers.values()) if (worker.pod.metadata.namespace === namespace) worker.wake();
  };
  const objects = watchObjects(client, usersOf, abort.signal);
  const context: AgentContext = { ...options, objects };
  const own = { fieldSelector: `spec.nodeName=${node.name}` };

  const adopted = new Map((await engine.adopt()).map((sandbox) => [sandbox.id, sandbox]));
  const pods = (await client.list(podResource, own)).items;
  const live = new Set(pods.map(({ metadata }) => metadata.uid ?? ""));
  await Promise.all([...adopted].filter(([uid]) => !live.has(uid)).map(([, sandbox]) => sandbox.destroy()));
  await engine.sweep(new Set([...adopted.keys()].filter((uid) => live.has(uid))));
  for (const uid of await storage.pods()) {
    if (live.has(uid)) continue;
    // Tried again at the next start; one pod's folder must not keep all others from running.
    await storage.removePod(uid).catch((error) => options.onError(`remove what pod ${uid} left`, error));
  }
  await network.reconcile(new Map(pods.map(({ metadata, status }) => [metadata.uid ?? "", status?.podIP])));

  const start = async (pod: Pod, sandbox: Sandbox | undefined) => {
    const uid = pod.metadata.uid ?? "";
    const worker = new PodWorker(pod, context, (gone) => workers.delete(gone));
    workers.set(uid, worker);
    if (sandbox !== undefined) await worker.adopt(sandbox);
    worker.wake();
  };
  for (const pod of pods) await start(pod, adopted.get(pod.metadata.uid ?? ""));

  client.watch(
    podResource,
    own,
    {
      added: (pod) => {
        const worker = workers.get(pod.metadata.uid ?? "");
        if (worker !== undefined) worker.update(pod);
        else start(pod, undefined).catch((error) => context.onError("start a pod", error));
      },
      modified: (pod) => workers.get(pod.metadata.uid ?? "")?.update(pod),
      deleted: (pod) => workers.get(pod.metadata.uid ?? "")?.remove(),
    },
    abort.signal,
  );
  const rotation = startRotation(context, workers);
  return {
    streams: nodeStreams(context, workers),
    async stop() {
      abort.abort();
      rotation.stop();
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
    },
  };
}

function nodeStreams(context: AgentContext, workers: ReadonlyMap<string, PodWorker>): NodeStreams {
  const workerOf = (pod: Pod) => workers.get(pod.metadata.uid ?? "");
  return {
    async *logs(pod: Pod, options: LogOptions, signal: AbortSignal): AsyncGenerator<Uint8Array> {
      const worker = workerOf(pod);
      const container = worker?.container(options.container);
      const status = pod.status?.containerStatuses?.find(({ name }) => name === options.container);
      const current = container?.restart ?? status?.restartCount ?? 0;
      const waiting = container?.facts.state.waiting;
      if (options.previous && current === 0)
        throw badRequest(
          `previous terminated container "${options.container}" in pod "${pod.metadata.name}" not found`,
        );
      if (container?.facts.containerID === undefined && waiting !== undefined)
        throw badRequest(
          `container "${options.container}" in pod "${pod.metadata.name}" is waiting to start: ${waiting.reason}`,
        );
      const restart = options.previous ? current - 1 : current;
      const files = await context.storage.logFiles(pod.metadata.uid ?? "", options.container, restart);
      const ended = () =>
        options.previous || container === undefined || container.restart !== restart || !container.isRunning;
      yield* readLogs(files, options, context.world.clock, ended, signal);
    },
    async exec(pod: Pod, options: ExecOptions): Promise<ExecSession> {
      const container = workerOf(pod)?.container(options.container);
      if (container === undefined || !container.isRunning)
        throw badRequest(`container "${options.container}" in pod "${pod.metadata.name}" is not running`);
      const { command, stdin, tty } = options;
      return container.exec(command, { tty, stdin });
    },
  };
}

function badRequest(message: string): ApiStatusError {
  return new ApiStatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason: "BadRequest",
    code: 400,
  });
}

/** Keeps what pods refer to; a change wakes the pods of its namespace, whose projected volumes follow. */
function watchObjects(
  client: Client,
  changed: (namespace: string) => void,
  signal: AbortSignal,
): ObjectCache {
  const follow = <T extends KubeObject>(resource: Resource<T>, wakes: boolean): Map<string, T> => {
    const known = new Map<string, T>();
    const take = (object: T) => {
      const { name = "", namespace = "" } = object.metadata;
      known.set(`${namespace}/${name}`, object);
      if (wakes) changed(namespace);
    };
    const drop = ({ metadata }: T) => known.delete(`${metadata.namespace ?? ""}/${metadata.name ?? ""}`);
    const query: ListQuery = {};
    client.watch(resource, query, { added: take, modified: take, deleted: drop }, signal);
    return known;
  };
  const configMaps: ReadonlyMap<string, ConfigMap> = follow(configMapResource, true);
  const secrets: ReadonlyMap<string, Secret> = follow(secretResource, true);
  const services: ReadonlyMap<string, Service> = follow(serviceResource, false);
  return {
    configMap: (namespace, name) => configMaps.get(`${namespace}/${name}`),
    secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
    services: (namespace) =>
      [...services.values()].filter(({ metadata }) => metadata.namespace === namespace),
  };
}

function startRotation(context: AgentContext, workers: ReadonlyMap<string, PodWorker>): { stop(): void } {
  const { clock } = context.world;
  let stopped = false;
  let timer = clock.setTimer(rotationMs, () => void tick());

  async function tick(): Promise<void> {
    for (const worker of workers.values()) await rotatePod(context, worker);
    if (!stopped) timer = clock.setTimer(rotationMs, () => void tick());
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

async function rotatePod(context: AgentContext, worker: PodWorker): Promise<void> {
  for (const { name } of worker.pod.spec?.containers ?? []) {
    const container = worker.container(name);
    const sandbox = worker.sandbox;
    if (container === undefined || !container.isRunning || sandbox === undefined) continue;
    const reopen = () => sandbox.reopenLog(container.engineName);
    try {
      await context.storage.rotateLog(worker.uid, name, container.restart, reopen);
    } catch (error) {
      context.onError(`rotate the log of ${worker.pod.metadata.name}/${name}`, error);
    }
  }
}
