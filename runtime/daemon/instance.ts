import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HostUnsupported, InfraError } from "../../stdlib/base/errors.js";
import { slotCount } from "../network/ranges.js";

/** Another daemon serves this root. */
export class InstanceBusy extends InfraError {
  readonly code = "instance-busy";
}

/** Exit code of a daemon's process that found another one on its root: who started it uses that one. */
export const busyExitCode = 3;

/** As many instances run on this host as can. */
export class SlotsTaken extends InfraError {
  readonly code = "slots-taken";
}

/** The root folder cannot be made or written. */
export class RootUnusable extends InfraError {
  readonly code = "root-unusable";
}

/** Where one instance keeps things. The root survives a reboot; the run folder does not. */
export interface InstancePaths {
  readonly root: string;
  readonly store: string;
  readonly images: string;
  readonly pki: string;
  readonly pods: string;
  readonly logs: string;
  readonly kubeconfig: string;
  readonly daemonLog: string;
  /** tmpfs: sockets, exit records, volumes of Secrets and ConfigMaps. */
  readonly run: string;
  readonly apiSocket: string;
}

/** The lock a daemon holds for its life: on its root, and on a slot that no other instance of the host uses. */
export interface Instance {
  readonly paths: InstancePaths;
  readonly slot: number;
  release(): Promise<void>;
}

export interface InstanceOptions {
  readonly root: string;
  /** `/run/infra`, or another tmpfs in tests. */
  readonly runBase: string;
  readonly flockTry: (fd: number) => boolean;
}

export const defaultRoot = "/var/lib/infra";
export const defaultRunBase = "/run/infra";

export function instancePaths(root: string, runBase: string, slot: number): InstancePaths {
  const run = join(runBase, String(slot));
  return {
    root,
    store: join(root, "store"),
    images: join(root, "images"),
    pki: join(root, "pki"),
    pods: join(root, "pods"),
    logs: join(root, "logs"),
    kubeconfig: join(root, "kubeconfig"),
    daemonLog: join(root, "daemon.log"),
    run,
    apiSocket: join(run, "api.sock"),
  };
}

/**
 * Takes the root's lock and a slot.
 *
 * @throws {InstanceBusy} when a daemon lives on the root (its pid is named).
 * @throws {SlotsTaken} when every slot is taken.
 * @throws {RootUnusable} when the root cannot be made or written.
 */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const root = await prepareRoot(options.root);
  const rootLock = await lockFile(join(root, "daemon.lock"), options.flockTry);
  if (rootLock === undefined) {
    const pid = (await readFile(join(root, "daemon.lock"), "utf8")).trim();
    throw new InstanceBusy(
      `Cannot start a daemon on "${root}": one runs there already${pid === "" ? "" : ` (pid ${pid})`}`,
      {
        hint: "Use it, or stop it with infra daemon stop",
      },
    );
  }
  try {
    await rewrite(rootLock, `${process.pid}\n`);
    const slot = await takeSlot(root, options);
    const paths = instancePaths(root, options.runBase, slot.number);
    for (const folder of [paths.store, paths.images, paths.pki, paths.pods, paths.logs, paths.run])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    return {
      paths,
      slot: slot.number,
      async release() {
        await slot.lock.close();
        await rootLock.close();
      },
    };
  } catch (error) {
    await rootLock.close();
    throw error;
  }
}

/** The slot a root used last, whether or not a daemon runs; undefined when it never had one or the host restarted. */
export async function findSlot(root: string, runBase: string): Promise<number | undefined> {
  try {
    return await readSlot(await realpath(root), join(runBase, "slots"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new RootUnusable(`Cannot see whether an instance runs at "${root}": it is root's`, {
      cause: error,
      hint: "Run infra with sudo",
    });
  }
}

async function readSlot(root: string, slots: string): Promise<number | undefined> {
  for (const name of await readdir(slots)) {
    const holder = await readFile(join(slots, name), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return ""; // another instance was purged meanwhile
      throw error;
    });
    if (holder.trim() === root) return Number(name);
  }
  return undefined;
}

/**
 * Makes a folder and what is missing above it. Not by `recursive`: Node 20 loops for ever where a file system, such as
 * /proc, answers ENOENT to a folder whose parent is there.
 */
export async function makeFolder(path: string, mode: number): Promise<void> {
  for (const attempt of ["itself", "after its parent"]) {
    try {
      await mkdir(path, { mode });
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return;
      if (code !== "ENOENT" || attempt === "after its parent" || dirname(path) === path) throw error;
      await makeFolder(dirname(path), mode);
    }
  }
}

async function prepareRoot(path: string): Promise<string> {
  try {
    await makeFolder(path, 0o700);
    await access(path, constants.W_OK);
    return await realpath(path);
  } catch (error) {
    throw new RootUnusable(`Cannot use "${path}" as the instance's root: ${(error as Error).message}`, {
      cause: error,
      hint: "Choose another folder with --root DIR or INFRA_ROOT",
    });
  }
}

/**
 * A root prefers the slot it had, so that names and ranges stay; then a slot whose root is gone or empty; the lock
 * decides. A slot file that names another root is left alone while that root may still have running pods.
 */
async function takeSlot(
  root: string,
  options: InstanceOptions,
): Promise<{ number: number; lock: FileHandle }> {
  const folder = join(options.runBase, "slots");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new HostUnsupported(`Cannot make the run folder "${folder}"`, {
      cause: error,
      hint: "infra needs root; run it with sudo",
    });
  }
  const own = await findSlot(root, options.runBase);
  const candidates = own === undefined ? [] : [own];
  for (let number = 0; number < slotCount; number += 1) if (number !== own) candidates.push(number);
  for (const number of candidates) {
    const path = join(folder, String(number));
    const lock = await lockFile(path, options.flockTry);
    if (lock === undefined) continue;
    const holder = (await readFile(path, "utf8")).trim();
    if (holder === "" || holder === root || !(await exists(holder))) {
      await rewrite(lock, `${root}\n`);
      return { number, lock };
    }
    await lock.close();
  }
  throw new SlotsTaken(`Cannot start an instance: all ${slotCount} slots of this host are taken`, {
    hint: `End another instance with infra down --purge; "${folder}" lists their roots`,
  });
}

async function lockFile(path: string, flockTry: (fd: number) => boolean): Promise<FileHandle | undefined> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  if (flockTry(file.fd)) return file;
  await file.close();
  return undefined;
}

async function rewrite(file: FileHandle, text: string): Promise<void> {
  await file.truncate(0);
  await file.write(text, 0);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
