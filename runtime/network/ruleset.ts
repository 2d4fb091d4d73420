import {
  address,
  compare,
  concat,
  concatType,
  dataType,
  decide,
  destinationPort,
  destinationType,
  hostU32,
  ipDestination,
  ipSource,
  load,
  lookup,
  mask,
  masquerade,
  meta,
  portBytes,
  random,
  register,
  reject,
  reversePath,
  type SetElement,
  setFlag,
  type Transaction,
  track,
  translateDestination,
} from "./netlink/nftables.js";
import type { Prefix } from "./netlink/route.js";
import type { ServiceRule } from "./network.js";

/** What the rules need to know of the instance. */
export interface RulesetContext {
  readonly pods: Prefix;
  readonly services: Prefix;
  /** Names of pod links begin with this. */
  readonly linkPrefix: string;
}

const protocolNumber = { TCP: 6, UDP: 17, SCTP: 132 } as const;
const priority = { raw: -300, destination: -100, filter: 0, source: 100 } as const;
const connection = { new: 8, translated: 32 } as const; // NF_CT_STATE_BIT(IP_CT_NEW), IPS_DST_NAT
const addressIsLocal = hostU32(2); // RTN_LOCAL

/**
 * Writes an instance's whole rule set into a transaction on its own table.
 *
 * One verdict map finds a Service port by address, protocol and port from `prerouting` (pods, outside) and `output`
 * (the host); its chain picks an endpoint at random. What is still addressed to the Service range after that has no
 * endpoint and is refused at once.
 */
export function writeRuleset(
  to: Transaction,
  context: RulesetContext,
  services: readonly ServiceRule[],
): void {
  const fromPod = [
    meta(register.first, "inputName"),
    compare(register.first, "equal", Buffer.from(context.linkPrefix)),
  ];
  const notFromPod = [
    meta(register.first, "inputName"),
    compare(register.first, "notEqual", Buffer.from(context.linkPrefix)),
  ];
  const toPod = [
    meta(register.first, "outputName"),
    compare(register.first, "equal", Buffer.from(context.linkPrefix)),
  ];
  const notToPod = [
    meta(register.first, "outputName"),
    compare(register.first, "notEqual", Buffer.from(context.linkPrefix)),
  ];

  to.addTable();
  to.deleteTable();
  to.addTable();

  to.addChain("spoof", { type: "filter", hook: "prerouting", priority: priority.raw });
  to.addRule(
    "spoof",
    ...fromPod,
    reversePath(register.first),
    compare(register.first, "equal", hostU32(0)),
    decide("drop"),
  );

  const ready = services.filter((service) => service.endpoints.length > 0);
  const chains = new Map(ready.map((service, index) => [service, `endpoints-${index}`]));
  for (const [service, chain] of chains) writeEndpoints(to, chain, service);

  writeServiceMaps(to, chains);
  for (const [chain, hook] of [
    ["arriving", "prerouting"],
    ["local", "output"],
  ] as const) {
    to.addChain(chain, { type: "nat", hook, priority: priority.destination });
    to.addRule(
      chain,
      ipDestination(register.first),
      meta(register.second, "protocol"),
      destinationPort(register.third),
      lookup(register.first, { name: "services" }, register.verdict),
    );
    to.addRule(
      chain,
      destinationType(register.first),
      compare(register.first, "equal", addressIsLocal),
      ipDestination(register.first), // 127.0.0.0/8 cannot be routed to a pod; a listener there forwards instead
      mask(register.first, Buffer.from([255, 0, 0, 0])),
      compare(register.first, "notEqual", Buffer.from([127, 0, 0, 0])),
      meta(register.first, "protocol"),
      destinationPort(register.second),
      lookup(register.first, { name: "node-ports" }, register.verdict),
    );
  }

  writeMasquerade(to, context, ready, notToPod);

  const unanswered = [
    ipDestination(register.first),
    mask(register.first, netmask(context.services)),
    compare(register.first, "equal", address(context.services.address)),
  ];
  for (const hook of ["forward", "output"] as const) {
    const chain = `filter-${hook}`;
    to.addChain(chain, { type: "filter", hook, priority: priority.filter });
    to.addRule(
      chain,
      meta(register.first, "protocol"),
      compare(register.first, "equal", Buffer.from([protocolNumber.TCP])),
      ...unanswered,
      reject("reset"),
    );
    to.addRule(chain, ...unanswered, reject("unreachable"));
  }
  // RFC 3927, 2.7: link-local traffic is never forwarded. A cloud's metadata service with its keys is there.
  to.addRule(
    "filter-forward",
    ...fromPod,
    ipDestination(register.first),
    mask(register.first, Buffer.from([255, 255, 0, 0])),
    compare(register.first, "equal", Buffer.from([169, 254, 0, 0])),
    reject("unreachable"),
  );
  to.addRule(
    "filter-forward",
    ...toPod,
    ...notFromPod,
    track(register.first, "state"),
    mask(register.first, hostU32(connection.new)),
    compare(register.first, "notEqual", hostU32(0)),
    track(register.first, "status"),
    mask(register.first, hostU32(connection.translated)),
    compare(register.first, "equal", hostU32(0)),
    decide("drop"),
  );
}

