import { type DecodeProblem, decodeObject } from "../../../stdlib/schema/decode.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import { JsonTextError, parseJsonStrict } from "../../../stdlib/schema/strict-json.js";
import { apiVersionOf, type KindRow } from "../../../stdlib/schema/table.js";
import { badRequest, statusError } from "../status-error.js";
import { type ApiRequest, type Exchange, header } from "./exchange.js";
import { decodeProtobuf } from "./protobuf.js";

/** Upstream's limit for request bodies. */
const maxBodyBytes = 3 * 1024 * 1024;

/** A request's body as JSON, with keys that occur twice. */
export interface Body {
  readonly value: unknown;
  readonly problems: readonly DecodeProblem[];
}

/** How strictly unknown and repeated fields are taken; upstream's default is `Warn`. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

/** Media type without parameters, lower-case. Absent means JSON, as upstream takes it. */
export function mediaType(request: ApiRequest): string {
  return (header(request, "content-type") ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** @throws RequestEntityTooLarge */
export async function readBytes(request: ApiRequest, limit: number = maxBodyBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Left open on refusal, so that the answer can still be sent.
  const incoming = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > limit)
      throw statusError("RequestEntityTooLarge", `Request entity too large: limit is ${limit}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @returns undefined for an empty body. @throws BadRequest, UnsupportedMediaType, RequestEntityTooLarge */
export async function readBody(request: ApiRequest): Promise<Body | undefined> {
  const type = mediaType(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (type === "application/json" || type.endsWith("+json")) return parseJson(bytes.toString("utf8"));
  if (type === "application/yaml" || type.endsWith("+yaml")) return parseYaml(bytes.toString("utf8"));
  if (type === "application/vnd.kubernetes.protobuf") return { value: decodeProtobuf(bytes), problems: [] };
  throw statusError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf; got ${type}`,
  );
}

function parseJson(text: string): Body {
  try {
    return parseJsonStrict(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
  }
}

/** YAML 1.2 with one document. JSON is YAML, and kubectl sends JSON under a YAML type. */
async function parseYaml(text: string): Promise<Body> {
  if (/^\s*\{/.test(text)) {
    try {
      return parseJsonStrict(text);
    } catch (error) {
      if (!(error instanceof JsonTextError)) throw error; // flow-style YAML: read below
    }
  }
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: true, logLevel: "silent" });
  const [problem] = document.errors;
  if (problem !== undefined) throw badRequest(`error parsing YAML: ${problem.message}`);
  // Through JSON text, so that nothing but JSON (no bigint, date or cycle) gets further.
  let json: string | undefined;
  try {
    json = JSON.stringify(document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    throw badRequest(`error parsing YAML: ${(error as Error).message.split("\n")[0]}`); // aliases without end
  }
  return parseJson(json ?? "null");
}

export function fieldValidationOf(query: URLSearchParams): FieldValidation {
  const given = query.get("fieldValidation");
  if (given === null || given === "") return "Warn";
  if (given === "Strict" || given === "Warn" || given === "Ignore") return given;
  throw badRequest(
    `fieldValidation: Unsupported value: "${given}": supported values: "Ignore", "Strict", "Warn"`,
  );
}

/**
 * The body as an object of the row's kind.
 *
 * @throws BadRequest for another kind, a wrong type of a field, and under `Strict` for unknown and repeated fields;
 *   under `Warn` these become warnings.
 */
export function decodeBody(exchange: Exchange, row: KindRow, { value, problems }: Body): KubeObject {
  const given = value as { apiVersion?: unknown; kind?: unknown; metadata?: unknown } | null;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw badRequest("the object provided is unrecognized (must be of type Object)");
  const apiVersion = apiVersionOf(row);
  if (given.apiVersion !== undefined && given.apiVersion !== apiVersion)
    throw badRequest(
      `the API version in the data (${String(given.apiVersion)}) does not match the expected API version (${apiVersion})`,
    );
  if (given.kind !== undefined && given.kind !== row.kind)
    throw badRequest(
      `${String(given.kind)} in version "${row.version}" cannot be handled as a ${row.kind}: the kind does not match`,
    );
  return decodeChecked(exchange, row, given, problems);
}

/** {@link decodeBody} without the question which kind it is: also for what a patch made. */
export function decodeChecked(
  exchange: Exchange,
  row: KindRow,
  value: unknown,
  repeated: readonly DecodeProblem[] = [],
): KubeObject {
  const decoded = decodeObject(row, value);
  const wrong = decoded.problems.find(({ kind }) => kind === "type");
  const cannot = `${row.kind} in version "${row.version}" cannot be handled as a ${row.kind}`;
  if (wrong !== undefined) throw badRequest(`${cannot}: ${wrong.message}`);
  const problems = [...decoded.problems, ...repeated].map(({ message }) => message);
  const validation = fieldValidationOf(exchange.query);
  if (problems.length > 0 && validation === "Strict")
    throw badRequest(`${cannot}: strict decoding error: ${problems.join(", ")}`);
  if (validation === "Warn") for (const problem of problems) exchange.warnings.add(problem);
  const object = decoded.object;
  return { ...object, apiVersion: apiVersionOf(row), kind: row.kind, metadata: object.metadata ?? {} };
}
