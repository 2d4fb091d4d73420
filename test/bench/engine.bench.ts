/**
 * A pod's start to its container's exit: through the engine, and by the same C code with nothing around it (floor.c).
 * Runs inside a network namespace of its own (scripts/bench.mjs starts it so) and prints JSON: milliseconds.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { native } from "../../runtime/kernel/native.js";
import { openLiveNetwork } from "../../runtime/network/live-network.js";
import { openTestEngine } from "../support/test-engine.js";

const [floor = "", program = ""] = process.argv.slice(2);
const rounds = 40;
const it = await openTestEngine();
const network = await openLiveNetwork({
  native: native() as never,
  clock: liveWorld.clock,
  slot: 15,
  root: it.folder,
  clusterDomain: "cluster.local",
  upstream: [],
});

const lower = join(it.folder, "tiny");
for (const name of ["proc", "sys", "dev"]) mkdirSync(join(lower, name), { recursive: true });
spawnSync("cp", [program, join(lower, "true")]);

const engine: number[] = [];
const steps = {
  sandbox: [] as number[],
  create: [] as number[],
  start: [] as number[],
  exit: [] as number[],
};
const ends: Promise<void>[] = [];
for (let round = 0; round < rounds; round += 1) {
  const id = `bench${round}`;
  const link = await network.lease(id);
  const spec = await it.container(`main/${round}`, ["/true"]);
  const started = performance.now();
  const sandbox = await it.engine.createSandbox(it.sandbox(id, { network: link }));
  const made = performance.now();
  await sandbox.createContainer({ ...spec, mounts: [], root: { ...spec.root, lower: [lower] } });
  const created = performance.now();
  const exited = new Promise<void>((resolve) => sandbox.onEvent(() => resolve()));
  await sandbox.start(spec.name);
  const running = performance.now();
  await exited;
  const ended = performance.now();
  engine.push(ended - started);
  steps.sandbox.push(made - started);
  steps.create.push(created - made);
  steps.start.push(running - created);
  steps.exit.push(ended - running);
  ends.push(sandbox.destroy());
}
await Promise.all(ends);

const cgroups = ["cpu", "cpuacct", "memory", "pids"].map((name) => `/sys/fs/cgroup/${name}/infra-floor`);
for (const folder of cgroups) mkdirSync(folder, { recursive: true });
const scratch = join(it.folder, "f");
mkdirSync(scratch);
const { stdout, stderr, status } = spawnSync(
  floor,
  [String(rounds), lower, scratch, "10.71.240.200", network.gateway, ...cgroups, "--", "/true"],
  { encoding: "utf8" },
);
for (const folder of cgroups) rmdirSync(folder);
if (status !== 0) throw new Error(`floor failed: ${stderr}`);
const floorMs = stdout
  .trim()
  .split("\n")
  .map((line) => Number(line) / 1000);

const shim = await it.engine.createSandbox(it.sandbox("memory"));
const { pid } = JSON.parse(readFileSync(join(it.folder, "s/memory/sandbox.json"), "utf8")) as { pid: number };
const privateKb = [
  ...readFileSync(`/proc/${pid}/smaps`, "utf8").matchAll(/^Private_Dirty:\s+(\d+) kB$/gm),
].reduce((sum, [, kb]) => sum + Number(kb), 0);
await shim.destroy();
await network.destroy();
await it.close();
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
console.log(
  JSON.stringify({
    engineMs: median(engine),
    floorMs: median(floorMs),
    stepsMs: Object.fromEntries(Object.entries(steps).map(([name, list]) => [name, median(list)])),
    shimPrivateKb: privateKb,
  }),
);
