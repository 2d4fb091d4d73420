import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiServer, type ApiServerOptions, createApiServer } from "../../runtime/api/http-server.js";
import { Registry } from "../../runtime/api/registry.js";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { openPki, type Pki } from "../../runtime/pki/pki.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import type { Write } from "../../runtime/store/store.js";
import { kindRowByResource } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

/** An API server on an empty memory store, reachable on a socket of its own, with the namespace `default`. */
export interface TestApi {
  readonly server: ApiServer;
  readonly registry: Registry;
  readonly store: MemoryStore;
  readonly socketPath: string;
  /** Errors the server logged: mistakes of ours. */
  readonly logged: unknown[];
  /** One request with its whole answer; `body` that is no text is sent as JSON. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** Listens on loopback and writes a kubeconfig for it. */
  listenTls(): Promise<{ readonly kubeconfig: string; readonly port: number; readonly pki: Pki }>;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
}

export interface Answer {
  readonly code: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind
  readonly json: any;
}

/** What is committed is visible a moment later, as with a store on disk: requests overtake each other meanwhile. */
class LateStore extends MemoryStore {
  override async commit(writes: readonly Write[]): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 3));
    return super.commit(writes);
  }
}

export async function startApi(
  options: Partial<Pick<ApiServerOptions, "nodeStreams" | "extraRoutes" | "world">> = {},
): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), "infra-api-"));
  const world = options.world ?? liveWorld;
  const store = new LateStore({ clock: world.clock });
  const services = { firstAddress: 0x0a600000, addresses: 4096, nodePorts: { first: 30_000, last: 32_767 } };
  const registry = new Registry({ store, world, services });
  const logged: unknown[] = [];
  const server = createApiServer({
    registry,
    store,
    world,
    ...options,
    log: { error: (_, error) => void logged.push(error) },
  });
  const socketPath = join(folder, "api.sock");
  await server.listenUnix(socketPath);
  await registry.create(rowOf("", "namespaces"), namespaceNamed("default"), "test");
  return {
    server,
    registry,
    store,
    socketPath,
    logged,
    folder,
    request: (method, path, given) => request(socketPath, method, path, given),
    async listenTls() {
      const pki = await openPki({ folder: join(folder, "pki"), world, addresses: [] });
      const { port } = await server.listenTls({
        host: "127.0.0.1",
        port: 0,
        ...pki.serving,
        clientCa: pki.ca,
      });
      const kubeconfig = join(folder, "kubeconfig");
      await writeFile(kubeconfig, pki.kubeconfig({ server: `https://127.0.0.1:${port}` }), { mode: 0o600 });
      return { kubeconfig, port, pki };
    },
    async stop() {
      await server.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function rowOf(group: string, resource: string) {
  const row = kindRowByResource(group, "v1", resource);
  if (row === undefined) throw new Error(`no kind ${resource}`);
  return row;
}

export function namespaceNamed(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function request(
  socketPath: string,
  method: string,
  path: string,
  { body, headers = {} }: RequestOptions = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type: { [name: string]: string | number } =
    text === undefined
      ? {}
      : // Node gives a DELETE no length of its own.
        { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      socketPath,
      method,
      path,
      agent: false,
      headers: { ...type, ...headers },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(chunks).toString("utf8");
        resolve({
          code: response.statusCode ?? 0,
          headers: response.headers,
          text: whole,
          get json() {
            return JSON.parse(whole);
          },
        });
      });
    });
    outgoing.end(text);
  });
}
