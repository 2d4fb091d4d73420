import { spawn } from "node:child_process";
import { mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { ContainerSpec, SandboxSpec } from "../../runtime/kernel/engine.js";
import { builtFile } from "../../runtime/kernel/native.js";
import { removeTree } from "../../runtime/kernel/remove-tree.js";
import { openTestEngine, type TestEngine } from "../support/test-engine.js";

/** What a container must not reach, on the shim that ships and on the one built with AddressSanitizer. */
function onEachShim(title: string, run: (t: ExecutionContext, it: TestEngine) => Promise<void>): void {
  for (const shim of ["infra-shim", "infra-shim-asan"])
    test(`${shim}: ${title}`, async (t) => {
      const it = await openTestEngine(builtFile(shim));
      t.teardown(() => it.close());
      await run(t, it);
    });
}

/** Runs a shell script to its end. @returns what it wrote. */
async function shell(
  it: TestEngine,
  script: string,
  more: Partial<ContainerSpec> = {},
  sandboxMore: Partial<SandboxSpec> = {},
): Promise<string> {
  const sandbox = await it.engine.createSandbox(it.sandbox("a", sandboxMore));
  const ended = new Promise<void>((resolve) => sandbox.onEvent(() => resolve()));
  await sandbox.createContainer(await it.container("main/0", ["sh", "-c", script], more));
  await sandbox.start("main/0");
  await ended;
  const log = await readFile(it.logOf("main/0"), "utf8");
  await sandbox.destroy();
  return log.replace(/^\S+ \S+ F (.*\n)/gm, "$1");
}

onEachShim(
  "no device node that a container makes can be opened, in its root, /dev or a volume",
  async (t, it) => {
    const volume = join(it.folder, "volume");
    await mkdir(volume);
    const places = ["/node", "/dev/node", "/dev/shm/node", "/v/node"];
    const script = places.map((path) => `mknod ${path} c 1 5 && head -c 1 ${path} | wc -c`);
    const text = await shell(
      it,
      `exec 2>&1; ${script.join("; ")}; head -c 3 /dev/zero | wc -c; echo > /dev/null`,
      {
        mounts: [
          { source: "/usr", target: "/usr", readonly: true },
          { source: volume, target: "/v", readonly: false },
        ],
        capabilities: ["CAP_MKNOD"],
        noNewPrivileges: false,
        seccomp: "unconfined",
      },
    );
    t.is(text.match(/Permission denied/g)?.length, places.length, text);
    t.regex(text, /^3$/m);
  },
);

onEachShim("a path beneath a source follows no link and never leaves it", async (t, it) => {
  const volume = join(it.folder, "volume");
  await mkdir(volume, { mode: 0o777 });
  await symlink("/", join(volume, "root"));
  await symlink("made", join(volume, "inside"));
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  let number = 0;
  const start = async (beneath: string) => {
    number += 1;
    const name = `c${number}/0`;
    const mounts = [
      { source: "/usr", target: "/usr", readonly: true },
      { source: volume, beneath, target: "/v", readonly: false },
    ];
    await sandbox.createContainer(await it.container(name, ["true"], { mounts }));
    await sandbox.start(name);
  };
  for (const beneath of ["root", "root/etc", "inside", "../volume", "made/../.."])
    await t.throwsAsync(start(beneath), { message: /mount \/v: (ELOOP|EXDEV)/ }, beneath);
  await start("made/below");
  t.true((await stat(join(volume, "made/below"))).isDirectory());
});

onEachShim(
  "a path beneath a source that is swapped for a link all the time leads nowhere else",
  async (t, it) => {
    const volume = join(it.folder, "volume");
    await mkdir(join(volume, "d"), { recursive: true });
    await writeFile(join(volume, "d/ours"), "");
    const swapper = spawn(process.execPath, ["-e", swap, volume], { stdio: "ignore" });
    t.teardown(() => swapper.kill("SIGKILL"));
    const sandbox = await it.engine.createSandbox(it.sandbox("a"));
    const mounts = [
      { source: "/usr", target: "/usr", readonly: true },
      { source: volume, beneath: "d", target: "/v", readonly: true },
    ];
    for (let round = 0; round < 60; round += 1) {
      const name = `c/${round}`;
      const exit = new Promise<number>((resolve) =>
        sandbox.onEvent(
          (event) =>
            event.type === "exit" && event.container.name === name && resolve(event.container.exit.code),
        ),
      );
      await sandbox.createContainer(await it.container(name, ["sh", "-c", "! test -e /v/etc"], { mounts }));
      const started = await sandbox.start(name).then(
        () => true,
        (error: Error) => t.regex(error.message, /ELOOP|ENOENT/) && false,
      );
      if (started) t.is(await exit, 0, "the host's root is at /v");
      await sandbox.remove(name);
    }
  },
);

const swap = `const { renameSync, symlinkSync, unlinkSync } = require("node:fs");
process.chdir(process.argv[1]);
for (const end = Date.now() + 20000; Date.now() < end; ) {
  renameSync("d", "e"); symlinkSync("/", "d"); unlinkSync("d"); renameSync("e", "d");
}`;

onEachShim("a sandbox without network has its loopback and nothing of the host's", async (t, it) => {
  const text = await shell(it, "cat /proc/net/dev; cat /proc/net/route", {}, { network: "none" });
  t.regex(text, /^ *lo:/m);
  t.is(text.match(/^ *\w+:/gm)?.length, 1, text);
});

test("an instance's processes are limited together", async (t) => {
  const it = await openTestEngine();
  t.teardown(() => it.close());
  const name = it.folder.slice(it.folder.lastIndexOf("/") + 1);
  const folder = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].map((mount) => join(mount, name, "pids.max"));
  const limit = await readFile(folder[0] ?? "", "utf8").catch(() => readFile(folder[1] ?? "", "utf8"));
  t.true(Number(limit) <= Number(await readFile("/proc/sys/kernel/pid_max", "utf8")) / 2);
});

test("a tree deeper than any path is removed whole", async (t) => {
  const it = await openTestEngine();
  t.teardown(() => it.close());
  const volume = join(it.folder, "volume");
  await mkdir(volume);
  await shell(
    it,
    "cd /v; mkdir keep; for n in $(seq 100); do mkdir $(printf 'd%.0s' $(seq 200)) && cd -P d*; touch file; done",
    {
      mounts: [
        { source: "/usr", target: "/usr", readonly: true },
        { source: volume, target: "/v", readonly: false },
      ],
    },
  );
  await t.throwsAsync(rm(volume, { recursive: true }), { code: "ENAMETOOLONG" });
  await removeTree(volume);
  await t.throwsAsync(stat(volume), { code: "ENOENT" });
  await t.notThrowsAsync(removeTree(volume));
});
