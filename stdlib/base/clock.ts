/**
 * Time and randomness as parameters. Everything above the kernel takes a {@link World} and reads neither the
 * wall clock, global timers nor Math.random by itself, so that the same code runs live, in simulation and in a
 * forecast.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `run` once, not before `delayMs` from now. */
  setTimer(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  /** Idempotent; after it `run` is never called. */
  cancel(): void;
}

export interface Random {
  /** Uniform integer, `0 <= n < 2^32`. */
  uint32(): number;
  /** Bytes fit for keys in the live world; seeded in simulation. */
  bytes(length: number): Uint8Array;
}

export interface World {
  readonly clock: Clock;
  readonly random: Random;
}

/** Resolves after `delayMs`, or rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    const abort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The live world's clock. Timers do not keep the process alive on their own account. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
