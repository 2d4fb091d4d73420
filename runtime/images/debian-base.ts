import { chmodSync, lutimesSync, readdirSync, readFileSync } from "node:fs";
import type { ImageBase } from "../../stdlib/schema/bundle.js";
import { openDeb, readMember } from "./deb-archive.js";
import { accountFiles, shadowGid } from "./debian-accounts.js";
import { extractTar } from "./layer-extract.js";
import { layerEntry, layerTime } from "./layer-write.js";
import { LayeredRoot } from "./layered-root.js";
import type { LayerNative } from "./snapshots.js";
import { fromBytes, type TarEntry } from "./tar.js";
import { readTar } from "./tar-read.js";
import { contentPadding, tarEnd, tarHeader } from "./tar-write.js";

export interface DebianTreeOptions {
  /** An existing, empty folder of our own. */
  readonly tree: string;
  readonly base: ImageBase & { readonly kind: "debian" };
  /** The downloaded file of each package, in their order. */
  readonly files: readonly string[];
  readonly native: LayerNative;
  readonly signal: AbortSignal;
}

/** Raised when what is made from the same packages changes, so that kept layers are not taken for it. */
export const debianTreeVersion = 1;

type Made = Pick<TarEntry, "type" | "path" | "mode"> & Partial<TarEntry> & { readonly content?: string };

const folder = (path: string, mode = 0o755): Made => ({ type: "directory", path, mode });
const link = (path: string, target: string): Made => ({ type: "symlink", path, mode: 0o777, target });
const file = (path: string, content: string, mode = 0o644): Made => ({ type: "file", path, mode, content });

/** Before the packages: folders with rights of their own, and the links of a merged /usr, through which they unpack. */
const skeleton: readonly Made[] = [
  ...["boot", "dev", "etc", "home", "proc", "sys", "usr", "var", "run"].map((path) => folder(path)),
  ...["usr/bin", "usr/sbin", "usr/lib", "usr/lib64"].map((path) => folder(path)),
  ...["bin", "sbin", "lib", "lib64"].map((path) => link(path, `usr/${path}`)),
  folder("run/lock", 0o1777),
  link("var/run", "/run"),
  link("var/lock", "/run/lock"),
];

/** What packages leave to their scripts: defaults that a script would copy, when the package is there. */
const copies: readonly (readonly [from: string, to: string])[] = [
  ["usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf"],
  ["usr/share/base-files/profile", "etc/profile"],
  ["usr/share/base-files/dot.bashrc", "root/.bashrc"],
  ["usr/share/base-files/dot.profile", "root/.profile"],
];

/** Commands that several packages offer; the first that is there gets the name, as update-alternatives would choose. */
const alternatives: { readonly [command: string]: readonly string[] } = {
  awk: ["gawk", "mawk"],
  nawk: ["gawk", "mawk"],
  pager: ["less"],
  which: ["which.debianutils"],
};

/**
 * Unpacks packages into a tree that a container can run on, without running any of their scripts: the same packages give
 * the same tree, on any host. What the scripts of the usual packages would make is made here: accounts, the C library's
 * and base-files' defaults, chosen commands, the certificate bundle, dpkg's records (which scanners read).
 *
 * There is no ld.so.cache: Debian's loader finds its multiarch folders without.
 */
export async function makeDebianTree(options: DebianTreeOptions): Promise<void> {
  const { tree, base } = options;
  await unpackMade(options, skeleton);
  // One reader decompresses small archives while the other writes files: two cores' worth of work.
  const [records, lists] = await Promise.all([readControls(options), unpackPackages(options)]);
  await unpackMade(options, [
    ...accounts(base.users),
    ...packageRecords(records, lists),
    ...defaults(new LayeredRoot([tree], options.native)),
    folder("root", 0o700),
    folder("tmp", 0o1777),
    folder("var/tmp", 0o1777),
  ]);
  chmodSync(tree, 0o755); // a package may name the root, a layer does not
  settleTimes(tree);
}

/** Returns what each package installs, as dpkg's `info/*.list` says it. */
async function unpackPackages({
  tree,
  files,
  native,
  signal,
}: DebianTreeOptions): Promise<readonly string[]> {
  const lists: string[] = [];
  for (const path of files) {
    signal.throwIfAborted();
    const names: string[] = [];
    const { data } = await openDeb(path);
    await extractTar(readMember(data, signal), {
      root: tree,
      lower: [],
      form: "package",
      mtime: layerTime,
      native,
      onEntry: (entry) => names.push(entry.path.replace(/^\.?\/?/, "/")),
    });
    lists.push(names.map((name) => (name === "/" ? "/.\n" : `${name}\n`)).join(""));
  }
  return lists;
}

function accounts(users: { readonly [name: string]: number }): readonly Made[] {
  const { passwd, group, shadow } = accountFiles(users);
  return [
    file("etc/passwd", passwd),
    file("etc/group", group),
    { ...file("etc/shadow", shadow, 0o640), gid: shadowGid },
  ];
}

