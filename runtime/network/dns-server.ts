import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { createServer, type Server, type Socket as TcpSocket } from "node:net";
import dnsPacket from "dns-packet";
import { InfraError } from "../../stdlib/base/errors.js";
import { forwardQuery, type Upstream } from "./dns-forwarder.js";
import type { DnsZone } from "./network.js";

/** The DNS port of the gateway address is taken. */
export class DnsUnavailable extends InfraError {
  readonly code = "dns-unavailable";
}

const port = 53;
/** Seconds; short, because a Service's endpoints change under its name only for headless Services. */
const timeToLive = 5;
/** RFC 6891 and DNS flag day 2020: beyond it a UDP answer is cut and the client comes back over TCP. */
const largestDatagram = 1232;
const tcpIdleMs = 10_000;
const maxTcpClients = 256;
const emptyZone: DnsZone = { addresses: new Map(), services: new Map() };

export interface DnsOptions {
  readonly address: string;
  /** `cluster.local` */
  readonly domain: string;
  readonly upstream: readonly string[];
}

/**
 * Answers for the cluster domain from memory and forwards the rest. Names follow the Kubernetes DNS specification
 * 1.1.0: A for `<service>.<namespace>.svc.<domain>`, SRV for named ports. Listens on the gateway address only, which
 * pods and this host reach and nobody else does.
 */
export class DnsServer {
  readonly #domain: string;
  readonly #upstream: Upstream;
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #clients = new Set<TcpSocket>();
  #zone: DnsZone = emptyZone;

  private constructor(options: DnsOptions) {
    this.#domain = options.domain.toLowerCase();
    this.#upstream = { servers: options.upstream, timeoutMs: 2000 };
    this.#udp = createSocket({ type: "udp4" });
    this.#tcp = createServer((client) => this.#serveTcp(client));
    this.#tcp.maxConnections = maxTcpClients;
  }

  static async listen(options: DnsOptions): Promise<DnsServer> {
    const server = new DnsServer(options);
    try {
      await new Promise<void>((resolve, reject) => {
        server.#udp.once("error", reject);
        server.#udp.bind({ address: options.address, port, exclusive: true }, resolve);
      });
      await new Promise<void>((resolve, reject) => {
        server.#tcp.once("error", reject);
        server.#tcp.listen({ host: options.address, port }, resolve);
      });
    } catch (error) {
      await server.close();
      throw new DnsUnavailable(`Cannot serve DNS on ${options.address}:${port}`, {
        cause: error,
        hint: "Another DNS server listens on all addresses; bind it to its own, or stop it",
      });
    }
    server.#udp.removeAllListeners("error").on("error", () => undefined); // ICMP answers of clients that left
    server.#udp.on("message", (query, from) => void server.#serveUdp(query, from));
    return server;
  }

  setZone(zone: DnsZone): void {
    this.#zone = zone;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await new Promise<void>((resolve) => this.#tcp.close(() => resolve()));
    await new Promise<void>((resolve) => {
      try {
        this.#udp.close(() => resolve());
      } catch {
        resolve(); // never bound: ERR_SOCKET_DGRAM_NOT_RUNNING
      }
    });
  }

  async #serveUdp(query: Buffer, from: RemoteInfo): Promise<void> {
    const answer = await this.answer(query, "udp");
    if (answer !== undefined) this.#udp.send(answer, from.port, from.address);
  }

  #serveTcp(client: TcpSocket): void {
    this.#clients.add(client);
    client.setTimeout(tcpIdleMs, () => client.destroy());
    client.on("error", () => client.destroy());
    client.on("close", () => this.#clients.delete(client));
    let pending = Buffer.alloc(0);
    client.on("data", async (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2) {
        const length = pending.readUInt16BE(0);
        if (pending.length < 2 + length) return;
        const query = pending.subarray(2, 2 + length);
        pending = pending.subarray(2 + length);
        const answer = await this.answer(query, "tcp");
        if (answer === undefined) return void client.destroy();
        const prefix = Buffer.alloc(2);
        prefix.writeUInt16BE(answer.length);
        client.write(Buffer.concat([prefix, answer]));
      }
    });
  }

  /** @returns undefined for what is no query: it gets no answer, so that two servers cannot talk for ever. */
  async answer(bytes: Buffer, transport: "udp" | "tcp"): Promise<Buffer | undefined> {
    let query: dnsPacket.DecodedPacket;
    try {
      query = dnsPacket.decode(bytes);
    } catch {
      return undefined;
    }
    if (query.type !== "query") return undefined;
    const question = query.questions?.[0];
    if (question === undefined || query.questions?.length !== 1)
      return this.#reply(query, { code: responseCode.formatError });
    const name = question.name.toLowerCase().replace(/\.$/, "");
    if (name !== this.#domain && !name.endsWith(`.${this.#domain}`)) {
      const forwarded = await forwardQuery(this.#upstream, bytes, transport);
      return forwarded ?? this.#reply(query, { code: responseCode.serverFailure });
    }
    const found = this.#lookUp(name, question.type);
    const reply = this.#reply(query, {
      code: found === undefined ? responseCode.noSuchName : 0,
      answers: found ?? [],
      authoritative: true,
    });
    if (transport === "udp" && reply.length > largestDatagram) {
      return this.#reply(query, { code: 0, authoritative: true, truncated: true });
    }
    return reply;
  }

  /** @returns undefined when the name does not exist; an empty list when it has no record of the type. */
  #lookUp(name: string, type: string): dnsPacket.Answer[] | undefined {
    const addresses = this.#zone.addresses.get(name);
    const services = this.#zone.services.get(name);
    if (addresses === undefined && services === undefined) return this.#isInnerNode(name) ? [] : undefined;
    if (type === "A") return (addresses ?? []).map((data) => ({ type: "A", name, ttl: timeToLive, data }));
    if (type === "SRV") {
      return (services ?? []).map(({ target, port: targetPort }) => ({
        type: "SRV",
        name,
        ttl: timeToLive,
        data: { target, port: targetPort, priority: 0, weight: 100 },
      }));
    }
    return [];
  }

  /** RFC 8020: a name with names below it exists, if only without records. */
  #isInnerNode(name: string): boolean {
    const below = `.${name}`;
    for (const known of this.#zone.addresses.keys()) if (known.endsWith(below)) return true;
    return name === this.#domain;
  }

  #reply(
    query: dnsPacket.DecodedPacket,
    with_: { code: number; answers?: dnsPacket.Answer[]; authoritative?: boolean; truncated?: boolean },
  ): Buffer {
    const flags =
      with_.code |
      dnsPacket.RECURSION_AVAILABLE |
      (query.flag_rd ? dnsPacket.RECURSION_DESIRED : 0) |
      (with_.authoritative ? dnsPacket.AUTHORITATIVE_ANSWER : 0) |
      (with_.truncated ? dnsPacket.TRUNCATED_RESPONSE : 0);
    return dnsPacket.encode({
      type: "response",
      id: query.id ?? 0,
      flags,
      questions: query.questions ?? [],
      answers: with_.answers ?? [],
    });
  }
}

/** RFC 1035 §4.1.1 RCODE */
const responseCode = { formatError: 1, serverFailure: 2, noSuchName: 3 } as const;
