import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import type { Client, List, ListQuery, PatchTarget, Resource, WatchHandler } from "./client.js";
import { ApiStatusError, isApiError, type Status } from "./errors.js";
import { linesOf } from "./lines.js";

/** The API server cannot be reached, or does not speak the API. */
export class ApiUnreachable extends InfraError {
  readonly code = "api-unreachable";
}

export interface HttpClientOptions {
  /** The API server's unix socket. */
  readonly socketPath: string;
  readonly clock: Clock;
  /** Field manager of what does not name one. */
  readonly manager: string;
  /** Told once when a watch finds no server for {@link lostMs}; it goes on trying. */
  readonly onLost?: (error: ApiUnreachable) => void;
}

/** A daemon that restarts is back sooner. */
const lostMs = 3_000;

export interface PodLogQuery {
  readonly container?: string;
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly tailLines?: number;
  readonly timestamps?: boolean;
}

/** A {@link Client} over HTTP, with the parts of the API that are streams. */
export interface HttpClient extends Client {
  /** A pod's log as it is written. @throws {ApiStatusError} */
  logs(namespace: string, pod: string, query: PodLogQuery, signal: AbortSignal): AsyncIterable<Buffer>;
  close(): void;
}

const answerLimitMs = 30_000;
const firstRetryMs = 100;
const maxRetryMs = 5_000;
/** The server ends a watch by itself before this; one that stays silent longer is dead. */
const watchSeconds = 300;

const patchTypes = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml", // JSON is YAML
} as const satisfies { readonly [type in PatchTarget["type"]]: string };

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, manager, onLost = () => {}, socketPath } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });

  const open = (call: Call, limitMs: number | undefined): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const text = call.body === undefined ? "" : JSON.stringify(call.body);
      const request = httpRequest({
        agent,
        socketPath,
        method: call.method,
        path: `${call.path}${queryText(call.query ?? {})}`,
        headers: {
          accept: "application/json",
          "content-type": call.contentType ?? "application/json",
          "content-length": Buffer.byteLength(text),
        },
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
      if (limitMs !== undefined)
        request.setTimeout(limitMs, () =>
          request.destroy(new ApiUnreachable(`The API server does not answer within ${limitMs / 1000} s`)),
        );
      request.on("response", resolve);
      request.on("error", (error) =>
        reject(
          error instanceof InfraError || call.signal?.aborted === true
            ? error
            : new ApiUnreachable(`Cannot reach the API server at "${socketPath}"`, { cause: error }),
        ),
      );
      request.end(text);
    });

  const ask = async <T>(call: Call): Promise<T> => {
    const response = await open(call, answerLimitMs);
    const text = await textOf(response);
    if ((response.statusCode ?? 500) >= 300) throw statusOf(response, text);
    return JSON.parse(text) as T;
  };

  const list = async <T extends KubeObject>(
    resource: Resource<T>,
    query: ListQuery = {},
  ): Promise<List<T>> => {
    const { namespace, ...selectors } = query;
    const path = pathOf(resource, namespace ?? "");
    const found = await ask<{ items: T[] | null; metadata: { resourceVersion: string } }>({
      method: "GET",
      path,
      query: { ...selectors },
    });
    return { items: found.items ?? [], resourceVersion: found.metadata.resourceVersion };
  };

  const write = <T>(method: string, path: string, body: unknown): Promise<T> =>
    ask<T>({ method, path, body, query: { fieldManager: manager } });

  const logs = async function* (
    namespace: string,
    pod: string,
    query: PodLogQuery,
    signal: AbortSignal,
  ): AsyncIterable<Buffer> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    const response = await open({ method: "GET", path, query: { ...query }, signal }, undefined);
    if (response.statusCode !== 200) throw statusOf(response, await textOf(response));
    yield* response as AsyncIterable<Buffer>;
  };

  return {
    list,
    logs,
    create: (resource, object) => write("POST", pathOf(resource, object.metadata.namespace ?? ""), object),
    get: (resource, namespace, name) => ask({ method: "GET", path: pathOf(resource, namespace, name) }),
    update: (resource, object) => write("PUT", objectPath(resource, object), object),
    updateStatus: (resource, object) => write("PUT", `${objectPath(resource, object)}/status`, object),
    patch: (resource, { body, dryRun, fieldManager, force, name, namespace, subresource, type }) =>
      ask({
        method: "PATCH",
        path: `${pathOf(resource, namespace, name)}${subresource === undefined ? "" : `/${subresource}`}`,
        query: { fieldManager: fieldManager ?? manager, force, dryRun: dryRun === true ? "All" : undefined },
        contentType: patchTypes[type],
        body,
      }),
    async delete(resource, namespace, name, options = {}) {
      const body = { kind: "DeleteOptions", apiVersion: "v1", ...options };
      await ask({ method: "DELETE", path: pathOf(resource, namespace, name), body });
    },
    async createSubresource(resource, namespace, name, subresource, body) {
      await write("POST", `${pathOf(resource, namespace, name)}/${subresource}`, body);
    },
    watch(resource, query, handler, signal) {
      void follow({ list, open, clock, onLost }, resource, query, handler, signal);
    },
    close: () => agent.destroy(),
  };
}

