import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, chmod, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { edit, eventually, openTestInstance, type TestInstance, writeStack } from "../support/instance.js";

const execute = promisify(execFile);
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** A pod that serves a page, with what a test says about it. */
function stackText(container: string, more = ""): string {
  return `import { debian, deployment, image, service } from "infra";
const web = image("web", { from: debian({ packages: ["python3"], users: { web: 1000 } }), user: "web", cmd: ["python3", "-m", "http.server", "8080"], expose: { http: 8080 } });
const app = deployment("app", {
  containers: { web: { image: web, ${container} } },
  ${more}
});
export const front = service("app", { to: app, ports: { 80: "http" }, nodePorts: { http: 30090 } });
`;
}
/** Time to do something while `up` waits. */
const slow = `readiness: { http: "/", port: "http", every: "1s", after: "10s" }`;
const serving = `readiness: { http: "/", port: "http", every: "1s" }`;

async function upTo(it: TestInstance, text: string, ...args: readonly string[]) {
  const stack = await writeStack(join(it.folder, "stack"), { "infra.ts": text });
  return { stack, up: await it.infra("up", stack, "--yes", ...args) };
}

test("a command that is not in the image is said at once, with its line", async (t) => {
  const it = await openTestInstance(t);
  const { stack, up } = await upTo(it, stackText(`command: ["no-such-program"], ${serving}`));
  t.is(up.code, 1);
  t.regex(up.error, /✗ deployment\/app/);
  t.regex(up.error, /container web: .*"no-such-program" not found in \$PATH +infra\.ts:4/);
  await edit(join(stack, "infra.ts"), `command: ["no-such-program"], `, "");
  const mended = await it.infra("up", stack, "--yes");
  t.is(mended.code, 0, mended.error);
  t.regex(await it.get("http://127.0.0.1:30090/"), /Directory listing/);
});

test("a crash loop is explained with the exit code and the last lines; what served goes on serving", async (t) => {
  const it = await openTestInstance(t);
  const { stack, up } = await upTo(it, stackText(serving));
  t.is(up.code, 0, up.error);
  await edit(
    join(stack, "infra.ts"),
    serving,
    `command: ["python3", "-c", "import os; print('starting'); os.environ['GREETING']"], ${serving}`,
  );
  const broken = await it.infra("up", stack, "--yes", "--timeout", "50s");
  t.is(broken.code, 1);
  t.regex(broken.error, /container web: exits with 1, \d times/);
  t.regex(broken.error, /last lines: .*Traceback/s);
  t.regex(broken.error, /KeyError: 'GREETING'/);
  t.regex(await it.get("http://127.0.0.1:30090/"), /Directory listing/);
});

test("a pod that never becomes ready ends the wait with its probe's answer", async (t) => {
  const it = await openTestInstance(t);
  const text = stackText(`readiness: { http: "/not-there", port: "http", every: "1s" }`);
  const { up } = await upTo(it, text, "--timeout", "15s");
  t.is(up.code, 1);
  t.regex(up.error, /not ready after 15 s/);
  t.regex(up.error, /Readiness probe failed: HTTP probe failed with statuscode: 404/);
});

test("killing the daemon under load stops no pod, and the next daemon adopts them", async (t) => {
  const it = await openTestInstance(t);
  const { stack, up } = await upTo(it, stackText(serving, "replicas: 2,"));
  t.is(up.code, 0, up.error);
  const pods = async () =>
    (
      await it.kubectl(
        "get",
        "pods",
        "-o",
        "jsonpath={.items[*].metadata.name} {.items[*].status.containerStatuses[0].containerID} {.items[*].status.containerStatuses[0].restartCount}",
      )
    ).out;
  const before = await pods();
  const pid = await it.daemonPid();
  const serviceIp = (await it.kubectl("get", "svc", "app", "-o", "jsonpath={.spec.clusterIP}")).out;
  const steady = await it.load(`http://${serviceIp}/`);
  process.kill(pid, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 700));
  const status = await it.infra("status");
  t.is(status.out, `No instance runs at ${it.root}.\n`);
  t.is((await it.infra("daemon", "start")).code, 0);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const { asked, failures } = await steady.stop();
  t.true(asked > 50, `${asked} requests`);
  t.deepEqual(failures, []);
  t.is(await pods(), before);
  t.is((await it.infra("up", stack, "--yes")).out, "No changes. 2 resources match infra.ts.\n");
});

