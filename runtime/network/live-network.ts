import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../stdlib/base/clock.js";
import { HostUnsupported, SyscallError } from "../../stdlib/base/errors.js";
import { stableStringify } from "../../stdlib/base/json.js";
import type { SandboxNetwork } from "../kernel/engine.js";
import { DnsServer } from "./dns-server.js";
import { Leases } from "./leases.js";
import { LoopbackForwarder, type NodePortHandler } from "./loopback-forwarder.js";
import { Transaction } from "./netlink/nftables.js";
import * as route from "./netlink/route.js";
import { type NetlinkNative, NetlinkSocket } from "./netlink/socket.js";
import type { DnsZone, PodNetwork, ServiceRule } from "./network.js";
import { chooseRanges, parseAddress, type Ranges } from "./ranges.js";
import { writeRuleset } from "./ruleset.js";

export interface LiveNetworkOptions {
  readonly native: NetlinkNative;
  readonly clock: Clock;
  /** 0 to 15; from it follow ranges, table and link names. */
  readonly slot: number;
  /** The instance's root; `leases.json` is kept there. */
  readonly root: string;
  readonly clusterDomain: string;
  /** Where other names are asked: the host's resolvers. */
  readonly upstream: readonly string[];
  /** Told when the lease file could not be read; pods that live get theirs back from {@link PodNetwork.reconcile}. */
  readonly onLeasesLost?: (error: Error) => void;
}

export interface LiveNetwork extends PodNetwork {
  readonly ranges: Ranges;
  /** Tells of node ports that other programs hold on 127.0.0.1; they are tried again for as long as they are wanted. */
  onNodePort(handler: NodePortHandler): void;
}

/**
 * Sets an instance's network up: addresses and routes on `lo`, forwarding, rules, DNS. Safe to repeat: after a crash
 * the next daemon finds its own routes and rules and takes them over.
 *
 * @throws {HostUnsupported} when nf_tables is missing or no address range is free.
 */
export async function openLiveNetwork(options: LiveNetworkOptions): Promise<LiveNetwork> {
  const routes = new NetlinkSocket(options.native, "route");
  const filter = new NetlinkSocket(options.native, "netfilter");
  const table = `infra-${options.slot}`;
  const linkPrefix = `in${options.slot}x`;

  await route.bringLoopbackUp(routes);
  const ranges = await findRanges(routes, options.slot);
  const isTakenOver = (await route.listRoutes(routes)).some(
    ({ destination: { address, length } }) =>
      address === ranges.services.address && length === ranges.services.length,
  );
  await route.addLoopbackAddress(routes, ranges.gateway);
  await route.routeToLoopback(routes, ranges.services, ranges.gateway);
  await route.routeUnreachable(routes, ranges.pods);
  await enableForwarding();

  const leases = await Leases.open(join(options.root, "leases.json"), ranges.pods, options.onLeasesLost);
  const dns = await DnsServer.listen({
    address: ranges.gateway,
    domain: options.clusterDomain,
    upstream: options.upstream,
  });
  const forwarder = new LoopbackForwarder(options.clock);
  const dnsRules: readonly ServiceRule[] = (["UDP", "TCP"] as const).map((protocol) => ({
    id: `dns:${protocol}`,
    clusterIp: ranges.dnsService,
    protocol,
    port: 53,
    nodePort: undefined,
    endpoints: [{ address: ranges.gateway, port: 53 }],
  }));

  let applied: string | undefined;
  let applying: Promise<void> = Promise.resolve();
  const applyServices = (services: readonly ServiceRule[]): Promise<void> => {
    const all = [...dnsRules, ...services];
    const run = async () => {
      const state = stableStringify(all);
      if (state === applied) return;
      const transaction = new Transaction(filter, table);
      writeRuleset(transaction, { pods: ranges.pods, services: ranges.services, linkPrefix }, all);
      await commitRules(transaction);
      applied = state;
      await forwarder.apply(services);
    };
    applying = applying.then(run, run); // one at a time; a failure is the caller's, not the next one's
    return applying;
  };
  // After a crash the rules of before still serve: they stand until the Services are known again.
  if (!isTakenOver) await applyServices([]);

  return {
    ranges,
    gateway: ranges.gateway,
    dnsAddress: ranges.dnsService,
    podRange: `${ranges.pods.address}/${ranges.pods.length}`,
    serviceRange: `${ranges.services.address}/${ranges.services.length}`,
    async lease(podUid) {
      return sandboxNetwork(await leases.take(podUid), ranges, linkPrefix);
    },
    release: (podUid) => leases.release(podUid),
    async reconcile(live) {
      for (const [pod, address] of live) if (address !== undefined) await leases.restore(pod, address);
      await Promise.all(
        leases
          .pods()
          .filter((pod) => !live.has(pod))
          .map((pod) => leases.release(pod)),
      );
    },
    onNodePort(handler) {
      forwarder.onNodePort = handler;
    },
    applyServices,
    applyNames: (names: DnsZone) => dns.setZone(names),
    async close() {
      await applying.catch(() => undefined); // its caller has the error
      await forwarder.close();
      await dns.close();
      await routes.close();
      await filter.close();
    },
    async destroy() {
      await applying.catch(() => undefined);
      await forwarder.close();
      await dns.close();
      const transaction = new Transaction(filter, table);
      transaction.addTable();
      transaction.deleteTable();
      await transaction.commit("Cannot remove the nftables table");
      for (const link of await route.listLinks(routes)) {
        if (link.startsWith(linkPrefix)) await route.removeLink(routes, link);
      }
      await route.removeRoute(routes, ranges.pods);
      await route.removeRoute(routes, ranges.services);
      await route.removeLoopbackAddress(routes, ranges.gateway);
      await routes.close();
      await filter.close();
    },
  };
}

