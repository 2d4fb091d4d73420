import { isDeepStrictEqual } from "node:util";
import { setMember } from "../../stdlib/base/json.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { canonical, isRecord } from "./objects.js";
import {
  fromData,
  isCall,
  isObject,
  type SourceCall,
  type SourceMember,
  type SourceObject,
} from "./program.js";

/** What has to be merged over what a construct makes, so that it is what was written. */
export interface PatchPlan {
  /** Of the object; undefined when nothing is missing. */
  readonly object: unknown;
  /** Of single containers, by list and name. */
  readonly containers: ReadonlyMap<string, unknown>;
  /** How much there is to read in it. */
  readonly size: number;
}

/** Where the pod's spec stands, by kind. */
const podSpecs: { readonly [kind: string]: string } = {
  Pod: "spec",
  Deployment: "spec.template.spec",
  DaemonSet: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};

/** @param made - by the construct without a patch. @param wanted - as it was written. */
export function patchFor(made: KubeObject, wanted: KubeObject, namespace: string): PatchPlan {
  const containers = new Map<string, unknown>();
  const podSpec = podSpecs[wanted.kind];
  const object = differenceOf(canonical(made, namespace), canonical(wanted, namespace), wanted, "");
  return {
    object,
    containers,
    size: sizeOf(object) + [...containers.values()].reduce((sum: number, one) => sum + sizeOf(one), 0),
  };

  /** @param raw - the wanted value before defaults: absent there means that nobody has to say it. */
  function differenceOf(has: unknown, wants: unknown, raw: unknown, path: string): unknown {
    if (isDeepStrictEqual(has, wants)) return undefined;
    if (raw === undefined || raw === null) {
      if (!/(^|\.)(metadata|labels)$/.test(path) || !isRecord(has)) return null;
      return differenceOf(has, isRecord(wants) ? wants : {}, {}, path); // the stack's own label stays
    }
    if (isContainers(path) && Array.isArray(has) && Array.isArray(wants) && Array.isArray(raw)) {
      const names = (list: readonly unknown[]) =>
        list.map((item) => (isRecord(item) ? item["name"] : undefined));
      if (isDeepStrictEqual(names(has), names(wants)) && isDeepStrictEqual(names(has), names(raw))) {
        for (const [index, item] of has.entries()) {
          const patch = differenceOf(item, wants[index], raw[index], `${path}[]`);
          if (patch !== undefined)
            containers.set(`${path.slice(path.lastIndexOf(".") + 1)}/${names(has)[index]}`, patch);
        }
        return undefined;
      }
    }
    if (has === undefined && path.endsWith("Probe")) return withoutUsual(raw, usualOfProbes);
    if (!isRecord(has) || !isRecord(wants) || !isRecord(raw)) return raw;
    const patch: { [name: string]: unknown } = {};
    for (const name of new Set([...Object.keys(wants), ...Object.keys(has)])) {
      const at = path === "" ? name : `${path}.${name}`;
      const difference = differenceOf(member(has, name), member(wants, name), member(raw, name), at);
      if (difference !== undefined) setMember(patch, name, difference);
    }
    return Object.keys(patch).length === 0 ? undefined : patch;
  }

  function isContainers(path: string): boolean {
    return path === `${podSpec}.containers` || path === `${podSpec}.initContainers`;
  }
}

/** What generators write into every probe and the API server fills in anyway. */
const usualOfProbes = new Map<string, unknown>([
  ["failureThreshold", 3],
  ["periodSeconds", 10],
  ["scheme", "HTTP"],
  ["successThreshold", 1],
  ["timeoutSeconds", 1],
]);

function withoutUsual(value: unknown, usual: ReadonlyMap<string, unknown>): unknown {
  if (!isRecord(value)) return value;
  const left = Object.entries(value).filter(([name, inner]) => !usual.has(name) || usual.get(name) !== inner);
  return Object.fromEntries(left.map(([name, inner]) => [name, withoutUsual(inner, usual)]));
}

function member(object: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Members and items, as a measure of how much there is to read. */
export function sizeOf(value: unknown): number {
  if (value === undefined) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), 1);
  return isRecord(value) ? Object.values(value).reduce((sum: number, item) => sum + sizeOf(item), 1) : 1;
}

/** The call with the patch in its place; undefined when the construct takes none. */
export function withPatch(call: SourceCall, plan: PatchPlan): SourceCall | undefined {
  if (plan.object === undefined && plan.containers.size === 0) return call;
  const [name, spec, ...more] = call.arguments;
  if (unpatchable.has(call.call[0] ?? "") || name === undefined || spec === undefined || !isObject(spec))
    return undefined;
  const own = plan.object === undefined ? [] : [{ name: "patch", value: fromData(plan.object) }];
  const members = spec.members.map((member) => withContainerPatches(member, plan.containers));
  return { ...call, arguments: [name, { members: [...members, ...own] }, ...more] };
}

/** Constructs whose second argument is data. */
const unpatchable = new Set(["configMap", "secret"]);

const containerLists: { readonly [member: string]: string } = {
  containers: "containers",
  init: "initContainers",
  sidecars: "initContainers",
};

function withContainerPatches(member: SourceMember, patches: ReadonlyMap<string, unknown>): SourceMember {
  const list = containerLists[member.name];
  if (list === undefined || patches.size === 0 || !isObject(member.value)) return member;
  const containers = member.value.members.map((container): SourceMember => {
    const patch = patches.get(`${list}/${container.name}`);
    if (patch === undefined || !isObject(container.value) || isCall(container.value)) return container;
    const value: SourceObject = {
      members: [...container.value.members, { name: "patch", value: fromData(patch) }],
    };
    return { ...container, value };
  });
  return { ...member, value: { members: containers } };
}
