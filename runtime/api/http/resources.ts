import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { KindRow } from "../../../stdlib/schema/table.js";
import type { DeleteOptions, PatchTarget } from "../../client/client.js";
import type { Registry } from "../registry.js";
import { badRequest, statusError } from "../status-error.js";
import { decodeBody, decodeChecked, mediaType, readBody } from "./body.js";
import { type Exchange, header, respondJson, respondStatus } from "./exchange.js";
import { listSelected } from "./list.js";
import { rendererFor } from "./render.js";
import { patchScale, scaleOf } from "./scale.js";
import type { Target } from "./target.js";
import { serveWatch, type WatchContext } from "./watch.js";

type Handler = (context: WatchContext, exchange: Exchange, target: Target) => Promise<void> | void;

const collectionVerbs: { readonly [method: string]: Handler } = {
  GET: list,
  HEAD: list,
  POST: create,
  DELETE: deleteCollection,
};
const objectVerbs: { readonly [method: string]: Handler } = {
  GET: read,
  HEAD: read,
  PUT: replace,
  PATCH: patch,
  DELETE: remove,
};
const statusVerbs: { readonly [method: string]: Handler } = {
  GET: read,
  HEAD: read,
  PUT: replace,
  PATCH: patch,
};

/** The verbs of objects, their collections, and the subresources that are views of them. */
export async function serveResource(
  context: WatchContext,
  exchange: Exchange,
  target: Target,
): Promise<void> {
  const verbs = verbsFor(target);
  const handler = verbs[exchange.method];
  if (handler === undefined)
    throw statusError("MethodNotAllowed", "the server does not allow this method on the requested resource");
  await handler(context, exchange, target);
}

function verbsFor({ name, subresource }: Target): { readonly [method: string]: Handler } {
  if (name === undefined) return collectionVerbs;
  if (subresource === undefined) return objectVerbs;
  if (subresource === "status") return statusVerbs;
  if (subresource === "scale") return { GET: readScale, PUT: writeScale, PATCH: writeScale };
  if (subresource === "binding") return { POST: bind };
  if (subresource === "finalize") return { PUT: finalize };
  throw statusError("NotFound", `the server does not serve the subresource ${subresource}`);
}

function list(context: WatchContext, exchange: Exchange, target: Target): Promise<void> | void {
  const { query } = exchange;
  const watching = query.get("watch");
  if (watching === "true" || watching === "1") return serveWatch(context, exchange, target);
  const renderer = rendererFor(exchange, target.row, context.world.clock);
  const { items, resourceVersion } = listSelected(context.registry, target, query);
  respondJson(exchange, 200, renderer.list(items, resourceVersion));
}

function read(context: WatchContext, exchange: Exchange, target: Target): Promise<void> | void {
  if (exchange.query.get("watch") === "true") return serveWatch(context, exchange, target);
  const { row, namespace, name = "" } = target;
  respondObject(context, exchange, row, 200, context.registry.get(row, namespace, name));
}

async function create(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row } = target;
  const object = inNamespace(target, await requireObject(exchange, row));
  const created = await registryFor(context, exchange).create(row, object, managerOf(exchange));
  respondObject(context, exchange, row, 201, created);
}

async function replace(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row, name = "" } = target;
  const given = inNamespace(target, await requireObject(exchange, row));
  if (!given.metadata.name)
    throw badRequest("the name of the object (based on URL) was undeterminable: name must be provided");
  const object = named(given, name);
  const subresource = target.subresource === "status" ? "status" : undefined;
  const replaced = await registryFor(context, exchange).update(row, object, managerOf(exchange), subresource);
  respondObject(context, exchange, row, 200, replaced);
}

const patchTypes: { readonly [mediaType: string]: PatchTarget["type"] } = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

async function patch(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row, namespace, name = "" } = target;
  const type = patchTypes[mediaType(exchange.request)];
  if (type === undefined)
    throw statusError(
      "UnsupportedMediaType",
      `the body of the request was in an unknown format - accepted media types include: ${Object.keys(patchTypes).join(", ")}`,
    );
  const parsed = await readBody(exchange.request);
  if (parsed === undefined) throw badRequest("a patch needs a body");
  const applying = type === "apply";
  const fieldManager = exchange.query.get("fieldManager") ?? "";
  if (applying && fieldManager === "")
    throw statusError(
      "Invalid",
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  if (!applying && exchange.query.has("force"))
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  const body = applying ? named(inNamespace(target, decodeBody(exchange, row, parsed)), name) : parsed.value;
  const registry = registryFor(context, exchange);
  const existed = registry.find(row, namespace, name) !== undefined;
  const patched = await registry.patch(
    row,
    {
      namespace,
      name,
      type,
      body,
      ...(target.subresource === "status" ? { subresource: "status" as const } : {}),
      ...(applying ? { fieldManager, force: exchange.query.get("force") === "true" } : {}),
    },
    managerOf(exchange),
    (after) => decodeChecked(exchange, row, after),
  );
  respondObject(context, exchange, row, existed ? 200 : 201, patched);
}

/** Kinds whose deletion answers the object; others answer a Status. */
const deletedObjectShown = new Set(["pods", "services", "serviceaccounts", "namespaces"]);

async function remove(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row, namespace, name = "" } = target;
  const options = await deleteOptions(exchange);
  const deleted = await registryFor(context, exchange, options.dryRun).delete(row, namespace, name, options);
  if (deletedObjectShown.has(row.resource)) return respondObject(context, exchange, row, 200, deleted);
  respondStatus(exchange, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    code: 200,
    details: {
      name,
      ...(row.group === "" ? {} : { group: row.group }),
      kind: row.resource,
      uid: deleted.metadata.uid ?? "",
    },
  });
}

