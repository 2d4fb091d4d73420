/**
 * Whether a name matches a pattern of Go's `filepath.Match`: `*`, `?`, `[…]`, a backslash quotes. Without recursion:
 * hostile patterns cost no more than name times pattern.
 */
export function matchesName(name: string, pattern: string): boolean {
  const tokens = pattern.match(/\[\^?(?:\\.|[^\]\\])+\]|\\.|[\s\S]/g) ?? [];
  return runs(name, tokens, "*", matchesCharacter);
}

/** The same for whole paths, folder by folder; `**` stands for any number of folders. */
export function matchesPath(path: readonly string[], pattern: readonly string[]): boolean {
  return runs(path, pattern, "**", matchesName);
}

/** Which places of the pattern can be reached, item by item. @param any - the token that stands for any number of items. */
function runs(
  items: Iterable<string>,
  tokens: readonly string[],
  any: string,
  matches: (item: string, token: string) => boolean,
): boolean {
  const closed = (at: Set<number>): Set<number> => {
    for (const state of at) if (tokens[state] === any) at.add(state + 1);
    return at;
  };
  let states = closed(new Set([0]));
  for (const item of items) {
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === any) next.add(state);
      else if (token !== undefined && matches(item, token)) next.add(state + 1);
    }
    states = closed(next);
  }
  return states.has(tokens.length);
}

function matchesCharacter(char: string, token: string): boolean {
  if (token === "?") return true;
  if (!token.startsWith("[") || token.length === 1) return char === token.replace(/^\\(?=.)/, "");
  const negated = token[1] === "^";
  const inner = token.slice(negated ? 2 : 1, -1);
  let found = false;
  for (const [, first = "", last = first] of inner.matchAll(/\\?(.)(?:-\\?(.))?/gsu))
    if (char >= first && char <= last) found = true;
  return found !== negated;
}
