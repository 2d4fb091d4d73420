import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { ShimError } from "../../runtime/kernel/connection.js";
import type { ContainerState, ExecSpec, ExitRecord, Sandbox } from "../../runtime/kernel/engine.js";
import { builtFile } from "../../runtime/kernel/native.js";
import { protocol } from "../../runtime/kernel/protocol.js";
import { openTestEngine, type TestEngine } from "../support/test-engine.js";

/** Each test runs on the shim that ships and on the one built with AddressSanitizer, which dies of any finding. */
const shims = ["infra-shim", "infra-shim-asan"] as const;

function onEachShim(title: string, run: (t: ExecutionContext<unknown>, shim: string) => Promise<void>): void {
  for (const shim of shims) test(`${shim}: ${title}`, (t) => run(t, builtFile(shim)));
}

async function setUp(t: ExecutionContext, shim: string): Promise<TestEngine> {
  const it = await openTestEngine(shim);
  t.teardown(() => it.close());
  return it;
}

function nextExit(sandbox: Sandbox): Promise<ContainerState & { readonly exit: ExitRecord }> {
  return new Promise((resolve, reject) => {
    sandbox.onEvent((event) =>
      event.type === "exit" ? resolve(event.container) : reject(new Error(event.reason)),
    );
  });
}

async function runToEnd(it: TestEngine, argv: readonly string[], more = {}) {
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  const exit = nextExit(sandbox);
  await sandbox.createContainer(await it.container("main/0", argv, more));
  await sandbox.start("main/0");
  const state = await exit;
  const log = await readFile(it.logOf("main/0"), "utf8");
  return { sandbox, state, lines: log.split("\n").slice(0, -1), text: textOf(log) };
}

function textOf(log: string): string {
  return log.replace(/^\S+ \S+ F (.*\n)/gm, "$1");
}

const execSpec: ExecSpec = {
  argv: [],
  env: ["PATH=/usr/bin:/bin"],
  cwd: "/",
  tty: false,
  stdin: false,
  user: { uid: 0, gid: 0, additionalGids: [] },
  capabilities: [],
  noNewPrivileges: true,
  seccomp: "default",
};

async function all(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}

onEachShim(
  "a container runs, its output is in the CRI log, its exit is told once and recorded",
  async (t, shim) => {
    const it = await setUp(t, shim);
    const { state, lines, sandbox } = await runToEnd(it, [
      "sh",
      "-c",
      "echo out; echo err >&2; printf tail; exit 7",
    ]);
    t.is(state.exit.code, 7);
    t.is(state.exit.signal, 0);
    t.true(state.exit.finishedAt >= state.exit.startedAt);
    t.deepEqual(lines.map((line) => line.replace(/^\S+ /, "")).sort(), [
      "stderr F err",
      "stdout F out",
      "stdout P tail",
    ]);
    t.regex(lines[0] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z std/);
    const record = JSON.parse(await readFile(`${it.folder}/s/a/exit.0`, "utf8"));
    t.like(record, { name: "main/0", code: 7, oomKilled: false });
    await sandbox.remove("main/0");
    t.false(existsSync(`${it.folder}/s/a/exit.0`));
    t.deepEqual(sandbox.containers(), []);
  },
);

onEachShim("a container has namespaces, mounts and rights of its own", async (t, shim) => {
  const it = await setUp(t, shim);
  const { text } = await runToEnd(it, [
    "sh",
    "-c",
    [
      "echo pid $$",
      "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status",
      "cat /proc/kcore | wc -c",
      "touch /proc/sys/kernel/hostname 2>&1; echo 1 > /proc/sys/kernel/hostname",
      "touch /written && echo root is writable",
      "mount -t tmpfs none /tmp; unshare -n true",
      "ls /dev | tr '\\n' ' '; echo",
      "ls /proc/self/fd | wc -l",
      "cat /proc/self/cgroup | grep -c pod",
    ].join("\n"),
  ]);
  t.regex(text, /^pid 1$/m);
  t.regex(text, /CapEff:\s+00000000000000e1/);
  t.regex(text, /NoNewPrivs:\s+1/);
  t.regex(text, /Seccomp:\s+2/);
  t.regex(text, /^0$/m);
  t.regex(text, /Read-only file system/);
  t.regex(text, /root is writable/);
  t.regex(text, /mount: .*(permission denied|must be superuser)/);
  t.regex(text, /unshare: .*Operation not permitted/);
  t.regex(text, /fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero/);
  t.regex(text, /^4$/m);
});

