import { InfraError } from "../../stdlib/base/errors.js";
import {
  blockSize,
  fromBytes,
  headerChecksum,
  paddingAfter,
  type TarEntry,
  typeFlags,
  xattrPrefix,
} from "./tar.js";

/** Bytes that are no tar archive, or one that asks for more than it may. */
export class ArchiveInvalid extends InfraError {
  readonly code = "archive-invalid";
}

/** What an archive may ask for; all are far above real layers. */
export interface TarLimits {
  readonly entries: number;
  /** Sum of all contents, bytes. */
  readonly totalBytes: number;
  /** One path or link target, bytes. */
  readonly pathBytes: number;
  /** One extended header, bytes. */
  readonly headerBytes: number;
}

export const defaultTarLimits: TarLimits = {
  entries: 1_000_000,
  totalBytes: 64 * 1024 ** 3,
  pathBytes: 4096,
  headerBytes: 1024 ** 2,
};

/** Gets each entry, then its content in pieces. Its calls are awaited one after another. */
export interface TarVisitor {
  entry(entry: TarEntry): void | Promise<void>;
  content(bytes: Uint8Array): void | Promise<void>;
  /** After the last byte of a file's content. */
  end(): void | Promise<void>;
}

type Overrides = Map<string, Buffer>;

/**
 * Reads an archive: ustar, PAX, and GNU long names. By bytes throughout: the tar readers on npm decode attribute values
 * as UTF-8, which breaks `security.capability`. Sparse files, volumes and unknown types are refused, not guessed.
 *
 * @throws {ArchiveInvalid} at the first byte that is wrong, also when the archive ends early.
 */
export async function readTar(
  source: AsyncIterable<Uint8Array>,
  visitor: TarVisitor,
  limits: TarLimits = defaultTarLimits,
): Promise<void> {
  const input = new ByteReader(source);
  try {
    await readEntries(input, visitor, limits);
  } finally {
    await input.close();
  }
}

async function readEntries(input: ByteReader, visitor: TarVisitor, limits: TarLimits): Promise<void> {
  let global: Overrides = new Map();
  let overrides: Overrides = new Map();
  let entries = 0;
  let total = 0;
  for (;;) {
    const header = await input.exactly(blockSize, "a header");
    if (header.every((byte) => byte === 0)) break;
    if (octal(header, 148, 8) !== headerChecksum(header))
      throw new ArchiveInvalid("A tar header's checksum is wrong");
    const flag = String.fromCharCode(header[156] ?? 0);
    if (flag === "x" || flag === "g" || flag === "L" || flag === "K") {
      const size = number(header, 124, 12, "size");
      if (size > limits.headerBytes) throw new ArchiveInvalid(`An extended tar header has ${size} bytes`);
      const body = await input.exactly(size, "an extended header");
      await input.exactly(paddingAfter(size), "padding");
      if (flag === "g") global = new Map([...global, ...paxRecords(body)]);
      else if (flag === "x") overrides = new Map([...overrides, ...paxRecords(body)]);
      else overrides.set(flag === "L" ? "path" : "linkpath", untilNul(body));
      continue;
    }
    const entry = decode(header, flag, new Map([...global, ...overrides]), limits);
    overrides = new Map();
    entries += 1;
    total += entry.size;
    if (entries > limits.entries)
      throw new ArchiveInvalid(`An archive has more than ${limits.entries} entries`);
    if (total > limits.totalBytes)
      throw new ArchiveInvalid(`An archive unpacks to more than ${limits.totalBytes} bytes`);
    await visitor.entry(entry);
    for (let left = entry.size; left > 0; ) {
      const bytes = await input.some(left);
      left -= bytes.length;
      await visitor.content(bytes);
    }
    if (entry.type === "file") await visitor.end();
    await input.exactly(paddingAfter(entry.size), "padding");
  }
  if (overrides.size > 0) throw new ArchiveInvalid("An archive ends after an extended header");
  await input.drain();
}

