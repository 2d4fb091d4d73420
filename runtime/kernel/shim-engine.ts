import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { connect, Socket } from "node:net";
import { join } from "node:path";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import { type Cgroups, openCgroups } from "./cgroups.js";
import { ShimConnection, ShimGone } from "./connection.js";
import type { Engine, Sandbox, SandboxSpec } from "./engine.js";
import type { Native } from "./native.js";
import { PayloadWriter, protocol } from "./protocol.js";
import { ShimSandbox } from "./shim-sandbox.js";
import { readState } from "./shim-state.js";

export interface ShimEngineOptions {
  readonly native: Native;
  readonly clock: Clock;
  /** Path of the shim program. */
  readonly shim: string;
  /** tmpfs folder for sockets and exit records; `<run>/<id>` for each sandbox. Kept short: sockets have 107 bytes. */
  readonly run: string;
  /** Name of the instance's cgroup, e.g. `infra-0`. */
  readonly cgroup: string;
}

/** What the next daemon must know to adopt a sandbox. */
interface SandboxRecord {
  readonly id: string;
  readonly pid: number;
  readonly cgroup: string;
}

const recordName = "sandbox.json";
/** Of the host's process numbers; what pods fork together must leave it able to work. */
const pidsShare = 0.5;
const connectLimitMs = 2_000;
/** Shims are in a cgroup beside the pods': a pod at its memory limit must not lose its shim. */
const shimCgroup = "shims";

/** The engine on this host's kernel. */
export interface LiveEngine extends Engine {
  /** Whether no sandbox exists. */
  isIdle(): Promise<boolean>;
  /** Ends every sandbox and removes the instance's cgroup. */
  purge(): Promise<void>;
}

/** The live engine: one shim per sandbox. */
export function openShimEngine(options: ShimEngineOptions): LiveEngine {
  const cgroups = openCgroups(options.cgroup, options.clock);
  const hostPids = Number(readFileSync("/proc/sys/kernel/pid_max", "utf8"));
  cgroups.create(".", { pids: Math.floor(hostPids * pidsShare) });
  cgroups.create(shimCgroup, {});
  return new ShimEngine(options, cgroups);
}

