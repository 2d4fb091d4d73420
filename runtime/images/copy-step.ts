import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { BuildStep, CopiedFile } from "../../stdlib/schema/bundle.js";
import { SourceChanged } from "./build-errors.js";
import type { ContentStore, Descriptor } from "./content-store.js";
import { layerEntry, writeLayer } from "./layer-write.js";
import { LayeredRoot, PathInvalid } from "./layered-root.js";
import type { LayerNative } from "./snapshots.js";
import { fromBytes } from "./tar.js";

export type CopyStep = BuildStep & { readonly kind: "copy" };

export interface CopyOptions {
  readonly store: ContentStore;
  readonly native: LayerNative;
  /** Unpacked layers beneath, topmost first. */
  readonly lower: readonly string[];
  /** Absolute folder that the step's sources are relative to. */
  readonly sourceRoot: string;
  readonly signal: AbortSignal;
}

type Placed =
  | { readonly type: "directory"; readonly mode: number }
  | { readonly type: "symlink"; readonly target: string }
  | { readonly type: "file"; readonly from: CopiedFile & { readonly type: "file" } };

/**
 * Writes a copy as a layer: root's files, parents made where missing. Links in the layers beneath are followed inside the
 * image only (`/bin` leads to `usr/bin`); folders that are there keep their rights.
 *
 * @throws {SourceChanged} when a file is not what was compiled.
 * @throws {PathInvalid} when the destination leads through a file, or a file would replace a folder.
 */
export async function copyLayer(step: CopyStep, options: CopyOptions): Promise<Descriptor> {
  const placed = placeFiles(step, new LayeredRoot(options.lower, options.native));
  const root = await realpath(options.sourceRoot);
  return writeLayer(options.store, async (writer) => {
    for (const [path, it] of [...placed].sort(([a], [b]) => (a < b ? -1 : 1))) {
      options.signal.throwIfAborted();
      if (it.type === "directory") await writer.add(layerEntry({ ...it, path }));
      else if (it.type === "symlink") await writer.add(layerEntry({ ...it, path, mode: 0o777 }));
      else {
        const { from } = it;
        const entry = layerEntry({ type: "file", path, mode: from.mode, size: from.size });
        await writer.add(entry, compiledContent(root, from, step));
      }
    }
  });
}

/** A layer of one folder and its missing parents, as an image's working folder is made; undefined when it is there. */
export async function folderLayer(
  path: string,
  options: Pick<CopyOptions, "store" | "native" | "lower">,
): Promise<Descriptor | undefined> {
  const step: CopyStep = { kind: "copy", to: path, files: [{ type: "directory", path: "", mode: 0o755 }] };
  const placed = placeFiles(step, new LayeredRoot(options.lower, options.native));
  if (placed.size === 0) return undefined;
  return writeLayer(options.store, async (writer) => {
    for (const [name, it] of [...placed].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (it.type === "directory") await writer.add(layerEntry({ ...it, path: name }));
  });
}

/** Real paths in the image, in byte strings, to what goes there. */
function placeFiles(step: CopyStep, below: LayeredRoot): ReadonlyMap<string, Placed> {
  const placed = new Map<string, Placed>();
  for (const from of step.files) {
    const names = splitPath(`${step.to}/${from.path}`);
    const isFolder = from.type === "directory";
    const { real, missing } = below.resolveFolder(isFolder ? names : names.slice(0, -1));
    const made = [...real];
    for (const [index, name] of missing.entries()) {
      made.push(name);
      const isNamed = isFolder && index === missing.length - 1;
      const path = made.join("/");
      if (isNamed || !placed.has(path))
        placed.set(path, { type: "directory", mode: isNamed ? from.mode : 0o755 });
    }
    if (isFolder) continue;
    const name = names.at(-1);
    if (name === undefined) throw new PathInvalid("A file cannot be copied over the image's root");
    const path = [...made, name];
    if (missing.length === 0 && below.find(path)?.stat.isDirectory() === true)
      throw new PathInvalid(`"${step.to}" is a folder in the image: give the file a name in it`);
    placed.set(
      path.join("/"),
      from.type === "file"
        ? { type: "file", from }
        : { type: "symlink", target: fromBytes(Buffer.from(from.target)) },
    );
  }
  return placed;
}

function splitPath(path: string): string[] {
  const names = fromBytes(Buffer.from(path))
    .split("/")
    .filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw new PathInvalid(`"${path}" has ".." in it`);
  return names;
}

/** The file's bytes; that they are the compiled ones is known, and checked, at the end: before the layer is kept. */
async function* compiledContent(
  root: string,
  from: CopiedFile & { readonly type: "file" },
  step: CopyStep,
): AsyncGenerator<Uint8Array> {
  const path = await realpath(join(root, from.source)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new SourceChanged(from.source, "was removed", step.place, error) : error;
  });
  if (!path.startsWith(root === sep ? root : root + sep))
    throw new PathInvalid(`"${from.source}" lies outside of the stack's folder`);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size !== from.size)
      throw new SourceChanged(from.source, "changed", step.place);
    const hash = createHash("sha256");
    let size = 0;
    for await (const bytes of file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 })) {
      hash.update(bytes as Buffer);
      size += (bytes as Buffer).length;
      if (size > from.size) break;
      yield bytes as Buffer;
    }
    if (size !== from.size || hash.digest("hex") !== from.sha256)
      throw new SourceChanged(from.source, "changed", step.place);
  } finally {
    await file.close();
  }
}
