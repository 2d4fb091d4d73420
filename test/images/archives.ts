import { layerEntry } from "../../runtime/images/layer-write.js";
import type { TarEntry } from "../../runtime/images/tar.js";
import { contentPadding, tarEnd, tarHeader } from "../../runtime/images/tar-write.js";

/** An entry to put into a test archive; `content` gives the size unless that lies. */
export type TestEntry = Partial<Omit<TarEntry, "xattrs">> & {
  readonly path: string;
  readonly content?: string;
  readonly xattrs?: { readonly [name: string]: string };
};

export function archiveOf(...entries: readonly TestEntry[]): Buffer {
  const parts = entries.flatMap(({ content = "", xattrs = {}, ...entry }) => {
    const bytes = Buffer.from(content, "latin1");
    const values = new Map(Object.entries(xattrs).map(([name, text]) => [name, Buffer.from(text, "latin1")]));
    const whole = layerEntry({ type: "file", mode: 0o644, size: bytes.length, ...entry, xattrs: values });
    return [tarHeader(whole), bytes, contentPadding(bytes.length)];
  });
  return Buffer.concat([...parts, tarEnd]);
}

export const file = (path: string, content = "x", more: Partial<TestEntry> = {}): TestEntry => ({
  path,
  content,
  ...more,
});
export const folder = (path: string, mode = 0o755): TestEntry => ({ path, type: "directory", mode });
export const symlink = (path: string, target: string): TestEntry => ({ path, type: "symlink", target });
export const hardlink = (path: string, target: string): TestEntry => ({ path, type: "hardlink", target });

/** The archive in pieces of odd sizes, as a network would give it. */
export async function* inPieces(archive: Buffer, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
}
