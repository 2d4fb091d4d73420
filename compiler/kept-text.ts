import { sha256 } from "./digest.js";
import type { Host } from "./host.js";

/** Text in a file of the cache, with its digest: one that is not whole counts as none. */
export class KeptText {
  readonly #host: Host;
  readonly #file: string;

  constructor(host: Host, file: string) {
    this.#host = host;
    this.#file = file;
  }

  read(): string | undefined {
    const read = this.#host.read(this.#file) ?? new Uint8Array();
    const content = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    const end = content.indexOf("\n");
    const bytes = content.subarray(end + 1);
    return end >= 0 && content.toString("latin1", 0, end) === sha256(bytes)
      ? bytes.toString("utf8")
      : undefined;
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    this.#host.write(this.#file, Buffer.concat([Buffer.from(`${sha256(bytes)}\n`), bytes]));
  }
}
