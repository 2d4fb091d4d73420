import { execFile } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import {
  BuildFailed,
  PackageGone,
  PackagesUnavailable,
  SourceChanged,
} from "../../runtime/images/build-errors.js";
import {
  build,
  copyOf,
  debianOf,
  image,
  makeFolder,
  openStore,
  runOf,
  scratch,
  serveArchive,
} from "./fixtures.js";

const run = promisify(execFile);

test("equal inputs give equal digests, in other folders too, and skopeo reads them", async (t) => {
  const digests: string[] = [];
  const archive = await serveArchive(t);
  const tool = await archive.add("tool", { "bin/tool": "#!/bin/sh\n", "usr/share/tool/data": "x" });
  for (const _ of [1, 2]) {
    const folder = await makeFolder(t);
    const copy = await copyOf(folder, "/app", { "a.txt": "a", "sub/b.txt": "b" });
    const web = image("web", debianOf([tool], { web: 1000 }), [copy], { user: "web", cmd: ["tool"] });
    const store = await openStore(join(folder, "store"), { archives: [archive.url] });
    await build(store, [web], folder);
    const found = await store.resolve(web.reference);
    digests.push(found?.digest ?? "");
    const { stdout } = await run("skopeo", ["inspect", `oci:${folder}/store:${web.reference}`]);
    t.is(JSON.parse(stdout).Digest, found?.digest);
    const config = await run("skopeo", ["inspect", "--config", `oci:${folder}/store:${web.reference}`]);
    t.like(JSON.parse(config.stdout), { os: "linux", config: { User: "web", Cmd: ["tool"] } });
    await run("skopeo", ["copy", "-q", `oci:${folder}/store:${web.reference}`, `oci:${folder}/copy:x`]);
  }
  t.regex(digests[0] ?? "", /^sha256:[0-9a-f]{64}$/);
  t.is(digests[0], digests[1]);
});

test("a changed later step leaves the earlier ones; an unchanged image runs nothing", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const first = await copyOf(folder, "/one", { "1": "1" });
  const counts = async (text: string) => {
    const steps = [first, await copyOf(folder, "/two", { "2": text })];
    const events = await build(store, [image("a", scratch, steps)], folder);
    return events.flatMap((event) => (event.type === "done" ? [[event.ran, event.cached]] : []));
  };
  t.deepEqual(await counts("x"), [[2, 0]]);
  t.deepEqual(await counts("y"), [[1, 1]]);
  t.deepEqual(await counts("y"), [[0, 2]]);
});

test("a base gives a child its layers and its configuration", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const base = image("base", scratch, [await copyOf(folder, "/lib/x", { "": "x" })], {
    env: { A: "1", B: "1" },
    cmd: ["base"],
    workdir: "/srv",
  });
  const child = image("child", { kind: "image", name: "base" }, [await copyOf(folder, "/y", { "": "y" })], {
    env: { B: "2" },
    entrypoint: ["child"],
  });
  await build(store, [base, child], folder);
  const found = await store.resolve(child.reference);
  if (found === undefined) return t.fail();
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  t.deepEqual(found.config, {
    env: [path, "A=1", "B=2"],
    workdir: "/srv",
    user: "",
    entrypoint: ["child"],
    cmd: [],
    stopSignal: undefined,
  });
  const layers = await store.layers(found);
  t.is(layers.length, 3);
  t.is(await readFile(join(layers[2] ?? "", "lib/x"), "utf8"), "x");
  t.true(lstatSync(join(layers[1] ?? "", "srv")).isDirectory());
  t.is(await readFile(join(layers[0] ?? "", "y"), "utf8"), "y");
});

test("a Debian base is merged, has accounts and dpkg's records, and is what its layer unpacks to", async (t) => {
  const folder = await makeFolder(t);
  const archive = await serveArchive(t);
  const store = await openStore(join(folder, "store"), { archives: [archive.url] });
  const packages = [
    await archive.add("plain", { "bin/plain": "1", "lib/p/x": "1" }),
    await archive.add("zipped", { "sbin/zipped": "2" }, { compression: "gzip" }),
    await archive.add("squeezed", { "usr/bin/squeezed": "3" }, { compression: "xz" }),
  ];
  const base = image("base", debianOf(packages, { web: 1000 }), [
    await copyOf(folder, "/bin/own", { "": "4" }),
  ]);
  await build(store, [base], folder);
  const found = await store.resolve(base.reference);
  if (found === undefined) return t.fail();
  const [top = "", tree = ""] = await store.layers(found);
  t.deepEqual((await readdir(join(tree, "usr/bin"))).sort(), ["plain", "squeezed"]);
  t.true(existsSync(join(tree, "usr/sbin/zipped")));
  t.true(existsSync(join(top, "usr/bin/own")), "a copy follows the base's links");
  t.true(lstatSync(join(tree, "bin")).isSymbolicLink());
  t.is(lstatSync(join(tree, "tmp")).mode & 0o7777, 0o1777);
  t.regex(await readFile(join(tree, "etc/passwd"), "utf8"), /^web:x:1000:1000:/m);
  t.is(lstatSync(join(tree, "etc/shadow")).mode & 0o7777, 0o640);
  const status = await readFile(join(tree, "var/lib/dpkg/status"), "utf8");
  t.is(status.match(/^Status: install ok installed$/gm)?.length, 3);
  t.regex(await readFile(join(tree, "var/lib/dpkg/info/plain.list"), "utf8"), /^\/bin\/plain$/m);

  const listing = async () => (await run("find", [tree, "-printf", "%P %y %m %U %G %T@ %l\\n"])).stdout;
  const before = await listing();
  await rm(join(folder, "store/snapshots"), { recursive: true });
  const again = await openStore(join(folder, "store"));
  const unpacked = await Promise.all([again.layers(found), store.layers(found), again.layers(found)]);
  t.is(new Set(unpacked.map((layers) => layers.join())).size, 1);
  t.is(await listing(), before);
});

