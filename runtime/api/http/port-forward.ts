import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Pod } from "../../../stdlib/kubernetes/generated/core-v1.js";
import type { KubeObject } from "../../../stdlib/schema/objects.js";
import type { Registry } from "../registry.js";
import { serveSpdy } from "../spdy/connection.js";
import { SpdyError } from "../spdy/header-block.js";
import { badRequest } from "../status-error.js";
import type { Target } from "./target.js";

/** Over WebSocket its messages carry the bytes of a SPDY connection. */
export const portForwardProtocol = "SPDY/3.1+portforward.k8s.io";
/** `X-Stream-Protocol-Version` of the same without a WebSocket. */
export const portForwardStreamProtocol = "portforward.k8s.io";

/**
 * Address of the pod a `pods/portforward` request names. Servers in the pod that listen on loopback only are not reached
 * by it; upstream connects inside the pod's network namespace.
 *
 * @throws NotFound, BadRequest
 */
export function portForwardAddress(registry: Registry, { row, namespace, name = "" }: Target): string {
  const pod = registry.get(row, namespace, name) as KubeObject & Pod;
  const { phase, podIP } = pod.status ?? {};
  if (phase !== "Running" || !podIP)
    throw badRequest(
      `unable to forward port because pod is not running. Current status=${phase ?? "Pending"}`,
    );
  return podIP;
}

/**
 * Forwards connections until the client closes. For each it opens two streams with the same `requestID`: one for data,
 * one on which it is told what went wrong.
 *
 * Source: Kubernetes `client-go/tools/portforward`.
 */
export async function servePortForward(transport: Duplex, address: string): Promise<void> {
  const errors = new Map<string, Duplex>();
  try {
    await serveSpdy(transport, (stream, headers) => {
      const id = headers.get("requestid") ?? "";
      const kind = headers.get("streamtype");
      const error = errors.get(id);
      stream.on("error", () => stream.destroy()); // of one connection; its peer sees the end
      if (kind === "error") {
        errors.set(id, stream);
        stream.resume();
        stream.once("close", () => errors.delete(id));
      } else if (kind === "data" && error !== undefined)
        forward(stream, error, address, Number(headers.get("port")));
      else stream.destroy();
    });
  } catch (error) {
    if (!(error instanceof SpdyError) && !isBroken(error)) throw error;
  }
}

/** The client's connection broke; nothing is left to tell it. */
function isBroken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return (
    code === "ECONNRESET" || code === "EPIPE" || code.startsWith("ERR_STREAM") || code.startsWith("WS_ERR")
  );
}

function forward(data: Duplex, error: Duplex, address: string, port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    error.end(`unable to forward port: "${port}" is none`);
    data.destroy();
    return;
  }
  const socket = connect({ host: address, port, allowHalfOpen: true });
  socket.on("error", (cause) => {
    if (error.writable) error.end(`error forwarding port ${port}: ${cause.message}`);
    data.destroy();
  });
  data.once("close", () => socket.destroy());
  socket.once("close", () => {
    if (error.writable) error.end();
  });
  data.pipe(socket);
  socket.pipe(data);
}
