import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";
import { findDaemon, stopDaemon } from "../../cli/connect.js";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { openImageStore } from "../../runtime/images/live-image-store.js";
import { native } from "../../runtime/kernel/native.js";
import { systemClock } from "../../stdlib/base/clock.js";
import type { BuildGraph } from "../../stdlib/schema/bundle.js";
import { kubectlPath } from "./kubectl.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(packageRoot, "dist/cli.js");
const guestbook = join(packageRoot, "examples/guestbook");
/** Shared by all tests, and kept between runs: building the base images takes seconds and the network. */
const images = join(packageRoot, "node_modules/.cache/infra-test/images");
const commandLimitMs = 60_000;

export interface Finished {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** An instance of its own: root, network namespace, slot. Ends without a trace with its test. */
export interface TestInstance {
  /** A folder of the test's own. */
  readonly folder: string;
  readonly root: string;
  infra(...args: readonly string[]): Promise<Finished>;
  kubectl(...args: readonly string[]): Promise<Finished>;
  /** Runs a program in the instance's network. */
  run(program: string, args: readonly string[]): Promise<Finished>;
  /** Body of an HTTP answer, asked from the host's side of the instance's network. */
  get(url: string): Promise<string>;
  /** Asks a URL again and again until stopped. */
  load(url: string): Promise<Load>;
  daemonPid(): Promise<number>;
}

export interface Load {
  /** @returns how often it asked, and every answer that was none. */
  stop(): Promise<{ readonly asked: number; readonly failures: readonly string[] }>;
}

export interface InstanceOptions {
  /** Where the root lies; by default in the test's folder. */
  readonly root?: string;
  readonly env?: { readonly [name: string]: string };
}

/** Tests of one file that have an instance at the same time: more make each slower than the waits they count on. */
const instancesAtOnce = 4;
const testLimitMs = 8 * 60_000;
let open = 0;
const waiting: (() => void)[] = [];

export async function openTestInstance(
  t: ExecutionContext,
  options: InstanceOptions = {},
): Promise<TestInstance> {
  // The images of a first run may take longer to fetch and build than the suite waits for any result.
  t.timeout(testLimitMs, "the instance's images and the tests before this one take too long");
  await Promise.all([prepareImages(), kubectlPath()]);
  if (open < instancesAtOnce) open += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  t.teardown(() => {
    const next = waiting.shift();
    if (next === undefined) open -= 1;
    else next();
  });
  const folder = await mkdtemp(join(tmpdir(), "infra-e2e-"));
  const root = options.root ?? join(folder, "root");
  const space = await openNetworkNamespace();
  const env = {
    ...process.env,
    INFRA_ROOT: root,
    INFRA_IMAGES: images,
    XDG_CACHE_HOME: join(folder, "cache"),
    NO_COLOR: "1",
    ...options.env,
  };
  const run = (program: string, args: readonly string[]) =>
    execute("nsenter", [`--net=/proc/${space.pid}/ns/net`, program, ...args], env, folder);
  const loads = new Set<ChildProcess>();
  t.teardown(async () => {
    for (const child of loads) child.kill("SIGKILL");
    try {
      await purge(root, run);
    } finally {
      space.child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    }
  });
  return {
    folder,
    root,
    run,
    infra: (...args) => run(process.execPath, [cli, ...args]),
    kubectl: async (...args) => run(await kubectlPath(), ["--kubeconfig", join(root, "kubeconfig"), ...args]),
    async get(url) {
      const { code, out, error } = await run(process.execPath, ["-e", askOnce, url]);
      if (code !== 0) throw new Error(error);
      return out;
    },
    async load(url) {
      const child = spawn(
        "nsenter",
        [`--net=/proc/${space.pid}/ns/net`, process.execPath, "-e", askAlways, url],
        {
          stdio: ["pipe", "pipe", "inherit"],
        },
      );
      loads.add(child);
      let out = "";
      child.stdout.on("data", (bytes) => {
        out += bytes;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      return {
        stop: () =>
          new Promise((resolve) => {
            child.on("close", () => {
              loads.delete(child);
              resolve(JSON.parse(out));
            });
            child.stdin.end();
          }),
      };
    },
    async daemonPid() {
      const found = await findDaemon({ root, clock: systemClock });
      if (found === undefined) throw new Error("no daemon runs");
      return found.info.pid;
    },
  };
}

const askOnce = `fetch(process.argv[1], { signal: AbortSignal.timeout(5000) })
  .then(async (answer) => { process.stdout.write(await answer.text()); if (!answer.ok) process.exit(1); })
  .catch((error) => { console.error(error.cause ?? error); process.exit(1); });`;

const askAlways = `let asked = 0, going = true;
const failures = [];
process.stdin.on("end", () => { going = false; }).resume();
const one = async () => { while (going) { asked += 1;
  try { const answer = await fetch(process.argv[1], { signal: AbortSignal.timeout(5000), headers: { connection: "close" } }); await answer.text(); if (!answer.ok) failures.push(String(answer.status)); }
  catch (error) { failures.push(String(error.cause ?? error)); }
  await new Promise((resolve) => setTimeout(resolve, 5)); } };
Promise.all([one(), one(), one()]).then(() => console.log(JSON.stringify({ asked, failures })));`;

/** A folder with a stack and, unless it has one of its own, the guestbook's lock: its packages are in the store. */
export async function writeStack(
  folder: string,
  files: { readonly [path: string]: string },
): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  if (files["infra.lock"] === undefined) await cp(join(guestbook, "infra.lock"), join(folder, "infra.lock"));
  return folder;
}

/** The example, copied so that a test may change it. */
export async function copyGuestbook(folder: string): Promise<string> {
  await cp(guestbook, folder, { recursive: true, filter: (path) => !path.includes("infra.out") });
  return folder;
}

/** Replaces text in a file; fails when it is not there. */
export async function edit(path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(path, "utf8");
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} has no ${from}`);
  await writeFile(path, changed);
}

let preparing: Promise<void> | undefined;

/** Builds the guestbook's images outside any namespace, where packages can be fetched. */
function prepareImages(): Promise<void> {
  preparing ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "infra-images-"));
    try {
      const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
      const compiled = await execute(
        process.execPath,
        [cli, "compile", guestbook, "-o", join(folder, "out")],
        env,
        folder,
      );
      if (compiled.code !== 0) throw new Error(compiled.error);
      const graph = JSON.parse(await readFile(join(folder, "out/build.json"), "utf8")) as BuildGraph;
      const store = await openImageStore({
        root: images,
        clock: systemClock,
        random: liveWorld.random,
        native: native(),
      });
      await store.build(graph, guestbook, () => {}, new AbortController().signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  })();
  return preparing;
}

async function openNetworkNamespace(): Promise<{ readonly pid: number; readonly child: ChildProcess }> {
  // `exec` so that the pid is the sleeper's; it says when it is in the new namespace.
  const child = spawn("unshare", ["--net", "sh", "-c", "echo ready; exec sleep 3600"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`unshare ended with ${code}`)));
  });
  return { pid: child.pid ?? 0, child };
}

/** Ends whatever a test left of its instance. */
async function purge(root: string, run: TestInstance["run"]): Promise<void> {
  if (!existsSync(join(root, "store"))) return;
  const started = await run(process.execPath, [cli, "daemon", "start"]);
  const daemon = await findDaemon({ root, clock: systemClock });
  if (daemon === undefined) throw new Error(`cannot purge ${root}: ${started.error}`);
  await stopDaemon(daemon, systemClock, { purge: true });
}

function execute(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const limit = { timeout: commandLimitMs, killSignal: "SIGKILL" as const, maxBuffer: 64 * 1024 * 1024 };
    execFile(program, args, { env, cwd, ...limit }, (error, out, text) => {
      if (error !== null && typeof error.code !== "number") return reject(error);
      resolve({ code: error === null ? 0 : Number(error.code), out, error: text });
    });
  });
}

/** Runs `look` until it gives something, for at most `limitMs`. */
export async function eventually<T>(
  look: () => Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  let last: unknown;
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; ) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50 + randomInt(20)));
  }
  throw new Error("it did not come in time", { cause: last });
}