async function deleteCollection(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row } = target;
  if (row.resource === "namespaces")
    throw statusError("MethodNotAllowed", "the server does not allow this method on the requested resource");
  const renderer = rendererFor(exchange, row, context.world.clock);
  const options = await deleteOptions(exchange);
  const registry = registryFor(context, exchange, options.dryRun);
  const { items } = listSelected(registry, target, exchange.query);
  for (const { metadata } of items) {
    const { namespace = "", name = "" } = metadata;
    if (registry.find(row, namespace, name) !== undefined)
      await registry.delete(row, namespace, name, options);
  }
  respondJson(exchange, 200, renderer.list(items, String(registry.revision)));
}

interface GivenDeleteOptions extends DeleteOptions {
  readonly dryRun: boolean;
}

/** From the body, else from the query. */
async function deleteOptions(exchange: Exchange): Promise<GivenDeleteOptions> {
  const body = (await readBody(exchange.request))?.value ?? {};
  const given = body as { [name: string]: unknown };
  const { query } = exchange;
  const grace = given["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds") ?? undefined;
  const propagation = given["propagationPolicy"] ?? query.get("propagationPolicy") ?? undefined;
  const preconditions = given["preconditions"] as DeleteOptions["preconditions"] | null | undefined;
  const dryRun = given["dryRun"] as readonly string[] | undefined;
  if (grace !== undefined && !Number.isSafeInteger(Number(grace)))
    throw badRequest(`gracePeriodSeconds: Invalid value: ${JSON.stringify(grace)}`);
  if (propagation !== undefined && !isPropagation(propagation))
    throw badRequest(`propagationPolicy: Unsupported value: ${JSON.stringify(propagation)}`);
  const orphan = given["orphanDependents"] === true;
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(orphan && propagation === undefined ? { propagationPolicy: "Orphan" as const } : {}),
    ...(preconditions ? { preconditions } : {}),
    dryRun: dryRun?.includes("All") === true || isDryRun(query),
  };
}

function isPropagation(value: unknown): value is NonNullable<DeleteOptions["propagationPolicy"]> {
  return value === "Background" || value === "Foreground" || value === "Orphan";
}

function readScale(context: WatchContext, exchange: Exchange, target: Target): void {
  const { row, namespace, name = "" } = target;
  respondJson(exchange, 200, scaleOf(context.registry.get(row, namespace, name)));
}

async function writeScale(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const body = await readBody(exchange.request);
  const type = exchange.method === "PUT" ? "merge" : patchTypes[mediaType(exchange.request)];
  const registry = registryFor(context, exchange);
  const scaled = await patchScale(registry, target, type, body?.value, managerOf(exchange));
  respondJson(exchange, 200, scaleOf(scaled));
}

async function bind(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row, namespace, name = "" } = target;
  const body = (await readBody(exchange.request))?.value as KubeObject | undefined;
  if (body?.["target"] === undefined) throw badRequest("a Binding must have a target");
  await registryFor(context, exchange).createSubresource(row, namespace, name, "binding", body);
  respondStatus(exchange, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
}

async function finalize(context: WatchContext, exchange: Exchange, target: Target): Promise<void> {
  const { row, name = "" } = target;
  const body = await requireObject(exchange, row);
  await registryFor(context, exchange).createSubresource(row, "", name, "finalize", body);
  respondJson(exchange, 200, context.registry.find(row, "", name) ?? body);
}

/** The registry, or one that keeps nothing under `dryRun=All`. */
function registryFor(
  { registry }: WatchContext,
  { query }: Exchange,
  dryRun: boolean = isDryRun(query),
): Registry {
  return dryRun ? registry.dryRun() : registry;
}

function isDryRun(query: URLSearchParams): boolean {
  const values = query.getAll("dryRun").filter((value) => value !== "");
  const unknown = values.find((value) => value !== "All");
  if (unknown !== undefined)
    throw badRequest(`dryRun: Unsupported value: "${unknown}": supported values: "All"`);
  return values.length > 0;
}

async function requireObject(exchange: Exchange, row: KindRow): Promise<KubeObject> {
  const body = await readBody(exchange.request);
  if (body === undefined) throw badRequest("the request has no body");
  return decodeBody(exchange, row, body);
}

/** The object with the namespace of the URL, which it may leave out but not contradict. */
function inNamespace({ row, namespace }: Target, object: KubeObject): KubeObject {
  const given = object.metadata.namespace;
  if (!row.namespaced) {
    if (given)
      throw badRequest(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    return object;
  }
  if (namespace === "") throw badRequest("an object of this kind must be sent to a namespace");
  if (given && given !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function named(object: KubeObject, name: string): KubeObject {
  const given = object.metadata.name;
  if (given && given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  return { ...object, metadata: { ...object.metadata, name } };
}

/** Who a write is attributed to: the given manager, else the client's program. */
function managerOf({ query, request }: Exchange): string {
  const given = query.get("fieldManager");
  if (given !== null && given !== "") {
    if (given.length > 128 || /[^\x20-\x7e]/.test(given))
      throw badRequest("fieldManager: must be at most 128 printable characters");
    return given;
  }
  return (header(request, "user-agent") ?? "unknown").split("/")[0] || "unknown";
}

function respondObject(
  { world }: WatchContext,
  exchange: Exchange,
  row: KindRow,
  code: number,
  object: KubeObject,
): void {
  const shown =
    object.metadata.resourceVersion === "0" // created by a dry run, so it has none
      ? { ...object, metadata: { ...object.metadata, resourceVersion: undefined } }
      : object;
  respondJson(exchange, code, rendererFor(exchange, row, world.clock).one(shown as KubeObject));
}