/** The stanza and small files of a package's control archive. */
type ControlFiles = ReadonlyMap<string, string>;

async function readControls({ files, signal }: DebianTreeOptions): Promise<readonly ControlFiles[]> {
  const records: ControlFiles[] = [];
  for (const path of files) records.push(await readControl(path, signal));
  return records;
}

async function readControl(path: string, signal: AbortSignal): Promise<ControlFiles> {
  const { control } = await openDeb(path);
  const found = new Map<string, string>();
  let name = "";
  let pieces: Uint8Array[] = [];
  await readTar(readMember(control, signal), {
    entry(entry) {
      name = entry.path.replace(/^\.\//, "");
      pieces = [];
    },
    content(bytes) {
      pieces.push(Uint8Array.from(bytes));
    },
    end() {
      if (["control", "md5sums", "conffiles"].includes(name))
        found.set(name, fromBytes(Buffer.concat(pieces)));
    },
  });
  return found;
}

/** As dpkg keeps them once a package is installed: dpkg-query(1), deb-control(5). */
function packageRecords(records: readonly ControlFiles[], lists: readonly string[]): readonly Made[] {
  const stanzas: string[] = [];
  const info: Made[] = [file("var/lib/dpkg/info/format", "1\n")];
  for (const [index, record] of records.entries()) {
    const control = (record.get("control") ?? "").trim();
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, "m").exec(control)?.[1]?.trim() ?? "";
    stanzas.push(`${control.replace(/^(Package:.*)$/m, "$1\nStatus: install ok installed")}\n`);
    const name =
      field("Multi-Arch") === "same" ? `${field("Package")}:${field("Architecture")}` : field("Package");
    info.push(file(`var/lib/dpkg/info/${name}.list`, lists[index] ?? ""));
    for (const kept of ["md5sums", "conffiles"]) {
      const content = record.get(kept);
      if (content !== undefined) info.push(file(`var/lib/dpkg/info/${name}.${kept}`, content));
    }
  }
  return [...info, file("var/lib/dpkg/status", stanzas.sort().join("\n"))];
}

function defaults(root: LayeredRoot): readonly Made[] {
  const find = (path: string) => root.find(path.split("/"));
  const read = (path: string) => {
    const found = find(path);
    const [place] = found?.places ?? [];
    return found?.stat.isFile() === true && place !== undefined ? readFileSync(place, "latin1") : undefined;
  };
  // Empty: the node binds its own over them, which needs them to be there where the root is read-only.
  const made: Made[] = ["etc/hosts", "etc/hostname", "etc/resolv.conf"]
    .filter((path) => find(path) === undefined)
    .map((path) => file(path, ""));
  for (const [from, to] of copies) {
    const content = read(from);
    if (content !== undefined && find(to) === undefined) made.push(file(to, content));
  }
  for (const [command, candidates] of Object.entries(alternatives)) {
    const chosen = candidates.find((candidate) => find(`usr/bin/${candidate}`) !== undefined);
    if (chosen === undefined || find(`usr/bin/${command}`) !== undefined) continue;
    made.push(link(`etc/alternatives/${command}`, `/usr/bin/${chosen}`));
    made.push(link(`usr/bin/${command}`, `/etc/alternatives/${command}`));
  }
  const certificates = "usr/share/ca-certificates/mozilla";
  const [folderPath] = find(certificates)?.places ?? [];
  if (folderPath !== undefined) {
    const bundle = readdirSync(folderPath)
      .filter((name) => name.endsWith(".crt"))
      .sort()
      .map((name) => `${(read(`${certificates}/${name}`) ?? "").trim()}\n`);
    made.push(file("etc/ssl/certs/ca-certificates.crt", bundle.join("")));
    made.push(link("usr/lib/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt")); // OpenSSL's default
  }
  return made;
}

/** What we make goes through the extractor too: one place that knows how to write beneath a root of links. */
async function unpackMade({ tree, native }: DebianTreeOptions, made: readonly Made[]): Promise<void> {
  async function* archive() {
    for (const { content = "", ...entry } of made) {
      const bytes = Buffer.from(content, "latin1");
      yield tarHeader(layerEntry({ ...entry, size: bytes.length }));
      yield bytes;
      yield contentPadding(bytes.length);
    }
    yield tarEnd;
  }
  await extractTar(archive(), { root: tree, lower: [], form: "package", mtime: layerTime, native });
}

/** A later package changed the times of folders that an earlier one made. */
function settleTimes(path: string | Buffer): void {
  const at = Buffer.from(path);
  for (const entry of readdirSync(at, { withFileTypes: true, encoding: "buffer" }))
    if (entry.isDirectory()) settleTimes(Buffer.concat([at, Buffer.from("/"), entry.name]));
  lutimesSync(at, layerTime, layerTime);
}
