import { createHash } from "node:crypto";
import { kubernetesVersion, typeTable } from "../../../stdlib/schema/generated/table.js";
import { servedKinds } from "../../../stdlib/schema/kinds.js";
import type { Field, FieldType, KindRow, ScalarType, TypeRow } from "../../../stdlib/schema/table.js";
import { type Exchange, header, respondJson } from "./exchange.js";

/**
 * `/openapi/v3` and its document for each group version, from the schema table: what kubectl validates, merges and
 * explains by.
 *
 * @returns false when the path is none of these.
 */
export async function serveOpenApi(exchange: Exchange): Promise<boolean> {
  const [openapi, v3, ...rest] = exchange.segments;
  if (openapi !== "openapi" || v3 !== "v3") return false;
  const meanings = await import("../../../stdlib/schema/descriptions/index.js"); // seldom asked for, and large
  if (rest.length === 0) {
    const paths = Object.fromEntries(
      groupVersionPaths.map((path) => [
        path,
        { serverRelativeURL: `/openapi/v3/${path}?hash=${documentFor(path, meanings).hash}` },
      ]),
    );
    respondJson(exchange, 200, { paths });
    return true;
  }
  const path = rest.join("/");
  if (!groupVersionPaths.includes(path)) return false;
  const { hash, document } = documentFor(path, meanings);
  const etag = `"${hash}"`;
  const immutable = exchange.query.get("hash") === hash;
  const headers = {
    etag,
    vary: "Accept",
    "cache-control": immutable ? "public, immutable, max-age=31536000" : "no-cache",
  };
  if (header(exchange.request, "if-none-match") === etag) exchange.response.writeHead(304, headers).end();
  else respondJson(exchange, 200, document, headers);
  return true;
}

/** `api/v1`, `apis/apps/v1`, … */
const groupVersionPaths: readonly string[] = [...new Set(servedKinds.map(pathOf))];

function pathOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === "" ? `api/${version}` : `apis/${group}/${version}`;
}

interface Document {
  readonly hash: string;
  readonly document: object;
}

type Meanings = typeof import("../../../stdlib/schema/descriptions/index.js");
type Meaning = NonNullable<ReturnType<Meanings["meaningOfType"]>>;

const documents = new Map<string, Document>();

function documentFor(path: string, meanings: Meanings): Document {
  const known = documents.get(path);
  if (known !== undefined) return known;
  const document = makeDocument(
    servedKinds.filter((row) => pathOf(row) === path),
    meanings,
  );
  const hash = createHash("sha256").update(JSON.stringify(document)).digest("hex").slice(0, 32).toUpperCase();
  const made = { hash, document };
  documents.set(path, made);
  return made;
}

function makeDocument(rows: readonly KindRow[], meanings: Meanings): object {
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: kubernetesVersion },
    paths: Object.fromEntries(rows.flatMap(pathsOf)),
    components: { schemas: schemasOf(rows, meanings) },
  };
}

/** Clients look for a kind's operations to learn that it is there, and which query parameters they take. */
function pathsOf(row: KindRow): [string, object][] {
  const collection = `/${pathOf(row)}${row.namespaced ? "/namespaces/{namespace}" : ""}/${row.resource}`;
  const schema = reference(row.type);
  const gvk = gvkOf(row);
  const content = { "application/json": { schema } };
  const operation = (action: string, parameters: readonly string[], body?: object) => ({
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
    parameters: parameters.map(queryParameter),
    ...(body === undefined ? {} : { requestBody: { content: body } }),
    responses: { "200": { description: "OK", content } },
  });
  const pathParameters = (names: readonly string[]) =>
    names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const scope = row.namespaced ? ["namespace"] : [];
  const writing = ["dryRun", "fieldManager", "fieldValidation", "pretty"];
  const patches = Object.fromEntries(
    ["json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml"].map((type) => [
      `application/${type}`,
      { schema: { type: "object" } },
    ]),
  );
  return [
    [
      collection,
      {
        parameters: pathParameters(scope),
        get: operation("list", ["fieldSelector", "labelSelector", "limit", "watch"]),
        post: operation("post", writing, content),
      },
    ],
    [
      `${collection}/{name}`,
      {
        parameters: pathParameters([...scope, "name"]),
        get: operation("get", ["pretty"]),
        put: operation("put", writing, content),
        patch: operation("patch", [...writing, "force"], patches),
        delete: operation("delete", ["dryRun", "gracePeriodSeconds", "propagationPolicy"]),
      },
    ],
  ];
}

