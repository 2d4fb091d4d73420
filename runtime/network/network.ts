import type { SandboxNetwork } from "../kernel/engine.js";

/** Addresses, Service translation and DNS of one instance. Live over netlink, in simulation in memory. */
export interface PodNetwork {
  /** First address of the pod range, on the host's `lo`; source of probes and node-port traffic. */
  readonly gateway: string;
  /** Address pods put into resolv.conf. */
  readonly dnsAddress: string;
  /** Pod range and Service range, CIDR. */
  readonly podRange: string;
  readonly serviceRange: string;
  /** Picks a free address for a pod; the lease is durable until released. Idempotent per pod uid. */
  lease(podUid: string): Promise<SandboxNetwork>;
  release(podUid: string): Promise<void>;
  /**
   * Leases of pods that are gone are released, and a pod that has an address gets its lease back when it is lost.
   *
   * @param live - uid to address, undefined for a pod that has none yet.
   */
  reconcile(live: ReadonlyMap<string, string | undefined>): Promise<void>;
  /** Replaces the whole translation with one batch; resolves when the kernel has it. Unchanged input costs nothing. */
  applyServices(services: readonly ServiceRule[]): Promise<void>;
  /** Answers for names of this instance, replaces all at once. */
  applyNames(names: DnsZone): void;
  /** Ends listeners and sockets; addresses, routes and rules stay for running pods and the next daemon. */
  close(): Promise<void>;
  /** Removes table, routes, rules and addresses. */
  destroy(): Promise<void>;
}

/** One Service port. */
export interface ServiceRule {
  /** `namespace/name:port`, for messages and stable order. */
  readonly id: string;
  readonly clusterIp: string | undefined;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
  readonly nodePort: number | undefined;
  /** Ready endpoints; empty: connections are refused at once. */
  readonly endpoints: readonly { readonly address: string; readonly port: number }[];
}

export interface DnsZone {
  /** `"redis.default.svc.cluster.local"` to IPv4 addresses. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** SRV: `"_http._tcp.web.default.svc.cluster.local"`. */
  readonly services: ReadonlyMap<string, readonly { readonly target: string; readonly port: number }[]>;
}
