import { createContext, Script } from "node:vm";

/** More backtracking than any name, host or schedule needs. */
const timeoutMs = 100;
/** Text up to here cannot make a pattern without repeated repetition slow. */
const shortText = 1024;

const compiled = new Map<string, RegExp | undefined>();
let guarded:
  | { readonly context: { expression?: RegExp; text?: string }; readonly script: Script }
  | undefined;

/**
 * Whether text matches a pattern somewhere, or "unknown" when that cannot be told: Go reads patterns without going back,
 * so one that is quick there may have no end here, and a few have no meaning here.
 */
export function matchesPattern(pattern: string, text: string): boolean | "unknown" {
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  const expression = compiled.get(pattern);
  if (expression === undefined) return "unknown";
  // A repeated group that repeats or chooses within is what exponential time is made of.
  const isSafe = text.length <= shortText && !/[*+}|][^)]*\)\??[*+{]/.test(pattern);
  if (isSafe) return expression.test(text);
  guarded ??= { context: createContext({}), script: new Script("expression.test(text)") };
  Object.assign(guarded.context, { expression, text });
  try {
    return guarded.script.runInContext(guarded.context, { timeout: timeoutMs }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "unknown";
    throw error;
  }
}

/** Go's syntax as ours: the same but for anchors of the whole text and named groups. */
function compile(pattern: string): RegExp | undefined {
  const source = pattern
    .replace(/\\A/g, "^")
    .replace(/\\z/g, "$")
    .replace(/\(\?P</g, "(?<");
  for (const flags of ["u", ""])
    try {
      return new RegExp(source, flags);
    } catch {
      // The next way of reading it is less strict; after the last it has no meaning here.
    }
  return undefined;
}