function queryParameter(name: string): object {
  return { name, in: "query", schema: { type: "string", uniqueItems: true } };
}

function gvkOf({ group, version, kind }: KindRow): object {
  return { group, version, kind };
}

/** The kinds' types and all they refer to. */
function schemasOf(rows: readonly KindRow[], meanings: Meanings): { [name: string]: object } {
  const kinds = new Map(rows.map((row) => [row.type, row]));
  const schemas: { [name: string]: object } = {};
  const visit = (type: string) => {
    const row = typeTable[type];
    if (row === undefined || schemas[schemaName(type)] !== undefined) return;
    const kind = kinds.get(type);
    schemas[schemaName(type)] = {
      ...typeSchema(type, row, meanings),
      ...(kind === undefined ? {} : { "x-kubernetes-group-version-kind": [gvkOf(kind)] }),
    };
    for (const { type: field } of Object.values(row.fields)) for (const inner of typesIn(field)) visit(inner);
  };
  for (const { type } of rows) visit(type);
  return schemas;
}

function typesIn(type: FieldType): string[] {
  if ("ref" in type) return [type.ref];
  if ("list" in type) return typesIn(type.list);
  return "map" in type ? typesIn(type.map) : [];
}

/** `core.v1.Pod` is `io.k8s.api.core.v1.Pod`, as clients know it. */
function schemaName(type: string): string {
  return type.startsWith("meta.") ? `io.k8s.apimachinery.pkg.apis.${type}` : `io.k8s.api.${type}`;
}

function reference(type: string): object {
  return { $ref: `#/components/schemas/${schemaName(type)}` };
}

function typeSchema(type: string, row: TypeRow, meanings: Meanings): object {
  const fields = Object.entries(row.fields);
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  return {
    ...described(meanings.meaningOfType(type)),
    type: "object",
    properties: Object.fromEntries(
      fields.map(([name, field]) => [
        name,
        { ...described(meanings.meaningOfField(type, name)), ...fieldSchema(field) },
      ]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(row.atomic ? { "x-kubernetes-map-type": "atomic" } : {}),
  };
}

function described(meaning: Meaning | undefined): object {
  if (meaning === undefined) return {};
  const otherwise = meaning.default === undefined ? "" : ` Default: ${meaning.default}.`;
  return { description: `${meaning.text}${otherwise}` };
}

function fieldSchema(field: Field): object {
  const extensions: { [name: string]: unknown } = {};
  if (field.patchStrategy !== undefined)
    extensions["x-kubernetes-patch-strategy"] = field.patchStrategy.join(",");
  if (field.patchMergeKey !== undefined) extensions["x-kubernetes-patch-merge-key"] = field.patchMergeKey;
  if (field.listType !== undefined) extensions["x-kubernetes-list-type"] = field.listType;
  if (field.listMapKeys !== undefined) extensions["x-kubernetes-list-map-keys"] = field.listMapKeys;
  if (field.mapType !== undefined) extensions["x-kubernetes-map-type"] = field.mapType;
  if (field.default !== undefined) extensions["default"] = field.default;
  if (field.enum !== undefined) extensions["enum"] = field.enum;
  return { ...valueSchema(field.type), ...extensions };
}

function valueSchema(type: FieldType): object {
  if ("scalar" in type) return scalarSchemas[type.scalar];
  if ("ref" in type) return { allOf: [reference(type.ref)] }; // a plain $ref could have no extensions beside it
  if ("list" in type) return { type: "array", items: valueSchema(type.list) };
  return { type: "object", additionalProperties: valueSchema(type.map) };
}

const scalarSchemas: { readonly [scalar in ScalarType]: object } = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  bytes: { type: "string", format: "byte" },
  quantity: { oneOf: [{ type: "string" }, { type: "number" }] },
  intOrString: { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
  time: { type: "string", format: "date-time" },
  microTime: { type: "string", format: "date-time" },
  duration: { type: "string" },
  fieldsV1: { type: "object" },
  json: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};
