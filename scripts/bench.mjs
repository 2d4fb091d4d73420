/*
 * `npm run bench`: measured costs, each beside the floor it stands on, in one run. Figures are never asserted.
 * `npm run bench -- compile` measures the compile and its peers alone, `npm run bench -- lsp` the language server;
 * `--quick` and `--only N,N` shorten that. `--write` renews the pages under docs, of what was measured.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, root, shell } from "./setup.mjs";

installPackages();
const $ = await shell();
await $`node scripts/build.mjs`;

const arguments_ = process.argv.slice(2);
const parts = ["compile", "lsp"].filter((part) => arguments_.includes(part));
const isWhole = parts.length === 0;
/** The shim's files that are its daemon side: the floor has none. */
const resident = ["main.c", "client.c", "lifecycle.c", "session.c", "pipes.c"];
const renew = "`npm run bench -- --write` renews this page";
const hooks = "--import=./test/support/register.mjs";
const work = mkdtempSync(join(tmpdir(), "infra-bench-"));
try {
  const measured = (part, bench) =>
    isWhole || parts.includes(part)
      ? measuredBy(process.execPath, hooks, `test/bench/${bench}.bench.ts`, ...arguments_)
      : undefined;
  report({
    compile: measured("compile", "compile"),
    editor: measured("lsp", "language-server"),
    runtime: isWhole ? runtimeFigures() : [],
  });
} finally {
  rmSync(work, { recursive: true });
}

/** A static program of a few lines, so that what is measured is not the program. */
function tinyProgram(name, source) {
  const program = join(work, name);
  writeFileSync(`${program}.c`, source);
  $({ sync: true })`gcc -static -Os -s -o ${program} ${program}.c`;
  return program;
}

/** Runs a bench. @returns the JSON it prints. */
function measuredBy(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** In a network namespace made for it. */
function inNamespace(bench, ...args) {
  return measuredBy("unshare", "--net", process.execPath, hooks, bench, ...args);
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

/** One line each: what, how much, and what it is held against. */
function runtimeFigures() {
  const engine = engineFigures();
  const pods = podFigures();
  const { compile, downMany, many, one } = pods.ms;
  const { podKb } = pods;
  const row = (what, value, unit, atMost) => ({ what, value, unit, atMost });
  return [
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

/** Prints the tables and keeps the figures as JSON; `--write` keeps all of it under docs, where README points. */
function report({ compile, editor, runtime }) {
  const [{ model }] = cpus();
  const machine = `${cpus().length} × ${model}, Linux ${release().split("-")[0]}, Node ${process.version}`;
  const rows = [...(compile?.marks ?? []), ...(editor?.marks ?? []), ...runtime];
  const aboutCompile = `Medians, alternating in one run of \`npm run bench\` (${machine}). Compile times are beyond bare \`node -e 0\`; jsonnet is no Node program and is taken whole. A ratio is left out where infra was no slower than bare node.`;
  const text = `${aboutCompile}\n\n${table(rows)}`;
  const sections = [
    ...(compile === undefined
      ? []
      : [
          ["Compile", compile.text],
          ["Marks", `${aboutCompile}\n\n${table(compile.marks)}`],
        ]),
    ...(editor === undefined
      ? []
      : [
          [
            "Language server",
            `A file of ${editor.lines} lines in an editor, whole ways through the protocol: ${editor.rounds} keys one after the other, each waiting for what it is measured to (${machine}; load of the machine when it ended: ${loadavg()[1].toFixed(1)}).\n\n${table(editor.marks)}`,
          ],
        ]),
  ];
  console.log(sections.map(([title, of]) => `## ${title}\n\n${of}\n`).join("\n"));
  if (isWhole) console.log(text);
  writeFileSync(join(root, "dist/bench.json"), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
  if (!arguments_.includes("--write")) return;
  writeSections(sections);
  if (isWhole) {
    const page = `# Benchmarks\n\n${text}\n${renew}, [benchmarks.json](benchmarks.json) and [speed.md](speed.md).\n`;
    writeFileSync(join(root, "docs/benchmarks.md"), page);
    copyFileSync(join(root, "dist/bench.json"), join(root, "docs/benchmarks.json"));
  }
  $({ sync: true })`npx biome check --write docs`;
}

function table(rows) {
  const number = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
  const mark = ({ atLeast, atMost, unit }) =>
    atMost !== undefined
      ? `at most ${atMost} ${unit}`
      : atLeast !== undefined
        ? `at least ${atLeast} ${unit}`
        : "";
  return [
    "| what | measured | mark |",
    "| --- | ---: | ---: |",
    ...rows.map((row) => `| ${row.what} | ${number(row.value)} ${row.unit} | ${mark(row)} |`),
    "",
  ].join("\n");
}

/** Renews sections of docs/speed.md; those that were not measured now stay. */
function writeSections(sections) {
  const page = join(root, "docs/speed.md");
  const [, ...before] = readFileSync(page, "utf8").split(/^## /m);
  const all = new Map(
    before.map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end).trim()];
    }),
  );
  for (const [title, text] of sections) all.set(title, text.trim());
  const written = [...all].map(([title, text]) => `## ${title}\n\n${text}\n`);
  writeFileSync(page, [`# Speed\n\n${renew}.\n`, ...written].join("\n"));
}
