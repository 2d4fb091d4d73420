import type { Socket } from "node:net";
import { getSystemErrorName } from "node:util";
import { InfraError } from "../../stdlib/base/errors.js";
import { frame, PayloadReader, protocol } from "./protocol.js";

/** The shim refused or failed. `exitCode` is 127 (program not found), 126 (not executable) or 0 (anything else). */
export class ShimError extends InfraError {
  readonly code = "shim";
  readonly errnoName: string;
  readonly exitCode: number;

  constructor(
    doing: string,
    at: { readonly errno: number; readonly exitCode: number; readonly text: string },
  ) {
    const errnoName = at.errno === 0 ? "" : getSystemErrorName(-at.errno);
    super(
      at.exitCode === 127
        ? at.text
        : `Cannot ${doing}: ${at.text}${errnoName === "" ? "" : `: ${errnoName}`}`,
    );
    this.errnoName = errnoName;
    this.exitCode = at.exitCode;
  }
}

/** The shim went away while something was asked of it. */
export class ShimGone extends InfraError {
  readonly code = "shim-gone";
}

interface Waiting {
  readonly doing: string;
  resolve(payload: PayloadReader): void;
  reject(error: Error): void;
}

/** One connection to a shim: numbered requests with their answers, and events. */
export class ShimConnection {
  readonly socket: Socket;
  onEvent: (type: number, payload: Buffer) => void = () => {};
  onClose: () => void = () => {};
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #received: Buffer = Buffer.alloc(0);
  #closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("error", () => socket.destroy()); // "close" follows and tells everyone
    socket.on("close", () => {
      this.#closed = true;
      for (const { doing, reject } of this.#waiting.values())
        reject(new ShimGone(`Cannot ${doing}: the shim is gone`));
      this.#waiting.clear();
      this.onClose();
    });
  }

  request(doing: string, type: number, payload: Buffer): Promise<PayloadReader> {
    if (this.#closed) return Promise.reject(new ShimGone(`Cannot ${doing}: the shim is gone`));
    if (payload.length > protocol.FRAME_MAX)
      return Promise.reject(new RangeError(`Cannot ${doing}: the request is too large`));
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { doing, resolve, reject });
      this.socket.write(frame(type, number, payload));
    });
  }

  /** A message without answer. False: wait for "drain" before the next. */
  send(type: number, payload: Buffer): boolean {
    return this.#closed || this.socket.write(frame(type, 0, payload));
  }

  close(): void {
    this.socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= protocol.FRAME_HEADER) {
      const end = protocol.FRAME_HEADER + this.#received.readUInt32LE(0);
      if (this.#received.length < end) return;
      const type = this.#received.readUInt16LE(4);
      const number = this.#received.readUInt32LE(8);
      const payload = this.#received.subarray(protocol.FRAME_HEADER, end);
      this.#received = this.#received.subarray(end);
      this.#dispatch(type, number, payload);
    }
  }

  #dispatch(type: number, number: number, payload: Buffer): void {
    if (type !== protocol.ANSWER_OK && type !== protocol.ANSWER_ERROR) return this.onEvent(type, payload);
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    const reader = new PayloadReader(payload);
    if (type === protocol.ANSWER_OK) return waiting?.resolve(reader);
    const [errno, exitCode, text] = [reader.u32(), reader.u32(), reader.text()];
    waiting?.reject(new ShimError(waiting.doing, { errno, exitCode, text }));
  }
}
