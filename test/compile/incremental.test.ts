/* What an earlier compile left must change nothing: after any edits a stack compiles as if it were compiled first. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { createHost } from "../../cli/host.js";
import { type CompileResult, compile } from "../../compiler/compile.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
/** Longer than a tick of the file system's clock: a result is only kept when its files are older than the compile. */
const tickMs = 25;

/** What is done to one line of one file. */
type Edit = (lines: string[], line: number, amount: number) => void;
const edits: { readonly [name: string]: Edit } = {
  "new line": (lines, line) => void lines.splice(line, 0, ""),
  "line away": (lines, line) => void lines.splice(line, 1),
  "line again": (lines, line) => void lines.splice(line, 0, lines[line] ?? ""),
  number: (lines, line, amount) => {
    lines[line] = (lines[line] ?? "").replace(/\d+/, String(amount));
  },
  word: (lines, line, amount) => {
    lines[line] = (lines[line] ?? "").replace(/"[a-z]+"/, `"w${amount}"`);
  },
};

interface Step {
  readonly edit: string;
  readonly file: number;
  readonly line: number;
  readonly amount: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    edit: fc.constantFrom(...Object.keys(edits)),
    file: fc.nat(),
    line: fc.nat(),
    amount: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 4, maxLength: 7 },
);

async function stackOf(t: ExecutionContext, example: string) {
  const folder = await mkdtemp(join(tmpdir(), "infra-incremental-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const stack = join(folder, "stack");
  await cp(join(packageRoot, "examples", example), stack, { recursive: true });
  const all = await readdir(stack, { recursive: true });
  const sources = all.filter(
    (path) => /\.(ts|infra|conf|ya?ml)$/.test(path) && !path.startsWith("infra.out"),
  );
  const compileWith = (cache: string): Promise<CompileResult> =>
    compile(createHost(packageRoot, join(folder, cache), process.env), {
      entry: join(stack, all.includes("infra.ts") ? "infra.ts" : "main.infra"),
      output: join(stack, "infra.out"),
      stack: "stack",
      namespace: "default",
      set: {},
      check: false,
      version: "1.2.3",
    });
  return { compileWith, folder, sources: sources.sort(), stack };
}

for (const [example, runs] of Object.entries({ custom: 2, guestbook: 2, library: 2, platform: 3 })) {
  test(`${example} compiles after edits as if for the first time`, async (t) => {
    const { compileWith, folder, sources, stack } = await stackOf(t, example);
    const originals = await Promise.all(sources.map((path) => readFile(join(stack, path), "utf8")));
    let reused = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        for (const [index, path] of sources.entries())
          await writeFile(join(stack, path), originals[index] ?? "");
        for (const { amount, edit, file, line } of all) {
          const path = join(stack, sources[file % sources.length] ?? "");
          const before = await readFile(path, "utf8");
          const lines = before.split("\n");
          edits[edit]?.(lines, line % lines.length, amount);
          await writeFile(path, lines.join("\n"));
          await new Promise((resolve) => setTimeout(resolve, tickMs));
          const warm = await compileWith("warm");
          await rm(join(folder, "cold"), { recursive: true, force: true });
          const cold = await compileWith("cold");
          t.deepEqual(warm.diagnostics, cold.diagnostics);
          t.deepEqual(warm.files, cold.files);
          // A mistake would hide the next ones: from a stack that is good again.
          if (cold.files === undefined) await writeFile(path, before);
          else reused += 1;
        }
      }),
      { numRuns: runs },
    );
    t.true(reused > 0);
  });
}
