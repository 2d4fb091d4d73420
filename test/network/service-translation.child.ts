/**
 * Runs inside a fresh network namespace (the test starts it with `unshare -n`): sets an instance's network up, serves
 * from an address on `lo` that stands for a pod, and prints what clients see as JSON.
 */
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { openLiveNetwork } from "../../runtime/network/live-network.js";
import { addLoopbackAddress, listRoutes } from "../../runtime/network/netlink/route.js";
import { type NetlinkNative, NetlinkSocket } from "../../runtime/network/netlink/socket.js";
import type { ServiceRule } from "../../runtime/network/network.js";

const native = createRequire(import.meta.url)("../../dist/infra.node") as NetlinkNative;
const root = await mkdtemp(join(tmpdir(), "infra-network-"));
const routes = new NetlinkSocket(native, "route");
const before = await listRoutes(routes);
const network = await openLiveNetwork({
  native,
  clock: liveWorld.clock,
  slot: 3,
  root,
  clusterDomain: "cluster.local",
  upstream: [],
});

for (const address of ["10.50.0.1", "10.50.0.2"]) {
  await addLoopbackAddress(routes, address);
  const server = createServer((socket) => socket.end(address));
  await new Promise<void>((resolve) => server.listen({ host: address, port: 8080 }, resolve));
  server.unref();
  const echo = createSocket("udp4", (message, from) =>
    echo.send(`${address}:${message}`, from.port, from.address),
  );
  await new Promise<void>((resolve) => echo.bind(5300, address, resolve));
  echo.unref();
}

const rule = (port: number, more: Partial<ServiceRule>): ServiceRule => ({
  id: `default/web:${port}`,
  clusterIp: "10.96.48.20",
  protocol: "TCP",
  port,
  nodePort: undefined,
  endpoints: [],
  ...more,
});
const both = [
  { address: "10.50.0.1", port: 8080 },
  { address: "10.50.0.2", port: 8080 },
];
await network.applyServices([
  rule(80, { endpoints: both, nodePort: 30080 }),
  rule(81, {}),
  rule(53, { protocol: "UDP", endpoints: [{ address: "10.50.0.2", port: 5300 }] }),
]);
network.applyNames({
  addresses: new Map([["web.default.svc.cluster.local", ["10.96.48.20"]]]),
  services: new Map([
    ["_http._tcp.web.default.svc.cluster.local", [{ target: "web.default.svc.cluster.local", port: 80 }]],
  ]),
});

function fetchText(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host, port, timeout: 2000 });
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("timeout", () => {
      socket.destroy();
      resolve("timeout");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    socket.on("end", () => resolve(text));
  });
}

function askUdp(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const timer = setTimeout(() => finish("timeout"), 2000);
    const finish = (text: string) => {
      clearTimeout(timer);
      socket.close();
      resolve(text);
    };
    socket.on("message", (message) => finish(message.toString()));
    socket.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? "error"));
    socket.connect(port, host, () => socket.send("ping"));
  });
}

const many = await Promise.all(Array.from({ length: 60 }, () => fetchText("10.96.48.20", 80)));
const resolver = new Resolver();
resolver.setServers([network.dnsAddress]);
const result: Record<string, unknown> = {
  spread: [...new Set(many)].sort(),
  noEndpoints: await fetchText("10.96.48.20", 81),
  unknownPort: await fetchText("10.96.48.20", 999),
  udp: await askUdp("10.96.48.20", 53),
  nodePort: await fetchText(network.gateway, 30080),
  localhost: (await fetchText("127.0.0.1", 30080)).replace(/\d$/, "N"),
  name: await resolver.resolve4("web.default.svc.cluster.local"),
  srv: await resolver.resolveSrv("_http._tcp.web.default.svc.cluster.local"),
  noSuchName: await resolver
    .resolve4("nope.default.svc.cluster.local")
    .catch((error: NodeJS.ErrnoException) => error.code),
  foreign: await resolver.resolve4("example.invalid").catch((error: NodeJS.ErrnoException) => error.code),
};
await network.applyServices([rule(80, { endpoints: [both[0]!], nodePort: 30080 })]);
result["afterRemoval"] = [
  ...new Set(await Promise.all(Array.from({ length: 30 }, () => fetchText("10.96.48.20", 80)))),
];
await network.destroy();
result["routesLeft"] = (await listRoutes(routes)).length - before.length;
await routes.close();
await rm(root, { recursive: true });
process.stdout.write(JSON.stringify(result));
process.exit(0);
