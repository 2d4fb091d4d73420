import type { DecodeProblem } from "./decode.js";

/** Text that is no JSON, or nests too deeply. */
export class JsonTextError extends SyntaxError {}

const deepest = 1000;

/**
 * `JSON.parse`, plus what it hides: keys that occur twice in one object, whose earlier value it drops.
 *
 * @throws {JsonTextError} for text that is no JSON, that nests deeper than 1,000 levels, or that holds a number
 *   outside the doubles (`1e999`).
 */
export function parseJsonStrict(text: string): { value: unknown; problems: readonly DecodeProblem[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new JsonTextError((error as Error).message);
  }
  return { value, problems: new Scanner(text).scan() };
}

/** Walks text that `JSON.parse` accepted, so it only has to tell structure apart. */
class Scanner {
  readonly #text: string;
  readonly #problems: DecodeProblem[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): readonly DecodeProblem[] {
    this.#value("", 0);
    return this.#problems;
  }

  #value(path: string, depth: number): void {
    if (depth > deepest) throw new JsonTextError(`JSON nests deeper than ${deepest} levels`);
    this.#space();
    const char = this.#text[this.#at];
    if (char === "{") this.#object(path, depth);
    else if (char === "[") this.#array(path, depth);
    else if (char === '"') this.#string();
    else this.#word();
  }

  #object(path: string, depth: number): void {
    const seen = new Set<string>();
    this.#at += 1;
    for (this.#space(); this.#text[this.#at] !== "}"; this.#space()) {
      if (this.#text[this.#at] === ",") {
        this.#at += 1;
        continue;
      }
      const key = this.#string();
      const inner = path === "" ? key : `${path}.${key}`;
      if (seen.has(key))
        this.#problems.push({ path: inner, kind: "duplicate", message: `duplicate field "${inner}"` });
      seen.add(key);
      this.#space();
      this.#at += 1; // colon
      this.#value(inner, depth + 1);
    }
    this.#at += 1;
  }

  #array(path: string, depth: number): void {
    this.#at += 1;
    let index = 0;
    for (this.#space(); this.#text[this.#at] !== "]"; this.#space()) {
      if (this.#text[this.#at] === ",") {
        this.#at += 1;
        continue;
      }
      this.#value(`${path}[${index}]`, depth + 1);
      index += 1;
    }
    this.#at += 1;
  }

  /** @returns the string's value; escapes matter, since `"a"` and `"\u0061"` are one key. */
  #string(): string {
    const start = this.#at;
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at += 1;
    const raw = this.#text.slice(start, this.#at);
    return raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  }

  /** A number or `true`, `false`, `null`. */
  #word(): void {
    const start = this.#at;
    while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text[this.#at] ?? "")) this.#at += 1;
    const word = this.#text.slice(start, this.#at);
    if (/^[-\d]/.test(word) && !Number.isFinite(Number(word)))
      throw new JsonTextError(`${word} is out of range`);
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }
}
