/**
 * Netlink messages as bytes (netlink(7)): a header, a fixed body, then attributes padded to four bytes.
 * Header fields and rtnetlink integers have the host's order (little-endian on every platform we ship for);
 * nfnetlink attributes are big-endian, so callers choose.
 */
export const flag = {
  request: 0x1,
  ack: 0x4,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
  dump: 0x300,
} as const;

const headerLength = 16;
const nested = 0x8000;

/** One attribute: type and payload. `u16` length field: payloads stay below 65,532 bytes. */
export function attribute(type: number, payload: Buffer): Buffer {
  const length = 4 + payload.length;
  if (length > 0xffff)
    throw new RangeError(`A netlink attribute of ${length} bytes does not fit its length field`);
  const bytes = Buffer.alloc(align(length));
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(type, 2);
  payload.copy(bytes, 4);
  return bytes;
}

export function nest(type: number, ...children: readonly Buffer[]): Buffer {
  return attribute(type | nested, Buffer.concat(children));
}

export function text(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`));
}

export function u8(type: number, value: number): Buffer {
  return attribute(type, Buffer.from([value]));
}

export function u32le(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return attribute(type, bytes);
}

export function u32be(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return attribute(type, bytes);
}

/** A whole message. `sequence` is echoed in answers. */
export function message(
  head: { type: number; flags: number; sequence: number },
  ...parts: readonly Buffer[]
): Buffer {
  const body = Buffer.concat(parts);
  const bytes = Buffer.alloc(headerLength + align(body.length));
  bytes.writeUInt32LE(headerLength + body.length, 0);
  bytes.writeUInt16LE(head.type, 4);
  bytes.writeUInt16LE(head.flags, 6);
  bytes.writeUInt32LE(head.sequence, 8);
  body.copy(bytes, headerLength);
  return bytes;
}

export interface Answer {
  readonly type: number;
  readonly sequence: number;
  readonly body: Buffer;
}

/** Splits what the kernel answered into messages. Trailing or short messages end the list. */
export function* parseAnswers(bytes: Buffer): Generator<Answer> {
  for (let at = 0; at + headerLength <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < headerLength || at + length > bytes.length) return;
    yield {
      type: bytes.readUInt16LE(at + 4),
      sequence: bytes.readUInt32LE(at + 8),
      body: bytes.subarray(at + headerLength, at + length),
    };
    at += align(length);
  }
}

/** Attributes of a body, by type without the nested bit; the last of a type wins. */
export function parseAttributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) break;
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
}

export function ipv4Bytes(address: string): Buffer {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new TypeError(`"${address}" is no IPv4 address`);
  }
  return Buffer.from(parts);
}

function align(length: number): number {
  return (length + 3) & ~3;
}
