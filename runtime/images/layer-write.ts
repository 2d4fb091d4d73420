import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs";
import { InfraError } from "../../stdlib/base/errors.js";
import type { Native } from "../kernel/native.js";
import type { ContentStore, Descriptor, Ingest } from "./content-store.js";
import { isLayerAttribute } from "./layer-extract.js";
import { isWhiteout, join, lstat, opaqueAttribute } from "./layered-root.js";
import { fromBytes, type TarEntry } from "./tar.js";
import { contentPadding, tarEnd, tarHeader } from "./tar-write.js";

/**
 * Layers are stored uncompressed: what is built here runs here, so compressing costs seconds for a base and buys
 * nothing; a digest then depends on no compressor's version, and digest and diffID are one. A push may compress.
 */
export const layerMediaType = "application/vnd.oci.image.layer.v1.tar";

/** The time of everything in layers made here, seconds since the epoch: equal inputs give equal layers. */
export const layerTime = 0;

/** A tree holds something that no layer can say. */
export class LayerUnwritable extends InfraError {
  readonly code = "layer-unwritable";
}

const none: ReadonlyMap<string, Buffer> = new Map();
const bufferBytes = 1024 * 1024;

/** An entry with what it does not say filled in. */
export function layerEntry(
  entry: Pick<TarEntry, "type" | "path" | "mode"> & Partial<Omit<TarEntry, "type" | "path" | "mode">>,
): TarEntry {
  const device = { major: 0, minor: 0 };
  return { uid: 0, gid: 0, size: 0, target: "", xattrs: none, device, ...entry, mtime: layerTime };
}

/** Writes one layer into the store; entries in the order they are added. Exactly one of `commit` and `abort` ends it. */
export class LayerWriter {
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  private constructor(private readonly ingest: Ingest) {}

  static async create(store: ContentStore): Promise<LayerWriter> {
    return new LayerWriter(await store.ingest());
  }

  /** @param content - exactly `entry.size` bytes. */
  async add(entry: TarEntry, content?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    await this.#write(tarHeader(entry));
    let written = 0;
    for await (const bytes of content ?? []) {
      written += bytes.length;
      await this.#write(bytes);
    }
    if (written !== entry.size)
      throw new LayerUnwritable(
        `"${entry.path}" has ${written} bytes instead of ${entry.size}: it changed meanwhile`,
      );
    if (entry.size > 0) await this.#write(contentPadding(entry.size));
  }

  async commit(): Promise<Descriptor> {
    await this.#write(tarEnd);
    await this.#flush();
    return { mediaType: layerMediaType, ...(await this.ingest.commit()) };
  }

  async abort(): Promise<void> {
    await this.ingest.abort();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#pending.push(Buffer.from(bytes)); // a copy: sources reuse their buffers
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes >= bufferBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await this.ingest.write(bytes);
  }
}

/** Runs `fill` on a new layer and commits it; nothing is stored when `fill` throws. */
export async function writeLayer(
  store: ContentStore,
  fill: (writer: LayerWriter) => Promise<void>,
): Promise<Descriptor> {
  const writer = await LayerWriter.create(store);
  try {
    await fill(writer);
    return await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

export interface TreeOptions {
  /** The tree is the upper folder of an overlay: deletions become OCI whiteouts. */
  readonly overlay: boolean;
  readonly native: Pick<Native, "getXattr" | "listXattrs">;
}

/** Adds a folder and all in it: names bytewise, deletions before their siblings, one time for all, numeric owners. */
export async function addTree(writer: LayerWriter, root: string, options: TreeOptions): Promise<void> {
  const firstNames = new Map<string, string>();
  await addFolder(Buffer.from(root), "");

  async function addFolder(folder: Buffer, prefix: string): Promise<void> {
    const children = readdirSync(folder, { encoding: "buffer" })
      .map(fromBytes)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => ({ name, path: join(folder, name), real: prefix === "" ? name : `${prefix}/${name}` }))
      .flatMap((child) => {
        const stat = lstat(child.path);
        return stat === undefined ? [] : [{ ...child, stat }];
      });
    const inFolder = (name: string) => (prefix === "" ? name : `${prefix}/${name}`);
    if (options.overlay && isOpaque(folder))
      await writer.add(layerEntry({ type: "file", path: inFolder(".wh..wh..opq"), mode: 0o644 }));
    for (const { name, stat } of children)
      if (options.overlay && isWhiteout(stat))
        await writer.add(layerEntry({ type: "file", path: inFolder(`.wh.${name}`), mode: 0o644 }));
    for (const { path, real, stat } of children) {
      if (options.overlay && isWhiteout(stat)) continue;
      await addOne(path, real, stat);
      if (stat.isDirectory()) await addFolder(path, real);
    }
  }

  async function addOne(path: Buffer, real: string, stat: Stats): Promise<void> {
    const owner = { path: real, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
    if (stat.isSymbolicLink()) {
      const target = fromBytes(readlinkSync(path, { encoding: "buffer" }));
      return writer.add(layerEntry({ ...owner, type: "symlink", mode: 0o777, target }));
    }
    const xattrs = attributes(path, real);
    if (stat.isDirectory()) return writer.add(layerEntry({ ...owner, type: "directory", xattrs }));
    if (stat.isFIFO()) return writer.add(layerEntry({ ...owner, type: "fifo", xattrs }));
    if (stat.isSocket()) return; // a socket without its process is nothing
    if (!stat.isFile()) throw new LayerUnwritable(`Cannot put the device node "/${real}" into a layer`);
    const inode = `${stat.dev}:${stat.ino}`;
    const target = firstNames.get(inode);
    if (target !== undefined) return writer.add(layerEntry({ ...owner, type: "hardlink", target }));
    if (stat.nlink > 1) firstNames.set(inode, real);
    return writer.add(layerEntry({ ...owner, type: "file", size: stat.size, xattrs }), fileContent(path));
  }

  function isOpaque(path: Buffer): boolean {
    return options.native.getXattr(path, opaqueAttribute)?.toString() === "y";
  }

  function attributes(path: Buffer, real: string): ReadonlyMap<string, Buffer> {
    const found = new Map<string, Buffer>();
    for (const name of options.native.listXattrs(path)) {
      if (name === "trusted.overlay.redirect" || name === "trusted.overlay.metacopy")
        throw new LayerUnwritable(`"/${real}" was renamed by reference, which no layer can say`, {
          hint: "Mount the build's overlay with redirect_dir=off,metacopy=off",
        });
      const value = isLayerAttribute(name) ? options.native.getXattr(path, name) : undefined;
      if (value !== undefined) found.set(name, value);
    }
    return found;
  }
}

/** Pieces of a file, in one reused buffer. Never follows a link. */
function* fileContent(path: Buffer): Iterable<Uint8Array> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const buffer = Buffer.allocUnsafe(256 * 1024);
  try {
    for (;;) {
      const size = readSync(fd, buffer);
      if (size === 0) return;
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(fd);
  }
}
