import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../stdlib/base/clock.js";
import type { Native } from "../kernel/native.js";
import { removeTree } from "../kernel/remove-tree.js";
import {
  absent,
  ContentMismatch,
  type ContentStore,
  type Descriptor,
  sha256,
  syncFolder,
} from "./content-store.js";
import { extractTar } from "./layer-extract.js";

export type LayerNative = Pick<
  Native,
  "getXattr" | "setXattr" | "listXattrs" | "makeNode" | "syncFilesystem" | "flockTry"
>;

/**
 * Layers unpacked, one folder for each chain of layers: what overlay takes as its lower folders.
 *
 * A folder is unpacked aside, the file system synced, then renamed to its chain's name. So a folder under that name is
 * whole; one aside that a crash left behind is removed by whoever takes the chain's lock next, or at start.
 */
export class Snapshots {
  readonly #folder: string;

  constructor(
    private readonly store: ContentStore,
    private readonly native: LayerNative,
    private readonly random: Random,
  ) {
    this.#folder = join(store.root, "snapshots");
  }

  /** Removes what interrupted unpacking left. Folders whose lock is held are somebody's work in progress. */
  async dropStale(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder)) {
      const owner = /^tmp-([0-9a-f]{64})-/.exec(name)?.[1];
      if (owner !== undefined)
        await this.store.locks.tryHold(lockName(owner), () => removeTree(join(this.#folder, name)));
    }
  }

  /**
   * The folders of a chain, topmost first; unpacks what is missing.
   *
   * @param layers - bottom first, uncompressed.
   * @throws {ContentMismatch} when a layer's bytes are not what its digest says; nothing of it stays.
   */
  async ensure(layers: readonly Descriptor[]): Promise<readonly string[]> {
    const folders: string[] = [];
    const chains = chainIds(layers.map(({ digest }) => digest));
    for (const [index, layer] of layers.entries()) {
      const chain = chains[index] ?? "";
      await this.#make(chain, async (root) => {
        const hash = createHash("sha256");
        await extractTar(
          hashed(createReadStream(this.store.path(layer.digest), { highWaterMark: 1 << 20 }), hash),
          {
            root,
            lower: folders,
            form: "layer",
            native: this.native,
          },
        );
        if (`sha256:${hash.digest("hex")}` !== layer.digest)
          throw new ContentMismatch(`The stored layer "${layer.digest}" is damaged`);
      });
      folders.unshift(this.path(chain));
    }
    return folders;
  }

  /** As `ensure`, but never empty, as overlay demands: an image without layers has an empty folder. */
  async ensureSome(layers: readonly Descriptor[]): Promise<readonly string[]> {
    if (layers.length > 0) return this.ensure(layers);
    const empty = join(this.#folder, "empty");
    await mkdir(empty, { recursive: true, mode: 0o755 });
    return [empty];
  }

  /** Takes a tree that was just written as the only layer of a chain, so that it need not be unpacked again. */
  async adopt(layer: Descriptor, tree: string): Promise<void> {
    const chain = chainIds([layer.digest])[0] ?? "";
    await this.#make(chain, async (root) => {
      await rm(root, { recursive: true });
      await rename(tree, root);
    });
  }

  path(chain: string): string {
    return join(this.#folder, chain.slice("sha256:".length), "fs");
  }

  async #make(chain: string, fill: (root: string) => Promise<void>): Promise<void> {
    const id = chain.slice("sha256:".length);
    const final = join(this.#folder, id);
    if (await exists(final)) return;
    await this.store.locks.hold(lockName(id), async () => {
      if (await exists(final)) return;
      const aside = join(this.#folder, `tmp-${id}-${Buffer.from(this.random.bytes(6)).toString("hex")}`);
      try {
        await mkdir(join(aside, "fs"), { recursive: true, mode: 0o755 });
        await fill(join(aside, "fs"));
        const folder = await open(aside);
        try {
          await this.native.syncFilesystem(folder.fd);
        } finally {
          await folder.close();
        }
        await rename(aside, final);
        await syncFolder(this.#folder);
      } catch (error) {
        await removeTree(aside);
        throw error;
      }
    });
  }
}

/**
 * The name of each layer together with all beneath it.
 *
 * Source: OCI image-spec, "Layer ChainID".
 */
export function chainIds(diffIds: readonly string[]): readonly string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    chains.push(below === undefined ? diffId : sha256(`${below} ${diffId}`));
  }
  return chains;
}

function lockName(id: string): string {
  return `snapshot-${id}`;
}

async function* hashed(
  source: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncIterable<Buffer> {
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => absent(error, false),
  );
}
