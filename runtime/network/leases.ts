import { open, readFile, rename, rm } from "node:fs/promises";
import { InfraError } from "../../stdlib/base/errors.js";
import type { Prefix } from "./netlink/route.js";
import { addressAt, contains, sizeOf } from "./ranges.js";

/** Every address of the pod range is leased. */
export class AddressesExhausted extends InfraError {
  readonly code = "addresses-exhausted";
}

const reserved = 2; // network address and gateway

/**
 * Which pod has which address, kept in one file: a pod keeps its address until it is gone, over daemon restarts too.
 *
 * Addresses are handed out in rising order and only reused after the range was walked once, so that a peer's stale
 * connection does not meet a new pod at an old address. Concurrent changes share one write.
 */
export class Leases {
  readonly #path: string;
  readonly #range: Prefix;
  readonly #byPod: Map<string, string>;
  readonly #taken: Set<string>;
  #next = reserved;
  #flushing: Promise<void> | undefined;
  #queued: Promise<void> | undefined;

  private constructor(path: string, range: Prefix, byPod: Map<string, string>, next: number) {
    this.#path = path;
    this.#range = range;
    this.#byPod = byPod;
    this.#taken = new Set(byPod.values());
    this.#next = next;
  }

  /**
   * Leases outside the range (an instance that moved to another one) are dropped. A file that says nothing is as good
   * as none: it is told, and the leases of pods that live have to be restored.
   */
  static async open(path: string, range: Prefix, onLost: (error: Error) => void = () => {}): Promise<Leases> {
    const stored = await readLeases(path, onLost);
    const byPod = new Map(Object.entries(stored.leases).filter(([, address]) => contains(range, address)));
    return new Leases(
      path,
      range,
      byPod,
      stored.next >= reserved && stored.next < sizeOf(range) - 1 ? stored.next : reserved,
    );
  }

  get(pod: string): string | undefined {
    return this.#byPod.get(pod);
  }

  pods(): readonly string[] {
    return [...this.#byPod.keys()];
  }

  /** Resolves when the lease is on disk. */
  async take(pod: string): Promise<string> {
    const held = this.#byPod.get(pod);
    if (held !== undefined) {
      await this.#queued;
      return held;
    }
    const address = this.#pick();
    this.#byPod.set(pod, address);
    this.#taken.add(address);
    await this.#save();
    return address;
  }

  /** Gives a pod the address back that it is known to have, when it has no lease and nobody else has that one. */
  async restore(pod: string, address: string): Promise<void> {
    if (this.#byPod.has(pod) || this.#taken.has(address) || !contains(this.#range, address)) return;
    this.#byPod.set(pod, address);
    this.#taken.add(address);
    await this.#save();
  }

  async release(pod: string): Promise<void> {
    const address = this.#byPod.get(pod);
    if (address === undefined) return;
    this.#byPod.delete(pod);
    this.#taken.delete(address);
    await this.#save();
  }

  #pick(): string {
    const last = sizeOf(this.#range) - 1; // broadcast
    for (let tried = reserved; tried < last; tried += 1) {
      const address = addressAt(this.#range, this.#next);
      this.#next = this.#next + 1 < last ? this.#next + 1 : reserved;
      if (!this.#taken.has(address)) return address;
    }
    throw new AddressesExhausted(
      `Cannot give a pod an address: all of ${this.#range.address}/${this.#range.length} is in use`,
    );
  }

  /** A write under way may have missed the change, so a second one is queued behind it and shared by all who wait. */
  #save(): Promise<void> {
    this.#queued ??= (this.#flushing ?? Promise.resolve()).then(() => {
      this.#queued = undefined;
      this.#flushing = this.#write();
      return this.#flushing;
    });
    return this.#queued;
  }

  async #write(): Promise<void> {
    const body = `${JSON.stringify({ formatVersion: 1, next: this.#next, leases: Object.fromEntries(this.#byPod) })}\n`;
    const temporary = `${this.#path}.tmp`;
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(body);
      await file.sync();
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }
}

async function readLeases(
  path: string,
  onLost: (error: Error) => void,
): Promise<{ next: number; leases: Record<string, string> }> {
  const none = { next: reserved, leases: {} };
  try {
    const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isLeaseFile(parsed)) return parsed;
    onLost(new Error(`"${path}" is no lease file`));
  } catch (error) {
    if (error instanceof SyntaxError) onLost(error);
    else if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return none;
}

function isLeaseFile(value: unknown): value is { next: number; leases: Record<string, string> } {
  if (typeof value !== "object" || value === null || !("next" in value) || !("leases" in value)) return false;
  const { next, leases } = value;
  return (
    typeof next === "number" &&
    typeof leases === "object" &&
    leases !== null &&
    Object.values(leases).every(
      (address) => typeof address === "string" && /^\d+\.\d+\.\d+\.\d+$/.test(address),
    )
  );
}
