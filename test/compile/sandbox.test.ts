import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";

/** Programs that have left their V8 context run into each of the kernel's walls, alone and together. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(packageRoot, "dist");
const breakout = join(packageRoot, "test/support/breakout.cjs");
const addon = join(dist, "infra-enclosure.node");

interface Outcome {
  /** What the program came to, or the word by which it was stopped. */
  readonly told: string;
  readonly stderr: string;
}

/** @param walls - `namespaces` is the launcher's, the others are the addon's. */
function breakOut(walls: readonly string[], code: string, ...more: readonly string[]): Promise<Outcome> {
  const node = [
    process.execPath,
    breakout,
    addon,
    walls.filter((wall) => wall !== "namespaces").join(),
    code,
  ];
  const launcher = walls.includes("namespaces") ? [join(dist, "infra-enclosure"), "1024"] : [];
  const [program = "", ...args] = [...launcher, ...node, ...more];
  return new Promise((resolve) => {
    execFile(program, args, { env: {} }, (_error, stdout, stderr) => {
      const word = /^infra-stopped \d+ \S+ \d+$/m.exec(stderr);
      resolve({ told: word === null ? stdout : word[0], stderr });
    });
  });
}

const all = ["namespaces", "forbidFiles", "filterCalls"];
const stopped = (call: string) => `infra-stopped 31 ${call} 7`;

/** What is tried, and what it comes to behind one wall or all. */
const attempts: readonly (readonly [
  what: string,
  code: string,
  behind: { readonly [wall: string]: string },
])[] = [
  [
    "reading a file",
    'return modules.fs.readFileSync("/etc/passwd", "utf8")',
    { forbidFiles: '"EACCES"', filterCalls: '"EPERM"', all: '"EPERM"' },
  ],
  [
    "reading a file on another thread",
    'return modules.fs.promises.readFile("/etc/passwd", "utf8")',
    { forbidFiles: '"EACCES"', filterCalls: '"EPERM"', all: '"EPERM"' },
  ],
  [
    "listing a folder",
    'return modules.fs.readdirSync("/")',
    { forbidFiles: '"EACCES"', filterCalls: '"EPERM"', all: '"EPERM"' },
  ],
  [
    "writing a file",
    'modules.fs.writeFileSync("/tmp/escaped", "x")',
    { forbidFiles: '"EACCES"', filterCalls: stopped("openat"), all: stopped("openat") },
  ],
  ["removing a file", 'modules.fs.unlinkSync("/etc/passwd")', { filterCalls: '"EPERM"', all: '"EPERM"' }],
  [
    "running a program",
    'return modules.child_process.spawnSync("/bin/true").error.code',
    { forbidFiles: '"EACCES"', filterCalls: stopped("socketpair"), all: stopped("socketpair") },
  ],
  [
    "signalling the parent",
    "process.kill(process.ppid, 0)",
    { forbidFiles: '"EPERM"', filterCalls: stopped("kill"), all: stopped("kill") },
  ],
  ["signalling everybody", "process.kill(-1, 0)", { filterCalls: stopped("kill"), all: stopped("kill") }],
  [
    "datagrams",
    'modules.dgram.createSocket("udp4").send("x", 53, "127.0.0.1"); await new Promise((r) => setTimeout(r, 50))',
    { filterCalls: stopped("socket"), all: stopped("socket") },
  ],
];
for (const [what, code, behind] of attempts) {
  for (const [wall, expected] of Object.entries(behind)) {
    test(`${what}, behind ${wall}`, async (t) => {
      const { told, stderr } = await breakOut(wall === "all" ? all : [wall], code);
      t.is(told, expected, stderr);
    });
  }
}

test("connecting to the machine's own services", async (t) => {
  const server = createServer(() => t.fail("something connected")).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const code = `await new Promise((resolve, reject) =>
    modules.net.connect(${port}, "127.0.0.1", resolve).on("error", reject))`;
  t.is((await breakOut(["namespaces"], code)).told, '"ENETUNREACH"');
  t.is((await breakOut(["forbidFiles"], code)).told, '"EACCES"');
  t.is((await breakOut(["filterCalls"], code)).told, stopped("socket"));
  t.is((await breakOut(all, code)).told, stopped("socket"));
});

test("more memory than a stack has", async (t) => {
  const code = "const kept = []; for (;;) kept.push(Buffer.alloc(1 << 28, 1))";
  const { told, stderr } = await breakOut(all, code);
  t.regex(told + stderr, /ERR_MEMORY_ALLOCATION_FAILED|allocation failed|out of memory/i);
});