interface FollowContext {
  readonly list: <T extends KubeObject>(resource: Resource<T>, query: ListQuery) => Promise<List<T>>;
  readonly open: (call: Call, limitMs: number | undefined) => Promise<IncomingMessage>;
  readonly clock: Clock;
  readonly onLost: (error: ApiUnreachable) => void;
}

/** List, then watch from there; again after every end, from the last known revision while the server has it. */
async function follow<T extends KubeObject>(
  context: FollowContext,
  resource: Resource<T>,
  query: ListQuery,
  handler: WatchHandler<T>,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, T>();
  let revision: string | undefined;
  let synced = false;
  let pause = firstRetryMs;
  let silentSince: number | undefined;
  const answered = () => {
    pause = firstRetryMs;
    silentSince = undefined;
  };
  while (!signal.aborted) {
    try {
      if (revision === undefined) {
        const found = await context.list(resource, query);
        replaceAll(known, found.items, handler);
        revision = found.resourceVersion;
        if (!synced) handler.synced?.();
        synced = true;
      }
      revision = await readWatch({ ...context, answered }, resource, query, revision, known, handler, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isApiError(error, "Expired") || isApiError(error, "Gone")) revision = undefined;
      silentSince ??= context.clock.now();
      if (error instanceof ApiUnreachable && context.clock.now() - silentSince > lostMs) {
        context.onLost(error);
        silentSince = Number.POSITIVE_INFINITY; // once
      }
      await sleep(context.clock, pause, signal).catch(() => undefined); // aborted: the loop ends
      pause = Math.min(pause * 2, maxRetryMs);
    }
  }
}

/** One watch, to its end. @returns the last revision it told. */
async function readWatch<T extends KubeObject>(
  { answered, open }: FollowContext & { readonly answered: () => void },
  resource: Resource<T>,
  query: ListQuery,
  from: string,
  known: Map<string, T>,
  handler: WatchHandler<T>,
  signal: AbortSignal,
): Promise<string> {
  const { namespace, ...selectors } = query;
  const response = await open(
    {
      method: "GET",
      path: pathOf(resource, namespace ?? ""),
      query: {
        ...selectors,
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: from,
        timeoutSeconds: watchSeconds,
      },
      signal,
    },
    (watchSeconds + 30) * 1000,
  );
  if (response.statusCode !== 200) throw statusOf(response, await textOf(response));
  answered();
  let revision = from;
  for await (const line of linesOf(response)) {
    const { object, type } = JSON.parse(line) as { type: string; object: T };
    if (type === "ERROR") throw new ApiStatusError(object as unknown as Status);
    revision = object.metadata.resourceVersion ?? revision;
    if (type !== "BOOKMARK") take(known, type, object, handler);
  }
  return revision;
}

function take<T extends KubeObject>(
  known: Map<string, T>,
  type: string,
  object: T,
  handler: WatchHandler<T>,
): void {
  const key = keyOf(object);
  const previous = known.get(key);
  if (type === "DELETED") {
    known.delete(key);
    handler.deleted(object);
    return;
  }
  known.set(key, object);
  if (previous === undefined) handler.added(object);
  else handler.modified(object, previous);
}

/** After a new list: what is gone was deleted meanwhile. */
function replaceAll<T extends KubeObject>(
  known: Map<string, T>,
  items: readonly T[],
  handler: WatchHandler<T>,
): void {
  const present = new Set(items.map(keyOf));
  for (const [key, object] of known) if (!present.has(key)) take(known, "DELETED", object, handler);
  for (const object of items)
    if (known.get(keyOf(object))?.metadata.resourceVersion !== object.metadata.resourceVersion)
      take(known, "MODIFIED", object, handler);
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

function pathOf(resource: Resource<KubeObject>, namespace: string, name?: string): string {
  const { group, namespaced, resource: plural, version } = resource;
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const inNamespace = namespaced && namespace !== "" ? `/namespaces/${namespace}` : "";
  return `${base}${inNamespace}/${plural}${name === undefined ? "" : `/${name}`}`;
}

function objectPath(resource: Resource<KubeObject>, { metadata }: KubeObject): string {
  return pathOf(resource, metadata.namespace ?? "", metadata.name ?? "");
}

function queryText(query: NonNullable<Call["query"]>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function statusOf(response: IncomingMessage, text: string): Error {
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === "Status") return new ApiStatusError(status);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new ApiUnreachable(`The API server answers ${response.statusCode}: ${text.slice(0, 200)}`);
}
