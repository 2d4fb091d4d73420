import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { badRequest, statusError } from "../status-error.js";
import { authorize, type DispatchContext, statusOf } from "./dispatch.js";
import { header, type User } from "./exchange.js";
import { execProtocols, prepareExec, serveExec } from "./exec.js";
import {
  portForwardAddress,
  portForwardProtocol,
  portForwardStreamProtocol,
  servePortForward,
} from "./port-forward.js";
import { parseTarget, type Target } from "./target.js";

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
 * `pods/exec` over WebSocket, and `pods/portforward` over that or SPDY.
 *
 * @throws what is to be answered as a Status; the handshake has not begun then.
 */
export async function serveUpgrade(context: DispatchContext, upgrade: UpgradeRequest): Promise<void> {
  const { request, segments, user } = upgrade;
  authorize(user, request.method ?? "GET", segments);
  const target = parseTarget(segments);
  if (target?.subresource === undefined)
    throw badRequest("only subresources of pods can be upgraded to another protocol");
  if (target.name === undefined)
    throw statusError("NotFound", "the server could not find the requested resource");
  if (target.subresource === "exec") return upgradeExec(context, upgrade, target);
  if (target.subresource === "portforward") return upgradePortForward(context, upgrade, target);
  throw statusError("NotFound", `the server does not serve the subresource ${target.subresource}`);
}

async function upgradeExec(context: DispatchContext, upgrade: UpgradeRequest, target: Target): Promise<void> {
  const prepared = prepareExec(context, target, upgrade.query);
  if (!asksForWebSocket(upgrade))
    throw badRequest(
      "unable to upgrade: exec is served over WebSocket only, which kubectl speaks since 1.30",
    );
  const socket = await acceptWebSocket(upgrade, execProtocols);
  await serveExec(socket, prepared, upgrade.signal);
}

async function upgradePortForward(
  { registry }: DispatchContext,
  upgrade: UpgradeRequest,
  target: Target,
): Promise<void> {
  const address = portForwardAddress(registry, target);
  if (asksForWebSocket(upgrade)) {
    const socket = await acceptWebSocket(upgrade, [portForwardProtocol]);
    const { createWebSocketStream } = await import("ws");
    return servePortForward(createWebSocketStream(socket), address);
  }
  const { request, socket, head } = upgrade;
  const offered = listOf(header(request, "x-stream-protocol-version"));
  if (
    header(request, "upgrade")?.toUpperCase() !== "SPDY/3.1" ||
    !offered.includes(portForwardStreamProtocol)
  )
    throw badRequest(`unable to upgrade: ${portForwardStreamProtocol} over SPDY/3.1 was not offered`);
  socket.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "connection: Upgrade",
      "upgrade: SPDY/3.1",
      `x-stream-protocol-version: ${portForwardStreamProtocol}`,
      "",
      "",
    ].join("\r\n"),
  );
  if (head.length > 0) socket.unshift(head);
  await servePortForward(socket, address);
}

function asksForWebSocket({ request }: UpgradeRequest): boolean {
  return header(request, "upgrade")?.toLowerCase() === "websocket";
}

function listOf(value: string | undefined): string[] {
  return (value ?? "").split(",").map((name) => name.trim());
}

/** The handshake. @throws BadRequest when the client speaks none of the protocols. */
async function acceptWebSocket(
  { request, socket, head }: UpgradeRequest,
  protocols: readonly string[],
): Promise<WebSocket> {
  const offered = listOf(header(request, "sec-websocket-protocol"));
  const protocol = protocols.find((name) => offered.includes(name));
  if (protocol === undefined)
    throw badRequest(`unable to upgrade: none of the protocols ${protocols.join(", ")} was offered`);
  const { WebSocketServer } = await import("ws");
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    handleProtocols: () => protocol,
  });
  return new Promise((resolve) =>
    server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("error", () => webSocket.terminate()); // a broken message or connection: its close ends the rest
      webSocket.pause(); // until there is a reader
      resolve(webSocket);
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
