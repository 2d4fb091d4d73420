import { StoreConflict } from "../store/errors.js";
import type { Store } from "../store/store.js";

/** Commits are checked like any other, then dropped; an object keeps the revision it had. */
export function withoutWrites(store: Store): Store {
  return {
    get revision() {
      return store.revision;
    },
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    async commit(writes) {
      const revisions = writes.map(({ key, expect }) => {
        const actual = store.get(key)?.revision ?? 0;
        if (expect !== undefined && expect !== actual)
          throw new StoreConflict({ key, expected: expect, actual });
        return actual;
      });
      return Math.max(0, ...revisions);
    },
    watch: (prefix, after, deliver) => store.watch(prefix, after, deliver),
    close: () => store.close(),
  };
}
