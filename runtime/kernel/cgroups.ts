import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import { HostUnsupported, InfraError } from "../../stdlib/base/errors.js";
import type { Resources } from "./engine.js";

/** Processes of a cgroup did not end although they were killed; they are named. */
export class CgroupBusy extends InfraError {
  readonly code = "cgroup-busy";
}

/**
 * Cgroups below one folder of each hierarchy, version 1, hybrid or 2. Paths are relative: `burstable/pod<uid>/web-0`.
 * A cgroup with children holds no processes of its own, as version 2 demands.
 *
 * Calls are synchronous: cgroup files never wait for a disk, and each takes microseconds.
 *
 * Source: Documentation/admin-guide/cgroup-v1, cgroup-v2.rst.
 */
export interface Cgroups {
  /** Makes the cgroup and its parents and sets its limits. */
  create(path: string, resources: Resources): void;
  /** Files to which a process writes `0` to join. Writing a pid from outside waits for an RCU grace period (10 ms). */
  joinFiles(path: string): readonly string[];
  /** File whose line `oom_kill N` counts kills. */
  oomFile(path: string): string;
  usage(path: string): {
    readonly memoryBytes: number;
    readonly cpuNanos: bigint;
    readonly processes: number;
  };
  /**
   * Kills every process in it and below, then removes it. Absent is fine.
   * @throws {CgroupBusy} when processes are still there after `limitMs`.
   */
  remove(path: string): Promise<void>;
}

const removeLimitMs = 10_000;
const controllers = ["cpu", "cpuacct", "memory", "pids"] as const;
type Controller = (typeof controllers)[number];

/**
 * Finds the host's hierarchies in mountinfo text.
 *
 * @param base - name of our folder in each, e.g. `infra-0`.
 * @throws {HostUnsupported} when cpu, memory or pids has no hierarchy.
 */
export function openCgroups(
  base: string,
  clock: Clock,
  mountinfo = readFileSync("/proc/self/mountinfo", "utf8"),
): Cgroups {
  const mounts = parseMounts(mountinfo);
  const folders = new Map<Controller, string>();
  for (const controller of controllers) {
    const found = mounts.find(({ type, options }) => type === "cgroup" && options.includes(controller));
    if (found !== undefined) folders.set(controller, join(found.at, base));
  }
  if (folders.has("cpu") && folders.has("memory") && folders.has("pids"))
    return new CgroupsV1(folders, clock);
  const unified = mounts.find(({ type }) => type === "cgroup2");
  if (unified !== undefined && folders.size === 0) {
    const available = readFileSync(join(unified.at, "cgroup.controllers"), "utf8").trim().split(" ");
    if (["cpu", "memory", "pids"].every((name) => available.includes(name)))
      return new CgroupsV2(unified.at, base, clock);
  }
  throw new HostUnsupported(
    "Cannot limit resources: the cpu, memory and pids cgroup controllers are not all mounted",
    {
      hint: "infra doctor lists what this host has",
    },
  );
}

function parseMounts(mountinfo: string) {
  return mountinfo
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [type = "", , options = ""] = after.split(" ");
      return { at: before.split(" ")[4] ?? "", type, options: options.split(",") };
    });
}

class CgroupsV1 implements Cgroups {
  constructor(
    private readonly folders: ReadonlyMap<Controller, string>,
    private readonly clock: Clock,
  ) {}

  create(path: string, resources: Resources): void {
    for (const folder of this.places(path)) mkdirSync(folder, { recursive: true });
    const { cpuShares, cpuQuotaUs, memoryBytes, pids } = resources;
    if (cpuShares !== undefined) this.write("cpu", path, "cpu.shares", cpuShares);
    if (cpuQuotaUs !== undefined) this.write("cpu", path, "cpu.cfs_quota_us", cpuQuotaUs);
    if (memoryBytes !== undefined) this.write("memory", path, "memory.limit_in_bytes", memoryBytes);
    if (pids !== undefined) this.write("pids", path, "pids.max", pids);
  }

  joinFiles(path: string): readonly string[] {
    return this.places(path).map((folder) => join(folder, "tasks"));
  }

  oomFile(path: string): string {
    return join(this.place("memory", path), "memory.oom_control");
  }

