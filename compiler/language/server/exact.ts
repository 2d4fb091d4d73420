import type {
  FieldDescription,
  ObjectDescription,
  TypeDescription,
} from "../../../stdlib/constructs/description.js";
import { meaningOfField, meaningOfType } from "../../../stdlib/schema/descriptions/index.js";
import { typeTable } from "../../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../../stdlib/schema/kinds.js";
import type { Field, FieldType, ScalarType } from "../../../stdlib/schema/table.js";
import { Reporter } from "../../diagnostics/reporter.js";
import type { Position, Span } from "../../diagnostics/span.js";
import { plainName } from "../blocks.js";
import { checkModule, type Slot } from "../check.js";
import { type Site, stdlibPath } from "../static.js";
import type { Expression, MapEntry } from "../syntax.js";
import { holds, type Node, pathTo, siteAt } from "../tree.js";
import { alternatives } from "./types.js";
import type { Analysis } from "./workspace.js";

/*
 * Exact Kubernetes objects, and patches of what a construct makes, by the schema table that the compile checks them
 * with. Only what is around one place is looked at: a key costs the same in a large file.
 */

/** Of a field: what may stand there. */
type Expected = Pick<Field, "type" | "enum">;

type Spot =
  | { readonly in: "name"; readonly of: string; readonly isTop: boolean; readonly entry: MapEntry }
  | { readonly in: "value"; readonly of: Expected };

/** What is expected within an exact object; undefined at any other place. */
export function exactSlot(analysis: Analysis, at: Position): Slot | undefined {
  const spot = spotAt(analysis, at);
  if (spot?.in === "value") return { kind: "value", expected: typeOf(spot.of), field: "" };
  if (spot === undefined) return undefined;
  const map = pathTo(analysis.parsed.module, at).findLast(({ node }) => node === "map");
  const entries = map?.node === "map" ? map.entries : [];
  const given = entries.flatMap((one) => (one.node === "entry" ? [plainName(one.key) ?? ""] : []));
  const around = { title: spot.of, path: "" };
  return { kind: "member", object: objectOf(spot.of, spot.isTop), given: new Set(given), around };
}

/** The field whose name stands at a place within an exact object. */
export function exactField(
  analysis: Analysis,
  at: Position,
): { readonly span: Span; readonly name: string; readonly of: FieldDescription } | undefined {
  const spot = spotAt(analysis, at);
  if (spot?.in !== "name") return undefined;
  const name = plainName(spot.entry.key) ?? "";
  const field = fieldsOf(spot.of)[name];
  return field && { span: spot.entry.key.span, name, of: fieldOf(spot.of, name, field) };
}

/** What can follow `kubernetes`, `kubernetes.apps` and `kubernetes.apps.v1`, with what it means. */
export function exactMembers(
  of: Expression,
  site: Site,
): readonly { readonly name: string; readonly isKind: boolean; readonly doc: string | undefined }[] {
  const path = kubernetesPath(of, site);
  if (path === undefined || path.length > 2) return [];
  const isKind = path.length === 2;
  const prefix = [...path, ""].join(".");
  const below = kinds().filter((type) => type.startsWith(prefix));
  const names = new Set(below.map((type) => type.slice(prefix.length).replace(/\..*/, "")));
  return [...names].map((name) => ({
    name,
    isKind,
    doc: isKind ? meaningOfType(prefix + name)?.text : undefined,
  }));
}

/** The kind that is called at a place: `Deployment` of `kubernetes.apps.v1.Deployment`. */
export function exactKind(
  { parsed, site }: Analysis,
  at: Position,
): { readonly span: Span; readonly path: string; readonly doc: string | undefined } | undefined {
  const node = pathTo(parsed.module, at).at(-1);
  const type = node?.node === "member" && holds(node.name.span, at) ? kindOf(node, site) : undefined;
  if (node?.node !== "member" || type === undefined) return undefined;
  return { span: node.name.span, path: `kubernetes.${type}`, doc: meaningOfType(type)?.text };
}

function kubernetesPath(expression: Expression, site: Site): readonly string[] | undefined {
  if (expression.node === "reference")
    return site.resolution.targets.get(expression)?.kind === "kubernetes" ? [] : undefined;
  const of = expression.node === "member" ? kubernetesPath(expression.of, site) : undefined;
  return of && expression.node === "member" ? [...of, expression.name.text] : undefined;
}

/** Row of the schema table. */
function kindOf(expression: Expression, site: Site): string | undefined {
  const type = kubernetesPath(expression, site)?.join(".") ?? "";
  return Object.hasOwn(typeTable, type) ? type : undefined;
}

/** What a function takes that makes an exact object, or an exact part of one. */
function argumentOf(callee: Expression, site: Site): string | undefined {
  return kindOf(callee, site) ?? parts[stdlibPath(callee, site) ?? ""];
}

const parts: { readonly [path: string]: string } = {
  variable: "core.v1.EnvVarSource",
  volume: "core.v1.Volume",
};

let known: readonly string[] | undefined;

