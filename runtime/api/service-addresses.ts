import type { Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { FieldError } from "../../stdlib/schema/objects.js";

/** Addresses and ports the server hands out to Services. */
export interface ServiceRanges {
  /** First address of the range as a number, and how many there are. */
  readonly firstAddress: number;
  readonly addresses: number;
  /** Addresses of the range that no Service gets: the API server's and the DNS server's. */
  readonly reserved?: readonly string[];
  readonly nodePorts: { readonly first: number; readonly last: number };
}

export class AllocationFailed extends Error {
  readonly error: FieldError;

  constructor(path: string, value: unknown, why: string) {
    super(why);
    this.error = {
      path,
      type: "FieldValueInvalid",
      message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
    };
  }
}

/**
 * Gives a Service what it asks for, or what is free. Kept values stay over an update; a type that has none loses them.
 *
 * The lower part of the address range is left to who asks for a certain address, as upstream does: the offset is a
 * sixteenth of the range, between 16 and 256.
 */
export function allocate(
  service: Service,
  others: readonly Service[],
  ranges: ServiceRanges,
  before: Service | undefined,
): Service {
  const spec = { ...service.spec };
  if (spec.type === "ExternalName") return { ...service, spec };
  const taken = new Set([...others.map((other) => other.spec?.clusterIP), ...(ranges.reserved ?? [])]);
  spec.clusterIP ??= before?.spec?.clusterIP ?? freeAddress(taken, ranges);
  if (spec.clusterIP === "") spec.clusterIP = freeAddress(taken, ranges);
  if (spec.clusterIP !== "None" && spec.clusterIP !== before?.spec?.clusterIP)
    requireFreeAddress(spec.clusterIP, taken, ranges);
  spec.clusterIPs = [spec.clusterIP];

  const withNodePorts = spec.type === "NodePort" || spec.type === "LoadBalancer";
  const takenPorts = new Set(
    others.flatMap((other) => (other.spec?.ports ?? []).map((port) => port.nodePort)),
  );
  spec.ports = (spec.ports ?? []).map((port, index) => {
    const { nodePort, ...rest } = port;
    if (!withNodePorts) return rest;
    const kept = before?.spec?.ports?.find(
      (candidate) => candidate.port === port.port && candidate.protocol === port.protocol,
    )?.nodePort;
    if (nodePort && nodePort !== kept)
      requireFreePort(`spec.ports[${index}].nodePort`, nodePort, takenPorts, ranges);
    const given = nodePort || kept || freePort(takenPorts, ranges);
    takenPorts.add(given);
    return { ...rest, nodePort: given };
  });
  return { ...service, spec };
}

/**
 * An update that leaves out the addresses means to keep them, as upstream takes it: clients send back what they were
 * given to write, not what the server added.
 */
export function keepAllocated(service: Service, before: Service): Service {
  const { clusterIP, clusterIPs } = before.spec ?? {};
  const spec = { ...service.spec };
  if (spec.type === "ExternalName" || !clusterIP) return service;
  if (!spec.clusterIP) spec.clusterIP = clusterIP;
  if ((spec.clusterIPs ?? []).length === 0 && spec.clusterIP === clusterIP && clusterIPs !== undefined)
    spec.clusterIPs = clusterIPs;
  return { ...service, spec };
}

/** Messages: upstream `ipallocator.ErrNotInRange` and `portallocator.ErrNotInRange`. */
function requireFreeAddress(
  address: string,
  taken: ReadonlySet<string | undefined>,
  { addresses, firstAddress }: ServiceRanges,
): void {
  const offset = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) - firstAddress;
  const range = `${format(firstAddress)}/${32 - Math.log2(addresses)}`;
  const why =
    offset <= 0 || offset >= addresses - 1
      ? `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range}`
      : taken.has(address)
        ? "provided IP is already allocated"
        : undefined;
  if (why !== undefined)
    throw new AllocationFailed("spec.clusterIPs[0]", address, `failed to allocate IP: ${why}`);
}

function requireFreePort(
  path: string,
  port: number,
  taken: ReadonlySet<number | undefined>,
  { nodePorts: { first, last } }: ServiceRanges,
): void {
  if (port < first || port > last)
    throw new AllocationFailed(
      path,
      port,
      `provided port is not in the valid range. The range of valid ports is ${first}-${last}`,
    );
  if (taken.has(port)) throw new AllocationFailed(path, port, "provided port is already allocated");
}

function freeAddress(taken: ReadonlySet<string | undefined>, ranges: ServiceRanges): string {
  const offset = Math.min(Math.max(16, Math.floor(ranges.addresses / 16)), 256);
  const order = [...span(offset, ranges.addresses - 1), ...span(1, offset)];
  for (const at of order) {
    const address = format(ranges.firstAddress + at);
    if (!taken.has(address)) return address;
  }
  throw new AllocationFailed("spec.clusterIP", "", "failed to allocate IP: range is full");
}

function freePort(taken: ReadonlySet<number | undefined>, { nodePorts }: ServiceRanges): number {
  const offset = Math.min(Math.max(16, Math.floor((nodePorts.last - nodePorts.first + 1) / 32)), 128);
  const order = [
    ...span(nodePorts.first + offset, nodePorts.last + 1),
    ...span(nodePorts.first, nodePorts.first + offset),
  ];
  const free = order.find((port) => !taken.has(port));
  if (free === undefined)
    throw new AllocationFailed("spec.ports", "", "failed to allocate node port: range is full");
  return free;
}

function span(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function format(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join(".");
}
