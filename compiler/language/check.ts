import type {
  FieldDescription,
  FunctionDescription,
  ObjectDescription,
  TypeDescription,
} from "../../stdlib/constructs/description.js";
import { insteadOf } from "../check/kubernetes-words.js";
import { meantLiteral } from "../check/meant-value.js";
import { hasForm, isAlso, words } from "../check/written.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { type Span, spanOver } from "../diagnostics/span.js";
import { nestedType, objectOf, plainName, titleOf } from "./blocks.js";
import {
  containerPorts,
  dataKeysOf,
  definitionOf,
  type Found,
  fieldOf,
  isRead,
  type Key,
  methodOf,
  portsOf,
  type Site,
  stdlibPath,
  typeOf,
  writtenOut,
} from "./static.js";
import type { Block, Definition, Expression, Field, MapEntry, Name, Param, Spread } from "./syntax.js";

/** A name whose meaning the description holds, found on the way: what an editor shows there. */
export type Fact =
  | {
      readonly span: Span;
      readonly kind: "field";
      readonly field: { readonly name: string; readonly of: FieldDescription };
    }
  | { readonly span: Span; readonly kind: "construct"; readonly name: string }
  | {
      readonly span: Span;
      readonly kind: "function";
      readonly name: string;
      readonly of: FunctionDescription;
    }
  | { readonly span: Span; readonly kind: "file"; readonly path: string }
  /** The name of a port or of a key of data, which is given somewhere else. */
  | { readonly span: Span; readonly kind: "key"; readonly of: string; readonly at: Key };

/** What a place expects, for an editor that completes there. */
export type Slot =
  | {
      readonly kind: "member";
      readonly object: ObjectDescription | undefined;
      readonly given: ReadonlySet<string>;
      readonly around: Around;
    }
  | { readonly kind: "value"; readonly expected: TypeDescription | undefined; readonly field: string }
  /** One of some names, in text. */
  | { readonly kind: "name"; readonly known: readonly string[] }
  | { readonly kind: "file" };

/** Told of every place that is looked at, the more general ones first. */
export type Watch = (span: Span, slot: () => Slot) => void;

/**
 * Holds a module against the declarations of the stdlib before anything is evaluated: fields, types, and references to
 * ports and keys. What cannot be told yet is left to the compile, which uses the same words.
 * @returns what the names mean that were found.
 */
export function checkModule(site: Site, reporter: Reporter, watch?: Watch): readonly Fact[] {
  const checker = new Checker(site, reporter, watch);
  for (const definition of site.resolution.module.definitions) checker.definition(definition);
  return checker.facts;
}

/** Where a value stands: what its ports may be the ports of. */
export interface Around {
  readonly title: string;
  readonly path: string;
  readonly block?: Block;
  readonly container?: Block | Expression;
}

/** Functions whose argument is a file beside the stack. */
const readsFile: ReadonlySet<string> = new Set(["file", "fromFile", "fromAge", "manifests"]);
const nowhere: Around = { title: "the module", path: "" };

class Checker {
  readonly facts: Fact[] = [];
  readonly #site: Site;
  readonly #reporter: Reporter;
  readonly #watch: Watch | undefined;

  constructor(site: Site, reporter: Reporter, watch: Watch | undefined) {
    this.#site = site;
    this.#reporter = reporter;
    this.#watch = watch;
  }

  definition(definition: Definition): void {
    if (definition.node === "block") return this.#block(definition);
    if (definition.node === "let") return this.#value(definition.value, undefined, nowhere);
    if (definition.node === "param") {
      const around = { title: `param "${definition.name.text}"`, path: "default" };
      if (definition.default !== undefined) this.#value(definition.default, saidType(definition), around);
      for (const { value } of definition.options) this.#value(value, undefined, nowhere);
    }
    if (definition.node !== "function") return;
    const { body } = definition;
    if (body.node === "body") for (const inner of body.definitions) this.definition(inner);
    else this.#value(body, undefined, nowhere);
  }

