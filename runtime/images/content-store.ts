import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Random } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import { stableStringify } from "../../stdlib/base/json.js";
import { type FlockTry, FolderLocks } from "./locks.js";

/** An OCI content descriptor, as far as it is used here. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Content is not what its digest or size says. */
export class ContentMismatch extends InfraError {
  readonly code = "content-mismatch";
}

/** A blob that something refers to is not in the store. */
export class ContentMissing extends InfraError {
  readonly code = "content-missing";
}

export interface ContentStoreOptions {
  readonly root: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly flockTry: FlockTry;
}

/** A blob being written. Exactly one of `commit` and `abort` ends it. */
export interface Ingest {
  write(bytes: Uint8Array): Promise<void>;
  /** Makes it durable under its digest. @throws {ContentMismatch} when `expected` differs; nothing is stored then. */
  commit(expected?: {
    readonly digest?: string;
    readonly size?: number;
  }): Promise<Omit<Descriptor, "mediaType">>;
  abort(): Promise<void>;
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;
const imageNameAnnotation = "org.opencontainers.image.ref.name";

/**
 * Blobs by digest and references to them, laid out as an OCI image layout, so that other tools read the folder.
 *
 * A blob is written aside, synced, compared with its digest, and renamed: the rename commits it. Several processes may
 * share a folder; whatever one of them leaves behind when it is killed, the next to open the store removes.
 *
 * Source: OCI image-spec, "Image Layout".
 */
export class ContentStore {
  readonly locks: FolderLocks;

  private constructor(private readonly options: ContentStoreOptions) {
    this.locks = new FolderLocks(join(options.root, "locks"), options.flockTry, options.clock);
  }

  static async open(options: ContentStoreOptions): Promise<ContentStore> {
    const { root } = options;
    for (const folder of ["blobs/sha256", "ingest", "references", "locks"])
      await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
    const store = new ContentStore(options);
    await store.locks.hold("layout", async () => {
      await store.dropStaleIngests();
      await store.writeFile("oci-layout", stableStringify({ imageLayoutVersion: "1.0.0" }));
      await store.writeIndex();
    });
    return store;
  }

  get root(): string {
    return this.options.root;
  }

  /** Where a blob lies, or would. @throws {ContentMismatch} when `digest` is none: it must never name another file. */
  path(digest: string): string {
    if (!digestPattern.test(digest)) throw new ContentMismatch(`"${digest}" is no SHA-256 digest`);
    return join(this.root, "blobs/sha256", digest.slice("sha256:".length));
  }

  async has(digest: string): Promise<boolean> {
    return stat(this.path(digest)).then(
      (found) => found.isFile(),
      (error) => absent(error, false),
    );
  }

  /** A whole blob, for configs and manifests. @throws {ContentMissing} @throws {ContentMismatch} after bit rot. */
  async read(digest: string): Promise<Buffer> {
    const bytes = await readFile(this.path(digest)).catch((error) => absent(error, undefined));
    if (bytes === undefined) throw new ContentMissing(`"${digest}" is not in "${this.root}"`);
    if (sha256(bytes) !== digest)
      throw new ContentMismatch(`The stored content of "${digest}" is damaged`, {
        hint: `Remove "${this.path(digest)}" and build again`,
      });
    return bytes;
  }

  async put(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const ingest = await this.ingest();
    try {
      await ingest.write(bytes);
      return { mediaType, ...(await ingest.commit()) };
    } catch (error) {
      await ingest.abort();
      throw error;
    }
  }

  async ingest(): Promise<Ingest> {
    const { path, file } = await this.openIngest();
    const hash = createHash("sha256");
    let size = 0;
    let open = true;
    const close = async () => {
      if (!open) return;
      open = false;
      await rm(path, { force: true });
      await file.close();
    };
    return {
      write: async (bytes) => {
        hash.update(bytes);
        size += bytes.length;
        await writeAll(file, bytes);
      },
      commit: async (expected = {}) => {
        const digest = `sha256:${hash.digest("hex")}`;
        if ((expected.digest ?? digest) !== digest || (expected.size ?? size) !== size) {
          await close();
          throw new ContentMismatch(
            `Expected ${expected.digest ?? "content"} of ${expected.size ?? size} bytes, got ${digest} of ${size}`,
          );
        }
        await file.chmod(0o444);
        await file.sync();
        await rename(path, this.path(digest));
        await syncFolder(join(this.root, "blobs/sha256"));
        await close();
        return { digest, size };
      },
      abort: close,
    };
  }

  /** Points a name at a manifest, whose blobs are all there. Replaces what it pointed at. */
  async setReference(reference: string, manifest: Descriptor): Promise<void> {
    await this.locks.hold("layout", async () => {
      await this.writeFile(
        join("references", encodeURIComponent(reference)),
        stableStringify({ reference, manifest }),
      );
      await this.writeIndex();
    });
  }

  async reference(reference: string): Promise<Descriptor | undefined> {
    return (await this.readReference(encodeURIComponent(reference)))?.manifest;
  }

  async references(): Promise<readonly { readonly reference: string; readonly manifest: Descriptor }[]> {
    const names = (await readdir(join(this.root, "references"))).sort();
    const found = await Promise.all(names.map((name) => this.readReference(name)));
    return found.filter((entry) => entry !== undefined);
  }

  /** Replaces a small file of the layout so that a reader, and a crash, sees the old or the new one. */
  async writeFile(name: string, text: string): Promise<void> {
    const { path, file } = await this.openIngest();
    try {
      await writeAll(file, Buffer.from(text));
      await file.sync();
      await rename(path, join(this.root, name));
      await syncFolder(join(this.root, name, ".."));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  private async readReference(name: string) {
    const text = await readFile(join(this.root, "references", name), "utf8").catch((error) =>
      absent(error, undefined),
    );
    if (text === undefined) return undefined;
    return JSON.parse(text) as { readonly reference: string; readonly manifest: Descriptor };
  }

  /** Written from the references, under the layout's lock: the references are what counts, this is for other tools. */
  private async writeIndex(): Promise<void> {
    const manifests = (await this.references()).map(({ reference, manifest }) => ({
      ...manifest,
      annotations: { [imageNameAnnotation]: reference },
    }));
    await this.writeFile(
      "index.json",
      stableStringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.index.v1+json",
        manifests,
      }),
    );
  }

  /** A new file aside, locked by us for as long as it is open: that is how others know it is not stale. */
  private async openIngest(): Promise<{ readonly path: string; readonly file: FileHandle }> {
    for (;;) {
      const path = join(this.root, "ingest", Buffer.from(this.options.random.bytes(12)).toString("hex"));
      const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
      // Between open and lock another process may have taken it for stale.
      if (this.options.flockTry(file.fd) && (await file.stat()).nlink === 1) return { path, file };
      await file.close();
    }
  }

  private async dropStaleIngests(): Promise<void> {
    for (const name of await readdir(join(this.root, "ingest"))) {
      const path = join(this.root, "ingest", name);
      const file = await open(path, constants.O_RDONLY).catch((error) => absent(error, undefined));
      if (file === undefined) continue;
      if (this.options.flockTry(file.fd)) await rm(path, { force: true });
      await file.close();
    }
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Makes renames and unlinks in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** `value` for a file that is not there; anything else is thrown on. */
export function absent<T>(error: unknown, value: T): T {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return value;
  throw error;
}

/** FileHandle.write may write less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}
