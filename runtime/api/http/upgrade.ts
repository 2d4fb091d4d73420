import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { badRequest, statusError } from "../status-error.js";
import { authorize, type DispatchContext, statusOf } from "./dispatch.js";
import { header, type User } from "./exchange.js";
import { execProtocols, prepareExec, serveExec } from "./exec.js";
import { parseTarget } from "./target.js";

/** A request to speak something else than HTTP on its connection. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent already. */
  readonly head: Buffer;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly user: User | undefined;
  /** Aborts when the server closes. */
  readonly signal: AbortSignal;
}

/** Messages are as large as the client's reads; more is no exec client. */
const maxMessageBytes = 4 * 1024 * 1024;

/**
 * `pods/exec` over WebSocket.
 *
 * @throws what is to be answered as a Status; the handshake has not begun then.
 */
export async function serveUpgrade(context: DispatchContext, upgrade: UpgradeRequest): Promise<void> {
  const { request, socket, head, segments, query, user, signal } = upgrade;
  authorize(user, request.method ?? "GET", segments);
  const target = parseTarget(segments);
  if (target?.subresource === undefined)
    throw badRequest("only subresources of pods can be upgraded to another protocol");
  if (target.subresource !== "exec" || target.name === undefined)
    throw statusError("NotFound", `the server does not serve the subresource ${target.subresource}`);
  const prepared = prepareExec(context, target, query);
  if (header(request, "upgrade")?.toLowerCase() !== "websocket")
    throw badRequest(
      "unable to upgrade: exec is served over WebSocket only, which kubectl speaks since 1.30",
    );
  const offered = (header(request, "sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const protocol = execProtocols.find((name) => offered.includes(name));
  if (protocol === undefined)
    throw badRequest(`unable to upgrade: none of the protocols ${execProtocols.join(", ")} was offered`);

  const { WebSocketServer } = await import("ws");
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: () => protocol,
  });
  await new Promise<void>((resolve, reject) =>
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("error", () => webSocket.terminate()); // a broken message or connection: its close ends the process
      serveExec(webSocket, prepared, signal).then(resolve, reject);
    }),
  );
}

/** Answers a failed upgrade as HTTP, there being no response object. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status = statusOf(error) ?? statusError("InternalError", "Internal error occurred").status;
  const body = JSON.stringify(status);
  const code = status.code ?? 500;
  socket.end(
    [
      `HTTP/1.1 ${code} ${status.reason ?? "Error"}`,
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
