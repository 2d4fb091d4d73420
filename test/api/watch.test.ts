import { request } from "node:http";
import test from "ava";
import { kindRowByResource } from "../../stdlib/schema/kinds.js";
import { startApi, type TestApi } from "../support/api-server.js";
import { createVirtualWorld } from "../support/virtual-world.js";

interface WatchEvent {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
  readonly object: any;
}

interface Watch {
  readonly events: WatchEvent[];
  /** Resolves when that many events have come, or the watch ended. */
  until(count: number): Promise<void>;
  readonly ended: Promise<void>;
  readonly code: Promise<number>;
}

const maps = "/api/v1/namespaces/default/configmaps";
const row = kindRowByResource("", "v1", "configmaps")!;

async function setUp(t: { teardown(run: () => Promise<void>): void }) {
  const world = createVirtualWorld(1);
  const api = await startApi({ world });
  t.teardown(() => api.stop());
  const put = (name: string, labels: { [key: string]: string } = {}) =>
    api.registry.create(
      row,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default", labels } },
      "test",
    );
  return { api, world, put };
}

function watch(t: { teardown(run: () => void): void }, { socketPath }: TestApi, query: string): Watch {
  const events: WatchEvent[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const run of waiting) run();
  };
  let rest = "";
  let over = false;
  let answered = (_: number) => {};
  const code = new Promise<number>((resolve) => {
    answered = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    const outgoing = request({ socketPath, path: `${maps}?watch=true&${query}`, agent: false });
    t.teardown(() => void outgoing.destroy());
    outgoing.on("response", (response) => {
      answered(response.statusCode ?? 0);
      response.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) events.push(JSON.parse(line));
        wake();
      });
      response.on("close", () => {
        over = true;
        wake();
        resolve();
      });
    });
    outgoing.on("error", () => resolve());
    outgoing.end();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (events.length < count && !over) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { events, until, ended, code };
}

const shown = ({ events }: Watch) =>
  events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ""}`);

test("what is there, then what happens", async (t) => {
  const { api, put } = await setUp(t);
  await put("a");
  const watched = watch(t, api, "");
  await watched.until(1);
  await put("b");
  await api.registry.delete(row, "default", "a");
  await watched.until(3);
  t.deepEqual(shown(watched), ["ADDED a", "ADDED b", "DELETED a"]);
  t.is(watched.events[2]?.object.metadata.resourceVersion, String(api.registry.revision));
});

test("from a version: nothing before it, everything after", async (t) => {
  const { api, put } = await setUp(t);
  await put("a");
  const { revision } = api.registry;
  await put("b");
  const watched = watch(t, api, `resourceVersion=${revision}`);
  await watched.until(1);
  await put("c");
  await watched.until(2);
  t.deepEqual(shown(watched), ["ADDED b", "ADDED c"]);
});

test("objects enter and leave a selection", async (t) => {
  const { api, put } = await setUp(t);
  const watched = watch(t, api, "labelSelector=x%3Dy");
  await watched.code;
  const object = await put("a");
  const label = (labels: { [key: string]: string }) =>
    api.registry.patch(
      row,
      { namespace: "default", name: "a", type: "merge", body: { metadata: { labels } } },
      "test",
    );
  await label({ x: "y" });
  await label({ z: "1" });
  await label({ x: "n" });
  await watched.until(3);
  t.deepEqual(shown(watched), ["ADDED a", "MODIFIED a", "DELETED a"]);
  t.truthy(object);
});

test("initial events end with a bookmark that says so", async (t) => {
  const { api, put } = await setUp(t);
  await put("a");
  const watched = watch(
    t,
    api,
    "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  );
  await watched.until(2);
  t.deepEqual(shown(watched), ["ADDED a", "BOOKMARK "]);
  const { metadata, kind } = watched.events[1]?.object ?? {};
  t.is(kind, "ConfigMap");
  t.is(metadata.resourceVersion, String(api.registry.revision));
  t.deepEqual(metadata.annotations, { "k8s.io/initial-events-end": "true" });
  t.is(await watch(t, api, "sendInitialEvents=true").code, 422);
});

test("bookmarks come every minute, and time is up when it was said to be", async (t) => {
  const { api, world } = await setUp(t);
  const watched = watch(t, api, "allowWatchBookmarks=true&timeoutSeconds=150");
  await watched.code;
  await world.advance(149_000);
  await watched.until(2);
  t.deepEqual(shown(watched), ["BOOKMARK ", "BOOKMARK "]);
  await world.advance(2_000);
  await watched.ended;
  t.is(watched.events.length, 2);
});

test("a version that is forgotten is an error event with code 410", async (t) => {
  const { MemoryStore } = await import("../../runtime/store/memory.js");
  const { Registry } = await import("../../runtime/api/registry.js");
  const { createApiServer } = await import("../../runtime/api/http-server.js");
  const world = createVirtualWorld(1);
  const { folder, stop } = await startApi();
  t.teardown(stop);
  const store = new MemoryStore({ clock: world.clock, retention: { ageMs: 0, changes: 1 } });
  const services = { firstAddress: 1, addresses: 256, nodePorts: { first: 30_000, last: 30_100 } };
  const registry = new Registry({ store, world, services });
  const server = createApiServer({
    registry,
    store,
    world,
    log: { error: (_, error) => t.fail(String(error)) },
  });
  t.teardown(() => server.close());
  const socketPath = `${folder}/other.sock`;
  await server.listenUnix(socketPath);
  const namespaces = kindRowByResource("", "v1", "namespaces")!;
  for (const name of ["a", "b", "c", "d"]) {
    await registry.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name } }, "test");
    await world.advance(1000);
  }
  const watched = watch(t, { socketPath } as TestApi, "resourceVersion=1");
  await watched.ended;
  t.is(watched.events[0]?.type, "ERROR");
  t.is(watched.events[0]?.object.code, 410);
  t.is(watched.events[0]?.object.reason, "Expired");
});

test("close ends watches at once", async (t) => {
  const { api } = await setUp(t);
  const watched = watch(t, api, "");
  await watched.code;
  await api.server.close();
  await watched.ended;
  t.pass();
});
