import type { Reporter } from "../diagnostics/reporter.js";
import type { Definition, Name } from "./syntax.js";

/** What each definition uses, with the name that it first uses it by. */
export type Uses = ReadonlyMap<Definition, ReadonlyMap<Definition, Name>>;

/**
 * Definitions, each after those that it uses. Depth first; one that leads back to itself is reported at the name that
 * closes the circle.
 */
export function inOrder(definitions: readonly Definition[], uses: Uses, reporter: Reporter): Definition[] {
  const order: Definition[] = [];
  const state = new Map<Definition, "under way" | "done">();
  // By hand, since a chain of definitions may be longer than the call stack.
  for (const first of definitions) {
    const path = state.has(first) ? [] : [{ of: first, uses: usesOf(uses, first) }];
    state.set(first, state.get(first) ?? "under way");
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { done, value } = step.uses.next();
      if (done === true) {
        state.set(step.of, "done");
        order.push(step.of);
        path.pop();
        continue;
      }
      const [used, at] = value;
      const known = state.get(used);
      if (known === "under way")
        reporter.report("definition-cycle", at.span, { name: at.text, recursive: used.node === "function" });
      else if (known === undefined) {
        state.set(used, "under way");
        path.push({ of: used, uses: usesOf(uses, used) });
      }
    }
  }
  return order;
}

function usesOf(uses: Uses, definition: Definition): IterableIterator<[Definition, Name]> {
  return (uses.get(definition) ?? new Map<Definition, Name>()).entries();
}
