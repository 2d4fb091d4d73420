import test from "ava";
import { encryptedStore, SecretUnreadable } from "../../runtime/api/encrypted-store.js";
import { liveWorld } from "../../runtime/daemon/live-world.js";
import { MemoryStore } from "../../runtime/store/memory.js";
import type { Change } from "../../runtime/store/store.js";

const { clock, random } = liveWorld;

function setUp() {
  const below = new MemoryStore({ clock });
  const key = random.bytes(32);
  return { below, store: encryptedStore(below, { key, random }) };
}

test("secrets are unreadable below and unchanged above; the rest is left alone", async (t) => {
  const { below, store } = setUp();
  const value = JSON.stringify({ data: { password: "aHVudGVyMg==" }, text: "grüße" });
  await store.commit([
    { key: "core/secrets/default/a", value },
    { key: "core/configmaps/default/a", value },
  ]);
  t.false(below.get("core/secrets/default/a")?.value.includes("hunter"));
  t.false(below.get("core/secrets/default/a")?.value.includes("aHVudGVyMg"));
  t.is(below.get("core/configmaps/default/a")?.value, value);
  t.is(store.get("core/secrets/default/a")?.value, value);
  t.is(store.list("core/secrets/")[0]?.value, value);
});

test("equal values are stored differently", async (t) => {
  const { below, store } = setUp();
  await store.commit([{ key: "core/secrets/default/a", value: "{}" }]);
  const first = below.get("core/secrets/default/a")?.value;
  await store.commit([{ key: "core/secrets/default/a", value: "{}" }]);
  t.not(below.get("core/secrets/default/a")?.value, first);
});

test("a watch delivers both values readable, history and live", async (t) => {
  const { store } = setUp();
  await store.commit([{ key: "core/secrets/default/a", value: '{"n":1}' }]);
  const seen: Change[] = [];
  const subscription = store.watch("core/secrets/", 0, (change) => seen.push(change));
  await store.commit([{ key: "core/secrets/default/a", value: '{"n":2}' }]);
  await store.commit([{ key: "core/secrets/default/a", value: undefined }]);
  subscription.close();
  t.deepEqual(
    seen.map(({ previous, value }) => [previous, value]),
    [
      [undefined, '{"n":1}'],
      ['{"n":1}', '{"n":2}'],
      ['{"n":2}', undefined],
    ],
  );
});

test("a value under another name, a changed one and another key are refused", async (t) => {
  const { below, store } = setUp();
  await store.commit([{ key: "core/secrets/default/a", value: "{}" }]);
  const value = below.get("core/secrets/default/a")?.value ?? "";
  await below.commit([{ key: "core/secrets/default/b", value }]);
  t.throws(() => store.get("core/secrets/default/b"), { instanceOf: SecretUnreadable });

  const changed = `${value.slice(0, -4)}${value.endsWith("AAA=") ? "BBB=" : "AAA="}`;
  await below.commit([{ key: "core/secrets/default/c", value: changed }]);
  t.throws(() => store.get("core/secrets/default/c"), { instanceOf: SecretUnreadable });

  const other = encryptedStore(below, { key: random.bytes(32), random });
  t.throws(() => other.get("core/secrets/default/a"), { instanceOf: SecretUnreadable });
});

test("values from before encryption are still read, and encrypted when written again", async (t) => {
  const { below, store } = setUp();
  await below.commit([{ key: "core/secrets/default/a", value: '{"old":true}' }]);
  t.is(store.get("core/secrets/default/a")?.value, '{"old":true}');
  await store.commit([{ key: "core/secrets/default/a", value: '{"old":true}' }]);
  t.false(below.get("core/secrets/default/a")?.value.includes("old"));
});
