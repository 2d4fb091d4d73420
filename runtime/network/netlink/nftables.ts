import { attribute, flag, ipv4Bytes, message, nest, text, u8, u32be } from "./message.js";
import type { NetlinkSocket } from "./socket.js";

/**
 * nf_tables over netlink: tables, chains, maps and rules of one transaction.
 *
 * Attribute integers are big-endian. Register data keeps the packet's order for packet fields and the host's order
 * for marks, hash results and connection tracking state. Numbers: linux/netfilter/nf_tables.h.
 */
const subsystem = 10 << 8;
const operation = { newTable: 0, delTable: 2, newChain: 3, newRule: 6, newSet: 9, newElements: 12 } as const;
const batch = { begin: 0x10, end: 0x11 } as const;
const familyIpv4 = 2;

/** Registers: 0 takes verdicts; 8 and up are the four-byte halves of 1 to 4. */
export const register = { verdict: 0, first: 1, second: 9, third: 10 } as const;
const verdictCode = { drop: 0, accept: 1, jump: -3, goto: -4, return: -5 } as const;

export const setFlag = { anonymous: 1, constant: 2, map: 8 } as const;
/** Key and data types only matter to who lists the rules; the kernel compares bytes. */
export const dataType = { ipv4: 7, protocol: 12, port: 13, mark: 19, verdict: 0xffffff00 } as const;

export function concatType(...types: readonly number[]): number {
  return types.reduce((all, type) => (all << 6) | type, 0);
}

export type Expression = Buffer;

function expression(name: string, ...data: readonly Buffer[]): Expression {
  return nest(1, text(1, name), nest(2, ...data));
}

function value(type: number, bytes: Buffer): Buffer {
  return nest(type, attribute(1, bytes));
}

export function verdict(type: number, code: keyof typeof verdictCode, chain?: string): Buffer {
  return nest(type, nest(2, u32be(1, verdictCode[code]), ...(chain === undefined ? [] : [text(2, chain)])));
}

/** Loads header bytes: `base` 1 is the network header, 2 the transport header. */
export function payload(into: number, base: 1 | 2, offset: number, length: number): Expression {
  return expression("payload", u32be(1, into), u32be(2, base), u32be(3, offset), u32be(4, length));
}

export const ipSource = (into: number) => payload(into, 1, 12, 4);
export const ipDestination = (into: number) => payload(into, 1, 16, 4);
export const destinationPort = (into: number) => payload(into, 2, 2, 2);

const metaKey = { inputName: 6, outputName: 7, protocol: 16 } as const;

export function meta(into: number, key: keyof typeof metaKey): Expression {
  return expression("meta", u32be(2, metaKey[key]), u32be(1, into));
}

export function compare(from: number, how: "equal" | "notEqual", bytes: Buffer): Expression {
  return expression("cmp", u32be(1, from), u32be(2, how === "equal" ? 0 : 1), value(3, bytes));
}

export function mask(reg: number, bits: Buffer): Expression {
  return expression(
    "bitwise",
    u32be(1, reg),
    u32be(2, reg),
    u32be(3, bits.length),
    value(4, bits),
    value(5, Buffer.alloc(bits.length)),
  );
}

export function load(into: number, bytes: Buffer): Expression {
  return expression("immediate", u32be(1, into), value(2, bytes));
}

export function decide(code: keyof typeof verdictCode, chain?: string): Expression {
  return expression("immediate", u32be(1, register.verdict), verdict(2, code, chain));
}

/** Looks `from` up; a miss ends the rule. `into` is where a map's data goes, absent for a plain set. */
export function lookup(
  from: number,
  set: { name: string; id?: number },
  into?: number,
  inverted = false,
): Expression {
  return expression(
    "lookup",
    text(1, set.name),
    u32be(2, from),
    ...(into === undefined ? [] : [u32be(3, into)]),
    ...(set.id === undefined ? [] : [u32be(4, set.id)]),
    ...(inverted ? [u32be(5, 1)] : []),
  );
}

/** A random number below `modulus`, host order. */
export function random(into: number, modulus: number): Expression {
  return expression("numgen", u32be(1, into), u32be(2, modulus), u32be(3, 1), u32be(4, 0));
}

export function translateDestination(address: number, port: number): Expression {
  return expression("nat", u32be(1, 1), u32be(2, familyIpv4), u32be(3, address), u32be(5, port));
}

export function masquerade(): Expression {
  return expression("masq");
}

/** TCP gets a reset, all else an ICMP port unreachable. */
export function reject(how: "reset" | "unreachable"): Expression {
  return how === "reset" ? expression("reject", u32be(1, 1)) : expression("reject", u32be(1, 0), u8(2, 3));
}

