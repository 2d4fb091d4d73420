/* `npm run bench`: measured costs, each beside the floor it stands on, in one run. Figures are never asserted. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, root, run } from "./setup.mjs";

installPackages();
run("node", ["scripts/build.mjs"]);

const rounds = 15;
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
  report(Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)])));
} finally {
  rmSync(work, { recursive: true });
}

function timed(args) {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env });
  if (status !== 0) throw new Error(`node ${args.join(" ")} failed: ${stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

function report(medians) {
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
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, "dist/bench.json"), `${JSON.stringify({ rounds, rows }, null, 2)}\n`);
}
