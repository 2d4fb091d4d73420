import { join } from "node:path";
import { startAgent } from "../../runtime/agent/agent.js";
import { liveProbes } from "../../runtime/agent/live-probes.js";
import { startNode } from "../../runtime/agent/node.js";
import { openPodStorage } from "../../runtime/agent/pod-storage.js";
import { startServiceProxy } from "../../runtime/agent/service-proxy.js";
import { createEventRecorder } from "../../runtime/client/event-recorder.js";
import { startControlPlane } from "../../runtime/daemon/control-plane.js";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { readImageFile } from "../../runtime/images/image-file.js";
import type { ImageStore, StoredImage } from "../../runtime/images/image-store.js";
import type { ContainerSpec, Engine, Sandbox } from "../../runtime/kernel/engine.js";
import { native } from "../../runtime/kernel/native.js";
import { openLiveNetwork } from "../../runtime/network/live-network.js";
import { parseAddress, sizeOf } from "../../runtime/network/ranges.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import { openTestEngine } from "./test-engine.js";

/**
 * Control plane, node agent, network and engine on the real kernel, without images or HTTP: the image "host" is the
 * host's own /usr. Must run inside a network namespace of its own.
 */
export async function openLiveNode(slot: number) {
  const { clock } = liveWorld;
  const test = await openTestEngine();
  const errors: string[] = [];
  const onError = (doing: string, error: unknown) => errors.push(`${doing}: ${(error as Error).stack}`);
  const network = await openLiveNetwork({
    native: native() as never,
    clock,
    slot,
    root: test.folder,
    clusterDomain: "cluster.local",
    upstream: [],
  });
  const store = new MemoryStore({ clock });
  const log = {
    info() {},
    warn() {},
    error: (message: string, error: unknown) => onError(message, error),
    close() {},
  };
  const services = {
    firstAddress: parseAddress(network.ranges.services.address),
    addresses: sizeOf(network.ranges.services),
    nodePorts: { first: 30_000, last: 32_767 },
  };
  const controlPlane = await startControlPlane({ store, world: liveWorld, services, log });
  const client = controlPlane.client("kubelet");
  const facts = { name: "node", address: network.gateway, cpus: 2, memoryBytes: 8n * 1024n ** 3n };
  const node = await startNode({
    client,
    clock,
    facts,
    version: "test",
    kubeletVersion: "v1.35.0",
    osImage: "test",
    bootId: "",
    machineId: "",
    onError,
  });
  const proxy = startServiceProxy({
    view: controlPlane.view,
    network,
    clock,
    clusterDomain: "cluster.local",
    onError: (error) => onError("proxy", error),
  });
  const start = (engine = test.engine) =>
    startAgent({
      client,
      engine: withHostPrograms(engine),
      images: hostImages(join(test.folder, "root")),
      network,
      world: liveWorld,
      node: facts,
      storage: openPodStorage({
        pods: join(test.folder, "pods"),
        logs: join(test.folder, "logs"),
        run: join(test.folder, "run"),
        resolver: { dnsAddress: network.dnsAddress, clusterDomain: "cluster.local", hostResolvConf: "" },
      }),
      recorder: createEventRecorder({
        client,
        clock,
        component: "kubelet",
        onError: (error) => onError("event", error),
      }),
      probes: liveProbes,
      accounts: (layers) => ({
        passwd: readImageFile(layers, ["etc", "passwd"], native()),
        group: readImageFile(layers, ["etc", "group"], native()),
      }),
      endpointRemoved: (uid, limitMs) => proxy.endpointRemoved(uid, limitMs),
      onError,
    });
  const agent = await start();
  return {
    agent,
    client,
    view: controlPlane.view,
    errors,
    network,
    test,
    /** Another agent on what the first left running, as after a restart of the daemon. */
    restart: () => start(test.reopen()),
    async close() {
      proxy.stop();
      await node.stop();
      await controlPlane.stop();
      await network.destroy();
      await test.close();
    },
  };
}

/** Binds the host's /usr into every container: tests need programs, not images. */
function withHostPrograms(engine: Engine): Engine {
  const wrap = (sandbox: Sandbox): Sandbox =>
    new Proxy(sandbox, {
      get(target, property) {
        if (property === "createContainer")
          return (spec: ContainerSpec) =>
            target.createContainer({
              ...spec,
              mounts: [{ source: "/usr", target: "/usr", readonly: true }, ...spec.mounts],
            });
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  return {
    createSandbox: async (spec) => wrap(await engine.createSandbox(spec)),
    adopt: async () => (await engine.adopt()).map(wrap),
    sweep: (keep) => engine.sweep(keep),
  };
}

/** One image, whose root has links into /usr but no programs: pods get the host's by a bind of their own. */
function hostImages(root: string): ImageStore {
  const image: StoredImage = {
    reference: "host",
    digest: `sha256:${"0".repeat(64)}`,
    id: `sha256:${"0".repeat(64)}`,
    sizeBytes: 0,
    config: { env: [], workdir: "/", user: "", entrypoint: [], cmd: [], stopSignal: undefined },
  };
  return {
    resolve: async (reference) => (reference === "host" ? image : undefined),
    list: async () => [],
    layers: async () => [root],
    build: async () => {},
  };
}