  usage(path: string) {
    const read = (controller: Controller, file: string) =>
      readFileSync(join(this.place(controller, path), file), "utf8").trim();
    return {
      memoryBytes: Number(read("memory", "memory.usage_in_bytes")),
      cpuNanos: this.folders.has("cpuacct") ? BigInt(read("cpuacct", "cpuacct.usage")) : 0n,
      processes: Number(read("pids", "pids.current")),
    };
  }

  remove(path: string): Promise<void> {
    return removeAll(this.places(path), this.clock);
  }

  private write(controller: Controller, path: string, file: string, value: number): void {
    writeFileSync(join(this.place(controller, path), file), String(value));
  }

  private place(controller: Controller, path: string): string {
    return join(this.folders.get(controller) ?? "", path);
  }

  /** Each hierarchy once: cpu and cpuacct are often mounted together. */
  private places(path: string): readonly string[] {
    return [...new Set(this.folders.values())].map((folder) => join(folder, path));
  }
}

class CgroupsV2 implements Cgroups {
  constructor(
    private readonly mount: string,
    private readonly base: string,
    private readonly clock: Clock,
  ) {}

  create(path: string, resources: Resources): void {
    const parts = join(this.base, path).split("/");
    for (let depth = 0; depth < parts.length; depth += 1) {
      const parent = join(this.mount, ...parts.slice(0, depth));
      writeFileSync(join(parent, "cgroup.subtree_control"), "+cpu +memory +pids");
      mkdirSync(join(parent, parts[depth] ?? ""), { recursive: true });
    }
    const write = (file: string, value: string) => writeFileSync(join(this.place(path), file), value);
    const { cpuShares, cpuQuotaUs, memoryBytes, pids } = resources;
    if (cpuShares !== undefined) write("cpu.weight", String(weightOf(cpuShares)));
    if (cpuQuotaUs !== undefined) write("cpu.max", `${cpuQuotaUs} 100000`);
    if (memoryBytes !== undefined) write("memory.max", String(memoryBytes));
    if (pids !== undefined) write("pids.max", String(pids));
  }

  joinFiles(path: string): readonly string[] {
    return [join(this.place(path), "cgroup.procs")];
  }

  oomFile(path: string): string {
    return join(this.place(path), "memory.events");
  }

  usage(path: string) {
    const read = (file: string) => readFileSync(join(this.place(path), file), "utf8");
    const micros = /^usage_usec (\d+)$/m.exec(read("cpu.stat"))?.[1] ?? "0";
    return {
      memoryBytes: Number(read("memory.current")),
      cpuNanos: BigInt(micros) * 1000n,
      processes: Number(read("pids.current")),
    };
  }

  remove(path: string): Promise<void> {
    return removeAll([this.place(path)], this.clock);
  }

  private place(path: string): string {
    return join(this.mount, this.base, path);
  }
}

/** Shares 2..262144 to weight 1..10000, as systemd and runc do it. */
function weightOf(shares: number): number {
  return 1 + Math.floor(((Math.min(Math.max(shares, 2), 262_144) - 2) * 9999) / 262_142);
}

async function removeAll(folders: readonly string[], clock: Clock): Promise<void> {
  const deadline = clock.now() + removeLimitMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    const busy = folders.filter((folder) => !removeTree(folder));
    if (busy.length === 0) return;
    const pids = busy.flatMap(processesBelow);
    // A pid read from a cgroup could be reused before the signal; killing again each round reads it anew.
    for (const pid of new Set(pids)) killIfThere(pid);
    if (clock.now() >= deadline)
      throw new CgroupBusy(`Cannot remove cgroup "${busy[0]}": processes ${pids.join(", ")} do not end`);
    await sleep(clock, pause);
  }
}

/** Bottom up; false while a process, or a dying one, is in it. */
function removeTree(folder: string): boolean {
  if (!existsSync(folder)) return true;
  const emptied = children(folder).map(removeTree);
  if (emptied.includes(false)) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return true;
    if (code === "EBUSY") return false;
    throw error;
  }
}

function children(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

function processesBelow(folder: string): readonly number[] {
  try {
    const own = readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    return [...own, ...children(folder).flatMap(processesBelow)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function killIfThere(pid: number): void {
  if (pid === 0) return; // of another pid namespace
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