test("a kill in the middle of an up loses nothing: up again completes it", async (t) => {
  const it = await openTestInstance(t);
  t.is((await it.infra("daemon", "start")).code, 0);
  const pid = await it.daemonPid();
  const stack = await writeStack(join(it.folder, "stack"), {
    "infra.ts": stackText(slow, "replicas: 8,"),
  });
  const interrupted = it.infra("up", stack, "--yes");
  await eventually(async () => (await it.kubectl("get", "pods")).out.includes("app-"));
  process.kill(pid, "SIGKILL");
  const up = await interrupted;
  t.is(up.code, 1);
  t.regex(up.error, /Cannot reach the API server|went away|ended/);
  const again = await it.infra("up", stack, "--yes");
  t.is(again.code, 0, again.error);
  t.regex((await it.infra("status")).out, /deployment\/app +8\/8/);
});

test("after a reboot, when the run folder is gone, pods come back from the store", async (t) => {
  const it = await openTestInstance(t);
  const { up } = await upTo(it, stackText(serving));
  t.is(up.code, 0, up.error);
  const { slot } = JSON.parse((await it.infra("daemon", "status", "--format", "json")).out);
  process.kill(await it.daemonPid(), "SIGKILL");
  // What a reboot does: processes and tmpfs are gone, disks are not.
  const shims = (await it.run("pgrep", ["-f", "infra-shim"])).out.split("\n").filter(Boolean).map(Number);
  const own: number[] = [];
  for (const shim of shims)
    if ((await it.run("readlink", [`/proc/${shim}/cwd`])).out.startsWith(`/run/infra/${slot}/`))
      own.push(shim);
  for (const shim of own) process.kill(shim, "SIGKILL");
  const cgroup = `/sys/fs/cgroup/pids/infra-${slot}`;
  await it.run("sh", ["-c", `find ${cgroup} -name cgroup.procs -exec cat {} + | xargs -r kill -9`]);
  await it.run("sh", [
    "-c",
    `sleep 0.3; find /sys/fs/cgroup/*/infra-${slot} -depth -type d -exec rmdir {} +`,
  ]);
  await rm(`/run/infra/${slot}`, { recursive: true });
  await rm(`/run/infra/slots/${slot}`);
  const started = await it.infra("daemon", "start");
  t.is(started.code, 0, started.error);
  await eventually(async () => /deployment\/app +1\/1/.test((await it.infra("status")).out));
  t.regex((await it.infra("status")).out, /restarts 1/);
  t.regex(await it.get("http://127.0.0.1:30090/"), /Directory listing/);
});

test("a node port that another program has is named, and localhost works once it is free", async (t) => {
  const it = await openTestInstance(t);
  const [held, release] = [join(it.folder, "held"), join(it.folder, "release")];
  const hold = `import os,socket,sys,time
s = socket.create_server(("127.0.0.1", 30090)); open(sys.argv[1], "w")
for _ in range(500):
  if os.path.exists(sys.argv[2]): break
  time.sleep(0.1)`;
  const holder = it.run("python3", ["-c", hold, held, release]);
  await eventually(async () => existsSync(held));
  const { up } = await upTo(it, stackText(serving));
  t.is(up.code, 0, up.error);
  t.regex(up.error, /^warning: service\/app: 127\.0\.0\.1:30090 is in use by another program/m);
  t.notRegex((await it.infra("status")).out, /http:\/\/127\.0\.0\.1:30090/);
  await writeFile(release, "");
  await holder;
  await eventually(async () => (await it.get("http://127.0.0.1:30090/")).includes("Directory listing"));
  await eventually(async () => (await it.infra("status")).out.includes("http://127.0.0.1:30090"));
});

test("two daemons cannot have one root", async (t) => {
  const it = await openTestInstance(t);
  t.is((await it.infra("daemon", "start")).code, 0);
  const second = await it.infra("daemon", "run");
  t.is(second.code, 1);
  t.regex(second.error, /one runs there already \(pid \d+\)/);
});

test("a root that cannot be written is named, and who is not root is told", async (t) => {
  const it = await openTestInstance(t);
  const stack = await writeStack(join(it.folder, "stack"), { "infra.ts": stackText(serving) });
  const blocked = await it.infra("--root", "/proc/infra", "up", stack, "--yes");
  t.is(blocked.code, 1);
  t.regex(blocked.error, /Cannot use "\/proc\/infra" as the instance's root/);
  t.regex(blocked.error, /--root DIR or INFRA_ROOT/);
  await chmod(it.folder, 0o755);
  const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, cli];
  const user = await it.run("setpriv", [...asNobody, "up", stack, "--yes", "-o", "/tmp"]);
  t.is(user.code, 1);
  t.regex(user.error, /needs root/);
  t.regex(user.error, /sudo/);
});

