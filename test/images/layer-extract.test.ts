import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { symlink as makeLink, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type ExtractOptions, extractTar } from "../../runtime/images/layer-extract.js";
import { PathInvalid } from "../../runtime/images/layered-root.js";
import { ArchiveInvalid, defaultTarLimits } from "../../runtime/images/tar-read.js";
import { native } from "../../runtime/kernel/native.js";
import { archiveOf, file, folder, hardlink, inPieces, symlink, type TestEntry } from "./archives.js";
import { makeFolder } from "./fixtures.js";

const opaque = "trusted.overlay.opaque";

/** Unpacks into `root`, beside an `outside` that nothing may touch. */
async function setUp(t: ExecutionContext) {
  const base = await makeFolder(t);
  const root = join(base, "root");
  const outside = join(base, "outside");
  for (const path of [root, outside]) await mkdir(path);
  await writeFile(join(outside, "secret"), "secret");
  const unpack = (entries: readonly TestEntry[], more: Partial<ExtractOptions> = {}) =>
    extractTar(inPieces(archiveOf(...entries)), {
      root,
      lower: [],
      form: "layer",
      native: native(),
      ...more,
    });
  return { base, root, outside, unpack };
}

function listing(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
}

const refused = test.macro({
  title: (what = "") => `refused: ${what}`,
  async exec(t: ExecutionContext, kind: typeof ArchiveInvalid | typeof PathInvalid, ...entries: TestEntry[]) {
    const { base, outside, unpack } = await setUp(t);
    await t.throwsAsync(unpack(entries), { instanceOf: kind });
    t.deepEqual(readdirSync(base).sort(), ["outside", "root"]);
    t.deepEqual(readdirSync(outside), ["secret"]);
    t.is(await readFile(join(outside, "secret"), "utf8"), "secret");
  },
});

test("a path that climbs", refused, ArchiveInvalid, file("../outside/x"));
test("a path that climbs later", refused, ArchiveInvalid, file("a/../../outside/x"));
test("a folder that climbs", refused, ArchiveInvalid, folder(".."));
test("a hard link that climbs", refused, ArchiveInvalid, hardlink("x", "../outside/secret"));
test("a hard link to an absolute name outside", refused, ArchiveInvalid, hardlink("x", "/etc/passwd"));
test(
  "a hard link through a link",
  refused,
  ArchiveInvalid,
  symlink("l", "../outside"),
  hardlink("x", "l/secret"),
);
test("a hard link to a folder", refused, ArchiveInvalid, folder("d"), hardlink("x", "d"));
test("a file through a file", refused, PathInvalid, file("f"), file("f/x"));
test("links in a circle", refused, PathInvalid, symlink("a", "b"), symlink("b", "a"), file("a/x"));
test("a character device", refused, ArchiveInvalid, {
  path: "null",
  type: "character",
  device: { major: 1, minor: 3 },
});
test("an overlay whiteout as a device", refused, ArchiveInvalid, { path: "w", type: "character" });
test("a block device", refused, ArchiveInvalid, {
  path: "sda",
  type: "block",
  device: { major: 8, minor: 0 },
});
test("a file in the root's place", refused, ArchiveInvalid, file("."));
test("a name too long", refused, ArchiveInvalid, file("n".repeat(256)));
test("a path too long", refused, ArchiveInvalid, file("d/".repeat(3000)));

test("links lead within the root only, whatever they say", async (t) => {
  const { root, outside, unpack } = await setUp(t);
  await unpack([
    symlink("up", "../../../../outside"),
    symlink("abs", outside),
    file("up/one"),
    file("abs/two"),
    folder("real"),
    symlink("in", "/real"),
    file("in/three"),
  ]);
  t.deepEqual(readdirSync(outside), ["secret"]);
  t.true(listing(root).includes("outside/one"));
  t.true(listing(root).includes(`${outside.slice(1)}/two`));
  t.true(listing(root).includes("real/three"));
});

test("a link in a lower layer is followed within the root only", async (t) => {
  const { base, outside, root, unpack } = await setUp(t);
  const lower = join(base, "lower");
  await mkdir(join(lower, "usr/bin"), { recursive: true });
  await makeLink("usr/bin", join(lower, "bin"));
  await makeLink(outside, join(lower, "host"));
  await unpack([file("bin/x"), file("host/y")], { lower: [lower] });
  t.deepEqual(readdirSync(outside), ["secret"]);
  t.true(listing(root).includes("usr/bin/x"));
});

test("the last of several entries of one name wins, and links are replaced, not followed", async (t) => {
  const { outside, root, unpack } = await setUp(t);
  await unpack([
    symlink("a", join(outside, "secret")),
    file("a", "new"),
    folder("b"),
    file("b/inner"),
    file("b", "file"),
    file("c"),
    folder("c"),
    symlink("d", outside),
    folder("d", 0o700),
    file("d/x"),
  ]);
  t.is(await readFile(join(outside, "secret"), "utf8"), "secret");
  t.is(await readFile(join(root, "a"), "utf8"), "new");
  t.is(await readFile(join(root, "b"), "utf8"), "file");
  t.true(lstatSync(join(root, "c")).isDirectory());
  t.true(lstatSync(join(root, "d")).isDirectory());
  t.deepEqual(readdirSync(outside), ["secret"]);
});

