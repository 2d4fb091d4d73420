import { connect } from "node:http2";
import { request } from "node:https";
import test from "ava";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import type { KeyPair } from "../../runtime/pki/certificates.js";
import { openPki } from "../../runtime/pki/pki.js";
import { startApi } from "../support/api-server.js";

interface Reached {
  readonly code: number;
  readonly text: string;
}

function get(port: number, ca: string, path: string, client?: KeyPair): Promise<Reached> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, ca, agent: false, ...client });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve({ code: response.statusCode ?? 0, text }));
    });
    outgoing.end();
  });
}

test("only clients with the instance's certificate may ask", async (t) => {
  const api = await startApi();
  t.teardown(() => api.stop());
  const { port, pki } = await api.listenTls();
  const other = await openPki({ folder: `${api.folder}/other`, world: liveWorld, addresses: [] });
  t.is((await get(port, pki.ca, "/api/v1/namespaces", pki.admin)).code, 200);
  for (const client of [undefined, other.admin]) {
    const refused = await get(port, pki.ca, "/api/v1/namespaces", client);
    t.is(refused.code, 401);
    t.is(JSON.parse(refused.text).reason, "Unauthorized");
    t.deepEqual(await get(port, pki.ca, "/readyz", client), { code: 200, text: "ok" });
  }
  const serving = await get(port, pki.ca, "/api/v1/namespaces", pki.serving);
  t.is(serving.code, 401); // signed by the same authority, but not for clients
});

test("HTTP/2 serves the same", async (t) => {
  const api = await startApi();
  t.teardown(() => api.stop());
  const { port, pki } = await api.listenTls();
  const session = connect(`https://127.0.0.1:${port}`, { ca: pki.ca, ...pki.admin });
  t.teardown(() => session.destroy());
  const stream = session.request({ ":path": "/api/v1/namespaces/default" });
  let text = "";
  let code = 0;
  stream.on("response", (headers) => {
    code = headers[":status"] ?? 0;
  });
  for await (const chunk of stream) text += chunk;
  t.is(code, 200);
  t.is(JSON.parse(text).metadata.name, "default");
});