/** Types that are whole objects, as rows of the schema table. */
function kinds(): readonly string[] {
  known ??= Object.keys(typeTable).filter((type) => {
    const { apiVersion, kind, metadata } = fieldsOf(type);
    const of = metadata?.type;
    const isWhole = apiVersion && kind && of && "ref" in of && of.ref === "meta.v1.ObjectMeta";
    return isWhole && !type.startsWith("meta."); // what any kind looks like is none itself
  });
  return known;
}

function spotAt({ parsed, site }: Analysis, at: Position): Spot | undefined {
  const path = pathTo(parsed.module, at);
  const patches = patchesOn(path, site, at);
  let expected: Expected | undefined;
  let top: Node | undefined;
  for (const [index, node] of path.entries()) {
    const around = path[index - 1];
    const root =
      around?.node === "call" && node === around.arguments[0]
        ? argumentOf(around.callee, site)
        : patches.get(node.span);
    if (root !== undefined) top = node;
    expected =
      root !== undefined
        ? { type: { ref: root } }
        : around && expected && expectedWithin(around, node, expected);
    if (node.node !== "entry" || !holds(node.key.span, at)) continue;
    if (expected === undefined || !("ref" in expected.type)) return undefined;
    return { in: "name", of: expected.type.ref, isTop: top === around, entry: node };
  }
  return expected && { in: "value", of: expected };
}

/** Row of the schema table by the place of each patch on the way to a place. */
function patchesOn(path: readonly Node[], site: Site, at: Position): ReadonlyMap<Span, string> {
  const patches = new Map<Span, string>();
  if (path.every(({ node }) => node !== "map")) return patches;
  const spans = new Set(path.map(({ span }) => span));
  checkModule(siteAt(site, at), new Reporter(), (span, slot) => {
    const { expected } = spans.has(span) ? (slot() as Partial<Extract<Slot, { kind: "value" }>>) : {};
    for (const one of alternatives(expected)) {
      const type = one.kind === "patch" ? patched(one) : undefined;
      if (type !== undefined) patches.set(span, type);
    }
  });
  return patches;
}

function patched({ apiVersion, object }: Extract<TypeDescription, { kind: "patch" }>): string | undefined {
  const type = apiVersion === undefined ? `core.v1.${object}` : kindRowOf({ apiVersion, kind: object })?.type;
  return type !== undefined && Object.hasOwn(typeTable, type) ? type : undefined;
}

/** What a node may be that stands right within another one. */
function expectedWithin(around: Node, node: Node, expected: Expected): Expected | undefined {
  const { type } = expected;
  switch (around.node) {
    case "map":
    case "spread":
      return expected;
    case "entry":
      return node === around.value ? memberOf(type, plainName(around.key) ?? "") : undefined;
    case "list":
      return node.node === "spread" ? expected : itemOf(expected);
    case "if":
      return node === around.condition ? undefined : expected;
    case "for":
      if (node !== around.value) return undefined;
      return around.key === undefined ? itemOf(expected) : memberOf(type, "");
    default:
      return undefined;
  }
}

function memberOf(type: FieldType, name: string): Expected | undefined {
  if ("map" in type) return { type: type.map };
  return "ref" in type ? fieldsOf(type.ref)[name] : undefined;
}

function itemOf({ type, ...expected }: Expected): Expected | undefined {
  return "list" in type ? { ...expected, type: type.list } : undefined;
}

function fieldsOf(type: string): { readonly [name: string]: Field } {
  return (Object.hasOwn(typeTable, type) ? typeTable[type]?.fields : undefined) ?? {};
}

/** Of the outermost object: its kind is called, a container or volume has its name elsewhere, and a status is nobody's to write. */
const saidOtherwise = ["apiVersion", "kind", "name", "status"];

function objectOf(type: string, isTop: boolean): ObjectDescription {
  const fields = Object.entries(fieldsOf(type))
    .filter(([name]) => !isTop || !saidOtherwise.includes(name))
    .map(([name, field]) => [name, fieldOf(type, name, field)] as const);
  return { doc: meaningOfType(type)?.text ?? "", fields: Object.fromEntries(fields) };
}

function fieldOf(type: string, name: string, field: Field): FieldDescription {
  const { default: value, text = "" } = meaningOfField(type, name) ?? {};
  return {
    doc: text,
    type: typeOf(field),
    required: field.required === true,
    ...(value === undefined ? {} : { default: value }),
  };
}

const text: TypeDescription = { kind: "text" };
const number: TypeDescription = { kind: "number" };
const scalars: { readonly [scalar in ScalarType]: TypeDescription } = {
  string: text,
  bool: { kind: "boolean" },
  int32: number,
  int64: number,
  double: number,
  bytes: text,
  quantity: { kind: "union", of: [text, number] },
  intOrString: { kind: "union", of: [number, text] },
  time: text,
  microTime: text,
  duration: text,
  fieldsV1: { kind: "any" },
  json: { kind: "any" },
};

function typeOf({ enum: values, type }: Expected): TypeDescription {
  if ("list" in type)
    return { kind: "list", of: typeOf({ type: type.list, ...(values && { enum: values }) }) };
  if ("map" in type) return { kind: "map", of: typeOf({ type: type.map }) };
  if ("ref" in type) return { kind: "object", name: type.ref };
  if (values === undefined) return scalars[type.scalar];
  return { kind: "union", of: values.map((value) => ({ kind: "literal", value })) };
}
