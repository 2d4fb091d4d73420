import { PatchError } from "../../../stdlib/schema/patch/patch-error.js";
import { ApiStatusError, type Status } from "../../client/errors.js";
import type { NodeStreams } from "../../client/node-streams.js";
import { StoreCompacted, StoreFailed, StoreFull } from "../../store/errors.js";
import { badRequest, statusError } from "../status-error.js";
import { serveDiscovery } from "./discovery.js";
import { type Exchange, respondJson, type User } from "./exchange.js";
import { prepareExec } from "./exec.js";
import { serveHealth } from "./health.js";
import { serveOpenApi } from "./openapi.js";
import { serveLogs } from "./pod-logs.js";
import { portForwardAddress } from "./port-forward.js";
import { serveResource } from "./resources.js";
import { serveReview } from "./reviews.js";
import { parseTarget } from "./target.js";
import type { WatchContext } from "./watch.js";

/** Answers what is not of the Kubernetes API; keyed by method and path: `"GET /infra/v1/info"`. */
export interface ExtraRoutes {
  readonly [methodAndPath: string]: (exchange: Exchange) => Promise<void> | void;
}

export interface DispatchContext extends WatchContext {
  readonly extraRoutes: ExtraRoutes;
  readonly nodeStreams: NodeStreams | undefined;
}

/** Who may ask for anything. */
const administrators = "system:masters";

/** @throws Unauthorized, Forbidden */
export function authorize(user: User | undefined, method: string, segments: readonly string[]): void {
  if (user === undefined) throw statusError("Unauthorized", "Unauthorized");
  if (user.groups.includes(administrators)) return;
  const path = `/${segments.join("/")}`;
  throw statusError(
    "Forbidden",
    `forbidden: User "${user.name}" cannot ${method.toLowerCase()} path "${path}"`,
  );
}

/** Finds who answers a request. @throws ApiStatusError, and what registry and store throw */
export async function dispatch(context: DispatchContext, exchange: Exchange): Promise<void> {
  const { method, segments, user } = exchange;
  if ((method === "GET" || method === "HEAD") && serveHealth(exchange)) return;
  authorize(user, method, segments);
  const path = `/${segments.join("/")}`;
  const extra = context.extraRoutes[`${method} ${path}`];
  if (extra !== undefined) return extra(exchange);
  const reading = method === "GET" || method === "HEAD";
  if (reading && segments.length === 0) return respondJson(exchange, 200, { paths: rootPaths });
  if (reading && ((await serveOpenApi(exchange)) || serveDiscovery(exchange))) return;
  if (await serveReview(exchange)) return;
  const target = parseTarget(segments);
  if (target === undefined) throw statusError("NotFound", "the server could not find the requested resource");
  if (target.subresource === "log") return serveLogs(context, exchange, target);
  if (target.subresource === "exec" && target.name !== undefined) {
    prepareExec(context, target, exchange.query); // what is wrong with the request itself goes first
    throw badRequest("exec needs an upgrade to WebSocket");
  }
  if (target.subresource === "portforward" && target.name !== undefined) {
    portForwardAddress(context.registry, target);
    throw badRequest("portforward needs an upgrade to WebSocket or SPDY/3.1");
  }
  return serveResource(context, exchange, target);
}

const rootPaths = ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"];

/** What the client is told of a failure. Undefined: it is a mistake of ours, and the client gets no more than that. */
export function statusOf(error: unknown): Status | undefined {
  if (error instanceof ApiStatusError) return error.status;
  if (error instanceof PatchError) {
    if (error.kind === "invalid") return statusError("BadRequest", error.message).status;
    if (error.kind === "failed") return statusError("Invalid", error.message).status;
    return statusError("RequestEntityTooLarge", error.message).status;
  }
  if (error instanceof StoreCompacted) return statusError("Expired", error.message).status;
  if (error instanceof StoreFull || error instanceof StoreFailed)
    return statusError("ServiceUnavailable", error.message).status;
  return undefined;
}
