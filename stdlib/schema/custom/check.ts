import { decodeAs } from "../decode.js";
import { isRecord, type StructuralSchema } from "./definition.js";
import { fitsFormat, integerFormats } from "./formats.js";
import { matchesPattern } from "./pattern.js";

/** A place in an object: names of members, indexes of items. */
export type ValuePath = readonly (string | number)[];

/** One thing about a custom object that the API server would refuse, or drop. */
export type CustomFinding = { readonly at: ValuePath } & (
  | { readonly kind: "unknown"; readonly known: readonly string[] }
  | { readonly kind: "missing" }
  | { readonly kind: "type"; readonly expected: string }
  | { readonly kind: "invalid"; readonly why: string }
);

/** Findings of one object that are worth reading. */
const mostFindings = 100;
/** As the decoder of built-in kinds has it. */
const deepest = 64;
/** What every object has, whatever its schema says of it. */
const objectFields = ["apiVersion", "kind", "metadata"] as const;

/**
 * Holds a custom object to the schema of its kind. Defaults count as given: the server sets them before it looks.
 * Expressions (`x-kubernetes-validations`) are not evaluated.
 */
export function checkCustom(schema: StructuralSchema, object: object): readonly CustomFinding[] {
  const findings: CustomFinding[] = [];
  const report = (finding: CustomFinding) => {
    if (findings.length < mostFindings) findings.push(finding);
  };
  new Visitor(report).resource(schema, object as { readonly [name: string]: unknown }, []);
  return findings;
}

/** Why a value is no default of its own schema. The server does not look for items that are there twice. */
export function checkDefault(schema: StructuralSchema, value: unknown): readonly string[] {
  const findings: CustomFinding[] = [];
  new Visitor((finding) => findings.push(finding), false).value(schema, value, []);
  return findings.map((finding) => {
    const at = finding.at.length === 0 ? "" : `${finding.at.join(".")} `;
    if (finding.kind === "unknown") return `${at}is no field of the schema`;
    if (finding.kind === "missing") return `${at}is missing`;
    return finding.kind === "type" ? `${at}has to be ${finding.expected}` : `${at}${finding.why}`;
  });
}

class Visitor {
  readonly #report: (finding: CustomFinding) => void;
  readonly #findsTwins: boolean;

  constructor(report: (finding: CustomFinding) => void, findsTwins = true) {
    this.#report = report;
    this.#findsTwins = findsTwins;
  }

  /** A whole object, or one embedded in another: its metadata is that of every object. */
  resource(schema: StructuralSchema, value: { readonly [name: string]: unknown }, at: ValuePath): void {
    for (const name of ["apiVersion", "kind"])
      if (typeof value[name] !== "string" || value[name] === "")
        this.#report({ at: [...at, name], kind: "missing" });
    if (value["metadata"] !== undefined && value["metadata"] !== null)
      for (const { kind, message, path } of decodeAs("meta.v1.ObjectMeta", value["metadata"]).problems) {
        const inner = [...at, "metadata", ...path.split(".")].filter((part) => part !== "");
        if (kind === "unknown") this.#report({ at: inner, kind: "unknown", known: [] });
        else this.#report({ at: inner, kind: "invalid", why: message.replace(` in "${path}"`, "") });
      }
    this.#members(schema, value, at, objectFields);
    this.#rules(schema, value, at);
  }

  value(schema: StructuralSchema, value: unknown, at: ValuePath): void {
    if (value === null) {
      if (schema.nullable !== true && schema.default === undefined && !isFree(schema))
        this.#report({ at, kind: "type", expected: typeWords(schema) });
      return;
    }
    if (!fitsType(schema, value) || at.length > deepest) {
      this.#report({ at, kind: "type", expected: typeWords(schema) });
      return;
    }
    if (isRecord(value)) {
      if (schema["x-kubernetes-embedded-resource"] === true) return this.resource(schema, value, at);
      this.#members(schema, value, at, []);
    } else if (Array.isArray(value)) this.#items(schema, value, at);
    this.#rules(schema, value, at);
  }

