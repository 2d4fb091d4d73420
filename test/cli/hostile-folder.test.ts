import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { askedOfProcess } from "../../cli/asked.js";
import { createHost } from "../../cli/host.js";
import { refusalText } from "../../cli/render/refusal.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { runCli } from "../support/cli.js";
import { stackFolder } from "../support/stack-folder.js";

/** Folders from somewhere, disks that are full, caches of somebody else. */

const settings = `import { configMap } from "infra";\nexport const settings = configMap("settings", { a: "1" });\n`;
const manifest = "infra.out/manifests/01-configmap-settings.yaml";
const compile = ["compile", "--no-check"];

test("what a killed compile left is finished, and is no part of the bundle", async (t) => {
  const folder = await stackFolder(t, {
    "infra.ts": settings,
    [`${manifest}.17.tmp`]: "half",
    "infra.out/build.json": "{}",
  });
  const { code, error } = await runCli(folder, compile);
  t.is(code, 0, error);
  t.regex((await runCli(folder, ["diff", "infra.out", "infra.out"])).out, /[Nn]o (difference|change)|same/);
});

test("a folder of somebody else's is refused, with a folder of theirs alone too", async (t) => {
  for (const foreign of ["notes.txt", "manifests/notes.txt", "src/main.ts"]) {
    const folder = await stackFolder(t, { "infra.ts": settings, [`infra.out/${foreign}`]: "mine" });
    await t.throwsAsync(runCli(folder, compile), { message: /holds other files$/ });
    t.is(readFileSync(join(folder, "infra.out", foreign), "utf8"), "mine");
  }
});

test("nothing is written through a link that a folder brings along", async (t) => {
  const folder = await stackFolder(t, {
    "victim/tsconfig.json": "mine",
    "stack/infra.ts": settings,
    "stack/tsconfig.json": '{ "extends": "./tsconfig.infra.json" }',
    "import/k8s.yaml":
      "{apiVersion: v1, kind: Secret, metadata: {name: redis}, data: {password: aHVudGVyMg==}}\n",
  });
  const [stack, imported] = [join(folder, "stack"), join(folder, "import")];
  const isUntouched = () => t.deepEqual(readdirSync(join(folder, "victim")), ["tsconfig.json"]);

  symlinkSync("../victim/tsconfig.json", join(stack, "tsconfig.infra.json"));
  t.is((await runCli(stack, compile)).code, 0);
  t.is(readFileSync(join(folder, "victim/tsconfig.json"), "utf8"), "mine");
  t.true(lstatSync(join(stack, "tsconfig.infra.json")).isFile());
  rmSync(join(stack, "infra.out/manifests"), { recursive: true });
  symlinkSync("../../victim", join(stack, "infra.out/manifests"));
  await t.throwsAsync(runCli(stack, compile), { message: /"manifests" in it is a link$/ });
  isUntouched();

  for (const [link, target] of [
    ["infra.ts", "../victim/new.ts"],
    ["secrets", "../victim"],
  ] as const) {
    symlinkSync(target, join(imported, link));
    for (const more of [[], ["--force"]])
      await t.throwsAsync(runCli(imported, ["import", "k8s.yaml", ...more]), { message: / is a link/ });
    rmSync(join(imported, link));
  }
  symlinkSync("../victim", join(imported, "site"));
  await t.throwsAsync(runCli(imported, ["init"]), { message: /^"site" is a link/ });
  isUntouched();
  t.deepEqual(readdirSync(imported).sort(), ["k8s.yaml", "site"]);
});

test("values of Secrets are their owner's alone before they are written, whoever could read the file before", async (t) => {
  const folder = await stackFolder(t, {
    "k8s.yaml": "{apiVersion: v1, kind: Secret, metadata: {name: redis}, data: {password: aHVudGVyMg==}}\n",
    "secrets/redis/password": "old",
  });
  const file = join(folder, "secrets/redis/password");
  const before = statSync(file).ino;
  t.is((await runCli(folder, ["import", "k8s.yaml", "--force"])).code, 0);
  const after = statSync(file);
  t.not(after.ino, before); // who has the old one open sees nothing of the new
  t.is(after.mode & 0o777, 0o600);
});

test.serial("another user's file in the cache counts as none", async (t) => {
  const folder = await stackFolder(t, { "cache/result": "forged", "stack/infra.ts": "theirs" });
  const host = createHost(folder, join(folder, "cache"));
  const own = process.geteuid;
  if (own === undefined) throw new Error("a platform without users");
  try {
    process.geteuid = () => own() + 1;
    t.is(host.read(join(folder, "cache/result")), undefined);
    t.is(String(host.read(join(folder, "stack/infra.ts"))), "theirs");
  } finally {
    process.geteuid = own;
  }
  t.is(String(host.read(join(folder, "cache/result"))), "forged");
});

