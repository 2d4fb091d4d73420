import type { Description, TypeDescription } from "../../stdlib/constructs/description.js";
import { nestedType, objectOf, plainName } from "./blocks.js";
import type { Resolution } from "./names.js";
import type { Places } from "./places.js";
import type { Block, Expression, Field, FunctionDefinition, Import, Let, Name, Param } from "./syntax.js";

/** A module among others, as far as it is known without evaluating it. */
export interface Site {
  readonly resolution: Resolution;
  readonly description: Description;
  /** What another `.infra` module exports under a name; undefined when that cannot be said. */
  readonly imported: (from: Import, name: string) => Found | undefined;
  /** What could not be read. */
  readonly unread: Places;
}

/** A definition, and the module that its names are those of. */
export interface Found {
  readonly site: Site;
  readonly definition: Param | Let | FunctionDefinition | Block;
}

/** Whether all that a definition says could be read: otherwise it may have more than its tree. */
export function isRead({ definition, site }: Found): boolean {
  return !site.unread.touch(definition.span);
}

/** Imports of imports, lets of lets: more of them no person wrote. */
const deepest = 20;

/** What an expression leads to by names alone: through lets, imports and `accept`. */
export function definitionOf(expression: Expression, site: Site, depth = 0): Found | undefined {
  if (depth > deepest) return undefined;
  const target = site.resolution.targets.get(expression);
  if (target?.kind === "definition") {
    const { of } = target;
    return of.node === "let"
      ? (definitionOf(of.value, site, depth + 1) ?? { site, definition: of })
      : { site, definition: of };
  }
  if (target?.kind === "import") {
    const found = site.imported(target.of, importedName(target.of, target.name));
    if (found?.definition.node !== "let") return found;
    return definitionOf(found.definition.value, found.site, depth + 1) ?? found;
  }
  if (expression.node === "call" && isAccept(expression, site)) {
    const [resource] = expression.arguments;
    return resource === undefined ? undefined : definitionOf(resource, site, depth + 1);
  }
  return undefined;
}

/** The name that an import's local name has in the other file. */
export function importedName(from: Import, local: Name): string {
  return from.names.find(({ as }) => as.text === local.text)?.name.text ?? local.text;
}

/** `accept(resource, …)` gives its resource back; the description cannot say so. */
function isAccept({ callee }: Extract<Expression, { node: "call" }>, site: Site): boolean {
  const target = site.resolution.targets.get(callee);
  return target?.kind === "stdlib" && target.path === "accept";
}

const text: TypeDescription = { kind: "text" };
const number: TypeDescription = { kind: "number" };
const boolean: TypeDescription = { kind: "boolean" };

/** Type of a value as far as it can be told from names and declarations; undefined when it cannot. */
export function typeOf(expression: Expression, site: Site, depth = 0): TypeDescription | undefined {
  if (depth > deepest) return undefined;
  switch (expression.node) {
    case "text":
    case "unit":
      return text;
    case "number":
      return number;
    case "boolean":
      return boolean;
    case "unary":
      return expression.operator === "!" ? boolean : number;
    case "binary":
      return binaryType(expression, site, depth);
    case "if": {
      const [then, otherwise] = [expression.then, expression.else].map((one) => typeOf(one, site, depth + 1));
      return then?.kind === otherwise?.kind && then?.kind !== "value" ? then : undefined;
    }
    case "member":
    case "index":
    case "reference": {
      const found = definitionOf(expression, site);
      if (found !== undefined) return definitionType(found, depth + 1);
      return expression.node === "member" ? propertyType(expression, site, depth) : undefined;
    }
    case "call":
      return callType(expression, site, depth);
    default:
      return undefined;
  }
}

/** Type of what a definition stands for. */
export function definitionType({ definition, site }: Found, depth = 0): TypeDescription | undefined {
  if (definition.node === "let") return typeOf(definition.value, site, depth + 1);
  if (definition.node === "block") return constructValue(definition.kind.text, site.description);
  return definition.node === "param" ? paramType(definition) : undefined;
}

function constructValue(kind: string, { constructs }: Description): TypeDescription | undefined {
  const construct = Object.hasOwn(constructs, kind) ? constructs[kind] : undefined;
  return construct === undefined ? undefined : { kind: "value", name: construct.value };
}

