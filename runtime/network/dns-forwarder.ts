import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect } from "node:net";

export interface Upstream {
  /** IPv4 or IPv6 addresses, asked in order. */
  readonly servers: readonly string[];
  readonly timeoutMs: number;
}

const maxInFlight = 512;
let inFlight = 0;

/**
 * Asks the upstream servers, each once, and returns the first answer under the client's own id.
 *
 * Every query leaves from a fresh random port with a fresh random id, and only an answer from the asked server, on
 * the connected socket, with that id and the same question is taken (RFC 5452 §9).
 *
 * @returns undefined when nobody answered in time, or too many queries wait already.
 */
export async function forwardQuery(
  upstream: Upstream,
  query: Buffer,
  transport: "udp" | "tcp",
): Promise<Buffer | undefined> {
  if (inFlight >= maxInFlight || query.length < 12) return undefined;
  inFlight += 1;
  try {
    for (const server of upstream.servers) {
      const answer = await (transport === "udp" ? askByDatagram : askByStream)(
        server,
        query,
        upstream.timeoutMs,
      );
      if (answer !== undefined) return answer;
    }
    return undefined;
  } finally {
    inFlight -= 1;
  }
}

function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE(id, 0);
  return copy;
}

/** The question section as sent, for comparison: header is 12 bytes, the one question ends 4 bytes after its name. */
function questionOf(message: Buffer): Buffer | undefined {
  let at = 12;
  while (at < message.length && message[at] !== 0) {
    const label = message[at]!;
    if (label > 63) return undefined;
    at += label + 1;
  }
  return at + 5 <= message.length ? message.subarray(12, at + 5) : undefined;
}

function accepts(answer: Buffer, query: Buffer, id: number): boolean {
  if (answer.length < 12 || answer.readUInt16BE(0) !== id || (answer[2]! & 0x80) === 0) return false;
  const asked = questionOf(query);
  const answered = questionOf(answer);
  return (
    asked !== undefined &&
    answered !== undefined &&
    asked.toString("latin1").toLowerCase() === answered.toString("latin1").toLowerCase()
  );
}

function askByDatagram(server: string, query: Buffer, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const id = randomInt(0x10000);
    const socket = createSocket(server.includes(":") ? "udp6" : "udp4");
    let settled = false;
    const finish = (answer: Buffer | undefined) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(undefined), timeoutMs);
    socket.on("error", () => finish(undefined)); // refused, unreachable: the next server is asked
    socket.on("message", (answer) => {
      if (accepts(answer, query, id)) finish(withId(answer, query.readUInt16BE(0)));
    });
    socket.connect(53, server, () => socket.send(withId(query, id)));
  });
}

function askByStream(server: string, query: Buffer, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const id = randomInt(0x10000);
    const socket = connect({ host: server, port: 53 });
    let received = Buffer.alloc(0);
    let settled = false;
    const finish = (answer: Buffer | undefined) => {
      if (settled) return;
      settled = true;
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.on("error", () => finish(undefined));
    socket.on("close", () => finish(undefined));
    socket.on("connect", () => {
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(query.length);
      socket.write(Buffer.concat([prefix, withId(query, id)]));
    });
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const answer = received.subarray(2, 2 + received.readUInt16BE(0));
      finish(accepts(answer, query, id) ? withId(answer, query.readUInt16BE(0)) : undefined);
    });
  });
}
