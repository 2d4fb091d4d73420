import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { openDeb, PackageInvalid, readMember } from "../../runtime/images/deb-archive.js";
import { readTar } from "../../runtime/images/tar-read.js";
import { HostUnsupported } from "../../stdlib/base/errors.js";
import { makeFolder, serveArchive } from "./fixtures.js";

const never = new AbortController().signal;

async function namesIn(path: string, member: "control" | "data" = "data"): Promise<readonly string[]> {
  const names: string[] = [];
  await readTar(readMember((await openDeb(path))[member], never), {
    entry: ({ path: name }) => void names.push(name),
    content: () => {},
    end: () => {},
  });
  return names;
}

for (const compression of ["none", "gzip", "xz"] as const)
  test(`reads packages compressed with ${compression}`, async (t) => {
    const archive = await serveArchive(t);
    const made = await archive.add("p", { "usr/share/p/file": "x".repeat(100_000) }, { compression });
    const path = join(archive.folder, made.path);
    t.deepEqual(await namesIn(path), [".", "./usr", "./usr/share", "./usr/share/p", "./usr/share/p/file"]);
    t.true((await namesIn(path, "control")).includes("./control"));
  });

test("zstd is read with the host's program, or says that it is missing", async (t) => {
  const archive = await serveArchive(t);
  const { path } = await archive.add("p", { "usr/share/p": "x" }, { compression: "zstd" });
  const names = namesIn(join(archive.folder, path));
  if (existsSync("/usr/bin/zstd")) t.true((await names).includes("./usr/share/p"));
  else await t.throwsAsync(names, { instanceOf: HostUnsupported, message: /no "zstd"/ });
});

test("what is no package, or a damaged one, is refused", async (t) => {
  const archive = await serveArchive(t);
  const { path } = await archive.add("p", { "usr/share/p": "x".repeat(5000) }, { compression: "xz" });
  const whole = await readFile(join(archive.folder, path));
  const folder = await makeFolder(t);
  const bent = async (name: string, change: (bytes: Buffer) => Buffer) => {
    const file = join(folder, name);
    await writeFile(file, change(Buffer.from(whole)));
    return namesIn(file);
  };
  await t.throwsAsync(
    bent("empty", () => Buffer.alloc(0)),
    { instanceOf: PackageInvalid },
  );
  await t.throwsAsync(
    bent("text", () => Buffer.from("no archive at all")),
    { instanceOf: PackageInvalid },
  );
  for (const length of [8, 30, 72, 200, whole.length - 10])
    await t.throwsAsync(
      bent(`cut-${length}`, (bytes) => bytes.subarray(0, length)),
      { instanceOf: PackageInvalid },
      String(length),
    );
  const version = bent("version", (bytes) => {
    bytes.write("3.0", 68, "latin1");
    return bytes;
  });
  await t.throwsAsync(version, { message: /format 2/ });
  const flipped = bent("flipped", (bytes) => {
    const at = bytes.length - 60;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    return bytes;
  });
  await t.throwsAsync(flipped, { instanceOf: PackageInvalid, message: /Cannot unpack "data\.tar\.xz"/ });
});

test("an abort ends reading", async (t) => {
  const archive = await serveArchive(t);
  const { path } = await archive.add("p", { "usr/share/p": "x" }, { compression: "xz" });
  const { data } = await openDeb(join(archive.folder, path));
  const visitor = { entry: () => {}, content: () => {}, end: () => {} };
  await t.throwsAsync(readTar(readMember(data, AbortSignal.abort(new Error("enough"))), visitor));
});
