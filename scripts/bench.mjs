/* `npm run bench`: measured costs, each beside the floor it stands on, in one run. Figures are never asserted. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, root, shell } from "./setup.mjs";

installPackages();
const $ = await shell();
await $`node scripts/build.mjs`;

const rounds = 15;
/** The shim's files that are its daemon side: the floor has none. */
const resident = ["main.c", "client.c", "lifecycle.c", "session.c", "pipes.c"];
const work = mkdtempSync(join(tmpdir(), "infra-bench-"));
const env = { ...process.env, XDG_CACHE_HOME: join(work, "cache") };
try {
  const stack = join(work, "settings");
  cpSync(join(root, "examples/settings"), stack, { recursive: true });
  const compile = () => timed(["dist/cli.js", "compile", stack]);
  const cases = {
    "bare node": () => timed(["-e", "0"]),
    "infra --version": () => timed(["dist/cli.js", "--version"]),
    "compile, nothing changed": compile,
    "compile, one file changed, types checked": () => {
      appendFileSync(join(stack, "infra.ts"), "\n");
      return compile();
    },
  };
  const samples = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  compile(); // caches and page cache are warm for every round alike
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(cases)) samples[name].push(measure());
    compile(); // the change of this round is known before the next one measures "nothing changed"
  }
  const compiles = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)]));
  report(figures(compiles, engineFigures(), podFigures()));
} finally {
  rmSync(work, { recursive: true });
}

function timed(args) {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env });
  if (status !== 0) throw new Error(`node ${args.join(" ")} failed: ${stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** A static program of a few lines, so that what is measured is not the program. */
function tinyProgram(name, source) {
  const program = join(work, name);
  writeFileSync(`${program}.c`, source);
  $({ sync: true })`gcc -static -Os -s -o ${program} ${program}.c`;
  return program;
}

/** Runs a bench in a network namespace made for it. @returns the JSON it prints. */
function inNamespace(bench, ...args) {
  const hooks = "--import=./test/support/register.mjs";
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["--net", process.execPath, hooks, bench, ...args],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`${bench} failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** Builds the floor from the shim's own sources. */
function engineFigures() {
  const floor = join(work, "floor");
  const sources = readdirSync(join(root, "runtime/shim")).filter(
    (name) => name.endsWith(".c") && !resident.includes(name),
  );
  const flags = ["-std=c17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"];
  const includes = ["-Iruntime/shim", "-Idist/shim-gen"];
  const files = ["test/bench/floor.c", ...sources.map((name) => `runtime/shim/${name}`)];
  $({ sync: true })`gcc ${flags} ${includes} -o ${floor} ${files}`;
  return inNamespace(
    "test/bench/engine.bench.ts",
    floor,
    tinyProgram("true", "int main(void) { return 0; }\n"),
  );
}

function podFigures() {
  const source = `#include <signal.h>
#include <unistd.h>
static void stop(int number) { _exit(number - SIGTERM); }
int main(void) { signal(SIGTERM, stop); for (;;) pause(); }
`;
  return inNamespace("test/bench/pods.bench.ts", tinyProgram("pause", source));
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

/** One line each: what, how much, and what it is held against. */
function figures(compiles, engine, pods) {
  const node = compiles["bare node"];
  const beyond = (name) => compiles[name] - node;
  const { compile, downMany, many, one } = pods.ms;
  const { podKb } = pods;
  const row = (what, value, unit, limit) => ({ what, value, unit, limit });
  return [
    row("bare `node -e 0`", node, "ms"),
    row("`infra --version`, beyond node", beyond("infra --version"), "ms"),
    row("compile, nothing changed, beyond node", beyond("compile, nothing changed"), "ms", 80),
    row(
      "compile, one file changed, types checked, beyond node",
      beyond("compile, one file changed, types checked"),
      "ms",
      250,
    ),
    row("container create, start, wait: the floor (the same C code, no daemon)", engine.floorMs, "ms"),
    row("container create, start, wait: the engine", engine.engineMs, "ms"),
    ...Object.entries(engine.stepsMs).map(([name, ms]) => row(`— of it: ${name}`, ms, "ms")),
    row("engine to floor", engine.engineMs / engine.floorMs, "×", 2),
    row("`infra up` of 1 pod, beyond compile", one - compile, "ms", 250),
    row(`\`infra up\` of ${pods.pods} pods, beyond compile`, many - compile, "ms", 1500),
    row(`\`infra down\` of ${pods.pods} pods, whole process`, downMany, "ms", 1000),
    row("private memory of a shim", engine.shimPrivateKb, "KB", 100),
    row("a pod outside its own processes: kernel", podKb.kernel, "KB"),
    row("a pod outside its own processes: kernel and shim", podKb.kernel + podKb.shim, "KB", 600),
    row("growth of the daemon for each pod", podKb.daemon, "KB"),
    row("daemon, idle, resident", pods.daemonIdleKb / 1024, "MB", 160),
  ];
}

/** Prints the table and keeps it as JSON; `--write` keeps both under docs, where README points. */
function report(rows) {
  const [{ model }] = cpus();
  const machine = `${cpus().length} × ${model}, Linux ${release().split("-")[0]}, Node ${process.version}`;
  const number = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
  const table = [
    "| what | measured | at most |",
    "| --- | ---: | ---: |",
    ...rows.map(
      ({ limit, unit, value, what }) =>
        `| ${what} | ${number(value)} ${unit} | ${limit === undefined ? "" : `${limit} ${unit}`} |`,
    ),
  ].join("\n");
  const text = `Medians, alternating in one run of \`npm run bench\` (${machine}).\n\n${table}\n`;
  const json = `${JSON.stringify({ machine, rows }, null, 2)}\n`;
  console.log(text);
  writeFileSync(join(root, "dist/bench.json"), json);
  if (!process.argv.includes("--write")) return;
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(
    join(root, "docs/benchmarks.md"),
    `# Benchmarks\n\n${text}\n\`npm run bench -- --write\` renews this page and [benchmarks.json](benchmarks.json).\n`,
  );
  writeFileSync(join(root, "docs/benchmarks.json"), json);
  $({ sync: true })`npx biome check --write docs`;
}
