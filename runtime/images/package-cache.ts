import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LockedPackage } from "../../stdlib/schema/bundle.js";
import { PackageGone, PackagesUnavailable } from "./build-errors.js";
import { absent, type ContentStore, syncFolder } from "./content-store.js";

const run = promisify(execFile);

/** apt's own downloader: it knows the host's proxies and transports, keeps connections open, checks hashes. Package `apt`. */
const helper = "/usr/lib/apt/apt-helper";
const helperLimitMs = 10 * 60_000;
const helperOptions = [
  "-o",
  "APT::Sandbox::User=root",
  "-o",
  "Acquire::Retries=2",
  "-o",
  "Acquire::http::Timeout=20",
  "-o",
  "Acquire::https::Timeout=20",
];
const parallel = 4;

/** Debian packages by hash, kept beside the images so that a later build needs no network for what it knows. */
export class PackageCache {
  readonly #store: ContentStore;
  readonly #folder: string;
  readonly #archives: readonly string[] | undefined;

  /** @param archives - URLs above `pool/`; the host's apt sources when undefined. */
  constructor(store: ContentStore, archives: readonly string[] | undefined) {
    this.#store = store;
    this.#folder = join(store.root, "packages");
    this.#archives = archives;
  }

  /** Removes what an interrupted download left. */
  async dropStale(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#store.locks.tryHold("packages", () => this.#removeDownloads());
  }

  path(wanted: LockedPackage): string {
    return join(this.#folder, `${wanted.sha256}.deb`);
  }

  /**
   * Downloads what is missing; each file is checked, synced, then renamed to its hash.
   *
   * @throws {PackageGone} when no archive has a package; the others stay in the cache.
   * @throws {PackagesUnavailable} when archives do not answer or send something else.
   */
  async fetch(packages: readonly LockedPackage[], signal: AbortSignal): Promise<void> {
    const missing = await this.#missing(packages);
    if (missing.length === 0) return;
    await this.#store.locks.hold(
      "packages",
      async () => {
        await this.#removeDownloads(); // ours is the lock, so they are nobody's
        const folder = await mkdtemp(join(this.#folder, "download-"));
        try {
          await this.#download(await this.#missing(missing), folder, signal);
        } finally {
          await rm(folder, { recursive: true, force: true, maxRetries: 5 }); // a killed apt may write a moment longer
        }
      },
      signal,
    );
  }

  async #download(packages: readonly LockedPackage[], folder: string, signal: AbortSignal): Promise<void> {
    const archives = this.#archives ?? (await hostArchives(signal));
    if (archives.length === 0)
      throw new PackagesUnavailable("This host has no apt sources to download Debian packages from");
    let wanted = packages;
    // A path does not say its archive. The first guess is nearly always right; the rest is asked for what is left.
    for (let attempt = 0; attempt < archives.length && wanted.length > 0; attempt += 1) {
      const batches = Array.from({ length: parallel }, (_, index) =>
        wanted.filter((_entry, at) => at % parallel === index),
      ).filter((batch) => batch.length > 0);
      const answers = await Promise.all(
        batches.map((batch) => runHelper(batch, attempt, archives, folder, signal)),
      );
      await Promise.all(wanted.map((entry) => this.#keep(entry, join(folder, entry.sha256))));
      wanted = await this.#missing(wanted);
      const other = answers.flat().filter((line) => !isNotFound(line));
      if (other.length > 0 && wanted.length > 0)
        throw new PackagesUnavailable(`Cannot download Debian packages: ${other.slice(0, 3).join("; ")}`, {
          hint: "Check that apt-get update works on this host",
        });
    }
    await syncFolder(this.#folder);
    const [gone] = wanted;
    if (gone !== undefined) throw new PackageGone(gone, archives);
  }

  /** Moves a download into the cache if it is whole and what was asked for. */
  async #keep(wanted: LockedPackage, download: string): Promise<void> {
    const found = await stat(download).catch((error) => absent(error, undefined));
    if (found === undefined) return;
    const hash = createHash("sha256");
    for await (const bytes of createReadStream(download)) hash.update(bytes as Buffer);
    if (found.size !== wanted.size || hash.digest("hex") !== wanted.sha256) return;
    const file = await open(download);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(download, this.path(wanted));
  }

  async #missing(packages: readonly LockedPackage[]): Promise<readonly LockedPackage[]> {
    const kept = new Set(await readdir(this.#folder));
    const unique = new Map(packages.map((entry) => [entry.sha256, entry]));
    return [...unique.values()].filter(({ sha256 }) => !kept.has(`${sha256}.deb`));
  }

  async #removeDownloads(): Promise<void> {
    for (const name of await readdir(this.#folder))
      if (name.startsWith("download-")) await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}

/** Downloads to files named by hash. Returns what apt complained about, a line each. */
async function runHelper(
  packages: readonly LockedPackage[],
  attempt: number,
  archives: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const files = packages.flatMap((entry) => {
    const archive = likelyArchives(entry.path, archives)[attempt] ?? "";
    const url = `${archive}/${entry.path.split("/").map(encodeName).join("/")}`;
    return [url, join(folder, entry.sha256), `SHA256:${entry.sha256}`];
  });
  try {
    await run(helper, ["-q", ...helperOptions, "download-file", ...files], {
      env: { ...process.env, LC_ALL: "C" },
      signal,
      timeout: helperLimitMs,
      maxBuffer: 16 * 1024 * 1024,
    });
    return [];
  } catch (error) {
    signal.throwIfAborted();
    const { stderr = "", message, code } = error as Error & { stderr?: string; code?: unknown };
    if (code === "ENOENT")
      throw new PackagesUnavailable(`Cannot download Debian packages: "${helper}" is missing`, {
        cause: error,
        hint: "Debian images are built on hosts with apt",
      });
    const lines = stderr.split("\n").filter((line) => line.startsWith("E: Failed to fetch"));
    return lines.length > 0 ? lines.map((line) => line.slice("E: ".length)) : [message];
  }
}

function isNotFound(line: string): boolean {
  return /\s404\s|File not found/.test(line);
}

/** Versions have `+` and `~` in their file names, which stay; `%` would be read as an escape. */
function encodeName(name: string): string {
  return name.replaceAll("%", "%25").replaceAll(" ", "%20");
}

/** Debian keeps its security archive's files below `pool/updates`. */
function likelyArchives(path: string, archives: readonly string[]): readonly string[] {
  const isSecurity = path.startsWith("pool/updates/");
  return [...archives].sort(
    (a, b) => Number(b.includes("security") === isSecurity) - Number(a.includes("security") === isSecurity),
  );
}

/** Archive URLs of the host's apt sources, in their order. Read from what `update` would fetch: no lists are needed. */
async function hostArchives(signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await run("apt-get", ["--print-uris", "update"], {
    env: { ...process.env, LC_ALL: "C" },
    signal,
    timeout: 60_000,
  });
  const archives = [...stdout.matchAll(/^'(\S+)\/dists\/\S+\/InRelease'/gm)].map(([, url = ""]) => url);
  return [...new Set(archives)];
}
