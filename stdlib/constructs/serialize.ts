import { type Json, setMember } from "../base/json.js";
import type {
  AuthoredObject,
  AuthoredValue,
  Graph,
  GuestProblem,
  InputNode,
  PolicyFinding,
  ResourceNode,
} from "./graph.js";
import { callPosition, literalOf, type Made, madeOf, pendingOf, remembered } from "./guest.js";
import type { PolicyObject } from "./policy.js";

/** Values that no stack holds: their place is reported instead. */
const deepest = 100;
/** As it was before the program began. */
const { stringify } = JSON;
/** Members of a typed reference that hold what an author wrote, other references among it. */
const authoredMembers: ReadonlySet<string> = new Set(["sources", "source", "spec"]);

/**
 * Turns what a module exports, and what that refers to, into the Graph's JSON text.
 *
 * Exported objects and arrays are looked into. A value that JSON cannot say (a function, NaN, a Map, a cycle) becomes a
 * problem at its place, never a silent `null`.
 */
export function serializeModule(exports: { readonly [name: string]: unknown }): string {
  return stringify(new Serializer().module(exports));
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
}

/** Calls the program's policies with the stack's objects. @returns their findings as JSON text. */
export function judgeObjects(objects: readonly PolicyObject[]): string {
  freeze(objects); // one policy's changes would be judged by the next
  const findings: PolicyFinding[] = [];
  for (const { call, judge, name } of remembered.policies) {
    const given: unknown = judge(objects, (of, text, path = "") => {
      const object = objects.indexOf(of);
      findings.push({
        policy: name,
        object,
        path: String(path),
        text: String(text),
        ...(object < 0 ? { call: callPosition() } : {}),
      });
    });
    // The type of a function without a result takes one with a promise; the program ends before it is kept.
    if (typeof (given as { then?: unknown } | null | undefined)?.then === "function")
      findings.push({ policy: name, object: -1, path: "", text: "it is async", call, isAsync: true });
  }
  return stringify(findings);
}

class Serializer {
  readonly #index = new Map<Made, number>();
  readonly #nodes: (ResourceNode | undefined)[] = [];
  readonly #exported = new Map<Made, string>();
  readonly #problems: GuestProblem[] = [];
  readonly #rawObjects = new Map<object, string>();
  readonly #rawIndex = new Map<object, number>();
  /** Of the value that is looked at, from its resource on. */
  #path: string[] = [];
  /** The objects around it, of each of which the path has one member. */
  #around: object[] = [];

