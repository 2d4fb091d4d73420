/**
 * `infra up` and `infra down` of many one-container pods through the whole instance, and what a pod costs in memory.
 * Runs inside a network namespace of its own (scripts/bench.mjs starts it so) and prints JSON: milliseconds and KB.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program = ""] = process.argv.slice(2);
const rounds = 5;
const many = 50;
const folder = mkdtempSync(join(tmpdir(), "infra-bench-pods-"));
const root = join(folder, "root");
const stack = join(folder, "pods");
const env = { ...process.env, INFRA_ROOT: root, XDG_CACHE_HOME: join(folder, "cache"), NO_COLOR: "1" };

function infra(...args: readonly string[]): { readonly ms: number; readonly out: string } {
  const started = performance.now();
  const { status, stderr, stdout } = spawnSync(process.execPath, ["dist/cli.js", ...args], {
    encoding: "utf8",
    env,
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`infra ${args.join(" ")} failed: ${stdout}${stderr}`);
  return { ms: performance.now() - started, out: stdout };
}

/** @param pods - 0: the image and its Service alone, which is what everything beyond the pods costs. */
function write(pods: number): void {
  writeFileSync(
    join(stack, "infra.ts"),
    `import { deployment, image, scratch } from "infra";
const pause = image("pause", { from: scratch(), copy: { "/pause": "./pause" }, cmd: ["/pause"], user: 1000 });
export const pods = deployment("pods", { replicas: ${pods}, containers: { pause: { image: pause, resources: { cpu: "5m", memory: "4Mi" } } } });
`,
  );
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

/** KB of kernel memory that belongs to no process, and page tables and stacks of those that there are. */
function kernelKb(): number {
  const fields = ["SUnreclaim", "KernelStack", "PageTables", "Percpu"];
  const text = readFileSync("/proc/meminfo", "utf8");
  return fields.reduce(
    (sum, name) => sum + Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0),
    0,
  );
}

function privateKb(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].reduce(
    (sum, [, kb]) => sum + Number(kb),
    0,
  );
}

function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}

function shims(run: string): number[] {
  return readdirSync(run).map(
    (id) => JSON.parse(readFileSync(join(run, id, "sandbox.json"), "utf8")).pid as number,
  );
}

const samples = {
  compile: [] as number[],
  one: [] as number[],
  downOne: [] as number[],
  many: [] as number[],
  downMany: [] as number[],
};
try {
  mkdirSync(stack);
  copyFileSync(program, join(stack, "pause"));
  infra("daemon", "start");
  const { pid, slot } = JSON.parse(infra("daemon", "status", "--format", "json").out) as {
    pid: number;
    slot: number;
  };
  write(1);
  infra("up", stack, "--yes"); // builds the image and warms every cache
  infra("down", stack, "--yes");
  const idleKb = residentKb(pid);
  let podKb = { kernel: 0, shim: 0, daemon: 0 };
  for (let round = 0; round < rounds; round += 1) {
    for (const [pods, up, down] of [
      [1, samples.one, samples.downOne],
      [many, samples.many, samples.downMany],
    ] as const) {
      write(pods);
      infra("compile", stack);
      samples.compile.push(infra("compile", stack).ms); // nothing changed, as for the up that follows
      const before = { kernel: kernelKb(), daemon: residentKb(pid) };
      up.push(infra("up", stack, "--yes").ms);
      if (pods === many && round === rounds - 1) {
        const each = shims(`/run/infra/${slot}/s`).map(privateKb);
        podKb = {
          kernel: (kernelKb() - before.kernel) / many,
          shim: median(each),
          daemon: (residentKb(pid) - before.daemon) / many,
        };
      }
      down.push(infra("down", stack, "--yes").ms);
    }
  }
  console.log(
    JSON.stringify({
      rounds,
      pods: many,
      ms: Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)])),
      podKb,
      daemonIdleKb: idleKb,
    }),
  );
} finally {
  spawnSync(process.execPath, ["dist/cli.js", "down", stack, "--yes", "--purge"], { env, timeout: 60_000 });
  rmSync(folder, { recursive: true, force: true });
}
