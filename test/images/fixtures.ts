import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import type { BuildEvent, ImageStore } from "../../runtime/images/image-store.js";
import { type ImageStoreOptions, openImageStore } from "../../runtime/images/live-image-store.js";
import { native } from "../../runtime/kernel/native.js";
import { type Random, systemClock } from "../../stdlib/base/clock.js";
import type {
  BuildGraph,
  BuildStep,
  CopiedFile,
  ImageBase,
  ImageBuild,
  ImageConfig,
  LockedPackage,
} from "../../stdlib/schema/bundle.js";

const run = promisify(execFile);

export const liveRandom: Random = {
  bytes: (length) => randomBytes(length),
  uint32: () => randomBytes(4).readUInt32LE(),
};

export async function makeFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-images-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function openStore(root: string, more: Partial<ImageStoreOptions> = {}): Promise<ImageStore> {
  return openImageStore({ root, clock: systemClock, random: liveRandom, native: native(), ...more });
}

/** Builds and returns what was reported. */
export async function build(
  store: ImageStore,
  images: readonly ImageBuild[],
  sourceRoot: string,
  signal = new AbortController().signal,
): Promise<readonly BuildEvent[]> {
  const events: BuildEvent[] = [];
  const graph: BuildGraph = { formatVersion: 1, stack: "s", sourceRoot: "..", images };
  await store.build(graph, sourceRoot, (event) => events.push(event), signal);
  return events;
}

/** An image whose key is made of what it holds, as the compiler's are. */
export function image(
  name: string,
  from: ImageBase,
  steps: readonly BuildStep[] = [],
  config: Partial<ImageConfig> = {},
): ImageBuild {
  const whole = { from, steps, config: { env: {}, expose: {}, ...config } };
  const key = `b-${createHash("sha256").update(JSON.stringify(whole)).digest("hex").slice(0, 32)}`;
  return { name, key, reference: `s/${name}:${key}`, ...whole };
}

export const scratch: ImageBase = { kind: "scratch" };

/** Writes files and returns the copy step that the compiler would make of them. */
export async function copyOf(
  root: string,
  to: string,
  files: { readonly [path: string]: string },
): Promise<BuildStep> {
  const copied: CopiedFile[] = [];
  for (const [path, text] of Object.entries(files)) {
    const source = path === "" ? `file-${createHash("sha256").update(to).digest("hex").slice(0, 8)}` : path;
    await mkdir(dirname(join(root, source)), { recursive: true });
    await writeFile(join(root, source), text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    copied.push({ type: "file", path, source, sha256, size: Buffer.byteLength(text), mode: 0o644 });
  }
  return { kind: "copy", to, files: copied, place: { file: "infra.ts", line: 7, column: 3 } };
}

export function runOf(...argv: string[]): BuildStep {
  return { kind: "run", argv, place: { file: "infra.ts", line: 9, column: 5 } };
}

/** A Debian archive on loopback; without the host's own sources nothing here needs another machine. */
export interface TestArchive {
  readonly url: string;
  /** Makes a package with dpkg-deb. */
  add(
    name: string,
    files: { readonly [path: string]: string },
    more?: PackageOptions,
  ): Promise<LockedPackage>;
  readonly folder: string;
}

export interface PackageOptions {
  readonly compression?: "gzip" | "xz" | "zstd" | "none";
  /** Host programs to put in, with the libraries they need. */
  readonly programs?: readonly string[];
}

export async function serveArchive(t: ExecutionContext): Promise<TestArchive> {
  const folder = await makeFolder(t);
  const server = createServer((request, response) => {
    readFile(join(folder, request.url ?? "")).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    add: (name, files, more = {}) => makePackage(folder, name, files, more),
  };
}

async function makePackage(
  archive: string,
  name: string,
  files: { readonly [path: string]: string },
  { compression = "none", programs = [] }: PackageOptions,
): Promise<LockedPackage> {
  const tree = join(archive, `tree-${name}`);
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await writeFile(
    join(tree, "DEBIAN/control"),
    `Package: ${name}\nVersion: 1.0\nArchitecture: amd64\nMaintainer: T <t@t.test>\nDescription: a test\n`,
  );
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  for (const program of programs) await copyProgram(tree, program);
  const path = `pool/${name}_1.0_amd64.deb`;
  await mkdir(join(archive, "pool"), { recursive: true });
  await run("dpkg-deb", ["--root-owner-group", `-Z${compression}`, "--build", tree, join(archive, path)]);
  const bytes = await readFile(join(archive, path));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, version: "1.0", architecture: "amd64", path, sha256, size: bytes.length };
}

async function copyProgram(tree: string, program: string): Promise<void> {
  const { stdout } = await run("ldd", [program]);
  for (const path of [program, ...[...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, found = ""]) => found)]) {
    const to = join(tree, path.replace(/^\/usr\/(lib|bin)/, "/$1")); // as packages still name them
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, await readFile(path));
    await chmod(to, (await stat(path)).mode & 0o7777);
  }
}

export function debianOf(
  packages: readonly LockedPackage[],
  users: { readonly [name: string]: number } = {},
): ImageBase {
  return { kind: "debian", suite: "test", architecture: "amd64", packages, users };
}
