import { type FileHandle, open } from "node:fs/promises";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import type { LogOptions } from "../client/node-streams.js";

/** One entry of a CRI log: `<time> <stream> <P|F> <text>`. */
export interface LogEntry {
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly stream: string;
  /** False for a piece of a line that goes on. */
  readonly whole: boolean;
  readonly text: Buffer;
}

const pollMs = 100;
const chunkBytes = 64 * 1024;
const newline = 0x0a;

/**
 * Log bytes as `kubectl logs` wants them, from files in order, oldest first.
 *
 * @param ended - asked at the end of the last file when following: true ends the stream once nothing more is there.
 * @param next - with `follow`, whether the last file was replaced by a new one of the same name (rotation).
 *
 * Source: CRI log format; kubelet `kuberuntime/logs`.
 */
export async function* readLogs(
  paths: readonly string[],
  options: Omit<LogOptions, "container" | "previous">,
  clock: Clock,
  ended: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const since = sinceOf(options, clock);
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const tail = options.tailLines === undefined ? undefined : new Tail(options.tailLines);
  const cut = function* (bytes: Buffer) {
    if (left <= 0) return;
    const piece = bytes.length > left ? bytes.subarray(0, left) : bytes;
    left -= piece.length;
    yield piece;
  };
  let isLineStart = true;
  for (const [index, path] of paths.entries()) {
    const last = index === paths.length - 1;
    const follow = last && options.follow;
    for await (const batch of entriesOf(path, follow, clock, ended, signal)) {
      if (batch === "end of file") {
        if (last && tail !== undefined) for (const bytes of tail.drain()) yield* cut(bytes);
        continue;
      }
      for (const entry of batch) {
        if (since !== undefined && entry.time < since) continue;
        const bytes = render(entry, options.timestamps && isLineStart);
        isLineStart = entry.whole;
        if (tail?.open === true) tail.add(bytes, entry.whole);
        else yield* cut(bytes);
        if (left <= 0) return;
      }
    }
  }
}

export function parseEntry(line: Buffer): LogEntry | undefined {
  const first = line.indexOf(0x20);
  const second = line.indexOf(0x20, first + 1);
  if (first < 0 || second < 0) return undefined;
  return {
    time: line.toString("latin1", 0, first),
    stream: line.toString("latin1", first + 1, second),
    whole: line[second + 1] !== 0x50, // P
    text: line.subarray(second + 3),
  };
}

function render(entry: LogEntry, withTime: boolean): Buffer {
  const parts = [entry.text];
  if (withTime) parts.unshift(Buffer.from(`${entry.time} `));
  if (entry.whole) parts.push(Buffer.from("\n"));
  return Buffer.concat(parts);
}

/** The last lines; pieces of a line count as one. */
class Tail {
  open = true;
  #lines: Buffer[][] = [];
  #whole = true;

  constructor(private readonly count: number) {}

  add(bytes: Buffer, whole: boolean): void {
    if (this.#whole) this.#lines.push([]);
    this.#lines.at(-1)?.push(bytes);
    this.#whole = whole;
    if (this.#lines.length > this.count) this.#lines.shift();
  }

  drain(): readonly Buffer[] {
    this.open = false;
    const lines = this.#lines.flat();
    this.#lines = [];
    return lines;
  }
}

/** Batches of entries; then "end of file" once; when following, what comes later. */
async function* entriesOf(
  path: string,
  follow: boolean,
  clock: Clock,
  ended: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[] | "end of file"> {
  let file = await openIfThere(path);
  let rest: Buffer = Buffer.alloc(0);
  let told = false;
  const chunk = Buffer.alloc(chunkBytes);
  try {
    for (;;) {
      const isLast = ended(); // asked before reading: what was written before the end is read below
      const { bytesRead } = (await file?.read(chunk, 0, chunkBytes)) ?? { bytesRead: 0 };
      if (bytesRead > 0) {
        const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(newline) + 1;
        rest = bytes.subarray(end);
        yield splitLines(bytes.subarray(0, end)).flatMap((line) => parseEntry(line) ?? []);
        continue;
      }
      if (!told) yield "end of file";
      told = true;
      if (!follow || isLast) return;
      await sleep(clock, pollMs, signal);
      const replaced = await replacedFile(path, file);
      if (replaced !== undefined) {
        await file?.close();
        file = replaced;
      }
    }
  } finally {
    await file?.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** The new file when rotation put one in the place of the one being read. */
async function replacedFile(path: string, current: FileHandle | undefined): Promise<FileHandle | undefined> {
  const now = await openIfThere(path);
  if (now === undefined || current === undefined) return now;
  const [a, b] = await Promise.all([now.stat(), current.stat()]);
  if (a.ino !== b.ino) return now;
  await now.close();
  return undefined;
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start);
    lines.push(Buffer.from(bytes.subarray(start, end)));
    start = end + 1;
  }
  return lines;
}

/** As a time that compares with the log's, which are all in UTC with nine digits. */
function sinceOf(options: Pick<LogOptions, "sinceSeconds" | "sinceTime">, clock: Clock): string | undefined {
  const { sinceSeconds, sinceTime } = options;
  const ms = sinceTime !== undefined ? Date.parse(sinceTime) : clock.now() - (sinceSeconds ?? 0) * 1000;
  if (sinceTime === undefined && sinceSeconds === undefined) return undefined;
  return new Date(ms).toISOString().replace("Z", "000000Z");
}
