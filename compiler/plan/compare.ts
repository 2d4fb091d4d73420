import { stableStringify } from "../../stdlib/base/json.js";
import { emptyFieldSet, type FieldPath, type FieldSet } from "../../stdlib/schema/apply/field-set.js";
import type { Field, FieldType, TypeTable } from "../../stdlib/schema/table.js";

/** One differing field, with its path for people and its path as managedFields spells it. */
export interface Difference {
  readonly path: string;
  readonly steps: FieldPath;
  readonly before: unknown;
  readonly after: unknown;
}

export interface Sides {
  readonly live: unknown;
  /** What is asked for, as written. Only its fields count, and those of `owned`. */
  readonly desired: unknown;
  /** `desired` with defaults: what a field that was taken out falls back to. */
  readonly defaulted: unknown;
  /** What we set before; fields in it that `desired` lacks are being removed. */
  readonly owned: FieldSet;
}

interface At extends Sides {
  readonly type: FieldType | undefined;
  readonly field: Partial<Field>;
  readonly path: string;
  readonly steps: FieldPath;
}

/** Where live and desired differ, in path order. Values are compared by type: `1024Mi` is `1Gi`, `"80"` is 80. */
export function differences(table: TypeTable, typeName: string | undefined, sides: Sides): Difference[] {
  const found: Difference[] = [];
  const type = typeName === undefined ? undefined : { ref: typeName };
  walk(table, { ...sides, type, field: {}, path: "", steps: [] }, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

type Members = { readonly [name: string]: unknown };

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function walk(table: TypeTable, at: At, found: Difference[]): void {
  const keys = at.field.listMapKeys ?? (at.field.patchMergeKey === undefined ? [] : [at.field.patchMergeKey]);
  // A field taken out is compared member by member: others may own some of it (annotations, say).
  const partly = at.owned.children.size > 0 && !at.owned.member;
  const shown = at.desired ?? (partly ? at.live : undefined);
  if (isMembers(at.live) && isMembers(shown) && !isAtomic(table, at)) {
    walkMembers(table, at, found);
    return;
  }
  if (Array.isArray(at.live) && Array.isArray(shown) && keys.length > 0) {
    walkItems(table, at, keys, found);
    return;
  }
  const after = at.defaulted ?? at.desired;
  if (
    stableStringify(canonical(table, at.type, at.live)) !== stableStringify(canonical(table, at.type, after))
  )
    found.push({ path: at.path, steps: at.steps, before: at.live, after });
}

/** Set as a whole: a member that only `live` has is a difference too. */
function isAtomic(table: TypeTable, { type, field }: At): boolean {
  if (field.mapType === "atomic") return true;
  return type !== undefined && "ref" in type && table[type.ref]?.atomic === true;
}

function walkMembers(table: TypeTable, at: At, found: Difference[]): void {
  const [live, desired, defaulted] = [at.live, at.desired, at.defaulted].map((value) =>
    isMembers(value) ? value : {},
  ) as [Members, Members, Members];
  for (const name of new Set([...Object.keys(desired), ...namesOf(at.owned)])) {
    const field = fieldOf(table, at.type, name);
    const owned = at.owned.children.get(`f:${name}`);
    if (desired[name] === undefined && (owned === undefined || live[name] === undefined)) continue;
    walk(
      table,
      {
        type: field.type,
        field,
        live: live[name],
        desired: desired[name],
        defaulted: defaulted[name],
        owned: owned ?? emptyFieldSet,
        path: memberPath(at.path, name),
        steps: [...at.steps, `f:${name}`],
      },
      found,
    );
  }
}

function walkItems(table: TypeTable, at: At, keys: readonly string[], found: Difference[]): void {
  const type = at.type !== undefined && "list" in at.type ? at.type.list : undefined;
  const row = type !== undefined && "ref" in type ? table[type.ref] : undefined;
  const byStep = (list: unknown) => {
    const items = new Map<string, { readonly item: unknown; readonly label: string }>();
    for (const item of Array.isArray(list) ? list : []) {
      const values = keys.map((key) => [
        key,
        (isMembers(item) ? item[key] : undefined) ?? row?.fields[key]?.default,
      ]);
      const label = values
        .filter(([key, value], index) => index === 0 || value !== row?.fields[key as string]?.default)
        .map(([, value]) => String(value))
        .join("/");
      items.set(`k:${stableStringify(Object.fromEntries(values))}`, { item, label });
    }
    return items;
  };
  const [live, desired, defaulted] = [byStep(at.live), byStep(at.desired), byStep(at.defaulted)];
  for (const step of new Set([...desired.keys(), ...at.owned.children.keys()])) {
    const owned = at.owned.children.get(step);
    const label = (desired.get(step) ?? live.get(step))?.label;
    if (label === undefined) continue;
    if (!desired.has(step) && owned?.member !== true) continue;
    walk(
      table,
      {
        type,
        field: {},
        live: live.get(step)?.item,
        desired: desired.get(step)?.item,
        defaulted: defaulted.get(step)?.item,
        owned: owned ?? emptyFieldSet,
        path: `${at.path}[${label}]`,
        steps: [...at.steps, step],
      },
      found,
    );
  }
}

function namesOf(owned: FieldSet): string[] {
  return [...owned.children.keys()].filter((step) => step.startsWith("f:")).map((step) => step.slice(2));
}

function fieldOf(table: TypeTable, type: FieldType | undefined, name: string): Partial<Field> {
  if (type === undefined) return {};
  if ("map" in type) return { type: type.map };
  return "ref" in type ? (table[type.ref]?.fields[name] ?? {}) : {};
}

function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

/** Spellings of one value become one: quantities, int-or-string, empty maps and lists. */
function canonical(table: TypeTable, type: FieldType | undefined, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    const item = type !== undefined && "list" in type ? type.list : undefined;
    return value.map((each) => canonical(table, item, each));
  }
  if (isMembers(value)) {
    const members = Object.entries(value)
      .map(([name, member]) => [name, canonical(table, fieldOf(table, type, name).type, member)] as const)
      .filter(([, member]) => member !== null);
    return members.length === 0 ? null : Object.fromEntries(members);
  }
  if (type !== undefined && "scalar" in type) {
    if (type.scalar === "quantity") return canonicalQuantity(String(value));
    if (type.scalar === "intOrString" && /^[0-9]+$/.test(String(value))) return Number(value);
  }
  return value;
}

const suffixes: { readonly [suffix: string]: readonly [base: bigint, exponent: bigint] } = {
  n: [10n, 0n],
  u: [10n, 3n],
  m: [10n, 6n],
  "": [10n, 9n],
  k: [10n, 12n],
  M: [10n, 15n],
  G: [10n, 18n],
  T: [10n, 21n],
  P: [10n, 24n],
  E: [10n, 27n],
  Ki: [2n, 10n],
  Mi: [2n, 20n],
  Gi: [2n, 30n],
  Ti: [2n, 40n],
  Pi: [2n, 50n],
  Ei: [2n, 60n],
};

/** Whole nano-units as text; a text that is no quantity stays as it is. Finer than nano rounds down. */
function canonicalQuantity(text: string): string {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([a-zA-Z]*)$/.exec(text);
  const scale = match === null ? undefined : suffixes[match[4]!];
  if (match === null || scale === undefined || `${match[2]}${match[3] ?? ""}` === "") return text;
  const [, sign, whole = "", fraction = ""] = match;
  const [base, exponent] = scale;
  const nano = base === 2n ? 10n ** 9n * 2n ** exponent : 10n ** exponent;
  const units = (BigInt(`${whole}${fraction}`) * nano) / 10n ** BigInt(fraction.length);
  return `${sign === "-" ? -units : units}n`;
}