  #members(
    schema: StructuralSchema,
    value: { readonly [name: string]: unknown },
    at: ValuePath,
    always: readonly string[],
  ): void {
    const properties = schema.properties ?? {};
    const { additionalProperties: more } = schema;
    const isOpen =
      more === true || schema["x-kubernetes-preserve-unknown-fields"] === true || schema.type === undefined;
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (always.includes(name)) continue;
      if (of !== undefined) this.value(of, member, [...at, name]);
      else if (isRecord(more)) this.value(more as StructuralSchema, member, [...at, name]);
      else if (!isOpen)
        this.#report({ at: [...at, name], kind: "unknown", known: Object.keys(properties).sort() });
    }
    for (const name of schema.required ?? []) {
      const hasDefault = Object.hasOwn(properties, name) && properties[name]?.default !== undefined;
      if (!has(value, name) && !hasDefault) this.#report({ at: [...at, name], kind: "missing" });
    }
  }

  #items(schema: StructuralSchema, items: readonly unknown[], at: ValuePath): void {
    for (const [index, item] of items.entries())
      if (schema.items !== undefined) this.value(schema.items, item, [...at, index]);
    const listType = schema["x-kubernetes-list-type"];
    const keys = schema["x-kubernetes-list-map-keys"] ?? [];
    if (!this.#findsTwins || (listType !== "set" && listType !== "map" && schema.uniqueItems !== true))
      return;
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const defaults = schema.items?.properties ?? {};
      const identity =
        listType === "map" && isRecord(item)
          ? JSON.stringify(keys.map((key) => item[key] ?? defaults[key]?.default ?? null))
          : JSON.stringify(item);
      if (seen.has(identity)) this.#report({ at: [...at, index], kind: "invalid", why: "is there twice" });
      seen.add(identity);
    }
  }

  /** What holds for a value of the right type. */
  #rules(schema: StructuralSchema, value: unknown, at: ValuePath): void {
    for (const why of brokenRules(schema, value)) this.#report({ at, kind: "invalid", why });
    for (const part of schema.allOf ?? []) this.#also(part, value, at);
    const fitting = (parts: readonly StructuralSchema[]) =>
      parts.filter((part) => isValid(part, value)).length;
    if (schema.anyOf !== undefined && schema.anyOf.length > 0 && fitting(schema.anyOf) === 0)
      this.#report({ at, kind: "invalid", why: alternatives("needs at least one of", schema.anyOf) });
    if (schema.oneOf !== undefined && schema.oneOf.length > 0 && fitting(schema.oneOf) !== 1)
      this.#report({ at, kind: "invalid", why: alternatives("needs exactly one of", schema.oneOf) });
    if (schema.not !== undefined && isValid(schema.not, value))
      this.#report({ at, kind: "invalid", why: "is what the schema excludes (not)" });
  }

  /** A part of `allOf` only adds rules: what fields there are is said beside it. */
  #also(schema: StructuralSchema, value: unknown, at: ValuePath): void {
    if (schema.type !== undefined && !fitsType(schema, value))
      return this.#report({ at, kind: "type", expected: typeWords(schema) });
    this.#rules(schema, value, at);
    if (isRecord(value)) {
      for (const [name, of] of Object.entries(schema.properties ?? {}))
        if (has(value, name)) this.#also(of, value[name], [...at, name]);
      for (const name of schema.required ?? [])
        if (!has(value, name)) this.#report({ at: [...at, name], kind: "missing" });
    } else if (Array.isArray(value) && schema.items !== undefined)
      for (const [index, item] of value.entries()) this.#also(schema.items, item, [...at, index]);
  }
}

/** Whether a value meets a part of `anyOf`, `oneOf` or `not`: rules alone, unknown fields are no matter there. */
function isValid(schema: StructuralSchema, value: unknown): boolean {
  if (value === null) return schema.nullable === true || schema.type === undefined;
  if (!fitsType(schema, value) || brokenRules(schema, value).length > 0) return false;
  if (isRecord(value)) {
    if ((schema.required ?? []).some((name) => !has(value, name))) return false;
    for (const [name, of] of Object.entries(schema.properties ?? {}))
      if (has(value, name) && !isValid(of, value[name])) return false;
  }
  const { items } = schema;
  if (Array.isArray(value) && items !== undefined && !value.every((item) => isValid(items, item)))
    return false;
  const { allOf = [], anyOf = [], not, oneOf = [] } = schema;
  return (
    allOf.every((part) => isValid(part, value)) &&
    (anyOf.length === 0 || anyOf.some((part) => isValid(part, value))) &&
    (oneOf.length === 0 || oneOf.filter((part) => isValid(part, value)).length === 1) &&
    (not === undefined || !isValid(not, value))
  );
}

