import { attribute, flag, ipv4Bytes, message, parseAttributes, text, u32le } from "./message.js";
import type { NetlinkSocket } from "./socket.js";

/** rtnetlink(7) for what an instance needs of its host: addresses and routes on `lo`, links by name. IPv4. */
const type = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  newAddress: 20,
  delAddress: 21,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
} as const;
const family = 2;
const loopbackIndex = 1;
const routeType = { unicast: 1, unreachable: 7 } as const;
const scope = { universe: 0, link: 253 } as const;
const mainTable = 254;
const protocolStatic = 4;

export interface Prefix {
  readonly address: string;
  readonly length: number;
}

export interface Route {
  readonly destination: Prefix;
  /** Index of the outgoing link; undefined for unreachable and the like. */
  readonly link: number | undefined;
}

function linkBody(index: number, flags: number, change: number): Buffer {
  const body = Buffer.alloc(16);
  body.writeInt32LE(index, 4);
  body.writeUInt32LE(flags, 8);
  body.writeUInt32LE(change, 12);
  return body;
}

export async function bringLoopbackUp(socket: NetlinkSocket): Promise<void> {
  const head = { type: type.newLink, flags: flag.request | flag.ack, sequence: socket.nextSequence() };
  await socket.request("Cannot bring lo up", [message(head, linkBody(loopbackIndex, 1, 1))]);
}

function addressMessage(socket: NetlinkSocket, operation: number, flags: number, address: string): Buffer {
  const body = Buffer.from([family, 32, 0, scope.universe, loopbackIndex, 0, 0, 0]);
  const bytes = ipv4Bytes(address);
  const head = { type: operation, flags: flag.request | flag.ack | flags, sequence: socket.nextSequence() };
  return message(head, body, attribute(2, bytes), attribute(1, bytes));
}

/** Adds a /32 to `lo`; there already is fine. */
export async function addLoopbackAddress(socket: NetlinkSocket, address: string): Promise<void> {
  const add = addressMessage(socket, type.newAddress, flag.create | flag.exclusive, address);
  await socket.request(`Cannot add ${address} to lo`, [add], ["EEXIST"]);
}

export async function removeLoopbackAddress(socket: NetlinkSocket, address: string): Promise<void> {
  const remove = addressMessage(socket, type.delAddress, 0, address);
  await socket.request(`Cannot remove ${address} from lo`, [remove], ["EADDRNOTAVAIL"]);
}

function routeBody(to: Prefix, kind: number, reach: number): Buffer {
  const body = Buffer.from([family, to.length, 0, 0, mainTable, protocolStatic, reach, kind]);
  return Buffer.concat([body, Buffer.alloc(4)]);
}

/**
 * Routes a range to `lo` with `source` as the preferred source. The Service range must be unicast: a blackhole
 * answers EINVAL and an unreachable route EHOSTUNREACH before translation in `output` is seen.
 */
export async function routeToLoopback(socket: NetlinkSocket, to: Prefix, source: string): Promise<void> {
  const head = {
    type: type.newRoute,
    flags: flag.request | flag.ack | flag.create | flag.replace,
    sequence: socket.nextSequence(),
  };
  await socket.request(`Cannot route ${to.address}/${to.length} to lo`, [
    message(
      head,
      routeBody(to, routeType.unicast, scope.link),
      attribute(1, ipv4Bytes(to.address)),
      u32le(4, loopbackIndex),
      attribute(7, ipv4Bytes(source)),
    ),
  ]);
}

/** Packets for addresses of the range that nobody has must not leave by the default route. */
export async function routeUnreachable(socket: NetlinkSocket, to: Prefix): Promise<void> {
  const head = {
    type: type.newRoute,
    flags: flag.request | flag.ack | flag.create | flag.replace,
    sequence: socket.nextSequence(),
  };
  await socket.request(`Cannot close off ${to.address}/${to.length}`, [
    message(head, routeBody(to, routeType.unreachable, scope.universe), attribute(1, ipv4Bytes(to.address))),
  ]);
}

export async function removeRoute(socket: NetlinkSocket, to: Prefix): Promise<void> {
  const body = routeBody(to, 0, 255); // 255: any scope
  body[5] = 0; // any protocol
  const head = { type: type.delRoute, flags: flag.request | flag.ack, sequence: socket.nextSequence() };
  await socket.request(
    `Cannot remove the route to ${to.address}/${to.length}`,
    [message(head, body, attribute(1, ipv4Bytes(to.address)))],
    ["ESRCH"],
  );
}

/** IPv4 routes of the main table. */
export async function listRoutes(socket: NetlinkSocket): Promise<Route[]> {
  const body = Buffer.alloc(12);
  body[0] = family;
  const head = { type: type.getRoute, flags: flag.request | flag.dump, sequence: socket.nextSequence() };
  const routes: Route[] = [];
  for (const answer of await socket.request("Cannot list routes", [message(head, body)])) {
    const attributes = parseAttributes(answer.body.subarray(12));
    const table = attributes.get(15)?.readUInt32LE(0) ?? answer.body[4];
    if (table !== mainTable) continue;
    const destination = attributes.get(1);
    routes.push({
      destination: {
        address: destination === undefined ? "0.0.0.0" : [...destination].join("."),
        length: answer.body[1]!,
      },
      link: attributes.get(4)?.readInt32LE(0),
    });
  }
  return routes;
}

/** Names of all links in the namespace. */
export async function listLinks(socket: NetlinkSocket): Promise<string[]> {
  const head = { type: type.getLink, flags: flag.request | flag.dump, sequence: socket.nextSequence() };
  const names: string[] = [];
  for (const answer of await socket.request("Cannot list links", [message(head, linkBody(0, 0, 0))])) {
    const name = parseAttributes(answer.body.subarray(16)).get(3);
    if (name !== undefined) names.push(name.toString("utf8").replace(/\0.*$/, ""));
  }
  return names;
}

/** Deletes a link by name; its peer goes with it. Gone already is fine. */
export async function removeLink(socket: NetlinkSocket, name: string): Promise<void> {
  const head = { type: type.delLink, flags: flag.request | flag.ack, sequence: socket.nextSequence() };
  await socket.request(
    `Cannot remove link ${name}`,
    [message(head, linkBody(0, 0, 0), text(3, name))],
    ["ENODEV"],
  );
}
