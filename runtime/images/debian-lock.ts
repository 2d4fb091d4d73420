import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InfraError } from "../../stdlib/base/errors.js";
import { debianRequestKey, type LockedPackage, type LockFile } from "../../stdlib/schema/bundle.js";

/** apt could not resolve or verify what was asked for; its own words are in the message. */
export class PackagesUnresolved extends InfraError {
  readonly code = "packages-unresolved";
}

/**
 * What every Debian base has beside the packages asked for. `usr-is-merged` says that /bin and the like are links,
 * which the image builder makes; otherwise apt picks the package that would convert them, and Perl with it.
 */
const base = ["base-files", "libc-bin", "dash", "coreutils", "usr-is-merged"] as const;
const timeoutMs = 300_000;
const run = promisify(execFile);

/**
 * Resolves package requests to exact versions and hashes with the host's own apt sources and keyrings, in a folder of
 * its own: nothing of the host's apt state is read or changed. apt checks the archives' signatures.
 *
 * @param requests - each a list of package names; answered under `debianRequestKey`.
 * @throws {PackagesUnresolved} when the archives cannot be read or verified, or a package does not exist.
 */
export async function lockDebian(
  requests: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<LockFile["debian"]> {
  const folder = await mkdtemp(join(tmpdir(), "infra-apt-"));
  try {
    const apt = await prepare(folder, signal);
    const suite =
      /^VERSION_CODENAME=(.*)$/m.exec(await readFile("/etc/os-release", "utf8"))?.[1] ?? "unknown";
    const architecture = (await apt("apt-config", ["dump", "--format", "%v", "APT::Architecture"])).trim();
    await apt("apt-get", ["--quiet=2", "update"]);
    const locked: { [request: string]: LockFile["debian"][string] } = {};
    for (const packages of requests) {
      locked[debianRequestKey(packages)] = { suite, architecture, packages: await resolve(apt, packages) };
    }
    return locked;
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Apt = (program: string, args: readonly string[]) => Promise<string>;

/** An empty package database and private caches; the host's hooks that clean its own caches stay out. */
async function prepare(folder: string, signal: AbortSignal): Promise<Apt> {
  await mkdir(join(folder, "state/lists/partial"), { recursive: true });
  await mkdir(join(folder, "cache/archives/partial"), { recursive: true });
  await writeFile(join(folder, "status"), "");
  const configuration = join(folder, "apt.conf");
  await writeFile(
    configuration,
    [
      "#clear APT::Update::Post-Invoke;",
      "#clear APT::Update::Post-Invoke-Success;",
      `Dir::State "${folder}/state";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      'APT::Install-Recommends "false";',
      'APT::Sandbox::User "root";',
      'Acquire::Languages "none";',
      'Debug::NoLocking "true";',
      "",
    ].join("\n"),
  );
  return async (program, args) => {
    try {
      const env = { ...process.env, LC_ALL: "C", APT_CONFIG: "" };
      const { stdout } = await run(program, ["-c", configuration, ...args], {
        env,
        signal,
        timeout: timeoutMs,
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    } catch (error) {
      if (signal.aborted) throw error;
      const { stderr = "", message } = error as Error & { stderr?: string };
      throw unresolved(stderr, message);
    }
  };
}

/** What apt's words mean. `apt-get update` succeeds without an archive; only then are the base packages unknown. */
function unresolved(stderr: string, message: string): PackagesUnresolved {
  const unknown = [...stderr.matchAll(/^E: Unable to locate package (\S+)$/gm)].map(([, name = ""]) => name);
  if (base.every((name) => unknown.includes(name)))
    return new PackagesUnresolved("Cannot resolve Debian packages: apt could not read the archive's lists", {
      hint: "See what apt-get update says on this host",
    });
  if (unknown.length > 0)
    return new PackagesUnresolved(
      `This host's archive has no package ${unknown.map((name) => `"${name}"`).join(", ")}`,
      {
        hint: "Look for the name with apt-cache search",
      },
    );
  const lines = stderr.split("\n").filter((line) => /^[EW]: /.test(line));
  return new PackagesUnresolved(`Cannot resolve Debian packages: ${lines.join(" ") || message}`, {
    hint: "Check the names, and that apt-get update works on this host",
  });
}

/** In the order apt would unpack them: what a package needs comes before it. */
async function resolve(apt: Apt, packages: readonly string[]): Promise<LockedPackage[]> {
  const plan = await apt("apt-get", ["--simulate", "install", ...base, ...packages]);
  const chosen = [...plan.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name = "", version = ""]) => ({
    name,
    version,
  }));
  const records = await apt("apt-cache", [
    "show",
    ...chosen.map(({ name, version }) => `${name}=${version}`),
  ]);
  const known = new Map(
    records
      .split(/\n\n+/)
      .map(parseRecord)
      .map((entry) => [`${entry.name}=${entry.version}`, entry]),
  );
  return chosen.map(({ name, version }) => {
    const entry = known.get(`${name}=${version}`);
    if (entry?.sha256.length === 64 && entry.path !== "") return entry;
    throw new PackagesUnresolved(`The archive gives no SHA-256 for ${name} ${version}`, {
      hint: "Use an archive with SHA256 fields",
    });
  });
}

/** One deb822 stanza of the package index. */
function parseRecord(stanza: string): LockedPackage {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
  return {
    name: field("Package"),
    version: field("Version"),
    architecture: field("Architecture"),
    path: field("Filename"),
    sha256: field("SHA256"),
    size: Number(field("Size")),
  };
}
