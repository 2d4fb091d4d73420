/**
 * What a tar entry is, for reading and writing.
 *
 * Names are *byte strings*: one character for each byte, U+0000 to U+00FF. A name in a layer is bytes, not text; kept so,
 * it survives unchanged, compares bytewise, and still takes string functions. `toBytes` leads to the file system.
 */
export interface TarEntry {
  readonly type: "file" | "directory" | "symlink" | "hardlink" | "character" | "block" | "fifo";
  /** As stored, without a trailing `/`; not yet checked against escapes. */
  readonly path: string;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 unless a file. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Target of a link; `""` otherwise. */
  readonly target: string;
  readonly device: { readonly major: number; readonly minor: number };
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

export const blockSize = 512;

export const typeFlags = {
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "directory",
  "6": "fifo",
} as const satisfies { readonly [flag: string]: TarEntry["type"] };

/** Prefix under which PAX headers carry extended attributes, as GNU tar and star write them. */
export const xattrPrefix = "SCHILY.xattr.";

/** The file system's view of a byte string. */
export function toBytes(byteString: string): Buffer {
  return Buffer.from(byteString, "latin1");
}

export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** Bytes from the end of content to the next block. */
export function paddingAfter(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

/** Sum of a header's bytes with its own checksum field as blanks. */
export function headerChecksum(header: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < blockSize; at += 1) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  return sum;
}
