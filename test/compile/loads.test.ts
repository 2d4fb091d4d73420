/* What a compile loads: the price of every start. A package more has to be wanted here first. */
import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";

const execute = promisify(execFile);
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Runs before the program and tells at its end what came in by `require`, and which native code. */
const probe = `const { readFileSync, writeFileSync } = require("node:fs");
process.on("exit", () => {
  const native = new Set(readFileSync("/proc/self/maps", "utf8").match(/\\/.*\\.node$/gm));
  writeFileSync(process.env.REPORT, JSON.stringify({
    files: Object.keys(require.cache),
    native: [...native],
    spawns: process.moduleLoadList.includes("NativeModule child_process"),
  }));
});
`;

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
    }[];
  }[];
}

test("an unchanged stack loads the start alone, a changed one the compiler and no more", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "infra-loads-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp(join(packageRoot, "examples/settings/infra.ts"), join(folder, "stack/infra.ts"));
  await writeFile(join(folder, "probe.cjs"), probe);
  const changed = await loadedBy(t, folder);
  t.deepEqual(changed, {
    files: ["bin/infra", "dist/start.cjs"],
    native: [],
    spawns: true,
    examples: [],
    packages: [
      "@jridgewell/resolve-uri",
      "@jridgewell/sourcemap-codec",
      "@jridgewell/trace-mapping",
      "acorn",
      "commander",
    ],
  });
  await setTimeout(100); // what was written is to be older than the next process
  await loadedBy(t, folder);
  t.deepEqual(await loadedBy(t, folder), {
    files: ["bin/infra", "dist/start.cjs"],
    native: [],
    spawns: false,
    examples: [],
    packages: [],
  });
  await appendFile(join(folder, "stack/infra.ts"), "\n");
  t.deepEqual(await loadedBy(t, folder), changed);
});

async function loadedBy(t: ExecutionContext, folder: string) {
  const coverage = await mkdtemp(join(folder, "coverage-"));
  const report = join(coverage, "report");
  await execute(
    process.execPath,
    [
      "--require",
      join(folder, "probe.cjs"),
      join(packageRoot, "bin/infra"),
      "compile",
      join(folder, "stack"),
    ],
    {
      env: { XDG_CACHE_HOME: join(folder, "cache"), NODE_V8_COVERAGE: coverage, REPORT: report },
    },
  );
  const { files, native, spawns } = JSON.parse(await readFile(report, "utf8")) as {
    files: string[];
    native: string[];
    spawns: boolean;
  };
  const [name] = (await readdir(coverage)).filter((file) => file.startsWith("coverage-"));
  t.truthy(name);
  const { result } = JSON.parse(await readFile(join(coverage, name ?? ""), "utf8")) as Coverage;
  const program = result.find(({ url }) => url.endsWith("/dist/cli.cjs"));
  const run = program === undefined ? [] : await filesRun(program.functions);
  const ofPackage = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;
  return {
    files: files.filter((file) => !file.startsWith(folder)).map((file) => relative(packageRoot, file)),
    native,
    spawns,
    examples: run.filter((file) => file.startsWith("compiler/diagnostics/examples/")),
    packages: [...new Set(run.flatMap((file) => ofPackage.exec(file)?.[1] ?? []))].sort(),
  };
}

/** Files of which a function ran. esbuild names the file of each part in a comment. */
async function filesRun(functions: Coverage["result"][number]["functions"]): Promise<readonly string[]> {
  const code = await readFile(join(packageRoot, "dist/cli.cjs"), "utf8");
  const heads = [...code.matchAll(/^\s*\/\/ (\S+\.[cm]?[jt]s)$/gm)];
  const files = new Set<string>();
  for (const { ranges } of functions) {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) continue;
    const file = heads.findLast(({ index }) => index <= whole.startOffset)?.[1];
    if (file !== undefined) files.add(file);
  }
  return [...files];
}
