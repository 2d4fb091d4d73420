import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { HostUnsupported, InfraError } from "../../stdlib/base/errors.js";

/** A file that is no Debian binary package, format 2.0. */
export class PackageInvalid extends InfraError {
  readonly code = "package-invalid";
}

/** Where the two archives inside a package lie. */
export interface DebArchive {
  /** `control`, `md5sums`, maintainer scripts (never run here). */
  readonly control: DebMember;
  /** What the package installs. */
  readonly data: DebMember;
}

export interface DebMember {
  readonly path: string;
  /** `data.tar.xz` */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

const magic = "!<arch>\n";
const headerBytes = 60;

/**
 * Reads a package's table of contents.
 *
 * Source: deb(5): an ar(5) archive of `debian-binary`, `control.tar*` and `data.tar*`, in this order.
 *
 * @throws {PackageInvalid}
 */
export async function openDeb(path: string): Promise<DebArchive> {
  const file = await open(path);
  try {
    const { size: total } = await file.stat();
    const members = new Map<string, DebMember>();
    const read = async (offset: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      if (bytesRead < length) throw new PackageInvalid(`"${path}" ends early`);
      return buffer.toString("latin1");
    };
    if ((await read(0, magic.length)) !== magic) throw new PackageInvalid(`"${path}" is no ar archive`);
    for (let at = magic.length; at < total; ) {
      const header = await read(at, headerBytes);
      const name = header.slice(0, 16).trimEnd().replace(/\/$/, "");
      const digits = header.slice(48, 58).trimEnd();
      const size = Number(digits);
      const offset = at + headerBytes;
      if (!/^\d+$/.test(digits) || header.slice(58) !== "`\n" || offset + size > total)
        throw new PackageInvalid(`"${path}" is damaged at byte ${at}`);
      members.set(/^(control|data)\.tar/.exec(name)?.[1] ?? name, { path, name, offset, size });
      at = offset + size + (size % 2); // members begin at even offsets
    }
    const version = members.get("debian-binary");
    const control = members.get("control");
    const data = members.get("data");
    if (version === undefined || !(await read(version.offset, version.size)).startsWith("2."))
      throw new PackageInvalid(`"${path}" is no Debian package of format 2`);
    if (control === undefined || data === undefined)
      throw new PackageInvalid(`"${path}" has no control or data archive`);
    return { control, data };
  } finally {
    await file.close();
  }
}

const programs = {
  xz: ["xz", "--decompress", "--stdout"],
  zst: ["zstd", "--decompress", "--stdout"],
  bz2: ["bzip2", "--decompress", "--stdout"],
} as const;

/**
 * A member's tar archive, decompressed; by the host's programs where Node has none.
 *
 * @throws {HostUnsupported} while read, when the program is missing.
 * @throws {PackageInvalid} while read, when it reports damage.
 */
export async function* readMember(member: DebMember, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = createReadStream(member.path, {
    start: member.offset,
    end: member.offset + member.size - 1,
    highWaterMark: 1 << 18,
  });
  const form = /\.tar(?:\.(\w+))?$/.exec(member.name)?.[1];
  if (form === undefined) yield* source;
  else if (form === "gz") {
    const gunzip = createGunzip();
    const fed = pipeline(source, gunzip, { signal });
    fed.catch(() => {}); // told again by the loop, which reads the same stream
    yield* gunzip;
    await fed;
  } else yield* throughProgram(source, member, programs[form as keyof typeof programs], signal);
}

async function* throughProgram(
  source: NodeJS.ReadableStream,
  member: DebMember,
  command: readonly [string, ...string[]] | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (command === undefined) throw new PackageInvalid(`Cannot read "${member.name}" of "${member.path}"`);
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], signal });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint = `${complaint}${String(text)}`.slice(0, 1000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // A program that ends early breaks the pipe; its exit code says why.
  const fed = pipeline(source, child.stdin).catch(() => {});
  try {
    ended.catch(() => {}); // awaited below, after the output's end
    yield* child.stdout;
    await fed;
    const code = await ended;
    if (code !== 0)
      throw new PackageInvalid(`Cannot unpack "${member.name}" of "${member.path}": ${complaint.trim()}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new HostUnsupported(`Cannot unpack Debian packages: this host has no "${program}"`, {
      cause: error,
      hint: `Install the program "${program}"`,
    });
  } finally {
    child.kill();
  }
}
