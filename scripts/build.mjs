/* Builds dist/: the command line, the daemon, what runs inside an evaluation, and the native parts. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { installPackages, packageVersion, root, run } from "./setup.mjs";

installPackages();
const { build } = await import("esbuild"); // only there once packages are
const dist = join(root, "dist");
await mkdir(dist, { recursive: true });

/** Packages that load several times faster as part of the bundle; all others stay packages. */
const bundled = ["chevrotain"];
const { dependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

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
};
const present = Object.fromEntries(
  Object.entries(entries).filter(([, source]) => existsSync(join(root, source))),
);

const [program, evaluator, guest] = await Promise.all([
  build({
    ...common,
    entryPoints: present,
    outdir: dist,
    platform: "node",
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
    sourcemap: "linked",
    metafile: true,
  }),
  // No ES module: Node's loader of those starts threads before the evaluator has closed itself.
  build({
    ...common,
    entryPoints: ["compiler/typescript/guest/evaluator.ts"],
    outfile: join(dist, "evaluator.cjs"),
    platform: "node",
    format: "cjs",
    metafile: true,
  }),
  build({
    ...common,
    entryPoints: ["compiler/typescript/guest/prelude.ts"],
    outfile: join(dist, "guest.js"),
    platform: "neutral",
    format: "iife",
    minify: true,
    metafile: true,
  }),
  writeStandIns(),
]);

/** What `infra`, `infra/kubernetes` and `infra/kubernetes/apps` are in a stack's bundle: globals of the evaluation. */
async function writeStandIns() {
  const folder = join(dist, "guest");
  const groups = await readdir(join(root, "stdlib/kubernetes/generated/groups"));
  const standIns = {
    "infra.js": "__infra_stdlib",
    "kubernetes/index.js": "__infra_kubernetes",
    ...Object.fromEntries(
      groups.map((file) => [
        `kubernetes/${basename(file, ".ts")}.js`,
        `__infra_kubernetes.${basename(file, ".ts")}`,
      ]),
    ),
  };
  await mkdir(join(folder, "kubernetes"), { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  for (const [path, value] of Object.entries(standIns))
    await writeFile(join(folder, path), `module.exports = globalThis.${value};\n`);
}

// What results of earlier compiles are kept by: another build may give others.
const built = [program, evaluator, guest].flatMap(({ metafile }) => Object.keys(metafile.outputs)).sort();
const hash = createHash("sha256");
for (const path of built) hash.update(path).update(await readFile(join(root, path)));
await writeFile(join(dist, "build-id"), hash.digest("hex"));

for (const part of ["compiler/typescript/sandbox", "runtime/native", "runtime/shim"])
  run("make", ["--no-print-directory", "-s", "-C", part]);
