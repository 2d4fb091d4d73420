/* Builds dist/: the command line, the daemon, what runs inside an evaluation, and the native parts. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installPackages, packageVersion, root, run } from "./setup.mjs";

installPackages();
const { build } = await import("esbuild"); // only there once packages are
const dist = join(root, "dist");
await mkdir(dist, { recursive: true });

const common = {
  absWorkingDir: root,
  bundle: true,
  target: "node20",
  logLevel: "warning",
  define: { __INFRA_VERSION__: JSON.stringify(packageVersion()) },
};
const entries = {
  cli: "cli/main.ts",
  daemon: "runtime/daemon/main.ts",
  evaluator: "compiler/typescript/guest/evaluator.ts",
};
const present = Object.fromEntries(
  Object.entries(entries).filter(([, source]) => existsSync(join(root, source))),
);

await Promise.all([
  build({
    ...common,
    entryPoints: present,
    outdir: dist,
    platform: "node",
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    packages: "external",
    sourcemap: "linked",
  }),
  build({
    ...common,
    entryPoints: ["compiler/typescript/guest/prelude.ts"],
    outfile: join(dist, "guest.js"),
    platform: "neutral",
    format: "iife",
    minify: true,
  }),
  writeFile(join(dist, "guest-entry.cjs"), "module.exports = globalThis.__infra_stdlib;\n"),
  writeFile(join(dist, "guest-kubernetes.cjs"), "module.exports = globalThis.__infra_kubernetes;\n"),
]);

for (const part of ["runtime/native", "runtime/shim"])
  run("make", ["--no-print-directory", "-s", "-C", part]);
