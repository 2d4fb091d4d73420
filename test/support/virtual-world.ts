import type { Clock, Random, World } from "../../stdlib/base/clock.js";

/** Time that only moves when a test says so, and randomness that replays from its seed. */
export interface VirtualWorld extends World {
  /** Runs due timers in order, with everything they set off, until the time has passed. */
  advance(delayMs: number): Promise<void>;
  /** Goes from timer to timer until the condition holds. @throws when it does not within the limit. */
  runUntil(condition: () => boolean, limitMs: number): Promise<void>;
}

export function createVirtualWorld(seed: number, startMs = Date.UTC(2026, 0, 1)): VirtualWorld {
  let now = startMs;
  let order = 0;
  const timers = new Map<number, { readonly due: number; readonly run: () => void }>();

  const clock: Clock = {
    now: () => now,
    setTimer(delayMs, run) {
      order += 1;
      const id = order;
      timers.set(id, { due: now + Math.max(0, delayMs), run });
      return { cancel: () => void timers.delete(id) };
    },
  };
  const next = () => [...timers].sort(([a, one], [b, other]) => one.due - other.due || a - b)[0];

  async function runNext(until: number): Promise<boolean> {
    await settle();
    const timer = next();
    if (timer === undefined || timer[1].due > until) return false;
    timers.delete(timer[0]);
    now = Math.max(now, timer[1].due);
    timer[1].run();
    await settle();
    return true;
  }

  return {
    clock,
    random: seededRandom(seed),
    async advance(delayMs) {
      const until = now + delayMs;
      while (await runNext(until));
      now = until;
    },
    async runUntil(condition, limitMs) {
      const until = now + limitMs;
      await settle();
      while (!condition()) {
        if (!(await runNext(until)))
          throw new Error(`The condition does not hold after ${limitMs} ms of virtual time`);
      }
    },
  };
}

/** Lets everything that is ready run: microtasks, and what they queue. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Mulberry32: small, and good enough to vary histories. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (value ^ (value >>> 14)) >>> 0;
  };
  return { uint32, bytes: (length) => Uint8Array.from({ length }, () => uint32() & 0xff) };
}
