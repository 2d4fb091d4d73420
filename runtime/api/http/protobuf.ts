import { typeTable } from "../../../stdlib/schema/generated/table.js";
import { kindRowOf } from "../../../stdlib/schema/kinds.js";
import type { Field, FieldType, ScalarType, TypeRow } from "../../../stdlib/schema/table.js";
import { badRequest } from "../status-error.js";
import { type Value, WireError, WireReader } from "./wire.js";

/** Every protobuf body of the API starts so; then a `runtime.Unknown` says what the message is. */
const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** Deeper messages are refused: no kind nests further. */
const deepest = 64;

interface JsonObject {
  [name: string]: unknown;
}

/**
 * Reads a protobuf body as the JSON it stands for: what client-go and `kubectl create` send.
 *
 * Field numbers come from the schema table. A type that is not in it gives only its apiVersion and kind.
 *
 * @throws BadRequest
 */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  try {
    return decodeUnknown(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw badRequest(`cannot read the protobuf body: ${error.message}`);
  }
}

function decodeUnknown(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new WireError("it does not start with k8s");
  const unknown = fieldsOf(bytes.subarray(magic.length));
  const typeMeta = fieldsOf(last(unknown, 1) ?? Buffer.alloc(0));
  const apiVersion = (last(typeMeta, 1) ?? "").toString();
  const kind = (last(typeMeta, 2) ?? "").toString();
  const raw = last(unknown, 2) ?? Buffer.alloc(0);
  if ((last(unknown, 4) ?? "").toString().includes("json")) return { ...(parseJson(raw) as object) };
  const type = kind === "DeleteOptions" ? "meta.v1.DeleteOptions" : kindRowOf({ apiVersion, kind })?.type;
  const row = typeTable[type ?? typeName(apiVersion, kind)];
  const object = row === undefined ? {} : decodeMessage(row, raw, 0);
  return { ...object, apiVersion, kind };
}

/** `autoscaling/v1` and `Scale` are `autoscaling.v1.Scale`. */
function typeName(apiVersion: string, kind: string): string {
  const [version = "", group = "core"] = apiVersion.split("/").reverse();
  return `${group.split(".")[0]}.${version}.${kind}`;
}

function fieldsOf(bytes: Buffer): Map<number, Value[]> {
  const fields = new Map<number, Value[]>();
  for (const { number, value } of new WireReader(bytes)) {
    const known = fields.get(number);
    if (known === undefined) fields.set(number, [value]);
    else known.push(value);
  }
  return fields;
}

/** The bytes of a field that is not repeated: the last one counts. */
function last(fields: ReadonlyMap<number, readonly Value[]>, number: number): Buffer | undefined {
  const value = fields.get(number)?.at(-1);
  if (value === undefined || Buffer.isBuffer(value)) return value;
  throw new WireError(`field ${number} is no message`);
}

function decodeMessage(row: TypeRow, bytes: Buffer, depth: number): JsonObject {
  if (depth > deepest) throw new WireError(`messages nest deeper than ${deepest} levels`);
  const fields = fieldsOf(bytes);
  const inlined = new Map<number, ReadonlyMap<number, Value[]>>();
  const object: JsonObject = {};
  for (const [name, field] of Object.entries(row.fields)) {
    if (isTypeMeta(row, name)) continue;
    const { protoVia } = field;
    if (protoVia !== undefined && !inlined.has(protoVia))
      inlined.set(protoVia, fieldsOf(last(fields, protoVia) ?? Buffer.alloc(0)));
    const values = (protoVia === undefined ? fields : inlined.get(protoVia))?.get(field.proto);
    if (values === undefined) continue;
    const value = decodeField(field.type, values, depth);
    if (value !== undefined && !isUnset(name, field, value)) object[name] = value;
  }
  return object;
}

/** `apiVersion` and `kind` of whole objects are not in their message, but beside it. */
function isTypeMeta({ fields }: TypeRow, name: string): boolean {
  if (name !== "apiVersion" && name !== "kind") return false;
  const number = fields[name]?.proto;
  return Object.entries(fields).some(([other, { proto }]) => other !== name && proto === number);
}

/**
 * Numbers and truth values that Go holds without a pointer: they are always sent, and zero stands for unset. Elsewhere
 * zero was said on purpose, `replicas: 0`.
 */
