import type { Prefix, Route } from "./netlink/route.js";

/** Addresses one instance uses. A slot number tells instances on one host apart. */
export interface Ranges {
  readonly pods: Prefix;
  readonly services: Prefix;
  /** First pod address; on the host's `lo`. */
  readonly gateway: string;
  /** Service addresses by convention: `.1` the API server, `.10` DNS. */
  readonly apiService: string;
  readonly dnsService: string;
}

export const slotCount = 16;
const podBlocks = [71, 72, 73, 171, 172] as const; // second byte of 10.x.0.0/16
const serviceBlocks = [96, 97, 98, 196, 197] as const;
const prefixLength = 20; // sixteen slots of 4,096 addresses in each /16

/**
 * The first pair of ranges for the slot that no existing route touches. A default route does not count.
 * @returns undefined when all candidates overlap with what the host already routes.
 */
export function chooseRanges(slot: number, routes: readonly Route[]): Ranges | undefined {
  const free = (block: number): Prefix | undefined => {
    const prefix = { address: `10.${block}.${slot * 16}.0`, length: prefixLength };
    return routes.some((route) => route.destination.length > 0 && overlaps(route.destination, prefix))
      ? undefined
      : prefix;
  };
  const pods = firstDefined(podBlocks, free);
  const services = firstDefined(serviceBlocks, free);
  return pods === undefined || services === undefined ? undefined : rangesOf(pods, services);
}

export function rangesOf(pods: Prefix, services: Prefix): Ranges {
  return {
    pods,
    services,
    gateway: addressAt(pods, 1),
    apiService: addressAt(services, 1),
    dnsService: addressAt(services, 10),
  };
}

export function addressAt(prefix: Prefix, offset: number): string {
  return formatAddress(parseAddress(prefix.address) + offset);
}

/** Addresses in the prefix, network and broadcast included. */
export function sizeOf(prefix: Prefix): number {
  return 2 ** (32 - prefix.length);
}

export function contains(prefix: Prefix, address: string): boolean {
  const offset = parseAddress(address) - parseAddress(prefix.address);
  return offset >= 0 && offset < sizeOf(prefix);
}

export function overlaps(a: Prefix, b: Prefix): boolean {
  return contains(a, b.address) || contains(b, a.address);
}

export function parseAddress(text: string): number {
  return text.split(".").reduce((all, part) => all * 256 + Number(part), 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join(".");
}

function firstDefined<T, R>(items: readonly T[], pick: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const picked = pick(item);
    if (picked !== undefined) return picked;
  }
  return undefined;
}
