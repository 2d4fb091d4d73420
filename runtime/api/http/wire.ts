/** Bytes that are no protobuf message, or not the one expected. */
export class WireError extends Error {}

/** A number as its unsigned 64 bits, or the bytes of text or of a message. */
export type Value = bigint | Buffer;

/**
 * The fields of one protobuf message, in order, without their meaning.
 *
 * Source: protobuf.dev, "Encoding". Groups are refused; the API has none.
 */
export class WireReader implements Iterable<{ readonly number: number; readonly value: Value }> {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Numbers that are one after the other, without tags. */
  static packed(bytes: Buffer): bigint[] {
    const reader = new WireReader(bytes);
    const values: bigint[] = [];
    while (reader.#at < bytes.length) values.push(reader.#varint());
    return values;
  }

  *[Symbol.iterator](): Iterator<{ readonly number: number; readonly value: Value }> {
    while (this.#at < this.#bytes.length) {
      const tag = Number(this.#varint());
      yield { number: Math.floor(tag / 8), value: this.#value(tag % 8) };
    }
  }

  #value(wireType: number): Value {
    if (wireType === 0) return this.#varint();
    if (wireType === 1) return this.#take(8).readBigUInt64LE();
    if (wireType === 2) return this.#take(Number(this.#varint()));
    if (wireType === 5) return BigInt(this.#take(4).readUInt32LE());
    throw new WireError(`wire type ${wireType}`);
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new WireError("it ends within a number");
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError("a number of more than 64 bits");
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new WireError("it ends within a field");
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }
}
