import { dirname, join, relative, resolve } from "node:path";
import type { CopiedFile, LockFile } from "../stdlib/schema/bundle.js";
import { debianRequestKey } from "../stdlib/schema/bundle.js";
import type { Reporter } from "./diagnostics/reporter.js";
import { sha256 } from "./digest.js";
import { parseGlob } from "./glob.js";
import type { Host, HostEntry } from "./host.js";
import { isInside } from "./inside.js";
import type { LockedSet } from "./lower/context.js";
import type { Authored } from "./model/authored.js";
import type { ModulePlaces } from "./typescript/module-places.js";

const lockFileName = "infra.lock";

/** Files beside the stack, read through the host and remembered: the read-set of a compile. */
export class Sources {
  readonly #host: Host;
  readonly #folder: string;
  readonly #reporter: Reporter;
  /**
   * Path relative to the folder to SHA-256. An absent file is remembered as `""`; a listed folder, whose path ends with
   * a slash, by the digest of its entries.
   */
  readonly reads = new Map<string, string>();
  /** Folders where modules were looked for, absolute, to a digest of the names that may be modules. */
  readonly searches = new Map<string, string>();
  /** Patterns of file names to the files they matched. */
  readonly globs = new Map<string, readonly string[]>();

  constructor(host: Host, folder: string, reporter: Reporter) {
    this.#host = host;
    this.#folder = folder;
    this.#reporter = reporter;
  }

  /** Reads and remembers; undefined when the file is not there. */
  read(path: string): Uint8Array | undefined {
    const content = this.#host.read(join(this.#folder, path));
    this.reads.set(path, content === undefined ? "" : sha256(content));
    return content;
  }

