import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import type { Native } from "../kernel/native.js";
import { join, LayeredRoot, lstat, opaqueAttribute } from "./layered-root.js";
import type { TarEntry } from "./tar.js";
import { ArchiveInvalid, defaultTarLimits, readTar, type TarLimits } from "./tar-read.js";

export interface ExtractOptions {
  /** An existing folder of our own that nobody else writes to meanwhile. */
  readonly root: string;
  /** Layers beneath, topmost first: they give the attributes of folders that the archive does not name. */
  readonly lower: readonly string[];
  /**
   * `layer`: whiteouts count, and a folder replaces a link. `package`: `.wh.` is an ordinary name, and a folder over a link
   * to one keeps the link, as dpkg does; so files reach `usr/bin` through `bin`.
   */
  readonly form: "layer" | "package";
  /** Seconds since the epoch for everything, instead of what the archive says. */
  readonly mtime?: number;
  readonly limits?: TarLimits;
  /** Sees each entry before it is made. */
  readonly onEntry?: (entry: TarEntry) => void;
  readonly native: Pick<Native, "getXattr" | "setXattr" | "makeNode">;
}

const maxNameBytes = 255;
const openFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const fifo = 0o010000;
const characterDevice = 0o020000;

/**
 * Unpacks an archive beneath a root, which no entry can leave.
 *
 * Every parent is resolved within the root, name by name (see LayeredRoot), and files are made new with O_EXCL and
 * O_NOFOLLOW. File system calls are synchronous: each takes microseconds, and a hop to a thread for each would take
 * longer than the work; the event loop turns between the pieces of the archive.
 *
 * @throws {ArchiveInvalid} for names, types or sizes that have no place in a layer. What was unpacked stays: the root is
 *   the caller's to remove.
 */
export async function extractTar(source: AsyncIterable<Uint8Array>, options: ExtractOptions): Promise<void> {
  const extraction = new Extraction(options);
  try {
    await readTar(source, extraction, options.limits ?? defaultTarLimits);
    extraction.finish();
  } finally {
    extraction.close();
  }
}

class Extraction {
  readonly #options: ExtractOptions;
  readonly #root: Buffer;
  readonly #view: LayeredRoot;
  readonly #below: LayeredRoot;
  /** Stored parent to real parent, both `/`-joined; emptied whenever a name changes its meaning. */
  readonly #parents = new Map<string, string>();
  readonly #folderTimes = new Map<string, number>();
  readonly #whiteouts = new Set<string>();
  #file: { readonly fd: number; readonly entry: TarEntry; readonly path: Buffer } | undefined;

  constructor(options: ExtractOptions) {
    this.#options = options;
    this.#root = Buffer.from(options.root);
    this.#view = new LayeredRoot([options.root, ...options.lower], options.native);
    this.#below = new LayeredRoot(options.lower, options.native);
    this.#folderTimes.set("", Math.floor((this.#below.root()?.stat.mtimeMs ?? 0) / 1000)); // archives rarely name it
  }

