import { statSync } from "node:fs";
import { connect } from "node:net";
import test from "ava";
import { type RequestOptions, startApi, type TestApi } from "../support/api-server.js";

const maps = "/api/v1/namespaces/default/configmaps";

async function setUp(t: { teardown(run: () => Promise<void>): void }): Promise<TestApi> {
  const api = await startApi();
  t.teardown(() => api.stop());
  return api;
}

function map(name: string, data: { readonly [key: string]: string } = {}): RequestOptions {
  return { body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data } };
}

function patchOf(type: string, body: unknown): RequestOptions {
  return { headers: { "content-type": `application/${type}` }, body };
}

test("the socket is its owner's", async (t) => {
  const api = await setUp(t);
  t.is(statSync(api.socketPath).mode & 0o777, 0o600);
});

test("an object's life", async (t) => {
  const api = await setUp(t);
  const created = await api.request("POST", `${maps}?fieldManager=me`, map("a", { k: "1" }));
  t.is(created.code, 201);
  t.is(created.json.metadata.managedFields[0].manager, "me");
  const read = await api.request("GET", `${maps}/a`);
  t.deepEqual(read.json, created.json);
  const replaced = await api.request("PUT", `${maps}/a`, {
    body: { ...read.json, data: { k: "2" } },
  });
  t.is(replaced.code, 200);
  const stale = await api.request("PUT", `${maps}/a`, { body: { ...read.json, data: { k: "3" } } });
  t.is(stale.code, 409);
  t.regex(stale.json.message, /the object has been modified/);
  const deleted = await api.request("DELETE", `${maps}/a`, { body: { propagationPolicy: "Background" } });
  t.is(deleted.json.status, "Success");
  t.is(deleted.json.details.uid, created.json.metadata.uid);
  t.is((await api.request("GET", `${maps}/a`)).json.reason, "NotFound");
});

test("lists carry their kind and the revision; selectors select", async (t) => {
  const api = await setUp(t);
  for (const name of ["a", "b"]) await api.request("POST", maps, map(name));
  const list = await api.request("GET", maps);
  t.is(list.json.kind, "ConfigMapList");
  t.is(list.json.metadata.resourceVersion, String(api.registry.revision));
  const one = await api.request("GET", "/api/v1/configmaps?fieldSelector=metadata.name%3Db");
  t.deepEqual(
    one.json.items.map((item: { metadata: { name: string } }) => item.metadata.name),
    ["b"],
  );
  t.is((await api.request("GET", `${maps}?fieldSelector=data.k%3D1`)).code, 400);
  t.is((await api.request("GET", `${maps}?labelSelector=a+in`)).code, 400);
  const none = await api.request("DELETE", `${maps}?fieldSelector=metadata.name%3Da`);
  t.is(none.code, 200);
  t.is((await api.request("GET", maps)).json.items.length, 1);
});

test("four kinds of patch", async (t) => {
  const api = await setUp(t);
  await api.request("POST", maps, map("a", { k: "1", l: "1" }));
  const merged = await api.request("PATCH", `${maps}/a`, patchOf("merge-patch+json", { data: { l: null } }));
  t.deepEqual(merged.json.data, { k: "1" });
  const strategic = await api.request(
    "PATCH",
    `${maps}/a`,
    patchOf("strategic-merge-patch+json", { data: { m: "1" } }),
  );
  t.deepEqual(strategic.json.data, { k: "1", m: "1" });
  const operations = [{ op: "replace", path: "/data/k", value: "2" }];
  const json = await api.request("PATCH", `${maps}/a`, patchOf("json-patch+json", operations));
  t.deepEqual(json.json.data, { k: "2", m: "1" });
  const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\ndata:\n  a: yaml\n";
  const apply = patchOf("apply-patch+yaml", text);
  t.is((await api.request("PATCH", `${maps}/b?fieldManager=x`, apply)).code, 201);
  t.is((await api.request("PATCH", `${maps}/b?fieldManager=x`, apply)).code, 200);
  t.is((await api.request("PATCH", `${maps}/b`, apply)).code, 422);
  const changed = patchOf("apply-patch+yaml", text.replace("yaml", "other"));
  const conflict = await api.request("PATCH", `${maps}/b?fieldManager=y`, changed);
  t.is(conflict.code, 409);
  t.is(conflict.json.details.causes[0].field, ".data.a");
  t.is((await api.request("PATCH", `${maps}/b?fieldManager=y&force=true`, changed)).code, 200);
  t.is((await api.request("PATCH", `${maps}/a`, patchOf("x-unknown", "{}"))).code, 415);
});

