import type { Remarks } from "../exact.js";
import type { SourceMember, SourceObject, SourceValue } from "../program.js";
import { pathKey } from "../read-yaml.js";

export type Path = readonly (string | number)[];

/** Comments of one object, each given away once: to the member its field became, or to the object as a whole. */
export class Comments {
  readonly #left = new Map<string, readonly string[]>();

  constructor({ above, at, comments }: Remarks) {
    const own = pathKey(at);
    for (const [key, lines] of comments)
      if (key.startsWith(own) && !above.has(key)) this.#left.set(key.slice(own.length), lines);
  }

  /** Those on the field and on everything in it. */
  take(path: Path): readonly string[] {
    if (this.#left.size === 0) return [];
    const key = pathKey(path);
    const lines: string[] = [];
    for (const [at, own] of this.#left) {
      if (at !== key && !at.startsWith(`${key}\u0000`)) continue;
      lines.push(...own);
      this.#left.delete(at);
    }
    return lines;
  }

  /** Those that nobody took. */
  rest(): readonly string[] {
    return [...this.#left.values()].flat();
  }
}

/** Members of an object to be, in the order they are set, with the comments of the fields they come from. */
export class Members {
  readonly #comments: Comments;
  readonly #list: SourceMember[] = [];

  constructor(comments: Comments) {
    this.#comments = comments;
  }

  /** @param from - the field it comes from, whose comments it takes. An absent value sets nothing. */
  set(name: string, value: SourceValue | undefined, from?: Path): void {
    if (value === undefined) return;
    const comment = from === undefined ? [] : this.#comments.take(from);
    this.#list.push({ name, value, ...(comment.length === 0 ? {} : { comment }) });
  }

  add(member: SourceMember): void {
    this.#list.push(member);
  }

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  get object(): SourceObject {
    return { members: this.#list };
  }

  /** The object, or nothing when nothing was set. */
  get ifAny(): SourceObject | undefined {
    return this.isEmpty ? undefined : this.object;
  }
}

/** `{ a: 1 }` without comments. */
export function objectOf(members: { readonly [name: string]: SourceValue | undefined }): SourceObject {
  return {
    members: Object.entries(members).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    ),
  };
}

/** Whole seconds as people write them: `"90s"`, `"2m"`, `"1h"`. */
export function duration(seconds: unknown): string | undefined {
  if (typeof seconds !== "number" || !Number.isInteger(seconds) || seconds < 0) return undefined;
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  if (seconds > 60 && seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}