  entry(entry: TarEntry): void {
    this.#options.onEntry?.(entry);
    const names = checkedNames(entry.path);
    const name = names.pop();
    if (name === undefined) {
      if (entry.type !== "directory") throw new ArchiveInvalid("An archive replaces the root itself");
      this.#attributes(this.#root, entry, "");
      return;
    }
    const parent = this.#parent(names);
    if (this.#options.form === "layer" && name.startsWith(".wh.")) return this.#whiteout(parent, name);
    const real = parent === "" ? name : `${parent}/${name}`;
    const path = join(this.#root, real);
    switch (entry.type) {
      case "directory":
        return this.#directory(path, real, entry);
      case "file":
        this.#clear(path);
        this.#file = { fd: openSync(path, openFlags, 0o600), entry, path };
        return;
      case "symlink":
        this.#clear(path);
        symlinkSync(Buffer.from(entry.target, "latin1"), path);
        return this.#attributes(path, entry, real);
      case "hardlink":
        return this.#hardlink(path, real, entry);
      case "fifo":
        this.#clear(path);
        this.#options.native.makeNode(path, fifo | 0o600, 0, 0);
        return this.#attributes(path, entry, real);
      default:
        // A device 0:0 would be a whiteout to overlay; the others have no use in a container.
        throw new ArchiveInvalid(`An archive holds a device node, "${entry.path}"`);
    }
  }

  content(bytes: Uint8Array): void {
    const fd = this.#file?.fd;
    if (fd === undefined) return;
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  }

  end(): void {
    const file = this.#file;
    if (file === undefined) return;
    const { fd, entry, path } = file;
    fchownSync(fd, entry.uid, entry.gid);
    fchmodSync(fd, entry.mode);
    this.#xattrs(path, entry);
    const mtime = this.#options.mtime ?? entry.mtime;
    futimesSync(fd, mtime, mtime);
    this.close();
  }

  /** Times of folders, last: making what is in them changed them. */
  finish(): void {
    for (const [real, mtime] of this.#folderTimes) {
      const path = real === "" ? this.#root : join(this.#root, real);
      if (lstat(path)?.isDirectory() === true) lutimesSync(path, mtime, mtime);
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #directory(path: Buffer, real: string, entry: TarEntry): void {
    const existing = lstat(path);
    if (existing?.isSymbolicLink() === true && this.#options.form === "package") {
      if (this.#view.resolveFolder(real.split("/")).missing.length === 0) return;
    }
    if (existing?.isDirectory() !== true) {
      this.#clear(path);
      mkdirSync(path, 0o700);
      if (this.#whiteouts.has(real)) this.#makeOpaque(path);
    }
    this.#attributes(path, entry, real);
  }

  #hardlink(path: Buffer, real: string, entry: TarEntry): void {
    const names = checkedNames(entry.target);
    const name = names.pop();
    const parent = this.#view.resolveFolder(names);
    const targetReal = [...parent.real, name ?? ""].join("/");
    const target = join(this.#root, targetReal);
    const stat = name === undefined || parent.missing.length > 0 ? undefined : lstat(target);
    if (stat === undefined || !(stat.isFile() || stat.isSymbolicLink()))
      throw new ArchiveInvalid(
        `"${entry.path}" is a hard link to "${entry.target}", which is no earlier file`,
      );
    if (targetReal === real) return;
    this.#clear(path);
    linkSync(target, path);
  }

  /** Hides what lower layers have; names of this layer are never touched. */
  #whiteout(parent: string, name: string): void {
    if (this.#options.lower.length === 0) return;
    const folder = parent === "" ? this.#root : join(this.#root, parent);
    if (name === ".wh..wh..opq") return this.#makeOpaque(folder);
    const hidden = name.slice(".wh.".length);
    if (hidden === "" || hidden === "." || hidden === ".." || hidden.startsWith(".wh."))
      throw new ArchiveInvalid(`"${name}" is no whiteout`);
    const path = join(folder, hidden);
    const existing = lstat(path);
    if (existing?.isDirectory() === true) this.#makeOpaque(path);
    if (existing !== undefined) return;
    this.#options.native.makeNode(path, characterDevice, 0, 0);
    this.#whiteouts.add(parent === "" ? hidden : `${parent}/${hidden}`);
    this.#parents.clear();
  }

  #makeOpaque(path: Buffer): void {
    if (this.#options.lower.length > 0)
      this.#options.native.setXattr(path, opaqueAttribute, Buffer.from("y"));
    this.#parents.clear();
  }

  /** The real folder of an entry, made in this layer where only lower layers have it, or none. */
  #parent(names: readonly string[]): string {
    const stored = names.join("/");
    const known = this.#parents.get(stored);
    if (known !== undefined) return known;
    const { real, missing } = this.#view.resolveFolder(names);
    const made: string[] = [];
    for (const name of [...real, ...missing]) {
      made.push(name);
      const path = join(this.#root, made.join("/"));
      const existing = lstat(path);
      if (existing?.isDirectory() === true) continue;
      if (existing !== undefined) this.#clear(path); // our whiteout of what was below
      const below = existing === undefined ? this.#below.find(made) : undefined;
      mkdirSync(path, 0o755);
      lchownSync(path, below?.stat.uid ?? 0, below?.stat.gid ?? 0);
      chmodSync(path, (below?.stat.mode ?? 0o755) & 0o7777);
      if (existing !== undefined) this.#makeOpaque(path);
      this.#folderTimes.set(made.join("/"), Math.floor((below?.stat.mtimeMs ?? 0) / 1000));
    }
    const result = made.join("/");
    this.#parents.set(stored, result);
    return result;
  }

  /** Makes room for an entry: the last of several wins. */
  #clear(path: Buffer): void {
    const existing = lstat(path);
    if (existing === undefined) return;
    rmSync(path, { recursive: true });
    if (!existing.isFile()) this.#parents.clear();
  }

  #attributes(path: Buffer, entry: TarEntry, real: string): void {
    const mtime = this.#options.mtime ?? entry.mtime;
    lchownSync(path, entry.uid, entry.gid);
    if (entry.type !== "symlink") {
      chmodSync(path, entry.mode);
      this.#xattrs(path, entry);
    }
    if (entry.type === "directory") this.#folderTimes.set(real, mtime);
    else lutimesSync(path, mtime, mtime);
  }

  /** Attributes that steer overlay or a security module are ours to set, never an archive's. */
  #xattrs(path: Buffer, entry: TarEntry): void {
    for (const [name, value] of entry.xattrs)
      if (isLayerAttribute(name)) this.#options.native.setXattr(path, name, value);
  }
}

/** Attributes that layers carry; `trusted.*` is overlay's own, `system.*` and other `security.*` the host's. */
export function isLayerAttribute(name: string): boolean {
  return name === "security.capability" || (name.startsWith("user.") && !name.startsWith("user.overlay."));
}

function checkedNames(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  for (const name of names) {
    if (name === "..") throw new ArchiveInvalid(`"${path}" leads out of the archive`);
    if (name.length > maxNameBytes) throw new ArchiveInvalid(`A name in an archive has ${name.length} bytes`);
  }
  return names;
}
