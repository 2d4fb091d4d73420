/** Undoes steps newest first. Ours, because Node 20 has no AsyncDisposableStack. */
export class Scope implements AsyncDisposable {
  #undo: (() => void | Promise<void>)[] = [];

  onExit(undo: () => void | Promise<void>): void {
    this.#undo.push(undo);
  }

  /** Success: hands the undo list to a longer-lived owner; this scope then does nothing. */
  move(): Scope {
    const owner = new Scope();
    owner.#undo = this.#undo;
    this.#undo = [];
    return owner;
  }

  /** Runs every step even if some fail, then throws one error that carries all failures. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, "Several steps could not be undone");
  }
}
