import type { Host } from "./host.js";
import { sha256 } from "./sources.js";

/** Text in a file of the cache, with its digest: one that is not whole counts as none. */
export class KeptText {
  readonly #host: Host;
  readonly #file: string;

  constructor(host: Host, file: string) {
    this.#host = host;
    this.#file = file;
  }

  read(): string | undefined {
    const content = Buffer.from(this.#host.read(this.#file) ?? []).toString("utf8");
    const end = content.indexOf("\n");
    const text = content.slice(end + 1);
    return end >= 0 && content.slice(0, end) === sha256(text) ? text : undefined;
  }

  write(text: string): void {
    this.#host.write(this.#file, `${sha256(text)}\n${text}`);
  }
}
