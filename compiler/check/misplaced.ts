import { setMember } from "../../stdlib/base/json.js";
import { tryParseQuantity } from "../../stdlib/base/quantity.js";
import { decodeAs, decodeObject } from "../../stdlib/schema/decode.js";
import { typeTable } from "../../stdlib/schema/generated/table.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { FieldType, KindRow, TypeRow } from "../../stdlib/schema/table.js";
import { nearest } from "../diagnostics/row.js";

/** A field that its object does not have, and where it was meant to stand. */
export interface Misplaced {
  /** Where it stands: `spec.selector.replicas`. */
  readonly path: string;
  /** Fields that are there. */
  readonly known: readonly string[];
  /** The object that has such a field: `spec`, or `""` for the top; undefined when none has. */
  readonly belongs?: string;
  /** A field that stands there already, which an author sees. */
  readonly beside?: string;
}

export interface Meant {
  readonly misplaced: readonly Misplaced[];
  /** The object with every field where it was meant, so that what is wrong with it else can be said too. */
  readonly object: KubeObject;
  /** Where a field of that object was written. */
  readonly writtenAt: (path: string) => string;
}

type Json = { [name: string]: unknown };
type Step = string | number;

/** One object on the way to a field: its type, its value, and the step that leads on from it. */
interface Level {
  readonly type: TypeRow;
  readonly typeName: string;
  readonly value: Json;
  readonly path: readonly Step[];
}

/** More mistakes of one object than a person corrects in one go. */
const most = 50;
/** How far below its object a field is looked for. */
const depth = 4;

/**
 * Finds what each unknown field was meant to be: one of an object around it, of one beside it or of one within it (the
 * mistakes of indentation), or a known name misspelt.
 */