/** Our own routes of an earlier life do not count as taken. */
async function findRanges(routes: NetlinkSocket, slot: number): Promise<Ranges> {
  const existing = await route.listRoutes(routes);
  const candidates = existing.filter(({ destination }) => {
    const own = chooseRanges(slot, []);
    if (own === undefined) return true;
    const isOwn = [own.pods, own.services].some(
      (range) => range.address === destination.address && range.length === destination.length,
    );
    const isPod =
      destination.length === 32 &&
      parseAddress(destination.address) >>> 12 === parseAddress(own.pods.address) >>> 12;
    return !isOwn && !isPod;
  });
  const ranges = chooseRanges(slot, candidates);
  if (ranges === undefined) {
    throw new HostUnsupported(
      "Cannot choose address ranges: the host already routes every candidate in 10.0.0.0/8",
      {
        hint: "See `ip route`; free 10.71.0.0/16 and 10.96.0.0/16, or one of their alternatives",
      },
    );
  }
  return ranges;
}

async function enableForwarding(): Promise<void> {
  const path = "/proc/sys/net/ipv4/ip_forward";
  try {
    await writeFile(path, "1\n");
  } catch (error) {
    throw new HostUnsupported(`Cannot enable IPv4 forwarding in "${path}"`, {
      cause: error,
      hint: "Set net.ipv4.ip_forward=1",
    });
  }
}

async function commitRules(transaction: Transaction): Promise<void> {
  try {
    await transaction.commit("Cannot write the nftables rules");
  } catch (error) {
    if (
      error instanceof SyscallError &&
      ["EOPNOTSUPP", "EPROTONOSUPPORT", "ENOENT"].includes(error.errnoName)
    ) {
      throw new HostUnsupported("Cannot create the pod network: the kernel lacks part of nf_tables", {
        cause: error,
        hint: "Load nf_tables, nft_nat, nft_numgen, nft_fib_ipv4, nft_masq and nft_reject_ipv4 with modprobe, or run infra doctor",
      });
    }
    throw error;
  }
}

/** Link name and hardware addresses follow from the pod's address, so nothing more has to be remembered. */
function sandboxNetwork(address: string, ranges: Ranges, linkPrefix: string): SandboxNetwork {
  const value = parseAddress(address);
  const hex = value.toString(16).padStart(8, "0");
  const mac = (kind: number) =>
    [0x02, kind, ...[24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff)]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(":");
  return {
    address,
    gateway: ranges.gateway,
    hostLink: `${linkPrefix}${hex}`,
    podMac: mac(0x0a),
    hostMac: mac(0x0b),
  };
}
