/** The daemon's half of runtime/shim/protocol.h; a test holds the two equal. */
export const protocol = {
  FRAME_HEADER: 12,
  FRAME_MAX: 1048576,
  REQUEST_SETUP: 1,
  REQUEST_CREATE: 2,
  REQUEST_START: 3,
  REQUEST_KILL: 4,
  REQUEST_REMOVE: 5,
  REQUEST_REOPEN: 6,
  REQUEST_LIST: 7,
  REQUEST_SHUTDOWN: 8,
  REQUEST_EXEC: 9,
  REQUEST_STDIN: 10,
  REQUEST_STDIN_END: 11,
  REQUEST_RESIZE: 12,
  REQUEST_EXEC_KILL: 13,
  ANSWER_OK: 64,
  ANSWER_ERROR: 65,
  EVENT_EXIT: 66,
  EVENT_STDOUT: 67,
  EVENT_STDERR: 68,
  EVENT_EXEC_EXIT: 69,
  NETWORK_HOST: 0,
  NETWORK_LINK: 1,
  NETWORK_NONE: 2,
  FLAG_TTY: 1,
  FLAG_STDIN: 2,
  FLAG_ROOT_READONLY: 1,
  FLAG_ROOT_VOLATILE: 2,
} as const;

/** Builds a payload field by field. */
export class PayloadWriter {
  readonly #parts: Buffer[] = [];

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32LE(value | 0);
    this.#parts.push(part);
    return this;
  }

  u64(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(value);
    this.#parts.push(part);
    return this;
  }

  /** @throws {TypeError} for a NUL inside, which would end the string early on the other side. */
  text(value: string): this {
    if (value.includes("\0"))
      throw new TypeError(`Cannot send a string with a NUL: ${JSON.stringify(value)}`);
    const bytes = Buffer.from(`${value}\0`);
    return this.u32(bytes.length).raw(bytes);
  }

  list(values: readonly string[]): this {
    this.u32(values.length);
    for (const value of values) this.text(value);
    return this;
  }

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Reads a payload field by field; a short one throws RangeError. */
export class PayloadReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  u64(): number {
    this.#at += 8;
    return Number(this.#bytes.readBigUInt64LE(this.#at - 8));
  }

  text(): string {
    const length = this.u32();
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at - 1);
  }
}

export function frame(type: number, request: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(protocol.FRAME_HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt32LE(request, 8);
  return Buffer.concat([header, payload]);
}
