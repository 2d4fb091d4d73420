import type { Pod } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { LogOptions, NodeStreams } from "../../client/node-streams.js";
import type { Registry } from "../registry.js";
import { badRequest, statusError } from "../status-error.js";
import { begin, type Exchange } from "./exchange.js";
import type { Target } from "./target.js";

interface LogContext {
  readonly registry: Registry;
  readonly nodeStreams: NodeStreams | undefined;
}

/** `pods/log`: text as containers wrote it. @throws NotFound, BadRequest, ServiceUnavailable */
export async function serveLogs(context: LogContext, exchange: Exchange, target: Target): Promise<void> {
  const { registry, nodeStreams } = context;
  const { row, namespace, name = "" } = target;
  if (exchange.method !== "GET")
    throw statusError("MethodNotAllowed", "the server does not allow this method on the requested resource");
  const pod = registry.get(row, namespace, name) as KubeObject & Pod;
  const options = logOptions(pod, exchange.query);
  const type = { "content-type": "text/plain" };
  if (!pod.spec?.nodeName) {
    begin(exchange, 200, type); // nothing has run, so nothing was written
    exchange.response.end();
    return;
  }
  if (nodeStreams === undefined) throw statusError("ServiceUnavailable", "the node agent is not running");
  const chunks = nodeStreams.logs(pod, options, exchange.signal)[Symbol.asyncIterator]();
  let chunk = await chunks.next(); // before the answer begins, so that a failure has its own status
  begin(exchange, 200, type);
  exchange.response.flushHeaders();
  while (chunk.done !== true && !exchange.signal.aborted) {
    if (!exchange.response.write(chunk.value)) await drained(exchange);
    chunk = await chunks.next();
  }
  await chunks.return?.();
  exchange.response.end();
}

/** Resolves when there is room to write again, or nobody to write to. */
function drained({ response, signal }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    response.on("drain", done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

function logOptions(pod: Pod, query: URLSearchParams): LogOptions {
  const sinceSeconds = wholeNumber(query, "sinceSeconds", 1);
  const sinceTime = query.get("sinceTime") || undefined;
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    throw statusError("Invalid", "at most one of `sinceTime` or `sinceSeconds` may be specified");
  if (sinceTime !== undefined && Number.isNaN(Date.parse(sinceTime)))
    throw badRequest(`sinceTime: "${sinceTime}" is not an RFC 3339 time`);
  const tailLines = wholeNumber(query, "tailLines", 0);
  const limitBytes = wholeNumber(query, "limitBytes", 1);
  return {
    container: containerOf(pod, query),
    follow: isTrue(query, "follow"),
    previous: isTrue(query, "previous"),
    timestamps: isTrue(query, "timestamps"),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  };
}

/** The container a log or exec means: the one named, or the only one there is. @throws BadRequest */
export function containerOf(pod: Pod, query: URLSearchParams): string {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const name = pod.metadata?.name ?? "";
  const given = query.get("container");
  if (given) {
    if ([...containers, ...initContainers].some((container) => container.name === given)) return given;
    throw badRequest(`container ${given} is not valid for pod ${name}`);
  }
  const [only, ...others] = containers;
  if (only !== undefined && others.length === 0 && initContainers.length === 0) return only.name ?? "";
  const names = (list: readonly { name?: string }[]) => list.map((container) => container.name).join(" ");
  const init =
    initContainers.length === 0 ? "" : ` or one of the init containers: [${names(initContainers)}]`;
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${init}`,
  );
}

export function isTrue(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value === "true" || value === "1";
}

function wholeNumber(query: URLSearchParams, name: string, least: number): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw statusError(
      "Invalid",
      `${name}: Invalid value: ${text}: must be a whole number of at least ${least}`,
    );
  return value;
}
