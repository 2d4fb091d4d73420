import { readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { type Agent, startAgent } from "../agent/agent.js";
import type { NodeFacts } from "../agent/context.js";
import { liveProbes } from "../agent/live-probes.js";
import { startNode } from "../agent/node.js";
import { parseResolvConf } from "../agent/pod-files.js";
import { openPodStorage } from "../agent/pod-storage.js";
import { recordNodePorts, startServiceProxy } from "../agent/service-proxy.js";
import { encryptedStore } from "../api/encrypted-store.js";
import { createApiServer } from "../api/http-server.js";
import { createEventRecorder, type EventRecorder } from "../client/event-recorder.js";
import { readImageFile } from "../images/image-file.js";
import type { ImageStore } from "../images/image-store.js";
import { openImageStore } from "../images/live-image-store.js";
import { builtFile, native } from "../kernel/native.js";
import { type LiveEngine, openShimEngine } from "../kernel/shim-engine.js";
import { type LiveNetwork, openLiveNetwork } from "../network/live-network.js";
import { parseAddress, sizeOf } from "../network/ranges.js";
import { openPki } from "../pki/pki.js";
import { LmdbStore } from "../store/lmdb.js";
import { serveBuild } from "./build-route.js";
import { type ControlPlane, startControlPlane } from "./control-plane.js";
import { hostFacts, nodeName } from "./host-facts.js";
import { type Instance, openInstance } from "./instance.js";
import { liveWorld } from "./live-world.js";
import { type Logger, openLogger } from "./logger.js";
import { type DaemonInfo, routes } from "./routes.js";

export interface DaemonOptions {
  readonly root: string;
  readonly runBase: string;
  /** Image store, shared with other instances when it is not the root's own. */
  readonly images?: string;
  readonly startedByUp: boolean;
  readonly version: string;
}

export interface Daemon {
  readonly log: Logger;
  /** Ends it in order; pods keep running. Idempotent. */
  stop(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export const clusterDomain = "cluster.local";
const kubernetesVersion = "v1.35.0";
const firstApiPort = 6443;
const apiPortTries = 100;
const { clock } = liveWorld;

/**
 * Runs one instance: network, store, control plane, node agent, builder and API in one process. Resolves once it
 * answers; a failure on the way undoes what was begun.
 */
export async function runDaemon(options: DaemonOptions): Promise<Daemon> {
  const kernel = native();
  const instance = await openInstance({ ...options, flockTry: (fd) => kernel.flockTry(fd) });
  const log = openLogger({ path: instance.paths.daemonLog, clock });
  const undo: (() => Promise<void> | void)[] = [() => instance.release()];
  try {
    return await assemble(options, instance, log, undo);
  } catch (error) {
    log.error("the daemon cannot start", error);
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function assemble(
  options: DaemonOptions,
  instance: Instance,
  log: Logger,
  undo: (() => Promise<void> | void)[],
): Promise<Daemon> {
  const { paths, slot } = instance;
  const startedAt = new Date(clock.now()).toISOString();
  const hostResolvConf = await readFile("/etc/resolv.conf", "utf8").catch(() => "");
  const network = await openLiveNetwork({
    native: native(),
    clock,
    slot,
    root: paths.root,
    clusterDomain,
    upstream: parseResolvConf(hostResolvConf).nameservers,
    onLeasesLost: (error) =>
      log.error("the address leases are lost; those of pods that live are restored", error),
  });
  undo.push(() => network.close());
  const pki = await openPki({
    folder: paths.pki,
    world: liveWorld,
    addresses: [network.gateway, network.ranges.apiService],
  });
  const lmdb = await LmdbStore.open({ folder: paths.store, clock });
  undo.push(() => lmdb.close());
  const store = encryptedStore(lmdb, { key: pki.secretsKey, random: liveWorld.random });
  const controlPlane = await startControlPlane({
    store,
    world: liveWorld,
    services: {
      firstAddress: parseAddress(network.ranges.services.address),
      addresses: sizeOf(network.ranges.services),
      reserved: [network.ranges.apiService, network.ranges.dnsService],
      nodePorts: { first: 30_000, last: 32_767 },
    },
    log,
  });
  undo.push(() => controlPlane.stop());
  const engine = engineOf(instance);
  const images = await openImageStore({
    root: options.images ?? paths.images,
    clock,
    random: liveWorld.random,
    native: native(),
    engine,
  });
  const node = await runNode({
    options,
    instance,
    log,
    network,
    controlPlane,
    engine,
    images,
    hostResolvConf,
  });
  undo.push(() => node.stop());

  let finish: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let stopping = false;
  const stop = (purge: boolean): void => {
    if (stopping) return;
    stopping = true;
    void (async () => {
      await api.close();
      for (const step of [node, controlPlane]) await step.stop();
      // Without pods nothing needs rules, routes and cgroups; the next daemon makes them anew.
      if (purge || (await engine.isIdle())) await removeRuntime(instance, engine, network);
      else await network.close();
      await lmdb.close();
      if (purge) await removeRoot(options, instance);
      await instance.release();
      log.info("the daemon ends", { purge });
    })()
      .catch((error) => log.error("the daemon did not end in order", error))
      .finally(finish);
  };
  const api = createApiServer({
    registry: controlPlane.registry,
    store,
    world: liveWorld,
    nodeStreams: node.agent.streams,
    log,
    extraRoutes: {
      [`GET ${routes.info}`]: ({ response }) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(info));
      },
      [`POST ${routes.builds}`]: ({ request, response }) => serveBuild(images, request, response),
      [`POST ${routes.shutdown}`]: ({ query, response }) => {
        response.writeHead(202);
        response.end(() => stop(query.get("purge") === "1"));
      },
    },
  });
  undo.push(() => api.close());
  const port = await listenTls(api, pki, slot);
  const server = `https://127.0.0.1:${port}`;
  await writeFile(paths.kubeconfig, pki.kubeconfig({ server }), { mode: 0o600 });
  const info: DaemonInfo = {
    formatVersion: 1,
    version: options.version,
    pid: process.pid,
    slot,
    root: paths.root,
    startedAt,
    server,
    startedByUp: options.startedByUp,
    podRange: network.podRange,
    serviceRange: network.serviceRange,
  };
  await api.listenUnix(paths.apiSocket); // last: who can connect finds everything ready
  log.info("the daemon is ready", { slot, server, version: options.version });
  return { log, ended, stop: () => stop(false) };
}

/**
 * Removes an instance that no daemon serves: ends its pods and takes everything of it off the host. Reads nothing of
 * its store, which may be damaged.
 *
 * @throws {InstanceBusy} when a daemon lives on the root.
 */
export async function purgeInstance(options: Pick<DaemonOptions, "root" | "runBase">): Promise<void> {
  const kernel = native();
  const instance = await openInstance({ ...options, flockTry: (fd) => kernel.flockTry(fd) });
  const { paths, slot } = instance;
  try {
    const network = await openLiveNetwork({
      native: kernel,
      clock,
      slot,
      root: paths.root,
      clusterDomain,
      upstream: [],
    });
    await removeRuntime(instance, engineOf(instance), network);
    await removeRoot(options, instance);
  } finally {
    await instance.release();
  }
}

function engineOf({ paths, slot }: Instance): LiveEngine {
  return openShimEngine({
    native: native(),
    clock,
    shim: builtFile("infra-shim"),
    run: join(paths.run, "s"),
    cgroup: `infra-${slot}`,
  });
}

interface NodeParts {
  readonly options: DaemonOptions;
  readonly instance: Instance;
  readonly log: Logger;
  readonly network: LiveNetwork;
  readonly controlPlane: ControlPlane;
  readonly engine: LiveEngine;
  readonly images: ImageStore;
  readonly hostResolvConf: string;
}

/** The node's side: registration, Service translation, and the agent. */
async function runNode(parts: NodeParts): Promise<{ readonly agent: Agent; stop(): Promise<void> }> {
  const { controlPlane, engine, images, instance, log, network, options } = parts;
  const { paths } = instance;
  const host = await hostFacts();
  const facts: NodeFacts = {
    name: nodeName(hostname()),
    address: hostAddress() ?? network.gateway,
    cpus: host.cpus,
    memoryBytes: host.memoryBytes,
  };
  const client = controlPlane.client("kubelet");
  const onError = (doing: string, error: unknown) => log.error(`the agent cannot ${doing}`, error);
  const registration = await startNode({
    client,
    clock,
    facts,
    version: options.version,
    kubeletVersion: kubernetesVersion,
    ...host,
    onError,
  });
  const recorderOf = (component: string): EventRecorder =>
    createEventRecorder({
      client: controlPlane.client(component),
      clock,
      component,
      host: facts.name,
      onError: (error) => log.error("cannot record an event", error, { component }),
    });
  recordNodePorts(network, controlPlane.view, recorderOf("service-proxy"));
  const proxy = startServiceProxy({
    view: controlPlane.view,
    network,
    clock,
    clusterDomain,
    onError: (error) => log.error("cannot update Services in the kernel", error),
  });
  const agent = await startAgent({
    client,
    engine,
    images,
    network,
    world: liveWorld,
    node: facts,
    storage: openPodStorage({
      pods: paths.pods,
      logs: paths.logs,
      run: join(paths.run, "p"),
      resolver: { dnsAddress: network.dnsAddress, clusterDomain, hostResolvConf: parts.hostResolvConf },
    }),
    recorder: recorderOf("kubelet"),
    probes: liveProbes,
    accounts: (layers) => ({
      passwd: readImageFile(layers, ["etc", "passwd"], native()),
      group: readImageFile(layers, ["etc", "group"], native()),
    }),
    endpointRemoved: (uid, limitMs) => proxy.endpointRemoved(uid, limitMs),
    onError,
  });
  return {
    agent,
    async stop() {
      await agent.stop();
      proxy.stop();
      await registration.stop();
    },
  };
}

/** The first free port from 6443 on, a slot's own one first, so that it stays the same over restarts. */
async function listenTls(
  api: ReturnType<typeof createApiServer>,
  pki: Awaited<ReturnType<typeof openPki>>,
  slot: number,
): Promise<number> {
  const { ca, serving } = pki;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const port = firstApiPort + slot + attempt * 16;
      await api.listenTls({ host: "127.0.0.1", port, cert: serving.cert, key: serving.key, clientCa: ca });
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt >= apiPortTries) throw error;
    }
  }
}

/** Nothing of the instance stays in the kernel. */
/** Ends what runs, and takes the instance's traces off the host but for its root and slot. */
async function removeRuntime({ paths }: Instance, engine: LiveEngine, network: LiveNetwork): Promise<void> {
  await engine.purge();
  await network.destroy();
  await rm(paths.run, { recursive: true, force: true });
}

async function removeRoot(
  { runBase }: Pick<DaemonOptions, "runBase">,
  { paths, slot }: Instance,
): Promise<void> {
  await rm(paths.root, { recursive: true, force: true });
  await rm(join(runBase, "slots", String(slot)), { force: true });
  for (const folder of [join(runBase, "slots"), runBase])
    await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "ENOENT") throw error; // another instance's
    });
}

/** The first address of the host that is not loopback. */
function hostAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}