  #block(block: Block): void {
    const { constructs } = this.#site.description;
    const kind = block.kind.text;
    const construct = Object.hasOwn(constructs, kind) ? constructs[kind] : undefined;
    if (construct !== undefined) this.facts.push({ span: block.kind.span, kind: "construct", name: kind });
    this.#members(block, construct?.spec, { title: titleOf(block), path: "", block });
  }

  #members(block: Block, type: TypeDescription | undefined, around: Around): void {
    const object = type === undefined ? undefined : this.#object(type);
    const map = type === undefined ? undefined : partOf(type, "map");
    const owner = object?.name ?? block.kind.text;
    const given = new Set<string>();
    let isOpen = this.#site.unread.touch(block.span);
    const slot = (): Slot => ({ kind: "member", object: object?.of, given, around });
    for (const member of block.members) {
      this.#watch?.(member.node === "field" ? member.name.span : member.kind.span, slot);
      if (member.node === "field") {
        given.add(member.name.text);
        if (object !== undefined) this.#field(member, object.of, owner, around);
        else {
          this.#entry(member.value, around);
          this.#value(member.value, map?.of, { ...around, path: join(around.path, member.name.text) });
        }
        continue;
      }
      const nested = object === undefined ? undefined : nestedType(object.of, member);
      if (nested === undefined) {
        isOpen = true;
        this.#members(member, undefined, around);
        continue;
      }
      given.add(nested.field);
      const field = object?.of.fields[nested.field];
      if (field !== undefined)
        this.facts.push({ span: member.kind.span, kind: "field", field: { name: nested.field, of: field } });
      const name = member.name === undefined ? undefined : plainName(member.name);
      const path = join(around.path, name === undefined ? nested.field : `${nested.field}.${name}`);
      const container = isContainer(nested.type) ? { container: member } : {};
      this.#members(member, nested.type, { ...around, path, ...container });
    }
    if (object !== undefined && !isOpen) this.#required(object.of, given, block.kind.span, around);
  }

  #field(
    { name, value }: Field | { name: Name; value: Expression },
    object: ObjectDescription,
    owner: string,
    around: Around,
  ): void {
    const path = join(around.path, name.text);
    const field = Object.hasOwn(object.fields, name.text) ? object.fields[name.text] : undefined;
    if (field === undefined) {
      const known = Object.keys(object.fields);
      const covers = spanOver(name.span, value.span);
      const instead = insteadOf(owner, name.text, name.span.file);
      const data = { resource: around.title, path, known, ...(instead === undefined ? {} : { instead }) };
      this.#reporter.report("field-unknown", name.span, data, [], covers);
      return this.#value(value, undefined, { ...around, path });
    }
    this.facts.push({ span: name.span, kind: "field", field: { name: name.text, of: field } });
    this.#port(name.text, value, owner, around);
    this.#value(value, field.type, { ...around, path });
  }

  #required(object: ObjectDescription, given: ReadonlySet<string>, at: Span, around: Around): void {
    for (const [name, { required }] of Object.entries(object.fields))
      if (required && !given.has(name))
        this.#reporter.report("field-missing", at, { resource: around.title, path: join(around.path, name) });
  }

  #value(value: Expression, expected: TypeDescription | undefined, around: Around): void {
    this.#watch?.(value.span, () => ({ kind: "value", expected, field: around.path }));
    switch (value.node) {
      case "if":
        this.#value(value.condition, undefined, around);
        this.#value(value.then, expected, around);
        return this.#value(value.else, expected, around);
      case "for":
        this.#value(value.in, undefined, around);
        if (value.where !== undefined) this.#value(value.where, undefined, around);
        if (value.key !== undefined) this.#value(value.key, undefined, around);
        return this.#value(
          value.value,
          this.#partOf(expected, value.key === undefined ? "list" : "map")?.of,
          around,
        );
      case "list":
        return this.#list(value.items, expected, value.span, around);
      case "map":
        return this.#map(value, expected, around);
      case "null":
        return;
      case "text":
        for (const part of value.parts) if (typeof part !== "string") this.#value(part, undefined, around);
        break;
      case "call":
        this.#call(value, around);
        break;
      case "member":
        if (!this.#site.resolution.targets.has(value)) {
          this.#value(value.of, undefined, around);
          this.#property(value);
        }
        break;
      case "index":
        if (!this.#site.resolution.targets.has(value)) this.#value(value.of, undefined, around);
        break;
      case "unary":
        this.#value(value.of, undefined, around);
        break;
      case "binary":
        this.#value(value.left, undefined, around);
        this.#value(value.right, undefined, around);
    }
    if (expected !== undefined && !this.#fits(value, expected))
      this.#mistyped(value.span, expected, around, writtenOut(value));
  }

  #list(
    items: readonly (Expression | Spread)[],
    expected: TypeDescription | undefined,
    span: Span,
    around: Around,
  ): void {
    const list = this.#partOf(expected, "list");
    if (expected !== undefined && list === undefined && !accepts(expected, "any", "patch"))
      this.#mistyped(span, expected, around);
    for (const [index, item] of items.entries()) {
      if (item.node === "spread") this.#value(item.of, undefined, around);
      else this.#value(item, list?.of, { ...around, path: `${around.path}[${index}]` });
    }
  }

  #map(
    map: Extract<Expression, { node: "map" }>,
    expected: TypeDescription | undefined,
    around: Around,
  ): void {
    const object = expected === undefined ? undefined : this.#object(expected, map);
    const of = this.#partOf(expected, "map")?.of;
    if (
      expected !== undefined &&
      object === undefined &&
      of === undefined &&
      !accepts(expected, "any", "patch")
    )
      this.#mistyped(map.span, expected, around);
    const inside =
      object !== undefined && isContainer({ kind: "object", name: object.name })
        ? { ...around, container: map }
        : around;
    const given = new Set<string>();
    let isOpen = this.#site.unread.touch(map.span);
    const slot = (): Slot => ({ kind: "member", object: object?.of, given, around });
    for (const entry of map.entries) {
      if (entry.node === "entry") this.#watch?.(entry.key.span, slot);
      if (entry.node === "spread") {
        isOpen = true;
        this.#value(entry.of, undefined, inside);
        continue;
      }
      const key = keyOf(entry);
      isOpen ||= key === undefined;
      if (key === undefined) {
        if (entry.key.node === "text") this.#value(entry.key, undefined, inside);
        this.#value(entry.value, of, inside);
        continue;
      }
      given.add(key.text);
      if (object !== undefined)
        this.#field({ name: key, value: entry.value }, object.of, object.name, inside);
      else {
        this.#entry(entry.value, inside);
        this.#value(entry.value, of, { ...inside, path: join(inside.path, key.text) });
      }
    }
    if (object !== undefined && !isOpen) this.#required(object.of, given, map.span, inside);
  }

  /** Names of ports where a container's own are meant. */
  #port(field: string, value: Expression, owner: string, around: Around): void {
    const { block, container } = around;
    if (!["Probe", "Hook"].includes(owner) || !["port", "tcp", "grpc"].includes(field)) return;
    if (container !== undefined && block !== undefined)
      this.#portName(value, containerPorts(container, this.#site), { definition: block, site: this.#site });
  }

  /** `ports = { 80: "http" }` of a Service, `copy = { "/app": "./src" }` of an image. */
  #entry(value: Expression, { block, path }: Around): void {
    if (block?.kind.text === "image" && path === "copy") this.#file(value);
    if (block?.kind.text !== "service" || path !== "ports") return;
    const to = fieldOf(block, "to");
    const workload = to === undefined ? undefined : definitionOf(to, this.#site);
    if (workload?.definition.node === "block") this.#portName(value, portsOf(workload), workload);
  }

  #portName(value: Expression, ports: readonly Key[] | undefined, of: Found): void {
    const port = value.node === "text" ? plainName(value) : undefined;
    if (port === undefined || ports === undefined || of.definition.node !== "block") return;
    const workload = titleOf(of.definition);
    if (this.#named(value.span, port, ports, workload) || /^\d+$/.test(port)) return; // without a name, by its number
    if (!isRead(of)) return;
    const known = ports.map(({ text }) => text);
    this.#reporter.report("port-name-unknown", value.span, { workload, port, known });
  }

  /** @returns whether the name is one of those that are given. */
  #named(span: Span, name: string, given: readonly Key[], of: string): boolean {
    this.#watch?.(span, () => ({ kind: "name", known: given.map(({ text }) => text) }));
    const at = given.find(({ text }) => text === name);
    if (at !== undefined) this.facts.push({ span, kind: "key", of, at });
    return at !== undefined;
  }

  #call(call: Extract<Expression, { node: "call" }>, around: Around): void {
    const { callee } = call;
    const path = stdlibPath(callee, this.#site);
    const construct = path === undefined ? undefined : this.#site.description.constructs[path];
    if (path !== undefined && construct !== undefined) return this.#construct(call, path, around);
    const called = path === undefined ? methodOf(callee, this.#site) : this.#site.description.functions[path];
    if (callee.node === "member" && path === undefined) this.#value(callee.of, undefined, around);
    const name = path ?? (callee.node === "member" ? callee.name.text : "");
    if (called === undefined) {
      if (callee.node === "member") this.#property(callee);
      for (const argument of call.arguments) this.#value(argument, undefined, around);
      return;
    }
    const span = callee.node === "member" ? callee.name.span : callee.span;
    this.facts.push({ span, kind: "function", name, of: called });
    this.#key(call);
    for (const [index, argument] of call.arguments.entries()) {
      const parameter = called.parameters[index] ?? called.parameters.find(({ rest }) => rest === true);
      if (path !== undefined && readsFile.has(path) && index === 0) this.#file(argument);
      // A parameter that is any kind of value is described as text.
      const isText = parameter?.type.kind === "text" || parameter?.rest === true;
      this.#value(argument, isText ? undefined : parameter?.type, {
        ...around,
        title: `${name}()`,
        path: parameter?.name ?? "",
      });
    }
  }

  /** `deployment("api", { … })` as an expression. */
  #construct(call: Extract<Expression, { node: "call" }>, kind: string, around: Around): void {
    const construct = this.#site.description.constructs[kind];
    const [name, spec, options] = call.arguments;
    const title = `${kind} "${name?.node === "text" ? (plainName(name) ?? "…") : "…"}"`;
    this.facts.push({ span: call.callee.span, kind: "construct", name: kind });
    this.#arguments(call, kind);
    if (name !== undefined) this.#value(name, undefined, around);
    if (spec !== undefined) this.#value(spec, construct?.spec, { title, path: "" });
    if (options !== undefined) this.#value(options, construct?.options, { title, path: "options" });
  }

  #arguments({ arguments: given, callee }: Extract<Expression, { node: "call" }>, kind: string): void {
    const construct = this.#site.description.constructs[kind];
    const [name, spec] = given;
    const isNamed =
      name !== undefined &&
      !["map", "list", "null"].includes(name.node) &&
      (typeOf(name, this.#site)?.kind ?? "text") === "text";
    const isTooFew = !isNamed || (spec === undefined && construct?.specRequired === true);
    const isTooMany = given.length > (construct?.options === undefined ? 2 : 3);
    if (isTooFew || isTooMany)
      this.#reporter.report("arguments-wrong", callee.span, {
        construct: kind,
        name: name?.node === "text" ? (plainName(name) ?? "") : "",
        ...(isTooFew ? {} : { wrong: "count" }),
      });
  }

  /** `settings.key("mode")`, `store.address("redis")`: what the definition holds is known. */
  #key({ arguments: given, callee }: Extract<Expression, { node: "call" }>): void {
    const [first] = given;
    if (callee.node !== "member" || first?.node !== "text") return;
    const name = plainName(first);
    const found = definitionOf(callee.of, this.#site);
    if (name === undefined || found?.definition.node !== "block") return;
    const resource = titleOf(found.definition);
    if (callee.name.text === "key") {
      const keys = dataKeysOf(found);
      if (keys === undefined || this.#named(first.span, name, keys, resource) || !isRead(found)) return;
      const known = keys.map(({ text }) => text);
      this.#reporter.report("config-key-unknown", first.span, { resource, key: name, known });
    } else if (callee.name.text === "address" || callee.name.text === "port")
      this.#portName(first, portsOf(found), found);
  }

  #file(argument: Expression): void {
    const path = argument.node === "text" ? plainName(argument) : undefined;
    this.#watch?.(argument.span, () => ({ kind: "file" }));
    if (path !== undefined) this.facts.push({ span: argument.span, kind: "file", path });
  }

  /** A member of a value that has none of that name. */
  #property({ name, of }: Extract<Expression, { node: "member" }>): void {
    const owner = typeOf(of, this.#site);
    const value = owner?.kind === "value" ? this.#site.description.values[owner.name] : undefined;
    if (value === undefined || owner?.kind !== "value") return;
    const known = [...Object.keys(value.methods), ...Object.keys(value.properties)];
    const field = Object.hasOwn(value.properties, name.text) ? value.properties[name.text] : undefined;
    if (field !== undefined)
      this.facts.push({ span: name.span, kind: "field", field: { name: name.text, of: field } });
    else if (!known.includes(name.text) && known.length > 0)
      this.#reporter.report("name-unknown", name.span, { name: name.text, known });
  }

  #mistyped(
    span: Span,
    expected: TypeDescription,
    { path, title }: Around,
    value?: string | number | boolean,
  ): void {
    const isService = title.startsWith("service ");
    const instead = value === undefined ? undefined : meantLiteral(expected, value, path, isService);
    this.#reporter.report("field-type", span, {
      resource: title,
      path,
      expected: words(expected),
      ...(instead === undefined ? {} : { instead }),
    });
  }

  #object(
    type: TypeDescription,
    map?: Extract<Expression, { node: "map" }>,
  ): { name: string; of: ObjectDescription } | undefined {
    const parts = type.kind === "union" ? type.of : [type];
    const objects = parts.flatMap((part) => {
      const of = part.kind === "object" ? objectOf(part, this.#site.description) : undefined;
      return part.kind !== "object" || of === undefined ? [] : [{ name: part.name, of }];
    });
    if (objects.length < 2 || map === undefined) return objects[0];
    const keys = map.entries.flatMap((entry) => (entry.node === "entry" ? [keyOf(entry)?.text ?? ""] : []));
    const score = ({ of }: { of: ObjectDescription }) =>
      keys.filter((key) => Object.hasOwn(of.fields, key)).length;
    return [...objects].sort((a, b) => score(b) - score(a))[0];
  }

  #partOf<K extends "list" | "map">(type: TypeDescription | undefined, kind: K) {
    return type === undefined ? undefined : partOf(type, kind);
  }

  /** Whether a value may be of a type; what is not known yet may. */
  #fits(value: Expression, type: TypeDescription): boolean {
    if (type.kind === "union") return type.of.some((part) => this.#fits(value, part));
    if (type.kind === "any") return true;
    const known = typeOf(value, this.#site);
    if (known === undefined) return true;
    const written = writtenOut(value);
    const isScalar = known.kind === "text" || known.kind === "number";
    if (type.kind === "literal")
      return written === undefined ? typeof type.value === literalType[known.kind] : written === type.value;
    if (type.kind === "form")
      return (
        isScalar && (written === undefined || typeof written === "boolean" || hasForm(written, type.name))
      );
    if (type.kind === "value")
      return known.kind === "value" && (known.name === type.name || isAlso[known.name] === type.name);
    if (known.kind === "list" || known.kind === "map" || known.kind === "object" || known.kind === "union")
      return true;
    return (
      known.kind === type.kind || known.kind === "any" || (known.kind === "form" && type.kind === "text")
    );
  }
}

