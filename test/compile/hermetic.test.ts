import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import type { CompileRecord } from "../../stdlib/schema/bundle.js";

/** What a compile reads and what it gives, seen from outside. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
const cli = join(packageRoot, "dist/cli.js");
const run = promisify(execFile);

async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "infra-hermetic-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o755);
  return folder;
}

const source = `import { configMap, file, image, scratch } from "infra";
import { name } from "./lib/name";
export const map = configMap(name, { text: file("./text.txt") });
export const one = image("one", { from: scratch(), copy: { "/srv": "./copied" }, cmd: ["/srv/a"] });
`;

/** @param names - of the copied files, in the order they are made: a folder may list them so. */
async function writeStack(folder: string, names: readonly string[]): Promise<string> {
  const stack = join(folder, "stack");
  await mkdir(join(stack, "lib"), { recursive: true });
  await mkdir(join(stack, "copied"));
  await writeFile(join(stack, "infra.ts"), source);
  await writeFile(join(stack, "lib/name.ts"), 'export const name = "map";\n');
  await writeFile(join(stack, "text.txt"), "text\n");
  await writeFile(join(stack, "unread.txt"), "nobody asks for it\n");
  for (const name of names) await writeFile(join(stack, "copied", name), name);
  return stack;
}

const names = ["a", "b", "C", "ä", "10", "9"];
const record = async (output: string) =>
  JSON.parse(await readFile(join(output, "compile.json"), "utf8")) as CompileRecord;

