/* `npm run bench`: measured costs, each beside the floor it stands on, in one run. Figures are never asserted. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, root, run } from "./setup.mjs";

installPackages();
run("node", ["scripts/build.mjs"]);

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
  report(
    Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)])),
    engineFigures(),
  );
} finally {
  rmSync(work, { recursive: true });
}

function timed(args) {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env });
  if (status !== 0) throw new Error(`node ${args.join(" ")} failed: ${stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** Builds the floor from the shim's own sources and compares in a network namespace made for it. */
function engineFigures() {
  const floor = join(work, "floor");
  const tiny = join(work, "true");
  const sources = readdirSync(join(root, "runtime/shim")).filter(
    (name) => name.endsWith(".c") && !resident.includes(name),
  );
  const flags = ["-std=c17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"];
  const includes = ["-Iruntime/shim", "-Idist/shim-gen"];
  const files = ["test/bench/floor.c", ...sources.map((name) => `runtime/shim/${name}`)];
  run("gcc", [...flags, ...includes, "-o", floor, ...files]);
  writeFileSync(`${tiny}.c`, "int main(void) { return 0; }\n");
  run("gcc", ["-static", "-Os", "-s", "-o", tiny, `${tiny}.c`]);
  const hooks = "--import=./test/support/register.mjs";
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    ["--net", process.execPath, hooks, "test/bench/engine.bench.ts", floor, tiny],
    { cwd: root, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the engine's bench failed: ${stderr}`);
  return JSON.parse(stdout);
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

function report(medians, engine) {
  const floor = medians["bare node"];
  const rows = Object.entries(medians).map(([name, ms]) => ({
    name,
    ms,
    overMs: ms - floor,
    ratio: ms / floor,
  }));
  console.log(`whole processes, medians of ${rounds}, alternating\n`);
  console.log(`${"case".padEnd(44)}${"ms".padStart(8)}${"over node".padStart(12)}${"ratio".padStart(8)}`);
  for (const { name, ms, overMs, ratio } of rows) {
    console.log(
      `${name.padEnd(44)}${ms.toFixed(0).padStart(8)}${overMs.toFixed(0).padStart(12)}${ratio.toFixed(2).padStart(8)}`,
    );
  }
  const { engineMs, floorMs, stepsMs, shimPrivateKb } = engine;
  console.log("\na pod's start to its container's exit, medians of 40");
  console.log(`  floor (same C code, nothing around it)   ${floorMs.toFixed(2)} ms`);
  console.log(
    `  engine                                   ${engineMs.toFixed(2)} ms, ratio ${(engineMs / floorMs).toFixed(2)}`,
  );
  for (const [name, ms] of Object.entries(stepsMs)) console.log(`    ${name.padEnd(39)}${ms.toFixed(2)} ms`);
  console.log(`  private memory of a shim                 ${shimPrivateKb} KB`);
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, "dist/bench.json"), `${JSON.stringify({ rounds, rows, engine }, null, 2)}\n`);
}
