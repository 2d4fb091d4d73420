import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { sleep, type World } from "../../stdlib/base/clock.js";
import type { NodeStreams } from "../client/node-streams.js";
import type { Store } from "../store/store.js";
import { type DispatchContext, dispatch, type ExtraRoutes, statusOf } from "./http/dispatch.js";
import { type Exchange, respondStatus, type User } from "./http/exchange.js";
import { type Listener, listening, listenPrivately } from "./http/listen.js";
import { refuseUpgrade, serveUpgrade, type UpgradeRequest } from "./http/upgrade.js";
import type { Registry } from "./registry.js";
import { badRequest, statusError } from "./status-error.js";

export interface ApiServerOptions {
  readonly registry: Registry;
  /** The store under the registry: watches read its history. */
  readonly store: Store;
  readonly world: World;
  /** What is served beside the Kubernetes API, to the same clients. */
  readonly extraRoutes?: ExtraRoutes;
  /** Logs and processes of pods; without it these are refused. */
  readonly nodeStreams?: NodeStreams;
  readonly log: { error(message: string, error: unknown, fields?: object): void };
}

/** The Kubernetes API over HTTP. */
export interface ApiServer {
  /**
   * Plain HTTP/1.1 on a socket only its owner can open; whoever can is an administrator. A file that is there already
   * is replaced: the caller holds the instance's lock.
   */
  listenUnix(path: string): Promise<void>;
  /** HTTP/1.1 and HTTP/2 over TLS for clients with a certificate of `clientCa`. */
  listenTls(options: TlsOptions): Promise<{ readonly port: number }>;
  /** Ends watches and log streams, lets other requests finish for a moment, then closes every connection. */
  close(): Promise<void>;
}

export interface TlsOptions {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** PEM, as are `key` and `clientCa`. */
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string;
}

