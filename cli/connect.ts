import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { linesOf } from "../runtime/client/lines.js";
import {
  busyExitCode,
  defaultRunBase,
  findSlot,
  type InstancePaths,
  instancePaths,
  makeFolder,
  RootUnusable,
} from "../runtime/daemon/instance.js";
import {
  type BuildRequest,
  type DaemonInfo,
  parseBuildMessage,
  RouteMismatch,
  routes,
} from "../runtime/daemon/routes.js";
import type { BuildEvent } from "../runtime/images/image-store.js";
import { type Clock, sleep } from "../stdlib/base/clock.js";
import { InfraError } from "../stdlib/base/errors.js";

/** A daemon did not come up, or did not end. */
export class DaemonUnavailable extends InfraError {
  readonly code = "daemon-unavailable";
}

/** What the daemon reported of a failed build: its own code, message and hint. */
export class BuildRefused extends InfraError {
  readonly code: string;
  constructor(code: string, message: string, options: { hint?: string }) {
    super(message, options);
    this.code = code;
  }
}

/** A daemon that answers. */
export interface RunningDaemon {
  readonly info: DaemonInfo;
  readonly paths: InstancePaths;
}

export interface ConnectOptions {
  readonly root: string;
  readonly clock: Clock;
  /** `/run/infra` unless a test says otherwise. */
  readonly runBase?: string;
}

export interface StartOptions extends ConnectOptions {
  /** Path of the daemon's program. */
  readonly program: string;
  readonly startedByUp: boolean;
  /** A store of images that several instances share; absent: the root's own. */
  readonly images?: string;
  readonly limitMs?: number;
}

const pollMs = 20;
const startLimitMs = 15_000;
const stopLimitMs = 15_000;
/** Removing an image store of many gigabytes takes a while. */
const purgeLimitMs = 120_000;
/** An answer to a short question takes this long at most; a daemon that is slower is hung. */
const answerLimitMs = 5_000;
const logTailLines = 8;

/** The daemon of a root; undefined when none answers. @throws {DaemonUnavailable} when it is there and says nothing. */
export async function findDaemon(options: ConnectOptions): Promise<RunningDaemon | undefined> {
  const runBase = options.runBase ?? defaultRunBase;
  const slot = await findSlot(options.root, runBase);
  if (slot === undefined) return undefined;
  const paths = instancePaths(options.root, runBase, slot);
  const answer = await ask(paths.apiSocket, "GET", routes.info);
  if (answer === undefined) return undefined;
  if (answer.status !== 200)
    throw new DaemonUnavailable(
      `The daemon of "${options.root}" answers ${answer.status} to ${routes.info}`,
      {
        hint: "It may be another version; infra daemon stop ends it, pods keep running",
      },
    );
  const info = JSON.parse(answer.body) as DaemonInfo;
  if (info.formatVersion !== 1)
    throw new RouteMismatch(`The daemon of "${options.root}" is infra ${info.version}: too new to talk to`);
  return { info, paths };
}

/**
 * Starts a daemon that outlives this process, and waits until it answers.
 *
 * @throws {DaemonUnavailable} with the end of its log when it ends early or is not ready in time.
 */
export async function startDaemon(options: StartOptions): Promise<RunningDaemon> {
  const { root, clock, program, limitMs = startLimitMs } = options;
  const runBase = options.runBase ?? defaultRunBase;
  const logPath = instancePaths(root, runBase, 0).daemonLog;
  const log = await openForChild(root, logPath);
  const from = (await log.stat()).size;
  const args = [program, "--root", root, "--run-base", runBase];
  if (options.startedByUp) args.push("--started-by-up");
  if (options.images !== undefined) args.push("--images", options.images);
  const child = spawn(process.execPath, args, {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log.fd, log.fd], // what Node itself says before or instead of the daemon's own log
  });
  let ended: string | undefined;
  let crashed = false;
  child.on("error", (error) => {
    ended = error.message;
  });
  child.on("exit", (code, signal) => {
    ended = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
    crashed = signal === "SIGBUS" || signal === "SIGSEGV"; // LMDB maps its file: what is not there cannot be read
  });
  try {
    for (const deadline = clock.now() + limitMs; ; await sleep(clock, pollMs)) {
      const found = await findDaemon(options);
      if (found !== undefined) return found;
      const late =
        clock.now() >= deadline ? `it is not ready after ${Math.round(limitMs / 1000)} s` : undefined;
      const why = ended ?? late;
      // Somebody else was first, and theirs will be ready soon.
      if (why === undefined || (child.exitCode === busyExitCode && late === undefined)) continue;
      if (ended === undefined) child.kill(); // ours, and useless
      const tail = await logTail(logPath, from);
      throw new DaemonUnavailable(
        [`Cannot start a daemon on "${root}": ${why}`, ...tail.map((line) => `    ${line}`)].join("\n"),
        {
          hint: crashed
            ? `Its store may be damaged: infra down --purge removes the instance. Its log is ${logPath}`
            : `Its log is ${logPath}`,
        },
      );
    }
  } finally {
    child.removeAllListeners();
    child.unref();
    await log.close();
  }
}

