import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { lockDebian, PackagesUnresolved } from "../../runtime/images/debian-lock.js";

const never = new AbortController().signal;

test.before(async () => {
  process.env["TMPDIR"] = await mkdtemp(join(tmpdir(), "infra-lock-")); // other tests resolve packages meanwhile
});
test.after.always(() => rm(tmpdir(), { recursive: true }));

/** An apt that was killed leaves files of its own. */
async function ownFolders(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("infra-"));
}

test.serial("a request has exact packages with hashes, what they need first, and the base", async (t) => {
  const { bzip2 } = await lockDebian([["bzip2"]], never);
  const names = bzip2?.packages.map(({ name }) => name) ?? [];
  for (const name of ["bzip2", "libbz2-1.0", "base-files", "libc-bin", "dash", "coreutils", "libc6"])
    t.true(names.includes(name), name);
  t.true(names.indexOf("libc6") < names.indexOf("bzip2"));
  t.false(names.includes("apt"));
  for (const { name, version, path, sha256, size } of bzip2?.packages ?? []) {
    t.regex(sha256, /^[0-9a-f]{64}$/, name);
    t.regex(path, /^pool\/.*\.deb$/, name);
    t.true(size > 0 && version !== "", name);
  }
});

test.serial("a package that does not exist is named, and no folder is left", async (t) => {
  await t.throwsAsync(lockDebian([["no-such-package-here"]], never), {
    instanceOf: PackagesUnresolved,
    message: /no-such-package-here/,
  });
  t.deepEqual(await ownFolders(), []);
});

test.serial("an abort ends it, and no folder is left", async (t) => {
  await t.throwsAsync(lockDebian([["bzip2"]], AbortSignal.timeout(300)));
  t.deepEqual(await ownFolders(), []);
});
