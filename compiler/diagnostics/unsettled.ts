import type { Reporter } from "./reporter.js";

/**
 * Resources that the next compile has to look at again, by title: something was reported about them, or they are made
 * of more than the program says.
 */
export class Unsettled {
  readonly #reporter: Reporter;
  readonly #titles = new Set<string>();
  #filesRead = 0;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Whatever is reported or read meanwhile is of this resource too. */
  during<T>(title: string, work: () => T): T {
    const before = this.#reporter.reports + this.#filesRead;
    const result = work();
    if (this.#reporter.reports + this.#filesRead !== before) this.add(title);
    return result;
  }

  fileRead(): void {
    this.#filesRead += 1;
  }

  add(title: string): void {
    this.#titles.add(title);
  }

  has(title: string): boolean {
    return this.#titles.has(title);
  }
}
