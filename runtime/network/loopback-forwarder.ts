import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Clock, Timer } from "../../stdlib/base/clock.js";
import type { ServiceRule } from "./network.js";

type Endpoint = ServiceRule["endpoints"][number];

/** What became of a node port on 127.0.0.1: `inUse` when another program holds it, undefined once it could be opened. */
export type NodePortHandler = (service: string, port: number, inUse: Error | undefined) => void;

/** A port another program holds is tried again after this, for as long as a Service wants it. */
const retryMs = 2000;

/**
 * Node ports on 127.0.0.1.
 *
 * The kernel refuses to translate a loopback source to a pod without `route_localnet`, which would open the host's
 * own loopback services to pods. So TCP to `localhost:<node port>` is forwarded here, and holding the port keeps a
 * second instance or a stray program from being shadowed by our rules in silence. UDP ports are only held.
 */
export class LoopbackForwarder {
  /** Told when a port is found in use, once, and when it no longer is. */
  onNodePort: NodePortHandler = () => {};
  readonly #clock: Clock;
  readonly #open = new Map<string, { endpoints: readonly Endpoint[]; close: () => Promise<void> }>();
  /** Ports whose trouble was told. */
  readonly #inUse = new Set<string>();
  #services: readonly ServiceRule[] = [];
  #applying: Promise<void> = Promise.resolve();
  #retry: Timer | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  apply(services: readonly ServiceRule[]): Promise<void> {
    this.#services = services;
    this.#applying = this.#applying.then(() => this.#apply());
    return this.#applying;
  }

  async #apply(): Promise<void> {
    if (this.#closed) return;
    this.#retry?.cancel();
    const services = this.#services;
    const wanted = new Map(
      services
        .filter((service) => service.nodePort !== undefined)
        .map((service) => [`${service.protocol}:${service.nodePort}`, service]),
    );
    for (const [key, listener] of this.#open) {
      const service = wanted.get(key);
      if (service === undefined) {
        this.#open.delete(key);
        await listener.close();
      } else {
        listener.endpoints = service.endpoints;
      }
    }
    for (const [key, service] of wanted) {
      if (this.#open.has(key) || service.nodePort === undefined) continue;
      try {
        const listener =
          service.protocol === "UDP"
            ? await holdDatagramPort(service.nodePort)
            : await this.#forward(key, service.nodePort);
        this.#open.set(key, { endpoints: service.endpoints, close: listener });
        if (this.#inUse.delete(key)) this.onNodePort(service.id, service.nodePort, undefined);
      } catch (error) {
        if (!this.#inUse.has(key)) this.onNodePort(service.id, service.nodePort, error as Error);
        this.#inUse.add(key);
      }
    }
    for (const key of this.#inUse) if (!wanted.has(key)) this.#inUse.delete(key);
    if (this.#inUse.size > 0)
      this.#retry = this.#clock.setTimer(retryMs, () => void this.apply(this.#services));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await this.#applying;
    const listeners = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  async #forward(key: string, port: number): Promise<() => Promise<void>> {
    const sockets = new Set<Socket>();
    let turn = 0;
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const endpoints = this.#open.get(key)?.endpoints ?? [];
      const endpoint = endpoints[turn++ % Math.max(endpoints.length, 1)];
      if (endpoint === undefined) {
        client.resetAndDestroy();
        return;
      }
      const upstream = connect({ host: endpoint.address, port: endpoint.port, allowHalfOpen: true });
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from);
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
        from.on("error", () => to.resetAndDestroy()); // the other side learns it the way TCP would tell it
      }
      client.pipe(upstream);
      upstream.pipe(client);
    });
    await listen(server, port);
    return async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    };
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, backlog: 256 }, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

async function holdDatagramPort(port: number): Promise<() => Promise<void>> {
  const socket: DatagramSocket = createSocket({ type: "udp4", reuseAddr: false });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: "127.0.0.1", port, exclusive: true }, resolve);
  });
  return () => new Promise<void>((resolve) => socket.close(() => resolve()));
}