test("threads of its own are behind the same walls", async (t) => {
  const code = `const { Worker } = modules.worker_threads;
    const inner = 'require("fs").readFileSync("/etc/passwd")';
    return new Promise((resolve) => new Worker(inner, { eval: true }).on("error", (error) => resolve(error.code)))`;
  t.is((await breakOut(["forbidFiles"], code)).told, '"EACCES"');
});

/**
 * What remains: memory, threads, time, and what was open. Numbers of x86-64, from the kernel's syscall_64.tbl. 335 and
 * 336 (uretprobe, uprobe) pass every filter and end the process.
 */
const remaining = [
  0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 24, 25, 28, 35, 39, 56, 60, 72, 96, 98, 131, 186, 202, 204,
  219, 228, 229, 230, 231, 232, 233, 234, 271, 273, 281, 290, 291, 293, 309, 318, 324, 329, 334, 335, 336,
  435,
];

test("every other system call is refused", async (t) => {
  if (process.arch !== "x64") {
    t.pass("the numbers are those of another processor");
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "infra-sandbox-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const raw = join(folder, "raw-call.node");
  const headers = join(packageRoot, "node_modules/node-api-headers/include");
  const source = join(packageRoot, "test/support/raw-call.c");
  execFileSync("gcc", [
    "-D_GNU_SOURCE",
    "-DNAPI_VERSION=9",
    "-shared",
    "-fPIC",
    "-I",
    headers,
    "-o",
    raw,
    source,
  ]);
  const traps = new Map(
    Object.entries({
      open: 2, // for reading it fails, see above
      connect: 42,
      bind: 49,
      socket: 41,
      socketpair: 53,
      sendto: 44,
      sendmsg: 46,
      fork: 57,
      vfork: 58,
      execve: 59,
      kill: 62,
      truncate: 76,
      creat: 85,
      ptrace: 101,
      setuid: 105,
      setgid: 106,
      mount: 165,
      tkill: 200,
      openat: 257,
      mkdirat: 258,
      fchownat: 260,
      unlinkat: 263,
      linkat: 265,
      symlinkat: 266,
      fchmodat: 268,
      unshare: 272,
      setns: 308,
      process_vm_readv: 310,
      process_vm_writev: 311,
      bpf: 321,
      execveat: 322,
      pidfd_open: 434,
    }),
  );
  const silent = Array.from({ length: 470 }, (_, number) => number).filter(
    (number) => ![...traps.values(), ...remaining].includes(number),
  );
  const code = `return ${JSON.stringify(silent)}.filter((number) => modules.call(number) !== -1)`;
  t.is((await breakOut(all, code, raw)).told, "[]");
  t.is((await breakOut(all, "return modules.call(56, 17)", raw)).told, stopped("clone")); // a process, no thread
  t.is(
    (await breakOut(all, "return modules.call(234, process.ppid, process.ppid, 9)", raw)).told,
    stopped("tgkill"),
  );
  t.is((await breakOut(all, "return modules.call(72, 0, 0)", raw)).told, "-1"); // fcntl F_DUPFD
  for (const [name, number] of traps) {
    if (name.startsWith("open")) continue;
    t.is((await breakOut(all, `return modules.call(${number})`, raw)).told, stopped(name));
  }
});

/** Calls that containers refuse: the same numbers on both processors but for these. */
const numbers =
  process.arch === "x64"
    ? { filters: 317, landlock: 444, namespaces: 272 }
    : { filters: 277, landlock: 444, namespaces: 97 };

test("where the kernel refuses a wall, a compile says once what is open, and doctor always", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-sandbox-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const refuse = join(folder, "refuse");
  execFileSync("gcc", ["-D_GNU_SOURCE", "-o", refuse, join(packageRoot, "test/support/refuse.c")]);
  await writeFile(
    join(folder, "infra.ts"),
    `import { configMap } from "infra";\nexport const m = configMap("mm", { a: "1" });\n`,
  );
  const infra = (refused: readonly (keyof typeof numbers)[], ...args: readonly string[]) =>
    new Promise<string>((resolve) => {
      const cli = [process.execPath, join(packageRoot, "bin/infra"), ...args];
      const env = {
        XDG_CACHE_HOME: join(folder, refused.join("-")),
        HOME: folder,
        PATH: process.env["PATH"],
      };
      execFile(
        refuse,
        [refused.map((wall) => numbers[wall]).join(), ...cli],
        { cwd: folder, env },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
    });
  const compile = (...refused: readonly (keyof typeof numbers)[]) =>
    infra(refused, "compile", "--no-check", "--strict");

  const none = await compile("filters", "landlock", "namespaces");
  t.regex(
    none,
    /refuses system call filters \(EPERM\), Landlock \(EPERM\), namespaces \(EPERM\): files and other programs and the network would be open/,
  );
  t.regex(none, /infra\.out\//); // and goes on
  await writeFile(
    join(folder, "infra.ts"),
    `import { configMap } from "infra";\nexport const m = configMap("mm", { a: "2" });\n`,
  );
  t.notRegex(await compile("filters", "landlock", "namespaces"), /sandbox-open/);
  t.regex(await compile("filters", "namespaces"), /namespaces \(EPERM\): the network would be open/);
  t.notRegex(await compile("filters"), /sandbox-open/);
  t.regex(await compile("namespaces"), /refuses namespaces \(EPERM\): its system call filters stand alone/);
  t.regex(await infra(["namespaces"], "doctor"), /limited.*compile: namespaces +refused \(EPERM\)/);
  t.regex(await infra(["namespaces"], "doctor"), /ok.*compile: system call filters +closed/);
});

const ends: readonly (readonly [what: string, signal: NodeJS.Signals, words: RegExp])[] = [
  ["whose engine breaks", "SIGSEGV", /was stopped: it broke the engine it ran on \(signal 11\)/],
  ["that the kernel kills", "SIGKILL", /was stopped: SIGKILL from outside ended it/],
];
for (const [what, signal, words] of ends)
  test(`a program ${what} is stopped at the last line that it reached`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "infra-sandbox-"));
    t.teardown(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "infra.ts"), "let a = 1;\na += 1;\nfor (;;) a += 1;\n");
    const cli = spawn(process.execPath, [join(packageRoot, "bin/infra"), "compile", "--no-check"], {
      cwd: folder,
      env: { XDG_CACHE_HOME: join(folder, "cache"), HOME: folder, PATH: process.env["PATH"] },
    });
    let told = "";
    cli.stderr.on("data", (chunk: Buffer) => {
      told += chunk.toString();
    });
    const ended = once(cli, "close");
    process.kill(await busyChildOf(cli.pid ?? 0), signal);
    await ended;
    t.regex(told, words);
    t.regex(told, /error\[program-stopped\].*\n +infra\.ts:3:1/);
  });