function decode(header: Buffer, flag: string, overrides: Overrides, limits: TarLimits): TarEntry {
  const type = flag === "\0" || flag === "7" ? "file" : typeFlags[flag as keyof typeof typeFlags];
  if (type === undefined) throw new ArchiveInvalid(`Cannot read tar entries of type "${flag}"`);
  for (const key of overrides.keys())
    if (key.startsWith("GNU.sparse.")) throw new ArchiveInvalid("Cannot read sparse tar entries");
  const isUstar = header.toString("latin1", 257, 262) === "ustar";
  const isGnu = header.toString("latin1", 257, 265) === "ustar  \0";
  const prefix = isUstar && !isGnu ? fromBytes(untilNul(header.subarray(345, 500))) : "";
  const plain = fromBytes(untilNul(header.subarray(0, 100)));
  const stored = bytesOf("path") ?? (prefix === "" ? plain : `${prefix}/${plain}`);
  const isDirectory = type === "directory" || (type === "file" && flag === "\0" && stored.endsWith("/"));
  const target = bytesOf("linkpath") ?? fromBytes(untilNul(header.subarray(157, 257)));
  for (const text of [stored, target])
    if (text.length > limits.pathBytes || text.includes("\0"))
      throw new ArchiveInvalid("A tar entry's path is too long or has a NUL in it");
  const size = decimal("size") ?? number(header, 124, 12, "size");
  const isLink = type === "symlink" || type === "hardlink";
  if (isLink && target === "") throw new ArchiveInvalid("A tar entry is a link to nothing");
  const xattrs = new Map<string, Buffer>();
  for (const [key, value] of overrides)
    if (key.startsWith(xattrPrefix)) xattrs.set(key.slice(xattrPrefix.length), value);
  return {
    type: isDirectory ? "directory" : type,
    path: stored.replace(/\/+$/, ""),
    mode: number(header, 100, 8, "mode") & 0o7777,
    uid: identifier(decimal("uid") ?? number(header, 108, 8, "uid")),
    gid: identifier(decimal("gid") ?? number(header, 116, 8, "gid")),
    size: type === "file" && !isDirectory ? size : noContent(size, type),
    mtime: Math.floor(fraction("mtime") ?? number(header, 136, 12, "mtime", true)),
    target: isLink ? target : "",
    device: { major: octal(header, 329, 8), minor: octal(header, 337, 8) },
    xattrs,
  };

  function bytesOf(key: string): string | undefined {
    const value = overrides.get(key);
    return value === undefined || value.length === 0 ? undefined : fromBytes(value);
  }
  function decimal(key: string): number | undefined {
    const text = bytesOf(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw new ArchiveInvalid(`A tar entry's ${key} is no whole number`);
  }
  function fraction(key: string): number | undefined {
    const text = bytesOf(key);
    if (text === undefined) return undefined;
    if (/^-?\d{1,15}(\.\d*)?$/.test(text)) return Number(text);
    throw new ArchiveInvalid(`A tar entry's ${key} is no number`);
  }
}

/** Only files have content; others with a size would put us out of step with readers that skip it. */
function noContent(size: number, type: TarEntry["type"]): 0 {
  if (size === 0 || type === "hardlink") return 0;
  throw new ArchiveInvalid(`A tar entry of type ${type} has content`);
}

/** 2³²-1 means "unchanged" to chown(2), so it is no owner. */
function identifier(value: number): number {
  if (value < 2 ** 32 - 1) return value;
  throw new ArchiveInvalid(`${value} is no user or group id`);
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function octal(header: Buffer, at: number, length: number): number {
  const text = header
    .toString("latin1", at, at + length)
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (!/^[0-7]*$/.test(text)) throw new ArchiveInvalid("A tar header has a number that is not octal");
  return text === "" ? 0 : Number.parseInt(text, 8);
}

/** Octal, or base 256 when the first bit is set (GNU). */
function number(header: Buffer, at: number, length: number, name: string, signed = false): number {
  const first = header[at] ?? 0;
  if (first < 0x80) return octal(header, at, length);
  const value = BigInt.asIntN(length * 8 - 1, BigInt(`0x${header.toString("hex", at, at + length)}`));
  if (
    (value < 0n && !signed) ||
    value > BigInt(Number.MAX_SAFE_INTEGER) ||
    value < BigInt(Number.MIN_SAFE_INTEGER)
  )
    throw new ArchiveInvalid(`A tar entry's ${name} is out of range`);
  return Number(value);
}

function paxRecords(body: Buffer): Overrides {
  const records: Overrides = new Map();
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    const digits = blank < 0 ? "" : body.toString("latin1", at, blank);
    const end = at + Number(digits);
    const equals = body.indexOf(0x3d, blank);
    if (
      !/^[1-9]\d{0,7}$/.test(digits) ||
      end > body.length ||
      body[end - 1] !== 0x0a ||
      equals < 0 ||
      equals >= end
    )
      throw new ArchiveInvalid("A PAX header is damaged");
    records.set(body.toString("utf8", blank + 1, equals), body.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** Takes bytes from a stream in the amounts the format asks for. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(count: number, what: string): Promise<Buffer> {
    if (this.#rest.length < count) {
      const pieces = [this.#rest];
      for (let have = this.#rest.length; have < count; ) {
        const next = await this.#next();
        if (next === undefined) throw new ArchiveInvalid(`An archive ends inside ${what}`);
        pieces.push(next);
        have += next.length;
      }
      this.#rest = Buffer.concat(pieces);
    }
    const bytes = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return bytes;
  }

  /** Between 1 and `most` bytes, without copying. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#next();
      if (next === undefined) throw new ArchiveInvalid("An archive ends inside a file");
      this.#rest = next;
    }
    return this.exactly(Math.min(most, this.#rest.length), "a file");
  }

  /** What follows the end: padding to the writer's record size. It is read, so that digests cover it. */
  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  /** Tells the source that no more is wanted; a program that feeds it is then not left waiting. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#source.next();
    return done === true ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
