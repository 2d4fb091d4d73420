import * as lsp from "vscode-languageserver/node";
import { areParams } from "./params.js";

/** A header is two short lines; what is longer is none. */
const longestHeaderBytes = 8 * 1024;
/** No document of a person is larger, escaped as JSON. */
const largestMessageBytes = 128 * 1024 * 1024;

/** Messages that are read before their turn: one of them may cancel another. */
const mostAhead = 64;

/** Why something that came in is no message, in the protocol's own error codes. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/**
 * Messages of a stream, each behind a header with its length. What is in a sound frame and no message is refused, and
 * reading goes on. Where a frame itself is wrong nobody knows where the next one begins: that ends the reading.
 *
 * Instead of the reader of `vscode-jsonrpc`, which waits for ever after a wrong header, and takes any length on trust.
 */
export class FrameReader extends lsp.AbstractMessageReader {
  readonly #input: NodeJS.ReadableStream;
  readonly #refuse: (refusal: Refusal) => Promise<void>;
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes of the message whose header was read. */
  #wanted: number | undefined;
  #ended = false;
  /** Messages that were handed over and most likely not looked at yet: the connection takes one a turn. */
  #ahead = 0;
  #held = false;
  #handOver = () => {};

  /** @param refuse - tells the other end; done when that is written. */
  constructor(input: NodeJS.ReadableStream, refuse: (refusal: Refusal) => Promise<void>) {
    super();
    this.#input = input;
    this.#refuse = refuse;
  }

  listen(take: lsp.DataCallback): lsp.Disposable {
    const turn = () => {
      this.#ahead -= 1;
      if (this.#ahead > 0) setImmediate(turn);
      handOver();
    };
    const handOver = () => {
      if (this.#ended) return;
      while (!this.#ended && !this.#isFull && this.#next(take)) {
        this.#ahead += 1;
        if (this.#ahead === 1) setImmediate(turn);
      }
      if (this.#isFull) this.#input.pause();
      else if (this.#input.isPaused()) this.#input.resume();
    };
    const read = (chunk: Buffer) => {
      if (this.#ended) return;
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      handOver();
    };
    this.#handOver = handOver;
    const end = () => this.#end();
    this.#input.on("data", read);
    this.#input.on("end", end);
    this.#input.on("close", end);
    this.#input.on("error", end);
    return lsp.Disposable.create(() => this.#input.off("data", read));
  }

  override dispose(): void {
    super.dispose();
    this.#stop();
  }

  /** Nothing further is asked for while the other end does not take what it is given. */
  hold(isHeld: boolean): void {
    this.#held = isHeld;
    this.#handOver();
  }

  get #isFull(): boolean {
    return this.#held || this.#ahead >= mostAhead;
  }

  /** @returns whether there was another one. */
  #next(take: lsp.DataCallback): boolean {
    if (this.#wanted === undefined && !this.#header()) return false;
    if (this.#wanted === undefined || this.#size < this.#wanted) return false;
    const content = this.#take(this.#wanted);
    this.#wanted = undefined;
    const message = this.#message(content);
    if (message !== undefined) take(message);
    return true;
  }

  /** @returns whether the header is whole. */
  #header(): boolean {
    const bytes = this.#joined();
    const end = bytes.subarray(0, longestHeaderBytes).indexOf("\r\n\r\n");
    if (end < 0) {
      if (this.#size > longestHeaderBytes) this.#break("a header does not end");
      return false;
    }
    const header = this.#take(end + 4).toString("latin1");
    const [, digits = ""] = /^Content-Length: *(\d+)$/im.exec(header.replaceAll("\r\n", "\n")) ?? [];
    const length = Number(digits);
    if (digits === "") this.#break("a header has no Content-Length that is a number");
    else if (length > largestMessageBytes) this.#break(`a message of ${digits} bytes is too large`);
    else this.#wanted = length;
    return !this.#ended;
  }

  #message(content: Buffer): lsp.Message | undefined {
    let message: unknown;
    try {
      message = JSON.parse(content.toString("utf8"));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      void this.#refuse({ code: lsp.ErrorCodes.ParseError, text: `A message is no JSON: ${error.message}` });
      return undefined;
    }
    const { Message } = lsp;
    if (typeof message === "object" && message !== null) {
      const known = message as lsp.Message;
      // The connection itself takes these, and expects what they have.
      const isOwn = Message.isNotification(known) && known.method.startsWith("$/");
      if (isOwn ? areParams(known.method, known.params) : isKnown(known)) return known;
    }
    const text = "A message is neither a request, a notification nor a response";
    void this.#refuse({ code: lsp.ErrorCodes.InvalidRequest, text });
    return undefined;
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #take(bytes: number): Buffer {
    const joined = this.#joined();
    this.#chunks = bytes < joined.length ? [joined.subarray(bytes)] : [];
    this.#size = joined.length - bytes;
    return joined.subarray(0, bytes);
  }

  #break(why: string): void {
    this.#stop();
    const close = () => this.fireClose();
    this.#refuse({ code: lsp.ErrorCodes.ParseError, text: `The input cannot be read on: ${why}` }).then(
      close,
      close, // nobody is there to be told
    );
  }

  #end(): void {
    if (this.#ended) return;
    this.#stop();
    this.fireClose();
  }

  #stop(): void {
    this.#ended = true;
    this.#chunks = [];
  }
}

function isKnown(message: lsp.Message): boolean {
  const { Message } = lsp;
  return Message.isRequest(message) || Message.isNotification(message) || Message.isResponse(message);
}

/** Answers that may wait for the other end to read them. */
const mostWaiting = 16;

/** Writes messages, and says when more wait for the other end than it takes. */
export class FrameWriter extends lsp.StreamMessageWriter {
  readonly #hold: (isHeld: boolean) => void;
  #waiting = 0;

  constructor(output: NodeJS.WritableStream, hold: (isHeld: boolean) => void) {
    super(output);
    this.#hold = hold;
  }

  override async write(message: lsp.Message): Promise<void> {
    this.#waiting += 1;
    if (this.#waiting === mostWaiting) this.#hold(true);
    try {
      await super.write(message);
    } finally {
      if (this.#waiting === mostWaiting) this.#hold(false);
      this.#waiting -= 1;
    }
  }
}

/** A response to what had no id that could be read. */
export function refusalMessage({ code, text }: Refusal): lsp.ResponseMessage {
  return { jsonrpc: "2.0", id: null, error: { code, message: text } };
}