/** The type that a param says it has. */
function saidType({ options }: Param): TypeDescription | undefined {
  const said = options.find(({ name }) => name.text === "type")?.value;
  const kind = said?.node === "text" ? plainName(said) : undefined;
  return kind === "number" || kind === "boolean" || kind === "text" ? { kind } : undefined;
}

const literalType: { readonly [kind: string]: string } = {
  text: "string",
  number: "number",
  boolean: "boolean",
};

function keyOf({ key }: MapEntry): Name | undefined {
  if (key.node === "name") return key;
  const text = plainName(key);
  return text === undefined ? undefined : { node: "name", span: key.span, text, quoted: true };
}

function partOf<K extends TypeDescription["kind"]>(type: TypeDescription, kind: K) {
  type Part = Extract<TypeDescription, { kind: K }>;
  if (type.kind === kind) return type as Part;
  return type.kind === "union" ? (type.of.find((part) => part.kind === kind) as Part | undefined) : undefined;
}

function accepts(type: TypeDescription, ...kinds: readonly TypeDescription["kind"][]): boolean {
  return kinds.some((kind) => partOf(type, kind) !== undefined);
}

function isContainer(type: TypeDescription): boolean {
  return type.kind === "object" && (type.name === "Container" || type.name === "ContainerOptions");
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
