import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { StoreCompacted, StoreConflict, StoreFailed, StoreFull } from "../../runtime/store/errors.js";
import { LmdbStore } from "../../runtime/store/lmdb.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import type { Change, Store } from "../../runtime/store/store.js";
import { systemClock } from "../../stdlib/base/clock.js";

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "infra-store-"));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

const kinds: { readonly [name: string]: (t: ExecutionContext) => Promise<Store> } = {
  memory: async () => new MemoryStore({ clock: systemClock }),
  lmdb: async (t) => LmdbStore.open({ folder: await folder(t), clock: systemClock, reserveBytes: 0 }),
};

for (const [name, open] of Object.entries(kinds)) {
  test(`${name}: all writes of a commit or none, each commit one revision`, async (t) => {
    const store = await open(t);
    t.is(
      await store.commit([
        { key: "a/1", value: "x" },
        { key: "a/2", value: "y" },
      ]),
      1,
    );
    await t.throwsAsync(
      store.commit([
        { key: "a/3", value: "z" },
        { key: "a/1", value: "w", expect: 9 },
      ]),
      { instanceOf: StoreConflict },
    );
    t.is(store.get("a/3"), undefined);
    await t.throwsAsync(store.commit([{ key: "a/1", value: "w", expect: 0 }]), { instanceOf: StoreConflict });
    t.is(await store.commit([{ key: "a/1", value: undefined, expect: 1 }]), 2);
    t.deepEqual(store.list("a/"), [{ key: "a/2", value: "y", revision: 1 }]);
    await store.close();
    await t.throwsAsync(store.commit([{ key: "a/1", value: "x" }]), { instanceOf: StoreFailed });
  });

  test(`${name}: of concurrent writers that expect the same revision one wins`, async (t) => {
    const store = await open(t);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => store.commit([{ key: "k", value: String(index), expect: 0 }])),
    );
    t.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", ...Array.from({ length: 19 }, () => "rejected" as const)],
    );
    t.is(store.revision, 1);
    await store.close();
  });

  test(`${name}: a watch gets history, then what follows, in order and once`, async (t) => {
    const store = await open(t);
    for (const value of ["1", "2", "3"])
      await store.commit([
        { key: "a/x", value },
        { key: "b/x", value },
      ]);
    const seen: Change[] = [];
    const watch = store.watch("a/", 1, (change) => seen.push(change));
    await Promise.all([
      store.commit([{ key: "a/y", value: "4" }]),
      store.commit([{ key: "a/x", value: undefined }]),
    ]);
    watch.close();
    await store.commit([{ key: "a/x", value: "6" }]);
    t.deepEqual(
      seen.map(({ revision, key, value, previous }) => [revision, key, value, previous]),
      [
        [2, "a/x", "2", "1"],
        [3, "a/x", "3", "2"],
        [4, "a/y", "4", undefined],
        [5, "a/x", undefined, "3"],
      ],
    );
    await store.close();
  });
}

test("lmdb: values and revision survive, older watches must list again", async (t) => {
  const path = await folder(t);
  const first = await LmdbStore.open({ folder: path, clock: systemClock, reserveBytes: 0 });
  await Promise.all(
    Array.from({ length: 30 }, (_, index) => first.commit([{ key: `k/${index}`, value: `${index}` }])),
  );
  await first.commit([{ key: "k/3", value: undefined }]);
  await first.close();
  const second = await LmdbStore.open({ folder: path, clock: systemClock, reserveBytes: 0 });
  t.is(second.revision, 31);
  t.is(second.list("k/").length, 29);
  t.is(second.get("k/7")?.value, "7");
  t.throws(() => second.watch("k/", 5, () => undefined), { instanceOf: StoreCompacted });
  t.is(await second.commit([{ key: "k/7", value: "8", expect: second.get("k/7")?.revision ?? 0 }]), 32);
  await second.close();
});

test("lmdb: below the reserve nothing is written and reading goes on", async (t) => {
  const store = await LmdbStore.open({
    folder: await folder(t),
    clock: systemClock,
    reserveBytes: Number.MAX_SAFE_INTEGER,
  });
  await t.throwsAsync(store.commit([{ key: "a", value: "x" }]), {
    instanceOf: StoreFull,
    message: /kept in reserve/,
  });
  t.deepEqual(store.list(""), []);
  await store.close();
});

test("lmdb: kill -9 under load loses no acknowledged write", async (t) => {
  const path = await folder(t);
  const hooks = fileURLToPath(new URL("../support/register.mjs", import.meta.url));
  const program = fileURLToPath(new URL("writer.child.ts", import.meta.url));
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(process.execPath, [`--import=${hooks}`, program, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let acknowledged = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      const lines = chunk.toString().trim().split("\n");
      acknowledged = Math.max(acknowledged, ...lines.map(Number).filter(Number.isFinite));
      if (acknowledged > (round + 1) * 200) child.kill("SIGKILL");
    });
    await new Promise((resolve) => child.on("close", resolve));
    const store = await LmdbStore.open({ folder: path, clock: systemClock, reserveBytes: 0 });
    t.true(
      store.revision >= acknowledged && acknowledged > round * 200,
      `${store.revision} of ${acknowledged}`,
    );
    for (const { value, revision } of store.list("key/")) t.is(value, `value ${revision - 1}`);
    await store.close();
  }
});
