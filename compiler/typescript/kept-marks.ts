import { join } from "node:path";
import type { Host } from "../host.js";
import { KeptText } from "../kept-text.js";
import { buildOf } from "../result-memory.js";
import type { BundlePart, MarkedPart } from "./instrument.js";

/** The first line of the file: parts of a bundle without their texts, which follow one after the other. */
interface Kept {
  readonly build: string;
  readonly parts: readonly (Omit<MarkedPart, "code" | "marks"> & {
    /** In UTF-16 code units. */
    readonly code: number;
    readonly marks: number;
  })[];
}

/** The parts of the last bundle, in one file of the cache. Those of another build of infra are none. */
export class KeptMarks {
  readonly #build: string;
  readonly #file: KeptText;
  readonly #parts: ReadonlyMap<string, MarkedPart>;

  constructor(host: Host) {
    this.#build = buildOf(host);
    this.#file = new KeptText(host, join(host.cacheFolder, "parts"));
    this.#parts = new Map(this.#read().map((part) => [part.digest, part]));
  }

  readonly recall = (digest: string): MarkedPart | undefined => this.#parts.get(digest);

  /** Those of a bundle, instead of all that were kept. */
  keep(all: readonly BundlePart[]): void {
    const parts = all.map(({ marked }) => marked);
    if (parts.every((part) => this.#parts.get(part.digest) === part)) return;
    const kept: Kept = {
      build: this.#build,
      parts: parts.map((part) => ({
        ...part,
        code: part.code.length,
        marks: part.marks.length,
      })),
    };
    const texts = parts.map(({ code, marks }) => code + marks);
    this.#file.write(`${JSON.stringify(kept)}\n${texts.join("")}`);
  }

  #read(): readonly MarkedPart[] {
    const text = this.#file.read() ?? "";
    let at = text.indexOf("\n") + 1;
    if (at === 0) return [];
    const { build, parts } = JSON.parse(text.slice(0, at)) as Kept;
    if (build !== this.#build) return [];
    const next = (length: number) => {
      at += length;
      return text.slice(at - length, at);
    };
    return parts.map((part) => ({ ...part, code: next(part.code), marks: next(part.marks) }));
  }
}
