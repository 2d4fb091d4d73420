import type { Graph, ResourceNode } from "../stdlib/constructs/graph.js";
import { sha256 } from "./sources.js";
import type { Instrumented } from "./typescript/instrument.js";

/** What resources are made from beside what the guest tells of them. */
export interface KeySources {
  readonly instrumented: Pick<Instrumented, "modules" | "moduleOfLine" | "moduleOfLiteral">;
  /** Digest of a module's source; of all, for what is not of one module. */
  readonly sourceOf: (module: string) => string;
  /** What a resource is made from that neither it nor anything it refers to says, as text. */
  readonly besides: (index: number) => string;
}

/**
 * A key for each resource: a digest of everything that its objects and their places are made from. That is what the
 * guest tells of it, the modules it was written in, and the same of all that it refers to. Equal keys in two compiles
 * mean equal objects.
 */
export class ResourceKeys {
  readonly #nodes: readonly ResourceNode[];
  readonly #sources: KeySources;
  readonly #modules: readonly string[];
  readonly #keys = new Map<number, string | undefined>();
  readonly #uses = new Map<number, ReadonlySet<number>>();

  constructor({ resources }: Graph, sources: KeySources) {
    this.#nodes = resources;
    this.#sources = sources;
    this.#modules = sources.instrumented.modules.map(({ name, text }) =>
      sha256(`${sources.sourceOf(name)}\n${text}`),
    );
  }

  /** undefined for one that refers to itself, by others or not. */
  of(index: number): string | undefined {
    if (this.#keys.has(index)) return this.#keys.get(index);
    this.#keys.set(index, undefined); // until it is known: below this it would be met again
    const text = JSON.stringify(this.#nodes[index]);
    const { modules, uses } = this.#named(text);
    this.#uses.set(index, uses);
    const keys = [...uses].map((use) => this.of(use));
    if (keys.includes(undefined)) return undefined;
    const places = [...modules].map((module) => this.#modules[module]);
    const key = sha256([text, this.#sources.besides(index), ...places, ...keys].join("\n"));
    this.#keys.set(index, key);
    return key;
  }

  /** Whether something holds of a resource and of all that it refers to. */
  everyUsed(index: number, holds: (index: number) => boolean, seen = new Set<number>()): boolean {
    if (seen.has(index)) return true;
    seen.add(index);
    return (
      holds(index) && [...(this.#uses.get(index) ?? [])].every((use) => this.everyUsed(use, holds, seen))
    );
  }

  /** Reserved members in the JSON text of a resource; in a text of the author's they would have a backslash before their quotes. */
  #named(text: string): { readonly modules: ReadonlySet<number>; readonly uses: ReadonlySet<number> } {
    const { moduleOfLine, moduleOfLiteral } = this.#sources.instrumented;
    const modules = new Set<number>();
    const uses = new Set<number>();
    const members = text.matchAll(/"(@at|@ref|of|call)":(?:(\d+)|\[(-?\d+),(\d+)\])/g);
    for (const [, name, number, line, column] of members) {
      if (name === "@at" || line === "-1") modules.add(moduleOfLiteral(Number(number ?? column)));
      else if (line !== undefined) modules.add(moduleOfLine(Number(line)));
      else uses.add(Number(number));
    }
    return { modules, uses };
  }
}