test("a traced compile reads the stack's declared files and no other", async (t) => {
  const folder = await scratch(t);
  const stack = await writeStack(folder, names);
  const trace = join(folder, "trace");
  await run(
    "strace",
    [
      "-f",
      "-qq",
      "-y",
      "-s",
      "4096",
      "-e",
      "trace=open,openat,execve,connect,socket",
      "-e",
      "signal=none",
      "-o",
      trace,
    ].concat([process.execPath, cli, "compile", stack, "--no-check"]),
    { env: { XDG_CACHE_HOME: join(folder, "cache"), PATH: process.env["PATH"] } },
  );
  const lines = (await readFile(trace, "utf8")).split("\n");
  const opened = lines.flatMap((line) => {
    const path = /^\d+ +open(?:at)?\(.*?"((?:[^"\\]|\\.)*)".*\) = \d/.exec(line)?.[1];
    return path === undefined || /O_DIRECTORY|O_WRONLY|O_RDWR/.test(line) ? [] : [path];
  });
  const own = opened.filter((path) => path.startsWith(stack)).map((path) => path.slice(stack.length + 1));
  const { inputs } = await record(join(stack, "infra.out"));
  t.deepEqual(
    Object.keys(inputs).sort(),
    ["copied", ...names.map((name) => `copied/${name}`), "infra.ts", "lib/name.ts", "text.txt"]
      .filter((path) => path !== "copied")
      .sort(),
  );
  const unescaped = own.map((path) =>
    Buffer.from(
      path.replace(/\\(\d{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      "latin1",
    ).toString(),
  );
  // Folders are listed, and what a bundler looks for beside a program is a fact of it too: that it is not there.
  const known = new Set([...Object.keys(inputs), "tsconfig.json", "package.json", "", "lib", "copied"]);
  t.deepEqual(
    [...new Set(unescaped)].filter((path) => !known.has(path) && !path.startsWith("infra.out")),
    [],
  );

  const evaluator = lines.find((line) => line.includes("evaluator.cjs"))?.split(" ")[0] ?? "";
  t.regex(evaluator, /^\d+$/);
  const readInside = lines.filter(
    (line) => line.startsWith(`${evaluator} `) && / open(at)?\(.*\) = \d/.test(line),
  );
  const programs =
    /"(\/lib|\/usr\/lib|\/usr\/local\/lib|\/etc\/ld\.so\.cache|\/etc\/ssl|\/usr\/local\/ssl|\/proc\/|\/sys\/fs\/cgroup|\/dev\/null|\/etc\/localtime)/;
  t.deepEqual(
    readInside.filter((line) => !programs.test(line) && !line.includes(`"${packageRoot}`)),
    [],
  );
  t.false(lines.some((line) => line.startsWith(`${evaluator} `) && / (socket|connect)\(/.test(line)));
});

/** Runs a compile as somebody, somewhere; what came out, file by file. */
async function digest(stack: string, cache: string, env: NodeJS.ProcessEnv, uid?: number) {
  const output = join(stack, "infra.out");
  await run(process.execPath, [cli, "compile", stack, "--no-check"], {
    env: { XDG_CACHE_HOME: cache, PATH: process.env["PATH"], ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const manifests = await readdir(join(output, "manifests"));
  return { record: await record(output), manifests: manifests.sort() };
}

test("one digest for two folders, users, time zones, locales, masks and orders of files", async (t) => {
  const [here, there] = [await scratch(t), await scratch(t)];
  const one = await digest(await writeStack(here, names), join(here, "cache"), { TZ: "UTC", LANG: "C" });
  const stack = await writeStack(there, [...names].reverse());
  const nobody = 65534;
  const isReadable = await run(process.execPath, ["-e", `require("fs").accessSync(${JSON.stringify(cli)})`], {
    uid: nobody,
    gid: nobody,
  }).then(
    () => true,
    () => false, // only root can be somebody else, and not where nobody else may read
  );
  const asNobody = isReadable ? nobody : undefined;
  await run("chmod", ["-R", "a+rwX", there]);
  const env = { TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", HOME: "/nonexistent" };
  const other = await digest(stack, join(there, "cache"), env, asNobody);
  t.deepEqual(other, one);
  t.regex(one.record.digest, /^[0-9a-f]{64}$/);
});

/** Installed elsewhere, or by another Node, frames would read otherwise. */
test("the stack of an error names no file of the machine", async (t) => {
  const stack = await scratch(t);
  const source = `import { configMap } from "infra";
const stacks: unknown[] = [];
const caught = (run: () => unknown) => {
  try {
    run();
  } catch (error: any) {
    stacks.push(error.stack);
  }
};
stacks.push(new Error("made").stack);
caught(() => null!.x);
caught(() => decodeURIComponent("%"));
const held: { stack?: unknown } = {};
Error.captureStackTrace(held);
stacks.push(held.stack);
class Sites extends Error {
  static prepareStackTrace = (_: unknown, sites: any[]) => sites.map(String);
  static stackTraceLimit = 50;
}
stacks.push(new Sites("own").stack);
const cause = new AggregateError([new Error("inner")], "outer");
stacks.push(cause.stack, cause.errors[0].stack);
const get = Object.getOwnPropertyDescriptor(new Error("described"), "stack");
stacks.push(get?.value ?? get?.get?.call(new Error("described")));
stacks.push(String(Error.prepareStackTrace?.(new Error("given"), [])));
stacks.push(new Error({ toString: () => "as text" } as never).stack);
// Where the stack ends, Node's own function throws.
let foreign: any;
const deep = (): void => {
  try {
    deep();
  } catch {}
  try {
    void new Error("deep").stack;
  } catch (error) {
    if (!(error instanceof Error)) foreign = error;
  }
};
deep();
const reached = [foreign?.constructor, foreign?.__proto__?.constructor, foreign?.toString];
stacks.push(foreign === undefined ? "RangeError" : String(foreign.stack).split(":")[0], reached.filter(Boolean).length);
export const map = configMap("map", { stacks: stacks.join("|") });
`;
  await writeFile(join(stack, "infra.ts"), source);
  await run(process.execPath, [cli, "compile", stack, "--no-check"], {
    env: { XDG_CACHE_HOME: join(stack, "cache"), PATH: process.env["PATH"] },
  });
  const [manifest = ""] = await readdir(join(stack, "infra.out/manifests"));
  const text = await readFile(join(stack, "infra.out/manifests", manifest), "utf8");
  t.deepEqual(/ stacks: "?(.*?)"?$/m.exec(text)?.[1]?.split("|"), [
    "Error: made",
    "TypeError: Cannot read properties of null (reading 'x')",
    "URIError: URI malformed",
    "Error",
    "Error: own",
    "AggregateError: outer",
    "Error: inner",
    "Error: described",
    "Error: given",
    "Error: as text",
    "RangeError",
    "0",
  ]);
});