test.serial("a folder of caches that is no absolute path is ignored", (t) => {
  const { HOME, XDG_CACHE_HOME } = process.env;
  const cacheWith = (home: string, cache: string) => {
    Object.assign(process.env, { HOME: home, XDG_CACHE_HOME: cache });
    return askedOfProcess("/").cache;
  };
  t.is(cacheWith("/home/a", ""), "/home/a/.cache/infra");
  t.is(cacheWith("/home/a", "caches"), "/home/a/.cache/infra");
  t.is(cacheWith("/home/a", "/caches"), "/caches/infra");
  t.regex(cacheWith("", ""), /^\/.*\/\.cache\/infra$/);
  for (const [name, value] of Object.entries({ HOME, XDG_CACHE_HOME }))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

test("a file that the machine refuses is no bug of ours", async (t) => {
  const folder = await stackFolder(t, { "infra.ts": settings, out: "a file" });
  const refused = await t.throwsAsync(runCli(folder, [...compile, "--output", "out/of/it"]), {
    code: "ENOTDIR",
  });
  t.regex(refusalText(refused) ?? "", /^Cannot go on: ENOTDIR.*out.*\n {2}hint: A file is where a folder/);
  t.is(refusalText(new TypeError("ours")), undefined);
  t.is(refusalText(Object.assign(new Error("gone"), { code: "ENOENT" })), undefined);
});

test("without a cache that can be written a compile goes on, and says so once", async (t) => {
  const folder = await stackFolder(t, { "infra.ts": settings, cache: "a file" });
  const { code, error } = await runCli(folder, compile);
  t.is(code, 0);
  t.is(
    error.match(/The cache below \S+cache cannot be written, so nothing is kept for the next time: ENOTDIR/g)
      ?.length,
    1,
  );
  t.regex(readFileSync(join(folder, manifest), "utf8"), /kind: ConfigMap/);
});

test("a file that no bundle can carry is named", async (t) => {
  const folder = await stackFolder(t, {
    "infra.ts": `import { configMap, file } from "infra";\nexport const big = configMap("big", { a: file("./big") });\n`,
    big: "",
  });
  truncateSync(join(folder, "big"), 2 ** 31);
  await t.throwsAsync(runCli(folder, compile), {
    code: "file-too-large",
    message: /big" is larger than 2 GiB$/,
  });
});

test("down reads a bundle as plan does: what is no whole one is named", async (t) => {
  for (const [record, why] of [
    ["{", "compile.json cannot be read"],
    ["null", "compile.json holds something else than it should at it"],
    ['{ "stack": 1 }', "compile.json holds something else than it should at "],
    ['{ "__proto__": { "stack": "shop" } }', "compile.json holds something else than it should at "],
  ] as const) {
    const folder = await stackFolder(t, { "infra.out/compile.json": record });
    for (const command of ["down", "plan"]) {
      const refused = await t.throwsAsync(runCli(folder, [command, "infra.out"]), { instanceOf: UsageError });
      t.true(refused?.message.includes(command === "down" ? why : "no whole bundle"), refused?.message);
    }
  }
});

test("data from outside the stack's folder is refused, by name and through a link; code beside it is not", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-outside-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "st"));
  await writeFile(join(folder, "config.json"), '{ "token": "hunter2" }');
  await writeFile(join(folder, "shared.ts"), 'export const mode = "fast";\n');
  await writeFile(join(folder, "st/own.json"), '{ "a": "b" }');
  await symlink("../config.json", join(folder, "st/linked.json"));
  const compileWith = async (path: string) => {
    await writeFile(
      join(folder, "st/infra.ts"),
      `import { configMap } from "infra";\nimport data from "${path}";\nimport { mode } from "../shared.js";\nexport const m = configMap("c", { a: JSON.stringify(data), mode });\n`,
    );
    return runCli(folder, ["compile", "st", "--no-check"]);
  };
  t.is((await compileWith("./own.json")).code, 0);
  for (const path of ["../config.json", "./linked.json"]) {
    const { code, error } = await compileWith(path);
    t.is(code, 1);
    t.regex(error, /error\[file-missing\].*outside the stack's folder\n {2}st\/infra\.ts:2:18/);
    t.false(error.includes("hunter2"));
  }
});

test("a pipe among files is passed over, one that is named is read, and neither holds up signals", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-pipe-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "k8s"));
  for (const name of ["k8s/compose.yaml", "named.yaml", "f.infra"])
    execFileSync("mkfifo", [join(folder, name)]);
  const object = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}\n";
  await writeFile(join(folder, "k8s/a.yaml"), object);

  const among = await runCli(folder, ["import", "k8s", "-o", "among"]);
  t.is(among.code, 0, among.error);
  await t.throwsAsync(runCli(folder, ["fmt", "f.infra"]), { message: /"f\.infra" is no regular file/ });

  const bin = fileURLToPath(new URL("../../bin/infra", import.meta.url));
  const importing = (output: string) =>
    spawn(bin, ["import", "named.yaml", "-o", output], { cwd: folder, stdio: "ignore" });
  const read = importing("named");
  await writeFile(join(folder, "named.yaml"), object); // waits for the reader
  t.deepEqual(await once(read, "exit"), [0, null]);
  const waiting = importing("never");
  const silent = await open(join(folder, "named.yaml"), "w"); // waits for the reader too
  waiting.kill("SIGTERM");
  t.deepEqual(await once(waiting, "exit"), [130, null]);
  await silent.close();
});

test("a name that begins with two dots is inside its folder", async (t) => {
  const folder = stackFolder(t, {
    "infra.ts": `import { configMap, file } from "infra";\nexport const a = configMap("a", { k: file("./..data/k") });\n`,
    "..data/k": "v",
  });
  const { code, error } = await runCli(await folder, compile);
  t.is(code, 0, error);
});