test("a source that changed or went since compile stops the build, and nothing of it is kept", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const changed = image("a", scratch, [await copyOf(folder, "/a", { "a.txt": "before" })]);
  await writeFile(join(folder, "a.txt"), "after!");
  const error = await t.throwsAsync(build(store, [changed], folder), { instanceOf: SourceChanged });
  t.is(error?.message, '"a.txt" changed since it was compiled (infra.ts:7)');
  await rm(join(folder, "a.txt"));
  await t.throwsAsync(build(store, [changed], folder), { message: /"a.txt" was removed since/ });
  t.deepEqual(await readdir(join(folder, "store/blobs/sha256")), []);
  t.deepEqual(await readdir(join(folder, "store/ingest")), []);
  t.deepEqual(await store.list(), []);
  t.is(await store.resolve(changed.reference), undefined);
});

test("a source outside of the stack's folder is refused, also through a link", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const copy = await copyOf(join(folder, "outside"), "/x", { secret: "s" });
  await run("ln", ["-s", join(folder, "outside"), join(folder, "in")]);
  const root = join(folder, "stack");
  await run("mkdir", [root]);
  await run("ln", ["-s", "../outside", join(root, "link")]);
  for (const source of ["../outside/secret", "link/secret"]) {
    const step = {
      ...copy,
      files: copy.kind === "copy" ? copy.files.map((file) => ({ ...file, source })) : [],
    };
    const error = await t.throwsAsync(build(store, [image("a", scratch, [step as typeof copy])], root), {
      instanceOf: BuildFailed,
    });
    t.regex((error?.cause as Error | undefined)?.message ?? "", /lies outside/);
  }
});

test("a package that the archive dropped is named, with what to do", async (t) => {
  const folder = await makeFolder(t);
  const archive = await serveArchive(t);
  const kept = await archive.add("kept", { x: "1" });
  const gone = await archive.add("gone", { y: "1" });
  await rm(join(archive.folder, gone.path));
  const store = await openStore(join(folder, "store"), { archives: [archive.url] });
  const error = await t.throwsAsync(build(store, [image("a", debianOf([kept, gone]))], folder), {
    instanceOf: PackageGone,
  });
  t.regex(error?.message ?? "", /dropped gone 1\.0/);
  t.regex((error as PackageGone).hint ?? "", /infra lock/);
  t.deepEqual(await readdir(join(folder, "store/packages")), [`${kept.sha256}.deb`], "the others are kept");
});

test("a package with other bytes than locked, or no answer, is no build", async (t) => {
  const folder = await makeFolder(t);
  const archive = await serveArchive(t);
  const bent = await archive.add("bent", { x: "1" });
  const bytes = await readFile(join(archive.folder, bent.path));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(join(archive.folder, bent.path), bytes);
  const base = image("a", debianOf([bent]));
  const store = await openStore(join(folder, "store"), { archives: [archive.url] });
  await t.throwsAsync(build(store, [base], folder), { instanceOf: PackagesUnavailable, message: /Hash Sum/ });
  const deaf = await openStore(join(folder, "store"), { archives: ["http://127.0.0.1:9"] });
  await t.throwsAsync(build(deaf, [base], folder), { instanceOf: PackagesUnavailable });
  t.deepEqual(await readdir(join(folder, "store/packages")), []);
});

test("independent images build when another fails first, or stop; the first failure is told", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const good = image("good", scratch, [await copyOf(folder, "/g", { g: "g" })]);
  const bad = image("bad", scratch, [runOf("/bin/true")]);
  const child = image("child", { kind: "image", name: "bad" }, []);
  await t.throwsAsync(build(store, [bad, child, good], folder), { message: /Cannot build image\/bad/ });
  t.is(await store.resolve(child.reference), undefined);
  await build(store, [good], folder);
  t.is((await store.list()).length, 1);
});

test("an aborted build ends with the reason", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const abort = new AbortController();
  abort.abort(new Error("enough"));
  const some = image("a", scratch, [await copyOf(folder, "/g", { g: "g" })]);
  await t.throwsAsync(build(store, [some], folder, abort.signal), { message: "enough" });
});

test("an abort while an archive does not answer ends the build, and no download is left", async (t) => {
  const folder = await makeFolder(t);
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  t.teardown(() => silent.close());
  t.teardown(() => silent.closeAllConnections());
  const archive = await serveArchive(t);
  const some = await archive.add("some", { x: "1" });
  const archives = [`http://127.0.0.1:${(silent.address() as AddressInfo).port}`];
  const store = await openStore(join(folder, "store"), { archives });
  const reason = new Error("enough");
  const abort = new AbortController();
  setTimeout(() => abort.abort(reason), 300);
  const error = await t.throwsAsync(build(store, [image("a", debianOf([some]))], folder, abort.signal));
  t.is(error, reason);
  t.deepEqual(await readdir(join(folder, "store/packages")), []);
});

test("images are found by tag and digest", async (t) => {
  const folder = await makeFolder(t);
  const store = await openStore(join(folder, "store"));
  const it = { ...image("a", scratch), reference: "registry.test:5000/a:latest" };
  await build(store, [it], folder);
  const found = await store.resolve("registry.test:5000/a");
  t.truthy(found);
  t.is((await store.resolve(`registry.test:5000/a@${found?.digest}`))?.id, found?.id);
  t.is(await store.resolve("registry.test:5000/a:other"), undefined);
  t.is(await store.resolve(`a@sha256:${"0".repeat(64)}`), undefined);
  t.is((await store.layers(found ?? (t.fail() as never))).length, 1, "overlay needs a folder, be it empty");
});