/** Go's clients keep idle connections for 90 s; to close earlier would lose the request they send on one. */
const keepAliveMs = 120_000;
/** How long requests have to finish on close. */
const closeGraceMs = 2_000;

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { registry, store, world, log } = options;
  const context: DispatchContext = {
    registry,
    store,
    world,
    extraRoutes: options.extraRoutes ?? {},
    nodeStreams: options.nodeStreams,
  };
  const closing = new AbortController();
  const listeners: Listener[] = [];
  const sockets = new Set<Socket>();
  const running = new Set<Promise<void>>();

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const handle = (request: IncomingMessage, response: ServerResponse, user: User | undefined) => {
    const answered = answer(context, request, response, user, closing.signal, log);
    running.add(answered);
    void answered.finally(() => running.delete(answered));
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer, user: User | undefined) => {
    socket.on("error", () => socket.destroy()); // the client is gone; its close ends what ran for it
    const served = upgradeTo(context, { request, socket, head, user, signal: closing.signal }, log);
    running.add(served);
    void served.finally(() => running.delete(served));
  };

  return {
    async listenUnix(path) {
      const server = createServer((request, response) => handle(request, response, localAdministrator));
      server.keepAliveTimeout = keepAliveMs;
      server.requestTimeout = 0;
      server.on("connection", track);
      server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, localAdministrator));
      listeners.push(await listenPrivately(server, path));
    },
    async listenTls({ host, port, cert, key, clientCa }) {
      const server = createSecureServer({
        allowHTTP1: true,
        cert,
        key,
        ca: clientCa,
        requestCert: true,
        rejectUnauthorized: false, // who has none gets a Status that says so
        minVersion: "TLSv1.2",
        maxSessionMemory: 64, // MB; the default refuses new requests while a long list is on its way
      });
      Object.assign(server, { keepAliveTimeout: keepAliveMs, requestTimeout: 0 }); // of its HTTP/1.1 half
      server.on("request", (request: Http2ServerRequest, response: Http2ServerResponse) =>
        handle(
          request as unknown as IncomingMessage,
          response as unknown as ServerResponse,
          userOf(request.socket as TLSSocket),
        ),
      );
      server.on("connection", track);
      server.on("upgrade", (request: IncomingMessage, socket: TLSSocket, head: Buffer) =>
        upgrade(request, socket, head, userOf(socket)),
      );
      await listening(server, { port, host });
      listeners.push(server);
      return { port: (server.address() as AddressInfo).port };
    },
    async close() {
      for (const listener of listeners) listener.close();
      closing.abort();
      const bound = new AbortController();
      await Promise.race([
        Promise.allSettled(running),
        sleep(world.clock, closeGraceMs, bound.signal).catch(() => undefined), // aborted: all has ended
      ]);
      bound.abort();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const localAdministrator: User = { name: "infra-admin", groups: ["system:masters", "system:authenticated"] };

/** The client's certificate names it: common name and organizations are user and groups. */
function userOf(socket: TLSSocket): User | undefined {
  if (!socket.authorized) return undefined;
  const { CN, O } = socket.getPeerCertificate().subject as { CN?: string; O?: string | string[] };
  if (CN === undefined) return undefined;
  return { name: CN, groups: [...(O === undefined ? [] : [O].flat()), "system:authenticated"] };
}

/** Never rejects: what fails is answered, or logged when it is a mistake of ours. */
async function answer(
  context: DispatchContext,
  request: IncomingMessage,
  response: ServerResponse,
  user: User | undefined,
  closing: AbortSignal,
  log: ApiServerOptions["log"],
): Promise<void> {
  const gone = new AbortController();
  const end = () => gone.abort();
  response.once("close", end);
  closing.addEventListener("abort", end);
  if (closing.aborted) end();
  const url = request.url ?? "/";
  let exchange: Exchange | undefined;
  try {
    exchange = makeExchange(request, response, url, user, gone.signal);
    await dispatch(context, exchange);
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined && !gone.signal.aborted && !isDisconnect(error))
      log.error("a request failed", error, { method: request.method, path: url.split("?")[0] });
    const shown =
      status ?? statusError("InternalError", "Internal error occurred; the daemon's log says more").status;
    exchange ??= bareExchange(request, response, gone.signal);
    if (response.headersSent) response.destroy();
    else respondStatus(exchange, shown);
  } finally {
    closing.removeEventListener("abort", end);
  }
}

/** The client went away within its own request. */
function isDisconnect(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

/** Never rejects, as {@link answer}. */
async function upgradeTo(
  context: DispatchContext,
  upgrade: Omit<UpgradeRequest, "segments" | "query">,
  log: ApiServerOptions["log"],
): Promise<void> {
  try {
    const { segments, query } = parseUrl(upgrade.request.url ?? "/");
    await serveUpgrade(context, { ...upgrade, segments, query });
  } catch (error) {
    if (statusOf(error) === undefined) log.error("an upgrade failed", error);
    refuseUpgrade(upgrade.socket, error);
  }
}

function makeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  user: User | undefined,
  signal: AbortSignal,
): Exchange {
  return { ...bareExchange(request, response, signal), ...parseUrl(url), user };
}

/** @throws BadRequest */
function parseUrl(url: string): Pick<Exchange, "segments" | "query"> {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  return {
    segments: segmentsOf(path),
    query: new URLSearchParams(at < 0 ? "" : url.slice(at + 1)),
  };
}

/** Enough to answer a request that cannot be read. */
function bareExchange(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Exchange {
  const method = request.method ?? "GET";
  const query = new URLSearchParams();
  return { request, response, method, segments: [], query, user: undefined, signal, warnings: new Set() };
}

function segmentsOf(path: string): string[] {
  try {
    return path
      .replace(/^\/+|\/+$/g, "")
      .split("/")
      .filter((part, _, all) => part !== "" || all.length > 1)
      .map(decodeURIComponent);
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw badRequest("the path is not percent-encoded text");
  }
}
