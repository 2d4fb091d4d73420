import { Duplex } from "node:stream";
import {
  controlFrame,
  dataFrame,
  type Frame,
  FrameReader,
  finFlag,
  frameTypes,
  streamOf,
  withStream,
} from "./frames.js";
import { HeaderBlocks, type Headers, SpdyError } from "./header-block.js";

/** RST_STREAM status: the stream is no longer needed. */
const cancel = 5;
/** SYN_STREAM has this before its headers: stream, associated stream, priority and slot. */
const synStreamBytes = 10;

/** Writes a frame; `done` when it is handed on. */
type Send = (frame: Buffer, done: (error?: Error | null) => void) => void;

/** One stream of a connection; ends and closes on each side by itself, as a socket with half-open ends does. */
class SpdyStream extends Duplex {
  readonly #id: number;
  readonly #send: Send;
  #wanted: (() => void) | undefined;

  constructor(id: number, send: Send) {
    super({ allowHalfOpen: true });
    this.#id = id;
    this.#send = send;
  }

  /** Resolves when the reader wants more. */
  async receive(data: Buffer): Promise<void> {
    if (this.destroyed || this.push(data)) return;
    await new Promise<void>((resolve) => {
      this.#wanted = resolve;
    });
  }

  override _read(): void {
    this.#wanted?.();
    this.#wanted = undefined;
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error | null) => void): void {
    this.#send(dataFrame(this.#id, false, chunk), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send(dataFrame(this.#id, true, Buffer.alloc(0)), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wanted?.();
    const ended = this.readableEnded && this.writableFinished;
    if (ended) return done(error);
    this.#send(controlFrame(frameTypes.reset, withStream(this.#id, Buffer.from([0, 0, 0, cancel]))), () =>
      done(error),
    );
  }
}

/**
 * The server's side of a SPDY/3.1 connection in which the client opens all streams. There is no flow control, as with
 * Go's `spdystream`: a stream whose reader is slow holds up the others.
 *
 * Resolves when the transport ends; rejects with a {@link SpdyError} when the peer speaks something else.
 */
export async function serveSpdy(
  transport: Duplex,
  onStream: (stream: Duplex, headers: Headers) => void,
): Promise<void> {
  const reader = new FrameReader();
  const headers = new HeaderBlocks();
  const streams = new Map<number, SpdyStream>();
  const send: Send = (frame, done) => {
    if (transport.writable) transport.write(frame, done);
    else done();
  };
  const handle = async (frame: Frame): Promise<void> => {
    if (!frame.control) {
      const stream = streams.get(frame.stream);
      if (frame.payload.length > 0) await stream?.receive(frame.payload);
      if (frame.fin) stream?.push(null);
    } else if (frame.type === frameTypes.synStream) {
      const id = streamOf(frame.payload, synStreamBytes);
      const given = await headers.read(frame.payload.subarray(synStreamBytes));
      if (streams.has(id)) throw new SpdyError(`stream ${id} is opened twice`);
      const stream = new SpdyStream(id, send);
      streams.set(id, stream);
      stream.once("close", () => streams.delete(id));
      const reply = withStream(id, await headers.write(new Map()));
      send(controlFrame(frameTypes.synReply, reply), () => undefined);
      onStream(stream, given);
      if ((frame.flags & finFlag) !== 0) stream.push(null);
    } else if (frame.type === frameTypes.reset) streams.get(streamOf(frame.payload, 8))?.destroy();
    else if (frame.type === frameTypes.ping)
      send(controlFrame(frameTypes.ping, frame.payload), () => undefined);
  };
  try {
    for await (const chunk of transport as AsyncIterable<Buffer>)
      for (const frame of reader.push(chunk)) await handle(frame);
  } finally {
    for (const stream of streams.values()) stream.destroy();
    headers.close();
    transport.destroy();
  }
}
