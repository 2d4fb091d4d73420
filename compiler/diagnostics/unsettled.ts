import type { Reporter } from "./reporter.js";

/**
 * Resources that the next compile has to look at again, by index: something was reported about them, or they are made
 * of more than the program says.
 */
export class Unsettled {
  readonly #reporter: Reporter;
  readonly #resources = new Set<number>();
  #filesRead = 0;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Whatever is reported or read meanwhile is of this resource too. */
  during<T>(resource: number, work: () => T): T {
    const before = this.#reporter.reports + this.#filesRead;
    const result = work();
    if (this.#reporter.reports + this.#filesRead !== before) this.add(resource);
    return result;
  }

  fileRead(): void {
    this.#filesRead += 1;
  }

  add(resource: number): void {
    this.#resources.add(resource);
  }

  has(resource: number): boolean {
    return this.#resources.has(resource);
  }
}