test("a patch cannot bring in what the schema does not have", async (t) => {
  const api = await setUp(t);
  await api.request("POST", maps, map("a"));
  const patch = patchOf("merge-patch+json", { datum: { k: "1" } });
  const warned = await api.request("PATCH", `${maps}/a`, patch);
  t.is(warned.headers["warning"], '299 - "unknown field \\"datum\\""');
  t.is(warned.json.datum, undefined);
  t.is((await api.request("PATCH", `${maps}/a?fieldValidation=Strict`, patch)).code, 400);
  const wrong = await api.request("PATCH", `${maps}/a`, patchOf("merge-patch+json", { data: ["x"] }));
  t.is(wrong.code, 400);
});

test("what is wrong with a request is said as a Status", async (t) => {
  const api = await setUp(t);
  const cases: readonly [string, string, RequestOptions, number, RegExp][] = [
    ["POST", maps, { body: "{" }, 400, /json parse error/],
    ["POST", maps, {}, 400, /no body/],
    ["POST", maps, { body: { apiVersion: "v2", kind: "ConfigMap" } }, 400, /does not match the expected/],
    ["POST", maps, { body: { apiVersion: "v1", kind: "Pod" } }, 400, /cannot be handled as a ConfigMap/],
    ["POST", maps, { ...map("a"), headers: { "content-type": "text/plain" } }, 415, /unknown format/],
    [
      "POST",
      maps,
      { body: { metadata: { name: "a", namespace: "other" } } },
      400,
      /does not match the namespace/,
    ],
    ["POST", maps, { body: '{"metadata":{"name":"a","name":"b"}}' }, 201, /^$/],
    [
      "POST",
      `${maps}?fieldValidation=Strict`,
      { body: '{"metadata":{"name":"c"},"data":{"a":"1","a":"2"}}' },
      400,
      /duplicate field "data.a"/,
    ],
    ["POST", maps, { body: " ".repeat(3 * 1024 * 1024 + 1) }, 413, /too large/],
    ["PUT", maps, map("a"), 405, /does not allow this method/],
    ["GET", "/api/v1/nothing", {}, 404, /could not find the requested resource/],
    ["GET", "/api/v1/namespaces/%zz", {}, 400, /percent-encoded/],
    ["GET", maps, { headers: { accept: "application/xml" } }, 406, /media types/],
    ["GET", `${maps}?resourceVersion=999`, {}, 504, /Too large resource version/],
    ["POST", `${maps}?dryRun=Some`, map("z"), 400, /dryRun/],
  ];
  for (const [method, path, options, code, message] of cases) {
    const answer = await api.request(method, path, options);
    t.is(answer.code, code, `${method} ${path} ${answer.text.slice(0, 200)}`);
    if (code >= 400) {
      t.is(answer.json.kind, "Status");
      t.regex(answer.json.message, message);
    }
  }
  t.deepEqual(api.logged, []);
});

test("a mistake of ours is logged, and the client learns no more than that", async (t) => {
  const api = await startApi({
    extraRoutes: {
      "GET /infra/v1/broken": () => {
        throw new TypeError("inside");
      },
    },
  });
  t.teardown(() => api.stop());
  const answer = await api.request("GET", "/infra/v1/broken");
  t.is(answer.code, 500);
  t.false(answer.text.includes("inside"));
  t.is(api.logged.length, 1);
});

test("discovery in both forms names the same resources", async (t) => {
  const api = await setUp(t);
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
  const aggregated = await api.request("GET", "/apis", { headers: { accept } });
  t.is(
    aggregated.headers["content-type"],
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  );
  const names = aggregated.json.items.map((item: { metadata: { name: string } }) => item.metadata.name);
  const legacy = await api.request("GET", "/apis");
  t.deepEqual(
    legacy.json.groups.map((group: { name: string }) => group.name),
    names,
  );
  const unchanged = await api.request("GET", "/apis", {
    headers: { accept, "if-none-match": String(aggregated.headers["etag"]) },
  });
  t.is(unchanged.code, 304);
  const apps = await api.request("GET", "/apis/apps/v1");
  const deployments = apps.json.resources.find((entry: { name: string }) => entry.name === "deployments");
  t.deepEqual(deployments.shortNames, ["deploy"]);
  t.truthy(apps.json.resources.find((entry: { name: string }) => entry.name === "deployments/scale"));
  t.is((await api.request("GET", "/apis/nothing/v1")).code, 404);
});

