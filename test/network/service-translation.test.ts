import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";

const child = fileURLToPath(new URL("service-translation.child.ts", import.meta.url));
const hooks = fileURLToPath(new URL("../support/register.mjs", import.meta.url));

test("Services, node ports and names work in a namespace of their own, and leave no route", async (t) => {
  const { stdout } = await promisify(execFile)(
    "unshare",
    ["--net", process.execPath, `--import=${hooks}`, child],
    { timeout: 60_000 },
  );
  t.deepEqual(JSON.parse(stdout), {
    spread: ["10.50.0.1", "10.50.0.2"],
    noEndpoints: "ECONNREFUSED",
    unknownPort: "ECONNREFUSED",
    udp: "10.50.0.2:ping",
    nodePort: JSON.parse(stdout).nodePort,
    localhost: "10.50.0.N",
    name: ["10.96.48.20"],
    srv: [{ name: "web.default.svc.cluster.local", port: 80, priority: 0, weight: 100 }],
    noSuchName: "ENOTFOUND",
    foreign: "ESERVFAIL",
    afterRemoval: ["10.50.0.1"],
    routesLeft: 0,
  });
  t.regex(JSON.parse(stdout).nodePort, /^10\.50\.0\.[12]$/);
});
