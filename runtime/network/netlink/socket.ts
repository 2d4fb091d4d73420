import { getSystemErrorName } from "node:util";
import { SyscallError } from "../../../stdlib/base/errors.js";
import { type Answer, parseAnswers } from "./message.js";

/** The three addon functions this needs; `runtime/kernel/native.ts` supplies them. */
export interface NetlinkNative {
  netlinkOpen(protocol: number): number;
  netlinkTransact(fd: number, request: Buffer): Promise<Buffer>;
  netlinkClose(fd: number): void;
}

export const protocol = { route: 0, netfilter: 12 } as const;
const messageType = { error: 2, done: 3 } as const;

/** One netlink socket; requests queue behind each other. The socket stays in the namespace it was opened in. */
export class NetlinkSocket {
  readonly #native: NetlinkNative;
  readonly #fd: number;
  #tail: Promise<unknown> = Promise.resolve();
  #sequence = 0;
  #closed = false;

  constructor(native: NetlinkNative, kind: keyof typeof protocol) {
    this.#native = native;
    this.#fd = native.netlinkOpen(protocol[kind]);
  }

  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  /**
   * Sends messages in one datagram and returns the data answers.
   * @throws {SyscallError} for the first error the kernel reports, save for errno names in `tolerate`.
   */
  async request(
    doing: string,
    messages: readonly Buffer[],
    tolerate: readonly string[] = [],
  ): Promise<Answer[]> {
    const turn = this.#tail.then(async () => {
      if (this.#closed) throw new Error("The netlink socket is closed");
      return this.#native.netlinkTransact(this.#fd, Buffer.concat(messages));
    });
    this.#tail = turn.catch(() => undefined); // the caller sees it; the next in line must still run
    const answers: Answer[] = [];
    for (const answer of parseAnswers(await turn)) {
      if (answer.type === messageType.done) continue;
      if (answer.type !== messageType.error) {
        answers.push(answer);
        continue;
      }
      const errno = answer.body.readInt32LE(0);
      if (errno === 0) continue;
      const errnoName = getSystemErrorName(errno);
      if (!tolerate.includes(errnoName)) throw new SyscallError({ syscall: "netlink", errnoName, doing });
    }
    return answers;
  }

  async close(): Promise<void> {
    await this.#tail;
    if (this.#closed) return;
    this.#closed = true;
    this.#native.netlinkClose(this.#fd);
  }
}
