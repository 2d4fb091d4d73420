import type { Clock, Timer } from "../../stdlib/base/clock.js";

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Brings one key to its desired state; may run again at any time. */
  readonly sync: (key: string, signal: AbortSignal) => Promise<void>;
  /** Told of every failed sync, with the delay until the next try. */
  readonly onError: (key: string, error: unknown, retryMs: number) => void;
  /** Keys worked on at once. A key is never worked on twice at once. */
  readonly workers?: number;
}

const firstRetryMs = 10;
const longestRetryMs = 60_000;

/**
 * A set of keys to work on. A key added while it is being worked on runs once more afterwards, so no change is
 * missed and any number of changes costs one sync. A failed key comes back after a delay that doubles up to a minute;
 * level-triggered work has no last try.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #ready = new Set<string>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { readonly timer: Timer; readonly due: number }>();
  readonly #failures = new Map<string, number>();
  readonly #abort = new AbortController();
  #idle: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#abort.signal.aborted) return;
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#ready.add(key);
    queueMicrotask(() => this.#dispatch());
  }

  /** Adds the key after a delay; of several delays the one that ends first counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#abort.signal.aborted) return;
    const due = this.#options.clock.now() + delayMs;
    const waiting = this.#timers.get(key);
    if (waiting !== undefined && waiting.due <= due) return;
    waiting?.timer.cancel();
    const timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { timer, due });
  }

  /** Starts nothing more, aborts what runs and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#abort.abort(new Error("The controller stops"));
    for (const { timer } of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#ready.clear();
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #dispatch(): void {
    for (const key of this.#ready) {
      if (this.#running.size >= (this.#options.workers ?? 4)) return;
      this.#ready.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    try {
      await this.#options.sync(key, this.#abort.signal);
      this.#failures.delete(key);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#retry(key, error);
    } finally {
      this.#running.delete(key);
      if (this.#again.delete(key)) this.add(key);
      if (this.#running.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      this.#dispatch();
    }
  }

  #retry(key: string, error: unknown): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.min(firstRetryMs * 2 ** failures, longestRetryMs);
    this.#options.onError(key, error, delayMs);
    this.addAfter(key, delayMs);
  }
}