test("a host without cgroups is told so, by up and by doctor", async (t) => {
  const it = await openTestInstance(t);
  const stack = await writeStack(join(it.folder, "stack"), { "infra.ts": stackText(serving) });
  const bare = (...args: readonly string[]) =>
    it.run("unshare", [
      "--mount",
      "sh",
      "-c",
      'umount -R /sys/fs/cgroup && exec "$@"',
      "sh",
      process.execPath,
      cli,
      ...args,
    ]);
  const up = await bare("up", stack, "--yes");
  t.is(up.code, 1);
  t.regex(
    up.error,
    /^ +Cannot limit resources: the cpu, memory and pids cgroup controllers are not all mounted$/m,
  );
  t.regex(up.error, /infra doctor lists what this host has/);
  const doctor = await bare("doctor");
  t.is(doctor.code, 1);
  t.regex(doctor.out, /^missing +cgroups/m);
});

test("a RUN that fails shows its words, keeps what served, and is mended by the next up", async (t) => {
  const it = await openTestInstance(t);
  const text = stackText(serving);
  const { stack, up } = await upTo(it, text);
  t.is(up.code, 0, up.error);
  const source = join(stack, "infra.ts");
  await edit(source, 'user: "web", cmd', 'run: [["sh", "-c", "echo trying; exit 7"]], user: "web", cmd');
  const failed = await it.infra("up", stack, "--yes");
  t.is(failed.code, 1);
  t.regex(
    failed.error,
    /Cannot build image\/web: run sh -c echo trying; exit 7 exits with 7 \(infra\.ts:2\)\n {2}last lines: {2}trying/,
  );
  t.regex(await it.get("http://127.0.0.1:30090/"), /Directory listing/);
  await edit(source, "exit 7", "id > /tmp/built-by");
  const mended = await it.infra("up", stack, "--yes");
  t.is(mended.code, 0, mended.error);
  t.regex((await it.infra("exec", "deployment/app", "--", "cat", "/tmp/built-by")).out, /^uid=0\(root\)/);
});

test("a lock that lacks a package is named at its line; without an archive up cannot add it, and says so", async (t) => {
  const it = await openTestInstance(t);
  const { stack, up } = await upTo(it, stackText(serving).replace('"python3"', '"python3", "sl"'));
  t.is(up.code, 1);
  t.is(
    up.error,
    "Cannot resolve Debian packages: apt could not read the archive's lists\n" +
      "  hint: See what apt-get update says on this host\n",
  );
  const compiled = await it.infra("compile", stack);
  t.is(compiled.code, 1);
  t.regex(compiled.error, /^error\[lock-\w+\].*\n {2}stack\/infra\.ts:2:/m);
  t.regex(compiled.error, /infra lock/);
});

test("an instance whose store is damaged says so, and is removed with its pods all the same", async (t) => {
  const it = await openTestInstance(t);
  const { stack, up } = await upTo(it, stackText(serving));
  t.is(up.code, 0, up.error);
  const [shim = ""] = (await it.kubectl("get", "pods", "-o", "jsonpath={.items[*].metadata.uid}")).out.split(
    " ",
  );
  t.is((await it.infra("daemon", "stop")).code, 0);
  await truncate(join(it.root, "store/objects.mdb"), 20_000);
  const broken = await it.infra("up", stack, "--yes");
  t.is(broken.code, 1);
  t.regex(broken.error, /store may be damaged: infra down --purge removes the instance/);
  t.is((await it.run("pgrep", ["-f", shim])).code, 0, "its pod still runs");
  const down = await it.infra("down", stack, "--yes", "--purge");
  t.is(down.code, 0, down.error);
  await t.throwsAsync(access(it.root), { code: "ENOENT" });
  await eventually(async () => (await it.run("pgrep", ["-f", shim])).code === 1);
});

test("on a full disk writes are refused with a reason, and what runs goes on", async (t) => {
  const disk = await mkdtemp(join(tmpdir(), "infra-disk-"));
  await execute("mount", ["-t", "tmpfs", "-o", "size=160m", "infra-disk", disk]);
  t.teardown(async () => {
    // What ended last may not be out of it at once.
    await eventually(() =>
      execute("umount", [disk]).then(
        () => true,
        () => false,
      ),
    );
    await rm(disk, { recursive: true });
  });
  const it = await openTestInstance(t, { root: join(disk, "root") });
  const { stack, up } = await upTo(it, stackText(serving));
  t.is(up.code, 0, up.error);
  await execute("dd", ["if=/dev/zero", `of=${disk}/fill`, "bs=1M"]).catch(() => {}); // until it is full
  await edit(join(stack, "infra.ts"), 'deployment("app", {', 'deployment("app", { replicas: 2,');
  const full = await it.infra("up", stack, "--yes");
  t.is(full.code, 1);
  t.regex(full.error, /free space|No space|disk/i);
  t.regex(await it.get("http://127.0.0.1:30090/"), /Directory listing/);
  await rm(join(disk, "fill"));
  const after = await it.infra("up", stack, "--yes");
  t.is(after.code, 0, after.error);
  t.regex((await it.infra("status")).out, /deployment\/app +2\/2/);
});