/** A param is text unless its default or its `type` says otherwise. */
function paramType({ default: value, options }: Param): TypeDescription | undefined {
  const said = options.find(({ name }) => name.text === "type")?.value;
  const kind = said?.node === "text" ? plainName(said) : undefined;
  if (kind === "number" || value?.node === "number" || value?.node === "unary") return number;
  return kind === "boolean" || value?.node === "boolean" ? boolean : text;
}

function binaryType(
  { left, operator, right }: Extract<Expression, { node: "binary" }>,
  site: Site,
  depth: number,
): TypeDescription | undefined {
  if (["==", "!=", "<", "<=", ">", ">="].includes(operator)) return boolean;
  if (["-", "*", "/", "%"].includes(operator)) return number;
  if (operator !== "+") return undefined; // && and || give one of their sides
  const kinds = [left, right].map((side) => typeOf(side, site, depth + 1)?.kind);
  if (kinds.includes("text")) return text;
  return kinds.every((kind) => kind === "number") ? number : undefined;
}

function propertyType(
  { name, of }: Extract<Expression, { node: "member" }>,
  site: Site,
  depth: number,
): TypeDescription | undefined {
  const owner = typeOf(of, site, depth + 1);
  const value = owner?.kind === "value" ? site.description.values[owner.name] : undefined;
  return value?.properties[name.text]?.type;
}

function callType(
  call: Extract<Expression, { node: "call" }>,
  site: Site,
  depth: number,
): TypeDescription | undefined {
  const [first] = call.arguments;
  if (isAccept(call, site)) return first === undefined ? undefined : typeOf(first, site, depth + 1);
  const path = stdlibPath(call.callee, site);
  if (path !== undefined)
    return constructValue(path, site.description) ?? site.description.functions[path]?.result;
  return methodOf(call.callee, site, depth)?.result;
}

/** `debian`, `downward.files`: the dotted path of a name of the stdlib. */
export function stdlibPath(callee: Expression, site: Site): string | undefined {
  const target = site.resolution.targets.get(callee);
  if (target?.kind === "stdlib") return target.path;
  if (callee.node !== "member") return undefined;
  const of = site.resolution.targets.get(callee.of);
  return of?.kind === "stdlib" ? `${of.path}.${callee.name.text}` : undefined;
}

/** The method that `value.name` is. */
export function methodOf(callee: Expression, site: Site, depth = 0) {
  if (callee.node !== "member") return undefined;
  const owner = typeOf(callee.of, site, depth + 1);
  const value = owner?.kind === "value" ? site.description.values[owner.name] : undefined;
  const { text: name } = callee.name;
  return value !== undefined && Object.hasOwn(value.methods, name) ? value.methods[name] : undefined;
}

/** The map that an expression gives, where it is written out: by names, and by fields of such maps. */
export function mapOf(
  expression: Expression,
  site: Site,
  depth = 0,
): Extract<Expression, { node: "map" }> | undefined {
  if (expression.node === "map") return expression;
  if (depth > deepest) return undefined;
  const found = definitionOf(expression, site);
  if (found?.definition.node === "let") return mapOf(found.definition.value, found.site, depth + 1);
  const of = expression.node === "member" ? mapOf(expression.of, site, depth + 1) : undefined;
  const value = of && expression.node === "member" ? fieldOf(of, expression.name.text) : undefined;
  return value?.node === "map" ? value : undefined;
}

/** A text, number or boolean that is written out as it is. */
export function writtenOut(value: Expression): string | number | boolean | undefined {
  switch (value.node) {
    case "text":
      return plainName(value);
    case "unit":
      return value.text;
    case "number":
    case "boolean":
      return value.value;
    default:
      return undefined;
  }
}

/** A field of a block or of a map expression. */
export function fieldOf(of: Block | Expression, name: string): Expression | undefined {
  if (of.node === "block")
    return of.members.find((member): member is Field => member.node === "field" && member.name.text === name)
      ?.value;
  if (of.node !== "map") return undefined;
  for (const entry of of.entries)
    if (entry.node === "entry" && plainName(entry.key) === name) return entry.value;
  return undefined;
}

/** Keys of a map that are all written out, with their places; undefined when some are computed. */
function keysOfMap(map: Block | Expression | undefined): Key[] | undefined {
  if (map === undefined) return [];
  if (map.node === "block")
    return map.members.flatMap((member) => (member.node === "field" ? [member.name] : []));
  if (map.node !== "map") return undefined;
  const keys: Key[] = [];
  for (const entry of map.entries) {
    const text = entry.node === "entry" ? plainName(entry.key) : undefined;
    if (entry.node !== "entry" || text === undefined) return undefined;
    keys.push({ text, span: entry.key.span });
  }
  return keys;
}

