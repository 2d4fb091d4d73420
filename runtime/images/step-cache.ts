import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stableStringify } from "../../stdlib/base/json.js";
import { removeTree } from "../kernel/remove-tree.js";
import { absent, type ContentStore, type Descriptor } from "./content-store.js";
import { contentKey } from "./oci-image.js";

/** A layer that a step made, now or in an earlier build. */
export interface StepLayer {
  readonly layer: Descriptor;
  readonly cached: boolean;
}

/**
 * Which layer a step gives on which layers beneath. The key holds content only, so a step whose inputs come out the same
 * is found again, whatever was done to get them. One process makes a key at a time; others wait for it.
 */
export class StepCache {
  readonly #store: ContentStore;

  constructor(store: ContentStore) {
    this.#store = store;
  }

  /** Removes the folders of steps that a crash interrupted. */
  async dropStale(): Promise<void> {
    for (const folder of ["builds", "work"])
      await mkdir(join(this.#store.root, folder), { recursive: true, mode: 0o700 });
    for (const key of await readdir(join(this.#store.root, "work")))
      await this.#store.locks.tryHold(lockName(key), () => this.#removeWork(key));
  }

  /**
   * The layer of a step, made if it is not known.
   *
   * @param inputs - everything that decides what the step gives.
   * @param make - gets an empty folder, which is removed afterwards. What it throws is thrown on, and nothing is kept.
   */
  async layer(
    inputs: unknown,
    make: (folder: string) => Promise<Descriptor>,
    signal: AbortSignal,
  ): Promise<StepLayer> {
    const key = contentKey(inputs);
    const known = await this.#known(key);
    if (known !== undefined) return { layer: known, cached: true };
    return this.#store.locks.hold(
      lockName(key),
      async () => {
        const meanwhile = await this.#known(key);
        if (meanwhile !== undefined) return { layer: meanwhile, cached: true };
        await this.#removeWork(key);
        const folder = join(this.#store.root, "work", key);
        await mkdir(folder, { recursive: true, mode: 0o700 });
        try {
          const layer = await make(folder);
          await this.#store.writeFile(join("builds", `${key}.json`), stableStringify({ layer }));
          return { layer, cached: false };
        } finally {
          await this.#removeWork(key);
        }
      },
      signal,
    );
  }

  async #known(key: string): Promise<Descriptor | undefined> {
    const path = join(this.#store.root, "builds", `${key}.json`);
    const text = await readFile(path, "utf8").catch((error) => absent(error, undefined));
    if (text === undefined) return undefined;
    const { layer } = JSON.parse(text) as { readonly layer: Descriptor };
    return (await this.#store.has(layer.digest)) ? layer : undefined;
  }

  #removeWork(key: string): Promise<void> {
    return removeTree(join(this.#store.root, "work", key));
  }
}

function lockName(key: string): string {
  return `build-${key}`;
}