onEachShim("what cannot start says why, with the exit code of shells", async (t, shim) => {
  const it = await setUp(t, shim);
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  await sandbox.createContainer(await it.container("missing/0", ["no-such-program"]));
  const missing = await t.throwsAsync(sandbox.start("missing/0"), { instanceOf: ShimError });
  t.is(missing?.exitCode, 127);
  t.is(missing?.message, 'exec: executable file "no-such-program" not found in $PATH');
  await sandbox.createContainer(await it.container("denied/0", ["/usr/share"]));
  const denied = await t.throwsAsync(sandbox.start("denied/0"), { instanceOf: ShimError });
  t.is(denied?.exitCode, 126);
  await sandbox.createContainer(
    await it.container("bind/0", ["true"], {
      mounts: [{ source: "/no/such/source", target: "/x", readonly: false }],
    }),
  );
  await t.throwsAsync(sandbox.start("bind/0"), { message: /mount \/x: ENOENT/ });
  for (const name of ["missing/0", "denied/0", "bind/0"]) await sandbox.remove(name);
  t.deepEqual(sandbox.containers(), []);
});

onEachShim("a signal ends a container, and its number is in the record", async (t, shim) => {
  const it = await setUp(t, shim);
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  const exit = nextExit(sandbox);
  await sandbox.createContainer(
    await it.container("main/0", ["sh", "-c", "trap 'exit 3' TERM; sleep 60 & wait"]),
  );
  await sandbox.start("main/0");
  await t.throwsAsync(sandbox.remove("main/0"), { message: /still runs/ });
  await untilTrapped(sandbox);
  await sandbox.kill("main/0", 15);
  t.is((await exit).exit.code, 3);
  await sandbox.kill("main/0", 15);
  const second = new Promise<ExitRecord>((resolve) =>
    sandbox.onEvent((event) => event.type === "exit" && resolve(event.container.exit)),
  );
  await sandbox.createContainer(await it.container("main/1", ["sleep", "60"]));
  await sandbox.start("main/1");
  await sandbox.killAll("main/1");
  t.like(await second, { code: 137, signal: 9, oomKilled: false });
});

