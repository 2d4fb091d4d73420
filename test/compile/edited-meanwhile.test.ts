import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { createHost } from "../../cli/host.js";
import { compile } from "../../compiler/compile.js";

/** Sources that change after they were read and before the compile ends: the next compile must not take its result. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
/** Longer than what a file's times are trusted after. */
const restMs = 100;
const module = (name: string) => `export const name = "${name}";\n`;

/** In a folder with `part/name.ts`, read as `link/name.ts` and `part.ts`; beside them what may take their place. */
const edits: { readonly [what: string]: (folder: string) => void } = {
  "is written": (folder) => writeFileSync(join(folder, "part/name.ts"), module("new")),
  "is written with its old times": (folder) => {
    const file = join(folder, "part/name.ts");
    const { atime, mtime } = lstatSync(file);
    writeFileSync(file, module("new"));
    utimesSync(file, atime, mtime);
  },
  "is written as if long ago": (folder) => {
    writeFileSync(join(folder, "part/name.ts"), module("new"));
    utimesSync(join(folder, "part/name.ts"), 0, 0);
  },
  "is another file, as old": (folder) =>
    renameSync(join(folder, "other/name.ts"), join(folder, "part/name.ts")),
  "is in another folder, as old": (folder) => {
    renameSync(join(folder, "part"), join(folder, "before"));
    renameSync(join(folder, "other"), join(folder, "part"));
  },
  "is behind another link": (folder) => {
    symlinkSync("other", join(folder, "link-2"));
    renameSync(join(folder, "link-2"), join(folder, "link"));
  },
};

/** @param meanwhile - done while the program runs, after its modules were read. */
async function compileStack(folder: string, aheadMs: number, meanwhile = () => {}): Promise<string> {
  const clock = Date.now;
  Date.now = () => clock() + aheadMs;
  const host = createHost(packageRoot, join(folder, "cache"));
  Date.now = clock;
  const run: typeof host.run = async (program, args, options) => {
    const result = await host.run(program, args, options);
    if (args.some((argument) => argument.endsWith("evaluator.cjs"))) meanwhile();
    return result;
  };
  const { files } = await compile(
    { ...host, run },
    {
      entry: join(folder, "infra.ts"),
      output: join(folder, "infra.out"),
      stack: "edited",
      namespace: "default",
      set: {},
      check: false,
      version: "0.0.0",
    },
  );
  return [...(files ?? [])].find(([path]) => path.startsWith("manifests/"))?.[1] ?? "";
}

for (const [what, edit] of Object.entries(edits))
  for (const [clock, aheadMs] of [["", 0] as const, [", and the clock is set back", 3_600_000] as const])
    test(`a module ${what} while a compile runs${clock}`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), "infra-edited-"));
      t.teardown(() => rmSync(folder, { recursive: true }));
      for (const [name, of] of [["part", "old"] as const, ["other", "new"] as const]) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, "name.ts"), module(of));
      }
      symlinkSync("part", join(folder, "link"));
      writeFileSync(
        join(folder, "infra.ts"),
        'import { configMap } from "infra";\nimport { name } from "./link/name";\nexport const map = configMap("map", { name });\n',
      );
      await setTimeout(restMs);
      t.regex(await compileStack(folder, aheadMs, () => edit(folder)), /name: old/);
      t.regex(await compileStack(folder, 0), /name: new/);
    });