/**
 * No program of JavaScript gets out of its context, as far as is known (hostile-programs.test.ts tries), so the engine
 * gets a hole: a global of the host's.
 */
const holes: readonly (readonly [what: string, line: string, call: string])[] = [
  ["runs a program", 'hole.child_process.spawnSync("/bin/true");', "socketpair"],
  ["writes a file", 'hole.fs.writeFileSync("/tmp/infra-escaped", "x");', "openat"],
  ["signals its parent", "hole.process.kill(hole.process.ppid, 9);", "kill"],
  ["connects", 'new (hole.process.binding("tcp_wrap").TCP)(0).bind("127.0.0.1", 0);', "socket"],
];
for (const [what, line, call] of holes)
  test(`a program that leaves its context and ${what} is stopped at its line`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "infra-sandbox-"));
    t.teardown(() => rm(folder, { recursive: true }));
    const entry = join(folder, "infra.ts");
    await writeFile(entry, `declare const hole: any;\nconst a = 1;\n${line}\nexport const b = a;\n`);
    const host = createHost(packageRoot, join(folder, "cache"));
    const run: typeof host.run = (program, args, options) => {
      const at = args.findIndex((argument) => argument.endsWith("evaluator.cjs"));
      const broken = [...args.slice(0, at), "--require", join(packageRoot, "test/support/hole.cjs")];
      return host.run(program, at < 0 ? args : [...broken, ...args.slice(at)], options);
    };
    const { diagnostics } = await compile(
      { ...host, run },
      {
        entry,
        output: join(folder, "infra.out"),
        stack: "hole",
        namespace: "default",
        set: {},
        check: false,
        version: "0.0.0",
      },
    );
    t.deepEqual(
      diagnostics.map(({ code, message, span }) => [code, message, span?.start.line]),
      [["program-stopped", `the program was stopped: it left its sandbox, by the system call ${call}`, 3]],
    );
  });

/** The child that has computed for longer than it takes to start. */
async function busyChildOf(parent: number): Promise<number> {
  for (;;) {
    for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      const fields = statFields(name);
      if (Number(fields[1]) === parent && Number(fields[11]) > 100) return Number(name); // hundredths of a second
    }
    await setTimeout(20);
  }
}

/** What follows a process's name in its stat file, proc(5); nothing for one that has ended. */
function statFields(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
  } catch {
    return [];
  }
}
