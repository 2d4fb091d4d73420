import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";
import type { Clock } from "../../stdlib/base/clock.js";
import { StoreFailed, StoreFull } from "./errors.js";
import { defaultRetention, History } from "./history.js";
import { prepare, State } from "./state.js";
import type { Change, Store, StoredValue, Write } from "./store.js";

export interface LmdbOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** Bytes that stay free. A full disk must never reach LMDB: 3.5.6 corrupts its heap there. */
  readonly reserveBytes?: number;
}

interface Pending {
  readonly writes: readonly Write[];
  readonly resolve: (revision: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Accepted {
  readonly entry: Pending;
  readonly changes: readonly Change[];
  readonly revision: number;
}

const defaultReserveBytes = 64 * 1024 * 1024;
/** Sorts before every object's key. */
const revisionKey = "\u0001revision";

/**
 * The live store. Values are read from memory; LMDB is what makes them last. Writes that come while one transaction
 * is being synced go into the next together, each with a revision of its own, and are acknowledged after the sync.
 *
 * Watches reach back to the start of this process; a client that asks for more lists again.
 */
export class LmdbStore implements Store {
  readonly #database: RootDatabase<StoredValue | number, string>;
  readonly #folder: string;
  readonly #reserveBytes: number;
  readonly #state = new State();
  readonly #history: History;
  #revision: number;
  #queue: Pending[] = [];
  #flushing: Promise<void> | undefined;
  #failed: StoreFailed | undefined;

  private constructor(database: RootDatabase<StoredValue | number, string>, options: LmdbOptions) {
    this.#database = database;
    this.#folder = options.folder;
    this.#reserveBytes = options.reserveBytes ?? defaultReserveBytes;
    for (const { key, value } of database.getRange({ start: "\u0002" })) {
      if (typeof value === "object") this.#state.apply({ key, ...value });
    }
    const stored = database.get(revisionKey);
    this.#revision = typeof stored === "number" ? stored : 0;
    this.#history = new History(options.clock, defaultRetention, this.#revision);
  }

  static async open(options: LmdbOptions): Promise<LmdbStore> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    // Without overlappingSync a transaction resolves after its sync.
    const database = open<StoredValue | number, string>({
      path: join(options.folder, "objects.mdb"),
      encoding: "json",
      overlappingSync: false,
    });
    return new LmdbStore(database, options);
  }

  get revision(): number {
    return this.#revision;
  }

  get(key: string): StoredValue | undefined {
    return this.#state.get(key);
  }

  list(prefix: string): readonly (StoredValue & { readonly key: string })[] {
    return this.#state.list(prefix);
  }

  commit(writes: readonly Write[]): Promise<number> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#queue.push({ writes, resolve, reject });
      this.#flushing ??= this.#flushAll();
    });
  }

  watch(prefix: string, after: number, deliver: (change: Change) => void): { close(): void } {
    return this.#history.watch(prefix, after, deliver);
  }

  async close(): Promise<void> {
    this.#failed ??= new StoreFailed("Cannot write: the store is closed");
    await this.#flushing;
    this.#history.close();
    await this.#database.close();
  }

  async #flushAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const taken = this.#queue;
      this.#queue = [];
      try {
        await this.#flush(taken);
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    this.#flushing = undefined;
  }

  /** One LMDB transaction. Expectations are checked against what is committed before in the same one. */
  async #flush(taken: readonly Pending[]): Promise<void> {
    await this.#refuseWhenFull();
    const { accepted, staged } = this.#stage(taken);
    if (accepted.length === 0) return;
    const last = accepted.at(-1)?.revision ?? this.#revision;
    try {
      await this.#database.transaction(() => {
        for (const [key, value] of staged) {
          if (value === undefined) this.#database.remove(key);
          else this.#database.put(key, value);
        }
        this.#database.put(revisionKey, last);
      });
      await this.#database.flushed;
    } catch (error) {
      // What reached the disk is unknown now; only a new process can read it back.
      this.#failed = new StoreFailed("Cannot make a write durable; the daemon must start again", {
        cause: error,
      });
      throw this.#failed;
    }
    for (const { entry, changes, revision } of accepted) {
      for (const change of changes) this.#state.apply(change);
      this.#revision = revision;
      this.#history.publish(changes);
      entry.resolve(revision);
    }
    this.#history.compact();
  }

  #stage(taken: readonly Pending[]): { accepted: Accepted[]; staged: Map<string, StoredValue | undefined> } {
    const staged = new Map<string, StoredValue | undefined>();
    const accepted: Accepted[] = [];
    const get = (key: string) => (staged.has(key) ? staged.get(key) : this.#state.get(key));
    for (const entry of taken) {
      const revision = this.#revision + accepted.length + 1;
      try {
        const changes = prepare(get, entry.writes, revision);
        for (const { key, value } of changes)
          staged.set(key, value === undefined ? undefined : { value, revision });
        accepted.push({ entry, changes, revision });
      } catch (error) {
        entry.reject(error);
      }
    }
    return { accepted, staged };
  }

  async #refuseWhenFull(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    const freeBytes = bavail * bsize;
    if (freeBytes < this.#reserveBytes)
      throw new StoreFull({ path: this.#folder, freeBytes, reserveBytes: this.#reserveBytes });
  }
}
