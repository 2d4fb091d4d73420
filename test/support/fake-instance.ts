import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { createApiServer } from "../../runtime/api/http-server.js";
import type { Client } from "../../runtime/client/client.js";
import { nodeResource, podResource } from "../../runtime/client/resources.js";
import { serveBuild } from "../../runtime/daemon/build-route.js";
import { type ControlPlane, startControlPlane } from "../../runtime/daemon/control-plane.js";
import { instancePaths } from "../../runtime/daemon/instance.js";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { type DaemonInfo, routes } from "../../runtime/daemon/routes.js";
import type { ImageStore } from "../../runtime/images/image-store.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import type { ContainerStatus, Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import { createFakeNode, type FakeNode } from "./fake-node-streams.js";

/** What becomes of a container of this instance: it is ready, or in the state told. */
export type Fate = "ready" | Pick<ContainerStatus, "state" | "lastState" | "restartCount">;

/** An instance as the command line sees it, in this process: the real API and controllers, no kernel. */
export interface FakeInstance {
  /** For `runCli`. */
  readonly context: { readonly root: string; readonly runBase: string };
  readonly folder: string;
  readonly client: Client;
  readonly node: FakeNode;
  /** Queries of the shutdowns that were asked for. */
  readonly shutdowns: string[];
  /** Keys of images, as builds of them were asked for. */
  readonly built: string[];
  /** Decides for pods made from now on. */
  fate: (pod: Pod) => Fate;
}

/** A process that never is: no pid is larger than 2²². */
const nobody = 4_194_305;

export async function startFakeInstance(
  t: ExecutionContext,
  { log = ["listening"], startedByUp = true }: { log?: readonly string[]; startedByUp?: boolean } = {},
): Promise<FakeInstance> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "infra-fake-")));
  const root = join(folder, "root");
  const runBase = join(folder, "run");
  const paths = instancePaths(root, runBase, 0);
  for (const path of [root, paths.run, join(runBase, "slots")]) await mkdir(path, { recursive: true });
  await writeFile(join(runBase, "slots", "0"), `${root}\n`);

  const store = new MemoryStore({ clock: liveWorld.clock });
  const failures: unknown[] = [];
  const logger = {
    info() {},
    warn() {},
    error: (_: string, error: unknown) => void failures.push(error),
    close() {},
  };
  const services = { firstAddress: 0x0a600000, addresses: 4096, nodePorts: { first: 30_000, last: 32_767 } };
  const plane = await startControlPlane({ store, world: liveWorld, services, log: logger });
  const client = plane.client("test");
  await addNode(client);
  const node = createFakeNode(log);
  const instance: FakeInstance = {
    context: { root, runBase },
    folder,
    client,
    node,
    shutdowns: [],
    built: [],
    fate: () => "ready",
  };
  const info: DaemonInfo = {
    formatVersion: 1,
    version: "1.2.3",
    pid: nobody,
    slot: 0,
    root,
    startedAt: "2026-01-01T00:00:00Z",
    server: "https://127.0.0.1:6443",
    startedByUp,
    podRange: "10.71.0.0/20",
    serviceRange: "10.96.0.0/20",
  };
  const api = createApiServer({
    registry: plane.registry,
    store,
    world: liveWorld,
    nodeStreams: node,
    log: logger,
    extraRoutes: {
      [`GET ${routes.info}`]: ({ response }) => void response.end(JSON.stringify(info)),
      [`POST ${routes.builds}`]: ({ request, response }) => serveBuild(images(instance), request, response),
      [`POST ${routes.shutdown}`]({ query, response }) {
        instance.shutdowns.push(query.toString());
        response.writeHead(202).end();
      },
    },
  });
  await api.listenUnix(paths.apiSocket);
  const agent = startAgent(plane, instance, (error) => failures.push(error));
  t.teardown(async () => {
    agent.close();
    await plane.stop();
    await api.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
    if (failures.length > 0) throw new AggregateError(failures, "the instance logged errors");
  });
  return instance;
}

async function addNode(client: Client): Promise<void> {
  const metadata = { name: "node" };
  const made = await client.create(nodeResource, { apiVersion: "v1", kind: "Node", metadata });
  await client.updateStatus(nodeResource, {
    ...made,
    status: {
      allocatable: { cpu: "8", memory: "8Gi", pods: "110" },
      conditions: [{ type: "Ready", status: "True" }],
    },
  });
}

/** Every image is built at once: the first step is new, the others were there. */
function images({ built }: FakeInstance): ImageStore {
  const build: ImageStore["build"] = async (graph, _, report) => {
    for (const { name, key, steps } of graph.images) {
      const ran = built.includes(key) ? 0 : 1;
      const cached = steps.length + 1 - ran;
      built.push(key);
      report({ type: "done", image: name, digest: `sha256:${key}`, ran, cached, milliseconds: 400 });
    }
  };
  return { build } as ImageStore; // the route asks for nothing else
}

/** Starts and stops pods the moment they are bound or deleted. */
function startAgent(plane: ControlPlane, instance: FakeInstance, failed: (error: unknown) => void) {
  const client = plane.client("agent");
  const seen = new Set<string>();
  let address = 2;
  const once = (key: string, act: () => Promise<unknown>) => {
    if (seen.has(key)) return;
    seen.add(key);
    act().catch(failed);
  };
  return plane.view.subscribe(podResource, ({ type, object: pod }) => {
    const { deletionTimestamp, name = "", namespace = "", uid = "" } = pod.metadata;
    if (type === "DELETED" || !pod.spec?.nodeName) return;
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    if (deletionTimestamp !== undefined)
      once(`stop ${uid}`, () => client.delete(podResource, namespace, name, options));
    else
      once(`start ${uid}`, () =>
        client.updateStatus(podResource, started(pod, instance.fate(pod), `10.71.0.${address++}`)),
      );
  });
}

function started(pod: Pod, fate: Fate, podIP: string): Pod {
  const ready = fate === "ready";
  const now = "2026-01-01T00:00:00Z";
  const status = ready ? { state: { running: { startedAt: now } }, restartCount: 0 } : fate;
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: "Running",
      podIP,
      conditions: [
        ...(pod.status?.conditions ?? []),
        { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: now },
      ],
      containerStatuses: (pod.spec?.containers ?? []).map(({ image = "", name }) => ({
        name,
        image,
        imageID: "",
        ready,
        containerID: `infra://${name}`,
        ...status,
      })),
    },
  };
}
