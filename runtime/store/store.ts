/**
 * A revisioned key-value store: one global sequence of revisions, one more per committed transaction.
 *
 * Keys are text, ordered by code unit: `<group>/<resource>/<namespace>/<name>` for objects. Values are opaque
 * bytes-as-text (JSON). LMDB by default, memory in simulation, etcd when a user has one.
 */
export interface Store {
  /** The newest committed revision. */
  readonly revision: number;
  get(key: string): StoredValue | undefined;
  /** All keys with the prefix, in key order, as of the newest commit. */
  list(prefix: string): readonly (StoredValue & { readonly key: string })[];
  /**
   * Commits all writes or none, as one revision. Resolves when durable (live) with the new revision.
   * @throws {StoreConflict} when an `expect` does not hold; nothing is written.
   * @throws {StoreFull} when free space is below the reserve; nothing is written.
   */
  commit(writes: readonly Write[]): Promise<number>;
  /**
   * Calls `deliver` for every change under the prefix with a revision above `after`, in order, first the retained
   * history, then live. Delivery is synchronous with the commit becoming visible.
   * @throws {StoreCompacted} when `after` is older than what is retained.
   */
  watch(prefix: string, after: number, deliver: (change: Change) => void): { close(): void };
  close(): Promise<void>;
}

export interface StoredValue {
  readonly value: string;
  /** Revision of the last write to this key. */
  readonly revision: number;
}

export interface Write {
  readonly key: string;
  /** `undefined` deletes. */
  readonly value: string | undefined;
  /** Required revision of the current value; 0: must not exist; absent: unconditional. */
  readonly expect?: number;
}

export interface Change {
  readonly revision: number;
  readonly key: string;
  readonly value: string | undefined;
  readonly previous: string | undefined;
}
