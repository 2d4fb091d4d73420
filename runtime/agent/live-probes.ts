import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { ProbeOutcome, ProbeRunner } from "./probes.js";

/** kubelet reads no more of an answer than this. */
const bodyLimit = 10 * 1024;

/** Probes over the host's network, from the gateway's address. Source: Kubernetes `pkg/probe`. */
export const liveProbes: ProbeRunner = {
  http(url, headers, timeoutMs) {
    return new Promise((resolve) => {
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const given = Object.fromEntries(headers);
      const request = send(
        url,
        {
          method: "GET",
          agent: false,
          headers: { "user-agent": "kube-probe/1.35", accept: "*/*", connection: "close", ...given },
          rejectUnauthorized: false, // as kubelet: the probe asks whether it answers, not who it is
          signal: AbortSignal.timeout(timeoutMs),
        },
        (response) => {
          const { statusCode = 0 } = response;
          let length = 0;
          response.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > bodyLimit) response.destroy();
          });
          response.on("error", () => {}); // the status line has decided
          resolve(
            statusCode >= 200 && statusCode < 400
              ? { ok: true, message: "" }
              : { ok: false, message: `HTTP probe failed with statuscode: ${statusCode}` },
          );
        },
      );
      request.on("error", (error) => resolve(failed(`Get "${url.href}"`, error, timeoutMs)));
      request.end();
    });
  },
  tcp(address, port, timeoutMs) {
    return new Promise((resolve) => {
      const socket = connect({ host: address, port, timeout: timeoutMs });
      const finish = (outcome: ProbeOutcome) => {
        socket.destroy();
        resolve(outcome);
      };
      socket.once("connect", () => finish({ ok: true, message: "" }));
      socket.once("timeout", () =>
        finish({ ok: false, message: `dial tcp ${address}:${port}: i/o timeout` }),
      );
      socket.once("error", (error) => finish(failed(`dial tcp ${address}:${port}`, error, timeoutMs)));
    });
  },
};

function failed(doing: string, error: Error, timeoutMs: number): ProbeOutcome {
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return { ok: false, message: `${doing}: no answer within ${timeoutMs / 1000}s` };
  const reasons: { readonly [code: string]: string } = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset by peer",
    EHOSTUNREACH: "no route to host",
  };
  return { ok: false, message: `${doing}: ${reasons[code ?? ""] ?? error.message}` };
}