test("whiteouts hide what lies below, never what is in the layer, and stay in the root", async (t) => {
  const { base, outside, root, unpack } = await setUp(t);
  const lower = join(base, "lower");
  await mkdir(join(lower, "d/sub"), { recursive: true });
  for (const name of ["d/one", "d/two", "top"]) await writeFile(join(lower, name), "");
  await unpack(
    [
      file("d/two", "new"),
      file("d/.wh.one", ""),
      file("d/.wh.two", ""),
      file(".wh.top", ""),
      folder("d/sub"),
      file("d/sub/.wh..wh..opq", ""),
      file("d/sub/kept"),
    ],
    { lower: [lower] },
  );
  const isWhiteout = (path: string) => lstatSync(join(root, path)).isCharacterDevice();
  t.true(isWhiteout("d/one"));
  t.true(isWhiteout("top"));
  t.is(await readFile(join(root, "d/two"), "utf8"), "new");
  t.is(
    native()
      .getXattr(Buffer.from(join(root, "d/sub")), opaque)
      ?.toString(),
    "y",
  );
  t.deepEqual(readdirSync(join(root, "d/sub")), ["kept"]);
  t.deepEqual(listing(lower), ["d", "d/one", "d/sub", "d/two", "top"]);
  for (const name of [".wh.", ".wh...", ".wh..", ".wh..wh.x"])
    await t.throwsAsync(unpack([file(name, "")], { lower: [lower] }), { instanceOf: ArchiveInvalid }, name);
  await unpack([file("d/.wh.one", "")], { lower: [] });
  t.deepEqual(readdirSync(outside), ["secret"]);
});

test("a folder made again over its whiteout starts empty", async (t) => {
  const { base, root, unpack } = await setUp(t);
  const lower = join(base, "lower");
  await mkdir(join(lower, "d"), { recursive: true });
  await unpack([file(".wh.d", ""), file("d/x")], { lower: [lower] });
  t.is(
    native()
      .getXattr(Buffer.from(join(root, "d")), opaque)
      ?.toString(),
    "y",
  );
  t.deepEqual(readdirSync(join(root, "d")), ["x"]);
});

test("rights, owners, times and attributes are kept; overlay's own attributes are not an archive's to set", async (t) => {
  const { root, unpack } = await setUp(t);
  await unpack([
    file("suid", "x", {
      mode: 0o4755,
      uid: 7,
      gid: 8,
      xattrs: {
        "user.note": "n\xff",
        [opaque]: "y",
        "trusted.overlay.redirect": "/etc",
        "user.overlay.x": "y",
      },
    }),
    folder("shared", 0o1777),
    file("shared/in"),
    { path: "pipe", type: "fifo", mode: 0o600 },
    hardlink("again", "suid"),
  ]);
  const stat = lstatSync(join(root, "suid"));
  t.deepEqual([stat.mode & 0o7777, stat.uid, stat.gid, stat.nlink, stat.mtimeMs], [0o4755, 7, 8, 2, 0]);
  t.is(lstatSync(join(root, "shared")).mode & 0o7777, 0o1777);
  t.is(lstatSync(join(root, "shared")).mtimeMs, 0);
  t.true(lstatSync(join(root, "pipe")).isFIFO());
  t.deepEqual(native().listXattrs(Buffer.from(join(root, "suid"))), ["user.note"]);
  t.is(
    native()
      .getXattr(Buffer.from(join(root, "suid")), "user.note")
      ?.toString("latin1"),
    "n\xff",
  );
});

test("names are bytes", async (t) => {
  const { root, unpack } = await setUp(t);
  const names = ["\xff\xfe", "line\nbreak", "e\xcc\x81", "\xc3\xa9", "x".repeat(255), "esc\x1b[31m"];
  await unpack(names.map((name) => file(name)));
  const found = readdirSync(Buffer.from(root), { encoding: "buffer" }).map((name) => name.toString("latin1"));
  t.deepEqual(found.sort(), [...names].sort());
});

test("limits end an archive that asks for too much", async (t) => {
  const { unpack } = await setUp(t);
  const limits = { ...defaultTarLimits, entries: 3, totalBytes: 10 };
  await t.throwsAsync(
    unpack(
      [1, 2, 3, 4].map((n) => file(`${n}`, "")),
      { limits },
    ),
    { message: /3 entries/ },
  );
  await t.throwsAsync(unpack([file("big", "", { size: 11 })], { limits }), { message: /10 bytes/ });
  await t.throwsAsync(unpack([file("huge", "", { size: 2 ** 50 })]), { instanceOf: ArchiveInvalid });
  await t.throwsAsync(unpack([file("short", "abc", { size: 100_000 })]), { message: /ends inside a file/ });
});

test("deep folders and long links work", async (t) => {
  const { root, unpack } = await setUp(t);
  const deep = Array.from({ length: 60 }, (_, index) => `folder-${index}`).join("/");
  const target = `${"t".repeat(90)}/`.repeat(20);
  await unpack([file(`${deep}/x`), symlink("l", target)]);
  t.is(await readFile(join(root, deep, "x"), "utf8"), "x");
  t.is(readlinkSync(join(root, "l")), target);
});
