import type { Clock } from "../../stdlib/base/clock.js";

/** Source: kubelet: MaxContainerBackOff and the reset after twice that. */
const firstMs = 10_000;
const longestMs = 300_000;
const resetMs = 600_000;

/** How long a container that ended waits for its next start: not at all at first, then twice as long each time. */
export class Backoff {
  readonly #clock: Clock;
  #delayMs = 0;
  #dueAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds between the last end and the next start. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** Milliseconds from now to the next start; 0 when it is due. */
  get leftMs(): number {
    return Math.max(0, this.#dueAt - this.#clock.now());
  }

  /** The container is started again: its next end waits longer. */
  startedAgain(): void {
    this.#delayMs = Math.min(this.#delayMs === 0 ? firstMs : this.#delayMs * 2, longestMs);
  }

  /** What ran long enough has shown that it can. */
  ran(ms: number): void {
    if (ms >= resetMs) this.#delayMs = 0;
  }

  ended(): void {
    this.waitFor(this.#delayMs);
  }

  /** The next start is tried after this, whatever the delay. */
  waitFor(ms: number): void {
    this.#dueAt = this.#clock.now() + ms;
  }
}
