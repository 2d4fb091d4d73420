import { SpdyError } from "./header-block.js";

/** One frame of SPDY/3.1. `payload` of a control frame begins after its eight bytes of header. */
export type Frame =
  | { readonly control: false; readonly stream: number; readonly fin: boolean; readonly payload: Buffer }
  | { readonly control: true; readonly type: number; readonly flags: number; readonly payload: Buffer };

/** Types of control frames that are told apart; others are skipped. */
export const frameTypes = { synStream: 1, synReply: 2, reset: 3, ping: 6 } as const;

export const finFlag = 0x01;

const headerBytes = 8;
const controlBit = 0x8000_0000;
const version = 3;
/** Peers write what one read gave them; more is a mistake or worse. */
const maxPayloadBytes = 4 * 1024 * 1024;

/** Cuts a byte stream into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the frames that are complete now. @throws {SpdyError} */
  push(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    while (this.#rest.length >= headerBytes) {
      const length = this.#rest.readUInt32BE(4) & 0xff_ffff;
      if (length > maxPayloadBytes) throw new SpdyError(`a frame of ${length} bytes`);
      if (this.#rest.length < headerBytes + length) break;
      frames.push(parseFrame(this.#rest.subarray(0, headerBytes + length)));
      this.#rest = this.#rest.subarray(headerBytes + length);
    }
    return frames;
  }
}

function parseFrame(bytes: Buffer): Frame {
  const first = bytes.readUInt32BE(0);
  const flags = bytes[4] ?? 0;
  const payload = bytes.subarray(headerBytes);
  if (first < controlBit) return { control: false, stream: first, fin: (flags & finFlag) !== 0, payload };
  const spoken = (first >>> 16) & 0x7fff;
  if (spoken !== version) throw new SpdyError(`version ${spoken} instead of ${version}`);
  return { control: true, type: first & 0xffff, flags, payload };
}

export function dataFrame(stream: number, fin: boolean, payload: Uint8Array): Buffer {
  return Buffer.concat([header(stream, fin ? finFlag : 0, payload.length), payload]);
}

export function controlFrame(type: number, payload: Uint8Array): Buffer {
  return Buffer.concat([header((controlBit | (version << 16) | type) >>> 0, 0, payload.length), payload]);
}

function header(first: number, flags: number, length: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32BE(first, 0);
  bytes.writeUInt32BE(((flags << 24) | length) >>> 0, 4);
  return bytes;
}

/** Stream id, then what follows it. */
export function withStream(stream: number, payload: Uint8Array): Buffer {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(stream);
  return Buffer.concat([id, payload]);
}

/** @throws {SpdyError} when the payload is too short to have one. */
export function streamOf(payload: Buffer, least: number): number {
  if (payload.length < least) throw new SpdyError("a control frame is too short");
  return payload.readUInt32BE(0) & 0x7fff_ffff;
}
