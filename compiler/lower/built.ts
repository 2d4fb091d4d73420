import type { KubeObject } from "../../stdlib/schema/objects.js";
import { type Span, spanOver } from "../diagnostics/span.js";
import type { Authored, Resource } from "../model/authored.js";

/** One lowered object and where each of its fields came from. */
export interface Built {
  readonly object: KubeObject;
  /** For messages. */
  readonly title: string;
  /** Index of the resource it came from. */
  readonly resource: number;
  readonly origins: Origins;
  /** Written as Kubernetes has it, so that nothing but its text says what it refers to. */
  readonly exact?: true;
  /** Of an object that an earlier compile made of the same: nothing is wrong with it. */
  readonly written?: WrittenObject;
}

/** An object made of a resource. */
export function builtOf({ index, title }: Resource, object: KubeObject, origins: Origins): Built {
  return { object, title, resource: index, origins };
}

/** What the bundle says of one object. */
export interface WrittenObject {
  /** YAML, and its SHA-256. */
  readonly manifest: string;
  readonly digest: string;
  /** Its member of `provenance.json`. */
  readonly places: string;
}

/**
 * Field path (`spec.template.spec.containers[web].image`) to place. Path `""` is the object. Places are looked up when
 * they are asked for.
 */
export class Origins {
  #places: Map<string, Place> | undefined;
  readonly #later: (() => Origins) | undefined;

  /** @param later - finds the places when one is asked for, instead of their being set. */
  constructor(later?: () => Origins) {
    this.#later = later;
  }

  set(path: string, from: Authored | Span | undefined): void {
    if (from !== undefined) this.#known().set(path, from);
  }

  /** What a path says is another thing now, with other parts. */
  forget(path: string): void {
    const places = this.#known();
    for (const known of [...places.keys()])
      if (known.startsWith(path) && /^[.[]/.test(known.slice(path.length))) places.delete(known);
  }

  /** Data as Kubernetes has it: each of its fields. */
  setAll(path: string, data: Authored): void {
    this.set(path, data);
    for (const [name, member] of data.entries()) this.setAll(path === "" ? name : `${path}.${name}`, member);
    for (const [index, item] of data.items().entries()) {
      const [key = String(index), ...others] = keysOfItem((name) => item.get(name)?.value);
      for (const other of [String(index), ...others]) this.set(`${path}[${other}]`, item);
      this.setAll(`${path}[${key}]`, item);
    }
  }

  /** A field that the key of a member becomes. */
  setKey(path: string, member: Authored): void {
    this.#known().set(path, { keyOf: member });
  }

  /** Whether the path has a place of its own, and not only what is around it. */
  has(path: string): boolean {
    return this.#known().has(path);
  }

  #known(): Map<string, Place> {
    this.#places ??= this.#later === undefined ? new Map() : this.#later().#known();
    return this.#places;
  }

  /** A member of the author's spec, whose place is that of the field it becomes. */
  take(spec: Authored, name: string, field: string): Authored | undefined {
    const value = spec.get(name);
    this.set(field, value);
    return value;
  }

  /** The place of the path, or of the nearest field around it. */
  find(path: string): Span | undefined {
    const places = this.#known();
    for (let at = path; ; at = parentOf(at)) {
      const from = places.get(at);
      const span = from === undefined ? undefined : spanOf(from);
      if (span !== undefined || at === "") return span;
    }
  }

  /** What the author wrote for the path itself, where it is known. */
  authored(path: string): Authored | undefined {
    const from = this.#known().get(path);
    return from !== undefined && "value" in from ? from : undefined;
  }

  /** The key of the path's field, which with its value covers more; otherwise what is found for the path. */
  keyed(path: string): { readonly span: Span | undefined; readonly covers: Span | undefined } {
    const above = parentOf(path);
    const authored =
      this.authored(path) ?? this.authored(above)?.get(path.slice(above.length).replace(/^\./, ""));
    const key = authored?.keySpan;
    return { span: key ?? this.find(path), covers: spanOver(key, authored?.span) };
  }

  entries(): readonly (readonly [path: string, span: Span])[] {
    return [...this.#known()].flatMap(([path, from]) => {
      const span = spanOf(from);
      return span === undefined ? [] : [[path, span] as const];
    });
  }
}

type Place = Authored | Span | { readonly keyOf: Authored };

function spanOf(from: Place): Span | undefined {
  if ("keyOf" in from) return from.keyOf.keySpan;
  return "value" in from ? from.span : from;
}

/** What an item of a list is called in paths, the first where it is walked into: its name, its port, its path. */
export function keysOfItem(member: (name: string) => unknown): readonly string[] {
  const [name, mountPath, protocol] = ["name", "mountPath", "protocol"].map(member);
  const port = [member("containerPort"), member("port")].find((value) => typeof value === "number");
  return [
    ...(typeof name === "string" ? [name] : []),
    ...(port === undefined ? [] : [`${port},${typeof protocol === "string" ? protocol : "TCP"}`]),
    ...(typeof mountPath === "string" ? [mountPath] : []),
  ];
}

/** `a.b[c]` → `a.b` → `a` → ``. A dot inside brackets separates nothing. */
function parentOf(path: string): string {
  if (path.endsWith("]")) return path.slice(0, path.lastIndexOf("["));
  const bracket = path.lastIndexOf("]");
  const dot = path.lastIndexOf(".");
  return path.slice(0, dot > bracket ? dot : bracket + 1);
}
