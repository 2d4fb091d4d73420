import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test from "ava";
import { openTestInstance, writeStack } from "../support/instance.js";

const stackText = `import { debian, deployment, image, service } from "infra";
const web = image("web", { from: debian({ packages: ["python3"], users: { web: 1000 } }), user: "web", cmd: ["python3", "-m", "http.server", "8080"], expose: { http: 8080 } });
const app = deployment("app", {
  replicas: 2,
  containers: { web: { image: web, readiness: { http: "/", port: "http", every: "1s" } } },
  grace: "1s",
});
export const front = service("app", { to: app, ports: { 80: "http" }, nodePorts: { http: 30090 } });
`;

test("another machine reaches node ports, and no pod", async (t) => {
  const it = await openTestInstance(t);
  const stack = await writeStack(join(it.folder, "stack"), { "infra.ts": stackText });
  const up = await it.infra("up", stack, "--yes");
  t.is(up.code, 0, up.error);
  const pod = (await it.kubectl("get", "pods", "-o", "jsonpath={.items[0].status.podIP}")).out;

  const machine = spawn("unshare", ["--net", "sh", "-c", "echo ready; exec sleep 600"]);
  t.teardown(() => machine.kill("SIGKILL"));
  await once(machine.stdout, "data");
  const there = [`--net=/proc/${machine.pid}/ns/net`];
  for (const [program, ...args] of [
    ["ip", "link", "add", "out0", "type", "veth", "peer", "name", "out1", "netns", String(machine.pid)],
    ["ip", "addr", "add", "203.0.113.1/24", "dev", "out0"],
    ["ip", "link", "set", "out0", "up"],
    ["nsenter", ...there, "ip", "addr", "add", "203.0.113.2/24", "dev", "out1"],
    ["nsenter", ...there, "ip", "link", "set", "out1", "up"],
    ["nsenter", ...there, "ip", "route", "add", "default", "via", "203.0.113.1"],
  ]) {
    const done = await it.run(program ?? "", args);
    t.is(done.code, 0, done.error);
  }
  const ask = async (url: string) => {
    const script = `fetch(process.argv[1], { signal: AbortSignal.timeout(1500) }).then((a) => a.text()).then(console.log, () => process.exit(9))`;
    return it.run("nsenter", [...there, process.execPath, "-e", script, url]);
  };
  for (let round = 0; round < 4; round += 1)
    t.regex((await ask("http://203.0.113.1:30090/")).out, /Directory listing/);
  t.is((await ask(`http://${pod}:8080/`)).code, 9, "a pod's own address is this machine's alone");
});
