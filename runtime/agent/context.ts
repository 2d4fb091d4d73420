import type { World } from "../../stdlib/base/clock.js";
import type { ConfigMap, Secret, Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Client } from "../client/client.js";
import type { EventRecorder } from "../client/event-recorder.js";
import type { ImageStore } from "../images/image-store.js";
import type { Engine } from "../kernel/engine.js";
import type { PodNetwork } from "../network/network.js";
import type { AccountFiles } from "./accounts.js";
import type { PodStorage } from "./pod-storage.js";
import type { ProbeRunner } from "./probes.js";

/** Objects pods refer to, as last heard from the API server. */
export interface ObjectCache {
  configMap(namespace: string, name: string): ConfigMap | undefined;
  secret(namespace: string, name: string): Secret | undefined;
  services(namespace: string): readonly Service[];
}

export interface NodeFacts {
  readonly name: string;
  /** InternalIP, which pods see as `status.hostIP`. */
  readonly address: string;
  readonly cpus: number;
  readonly memoryBytes: bigint;
}

/** What the agent's parts share. */
export interface AgentContext {
  readonly client: Client;
  readonly engine: Engine;
  readonly images: ImageStore;
  readonly network: PodNetwork;
  readonly world: World;
  readonly node: NodeFacts;
  readonly storage: PodStorage;
  readonly objects: ObjectCache;
  readonly recorder: EventRecorder;
  readonly probes: ProbeRunner;
  /** /etc/passwd and /etc/group of an image, from its unpacked layers, topmost first. */
  readonly accounts: (layers: readonly string[]) => AccountFiles;
  /** Resolves when new connections no longer reach the pod, after `timeoutMs` at the latest. */
  readonly endpointRemoved: (podUid: string, timeoutMs: number) => Promise<void>;
  readonly onError: (doing: string, error: unknown) => void;
}

/** RFC 3339, whole seconds, as the API has times. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
