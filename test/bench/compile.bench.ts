/**
 * The compile beside its peers, in one run: N resources spelled out, cold, warm and with one file changed, and peak
 * memory. Prints JSON for scripts/bench.mjs: the tables as text, and the marks.
 *
 *   npm run bench -- compile [--quick] [--only N,N]
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { cpus, loadavg, release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parsingRate } from "./speed-language.js";
import { type Cost, createMeter, median, spread, together } from "./speed-process.js";
import { type Figures, marksOf, tables } from "./speed-report.js";
import { writeFiles } from "./speed-stacks.js";
import { infraTools, peers, type Tool } from "./speed-tools.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const quick = process.argv.includes("--quick");
const chosen = process.argv[process.argv.indexOf("--only") + 1] ?? "";
const counts = process.argv.includes("--only") ? chosen.split(",").map(Number) : [1, 100, 1000, 10_000];
const rounds = (count: number) => (quick ? 3 : count <= 100 ? 21 : count <= 1000 ? 11 : 7);
/** Stamps of files younger than this say nothing yet: a stack that is at rest is older. */
const restMs = 2500;

const { absent, tools: others } = peers();
const tools = [...infraTools(root), ...others];
const work = mkdtempSync(join(tmpdir(), "infra-speed-"));
const aside = join(work, "aside");
mkdirSync(aside);
try {
  const measure = createMeter(work, join(root, "test/bench/speed-run.c"));
  const floor: Cost[] = [];
  const figures: Figures[] = [];
  for (const count of counts) figures.push(...(await measured(count, measure, floor)));
  const node = median(floor.map(({ wall }) => wall));
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Linux ${release().split("-")[0]}, Node ${process.version}`;
  const nodeSpread = spread(floor.map(({ wall }) => wall));
  const turns = counts.map((count) => `${rounds(count)} of ${count}`).join(", ");
  const run = `rounds: ${turns}; load of the machine when it ended: ${loadavg()[1]?.toFixed(1)}`;
  const text = tables({ machine, run, node, nodeSpread, figures, tools, absent });
  console.log(JSON.stringify({ text, marks: marksOf(figures, node, parsingRate()) }));
} finally {
  rmSync(work, { recursive: true });
}

/** All tools over the same application, in turn within every round, so that the machine's mood meets all alike. */
async function measured(
  count: number,
  measure: ReturnType<typeof createMeter>,
  floor: Cost[],
): Promise<Figures[]> {
  const cases = tools.map((tool, index) => {
    const folder = join(work, `${index}-${count}`);
    const files = tool.files(count);
    writeFiles(folder, files);
    tool.prepare?.(folder);
    measure(tool.run(folder));
    return { tool, folder, last: [...files.keys()].at(-1) ?? "", cold: [], warm: [], changed: [] } as Case;
  });
  await new Promise((resolve) => setTimeout(resolve, restMs));
  for (const { folder, tool } of cases) measure(tool.run(folder));
  for (let round = 0; round < rounds(count); round += 1) {
    floor.push(measure({ argv: [process.execPath, "-e", "0"], cwd: work }));
    for (const { folder, tool, warm } of cases) warm.push(measure(tool.run(folder)));
  }
  const some = Math.ceil(rounds(count) / 2);
  for (let round = 0; round < some; round += 1)
    for (const { changed, folder, last, tool } of cases) {
      edit(join(folder, last), round + 3);
      const build = tool.rebuild?.(folder) ?? [];
      changed.push(together([...build, tool.run(folder)].map(measure)));
    }
  for (let round = 0; round < Math.ceil(some / 2); round += 1)
    for (const { cold, folder, tool } of cases) {
      for (const name of tool.leaves ?? []) putAside(join(folder, name));
      const build = tool.rebuild?.(folder) ?? [];
      cold.push(together([...build, tool.run(folder)].map(measure)));
    }
  return cases.map(({ changed, cold, tool, warm }) => ({ tool: tool.name, count, warm, changed, cold }));
}

/** Another number of pods in the first of the file's workloads: every tool's language has the word. */
function edit(source: string, replicas: number): void {
  const before = readFileSync(source, "utf8");
  const after = before.replace(/(replicas"?\s*[:=]\s*)\d+/, `$1${replicas}`);
  if (after === before) throw new Error(`${source} has no number of pods to change`);
  writeFileSync(source, after);
}

/**
 * Takes what a run left out of its way, without removing it: ext4 without a journal gives an inode that was freed out
 * again only minutes later, and looks at each of them for every file it makes until then.
 */
function putAside(path: string): void {
  if (existsSync(path)) renameSync(path, join(aside, String(readdirSync(aside).length)));
}

interface Case {
  readonly tool: Tool;
  readonly folder: string;
  /** The source that changes. */
  readonly last: string;
  readonly cold: Cost[];
  readonly warm: Cost[];
  readonly changed: Cost[];
}
