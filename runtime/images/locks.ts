import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, sleep } from "../../stdlib/base/clock.js";

/** flock(2), exclusive, without waiting; false when another open file holds it. */
export type FlockTry = (fd: number) => boolean;

const pollMs = 20;

/**
 * Locks by name among all processes that share one folder. A lock ends with its holder, however that ends, so none is
 * ever stale. Waiting polls: a blocking flock would take a thread from the pool for as long as a build runs.
 */
export class FolderLocks {
  constructor(
    private readonly folder: string,
    private readonly flockTry: FlockTry,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` while it holds the lock.
   *
   * @param name - a file name: no `/`.
   * @throws the signal's reason when it aborts while waiting.
   */
  async hold<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = await openLock(join(this.folder, name));
    try {
      while (!this.flockTry(file.fd)) await sleep(this.clock, pollMs, signal);
      return await work();
    } finally {
      await file.close();
    }
  }

  /** Runs `work` if the lock is free, else nothing. */
  async tryHold(name: string, work: () => Promise<void>): Promise<void> {
    const file = await openLock(join(this.folder, name));
    try {
      if (this.flockTry(file.fd)) await work();
    } finally {
      await file.close();
    }
  }
}

/** Lock files are never removed: two processes could otherwise hold locks on two files of one name. */
function openLock(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
}