class ShimEngine implements LiveEngine {
  constructor(
    private readonly options: ShimEngineOptions,
    private readonly cgroups: Cgroups,
  ) {}

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const { native, shim } = this.options;
    const folder = join(this.options.run, spec.id);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.cgroups.create(spec.cgroup, spec.resources);
    const { pid, fd } = native.spawnShim(shim, folder, spec.id);
    const sandbox = this.sandbox(
      { id: spec.id, pid, cgroup: spec.cgroup },
      new ShimConnection(new Socket({ fd })),
      true,
    );
    try {
      const record: SandboxRecord = { id: spec.id, pid, cgroup: spec.cgroup };
      // Until it is set up the shim ends with our connection; from then on only the record leads to it.
      writeFileSync(join(folder, recordName), JSON.stringify(record), { mode: 0o600 });
      await sandbox.setUp(setUpPayload(spec, this.cgroups.joinFiles(shimCgroup)));
      return sandbox;
    } catch (error) {
      await sandbox.destroy();
      throw error;
    }
  }

  async adopt(): Promise<readonly Sandbox[]> {
    const records = await this.records();
    const adopted = await Promise.all(records.map((record) => this.reconnect(record)));
    return adopted.filter((sandbox) => sandbox !== undefined);
  }

  async sweep(keep: ReadonlySet<string>): Promise<void> {
    for (const id of await folders(this.options.run)) {
      if (keep.has(id)) continue;
      const folder = join(this.options.run, id);
      const record = await readRecord(folder);
      if (record !== undefined) {
        if (await isShim(record.pid, folder)) process.kill(record.pid, "SIGKILL");
        await this.cgroups.remove(record.cgroup);
      }
      await rm(folder, { recursive: true, force: true });
    }
  }

  async isIdle(): Promise<boolean> {
    return (await folders(this.options.run)).length === 0;
  }

  async purge(): Promise<void> {
    await this.sweep(new Set());
    await this.cgroups.remove(".");
  }

  private async records(): Promise<readonly SandboxRecord[]> {
    const ids = await folders(this.options.run);
    const found = await Promise.all(ids.map((id) => readRecord(join(this.options.run, id))));
    return found.filter((record) => record !== undefined);
  }

  private async reconnect(record: SandboxRecord): Promise<Sandbox | undefined> {
    const socket = await connectTo(join(this.options.run, record.id, "shim.sock"), this.options.clock);
    if (socket === undefined) return undefined;
    const connection = new ShimConnection(socket);
    const sandbox = this.sandbox(record, connection, false);
    try {
      const answer = await connection.request("list containers", protocol.REQUEST_LIST, Buffer.alloc(0));
      const count = answer.u32();
      sandbox.adopt(Array.from({ length: count }, () => readState(answer)));
      return sandbox;
    } catch (error) {
      if (!(error instanceof ShimGone)) throw error;
      return undefined; // it died meanwhile: sweep takes what is left
    }
  }

  private sandbox(record: SandboxRecord, connection: ShimConnection, child: boolean): ShimSandbox {
    const { clock, native, run } = this.options;
    return new ShimSandbox({
      id: record.id,
      folder: join(run, record.id),
      cgroup: record.cgroup,
      cgroups: this.cgroups,
      clock,
      connection,
      dial: () => connectTo(join(run, record.id, "shim.sock"), clock),
      // A shim adopted from an earlier daemon is init's child, not ours.
      ended: async () => {
        const folder = join(run, record.id);
        for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
          if (child ? native.reap(record.pid) : !(await isShim(record.pid, folder))) return;
          await sleep(clock, pause);
        }
      },
      killShim: async () => {
        if (await isShim(record.pid, join(run, record.id))) process.kill(record.pid, "SIGKILL");
      },
    });
  }
}

function setUpPayload(spec: SandboxSpec, joinFiles: readonly string[]): Buffer {
  const sysctls = Object.entries(spec.sysctls).flatMap(([key, value]) => [
    `/proc/sys/${key.replaceAll(".", "/")}`,
    value,
  ]);
  const payload = new PayloadWriter().text(spec.hostname).list(joinFiles).list(sysctls);
  if (spec.network === "host") return payload.u32(protocol.NETWORK_HOST).bytes();
  if (spec.network === "none") return payload.u32(protocol.NETWORK_NONE).bytes();
  const { address, gateway, hostLink, hostMac, podMac } = spec.network;
  return payload
    .u32(protocol.NETWORK_LINK)
    .raw(ipv4Bytes(address))
    .raw(ipv4Bytes(gateway))
    .text(hostLink)
    .raw(macBytes(hostMac))
    .raw(macBytes(podMac))
    .bytes();
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}

async function folders(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function readRecord(folder: string): Promise<SandboxRecord | undefined> {
  const path = join(folder, recordName);
  if (!existsSync(path)) return undefined; // killed before it was written; the shim has ended with its daemon
  try {
    return JSON.parse(await readFile(path, "utf8")) as SandboxRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // half written: likewise
    throw error;
  }
}

/** Whether the pid is still that sandbox's shim and not a later process. */
async function isShim(pid: number, folder: string): Promise<boolean> {
  const [name, status] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""),
    readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
  ]);
  const id = folder.slice(folder.lastIndexOf("/") + 1);
  return name === `infra-shim\0${id}\0` && !/\) Z /.test(status);
}

/** undefined when nobody listens, or nobody answers in time. */
function connectTo(path: string, clock: Clock): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = clock.setTimer(connectLimitMs, () => finish(undefined));
    const finish = (result: Socket | undefined) => {
      timer.cancel();
      socket.removeAllListeners("error");
      if (result === undefined) {
        socket.on("error", () => {}); // after destroy nobody is left to tell
        socket.destroy();
      }
      resolve(result);
    };
    socket.once("connect", () => finish(socket));
    socket.once("error", () => finish(undefined));
  });
}
