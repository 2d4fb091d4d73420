import { tryParseQuantity } from "../base/quantity.js";
import { typeTable } from "./generated/table.js";
import type { KubeObject } from "./objects.js";
import type { Field, FieldType, KindRow, ScalarType, TypeRow } from "./table.js";

/** One thing that does not fit the schema. */
export interface DecodeProblem {
  /** `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** `unknown` and `duplicate` only matter under strict validation; `type` always refuses the object. */
  readonly kind: "unknown" | "duplicate" | "type";
  /** Upstream's wording: `unknown field "spec.foo"`. */
  readonly message: string;
}

export interface Decoded {
  readonly object: KubeObject;
  readonly problems: readonly DecodeProblem[];
}

/** Deeper JSON is refused: no kind nests further, and recursion has a bound. */
const deepest = 64;

/**
 * Reads untrusted JSON as one kind: keeps known fields of the right type, drops nulls, reports the rest.
 *
 * The result has metadata even where the input has none, shares nothing with the input and has no inherited members, so a `__proto__` key is only an unknown
 * field. Names match case-sensitively, as upstream's strict decoder has it.
 */
export function decodeObject(row: KindRow, json: unknown): Decoded {
  const problems: DecodeProblem[] = [];
  const object = (decodeType(typeTable[row.type], json, "", problems, 0) ?? {}) as Partial<KubeObject>;
  return { object: { ...object, metadata: object.metadata ?? {} } as KubeObject, problems };
}

/** The same for a type that is no kind, say `meta.v1.DeleteOptions`. */
export function decodeAs(
  typeName: string,
  json: unknown,
): { value: unknown; problems: readonly DecodeProblem[] } {
  const problems: DecodeProblem[] = [];
  return { value: decodeType(typeTable[typeName], json, "", problems, 0), problems };
}

function decodeType(
  row: TypeRow | undefined,
  json: unknown,
  path: string,
  problems: DecodeProblem[],
  depth: number,
): unknown {
  if (row === undefined) return json;
  if (!isRecord(json) || depth > deepest) return mismatch(problems, path, "object", json);
  const object: { [key: string]: unknown } = {};
  for (const [name, value] of Object.entries(json)) {
    const field = Object.hasOwn(row.fields, name) ? row.fields[name] : undefined;
    const at = path === "" ? name : `${path}.${name}`;
    if (field === undefined) {
      problems.push({ path: at, kind: "unknown", message: `unknown field "${at}"` });
    } else if (value !== null && value !== undefined) {
      const decoded = decodeField(field, value, at, problems, depth + 1);
      if (decoded !== undefined) object[name] = decoded;
    }
  }
  return object;
}

function decodeField(
  field: Field,
  value: unknown,
  path: string,
  problems: DecodeProblem[],
  depth: number,
): unknown {
  return decodeValue(field.type, value, path, problems, depth);
}

function decodeValue(
  type: FieldType,
  value: unknown,
  path: string,
  problems: DecodeProblem[],
  depth: number,
): unknown {
  if ("scalar" in type) {
    return fits(type.scalar, value)
      ? normalise(type.scalar, value)
      : mismatch(problems, path, expectation[type.scalar], value);
  }
  if ("ref" in type) return decodeType(typeTable[type.ref], value, path, problems, depth);
  if ("list" in type) {
    if (!Array.isArray(value) || depth > deepest) return mismatch(problems, path, "array", value);
    return value
      .filter((item) => item !== null)
      .map((item, index) => decodeValue(type.list, item, `${path}[${index}]`, problems, depth + 1))
      .filter((item) => item !== undefined);
  }
  if (!isRecord(value) || depth > deepest) return mismatch(problems, path, "map", value);
  const map: { [key: string]: unknown } = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const decoded =
      item === null ? emptyOf(type.map) : decodeValue(type.map, item, `${path}[${key}]`, problems, depth + 1);
    if (decoded !== undefined) map[key] = decoded;
  }
  return { ...map }; // spread defines own members, so even a `__proto__` key stays data
}

/** A null map value is the zero value in Go: `labels: { a: null }` reads as an empty string. */
function emptyOf(type: FieldType): unknown {
  return "scalar" in type && (type.scalar === "string" || type.scalar === "bytes") ? "" : undefined;
}

function mismatch(problems: DecodeProblem[], path: string, expected: string, found: unknown): undefined {
  problems.push({ path, kind: "type", message: `cannot use ${describe(found)} as ${expected} in "${path}"` });
  return undefined;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `${typeof value} ${JSON.stringify(value)}`;
}

const expectation: { readonly [scalar in ScalarType]: string } = {
  string: "string",
  bool: "boolean",
  int32: "32-bit integer",
  int64: "64-bit integer",
  double: "number",
  bytes: "base64 string",
  quantity: "quantity",
  intOrString: "integer or string",
  time: "RFC 3339 time",
  microTime: "RFC 3339 time",
  duration: "duration",
  fieldsV1: "object",
  json: "any value",
};

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const durationPattern = /^[+-]?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$|^0$/;

function fits(scalar: ScalarType, value: unknown): boolean {
  switch (scalar) {
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int32":
      return isInteger(value, 2 ** 31);
    case "int64":
      return isInteger(value, 2 ** 63);
    case "double":
      return typeof value === "number" && Number.isFinite(value);
    case "bytes":
      return typeof value === "string" && base64Pattern.test(value.replace(/[\r\n]/g, ""));
    case "quantity":
      return (
        (typeof value === "string" || typeof value === "number") &&
        tryParseQuantity(String(value)) !== undefined
      );
    case "intOrString":
      return typeof value === "string" || isInteger(value, 2 ** 31);
    case "time":
    case "microTime":
      return typeof value === "string" && timePattern.test(value) && !Number.isNaN(Date.parse(value));
    case "duration":
      return typeof value === "string" && durationPattern.test(value);
    case "fieldsV1":
      return isRecord(value);
    case "json":
      return true;
  }
}

function isInteger(value: unknown, bound: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= -bound && value < bound;
}

function normalise(scalar: ScalarType, value: unknown): unknown {
  if (scalar === "quantity") return String(value);
  if (scalar === "bytes") return String(value).replace(/[\r\n]/g, "");
  return typeof value === "object" ? structuredClone(value) : value;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
