import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { accountFiles } from "../../runtime/images/debian-accounts.js";
import { debianRequestKey, type LockFile } from "../../stdlib/schema/bundle.js";
import { openTestEngine } from "../support/test-engine.js";
import { build, image, makeFolder, openStore, runOf } from "./fixtures.js";

const lockPath = new URL("../../examples/guestbook/infra.lock", import.meta.url);

test("the example's locked packages make a system whose programs run, though no script of theirs did", async (t) => {
  const lock = JSON.parse(await readFile(lockPath, "utf8")) as LockFile;
  const locked = lock.debian[debianRequestKey(["redis-server"])];
  if (locked === undefined) return t.fail("the example's lock has no redis-server");
  const folder = await makeFolder(t);
  const engine = await openTestEngine();
  t.teardown(() => engine.close());
  const store = await openStore(join(folder, "store"), { engine: engine.engine });
  const script = [
    "set -e",
    "redis-server --version",
    "id redis",
    "awk 'BEGIN { print 6 * 7 }'",
    "which sh",
    "getent hosts localhost",
    "dpkg-query --list redis-server dash",
    "dpkg --verify && echo verified",
    "ls -ld /tmp /bin /etc/shadow /var/run",
  ].join("\n");
  const base = { kind: "debian", ...locked, users: { redis: 999 } } as const;
  const events = await build(store, [image("redis", base, [runOf("/bin/sh", "-c", script)])], folder);
  const text = events
    .map((event) => (event.type === "output" && event.stream === "stdout" ? `${event.text}\n` : ""))
    .join("");
  t.regex(text, /^Redis server v=7/m);
  t.regex(text, /^uid=999\(redis\) gid=999\(redis\)/m);
  t.regex(text, /^42$/m);
  t.regex(text, /^\/usr\/bin\/sh$/m);
  t.regex(text, /localhost/);
  t.regex(text, /^ii +redis-server /m);
  t.regex(text, /^ii +dash /m);
  t.regex(text, /^verified$/m);
  t.regex(text, /^drwxrwxrwt .* \/tmp$/m);
  t.regex(text, /\/bin -> usr\/bin$/m);
  t.regex(text, /^-rw-r----- 1 root shadow .* \/etc\/shadow$/m);
  t.regex(text, /\/var\/run -> \/run$/m);
});

test("accounts: Debian's own and the image's, each once, nobody with a password", (t) => {
  const { passwd, group, shadow } = accountFiles({ web: 1000, games: 5000, app: 500 });
  const names = passwd
    .trim()
    .split("\n")
    .map((line) => line.split(":")[0]);
  t.is(new Set(names).size, names.length);
  t.regex(passwd, /^root:x:0:0:root:\/root:\/bin\/sh$/m);
  t.regex(passwd, /^nobody:x:65534:65534:/m);
  t.regex(passwd, /^games:x:5000:5000:/m);
  t.deepEqual(names.slice(-3), ["app", "web", "games"]);
  t.regex(group, /^web:x:1000:$/m);
  t.regex(group, /^nogroup:x:65534:$/m);
  t.is(group.match(/^games:/gm)?.length, 1);
  for (const line of shadow.trim().split("\n")) t.regex(line, /^[^:]+:\*:/);
});