export function asMeant(row: KindRow, object: KubeObject): Meant {
  const meant = structuredClone(object) as unknown as Json;
  const misplaced: Misplaced[] = [];
  const unexplained = new Set<string>();
  /** Where a part that was moved stood before. */
  const moved: { readonly from: readonly Step[]; readonly to: readonly Step[] }[] = [];
  while (misplaced.length < most) {
    const unknown = decodeObject(row, meant).problems.find(
      ({ kind, path }) => kind === "unknown" && !unexplained.has(path),
    );
    if (unknown === undefined) break;
    const steps = stepsOf(meant, unknown.path);
    const levels = steps === undefined ? [] : levelsTo(row, meant, steps);
    const own = levels.at(-1);
    if (steps === undefined || own === undefined) {
      unexplained.add(unknown.path); // a name that no path can tell from others
      misplaced.push({ path: unknown.path, known: [] });
      continue;
    }
    const path = shown(originalOf(steps, moved));
    const known = Object.keys(own.type.fields);
    const name = String(steps.at(-1));
    const value = own.value[name];
    const place = placeOf(levels, name, value);
    if (place === undefined) {
      const spelt = nearest(name, known);
      const isFree = spelt !== undefined && own.value[spelt] === undefined;
      if (isFree) rename(own, name, spelt, moved);
      else unexplained.add(unknown.path);
      misplaced.push({ path, known });
      continue;
    }
    const beside = besideOf(meant, place, steps);
    delete own.value[name];
    put(meant, [...place, name], value);
    moved.push({ from: steps, to: [...place, name] });
    misplaced.push({ path, known, belongs: shown(place), ...(beside === undefined ? {} : { beside }) });
  }
  return {
    misplaced,
    object: meant as unknown as KubeObject,
    writtenAt: (path) =>
      [...moved].reverse().reduce((at, { from, to }) => {
        const [before, now] = [shown(from), shown(to)];
        return at.startsWith(now) && /^([.[]|$)/.test(at.slice(now.length))
          ? before + at.slice(now.length)
          : at;
      }, path),
  };
}

function rename(
  { path, value }: Level,
  from: string,
  to: string,
  moved: { from: readonly Step[]; to: readonly Step[] }[],
): void {
  value[to] = value[from];
  delete value[from];
  moved.push({ from: [...path, from], to: [...path, to] });
}

/**
 * The object that takes the field: one that is there, within it, around it or within one around it; or one within it
 * that is to be made.
 */
function placeOf(levels: readonly Level[], name: string, value: unknown): readonly Step[] | undefined {
  const own = levels.at(-1);
  if (own === undefined) return undefined;
  const takes = (typeName: string, has: unknown) =>
    fits(typeName, name, value) && !(isRecord(has) && has[name] !== undefined);
  const inChildOf = ({ path, type, value: around }: Level): readonly Step[] | undefined => {
    for (const [child, inner] of Object.entries(around)) {
      const field = fieldOf(type, child);
      const target = field === undefined ? undefined : objectWithin(field, inner);
      if (target !== undefined && takes(target.typeName, target.value))
        return [...path, child, ...target.steps];
    }
    return undefined;
  };
  const within = inChildOf(own);
  if (within !== undefined) return within;
  const around = levels.slice(0, -1).reverse();
  for (const level of around) if (takes(level.typeName, level.value)) return level.path;
  for (const level of around) {
    const beside = inChildOf(level);
    if (beside !== undefined) return beside;
  }
  const below = placeBelow(own, name, value);
  if (below !== undefined) return below;
  return mapFor(own, name, value);
}

/** Maps that take a name when none stands there yet: amounts are asked for rather than limited. */
const usualMaps = ["requests", "matchLabels", "labels"];

/** A name of anybody's choice belongs to a map: to the one beside it, or to the usual one. */
function mapFor(
  { path, type, value: beside }: Level,
  name: string,
  value: unknown,
): readonly Step[] | undefined {
  if (nearest(name, Object.keys(type.fields)) !== undefined) return undefined;
  const maps = Object.keys(type.fields).filter((child) => isMapOf(fieldOf(type, child), value));
  const there = maps.find((child) => isRecord(beside[child]));
  const usual = usualMaps.find((child) => maps.includes(child) && (beside[child] ?? undefined) === undefined);
  const chosen = there ?? usual;
  return chosen === undefined ? undefined : [...path, chosen];
}

/** The nearest object below, in the order of the schema, that has the field. Status is nobody's to write. */
function placeBelow(own: Level, name: string, value: unknown): readonly Step[] | undefined {
  let open: { readonly typeName: string; readonly path: readonly Step[]; readonly has: unknown }[] = [
    { typeName: own.typeName, path: own.path, has: own.value },
  ];
  for (let level = 0; level < depth && open.length > 0; level += 1) {
    const next: typeof open = [];
    for (const { has, path, typeName } of open)
      for (const [child, { type }] of Object.entries(typeTable[typeName]?.fields ?? {})) {
        if (child === "status" || child === "managedFields" || child === "ownerReferences") continue;
        const inner = isRecord(has) ? has[child] : undefined;
        const target = objectWithin(type, inner);
        if (target === undefined) continue;
        const at = [...path, child, ...target.steps];
        const isThere = isRecord(target.value) && target.value[name] !== undefined;
        if (!isThere && fits(target.typeName, name, value)) return at;
        next.push({ typeName: target.typeName, path: at, has: target.value });
      }
    open = next;
  }
  return undefined;
}

/** The object that a field holds: itself, or the last of its list. */
function objectWithin(
  field: FieldType,
  value: unknown,
): { readonly typeName: string; readonly value: unknown; readonly steps: readonly Step[] } | undefined {
  const isAbsent = value === undefined || value === null;
  if ("ref" in field)
    return isAbsent || isRecord(value) ? { typeName: field.ref, value, steps: [] } : undefined;
  if (!("list" in field) || !("ref" in field.list) || !(isAbsent || Array.isArray(value))) return undefined;
  const last = Array.isArray(value) ? Math.max(value.length - 1, 0) : 0;
  const item: unknown = Array.isArray(value) ? value[last] : undefined;
  return item === undefined || item === null || isRecord(item)
    ? { typeName: field.list.ref, value: item, steps: [last] }
    : undefined;
}

function fieldOf(type: TypeRow, name: string): FieldType | undefined {
  return Object.hasOwn(type.fields, name) ? type.fields[name]?.type : undefined;
}

/** Whether the type has such a field and the value is one for it. */
function fits(typeName: string, name: string, value: unknown): boolean {
  const type = typeTable[typeName];
  if (type === undefined || fieldOf(type, name) === undefined) return false;
  return decodeAs(typeName, { [name]: value }).problems.every(({ kind }) => kind !== "type");
}

function isMapOf(type: FieldType | undefined, value: unknown): boolean {
  if (type === undefined || !("map" in type) || !("scalar" in type.map)) return false;
  if (type.map.scalar === "quantity") return tryParseQuantity(String(value)) !== undefined;
  return type.map.scalar === "string" && typeof value === "string";
}

/** What an author sees there: the field that holds the misplaced one, or the first that stands there already. */
function besideOf(object: Json, place: readonly Step[], from: readonly Step[]): string | undefined {
  const isAround = place.every((step, index) => from[index] === step);
  if (isAround) return String(from[place.length]);
  const there = valueAt(object, place);
  return isRecord(there) ? Object.keys(there)[0] : undefined;
}

/** Every object from the top down to the one that holds the field. */
function levelsTo(row: KindRow, object: Json, steps: readonly Step[]): Level[] {
  const levels: Level[] = [];
  let type: FieldType | undefined = { ref: row.type };
  let value: unknown = object;
  for (const [index, step] of steps.entries()) {
    if (type !== undefined && "ref" in type && isRecord(value)) {
      const own = typeTable[type.ref];
      if (own === undefined) return levels;
      levels.push({ type: own, typeName: type.ref, value, path: steps.slice(0, index) });
      type = fieldOf(own, String(step));
    } else
      type =
        type === undefined ? undefined : "list" in type ? type.list : "map" in type ? type.map : undefined;
    value = isRecord(value) ? value[step] : Array.isArray(value) ? value[Number(step)] : undefined;
  }
  return levels;
}

/**
 * A path as the decoder writes it, as steps: names may have dots, so the object says where they end. Undefined where it
 * does not.
 */
function stepsOf(object: unknown, path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let value = object;
  let rest = path;
  while (rest !== "") {
    if (rest.startsWith("[")) {
      const inner = Array.isArray(value)
        ? (/^\[(\d+)\]/.exec(rest)?.[1] ?? "")
        : (Object.keys(isRecord(value) ? value : {}).find((key) => rest.startsWith(`[${key}]`)) ?? "");
      steps.push(Array.isArray(value) ? Number(inner) : inner);
      rest = rest.slice(inner.length + 2);
    } else {
      const text = rest.startsWith(".") ? rest.slice(1) : rest;
      const name = Object.keys(isRecord(value) ? value : {})
        .filter((key) => text === key || text.startsWith(`${key}.`) || text.startsWith(`${key}[`))
        .reduce((longest, key) => (key.length > longest.length ? key : longest), "");
      if (name === "") return undefined;
      steps.push(name);
      rest = text.slice(name.length);
    }
    value = valueAt(value, steps.slice(-1));
  }
  return steps;
}

function shown(steps: readonly Step[]): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`),
    "",
  );
}

/** Where something stood before parts of the object were moved. */
function originalOf(
  steps: readonly Step[],
  moved: readonly { readonly from: readonly Step[]; readonly to: readonly Step[] }[],
): readonly Step[] {
  return [...moved]
    .reverse()
    .reduce(
      (at, { from, to }) =>
        to.every((step, index) => at[index] === step) ? [...from, ...at.slice(to.length)] : at,
      steps,
    );
}

function valueAt(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (at, step) =>
      Array.isArray(at) ? at[Number(step)] : isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined,
    value,
  );
}

/** Sets a member, making what leads to it. */
function put(object: Json, steps: readonly Step[], value: unknown): void {
  let at: unknown = object;
  for (const [index, step] of steps.entries()) {
    const container = at as { [step: Step]: unknown };
    if (index === steps.length - 1) setMember(container, String(step), value);
    else {
      container[step] ??= typeof steps[index + 1] === "number" ? [] : {};
      at = container[step];
    }
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