  module(exports: { readonly [name: string]: unknown }): Graph {
    for (const name of Object.keys(exports).sort()) this.#explore(exports[name], name, 0, new Set());
    for (const [resource] of this.#exported) this.#add(resource, true);
    for (const object of this.#rawObjects.keys()) this.#addRaw(object);
    for (const resource of remembered.made) this.#add(resource, false); // made, but neither exported nor referred to
    return {
      formatVersion: 1,
      resources: this.#nodes.filter((node) => node !== undefined),
      inputs: remembered.inputs as unknown as InputNode[],
      accepted: remembered.accepted.flatMap(({ resource, ...rest }) => {
        const made = madeOf(resource);
        const of = made === undefined ? this.#rawIndex.get(resource) : this.#index.get(made);
        return of === undefined ? [] : [{ of, ...rest }];
      }),
      kinds: [...remembered.kinds.values()],
      policies: remembered.policies.length,
      functions: Object.keys(exports)
        .filter((name) => typeof exports[name] === "function")
        .sort(),
      problems: [...remembered.problems, ...this.#problems],
    };
  }

  /** Finds resources below an export; plain values in between are only paths. */
  #explore(value: unknown, path: string, depth: number, above: Set<unknown>): void {
    if (typeof value !== "object" || value === null || depth > deepest || above.has(value)) return;
    const resource = madeOf(value);
    if (resource !== undefined) {
      if (!this.#exported.has(resource)) this.#exported.set(resource, path);
      return;
    }
    const hidden = hidesResources(value);
    if (hidden !== undefined) {
      this.#problems.push({ code: "export-unusable", call: [0, 0], data: { export: path, what: hidden } });
      return;
    }
    if (pendingOf(value) !== undefined) return;
    if (isKubernetesObject(value)) {
      if (!this.#rawObjects.has(value)) this.#rawObjects.set(value, path);
      return;
    }
    const below = new Set(above).add(value);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#explore(item, `${path}[${index}]`, depth + 1, below);
    } else {
      for (const [key, item] of Object.entries(value))
        this.#explore(item, `${path}.${key}`, depth + 1, below);
    }
  }

  /** The resource's index; what it refers to is added, and included, before it is complete. */
  #add(resource: Made, included: boolean): number {
    const known = this.#index.get(resource);
    if (known !== undefined) return known;
    const index = this.#nodes.length;
    this.#index.set(resource, index);
    this.#nodes.push(undefined);
    const exported = this.#exported.get(resource);
    this.#nodes[index] = {
      construct: resource.construct,
      name: resource.name,
      call: resource.call,
      ...(exported === undefined ? {} : { exported }),
      included,
      spec: this.#spec(resource.spec, resource, included),
      ...(resource.options === undefined
        ? {}
        : { options: this.#spec(resource.options, resource, included) }),
    };
    return index;
  }

  /** An exact object belongs to the stack when it is exported or referred to. */
  #addRaw(object: object): number {
    const known = this.#rawIndex.get(object);
    if (known !== undefined) return known;
    const { metadata } = object as { metadata?: { name?: unknown } };
    const name = typeof metadata?.name === "string" ? metadata.name : "";
    const owner: Made = { construct: "l1", name, spec: object, call: [0, 0] };
    const index = this.#nodes.length;
    this.#rawIndex.set(object, index);
    this.#nodes.push(undefined);
    const exported = this.#rawObjects.get(object);
    this.#nodes[index] = {
      construct: "l1",
      name,
      call: [0, 0],
      ...(exported === undefined ? {} : { exported }),
      included: isData(object), // otherwise it is reported, and no object
      spec: this.#spec(object, owner, true),
    };
    return index;
  }

  #spec(value: unknown, owner: Made, included: boolean): AuthoredValue {
    const [path, around] = [this.#path, this.#around]; // of what refers to this resource
    [this.#path, this.#around] = [[], []];
    const spec = this.#value(value, owner, included);
    [this.#path, this.#around] = [path, around];
    return spec;
  }

  #member(of: object, name: string, value: unknown, owner: Made, included: boolean): AuthoredValue {
    this.#path.push(name);
    this.#around.push(of);
    const member = this.#value(value, owner, included);
    this.#path.pop();
    this.#around.pop();
    return member;
  }

  #value(value: unknown, owner: Made, included: boolean): AuthoredValue {
    if (typeof value === "string") return isWellFormed(value) ? value : this.#unusable(owner, halfCharacter);
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number")
      return Number.isFinite(value) ? value : this.#unusable(owner, String(value));
    const resource = madeOf(value);
    if (resource !== undefined) return { "@ref": this.#add(resource, included) };
    const pending = pendingOf(value);
    if (pending !== undefined) {
      const of = "of" in pending ? { of: this.#add(pending.of, included) } : {};
      const written = Object.entries(pending)
        .filter(([member]) => authoredMembers.has(member))
        .map(([member, inner]) => [member, this.#member(value as object, member, inner, owner, included)]);
      return { "@value": { ...pending, ...of, ...Object.fromEntries(written) } as unknown as AuthoredObject };
    }
    if (typeof value !== "object") return this.#unusable(owner, `a ${typeof value}`);
    const isPatch = this.#path.length === 1 && this.#path[0] === "patch"; // which may say the kind of what it is for
    if (owner.construct !== "l1" && !isPatch && isKubernetesObject(value))
      return { "@ref": this.#addRaw(value) };
    if (this.#around.includes(value)) return this.#unusable(owner, "a cycle");
    if (this.#path.length > deepest) return this.#unusable(owner, `more than ${deepest} levels`);
    if (Array.isArray(value)) {
      return value.map((item, index) => this.#member(value, String(index), item ?? null, owner, included));
    }
    if (!isData(value)) this.#unusable(owner, classOf(value)); // what it has of its own is judged all the same
    for (const symbol of Object.getOwnPropertySymbols(value))
      if (pendingOf(symbol) !== undefined) this.#leak(owner);
    const literal = literalOf(value);
    const object: { [key: string]: AuthoredValue } = literal === undefined ? {} : { "@at": literal };
    const members = value as { readonly [key: string]: unknown };
    for (const key of Object.keys(members)) {
      const member = members[key];
      if (member === undefined) continue;
      if (!isWellFormed(key)) this.#member(value, key, key, owner, included);
      const isText = typeof member === "string" && isWellFormed(member); // most are, and need no path
      setMember(object, key, isText ? member : this.#member(value, key, member, owner, included));
    }
    return object;
  }

  #leak(owner: Made): void {
    const where = `in ${titleOf(owner)}, as a name in "${this.#path.join(".")}"`;
    this.#problems.push({ code: "secret-leaked", call: owner.call, data: { what: "a secret", where } });
  }

  #unusable(owner: Made, what: string): null {
    const shown = this.#path.length > deepest ? [...this.#path.slice(0, 3), "…"] : this.#path;
    const data: { [key: string]: Json } = { resource: titleOf(owner), path: shown.join("."), what };
    const member = this.#nearest(owner);
    const place = { call: owner.call, ...(member === undefined ? {} : { member }) };
    this.#problems.push({ code: "value-unusable", ...place, data });
    return null;
  }

  /** Of what no literal is around, the first within the resource. */
  #nearest({ spec }: Made): GuestProblem["member"] {
    for (const [index, object] of [...this.#around.entries()].reverse()) {
      const literal = literalOf(object);
      if (literal !== undefined) return [literal, this.#path[index] ?? ""];
    }
    const members = typeof spec === "object" && spec !== null ? Object.entries(spec) : [];
    for (const [, member] of members) {
      const literal = typeof member === "object" && member !== null ? literalOf(member) : undefined;
      if (literal !== undefined) return [literal, ""];
    }
    return undefined;
  }
}

function titleOf({ construct, name, spec }: Made): string {
  return `${construct === "l1" ? (spec as { kind: string }).kind : construct} "${name}"`;
}

/** Whether it is all that it has: a Map, a Date or an object of a class hold more than their members. */
/** What holds resources so that nobody sees them. */
function hidesResources(value: object): string | undefined {
  if (value instanceof Promise) return "promise";
  const isMap = value instanceof Map;
  if (!isMap && !(value instanceof Set)) return undefined;
  if (![...value.values()].some((item) => madeOf(item) !== undefined)) return undefined;
  return isMap ? "Map" : "Set";
}

const halfCharacter = "half of a character, which no file can hold,";

/** Half of a pair of UTF-16 is no character. Source: ECMA-262 22.1.3.10. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

function isData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function classOf(value: object): string {
  const made: unknown = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value), "constructor")?.value;
  const name: unknown =
    typeof made === "function" ? Object.getOwnPropertyDescriptor(made, "name")?.value : undefined;
  return typeof name === "string" && name !== "" ? `an object of the class ${name}` : "an object of a class";
}

/** An exact Kubernetes object, made by `infra/kubernetes` or written out. */
function isKubernetesObject(value: object): boolean {
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  return typeof apiVersion === "string" && typeof kind === "string";
}
