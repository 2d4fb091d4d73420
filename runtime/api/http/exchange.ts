import type { IncomingMessage, ServerResponse } from "node:http";
import type { Status } from "../../client/errors.js";

/** HTTP/2 requests and answers come as node's compatibility classes, which have the members used here. */
export type ApiRequest = IncomingMessage;
export type ApiResponse = ServerResponse;

/** Who sent a request. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** One request with its answer, over HTTP/1.1 or HTTP/2. */
export interface Exchange {
  readonly request: ApiRequest;
  readonly response: ApiResponse;
  readonly method: string;
  /** Path segments, percent-decoded; `/api/v1/` is `["api", "v1"]`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Undefined: nobody we know. */
  readonly user: User | undefined;
  /** Aborts when the client is gone or the server closes. */
  readonly signal: AbortSignal;
  /** Sent as `Warning` headers; kubectl prints them. */
  readonly warnings: Set<string>;
}

/** `undefined` for a header sent twice too: none that we read may be. */
export function header(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** Answers with JSON. `headers` are lower-case. */
export function respondJson(
  exchange: Exchange,
  code: number,
  body: unknown,
  headers: { readonly [name: string]: string } = {},
): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  begin(exchange, code, {
    "content-type": "application/json",
    "content-length": String(bytes.length),
    ...headers,
  });
  end(exchange, bytes);
}

export function respondText(exchange: Exchange, code: number, text: string): void {
  const bytes = Buffer.from(text);
  begin(exchange, code, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": String(bytes.length),
  });
  end(exchange, bytes);
}

export function respondStatus(exchange: Exchange, status: Status): void {
  const seconds = status.details?.retryAfterSeconds;
  const headers: { [name: string]: string } = seconds === undefined ? {} : { "retry-after": String(seconds) };
  respondJson(exchange, status.code ?? 500, status, headers);
}

/** Sends status and headers of an answer whose body follows. */
export function begin(
  { response, warnings }: Exchange,
  code: number,
  headers: { readonly [name: string]: string },
): void {
  const all: { [name: string]: string | string[] } = {
    "cache-control": "no-cache, private",
    ...headers,
  };
  if (warnings.size > 0) all["warning"] = [...warnings].map(warning);
  response.writeHead(code, all);
}

function end({ response, method }: Exchange, bytes: Buffer): void {
  if (method === "HEAD") response.end();
  else response.end(bytes);
}

/** RFC 7234 warn-value with code 299; the text is a quoted string of printable ASCII. */
function warning(text: string): string {
  const quoted = text.replace(/[^\x20-\x7e]/g, "?").replace(/(["\\])/g, "\\$1");
  return `299 - "${quoted}"`;
}
