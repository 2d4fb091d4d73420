import { StoreConflict } from "./errors.js";
import type { Change, StoredValue, Write } from "./store.js";

/** The current values, ordered by key. Small enough for memory: one machine's objects, not its data. */
export class State {
  readonly #values = new Map<string, StoredValue>();
  /** Keys in code unit order. */
  readonly #keys: string[] = [];

  get(key: string): StoredValue | undefined {
    return this.#values.get(key);
  }

  list(prefix: string): (StoredValue & { key: string })[] {
    const found: (StoredValue & { key: string })[] = [];
    for (let index = this.#position(prefix); index < this.#keys.length; index += 1) {
      const key = this.#keys[index]!;
      if (!key.startsWith(prefix)) break;
      found.push({ key, ...this.#values.get(key)! });
    }
    return found;
  }

  apply({ key, value, revision }: Pick<Change, "key" | "value" | "revision">): void {
    const known = this.#values.has(key);
    if (value === undefined) {
      if (known) this.#keys.splice(this.#position(key), 1);
      this.#values.delete(key);
      return;
    }
    if (!known) this.#keys.splice(this.#position(key), 0, key);
    this.#values.set(key, { value, revision });
  }

  /** Index of the first key that is not below `key`. */
  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * What a transaction would change, read through `get`. Deleting a key that does not exist changes nothing.
 *
 * @throws {StoreConflict} when an `expect` does not hold.
 */
export function prepare(
  get: (key: string) => StoredValue | undefined,
  writes: readonly Write[],
  revision: number,
): Change[] {
  for (const { key, expect } of writes) {
    const actual = get(key)?.revision ?? 0;
    if (expect !== undefined && actual !== expect) throw new StoreConflict({ key, expected: expect, actual });
  }
  return writes
    .map(({ key, value }) => ({ key, value, revision, previous: get(key)?.value }))
    .filter(({ value, previous }) => value !== undefined || previous !== undefined);
}
