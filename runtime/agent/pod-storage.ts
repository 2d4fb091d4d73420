import { chmod, mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Container, Pod } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { BindMount } from "../kernel/engine.js";
import { removeTree } from "../kernel/remove-tree.js";
import { parseEntry } from "../logs/log-reader.js";
import { logFiles, removeLog, rotateLog } from "../logs/log-rotation.js";
import type { PodPlace } from "./downward.js";
import { hostsFile, podHostname, type ResolverSettings, resolvConf } from "./pod-files.js";
import { containerMounts, prepareVolumes, type VolumeSources } from "./volumes.js";

/** Everything the agent keeps on disk for pods. */
export interface PodStorage {
  /** Volumes, /etc/hosts and the like; repeating it brings projected volumes up to date. */
  prepare(pod: Pod, place: PodPlace, sources: VolumeSources): Promise<void>;
  /** Folders and binds for one start of a container. */
  prepareContainer(pod: Pod, container: Container, restart: number): Promise<ContainerStorage>;
  /** What the container wrote for its end, at most 4096 bytes. */
  terminationMessage(pod: Pod, container: Container, restart: number, failed: boolean): Promise<string>;
  /** Removes the layer of an ended container; its log stays, and the one before it. */
  removeContainer(pod: Pod, container: string, restart: number): Promise<void>;
  removePod(uid: string): Promise<void>;
  /** Pods that have anything here. */
  pods(): Promise<readonly string[]>;
  /** Files of a start's log, oldest first. */
  logFiles(uid: string, container: string, restart: number): Promise<readonly string[]>;
  /** Moves a log that has grown too large aside; `reopen` tells its writer. */
  rotateLog(uid: string, container: string, restart: number, reopen: () => Promise<void>): Promise<void>;
}

export interface ContainerStorage {
  readonly upper: string;
  readonly work: string;
  readonly mounts: readonly BindMount[];
  readonly logPath: string;
}

export interface LivePodStorageOptions {
  /** On disk. */
  readonly pods: string;
  readonly logs: string;
  /** On tmpfs. */
  readonly run: string;
  readonly resolver: ResolverSettings;
}

/** Source: kubelet's limits for termination messages. */
const messageBytes = 4096;
const fallbackBytes = 2048;
const fallbackLines = 80;

export function openPodStorage({ pods, logs, run, resolver }: LivePodStorageOptions): PodStorage {
  const foldersOf = (uid: string) => ({
    disk: join(pods, uid, "volumes"),
    memory: join(run, uid, "volumes"),
  });
  const containerFolder = (uid: string, container: string, restart: number) =>
    join(pods, uid, "containers", `${container}-${restart}`);
  const messageFile = (uid: string, container: string, restart: number) =>
    join(pods, uid, "messages", `${container}-${restart}`);
  const logPath = (uid: string, container: string, restart: number) =>
    join(logs, uid, container, `${restart}.log`);
  const uidOf = (pod: Pod) => pod.metadata.uid ?? "";

  return {
    logFiles: (...start) => logFiles(logPath(...start)),
    rotateLog: (uid, container, restart, reopen) => rotateLog(logPath(uid, container, restart), reopen),
    async prepare(pod, place, sources) {
      const folder = join(pods, uidOf(pod));
      await mkdir(folder, { recursive: true });
      await Promise.all([
        writeShared(join(folder, "hosts"), hostsFile(pod, place.podIP)),
        writeShared(join(folder, "hostname"), `${podHostname(pod)}\n`),
        writeShared(join(folder, "resolv.conf"), resolvConf(pod, resolver)),
        prepareVolumes(pod, place, foldersOf(uidOf(pod)), sources),
      ]);
    },
    async prepareContainer(pod, container, restart) {
      const uid = uidOf(pod);
      const folder = containerFolder(uid, container.name, restart);
      const upper = join(folder, "upper");
      const message = messageFile(uid, container.name, restart);
      const log = logPath(uid, container.name, restart);
      await removeTree(folder); // of a daemon that was killed here
      await Promise.all([
        mkdir(upper, { recursive: true }),
        mkdir(join(folder, "work"), { recursive: true }),
        mkdir(dirname(message), { recursive: true }),
        mkdir(dirname(log), { recursive: true }),
      ]);
      await Promise.all([chmod(upper, 0o755), writeFile(message, "", { mode: 0o666 })]);
      await chmod(message, 0o666);
      const shared = ["hosts", "hostname", "resolv.conf"].map((name) => ({
        source: join(pods, uid, name),
        target: `/etc/${name}`,
        readonly: container.securityContext?.readOnlyRootFilesystem === true,
      }));
      const messages = {
        source: message,
        target: container.terminationMessagePath || "/dev/termination-log",
        readonly: false,
      };
      const volumes = await containerMounts(pod, container, foldersOf(uid));
      const own = new Set(volumes.map(({ target }) => target));
      const mounts = [...shared, messages].filter(({ target }) => !own.has(target));
      return { upper, work: join(folder, "work"), mounts: [...mounts, ...volumes], logPath: log };
    },
    async terminationMessage(pod, container, restart, failed) {
      const uid = uidOf(pod);
      const written = await readStart(messageFile(uid, container.name, restart), messageBytes);
      if (written !== "" || !failed || container.terminationMessagePolicy !== "FallbackToLogsOnError")
        return written;
      return logTail(logPath(uid, container.name, restart));
    },
    async removeContainer(pod, container, restart) {
      const uid = uidOf(pod);
      await removeTree(containerFolder(uid, container, restart));
      await rm(messageFile(uid, container, restart), { force: true });
      if (restart >= 2) await removeLog(logPath(uid, container, restart - 2));
    },
    async removePod(uid) {
      for (const folder of [pods, run, logs]) await removeTree(join(folder, uid));
    },
    async pods() {
      const names = await Promise.all([pods, run, logs].map((folder) => readdir(folder).catch(absentAsNone)));
      return [...new Set(names.flat())];
    },
  };
}

/** Readable in the container by everyone; written in place, because it may be bound into containers that run. */
async function writeShared(path: string, text: string): Promise<void> {
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present === text) return;
  await writeFile(path, text, { mode: 0o644 });
  await chmod(path, 0o644);
}

async function readStart(path: string, length: number): Promise<string> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return ""; // the container was never prepared, or is an adopted one of before
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function logTail(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  const lines = bytes
    .subarray(-fallbackBytes * 4)
    .toString("latin1")
    .split("\n")
    .slice(0, -1);
  const text = lines
    .slice(-fallbackLines)
    .map((line) => parseEntry(Buffer.from(line, "latin1"))?.text.toString("utf8") ?? "")
    .join("\n");
  return text.slice(-fallbackBytes);
}

function absentAsNone(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
