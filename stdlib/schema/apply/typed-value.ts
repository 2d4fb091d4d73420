import type { MutableJson } from "../../base/json.js";
import { PatchError } from "../patch/patch-error.js";
import { cloneJson, isMap, type JsonMap, jsonEqual, safeKey } from "../patch/value.js";
import type { TypeTable } from "../table.js";
import { childNode, type FieldSet, type MutableFieldSet, newNode } from "./field-set.js";
import { itemStep, type Topology, topologyOf } from "./topology.js";

/**
 * Every field that `object` sets, as server-side apply counts them (structured-merge-diff, `ToFieldSet`):
 * leaves and atomic values, list items and map entries themselves, and empty maps and lists.
 *
 * @throws {PatchError} `invalid` for a keyed list item without its keys.
 */
export function fieldsOf(table: TypeTable, typeName: string, object: unknown): FieldSet {
  const set = newNode();
  collect(topologyOf(table, typeName), object as MutableJson, set);
  return set;
}

/**
 * A value without members of its own is owned at its own path. structured-merge-diff leaves out empty lists; then
 * the second apply of one intent puts back what the first pruned, so we count them.
 */
function isBare(value: MutableJson): boolean {
  if (value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
}

function collect(at: Topology, value: MutableJson | undefined, node: MutableFieldSet): void {
  if (value === undefined) return;
  if (at.kind === "map" && isMap(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const { at: type, declared } = at.member(name);
      const child = childNode(node, `f:${name}`);
      collect(type, member, child);
      if (!declared || isBare(member)) child.member = true;
    }
  } else if ((at.kind === "keyed" || at.kind === "set") && Array.isArray(value)) {
    for (const item of value) {
      const child = childNode(node, itemStep(at, item));
      if (at.kind === "keyed") collect(at.item, item, child);
      child.member = true;
    }
  } else if (at.kind === "leaf" || value !== null) {
    node.member = true;
  }
}

/** The leaves present in both objects whose values differ. */
export function modifiedFields(
  table: TypeTable,
  typeName: string,
  before: unknown,
  after: unknown,
): FieldSet {
  const set = newNode();
  collectModified(topologyOf(table, typeName), before as MutableJson, after as MutableJson, set);
  return set;
}

function collectModified(
  at: Topology,
  before: MutableJson | undefined,
  after: MutableJson | undefined,
  node: MutableFieldSet,
): void {
  if (before === undefined || after === undefined) return;
  const descend = (step: string, type: Topology, a: MutableJson, b: MutableJson) => {
    const child = childNode(node, step);
    collectModified(type, a, b, child);
    if (!child.member && child.children.size === 0) node.children.delete(step);
  };
  if (at.kind === "map" && isMap(before) && isMap(after)) {
    for (const [name, member] of Object.entries(before)) {
      const other = Object.hasOwn(after, name) ? after[name] : undefined;
      if (other !== undefined) descend(`f:${name}`, at.member(name).at, member, other);
    }
  } else if ((at.kind === "keyed" || at.kind === "set") && Array.isArray(before) && Array.isArray(after)) {
    if (at.kind === "set") return; // an item is its own value
    const others = new Map(after.map((item) => [at.step(item), item]));
    for (const item of before) {
      const step = at.step(item);
      const other = others.get(step);
      if (other !== undefined) descend(step, at.item, item, other);
    }
  } else if (!jsonEqual(before, after)) node.member = true;
}

/**
 * `live` overlaid by `applied`. Lists keep the order of `applied`; items only `live` has stay beside their
 * neighbours.
 *
 * @throws {PatchError} `invalid` when `applied` has two list items with one key.
 */
export function mergeTyped(table: TypeTable, typeName: string, live: unknown, applied: unknown): MutableJson {
  return overlay(topologyOf(table, typeName), live as MutableJson, applied as MutableJson);
}

function overlay(at: Topology, live: MutableJson | undefined, applied: MutableJson): MutableJson {
  if (at.kind === "map" && isMap(applied)) {
    const result: JsonMap = isMap(live) ? { ...live } : {};
    for (const [name, member] of Object.entries(applied))
      if (member !== undefined)
        result[safeKey(name)] = overlay(
          at.member(name).at,
          Object.hasOwn(result, name) ? result[name] : undefined,
          member,
        );
    return result;
  }
  if ((at.kind === "keyed" || at.kind === "set") && Array.isArray(applied))
    return overlayList(at, Array.isArray(live) ? live : [], applied);
  return cloneJson(applied);
}

function overlayList(
  at: Topology,
  live: readonly MutableJson[],
  applied: readonly MutableJson[],
): MutableJson[] {
  const liveSteps = live.map((item) => itemStep(at, item));
  const place = new Map(liveSteps.map((step, index) => [step, index]));
  const steps = applied.map((item) => itemStep(at, item));
  const named = new Set(steps);
  if (named.size < steps.length)
    throw new PatchError(
      "invalid",
      `Two list items have the key ${steps.find((s, i) => steps.indexOf(s) < i)}`,
    );

  const result: MutableJson[] = [];
  let next = 0;
  const takeLive = (until: number, stopAtNamed: boolean) => {
    for (; next < until; next++) {
      if (!named.has(liveSteps[next]!)) result.push(live[next]!);
      else if (stopAtNamed) return;
    }
  };
  for (const [index, item] of applied.entries()) {
    const at2 = place.get(steps[index]!);
    takeLive(at2 ?? live.length, at2 === undefined);
    result.push(
      at.kind === "keyed" ? overlay(at.item, at2 === undefined ? undefined : live[at2], item) : item,
    );
  }
  takeLive(live.length, false);
  return result;
}

/** `object` without the members of `gone` and everything below them. Containers that become empty stay. */
export function removeFields(
  table: TypeTable,
  typeName: string,
  object: unknown,
  gone: FieldSet,
): MutableJson {
  return without(topologyOf(table, typeName), object as MutableJson, gone);
}

function without(at: Topology, value: MutableJson, gone: FieldSet): MutableJson {
  if (gone.children.size === 0) return value;
  if (at.kind === "map" && isMap(value)) {
    const result: JsonMap = {};
    for (const [name, member] of Object.entries(value)) {
      const child = gone.children.get(`f:${name}`);
      if (child === undefined) result[name] = member;
      else if (!child.member) result[name] = without(at.member(name).at, member, child);
    }
    return result;
  }
  if ((at.kind === "keyed" || at.kind === "set") && Array.isArray(value)) {
    return value.flatMap((item) => {
      const child = gone.children.get(itemStep(at, item));
      if (child === undefined) return [item];
      if (child.member) return [];
      return [at.kind === "keyed" ? without(at.item, item, child) : item];
    });
  }
  return value;
}
