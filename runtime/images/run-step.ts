import { rmdirSync, unlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, sleep } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import { Scope } from "../../stdlib/base/scope.js";
import type { ContainerSpec, Engine, ExitRecord, Sandbox } from "../kernel/engine.js";
import type { ContentStore, Descriptor } from "./content-store.js";
import { addTree, writeLayer } from "./layer-write.js";
import { LayeredRoot } from "./layered-root.js";
import { LogFollower, type OutputStream } from "./log-follower.js";
import type { LayerNative } from "./snapshots.js";

export interface RunOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly store: ContentStore;
  readonly native: LayerNative;
  /** Unpacked layers beneath, topmost first; at least one. */
  readonly lower: readonly string[];
  /** An empty folder of this step's own, on a file system that overlay can write to. */
  readonly folder: string;
  /** Names the sandbox; unique on this host. */
  readonly id: string;
  readonly argv: readonly string[];
  /** `NAME=value` */
  readonly env: readonly string[];
  readonly cwd: string;
  readonly onText: (stream: OutputStream, text: string) => void;
  readonly signal: AbortSignal;
}

/** The step's program could not be started, or its container was lost. */
export class StepUnrunnable extends InfraError {
  readonly code = "build-step-unrunnable";
}

/** How a step's program ended; a layer only when it ended well. */
export type RunResult =
  | { readonly layer: Descriptor }
  | { readonly exit: ExitRecord; readonly output: readonly string[] };

/** What container builders give root in a build step; nothing that reaches the host. */
const capabilities = [
  "CAP_AUDIT_WRITE",
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_MKNOD",
  "CAP_NET_BIND_SERVICE",
  "CAP_SETFCAP",
  "CAP_SETGID",
  "CAP_SETPCAP",
  "CAP_SETUID",
  "CAP_SYS_CHROOT",
];
const maskedPaths = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/sched_debug", "/proc/timer_list"];
const readonlyPaths = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
  "/sys/firmware",
];
/** Without network a program still finds itself. */
const hostsFile = "/etc/hosts";
/** A build that forks without end must not take the host with it. */
const pidsLimit = 4096;
const followMs = 100;
const containerName = "build/0";

/** Runs a program as root on the layers so far; what it changed becomes a layer. */
export async function runStep(options: RunOptions): Promise<RunResult> {
  const { clock, engine, folder, signal } = options;
  const log = new LogFollower(join(folder, "log"), options.onText);
  for (const name of ["upper", "work"]) await mkdir(join(folder, name), { mode: 0o755 });
  const exit = await runContainer();
  if (exit.code !== 0) return { exit, output: log.lastLines };
  dropMountPoints(options);
  return { layer: await writeUpper(options) };

  async function runContainer(): Promise<ExitRecord> {
    await using scope = new Scope();
    signal.throwIfAborted();
    const sandbox = await engine.createSandbox({
      id: options.id,
      hostname: "build",
      cgroup: `builds/${options.id}`,
      resources: { pids: pidsLimit },
      network: "none",
      sysctls: {},
    });
    scope.onExit(() => sandbox.destroy());
    scope.onExit(() => log.close());
    const exited = nextExit(sandbox, signal);
    exited.catch(() => {}); // awaited below, once the container has started
    await startContainer(sandbox, options);
    let record: ExitRecord | undefined;
    const ended = exited.then((found) => {
      record = found;
    });
    while (record === undefined) {
      await Promise.race([ended, sleep(clock, followMs)]);
      await log.read();
    }
    return record;
  }
}

async function startContainer(sandbox: Sandbox, options: RunOptions): Promise<void> {
  try {
    await sandbox.createContainer(await containerSpec(options));
    await sandbox.start(containerName);
  } catch (error) {
    options.signal.throwIfAborted();
    throw new StepUnrunnable("The program could not be started", { cause: error });
  }
}

function nextExit(sandbox: Sandbox, signal: AbortSignal): Promise<ExitRecord> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    sandbox.onEvent((event) => {
      signal.removeEventListener("abort", stop);
      if (event.type === "exit") resolve(event.container.exit);
      else reject(new StepUnrunnable(`The build's sandbox ended: ${event.reason}`));
    });
  });
}

async function containerSpec(options: RunOptions): Promise<ContainerSpec> {
  const { folder } = options;
  const hosts = join(folder, "hosts");
  await writeFile(hosts, "127.0.0.1\tlocalhost\n::1\tlocalhost\n", { mode: 0o644 });
  return {
    name: containerName,
    root: {
      lower: options.lower,
      upper: join(folder, "upper"),
      work: join(folder, "work"),
      readonly: false,
      volatile: true, // read once, here; what is kept is the layer
    },
    argv: options.argv,
    env: options.env,
    cwd: options.cwd,
    user: { uid: 0, gid: 0, additionalGids: [] },
    mounts: [{ source: hosts, target: hostsFile, readonly: true }],
    capabilities,
    noNewPrivileges: false,
    seccomp: "default",
    maskedPaths,
    readonlyPaths,
    resources: {},
    oomScoreAdj: 1000, // rather than anything that serves
    logPath: join(folder, "log"),
    stdin: false,
    tty: false,
  };
}

/**
 * Takes away what was made only to mount over: an empty file and folders that no layer beneath has. Found as the
 * container would: it may have made `/etc` a link, which must not lead us to the host's.
 */
function dropMountPoints({ folder, lower, native }: RunOptions): void {
  const below = new LayeredRoot(lower, native);
  const upper = new LayeredRoot([join(folder, "upper")], native);
  for (const path of [hostsFile, "/proc", "/sys", "/dev"]) {
    const names = path.split("/").slice(1);
    const made = upper.find(names);
    const [place] = made?.places ?? [];
    if (made === undefined || place === undefined || below.find(names) !== undefined) continue;
    if (made.stat.isDirectory()) rmdirSync(place);
    else if (made.stat.isFile() && made.stat.size === 0) unlinkSync(place);
  }
}

function writeUpper({ folder, native, store }: RunOptions): Promise<Descriptor> {
  return writeLayer(store, (writer) => addTree(writer, join(folder, "upper"), { overlay: true, native }));
}
