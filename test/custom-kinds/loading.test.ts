import { fileURLToPath } from "node:url";
import test from "ava";
import { build } from "esbuild";

test("a compile loads the YAML reader only for stacks with manifests", async (t) => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL("../../", import.meta.url)),
    entryPoints: ["compiler/compile.ts"],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    outdir: "unwritten",
    write: false,
    metafile: true,
  });
  const loaded = new Set<string>();
  const follow = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: next } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement") follow(next);
  };
  follow("unwritten/compile.js");
  t.true(loaded.has("acorn"), [...loaded].join(", "));
  t.false(loaded.has("yaml"));
  t.false(loaded.has("chevrotain"));
});
