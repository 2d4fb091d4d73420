import type { Statement } from "./program.js";

/** Words that no variable may be, in TypeScript or `.infra`. */
const reserved = new Set(
  (
    "abstract any arguments as asserts async await boolean break case catch class const continue debugger declare " +
    "default delete do else enum eval export extends false finally for from function get if implements import in " +
    "infer infinity instanceof interface is keyof let module namespace nan never new null number object of package " +
    "param private protected public readonly require return set static string super switch symbol this throw true " +
    "try type typeof undefined unique unknown var void while with yield"
  ).split(" "),
);

/**
 * A variable name made of words: `"redis-leader"` is `redisLeader`. What holds no letter or digit is `"value"`.
 */
export function variableName(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words
    .map((word, index) => {
      const shouting = word === word.toUpperCase() && /[A-Z]{2}/.test(word);
      const plain = shouting ? word.toLowerCase() : word;
      return index === 0 ? lowerFirst(plain) : upperFirst(plain);
    })
    .join("");
  if (joined === "") return "value";
  return /^[0-9]/.test(joined) ? `n${joined}` : joined;
}

/**
 * Names for all statements: legal, different from each other and from what is taken. The wished-for name first, then
 * with a number.
 */
export function nameStatements(
  statements: readonly Statement[],
  taken: Iterable<string>,
): ReadonlyMap<Statement, string> {
  const used = new Set(taken);
  const names = new Map<Statement, string>();
  for (const statement of statements) {
    const wished = variableName(statement.variable);
    let name = wished;
    for (let number = 2; used.has(name) || reserved.has(name.toLowerCase()); number += 1)
      name = `${wished}${number}`;
    used.add(name);
    names.set(statement, name);
  }
  return names;
}

/** A name as Services may have one, RFC 1035: `"My_db"` is `"my-db"`. */
export function kubernetesName(text: string): string {
  const plain = text
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "");
  const named = /^[a-z]/.test(plain) ? plain : `n${plain}`;
  return named.slice(0, 50).replace(/-+$/, "");
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
