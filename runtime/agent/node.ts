import { arch, release } from "node:os";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import type { Node } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Client } from "../client/client.js";
import { isApiError } from "../client/errors.js";
import { leaseResource, nodeResource } from "../client/resources.js";
import { type NodeFacts, timestamp } from "./context.js";

export interface NodeOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly facts: NodeFacts;
  /** Version of infra. */
  readonly version: string;
  /** Kubernetes version that the API is like. */
  readonly kubeletVersion: string;
  readonly osImage: string;
  readonly bootId: string;
  readonly machineId: string;
  readonly onError: (doing: string, error: unknown) => void;
}

const leaseNamespace = "kube-node-lease";
const renewMs = 10_000;
const leaseSeconds = 40;
const podLimit = "250";

/** Registers the node and keeps its lease. Source: kubelet `kubelet_node_status.go`, `component-helpers/apimachinery/lease`. */
export async function startNode(options: NodeOptions): Promise<{ stop(): Promise<void> }> {
  await register(options);
  await renewLease(options);
  const abort = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await sleep(options.clock, renewMs, abort.signal);
      await renewLease(options).catch((error) => options.onError("renew the node's lease", error));
    }
  })().catch((error) => {
    if (!abort.signal.aborted) throw error;
  });
  return {
    async stop() {
      abort.abort();
      await renewing;
    },
  };
}

async function register(options: NodeOptions): Promise<void> {
  const { client, clock, facts } = options;
  const labels = {
    "kubernetes.io/hostname": facts.name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": goArch(),
  };
  const metadata = { name: facts.name, labels };
  try {
    await client.create(nodeResource, { apiVersion: "v1", kind: "Node", metadata });
  } catch (error) {
    if (!isApiError(error, "AlreadyExists")) throw error;
  }
  const present = await client.get(nodeResource, "", facts.name);
  const now = timestamp(clock.now());
  const body = { metadata: { labels }, status: nodeStatus(options, present, now) };
  await client.patch(nodeResource, {
    namespace: "",
    name: facts.name,
    subresource: "status",
    type: "merge",
    body,
  });
}

function nodeStatus(options: NodeOptions, present: Node, now: string): Node["status"] {
  const { facts } = options;
  const capacity = {
    cpu: String(facts.cpus),
    memory: `${facts.memoryBytes / 1024n}Ki`,
    pods: podLimit,
  };
  const conditions = [
    ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
    ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
    ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
    ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
  ] as const;
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: "InternalIP", address: facts.address },
      { type: "Hostname", address: facts.name },
    ],
    conditions: conditions.map(([type, status, reason, message]) => {
      const before = present.status?.conditions?.find((condition) => condition.type === type);
      const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
      return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime };
    }),
    nodeInfo: {
      machineID: options.machineId,
      systemUUID: options.machineId,
      bootID: options.bootId,
      kernelVersion: release(),
      osImage: options.osImage,
      containerRuntimeVersion: `infra://${options.version}`,
      kubeletVersion: options.kubeletVersion,
      kubeProxyVersion: "",
      operatingSystem: "linux",
      architecture: goArch(),
    },
  };
}

async function renewLease({ client, clock, facts }: NodeOptions): Promise<void> {
  const renewTime = new Date(clock.now()).toISOString().replace("Z", "000Z");
  const spec = { holderIdentity: facts.name, leaseDurationSeconds: leaseSeconds, renewTime };
  try {
    await client.patch(leaseResource, {
      namespace: leaseNamespace,
      name: facts.name,
      type: "merge",
      body: { spec },
    });
  } catch (error) {
    if (!isApiError(error, "NotFound")) throw error;
    const metadata = { name: facts.name, namespace: leaseNamespace };
    await client.create(leaseResource, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata,
      spec,
    });
  }
}

/** Go's name of this architecture. */
function goArch(): string {
  return arch() === "x64" ? "amd64" : arch();
}
