import type {
  AuthoredObject,
  AuthoredValue,
  Graph,
  ResourceNode,
  ValueReference,
} from "../../stdlib/constructs/graph.js";
import type { Span } from "../diagnostics/span.js";
import type { Locator } from "./locator.js";

/** Where a value stands, or where to look when somebody asks. Most places are never asked for. */
type Standing =
  | (() => Span | undefined)
  | { readonly around: Authored; readonly literal: number | undefined; readonly member: string | undefined };

/**
 * One value of the author's spec with its place. Places come from the nearest literal that wrote it: the property in
 * its object, else the object, else the call of the construct.
 */
export class Authored {
  readonly value: AuthoredValue;
  readonly #locator: Locator;
  readonly #standing: Standing;

  constructor(value: AuthoredValue, locator: Locator, standing: Standing) {
    this.value = value;
    this.#locator = locator;
    this.#standing = standing;
  }

  /** Where the value itself stands. */
  get span(): Span | undefined {
    return this.#place("value");
  }

  /** Where its key stands, for "no such field". */
  get keySpan(): Span | undefined {
    return this.#place("key");
  }

  #place(part: "key" | "value"): Span | undefined {
    const standing = this.#standing;
    if (typeof standing === "function") return standing();
    const { around, literal, member } = standing;
    if (literal === undefined) return around.span;
    const found =
      member === undefined ? this.#locator.literal(literal) : this.#locator.property(literal, member, part);
    return found ?? around.span;
  }

  #within(value: AuthoredValue, literal: unknown, member?: string): Authored {
    return new Authored(value, this.#locator, {
      around: this,
      literal: typeof literal === "number" ? literal : undefined,
      member,
    });
  }

  /** A member of an object; undefined when absent, or when this is no object. */
  get(name: string): Authored | undefined {
    if (!isPlain(this.value) || !Object.hasOwn(this.value, name)) return undefined;
    return this.#within(this.value[name] ?? null, this.value["@at"], name);
  }

  /** Members in the author's order, reserved ones left out. */
  entries(): readonly (readonly [name: string, member: Authored])[] {
    if (!isPlain(this.value)) return [];
    return Object.keys(this.value)
      .filter((name) => !name.startsWith("@"))
      .map((name) => [name, this.get(name) as Authored] as const);
  }

  items(): readonly Authored[] {
    return Array.isArray(this.value)
      ? this.value.map((item: AuthoredValue) => this.#within(item, isObject(item) ? item["@at"] : undefined))
      : [];
  }

  /** Index of the resource this refers to. */
  get resource(): number | undefined {
    const index = isObject(this.value) ? this.value["@ref"] : undefined;
    return typeof index === "number" ? index : undefined;
  }

  get reference(): ValueReference | undefined {
    const reference = isObject(this.value) ? this.value["@value"] : undefined;
    return isObject(reference ?? null) ? (reference as unknown as ValueReference) : undefined;
  }

  /** A member of the typed reference that holds what the author wrote. */
  inner(name: "sources" | "source" | "spec"): Authored | undefined {
    const reference = isObject(this.value) ? this.value["@value"] : undefined;
    if (!isObject(reference ?? null)) return undefined;
    const member = (reference as AuthoredObject)[name];
    if (member === undefined) return undefined;
    return this.#within(member, isObject(member) ? member["@at"] : undefined);
  }

  get text(): string | undefined {
    return typeof this.value === "string" ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === "number" ? this.value : undefined;
  }

  get isObject(): boolean {
    return isPlain(this.value);
  }

  /** Plain data without reserved members; references inside stay as they are. */
  get data(): unknown {
    return strip(this.value);
  }
}

function strip(value: AuthoredValue): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "@at")
      .map(([name, member]) => [name, strip(member)]),
  );
}

function isObject(value: AuthoredValue): value is AuthoredObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: AuthoredValue): value is AuthoredObject {
  return isObject(value) && value["@ref"] === undefined && value["@value"] === undefined;
}

/** One resource of the graph with its places. */
export interface Resource {
  readonly index: number;
  readonly construct: string;
  readonly name: string;
  readonly included: boolean;
  readonly call: Span | undefined;
  readonly spec: Authored;
  /** What is said of the resource itself, where the spec is data. */
  readonly options: Authored | undefined;
  /** `deployment "api"`, for messages; `deployment "api" in "shop"` where another namespace has one too. */
  readonly title: string;
}

export interface Model {
  readonly resources: readonly Resource[];
  /** Exports that are functions. */
  readonly functions: readonly string[];
  readonly locator: Locator;
}

/** Ties the guest's graph to places. */
export function createModel(graph: Graph, locator: Locator): Model {
  const titles = titlesOf(graph.resources);
  const resources = graph.resources.map((node: ResourceNode, index): Resource => {
    const called = () => locator.call(node.call);
    const written = () => {
      const literal = literalOf(node.spec);
      return (literal === undefined ? undefined : locator.literal(literal)) ?? called();
    };
    return {
      index,
      construct: node.construct,
      name: node.name,
      included: node.included,
      get call() {
        return called() ?? written();
      },
      spec: new Authored(node.spec, locator, written),
      options: node.options === undefined ? undefined : new Authored(node.options, locator, called),
      title: titles[index] ?? "",
    };
  });
  return { resources, functions: graph.functions, locator };
}

/** Each tells its resource from all others, but for those that are one and the same object. */
function titlesOf(nodes: readonly ResourceNode[]): readonly string[] {
  const titles = nodes.map(
    ({ construct, name, spec }) => `${construct === "l1" ? kindOf(spec) : construct} "${name}"`,
  );
  const first = new Map<string, number>();
  const shared = new Set<string>();
  for (const [index, title] of titles.entries()) {
    const other = first.get(title);
    if (other === undefined) first.set(title, index);
    else if (namespaceOf(nodes, other) !== namespaceOf(nodes, index)) shared.add(title);
  }
  return titles.map((title, index) => {
    const namespace = shared.has(title) ? namespaceOf(nodes, index) : undefined;
    return namespace === undefined ? title : `${title} in "${namespace}"`;
  });
}

/** The namespace that an author names. */
function namespaceOf(nodes: readonly ResourceNode[], index: number): string | undefined {
  const { construct, options, spec = null } = nodes[index] ?? {};
  const given =
    construct === "l1" ? memberOf(memberOf(spec, "metadata"), "namespace") : memberOf(options ?? spec, "in");
  const made = memberOf(given, "@ref");
  const name = typeof made === "number" ? nodes[made]?.name : given;
  return typeof name === "string" ? name : undefined;
}

function memberOf(value: AuthoredValue, name: string): AuthoredValue {
  return isObject(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

/** The literal an object was written as. One that a constructor made of it has none: then the first within. */
function literalOf(spec: AuthoredValue): number | undefined {
  if (!isObject(spec)) return undefined;
  const own = spec["@at"];
  if (typeof own === "number") return own;
  const inner = Object.values(spec).map(literalOf);
  return inner.find((literal) => literal !== undefined);
}

function kindOf(spec: AuthoredValue): string {
  const kind = isObject(spec) ? spec["kind"] : undefined;
  return typeof kind === "string" ? kind : "object";
}
