import { type Agent, startAgent } from "../../runtime/agent/agent.js";
import { startServiceProxy } from "../../runtime/agent/service-proxy.js";
import { createLocalClient, createLocalView } from "../../runtime/api/local-client.js";
import { Registry } from "../../runtime/api/registry.js";
import type { Client, View } from "../../runtime/client/client.js";
import * as resources from "../../runtime/client/resources.js";
import type { ControllerContext, RunningController } from "../../runtime/controllers/controller.js";
import { startDeployments } from "../../runtime/controllers/deployment/controller.js";
import { startEndpointSlices } from "../../runtime/controllers/endpoint-slice.js";
import { startGarbageCollector } from "../../runtime/controllers/garbage-collector.js";
import { startNamespaces } from "../../runtime/controllers/namespace.js";
import { startReplicaSets } from "../../runtime/controllers/replica-set.js";
import { startScheduler } from "../../runtime/controllers/scheduler/scheduler.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import { FakeEngine, type FakeEngineOptions, type Program } from "./fake-engine.js";
import { FakeImages, FakeNetwork, FakeStorage, fakeProbes } from "./fake-node.js";
import { createVirtualWorld, type VirtualWorld } from "./virtual-world.js";

export interface SimulatedCluster {
  readonly world: VirtualWorld;
  readonly client: Client;
  readonly view: View;
  /** `time type object reason`, as it happened: equal seeds give equal histories. */
  readonly history: string[];
  readonly engine: FakeEngine;
  readonly network: FakeNetwork;
  readonly images: FakeImages;
  readonly storage: FakeStorage;
  readonly agent: Agent;
  /** The agent ends while pods run, `meanwhile` happens, and another agent takes over. */
  restartAgent(meanwhile?: () => void | Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** What containers run; without it servers that need between 200 ms and 3 s to listen, by the seed. */
  readonly program?: FakeEngineOptions["program"];
  /** Latency of calls to the kernel. */
  readonly delayMs?: () => number;
}

/** The real store, registry, controllers, scheduler, Service proxy and node agent on virtual time. */
export async function startCluster(seed: number, options: ClusterOptions = {}): Promise<SimulatedCluster> {
  const world = createVirtualWorld(seed);
  const store = new MemoryStore({ clock: world.clock });
  const registry = new Registry({
    store,
    world,
    services: { firstAddress: 0x0a600000, addresses: 4096, nodePorts: { first: 30_000, last: 32_767 } },
  });
  const view = createLocalView(store);
  const client = createLocalClient(registry, view, "test");
  const history: string[] = [];
  const note = (text: string) => history.push(`${world.clock.now()} ${text}`);
  const context: ControllerContext = {
    world,
    view,
    client: createLocalClient(registry, view, "controller-manager"),
    recorder: {
      event: (about, type, reason, message) =>
        note(`${type} ${about.kind}/${about.metadata.name} ${reason} ${message}`),
    },
    onError: (controller, key, error) => note(`error ${controller} ${key} ${(error as Error).message}`),
  };
  await client.create(resources.namespaceResource, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "default" },
  });
  await client.create(resources.nodeResource, { apiVersion: "v1", kind: "Node", metadata: { name: "node" } });
  const node = await client.get(resources.nodeResource, "", "node");
  await client.updateStatus(resources.nodeResource, {
    ...node,
    status: {
      allocatable: { cpu: "8", memory: "8Gi", pods: "110" },
      conditions: [{ type: "Ready", status: "True" }],
    },
  });

  const namespaced = [
    resources.podResource,
    resources.replicaSetResource,
    resources.deploymentResource,
    resources.serviceResource,
    resources.endpointSliceResource,
    resources.configMapResource,
  ];
  const controllers: RunningController[] = [
    startReplicaSets(context),
    startDeployments(context),
    startEndpointSlices(context),
    startGarbageCollector(context, namespaced),
    startNamespaces(context, namespaced),
    startScheduler(context),
  ];
  const delayMs = options.delayMs ?? (() => 1 + (world.random.uint32() % 40));
  const server = (): Program => ({
    listensAfterMs: 200 + (world.random.uint32() % 2800),
    stopsInMs: 200 + (world.random.uint32() % 2800),
  });
  const engine = new FakeEngine({ world, delayMs, program: options.program ?? server, trace: note });
  const network = new FakeNetwork(world, delayMs);
  const images = new FakeImages();
  const storage = new FakeStorage();
  const onError = (doing: string, error: unknown) => note(`error agent ${doing} ${(error as Error).message}`);
  const proxy = startServiceProxy({
    view,
    network,
    clock: world.clock,
    clusterDomain: "cluster.local",
    onError: (error) => onError("proxy", error),
  });
  /** Time goes on while it works: its calls to the kernel take some. */
  const start = () =>
    during(
      world,
      startAgent({
        client: createLocalClient(registry, view, "kubelet"),
        engine,
        images,
        network,
        world,
        node: { name: "node", address: "10.71.0.1", cpus: 8, memoryBytes: 8n * 1024n ** 3n },
        storage,
        recorder: { ...context.recorder, flush: async () => {} },
        probes: fakeProbes(engine, world),
        accounts: () => ({ passwd: "root:x:0:0::/root:/bin/sh\n", group: "root:x:0:\n" }),
        endpointRemoved: (uid, limitMs) => proxy.endpointRemoved(uid, limitMs),
        onError,
      }),
    );
  let agent = await start();
  return {
    world,
    client,
    view,
    history,
    engine,
    network,
    images,
    storage,
    get agent() {
      return agent;
    },
    async restartAgent(meanwhile = () => {}) {
      await during(world, agent.stop());
      await meanwhile();
      agent = await start();
    },
    async stop() {
      await during(world, agent.stop());
      proxy.stop();
      for (const controller of controllers) await controller.stop();
      await store.close();
    },
  };
}

/** Lets virtual time pass until the work is done. */
async function during<T>(world: VirtualWorld, work: Promise<T>): Promise<T> {
  let done = false;
  const finish = () => {
    done = true;
  };
  work.then(finish, finish);
  await world.runUntil(() => done, 60_000);
  return work;
}
