import { join } from "node:path";
import type { Host } from "../host.js";
import { KeptText } from "../kept-text.js";
import { buildOf } from "../result-memory.js";
import { sha256 } from "../sources.js";
import type { MarkMemory, Marks } from "./instrument.js";

/** Smaller parts are parsed as fast as a file is read. */
const leastCharacters = 2000;

/** Marks of a bundle's modules in the cache, each in a file named after the module's text and this build of infra. */
export class KeptMarks implements MarkMemory {
  readonly #host: Host;
  readonly #folder: string;
  readonly #entries: number;
  readonly #build: string;
  #isPruned = false;

  /** @param modules - how many the bundle has: twice as many are kept. */
  constructor(host: Host, modules: number) {
    this.#host = host;
    this.#folder = join(host.cacheFolder, "marks");
    this.#entries = 2 * modules + 16;
    this.#build = buildOf(host);
  }

  recall(text: string): Marks | undefined {
    const kept = text.length < leastCharacters ? undefined : this.#fileOf(text).read();
    return kept === undefined ? undefined : (JSON.parse(kept) as Marks);
  }

  keep(text: string, marks: Marks): void {
    if (text.length < leastCharacters) return;
    this.#fileOf(text).write(JSON.stringify(marks));
    if (!this.#isPruned) this.#host.keepNewest(this.#folder, this.#entries);
    this.#isPruned = true;
  }

  #fileOf(text: string): KeptText {
    return new KeptText(this.#host, join(this.#folder, sha256(`${this.#build}\n${text}`)));
  }
}
