import type { PodStorage } from "../../runtime/agent/pod-storage.js";
import type { ProbeRunner } from "../../runtime/agent/probes.js";
import { volumeFiles } from "../../runtime/agent/volumes.js";
import type { ImageStore, StoredImage } from "../../runtime/images/image-store.js";
import type { PodNetwork, ServiceRule } from "../../runtime/network/network.js";
import { sleep, type World } from "../../stdlib/base/clock.js";
import type { Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { FakeEngine } from "./fake-engine.js";

const uidOf = (pod: Pod) => pod.metadata.uid ?? "";

/** What the agent keeps for pods, without a disk. Projected files are worked out, and thrown for, as in life. */
export class FakeStorage implements PodStorage {
  /** Text of projected files: `<uid>/<volume>/<path>`. */
  readonly files = new Map<string, string>();
  /** `<uid>/<container>/<restart>` of layers not yet removed. */
  readonly layers = new Set<string>();
  /** What containers wrote for their end, by container. */
  readonly messages = new Map<string, string>();
  readonly #pods = new Set<string>();

  async prepare(pod: Pod, ...[place, sources]: Tail<Parameters<PodStorage["prepare"]>>): Promise<void> {
    this.#pods.add(uidOf(pod));
    for (const volume of pod.spec?.volumes ?? [])
      if (volume.emptyDir === undefined)
        for (const [path, { bytes }] of volumeFiles(pod, volume, place, sources))
          this.files.set(`${uidOf(pod)}/${volume.name}/${path}`, bytes.toString());
  }

  async prepareContainer(pod: Pod, { name }: { readonly name: string }, restart: number) {
    const layer = `${uidOf(pod)}/${name}/${restart}`;
    this.layers.add(layer);
    const logPath = `/virtual/logs/${layer}.log`;
    return { upper: `/virtual/${layer}/upper`, work: `/virtual/${layer}/work`, mounts: [], logPath };
  }

  async terminationMessage(_pod: Pod, { name }: { readonly name: string }): Promise<string> {
    return this.messages.get(name) ?? "";
  }

  async removeContainer(pod: Pod, container: string, restart: number): Promise<void> {
    this.layers.delete(`${uidOf(pod)}/${container}/${restart}`);
  }

  async removePod(uid: string): Promise<void> {
    this.#pods.delete(uid);
    for (const kept of [this.files, this.layers])
      for (const key of [...kept.keys()]) if (key.startsWith(`${uid}/`)) kept.delete(key);
  }

  async pods(): Promise<readonly string[]> {
    return [...this.#pods];
  }

  async logFiles(): Promise<readonly string[]> {
    return [];
  }

  async rotateLog(): Promise<void> {}
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

/** Addresses and Service rules, in memory. */
export class FakeNetwork implements PodNetwork {
  readonly gateway = "10.71.0.1";
  readonly dnsAddress = "10.71.0.1";
  readonly podRange = "10.71.0.0/16";
  readonly serviceRange = "10.96.0.0/20";
  readonly leases = new Map<string, string>();
  /** What the kernel translates by now. */
  rules: readonly ServiceRule[] = [];
  #next = 2;

  constructor(
    private readonly world: World,
    private readonly delayMs: () => number = () => 1,
  ) {}

  async lease(podUid: string) {
    let address = this.leases.get(podUid);
    if (address === undefined) {
      address = `10.71.${this.#next >> 8}.${this.#next & 0xff}`;
      this.#next += 1;
      this.leases.set(podUid, address);
    }
    return { address, gateway: this.gateway, hostLink: `v${address}`, podMac: "", hostMac: "" };
  }

  async release(podUid: string): Promise<void> {
    this.leases.delete(podUid);
  }

  async reconcile(live: ReadonlyMap<string, string | undefined>): Promise<void> {
    for (const uid of this.leases.keys()) if (!live.has(uid)) this.leases.delete(uid);
  }

  async applyServices(services: readonly ServiceRule[]): Promise<void> {
    await sleep(this.world.clock, this.delayMs());
    this.rules = services;
  }

  /** Whether new connections may come to the address. */
  reaches(address: string): boolean {
    return this.rules.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.address === address));
  }

  applyNames(): void {}
  async close(): Promise<void> {}
  async destroy(): Promise<void> {}
}

/** Has every image but those a test took out. */
export class FakeImages implements ImageStore {
  readonly missing = new Set<string>();
  config: StoredImage["config"] = {
    env: [],
    workdir: "/",
    user: "",
    entrypoint: ["program"],
    cmd: [],
    stopSignal: undefined,
  };

  async resolve(reference: string): Promise<StoredImage | undefined> {
    if (this.missing.has(reference)) return undefined;
    return { reference, digest: "sha256:0", id: "sha256:0", sizeBytes: 0, config: this.config };
  }

  async list() {
    return [];
  }

  async layers(): Promise<readonly string[]> {
    return ["/virtual/layer"];
  }

  async build(): Promise<void> {}
}

/** Probes reach whatever virtual process listens at the address. */
export function fakeProbes(engine: FakeEngine, world: World): ProbeRunner {
  const look = async (address: string) => {
    await sleep(world.clock, 1);
    return engine.listens(address)
      ? { ok: true, message: "" }
      : { ok: false, message: `dial tcp ${address}: connection refused` };
  };
  return { http: (url) => look(url.hostname), tcp: look };
}