  /** Remembers what could lead imports elsewhere. */
  search({ files, folders }: ModulePlaces): void {
    for (const path of files) this.read(relative(this.#folder, path));
    for (const path of folders) this.searches.set(path, searchDigest(this.#host, path));
  }

  text(path: string, at: Authored): string | undefined {
    const inside = this.#inside(path, at);
    if (inside === undefined) return undefined;
    const content = this.read(inside);
    if (content === undefined) {
      this.#reporter.report("file-missing", at.span, { path, why: "there is no such file" });
      return undefined;
    }
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(content);
    } catch {
      this.#reporter.report("file-missing", at.span, { path, why: "it is not UTF-8 text" });
      return undefined;
    }
  }

  /**
   * YAML and JSON files that a pattern names, sorted; of a folder all within. Reported when there are none.
   */
  matching(pattern: string, at: Authored): readonly string[] | undefined {
    const folder = this.#inside(parseGlob(pattern).folder, at);
    if (folder === undefined) return undefined;
    const files = matchingFiles(this.#host, this.#folder, pattern);
    this.globs.set(pattern, files);
    if (files.length === 0)
      this.#reporter.report("file-missing", at.span, { path: pattern, why: "it names no YAML file" });
    return files;
  }

  /** A file, or everything below a folder. Links are copied as links; one that leads out of the folder is refused. */
  copied(path: string, at: Authored): readonly CopiedFile[] | undefined {
    const inside = this.#inside(path, at);
    if (inside === undefined) return undefined;
    const entries = this.#host.list(join(this.#folder, inside));
    this.reads.set(`${inside}/`, listingDigest(entries));
    if (entries === undefined) {
      const parent = this.#host.list(join(this.#folder, dirname(inside)));
      const entry = parent?.find(
        ({ path: name }) => name === inside.slice(dirname(inside) === "." ? 0 : dirname(inside).length + 1),
      );
      if (entry?.type === "file") return [this.#file("", inside, entry.executable)];
      this.reads.set(inside, "");
      this.#reporter.report("file-missing", at.span, { path, why: "there is no such file or folder" });
      return undefined;
    }
    return entries.flatMap((entry): CopiedFile[] => {
      if (entry.type === "directory") return [{ type: "directory", path: entry.path, mode: 0o755 }];
      if (entry.type === "file") return [this.#file(entry.path, `${inside}/${entry.path}`, entry.executable)];
      const target = entry.target ?? "";
      const leads = resolve(this.#folder, inside, dirname(entry.path), target);
      if (target.startsWith("/") || !isInside(join(this.#folder, inside), leads)) {
        this.#reporter.report("file-missing", at.span, {
          path: `${path}/${entry.path}`,
          why: `the link leads out of the folder, to "${target}"`,
        });
        return [];
      }
      return [{ type: "symlink", path: entry.path, target }];
    });
  }

  #file(path: string, source: string, executable: boolean): CopiedFile {
    const content = this.read(source) ?? new Uint8Array();
    return {
      type: "file",
      path,
      source,
      sha256: sha256(content),
      size: content.length,
      mode: executable ? 0o755 : 0o644,
    };
  }

  /**
   * The path relative to the folder, `/`-separated. One that leaves it is reported, by links as by name: a stack from
   * elsewhere must not carry the host's files away.
   */
  #inside(path: string, at: Authored): string | undefined {
    const refuse = (why: string) => {
      this.#reporter.report("file-missing", at.span, { path, why });
      return undefined;
    };
    const whole = resolve(this.#folder, path);
    if (path.startsWith("/") || !isInside(this.#folder, whole))
      return refuse("it is outside the stack's folder");
    const real = this.#host.realPath(whole);
    const top = this.#host.realPath(this.#folder) ?? this.#folder;
    if (real !== undefined && !isInside(top, real)) return refuse("a link leads out of the stack's folder");
    return relative(this.#folder, whole).split("\\").join("/");
  }
}

/** What the lock says of package requests; absence is reported where the request stands. */
export class Lock {
  readonly #lock: LockFile | undefined;
  readonly #reporter: Reporter;

  constructor(sources: Sources, reporter: Reporter) {
    this.#reporter = reporter;
    const content = sources.read(lockFileName);
    this.#lock = content === undefined ? undefined : this.#parse(Buffer.from(content).toString("utf8"));
  }

  find(packages: readonly string[], at: Authored): LockedSet | undefined {
    const found = this.#lock?.debian[debianRequestKey(packages)];
    if (found === undefined)
      this.#reporter.report("lock-missing", at.span, { packages: [...packages].sort().join(", ") });
    return found;
  }

  #parse(text: string): LockFile | undefined {
    try {
      const lock = JSON.parse(text) as LockFile;
      if (lock.formatVersion === 1 && typeof lock.debian === "object") return lock;
      this.#reporter.report("lock-invalid", undefined, {
        why: `its format is ${JSON.stringify(lock.formatVersion)}, this version reads 1`,
      });
    } catch (error) {
      this.#reporter.report("lock-invalid", undefined, { why: (error as Error).message });
    }
    return undefined;
  }
}

/** Whether what was read is still what is there. */
export function isUnchanged(host: Host, folder: string, path: string, digest: string): boolean {
  if (path.endsWith("/")) return listingDigest(host.list(join(folder, path))) === digest;
  const content = host.read(join(folder, path));
  return (content === undefined ? "" : sha256(content)) === digest;
}

/** Of the names in a folder that an import can mean: code, JSON, and what has no ending. */
export function searchDigest(host: Host, folder: string): string {
  const names = host.names(folder);
  if (names === undefined) return "";
  const isModule = /(^|\/)node_modules(\/@types)?$/.test(folder)
    ? () => true
    : (name: string) => /^[^.]+(?<!\/)$|\.([cm]?[jt]sx?|json|infra)$|^node_modules\/$/.test(name);
  return sha256(names.filter(isModule).join("\n"));
}

/** What {@link Sources.matching} finds. */
export function matchingFiles(host: Host, folder: string, pattern: string): readonly string[] {
  const glob = parseGlob(pattern);
  const below = glob.folder === "." ? "" : `${glob.folder}/`;
  const exact = (host.list(join(folder, glob.folder), glob.levels) ?? []).flatMap(({ path, type }) =>
    glob.matches(`${below}${path}`) ? [{ path: `${below}${path}`, type }] : [],
  );
  const isManifest = (path: string) => /\.(ya?ml|json)$/i.test(path);
  return exact
    .flatMap(({ path, type }) => {
      if (type !== "directory") return isManifest(path) ? [path] : [];
      const within = host.list(join(folder, path)) ?? [];
      return within.flatMap((entry) =>
        entry.type !== "directory" && isManifest(entry.path) ? [`${path}/${entry.path}`] : [],
      );
    })
    .filter((path, index, all) => all.indexOf(path) === index)
    .sort((a, b) => (a < b ? -1 : 1));
}

function listingDigest(entries: readonly HostEntry[] | undefined): string {
  return entries === undefined ? "" : sha256(JSON.stringify(entries));
}
