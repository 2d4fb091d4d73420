import { InfraError } from "../../stdlib/base/errors.js";

/** An expected revision does not hold any more; nothing was written. Read again and retry. */
export class StoreConflict extends InfraError {
  readonly code = "store-conflict";
  readonly key: string;

  constructor(at: { readonly key: string; readonly expected: number; readonly actual: number }) {
    super(`Cannot write "${at.key}": expected revision ${at.expected}, found ${at.actual}`);
    this.key = at.key;
  }
}

/** Free space is below the reserve; nothing was written. */
export class StoreFull extends InfraError {
  readonly code = "store-full";

  constructor(at: { readonly path: string; readonly freeBytes: number; readonly reserveBytes: number }) {
    super(
      `Cannot write to "${at.path}": ${at.freeBytes} bytes free, ${at.reserveBytes} are kept in reserve`,
      {
        hint: "Free disk space; running pods are not affected",
      },
    );
  }
}

/** The history before `oldest` is gone: list again, then watch from there. */
export class StoreCompacted extends InfraError {
  readonly code = "store-compacted";
  readonly oldest: number;

  constructor(at: { readonly after: number; readonly oldest: number }) {
    super(`Cannot watch from revision ${at.after}: history starts at ${at.oldest}`);
    this.oldest = at.oldest;
  }
}

/** A commit could not be made durable, or the store is closed. It accepts no more writes. */
export class StoreFailed extends InfraError {
  readonly code = "store-failed";
}
