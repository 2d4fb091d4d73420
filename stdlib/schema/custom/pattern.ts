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

/**
 * What keeps text from being a pattern of Go: what it never had (looking around, going back to a group), and what has a
 * beginning and no end.
 *
 * Source: RE2 syntax. Subset: what only one of the two languages knows is passed.
 */
export function checkPattern(pattern: string): string | undefined {
  const refused = "must be a valid regular expression, but isn't: error parsing regexp:";
  const bare = pattern.replace(/\\[\s\S]/g, "_").replace(/\[\^?\]?[^\]]*\]/g, "_");
  const around = /\(\?<?[=!]/.exec(bare);
  if (around !== null) return `${refused} invalid or unsupported Perl syntax: ${around[0]}`;
  const back = /(?<!\\)(?:\\\\)*(\\(?:[1-7](?![0-7])|[89]))/.exec(pattern);
  if (back !== null) return `${refused} invalid escape sequence: ${back[1]}`;
  if (pattern.includes("\\Q")) return undefined; // quoted as a whole, which has no meaning here
  const source = pattern
    .replace(/\(\?P</g, "(?<")
    .replace(/\(\?[imsU-]*:/g, "(?:")
    .replace(/\(\?[imsU-]+\)/g, "");
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return `${refused} ${(error as Error).message.replace(/^.*\/: /s, "")}`;
  }
}

/** Go's syntax as ours: the same but for anchors of the whole text and named groups. */
function compile(pattern: string): RegExp | undefined {
  if (/\[:\^?\w+:\]|\\[pP]\w|\\[QC]/.test(pattern)) return undefined; // classes and quotes that read otherwise here
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
