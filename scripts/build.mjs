/* Builds dist/: the command line, `infra/test`, the daemon, what runs inside an evaluation, and the native parts. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { installPackages, packageVersion, root, run } from "./setup.mjs";

installPackages();
const { build } = await import("esbuild"); // only there once packages are
const dist = join(root, "dist");
await mkdir(dist, { recursive: true });

/** Packages that load several times faster as part of a bundle; all others stay packages. */
const bundled = [
  "@jridgewell/sourcemap-codec",
  "@jridgewell/trace-mapping",
  "acorn",
  "chevrotain",
  "commander",
  "yaml",
];
const { dependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

const common = {
  absWorkingDir: root,
  bundle: true,
  target: "node20",
  logLevel: "warning",
  define: { __INFRA_VERSION__: JSON.stringify(packageVersion()) },
};
const onNode = {
  ...common,
  platform: "node",
  external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
  sourcemap: "linked",
  metafile: true,
};
/** One script, since V8 keeps machine code of scripts: start.cjs gives it what modules are given. */
const scriptOf = {
  banner: { js: "(function (require, __infra_url, __infra_started) {" },
  footer: { js: "})" },
};

const outputs = await Promise.all([
  build({
    ...onNode,
    ...scriptOf,
    entryPoints: ["cli/main.ts"],
    outfile: join(dist, "cli.cjs"),
    format: "cjs",
    mainFields: ["module", "main"],
    define: { ...common.define, "import.meta.url": "__infra_url" },
  }),
  build({ ...onNode, entryPoints: ["cli/start.ts"], outfile: join(dist, "start.cjs"), format: "cjs" }),
  build({
    ...onNode,
    entryPoints: ["cli/testing.ts"],
    outfile: join(dist, "testing.js"),
    format: "esm",
    external: Object.keys(dependencies),
  }),
  build({
    ...onNode,
    entryPoints: ["runtime/daemon/main.ts"],
    outfile: join(dist, "daemon.js"),
    format: "esm",
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
  writeFile(join(dist, "cli.js"), 'import "./start.cjs";\n'), // for who starts it as a module
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

await writeAscii(join(dist, "cli.cjs"));

/**
 * Writes what is beyond ASCII in a script as escapes, which mean the same in texts, patterns and names: V8 then takes
 * the file's bytes as they are, where a single other character makes it decode them all to twice the size.
 */
async function writeAscii(path) {
  const text = await readFile(path, "utf8");
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  await writeFile(path, text.replace(/[^\x00-\x7f]/g, escaped));
}

// What results of earlier compiles are kept by: another build may give others.
const built = outputs.flatMap((output) => Object.keys(output?.metafile?.outputs ?? {})).sort();
const hash = createHash("sha256");
for (const path of built) hash.update(path).update(await readFile(join(root, path)));
await writeFile(join(dist, "build-id"), hash.digest("hex"));

for (const part of ["compiler/typescript/sandbox", "runtime/native", "runtime/shim"])
  run("make", ["--no-print-directory", "-s", "-C", part]);

// After all else: V8 keeps the machine code of what a first compile runs.
run(process.execPath, [join(root, "scripts/code-cache.mjs")]);
