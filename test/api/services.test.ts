import test from "ava";
import type { Service } from "../../stdlib/kubernetes/generated/core-v1.js";
import { startApi } from "../support/api-server.js";

const path = "/api/v1/namespaces/default/services";

function serviceNamed(name: string, spec: Service["spec"] = {}) {
  const ports = [{ port: 80 }];
  return { body: { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports, ...spec } } };
}

test("Services made at the same moment get addresses and node ports of their own", async (t) => {
  const api = await startApi();
  t.teardown(() => api.stop());
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      api.request("POST", path, serviceNamed(`s${index}`, { type: "NodePort" })),
    ),
  );
  t.deepEqual([...new Set(made.map(({ code }) => code))], [201]);
  t.is(new Set(made.map(({ json }) => json.spec.clusterIP)).size, 20);
  t.is(new Set(made.map(({ json }) => json.spec.ports[0].nodePort)).size, 20);
});

test("of two that ask for the same address at the same moment one gets it", async (t) => {
  const api = await startApi();
  t.teardown(() => api.stop());
  const both = await Promise.all(
    ["a", "b"].map((name) => api.request("POST", path, serviceNamed(name, { clusterIP: "10.96.0.77" }))),
  );
  t.deepEqual(both.map(({ code }) => code).sort(), [201, 422]);
  t.regex(both.find(({ code }) => code === 422)?.json.message, /provided IP is already allocated/);
});

test("an address or a node port outside the ranges is refused with them", async (t) => {
  const api = await startApi();
  t.teardown(() => api.stop());
  for (const clusterIP of ["10.97.0.1", "10.96.0.0", "10.96.15.255"]) {
    const { code, json } = await api.request("POST", path, serviceNamed("far", { clusterIP }));
    t.is(code, 422);
    t.regex(json.message, /not in the valid range. The range of valid IPs is 10\.96\.0\.0\/20/);
  }
  const spec: Service["spec"] = { type: "NodePort", ports: [{ port: 80, nodePort: 80 }] };
  const { code, json } = await api.request("POST", path, serviceNamed("far", spec));
  t.is(code, 422);
  t.regex(json.message, /not in the valid range. The range of valid ports is 30000-32767/);
});

test("a Service keeps its address over updates, and a deleted one's is free again", async (t) => {
  const api = await startApi();
  t.teardown(() => api.stop());
  const { json } = await api.request("POST", path, serviceNamed("a"));
  const changed = await api.request("PUT", `${path}/a`, serviceNamed("a", { ports: [{ port: 81 }] }));
  t.is(changed.json.spec.clusterIP, json.spec.clusterIP);
  await api.request("DELETE", `${path}/a`);
  t.is((await api.request("POST", path, serviceNamed("b"))).json.spec.clusterIP, json.spec.clusterIP);
});
