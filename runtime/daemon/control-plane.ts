import type { World } from "../../stdlib/base/clock.js";
import { servedKinds } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { createLocalClient, createLocalView } from "../api/local-client.js";
import { Registry } from "../api/registry.js";
import type { ServiceRanges } from "../api/service-addresses.js";
import type { Client, Resource, View } from "../client/client.js";
import { isApiError } from "../client/errors.js";
import { createEventRecorder } from "../client/event-recorder.js";
import { namespaceResource } from "../client/resources.js";
import type { ControllerContext } from "../controllers/controller.js";
import { startDeployments } from "../controllers/deployment/controller.js";
import { startEndpointSlices } from "../controllers/endpoint-slice.js";
import { startEventExpiry } from "../controllers/event-expiry.js";
import { startGarbageCollector } from "../controllers/garbage-collector.js";
import { startNamespaces } from "../controllers/namespace.js";
import { startReplicaSets } from "../controllers/replica-set.js";
import { startScheduler } from "../controllers/scheduler/scheduler.js";
import type { Store } from "../store/store.js";
import type { Logger } from "./logger.js";

/** Registry, controllers and scheduler over one store. */
export interface ControlPlane {
  readonly registry: Registry;
  readonly view: View;
  /** A client whose writes are attributed to `manager`. */
  client(manager: string): Client;
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  readonly store: Store;
  readonly world: World;
  readonly services: ServiceRanges;
  readonly log: Logger;
}

/** Namespaces every cluster has. */
const namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"] as const;

export async function startControlPlane({
  store,
  world,
  services,
  log,
}: ControlPlaneOptions): Promise<ControlPlane> {
  const registry = new Registry({ store, world, services });
  const view = createLocalView(store);
  const client = (manager: string) => createLocalClient(registry, view, manager);
  await makeNamespaces(client("kube-apiserver"));

  const context = (component: string): ControllerContext => ({
    world,
    view,
    client: client(component),
    recorder: createEventRecorder({
      client: client(component),
      clock: world.clock,
      component,
      onError: (error) => log.error("cannot record an event", error, { component }),
    }),
    onError: (controller, key, error) =>
      log.error("a sync failed and will be repeated", error, { controller, key }),
  });
  const all = servedKinds.map(resourceOf);
  const namespaced = all.filter(({ namespaced }) => namespaced);
  const running = [
    startReplicaSets(context("replicaset-controller")),
    startDeployments(context("deployment-controller")),
    startEndpointSlices(context("endpointslice-controller")),
    startGarbageCollector(context("garbage-collector"), all),
    startNamespaces(context("namespace-controller"), namespaced),
    startEventExpiry(context("event-expiry")),
    startScheduler(context("default-scheduler")),
  ];
  return {
    registry,
    view,
    client,
    async stop() {
      await Promise.all(running.map((controller) => controller.stop()));
    },
  };
}

async function makeNamespaces(client: Client): Promise<void> {
  for (const name of namespaces) {
    try {
      await client.create(namespaceResource, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    } catch (error) {
      if (!isApiError(error, "AlreadyExists")) throw error;
    }
  }
}

function resourceOf(row: (typeof servedKinds)[number]): Resource<KubeObject> {
  const { group, version, kind, resource, namespaced } = row;
  return { group, version, kind, resource, namespaced };
}
