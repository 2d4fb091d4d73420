import { join } from "node:path";
import type { Host } from "../host.js";
import { KeptText } from "../kept-text.js";
import { buildOf } from "../result-memory.js";
import type { MarkedModule, Module } from "./instrument.js";

/** The first line of the file: modules without their texts, which follow one after the other. */
interface Kept {
  readonly build: string;
  readonly modules: readonly (Omit<MarkedModule, "code" | "marks"> & {
    /** In UTF-16 code units. */
    readonly code: number;
    readonly marks: number;
  })[];
}

/** The modules of the last bundle, in one file of the cache. Those of another build of infra are none. */
export class KeptMarks {
  readonly #build: string;
  readonly #file: KeptText;
  readonly #modules: ReadonlyMap<string, MarkedModule>;

  constructor(host: Host) {
    this.#build = buildOf(host);
    this.#file = new KeptText(host, join(host.cacheFolder, "modules"));
    this.#modules = new Map(this.#read().map((module) => [module.digest, module]));
  }

  readonly recall = (digest: string): MarkedModule | undefined => this.#modules.get(digest);

  /** Those of a bundle, instead of all that were kept. */
  keep(all: readonly Module[]): void {
    const modules = all.flatMap(({ marked, name }) => (name === "" ? [] : [marked]));
    if (modules.every((module) => this.#modules.get(module.digest) === module)) return;
    const kept: Kept = {
      build: this.#build,
      modules: modules.map((module) => ({
        ...module,
        code: module.code.length,
        marks: module.marks.length,
      })),
    };
    const texts = modules.map(({ code, marks }) => code + marks);
    this.#file.write(`${JSON.stringify(kept)}\n${texts.join("")}`);
  }

  #read(): readonly MarkedModule[] {
    const text = this.#file.read() ?? "";
    let at = text.indexOf("\n") + 1;
    if (at === 0) return [];
    const { build, modules } = JSON.parse(text.slice(0, at)) as Kept;
    if (build !== this.#build) return [];
    const next = (length: number) => {
      at += length;
      return text.slice(at - length, at);
    };
    return modules.map((module) => ({ ...module, code: next(module.code), marks: next(module.marks) }));
  }
}
