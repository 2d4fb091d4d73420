/** What would mend a mistake, for tools that change text: editors, and readers of `--format json`. */
export type Fix =
  /** `from`, within the diagnostic's span, should read `to`. */
  | { readonly kind: "replace"; readonly from: string; readonly to: string }
  /** What stands at the span lacks a field. */
  | { readonly kind: "add-field"; readonly field: string }
  /** A field, whose value stands at the span, is better left out. */
  | { readonly kind: "remove-field"; readonly field: string }
  /** A resource, as messages call it, opens no port of that name. */
  | { readonly kind: "open-port"; readonly resource: string; readonly port: string }
  /** A ConfigMap or Secret lacks a key. */
  | { readonly kind: "add-key"; readonly resource: string; readonly key: string }
  /** A file of the stack, by its path beside it, lacks a line that takes in another one. */
  | { readonly kind: "add-import"; readonly file: string; readonly line: string }
  /** The finding can be taken for what it is: `accept(resource, code, reason)`. */
  | { readonly kind: "accept"; readonly resource: string };

/** One row of the diagnostics table; `D` is what its message is made of. */
export interface Row<D> {
  readonly severity: "error" | "warning";
  readonly message: (at: D) => string;
  readonly hint?: (at: D) => string | undefined;
  /** The likeliest first. */
  readonly fixes?: (at: D) => readonly Fix[];
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

/** `a, b, c and 4 more`. */
export function shortList(names: readonly string[], most = 8): string {
  const rest = names.length - most;
  return rest <= 1 ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${rest} more`;
}

/** The same as a fix. Of dotted names that differ in their last part alone, that part is what stands at the place. */
export function spelling(name: string, known: readonly string[]): readonly Fix[] {
  const found = nearest(name, known);
  if (found === undefined) return [];
  const [from, to] = [name, found].map((one) => one.slice(one.lastIndexOf(".") + 1)) as [string, string];
  const prefix = (one: string, last: string) => one.slice(0, one.length - last.length);
  if (prefix(name, from) === prefix(found, to)) return [{ kind: "replace", from, to }];
  return name.includes(".") ? [] : [{ kind: "replace", from: name, to: found }];
}

/** What was asked of a list of names: a mistake asks twice, for its hint and its fix, and each mistake of a file again. */
interface Asked {
  readonly lower: readonly string[];
  readonly found: Map<string, string | undefined>;
}

const asked = new WeakMap<readonly string[], Asked>();

/** The known name that is at most two edits away, of a short one a single edit, upper and lower case aside; of several as near, the first. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const before = asked.get(known);
  const { found, lower } = before ?? { found: new Map(), lower: known.map((one) => one.toLowerCase()) };
  if (before === undefined) asked.set(known, { found, lower });
  if (!found.has(name)) found.set(name, nearestOf(name.toLowerCase(), known, lower));
  return found.get(name);
}

function nearestOf(name: string, known: readonly string[], lower: readonly string[]): string | undefined {
  let best: string | undefined;
  let atMost = name.length <= 3 ? 1 : farthest;
  for (const [index, candidate] of lower.entries()) {
    if (Math.abs(candidate.length - name.length) > atMost) continue;
    const distance = editDistance(name, candidate, atMost);
    if (distance > atMost || distance >= candidate.length) continue;
    best = known[index];
    atMost = distance - 1;
    if (atMost < 0) break;
  }
  return best;
}

/** Edits; a name that is farther away is another name. */
const farthest = 2;

/** @returns any number above `atMost` when it is above: an editor asks this of hundreds of names at a key. */
function editDistance(a: string, b: string, atMost: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  let current = previous.slice();
  for (let row = 1; row <= a.length; row += 1) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      const substitute = (previous[column - 1] as number) + (isSame ? 0 : 1);
      const edit = Math.min(previous[column] as number, current[column - 1] as number) + 1;
      const cost = Math.min(substitute, edit);
      current[column] = cost;
      least = Math.min(least, cost);
    }
    if (least > atMost) return least;
    [previous, current] = [current, previous];
  }
  return previous[b.length] as number;
}