function brokenRules(schema: StructuralSchema, value: unknown): readonly string[] {
  const broken: string[] = [];
  const holds = (rule: boolean, why: string) => {
    if (!rule) broken.push(why);
  };
  if (schema.enum !== undefined && schema.enum.length > 0) {
    const text = JSON.stringify(value);
    const known = schema.enum.map((one) => JSON.stringify(one));
    holds(known.includes(text), `is ${shown(value)}, and must be one of ${known.join(", ")}`);
  }
  if (typeof value === "number") {
    const { exclusiveMaximum, exclusiveMinimum, format = "", maximum, minimum, multipleOf } = schema;
    if (minimum !== undefined && exclusiveMinimum === true)
      holds(value > minimum, `is ${value}, and must be more than ${minimum}`);
    else if (minimum !== undefined) holds(value >= minimum, `is ${value}, and must be at least ${minimum}`);
    if (maximum !== undefined && exclusiveMaximum === true)
      holds(value < maximum, `is ${value}, and must be less than ${maximum}`);
    else if (maximum !== undefined) holds(value <= maximum, `is ${value}, and must be at most ${maximum}`);
    if (multipleOf !== undefined && multipleOf > 0)
      holds(isMultiple(value, multipleOf), `is ${value}, and must be a multiple of ${multipleOf}`);
    const ends = Object.hasOwn(integerFormats, format) ? integerFormats[format] : undefined;
    if (ends !== undefined) holds(value >= ends[0] && value <= ends[1], `is ${value}, which is no ${format}`);
  }
  if (typeof value === "string") {
    const length = [...value].length; // as Go counts: by code point
    const { format, maxLength, minLength, pattern } = schema;
    if (minLength !== undefined) holds(length >= minLength, `needs at least ${minLength} characters`);
    if (maxLength !== undefined)
      holds(length <= maxLength, `has ${length} characters, and may have ${maxLength}`);
    if (pattern !== undefined)
      holds(matchesPattern(pattern, value) !== false, `is ${shown(value)}, and must match ${pattern}`);
    if (format !== undefined) holds(fitsFormat(format, value), `is ${shown(value)}, which is no ${format}`);
  }
  const [size, least, most, what] = Array.isArray(value)
    ? [value.length, schema.minItems, schema.maxItems, "items"]
    : [
        isRecord(value) ? Object.keys(value).length : 0,
        schema.minProperties,
        schema.maxProperties,
        "members",
      ];
  if (typeof value === "object") {
    if (least !== undefined) holds(size >= least, `needs at least ${least} ${what}`);
    if (most !== undefined) holds(size <= most, `has ${size} ${what}, and may have ${most}`);
  }
  return broken;
}

/** Within the error of binary fractions. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

function fitsType(schema: StructuralSchema, value: unknown): boolean {
  const isWhole = typeof value === "number" && Number.isInteger(value);
  if (schema["x-kubernetes-int-or-string"] === true) return isWhole || typeof value === "string";
  switch (schema.type) {
    case "object":
      return isRecord(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return isWhole;
    case "number":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      return true;
  }
}

const words: { readonly [type: string]: string } = {
  object: "an object",
  array: "a list",
  integer: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
};

function typeWords(schema: StructuralSchema): string {
  if (schema["x-kubernetes-int-or-string"] === true) return "a whole number or text";
  return words[schema.type ?? ""] ?? "a value";
}

function isFree(schema: StructuralSchema): boolean {
  return schema.type === undefined && schema["x-kubernetes-int-or-string"] !== true;
}

function alternatives(what: string, parts: readonly StructuralSchema[]): string {
  const named = parts.flatMap(({ required = [] }) =>
    required.length === 0 ? [] : [required.join(" with ")],
  );
  return named.length === parts.length
    ? `${what} ${named.join(", ")}`
    : `${what} ${parts.length} alternatives`;
}

function has(value: { readonly [name: string]: unknown }, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== undefined; // null is a value, where one may be
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
