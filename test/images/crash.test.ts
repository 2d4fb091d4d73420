import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { FolderLocks } from "../../runtime/images/locks.js";
import { native } from "../../runtime/kernel/native.js";
import { systemClock } from "../../stdlib/base/clock.js";
import type { BuildGraph } from "../../stdlib/schema/bundle.js";
import { build, copyOf, debianOf, image, makeFolder, openStore, serveArchive } from "./fixtures.js";

const child = fileURLToPath(new URL("build-in-child.ts", import.meta.url));
const register = fileURLToPath(new URL("../support/register.mjs", import.meta.url));

/** Runs a build in a process of its own, killed so long after it opened the store; false when it was done before. */
async function killedBuild(args: readonly string[], afterMs?: number): Promise<boolean> {
  const builder = fork(child, args, { execArgv: ["--import", register] });
  let built = false;
  builder.on("message", (message) => {
    if (message === "built") built = true;
    else if (afterMs !== undefined) setTimeout(() => builder.kill("SIGKILL"), afterMs);
  });
  // The exit may be told before the last message; the end of the channel is not.
  await Promise.all([once(builder, "exit"), once(builder, "disconnect")]);
  return !built;
}

test("a builder killed at any time leaves a store that the next one completes", async (t) => {
  const folder = await makeFolder(t);
  const archive = await serveArchive(t);
  const contents = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [
      `usr/share/p/${index % 20}/${index}`,
      `${index} `.repeat(5000),
    ]),
  );
  const big = await archive.add("big", contents, { compression: "xz" });
  const images = [image("a", debianOf([big]), [await copyOf(folder, "/app", { one: "1".repeat(100_000) })])];
  const graph: BuildGraph = { formatVersion: 1, stack: "s", sourceRoot: "..", images };
  await writeFile(join(folder, "graph.json"), JSON.stringify(graph));

  const reference = images[0]?.reference ?? "";
  const clean = await openStore(join(folder, "clean"), { archives: [archive.url] });
  await build(clean, images, folder);
  const wanted = await clean.resolve(reference);

  const root = join(folder, "store");
  let kills = 0;
  for (const afterMs of [5, 40, 80, 120, 160, 220, 300])
    if (await killedBuild([root, folder, archive.url, join(folder, "graph.json")], afterMs)) kills += 1;
  t.true(kills >= 3, `${kills} were killed in time`);
  t.log(`${kills} of 7 killed before they were done`);

  const store = await openStore(root, { archives: [archive.url] });
  t.deepEqual(await readdir(join(root, "work")), []);
  t.deepEqual(await readdir(join(root, "ingest")), []);
  t.deepEqual(
    (await readdir(join(root, "snapshots"))).filter((name) => name.startsWith("tmp-")),
    [],
  );
  t.deepEqual(
    (await readdir(join(root, "packages"))).filter((name) => !name.endsWith(".deb")),
    [],
  );
  await build(store, images, folder);
  const found = await store.resolve(reference);
  t.is(found?.digest, wanted?.digest);
  if (found === undefined) return;
  const [, tree = ""] = await store.layers(found);
  t.is((await readdir(join(tree, "usr/share/p"), { recursive: true })).length, 420);
});

test("two builders on one store share its work and end with the same images", async (t) => {
  const folder = await makeFolder(t);
  const archive = await serveArchive(t);
  const some = await archive.add("some", { "usr/share/x": "x".repeat(100_000) }, { compression: "xz" });
  const images = [image("a", debianOf([some]), [await copyOf(folder, "/app", { one: "1" })])];
  await writeFile(join(folder, "graph.json"), JSON.stringify({ formatVersion: 1, stack: "s", images }));
  const root = join(folder, "store");
  const args = [root, folder, archive.url, join(folder, "graph.json")];
  t.deepEqual(await Promise.all([killedBuild(args), killedBuild(args)]), [false, false]);
  const store = await openStore(root);
  t.truthy(await store.resolve(images[0]?.reference ?? ""));
  const blobs = await readdir(join(root, "blobs/sha256"));
  t.is(blobs.length, 4, "two layers, a configuration and a manifest, each once");
});

test("what a killed unpacker or downloader left is removed, a living one's is not", async (t) => {
  const folder = await makeFolder(t);
  const root = join(folder, "store");
  const store = await openStore(root);
  await build(store, [image("a", { kind: "scratch" }, [await copyOf(folder, "/x", { "": "x" })])], folder);
  const id = "0".repeat(64);
  for (const path of [`snapshots/tmp-${id}-00ff/fs`, "packages/download-x", `work/${id}/tree`])
    await mkdir(join(root, path), { recursive: true });
  await writeFile(join(root, "ingest/left"), "half");
  const locks = new FolderLocks(join(root, "locks"), (fd) => native().flockTry(fd), systemClock);
  await locks.hold(`build-${id}`, () =>
    locks.hold(`snapshot-${id}`, async () => {
      await openStore(root);
      t.deepEqual(await readdir(join(root, "work")), [id], "somebody holds its lock");
      t.true((await readdir(join(root, "snapshots"))).includes(`tmp-${id}-00ff`));
    }),
  );
  await openStore(root);
  for (const path of ["snapshots", "packages", "work", "ingest"])
    t.deepEqual(
      (await readdir(join(root, path))).filter((name) => !/^[0-9a-f]{64}$/.test(name)),
      [],
      path,
    );
});
