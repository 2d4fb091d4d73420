import { fork } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  type ProjectedFile,
  VolumePathInvalid,
  writeFilesAtomically,
} from "../../runtime/agent/atomic-files.js";

async function makeFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-files-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, "volume");
}

const files = (
  texts: { readonly [path: string]: string },
  mode = 0o644,
): ReadonlyMap<string, ProjectedFile> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { bytes: Buffer.from(text), mode }]));

test("files have their bytes and modes, in folders too; what leaves is gone", async (t) => {
  const folder = await makeFolder(t);
  t.true(await writeFilesAtomically(folder, files({ a: "1", "deep/er/b": "2" }, 0o400)));
  t.is(await readFile(join(folder, "deep/er/b"), "utf8"), "2");
  t.is((await stat(join(folder, "a"))).mode & 0o777, 0o400);
  t.is(await readlink(join(folder, "a")), "..data/a");
  t.true(await writeFilesAtomically(folder, files({ a: "3" })));
  t.deepEqual(
    (await readdir(folder)).filter((name) => !name.startsWith("..")),
    ["a"],
  );
  t.is(
    (await readdir(folder)).filter((name) => /^\.\.\d/.test(name)).length,
    1,
    "one folder of files is left",
  );
});

test("the same files change nothing; another byte does", async (t) => {
  const folder = await makeFolder(t);
  t.true(await writeFilesAtomically(folder, files({ a: "1" })));
  t.false(await writeFilesAtomically(folder, files({ a: "1" })));
  t.true(await writeFilesAtomically(folder, files({ a: "2" })));
  t.true(await writeFilesAtomically(folder, files({})));
});

test("a reader sees the old files or the new ones, never a mixture", async (t) => {
  const folder = await makeFolder(t);
  await writeFilesAtomically(folder, files({ a: "0", b: "0" }));
  const reader = fork("-e", [reading, folder], { execPath: process.execPath, execArgv: [], stdio: "ignore" });
  t.teardown(() => reader.kill("SIGKILL"));
  const seen = new Promise<{ reads: number; mixed: number }>((resolve) =>
    reader.on("message", resolve as () => void),
  );
  for (let round = 1; round <= 150; round += 1)
    await writeFilesAtomically(folder, files({ a: String(round), b: String(round) }));
  reader.send("stop");
  const { mixed, reads } = await seen;
  t.true(reads > 50, `${reads} reads`);
  t.is(mixed, 0);
});

/** Reads both files through one open of the folder that `..data` is, as a careful program does. */
const reading = `const { readFileSync, realpathSync } = require("node:fs");
let reads = 0, mixed = 0;
process.on("message", () => { process.send({ reads, mixed }); process.exit(); });
const once = () => {
  try {
    const now = realpathSync(process.argv[1] + "/..data");
    const [a, b] = ["a", "b"].map((name) => readFileSync(now + "/" + name, "utf8"));
    reads += 1;
    if (a !== b || a === "") mixed += 1;
  } catch (error) { if (error.code !== "ENOENT") throw error; }
  setImmediate(once);
};
once();`;

test("what a killed daemon left is taken over", async (t) => {
  const folder = await makeFolder(t);
  await writeFilesAtomically(folder, files({ a: "1" }));
  const [current = ""] = (await readdir(folder)).filter((name) => /^\.\.\d/.test(name));
  await mkdir(join(folder, `..${Number(current.slice(2)) + 1}`));
  await writeFile(join(folder, `..${Number(current.slice(2)) + 1}`, "half"), "");
  await symlink("nowhere", join(folder, "..data_tmp"));
  t.true(await writeFilesAtomically(folder, files({ a: "2" })));
  t.is(await readFile(join(folder, "a"), "utf8"), "2");
  t.deepEqual((await readdir(folder)).sort().slice(1), ["..data", "a"]);
});

test("a path that would leave the volume is refused", async (t) => {
  const folder = await makeFolder(t);
  for (const path of ["../x", "a/../../x", "/etc/x", "", "..data"])
    await t.throwsAsync(
      writeFilesAtomically(folder, files({ [path]: "" })),
      { instanceOf: VolumePathInvalid },
      path,
    );
});
