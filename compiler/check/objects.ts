import type { StatefulSet } from "../../stdlib/kubernetes/generated/apps-v1.js";
import type { CustomKinds } from "../../stdlib/schema/custom/definition.js";
import { decodeObject } from "../../stdlib/schema/decode.js";
import { applyDefaults } from "../../stdlib/schema/defaults/defaults.js";
import { isKept, kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { KindRow } from "../../stdlib/schema/table.js";
import { validateCreate } from "../../stdlib/schema/validation/validate.js";
import type { Reporter } from "../diagnostics/reporter.js";
import type { Span } from "../diagnostics/span.js";
import type { Unsettled } from "../diagnostics/unsettled.js";
import { type Built, keysOfItem, type Origins } from "../lower/built.js";
import type { Model, Resource } from "../model/authored.js";
import { keyIn, reportMissingKey } from "./config-keys.js";
import { checkCustomObject } from "./custom.js";
import { asMeant } from "./misplaced.js";
import { reportName } from "./names.js";

/**
 * What the API server would refuse of the lowered objects: unknown fields, wrong types, broken rules; each at the
 * place its field came from.
 *
 * @param secrets - objects that `up` makes, without their values.
 * @returns the same, without values of a wrong type, for the checks that follow.
 */
export function checkObjects(
  built: readonly Built[],
  secrets: readonly Built[],
  customKinds: CustomKinds,
  model: Model,
  unsettled: Unsettled,
  reporter: Reporter,
): readonly Built[] {
  const check = (one: Built): Built => {
    const { object, origins, resource, written } = one;
    if (written !== undefined) return one;
    if (!isKept(object)) {
      const { apiVersion, kind } = object;
      reporter.report("kind-unkept", origins.find("kind"), { apiVersion, kind });
      return one;
    }
    const row = kindRowOf(object);
    if (row !== undefined)
      return unsettled.during(resource, () => checkBuiltIn(one, row, reporter, model.resources[resource]));
    unsettled.add(resource); // what is right for it is said elsewhere
    checkCustomObject(one, customKinds, reporter);
    return one;
  };
  for (const secret of secrets) check(secret);
  return built.map(check);
}

/**
 * Every mistake of one object: those that a misplaced field would bring with it are not said, and it does not hide any.
 *
 * @returns the object without values of a wrong type.
 */
export function checkBuiltIn<T extends Omit<Built, "resource">>(
  built: T,
  row: KindRow,
  reporter: Reporter,
  madeOf?: Resource,
): T {
  const { object, origins, title: resource } = built;
  let writtenAt = (path: string) => path;
  const spanOf = (path: string) => {
    const at = keyedPath(built, writtenAt(path));
    const named = at.endsWith(".name") ? origins.authored(at.slice(0, -".name".length)) : undefined;
    // The name of a container or port is the key it stands under.
    return (origins.authored(at) === undefined ? named?.keySpan : undefined) ?? origins.find(at);
  };
  const asWritten = decodeObject(row, object);
  let { object: decoded, problems } = asWritten;
  if (problems.some(({ kind }) => kind === "unknown")) {
    const meant = asMeant(row, object);
    for (const one of meant.misplaced) {
      const { covers, span } = built.origins.keyed(keyedPath(built, one.path));
      reporter.report("field-unknown", span, { resource, ...one }, [], covers);
    }
    ({ object: decoded, problems } = decodeObject(row, meant.object));
    writtenAt = meant.writtenAt;
  }
  const mistyped = problems.filter(({ kind }) => kind !== "unknown");
  for (const { path, message } of mistyped) {
    const why = message.replace(` in "${path}"`, "");
    reporter.report("field-invalid", spanOf(path), { resource, path, why });
  }
  for (const { path, message: why } of validateCreate(row, applyDefaults(row, decoded))) {
    if (mistyped.some((one) => one.path.startsWith(path) || path.startsWith(one.path))) continue;
    if (path === "metadata.name") reportName(built, why, spanOf, reporter);
    else if (isMissingKey(path, why)) reportMissingKey(built, path, reporter);
    else {
      const at = writtenAt(path);
      const own =
        (at === "" ? largestData(built) : keySpanOf(built, at, why)) ??
        entrySpan(origins, at, why, madeOf) ??
        amountSpan(built, at, why);
      const around = own === undefined && !origins.has(keyedPath(built, at));
      reporter.report("field-invalid", own ?? spanOf(path), { resource, path, why, around });
    }
  }
  if (mistyped.length === 0 && !hasNull(object)) return built;
  // Of data the keys are looked at, and one with a wrong value is there all the same.
  const { data } = object;
  return { ...built, object: isRecord(data) ? { ...asWritten.object, data } : asWritten.object };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Null is nothing to the API server, also as an item of a list. */
function hasNull(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === null;
  for (const key in value) if (hasNull((value as { readonly [key: string]: unknown })[key])) return true;
  return false;
}

/** `data[tls.crt]` of a Secret whose type asks for it. */
function isMissingKey(path: string, why: string): boolean {
  return path.startsWith("data[") && why.startsWith("Required value");
}

/** What a limit of the whole is about: the largest value of a ConfigMap. */
function largestData({ object, origins }: Omit<Built, "resource">): Span | undefined {
  const sizes = ["data", "binaryData"].flatMap((field) =>
    Object.entries((object[field] as object | undefined) ?? {}).map(
      ([key, value]) => [`${field}[${key}]`, String(value).length] as const,
    ),
  );
  const [path = ""] = sizes.sort(([, one], [, other]) => other - one)[0] ?? [];
  return origins.authored(path)?.span;
}

/** Of a key that is no key: the value that stands under it may be right. */
function keySpanOf(built: Omit<Built, "resource">, path: string, why: string): Span | undefined {
  if (!/^(data|binaryData)\[/.test(path)) return undefined;
  if (!why.startsWith(`Invalid value: ${JSON.stringify(keyIn(path))}:`)) return undefined;
  return built.origins.authored(keyedPath(built, path))?.keySpan;
}

/** Maps that are judged as a whole, by the field of a construct that they are made of where their place is not known. */
const judgedMaps: readonly (readonly [path: RegExp, field?: string])[] = [
  [/(^|\.)metadata\.labels$/, "labels"],
  [/(^|\.)metadata\.annotations$/, "annotations"],
  [/^spec\.(selector(\.matchLabels)?|template\.metadata\.labels)$/, "selector"],
  [/\.(nodeSelector|matchLabels)$/],
];

/** The key, or the value, that a rule of labels refuses: its path names the map alone. */
function entrySpan(
  origins: Origins,
  path: string,
  why: string,
  resource: Resource | undefined,
): Span | undefined {
  const [, quoted] = /^Invalid value: ("(?:[^"\\]|\\.)*"): /.exec(why) ?? [];
  const judged = judgedMaps.filter(([map]) => map.test(path));
  if (quoted === undefined || judged.length === 0) return undefined;
  const bad: unknown = JSON.parse(quoted);
  const described = [resource?.options, resource?.spec].flatMap((of) =>
    judged.map(([, field]) => (field === undefined ? undefined : of?.get(field))),
  );
  for (const map of [origins.authored(path), ...described])
    for (const [key, value] of map?.entries() ?? []) {
      if (key === bad || key.toLowerCase() === bad) return value.keySpan;
      if (value.text === bad) return value.span;
    }
  return undefined;
}

/** The one of the requested amounts that is more than its limit: the rule is of all of them. */
function amountSpan(built: Omit<Built, "resource">, path: string, why: string): Span | undefined {
  if (!path.endsWith(".requests")) return undefined;
  const [, name] = / (?:less than or )?equal to (?:\S* )?(\S+) limit of /.exec(why) ?? [];
  if (name === undefined) return undefined;
  const at = keyedPath(built, `${path}[${name}]`);
  return built.origins.has(at) ? built.origins.find(at) : undefined;
}

/** What rules of the API call a field otherwise than objects do. */
const misspelt: readonly (readonly [rule: RegExp, field: string])[] = [
  [/^spec\.LoadBalancerSourceRanges/, "spec.loadBalancerSourceRanges"],
  [/\.resources\[storage\]$/, ".resources.requests[storage]"],
];

/** A StatefulSet's claims are judged as volumes of its pods, after those that these have. */
function claimPath(object: KubeObject, path: string): string | undefined {
  const [, index] = /^spec\.template\.spec\.volumes\[(\d+)\]\.name$/.exec(path) ?? [];
  if (object.kind !== "StatefulSet" || index === undefined) return undefined;
  const { template, volumeClaimTemplates: claims = [] } = (object as StatefulSet).spec ?? {};
  const names = claims.map(({ metadata }) => metadata?.name);
  const volumes = template?.spec?.volumes?.filter(({ name }) => !names.includes(name)) ?? [];
  const claim = Number(index) - volumes.length;
  return claim < 0 ? undefined : `spec.volumeClaimTemplates[${claim}].metadata.name`;
}

/**
 * `containers[0]` as provenance writes it: by what its place is kept under, otherwise by the item's name, where it has
 * one.
 */
function keyedPath(
  { exact, object, origins }: Pick<Built, "exact" | "object" | "origins">,
  rulePath: string,
): string {
  const path = misspelt.reduce(
    (found, [rule, field]) => found.replace(rule, field),
    claimPath(object, rulePath) ?? rulePath,
  );
  let value: unknown = object;
  let keyed = "";
  for (const part of path.match(/[^.[\]]+|\[[^\]]*\]/g) ?? []) {
    const index = /^\[(\d+)\]$/.exec(part);
    if (index !== null && Array.isArray(value)) {
      value = value[Number(index[1])];
      const fields = (value ?? {}) as { readonly [field: string]: unknown };
      const keys = [...keysOfItem((name) => fields[name]).map((key) => `[${key}]`), part];
      const { name } = fields;
      keyed +=
        keys.find((key) => origins.has(keyed + key)) ?? (typeof name === "string" ? `[${name}]` : part);
    } else {
      const name = part.replace(/^\[|\]$/g, "");
      value =
        typeof value === "object" && value !== null ? (value as { [key: string]: unknown })[name] : undefined;
      keyed += part.startsWith("[") && exact !== true ? part : `${keyed === "" ? "" : "."}${name}`;
    }
  }
  return keyed;
}
