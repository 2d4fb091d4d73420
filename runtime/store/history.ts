import type { Clock } from "../../stdlib/base/clock.js";
import { StoreCompacted } from "./errors.js";
import type { Change } from "./store.js";

/** A change is kept while it is among the newest `changes` or younger than `ageMs`. */
export interface Retention {
  readonly changes: number;
  readonly ageMs: number;
}

export const defaultRetention: Retention = { changes: 10_000, ageMs: 300_000 };

interface Entry {
  readonly change: Change;
  readonly at: number;
}

interface Watcher {
  readonly prefix: string;
  readonly deliver: (change: Change) => void;
  after: number;
}

/** The retained changes and who listens to them. Shared by the stores; knows nothing of where values live. */
export class History {
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #watchers = new Set<Watcher>();
  #entries: Entry[] = [];
  #undelivered: Change[] = [];
  #delivering = false;
  #compacted: number;

  /** @param compacted - changes up to this revision are gone. */
  constructor(clock: Clock, retention: Retention, compacted = 0) {
    this.#clock = clock;
    this.#retention = retention;
    this.#compacted = compacted;
  }

  get compacted(): number {
    return this.#compacted;
  }

  /** Puts back what an earlier process kept; no one is told. */
  restore(change: Change, at: number): void {
    this.#entries.push({ change, at });
  }

  /** Records changes and tells the watchers, in order, also when a watcher causes more changes meanwhile. */
  publish(changes: readonly Change[]): void {
    const at = this.#clock.now();
    for (const change of changes) this.#entries.push({ change, at });
    this.#undelivered.push(...changes);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let change = this.#undelivered.shift(); change; change = this.#undelivered.shift())
        for (const watcher of [...this.#watchers]) tell(watcher, change);
    } finally {
      this.#delivering = false;
    }
  }

  watch(prefix: string, after: number, deliver: (change: Change) => void): { close(): void } {
    if (after < this.#compacted) throw new StoreCompacted({ after, oldest: this.#compacted });
    const watcher: Watcher = { prefix, deliver, after };
    for (const { change } of this.#entries.slice(firstAfter(this.#entries, after))) tell(watcher, change);
    this.#watchers.add(watcher);
    return { close: () => void this.#watchers.delete(watcher) };
  }

  /** Drops what need not be kept. @returns the revision up to which changes are gone. */
  compact(): number {
    const oldest = this.#clock.now() - this.#retention.ageMs;
    const limit = this.#entries.length - this.#retention.changes;
    let drop = 0;
    while (drop < limit && this.#entries[drop]!.at < oldest) drop += 1;
    // One transaction's changes share a revision: keep or drop them together.
    while (drop > 0 && this.#entries[drop]?.change.revision === this.#entries[drop - 1]!.change.revision)
      drop -= 1;
    if (drop > 0) {
      this.#compacted = this.#entries[drop - 1]!.change.revision;
      this.#entries = this.#entries.slice(drop);
    }
    return this.#compacted;
  }

  close(): void {
    this.#watchers.clear();
  }
}

/** `after` guards against a second delivery when a watch starts while changes are still being handed out. */
function tell(watcher: Watcher, change: Change): void {
  if (change.revision <= watcher.after || !change.key.startsWith(watcher.prefix)) return;
  try {
    watcher.deliver(change);
  } catch (error) {
    // A failing watcher is a bug in it. The others must still hear, and the commit stands; the bug ends the process.
    queueMicrotask(() => {
      throw error;
    });
  }
}

function firstAfter(entries: readonly Entry[], revision: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.change.revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