const zeroIsUnset = new Set([
  "count",
  "failureThreshold",
  "generation",
  "healthCheckNodePort",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostPort",
  "initialDelaySeconds",
  "minReadySeconds",
  "nodePort",
  "observedGeneration",
  "paused",
  "periodSeconds",
  "publishNotReadyAddresses",
  "readOnly",
  "stdin",
  "stdinOnce",
  "successThreshold",
  "timeoutSeconds",
  "tty",
]);

function isUnset(name: string, field: Field, value: unknown): boolean {
  if (value === "") return field.required !== true;
  return (value === 0 || value === false) && zeroIsUnset.has(name);
}

function decodeField(type: FieldType, values: readonly Value[], depth: number): unknown {
  if ("list" in type) return values.flatMap((value) => decodeItems(type.list, value, depth));
  if ("map" in type) {
    const entries = values.map((entry) => {
      const fields = fieldsOf(asBytes(entry));
      const value = fields.get(2)?.at(-1) ?? Buffer.alloc(0);
      return [(last(fields, 1) ?? "").toString(), decodeValue(type.map, value, depth)] as const;
    });
    return Object.fromEntries(entries);
  }
  const value = values.at(-1);
  return value === undefined ? undefined : decodeValue(type, value, depth);
}

/** Numbers may be packed: several in one field. */
function decodeItems(type: FieldType, value: Value, depth: number): unknown[] {
  const packed = "scalar" in type && (type.scalar === "int32" || type.scalar === "int64");
  if (packed && Buffer.isBuffer(value)) return WireReader.packed(value).map(toNumber);
  return [decodeValue(type, value, depth)];
}

function decodeValue(type: FieldType, value: Value, depth: number): unknown {
  if ("scalar" in type) return scalars[type.scalar](value);
  if ("ref" in type) {
    const row = typeTable[type.ref];
    return row === undefined ? undefined : decodeMessage(row, asBytes(value), depth + 1);
  }
  throw new WireError("a list or map within a list or map");
}

function asBytes(value: Value): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new WireError("a number where a message or text should be");
}

/** Go's signed integers are sent as 64 bits, negative ones too. */
function toNumber(value: Value): number {
  if (typeof value !== "bigint") throw new WireError("a message where a number should be");
  return Number(BigInt.asIntN(64, value));
}

const scalars: { readonly [scalar in ScalarType]: (value: Value) => unknown } = {
  string: (value) => asBytes(value).toString("utf8"),
  bool: (value) => toNumber(value) !== 0,
  int32: toNumber,
  int64: toNumber,
  double: (value) => {
    if (typeof value !== "bigint") throw new WireError("a message where a number should be");
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return bytes.readDoubleLE();
  },
  bytes: (value) => asBytes(value).toString("base64"),
  quantity: (value) => (last(fieldsOf(asBytes(value)), 1) ?? "0").toString(),
  intOrString(value) {
    const fields = fieldsOf(asBytes(value));
    const isText = toNumber(fields.get(1)?.at(-1) ?? 0n) === 1;
    return isText ? (last(fields, 3) ?? "").toString() : toNumber(fields.get(2)?.at(-1) ?? 0n);
  },
  time: (value) => timeText(asBytes(value), 0),
  microTime: (value) => timeText(asBytes(value), 6),
  duration: (value) => `${toNumber(fieldsOf(asBytes(value)).get(1)?.at(-1) ?? 0n)}ns`,
  fieldsV1: rawJson,
  json: rawJson,
};

/** Undefined for Go's zero time, an empty message. */
function timeText(bytes: Buffer, digits: number): string | undefined {
  const fields = fieldsOf(bytes);
  const seconds = toNumber(fields.get(1)?.at(-1) ?? 0n);
  const nanos = toNumber(fields.get(2)?.at(-1) ?? 0n);
  if (seconds === 0 && nanos === 0) return undefined;
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) throw new WireError("a time out of range");
  const fraction = digits === 0 ? "" : `.${String(nanos).padStart(9, "0").slice(0, digits)}`;
  return at.toISOString().replace(/\.\d+Z$/, `${fraction}Z`);
}

function rawJson(value: Value): unknown {
  const raw = last(fieldsOf(asBytes(value)), 1);
  return raw === undefined || raw.length === 0 ? undefined : parseJson(raw);
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch (cause) {
    throw new WireError(`embedded JSON is broken: ${(cause as Error).message}`);
  }
}
