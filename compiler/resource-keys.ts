import type { Graph, ResourceNode } from "../stdlib/constructs/graph.js";
import { sha256 } from "./digest.js";
import type { Instrumented } from "./typescript/instrument.js";

/** What resources are made from beside what the guest tells of them. */
export interface KeySources {
  readonly instrumented: Pick<Instrumented, "partOfLine" | "partOfLiteral">;
  /** What each part of the bundle says, and where in the sources it does. */
  readonly parts: readonly string[];
  /** What a resource is made from that neither it nor anything it refers to says, as text. */
  readonly besides: (index: number) => string;
}

/**
 * A key for each resource: a digest of everything that its objects and their places are made from. That is what the
 * guest tells of it, the parts of the bundle it was written in, and the same of all that it refers to. Equal keys in two compiles
 * mean equal objects.
 */
export class ResourceKeys {
  readonly #nodes: readonly ResourceNode[];
  readonly #sources: KeySources;
  readonly #keys = new Map<number, string | undefined>();
  readonly #uses = new Map<number, ReadonlySet<number>>();

  constructor({ resources }: Graph, sources: KeySources) {
    this.#nodes = resources;
    this.#sources = sources;
  }

  /** undefined for one that refers to itself, by others or not. */
  of(index: number): string | undefined {
    if (this.#keys.has(index)) return this.#keys.get(index);
    this.#keys.set(index, undefined); // until it is known: below this it would be met again
    const node = this.#nodes[index];
    if (node === undefined) return undefined;
    const { parts, uses } = this.#named(node);
    this.#uses.set(index, uses);
    const keys = [...uses].map((use) => this.of(use));
    if (keys.includes(undefined)) return undefined;
    const places = [...parts].map((part) => this.#sources.parts[part]);
    const key = sha256([JSON.stringify(node), this.#sources.besides(index), ...places, ...keys].join("\n"));
    this.#keys.set(index, key);
    return key;
  }

  /** Resources that something holds of, as of all that they refer to. None refers to itself, or it would have no key. */
  whereAll(holds: (index: number) => boolean): (index: number) => boolean {
    const known = new Map<number, boolean>();
    const all = (index: number): boolean => {
      const found =
        known.get(index) ?? (holds(index) && [...(this.#uses.get(index) ?? [])].every((use) => all(use)));
      known.set(index, found);
      return found;
    };
    return (index) => this.of(index) !== undefined && all(index);
  }

  /** Parts of the bundle that its literals and calls are in, and resources that it refers to. */
  #named(node: ResourceNode): { readonly parts: ReadonlySet<number>; readonly uses: ReadonlySet<number> } {
    const { partOfLine, partOfLiteral } = this.#sources.instrumented;
    const parts = new Set<number>();
    const uses = new Set<number>();
    const look = (name: string, member: unknown): void => {
      if (typeof member === "number") {
        if (name === "@at") parts.add(partOfLiteral(member));
        else if ((name === "@ref" || name === "of") && this.#nodes[member] !== undefined) uses.add(member);
      } else if (Array.isArray(member)) {
        const [line, column] = member;
        if (name === "call" && typeof line === "number")
          parts.add(line === -1 ? partOfLiteral(column) : partOfLine(line));
        for (const item of member) look("", item);
      } else if (typeof member === "object" && member !== null)
        for (const key of Object.keys(member))
          look(key, (member as { readonly [key: string]: unknown })[key]);
    };
    look("", node);
    return { parts, uses };
  }
}