/** pid 1 ignores TERM until its handler is installed. */
async function untilTrapped(sandbox: Sandbox): Promise<void> {
  const pid = sandbox.containers()[0]?.pid;
  for (let round = 0; round < 500; round += 1) {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    if (BigInt(`0x${/^SigCgt:\s+(\w+)/m.exec(status)?.[1] ?? "0"}`) & (1n << 14n)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("the shell installed no handler");
}

onEachShim("memory beyond the limit is an OOM kill", async (t, shim) => {
  const it = await setUp(t, shim);
  const { state } = await runToEnd(it, ["sh", "-c", "head -c 64M /dev/zero | tail"], {
    resources: { memoryBytes: 16 * 1024 * 1024, pids: 10, cpuShares: 2, cpuQuotaUs: 50_000 },
  });
  t.true(state.exit.oomKilled);
});

onEachShim("exec joins a running container: output, input, exit code, terminal", async (t, shim) => {
  const it = await setUp(t, shim);
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  await sandbox.createContainer(await it.container("main/0", ["sleep", "60"]));
  await sandbox.start("main/0");

  const plain = await sandbox.exec("main/0", {
    ...execSpec,
    argv: ["sh", "-c", "cat; echo err >&2; exit 5"],
    stdin: true,
  });
  const bytes = "x".repeat(300_000);
  plain.stdin?.end(bytes);
  const [out, err, code] = await Promise.all([all(plain.stdout), all(plain.stderr), plain.exit]);
  t.is(out, bytes);
  t.is(err, "err\n");
  t.is(code, 5);

  const terminal = await sandbox.exec("main/0", {
    ...execSpec,
    argv: ["sh", "-c", "read x; stty size; tty"],
    stdin: true,
    tty: true,
  });
  terminal.resize(123, 45);
  terminal.stdin?.write("go\n");
  t.regex(await all(terminal.stdout), /45 123\r\n\/dev\/pts\/0\r\n/);
  t.is(await terminal.exit, 0);

  const killed = await sandbox.exec("main/0", { ...execSpec, argv: ["sleep", "60"] });
  killed.kill();
  t.is(await killed.exit, 137);

  await t.throwsAsync(sandbox.exec("main/0", { ...execSpec, argv: ["nothing-here"] }), {
    instanceOf: ShimError,
    message: /not found in \$PATH/,
  });
});

onEachShim("another engine adopts running containers and hears what ended meanwhile", async (t, shim) => {
  const it = await setUp(t, shim);
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  for (const [name, argv] of [
    ["stays/0", ["sleep", "60"]],
    ["ends/0", ["false"]],
  ] as const) {
    await sandbox.createContainer(await it.container(name, argv));
    await sandbox.start(name);
  }
  await nextExit(sandbox);
  const pid = sandbox.containers().find(({ name }) => name === "stays/0")?.pid;

  const next = it.reopen();
  const [adopted, ...others] = await next.adopt();
  t.deepEqual(others, []);
  if (adopted === undefined) return t.fail("nothing was adopted");
  t.like(await nextExit(adopted), { name: "ends/0", exit: { code: 1 } });
  t.is(adopted.containers().find(({ name }) => name === "stays/0")?.pid, pid);
  await adopted.destroy();
  t.false(existsSync(`${it.folder}/s/a`));
  t.false(existsSync(`/proc/${pid}`));
});

onEachShim("a dead shim is told, and its containers are swept away", async (t, shim) => {
  const it = await setUp(t, shim);
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  await sandbox.createContainer(await it.container("main/0", ["sleep", "60"]));
  const { pid } = await sandbox.start("main/0");
  const gone = new Promise<string>((resolve) =>
    sandbox.onEvent((event) => event.type === "gone" && resolve(event.reason)),
  );
  const record = JSON.parse(await readFile(`${it.folder}/s/a/sandbox.json`, "utf8")) as { pid: number };
  process.kill(record.pid, "SIGKILL");
  t.regex(await gone, /ended unexpectedly/);
  t.true(existsSync(`/proc/${pid}`));
  await sandbox.destroy();
  t.regex(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z "), /\) Z /); // dead, if not yet reaped
});

onEachShim("usage is that of the whole sandbox", async (t, shim) => {
  const it = await setUp(t, shim);
  const sandbox = await it.engine.createSandbox(it.sandbox("a"));
  await sandbox.createContainer(await it.container("main/0", ["sh", "-c", "sleep 60 & sleep 60"]));
  await sandbox.start("main/0");
  const { processes, memoryBytes, cpuNanos } = await sandbox.usage();
  t.true(processes >= 1 && processes <= 3);
  t.true(memoryBytes > 0);
  t.true(cpuNanos > 0n);
});

test("a sandbox whose record cannot be written is not set up: no later daemon would find its shim", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-shim-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const asked = join(folder, "asked");
  const shim = join(folder, "shim");
  await writeFile(
    shim,
    `#!${process.execPath}
new (require("node:net").Socket)({ fd: 3 }).once("data", (frame) => {
  require("node:fs").writeFileSync(${JSON.stringify(asked)}, String(frame.readUInt16LE(4)));
  process.exit();
});
`,
    { mode: 0o755 },
  );
  const it = await openTestEngine(shim);
  t.teardown(() => it.close());
  await mkdir(join(it.folder, "s/a/sandbox.json"), { recursive: true });
  await t.throwsAsync(it.engine.createSandbox(it.sandbox("a")), { code: "EISDIR" });
  if (existsSync(asked)) t.not(await readFile(asked, "utf8"), String(protocol.REQUEST_SETUP));
  await rm(join(it.folder, "s/a"), { recursive: true, force: true });
});
