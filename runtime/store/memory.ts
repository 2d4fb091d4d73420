import type { Clock } from "../../stdlib/base/clock.js";
import { StoreFailed } from "./errors.js";
import { defaultRetention, History, type Retention } from "./history.js";
import { prepare, State } from "./state.js";
import type { Change, Store, StoredValue, Write } from "./store.js";

/** A store that lives as long as its process: for simulation, forecasts and tests. A commit is visible at once. */
export class MemoryStore implements Store {
  readonly #state = new State();
  readonly #history: History;
  #revision = 0;
  #closed = false;

  constructor(options: { readonly clock: Clock; readonly retention?: Retention }) {
    this.#history = new History(options.clock, options.retention ?? defaultRetention);
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

  // Async so that a conflict rejects; everything happens before the first await of the caller.
  async commit(writes: readonly Write[]): Promise<number> {
    if (this.#closed) throw new StoreFailed("Cannot write: the store is closed");
    const changes = prepare((key) => this.#state.get(key), writes, this.#revision + 1);
    this.#revision += 1;
    const revision = this.#revision;
    for (const change of changes) this.#state.apply(change);
    this.#history.compact();
    this.#history.publish(changes);
    return revision;
  }

  watch(prefix: string, after: number, deliver: (change: Change) => void): { close(): void } {
    return this.#history.watch(prefix, after, deliver);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#history.close();
  }
}