/** `fib daddr type`: 2 is local. */
export function destinationType(into: number): Expression {
  return expression("fib", u32be(1, into), u32be(2, 3), u32be(3, 2));
}

/** `fib saddr . iif oif`: 0 when the source would not be routed back through the link it came from. */
export function reversePath(into: number): Expression {
  return expression("fib", u32be(1, into), u32be(2, 1), u32be(3, 1 | 8));
}

const trackKey = { state: 0, status: 2 } as const;
export function track(into: number, key: keyof typeof trackKey): Expression {
  return expression("ct", u32be(1, into), u32be(2, trackKey[key]));
}

export function hostU32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number >>> 0);
  return bytes;
}

export function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(port);
  return bytes;
}

/** Concatenated key or data: every part padded to four bytes. */
export function concat(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)])));
}

export const address = ipv4Bytes;

export interface SetElement {
  readonly key: Buffer;
  readonly data?: Buffer;
  /** A verdict map's target chain. */
  readonly goto?: string;
}

export interface SetShape {
  readonly name: string;
  /** For anonymous sets, referred to within the batch; unique there. */
  readonly id: number;
  readonly flags: number;
  readonly keyType: number;
  readonly keyLength: number;
  readonly dataType?: number;
  readonly dataLength?: number;
}

/** Elements go in portions: a netlink attribute's length is 16 bits. */
const elementsPerMessage = 400;

/** Collects one transaction: either the kernel takes all of it or nothing changes. */
export class Transaction {
  readonly #socket: NetlinkSocket;
  readonly #table: string;
  readonly #messages: Buffer[] = [];
  #lastSetId = 0;

  constructor(socket: NetlinkSocket, table: string) {
    this.#socket = socket;
    this.#table = table;
  }

  #add(op: number, flags: number, ...attributes: readonly Buffer[]): void {
    const head = { type: subsystem | op, flags: flag.request | flags, sequence: this.#socket.nextSequence() };
    this.#messages.push(message(head, generic(familyIpv4, 0), ...attributes));
  }

  /** Ids tie a rule to a set of the same batch; they only have to differ within it. */
  nextSetId(): number {
    this.#lastSetId += 1;
    return this.#lastSetId;
  }

  addTable(): void {
    this.#add(operation.newTable, flag.create, text(1, this.#table));
  }

  deleteTable(): void {
    this.#add(operation.delTable, 0, text(1, this.#table));
  }

  addChain(
    name: string,
    hook?: {
      type: "nat" | "filter";
      hook: "prerouting" | "input" | "forward" | "output" | "postrouting";
      priority: number;
    },
  ): void {
    const hooks = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 };
    const base =
      hook === undefined
        ? []
        : [nest(4, u32be(1, hooks[hook.hook]), u32be(2, hook.priority)), u32be(5, 1), text(7, hook.type)];
    this.#add(operation.newChain, flag.create, text(1, this.#table), text(3, name), ...base);
  }

  addRule(chain: string, ...expressions: readonly Expression[]): void {
    this.#add(
      operation.newRule,
      flag.create | flag.append,
      text(1, this.#table),
      text(2, chain),
      nest(4, ...expressions),
    );
  }

  addSet(shape: SetShape, elements: readonly SetElement[]): void {
    const data =
      shape.dataType === undefined ? [] : [u32be(6, shape.dataType), u32be(7, shape.dataLength ?? 0)];
    this.#add(
      operation.newSet,
      flag.create,
      text(1, this.#table),
      text(2, shape.name),
      u32be(3, shape.flags),
      u32be(4, shape.keyType),
      u32be(5, shape.keyLength),
      ...data,
      u32be(10, shape.id),
    );
    for (let at = 0; at < elements.length; at += elementsPerMessage) {
      const list = elements
        .slice(at, at + elementsPerMessage)
        .map((element) =>
          nest(
            1,
            value(1, element.key),
            ...(element.data === undefined ? [] : [value(2, element.data)]),
            ...(element.goto === undefined ? [] : [verdict(2, "goto", element.goto)]),
          ),
        );
      this.#add(
        operation.newElements,
        flag.create,
        text(1, this.#table),
        text(2, shape.name),
        u32be(4, shape.id),
        nest(3, ...list),
      );
    }
  }

  /** Only failures are answered; the kernel has committed when this resolves. */
  async commit(doing: string, tolerate: readonly string[] = []): Promise<void> {
    const frame = (type: number) =>
      message({ type, flags: flag.request, sequence: this.#socket.nextSequence() }, generic(0, 10));
    await this.#socket.request(doing, [frame(batch.begin), ...this.#messages, frame(batch.end)], tolerate);
  }
}

/** struct nfgenmsg: family, version 0, resource id (big-endian). */
function generic(family: number, resource: number): Buffer {
  return Buffer.from([family, 0, resource >> 8, resource & 0xff]);
}
