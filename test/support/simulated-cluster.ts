import { createLocalClient, createLocalView } from "../../runtime/api/local-client.js";
import { Registry } from "../../runtime/api/registry.js";
import type { Client, View } from "../../runtime/client/client.js";
import * as resources from "../../runtime/client/resources.js";
import type { ControllerContext, RunningController } from "../../runtime/controllers/controller.js";
import { startDeployments } from "../../runtime/controllers/deployment/controller.js";
import { startEndpointSlices } from "../../runtime/controllers/endpoint-slice.js";
import { startGarbageCollector } from "../../runtime/controllers/garbage-collector.js";
import type { Pod } from "../../runtime/controllers/kinds.js";
import { startNamespaces } from "../../runtime/controllers/namespace.js";
import { startReplicaSets } from "../../runtime/controllers/replica-set.js";
import { startScheduler } from "../../runtime/controllers/scheduler/scheduler.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import { createVirtualWorld, type VirtualWorld } from "./virtual-world.js";

export interface SimulatedCluster {
  readonly world: VirtualWorld;
  readonly client: Client;
  readonly view: View;
  /** `time type object reason`, as it happened: equal seeds give equal histories. */
  readonly history: string[];
  stop(): Promise<void>;
}

/**
 * The real store, registry, controllers and scheduler on virtual time, with a node agent that needs between 200 ms and
 * 3 s to make a pod ready, by the seed, and as long to stop one.
 */
export async function startCluster(seed: number): Promise<SimulatedCluster> {
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
  const agent = startAgent(world, view, createLocalClient(registry, view, "agent"), note);
  return {
    world,
    client,
    view,
    history,
    async stop() {
      agent.close();
      for (const controller of controllers) await controller.stop();
      await store.close();
    },
  };
}

function startAgent(
  world: VirtualWorld,
  view: View,
  client: Client,
  note: (text: string) => void,
): { close(): void } {
  const known = new Set<string>();
  const delay = () => 200 + (world.random.uint32() % 2800);
  let address = 2;
  const failed = (error: unknown) => note(`error agent ${(error as Error).message}`);

  return view.subscribe(resources.podResource, ({ type, object: pod }) => {
    const { uid = "", name = "", namespace = "" } = pod.metadata;
    if (type === "DELETED" || !pod.spec?.nodeName) return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (known.has(`stop ${uid}`)) return;
      known.add(`stop ${uid}`);
      world.clock.setTimer(
        delay(),
        () =>
          void client
            .delete(resources.podResource, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } })
            .catch(failed),
      );
    } else if (!known.has(uid)) {
      known.add(uid);
      const podIP = `10.71.0.${address++}`;
      world.clock.setTimer(delay(), () => {
        const current = view.get(resources.podResource, namespace, name);
        if (current?.metadata.uid !== uid || current.metadata.deletionTimestamp !== undefined) return;
        const lastTransitionTime = new Date(world.clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
        const conditions = [
          ...(current.status?.conditions ?? []),
          { type: "Ready", status: "True", lastTransitionTime },
        ];
        void client
          .updateStatus(resources.podResource, {
            ...current,
            status: { ...current.status, phase: "Running", podIP, conditions },
          } as Pod)
          .catch(failed);
      });
    }
  });
}