/** Removes an instance that no daemon serves, whatever state its files are in. @throws {DaemonUnavailable} with the reason. */
export async function purgeStopped({
  program,
  root,
  runBase = defaultRunBase,
}: Pick<StartOptions, "program" | "root" | "runBase">): Promise<void> {
  const args = [program, "--root", root, "--run-base", runBase, "--purge"];
  await promisify(execFile)(process.execPath, args, { cwd: "/", timeout: purgeLimitMs }).catch((cause) => {
    throw new DaemonUnavailable(
      `Cannot remove the instance at "${root}": ${String(cause.stderr ?? "").trim()}`,
      {
        cause,
      },
    );
  });
}

/** Ends the daemon and waits until it is gone. Its pods keep running, unless it purges: then nothing stays. */
export async function stopDaemon(
  { info, paths }: RunningDaemon,
  clock: Clock,
  { purge = false } = {},
): Promise<void> {
  await ask(paths.apiSocket, "POST", purge ? `${routes.shutdown}?purge=1` : routes.shutdown);
  const limitMs = purge ? purgeLimitMs : stopLimitMs;
  for (const deadline = clock.now() + limitMs; isAlive(info.pid); await sleep(clock, pollMs))
    if (clock.now() >= deadline)
      throw new DaemonUnavailable(`The daemon (pid ${info.pid}) does not end within ${limitMs / 1000} s`, {
        hint: `Its log is ${paths.daemonLog}`,
      });
}

/**
 * Builds the images of a graph in the daemon.
 *
 * @throws {BuildRefused} when a build fails there; {@link DaemonUnavailable} when the daemon goes away meanwhile.
 */
export async function buildImages(
  { paths }: RunningDaemon,
  build: BuildRequest,
  report: (event: BuildEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await send(paths.apiSocket, "POST", routes.builds, JSON.stringify(build), signal);
  if (response.statusCode !== 200)
    throw new DaemonUnavailable(
      `The daemon refuses to build: ${response.statusCode} ${await textOf(response)}`,
    );
  const hint = `See ${paths.daemonLog}`;
  const lines = linesOf(response);
  for (;;) {
    const { value: line } = await lines.next().catch((cause) => {
      signal.throwIfAborted();
      throw new DaemonUnavailable("The daemon ended while it was building", { cause, hint });
    });
    if (line === undefined)
      throw new DaemonUnavailable("The daemon gave up a build without a word", { hint });
    const message = parseBuildMessage(line);
    if (message.type === "end") return;
    if (message.type === "failed")
      throw new BuildRefused(
        message.code,
        message.message,
        message.hint === undefined ? {} : { hint: message.hint },
      );
    report(message.event);
  }
}

/** The answer; undefined when nobody listens. */
async function ask(
  socketPath: string,
  method: "GET" | "POST",
  path: string,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  try {
    const response = await send(socketPath, method, path, "", AbortSignal.timeout(answerLimitMs));
    return { status: response.statusCode ?? 0, body: await textOf(response) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ECONNRESET") return undefined;
    throw new DaemonUnavailable(`The daemon at "${socketPath}" does not answer`, {
      cause: error,
      hint: code === "EACCES" ? "infra needs root; run it with sudo" : "infra daemon stop ends it",
    });
  }
}

function send(
  socketPath: string,
  method: string,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const request = httpRequest({ socketPath, method, path, headers, signal, agent: false }, resolve);
    request.on("error", reject);
    request.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function openForChild(root: string, path: string) {
  try {
    await makeFolder(root, 0o700);
    return await open(path, "a", 0o600);
  } catch (cause) {
    throw new RootUnusable(`Cannot use "${root}" as the instance's root: ${(cause as Error).message}`, {
      cause,
      hint: "Choose another folder with --root DIR or INFRA_ROOT",
    });
  }
}

/** The last lines since `from`, each as what it says. */
async function logTail(path: string, from: number): Promise<readonly string[]> {
  const text = (await readFile(path)).subarray(from).toString("utf8");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.slice(-logTailLines).map((line) => {
    try {
      const entry = JSON.parse(line) as { message?: string; error?: { message?: string } };
      return entry.error?.message ?? entry.message ?? "";
    } catch {
      return line; // what the process wrote itself
    }
  });
  return [...new Set(said)];
}

/** A process that has ended counts as gone even while its parent has not taken note. Source: proc_pid_stat(5). */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return false;
    throw error;
  }
}