/** What an author called a port or a key of data, and where. */
export type Key = Pick<Name, "text" | "span">;

/** A field, or the nested block without a name that is the same. */
export function fieldOrBlock(of: Block | Expression, name: string): Block | Expression | undefined {
  const field = fieldOf(of, name);
  if (field !== undefined || of.node !== "block") return field;
  return of.members.find(
    (member): member is Block =>
      member.node === "block" && member.kind.text === name && member.name === undefined,
  );
}

/** Names of the ports a container opens, those that its image exposes among them; undefined when some are computed. */
export function containerPorts(container: Block | Expression, site: Site): readonly Key[] | undefined {
  if (container.node !== "block" && container.node !== "map") return undefined;
  if (container.node === "map" && container.entries.some(({ node }) => node === "spread")) return undefined;
  const own = keysOfMap(fieldOrBlock(container, "ports"));
  const image = fieldOf(container, "image");
  const exposed = image === undefined ? [] : exposedBy(image, site);
  return own === undefined || exposed === undefined ? undefined : onceEach([...own, ...exposed]);
}

function onceEach(keys: readonly Key[]): Key[] {
  return [...new Map([...keys].reverse().map((key) => [key.text, key])).values()].reverse();
}

function exposedBy(image: Expression, site: Site): Key[] | undefined {
  if (image.node === "text") return [];
  const found = definitionOf(image, site);
  if (found?.definition.node !== "block") return undefined;
  return found.definition.kind.text === "image"
    ? keysOfMap(fieldOrBlock(found.definition, "expose"))
    : undefined;
}

/** The same for all containers of a workload; for an image, what it exposes; for a Service, what it reaches. */
export function portsOf({ definition, site }: Found): readonly Key[] | undefined {
  if (definition.node !== "block") return undefined;
  if (definition.kind.text === "image") return keysOfMap(fieldOrBlock(definition, "expose"));
  if (definition.kind.text === "service") return servicePorts(definition);
  const spec = site.description.constructs[definition.kind.text]?.spec;
  const type = spec === undefined ? undefined : objectOf(spec, site.description);
  if (type?.fields["containers"] === undefined) return undefined;
  const ports: Key[] = [];
  for (const container of containersOf(definition, site) ?? [undefined]) {
    const opened = container === undefined ? undefined : containerPorts(container, site);
    if (opened === undefined) return undefined;
    ports.push(...opened);
  }
  return onceEach(ports);
}

function servicePorts(service: Block): Key[] | undefined {
  const ports = fieldOrBlock(service, "ports");
  const values =
    ports?.node === "block"
      ? ports.members.map((member) => (member.node === "field" ? member.value : undefined))
      : ports?.node === "map"
        ? ports.entries.map((entry) => (entry.node === "entry" ? entry.value : undefined))
        : [undefined];
  const names = values.map((value): Key | undefined => {
    const text = value?.node === "text" ? plainName(value) : undefined;
    return value === undefined || text === undefined ? undefined : { text, span: value.span };
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** Containers and sidecars; init containers end before anybody calls them. */
export function containersOf(workload: Block, site: Site): (Block | Expression)[] | undefined {
  const spec = site.description.constructs[workload.kind.text]?.spec;
  const type = spec === undefined ? undefined : objectOf(spec, site.description);
  if (type === undefined) return undefined;
  const found: (Block | Expression)[] = [];
  for (const member of workload.members) {
    const field = member.node === "field" ? member.name.text : nestedType(type, member)?.field;
    if (field === undefined) return undefined; // a block of no known kind: it may be meant for one
    if (field !== "containers" && field !== "sidecars") continue;
    if (member.node === "block") found.push(member);
    else if (member.value.node === "map")
      for (const entry of member.value.entries) {
        if (entry.node === "spread") return undefined;
        found.push(entry.value);
      }
    else return undefined;
  }
  return found;
}

/** Keys of a ConfigMap or Secret; undefined when some are computed. */
export function dataKeysOf({ definition }: Found): readonly Key[] | undefined {
  if (definition.node !== "block" || !["configMap", "secret"].includes(definition.kind.text))
    return undefined;
  return keysOfMap(definition);
}
