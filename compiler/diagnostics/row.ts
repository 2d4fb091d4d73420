/** One row of the diagnostics table; `D` is what its message is made of. */
export interface Row<D> {
  readonly severity: "error" | "warning";
  readonly message: (at: D) => string;
  readonly hint?: (at: D) => string | undefined;
  /** What `infra explain` says beside message and hint. */
  readonly about: string;
}

/** Ties the data of a row to its message. */
export function row<D = Record<string, never>>(of: Row<D>): Row<D> {
  return of;
}

/** `did you mean "http"?` for a name at most two edits away. */
export function suggestion(name: string, known: readonly string[]): string | undefined {
  const meant = nearest(name, known);
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

/** The known name that is at most two edits away, upper and lower case aside. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= 2 && distance < candidate.length)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, left] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, right] of [...b].entries()) {
      const substitute = (previous[column] ?? 0) + (left === right ? 0 : 1);
      current.push(Math.min(substitute, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