test("every schema reference of the OpenAPI documents has its schema", async (t) => {
  const api = await setUp(t);
  const { paths } = (await api.request("GET", "/openapi/v3")).json;
  for (const { serverRelativeURL } of Object.values<{ serverRelativeURL: string }>(paths)) {
    const answer = await api.request("GET", serverRelativeURL);
    t.regex(String(answer.headers["cache-control"]), /immutable/);
    const schemas = Object.keys(answer.json.components.schemas);
    for (const [, name] of answer.text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      t.true(schemas.includes(name ?? ""), name);
  }
});

test("the OpenAPI documents say what types and fields mean, and their defaults", async (t) => {
  const api = await setUp(t);
  const { schemas } = (await api.request("GET", "/openapi/v3/api/v1")).json.components;
  const { properties } = schemas["io.k8s.api.core.v1.PodSpec"];
  t.regex(properties.terminationGracePeriodSeconds.description, /^Seconds .* Default: 30\.$/);
  t.truthy(schemas["io.k8s.api.core.v1.Pod"].description);
});

test("tables, with as much of each object as was asked for", async (t) => {
  const api = await setUp(t);
  await api.request("POST", maps, map("a", { k: "1" }));
  const headers = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
  const table = (await api.request("GET", maps, { headers })).json;
  t.deepEqual(
    table.columnDefinitions.map((column: { name: string }) => column.name),
    ["Name", "Data", "Age"],
  );
  t.deepEqual(table.rows[0].cells.slice(0, 2), ["a", "1"]);
  t.is(table.rows[0].object.kind, "PartialObjectMetadata");
  t.is(table.rows[0].object.data, undefined);
  const whole = (await api.request("GET", `${maps}?includeObject=Object`, { headers })).json;
  t.deepEqual(whole.rows[0].object.data, { k: "1" });
});

test("a scale is read and written", async (t) => {
  const api = await setUp(t);
  const path = "/apis/apps/v1/namespaces/default/deployments";
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
  const spec = { selector: { matchLabels: labels }, template };
  await api.request("POST", path, { body: { metadata: { name: "web" }, spec } });
  const scale = await api.request("GET", `${path}/web/scale`);
  t.is(scale.json.spec.replicas, 1);
  t.is(scale.json.status.selector, "app=web");
  const written = await api.request("PUT", `${path}/web/scale`, {
    body: { ...scale.json, spec: { replicas: 4 } },
  });
  t.is(written.json.spec.replicas, 4);
  const stale = await api.request("PUT", `${path}/web/scale`, { body: scale.json });
  t.is(stale.code, 409);
});

test("a client that leaves within its request is no mistake of ours", async (t) => {
  const api = await setUp(t);
  const socket = connect(api.socketPath);
  socket.write(`POST ${maps} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.is((await api.request("GET", maps)).code, 200);
  t.deepEqual(api.logged, []);
});

test("namespaces that every cluster has stay", async (t) => {
  const api = await setUp(t);
  const { code, json } = await api.request("DELETE", "/api/v1/namespaces/default");
  t.is(code, 403);
  t.is(json.message, 'namespaces "default" is forbidden: this namespace may not be deleted');
});

test("an object that replaces another names it", async (t) => {
  const api = await setUp(t);
  await api.request("POST", maps, map("a", { k: "1" }));
  const { code, json } = await api.request("PUT", `${maps}/a`, { body: { kind: "ConfigMap" } });
  t.is(code, 400);
  t.regex(json.message, /name must be provided/);
  t.deepEqual((await api.request("GET", `${maps}/a`)).json.data, { k: "1" });
});

test("YAML whose aliases have no end is a bad request", async (t) => {
  const api = await setUp(t);
  const headers = { "content-type": "application/apply-patch+yaml" };
  const levels = Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
  for (const body of [`a0: &a0 [x]\n${levels.join("\n")}\n`, "a: &a\n  b: *a\n"]) {
    const answer = await api.request("PATCH", `${maps}/a?fieldManager=me`, { headers, body });
    t.is(answer.code, 400, answer.text);
  }
});