function writeEndpoints(to: Transaction, chain: string, service: ServiceRule): void {
  to.addChain(chain);
  const only = service.endpoints.length === 1 ? service.endpoints[0] : undefined;
  if (only !== undefined) {
    to.addRule(
      chain,
      load(register.first, address(only.address)),
      load(register.second, portBytes(only.port)),
      translateDestination(register.first, register.second),
    );
    return;
  }
  const id = to.nextSetId();
  to.addSet(
    {
      name: "__map%d",
      id,
      flags: setFlag.anonymous | setFlag.constant | setFlag.map,
      keyType: dataType.mark,
      keyLength: 4,
      dataType: concatType(dataType.ipv4, dataType.port),
      dataLength: 8,
    },
    service.endpoints.map((endpoint, index) => ({
      key: hostU32(index),
      data: concat(address(endpoint.address), portBytes(endpoint.port)),
    })),
  );
  to.addRule(
    chain,
    random(register.first, service.endpoints.length),
    lookup(register.first, { name: "__map%d", id }, register.first),
    translateDestination(register.first, register.second),
  );
}

function writeServiceMaps(to: Transaction, chains: ReadonlyMap<ServiceRule, string>): void {
  const byAddress: SetElement[] = [];
  const byNodePort: SetElement[] = [];
  for (const [service, chain] of chains) {
    const protocol = Buffer.from([protocolNumber[service.protocol]]);
    if (service.clusterIp !== undefined) {
      byAddress.push({
        key: concat(address(service.clusterIp), protocol, portBytes(service.port)),
        goto: chain,
      });
    }
    if (service.nodePort !== undefined) {
      byNodePort.push({ key: concat(protocol, portBytes(service.nodePort)), goto: chain });
    }
  }
  const verdictMap = { flags: setFlag.map, dataType: dataType.verdict, dataLength: 0 };
  to.addSet(
    {
      name: "services",
      id: to.nextSetId(),
      keyType: concatType(dataType.ipv4, dataType.protocol, dataType.port),
      keyLength: 12,
      ...verdictMap,
    },
    byAddress,
  );
  to.addSet(
    {
      name: "node-ports",
      id: to.nextSetId(),
      keyType: concatType(dataType.protocol, dataType.port),
      keyLength: 8,
      ...verdictMap,
    },
    byNodePort,
  );
}

/** An endpoint that reaches itself through a Service, and pods that leave by a foreign link, take the host's address. */
function writeMasquerade(
  to: Transaction,
  context: RulesetContext,
  ready: readonly ServiceRule[],
  notToPod: readonly Buffer[],
): void {
  const endpoints = [
    ...new Set(ready.flatMap((service) => service.endpoints.map((endpoint) => endpoint.address))),
  ];
  to.addSet(
    {
      name: "hairpins",
      id: to.nextSetId(),
      flags: 0,
      keyType: concatType(dataType.ipv4, dataType.ipv4),
      keyLength: 8,
    },
    endpoints.map((endpoint) => ({ key: concat(address(endpoint), address(endpoint)) })),
  );
  to.addChain("leaving", { type: "nat", hook: "postrouting", priority: priority.source });
  to.addRule(
    "leaving",
    track(register.first, "status"),
    mask(register.first, hostU32(connection.translated)),
    compare(register.first, "notEqual", hostU32(0)),
    ipSource(register.first),
    ipDestination(register.second),
    lookup(register.first, { name: "hairpins" }),
    masquerade(),
  );
  to.addRule(
    "leaving",
    ...inRange("source", context.pods, "equal"),
    ...inRange("destination", context.pods, "notEqual"),
    ...notToPod,
    meta(register.first, "outputName"),
    compare(register.first, "notEqual", Buffer.from("lo\0")),
    masquerade(),
  );
}

function inRange(side: "source" | "destination", prefix: Prefix, how: "equal" | "notEqual"): Buffer[] {
  const read = side === "source" ? ipSource(register.first) : ipDestination(register.first);
  return [read, mask(register.first, netmask(prefix)), compare(register.first, how, address(prefix.address))];
}

function netmask(prefix: Prefix): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((0xffffffff << (32 - prefix.length)) >>> 0);
  return bytes;
}
