/*
 * Holds `infra import` to its law over manifests of other people: node scripts/import-corpus.mjs FOLDER… [--write FOLDER].
 * For every YAML file: import, then lowering, gives the same objects; the same for `.infra`; all programs type-check.
 * Prints counts, and every file that breaks the law; exit code 1 when one does.
 */
import "../test/support/register.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./setup.mjs";

const { Reporter } = await import("../compiler/diagnostics/reporter.ts");
const { cleaned, madeBy } = await import("../compiler/import/clean.ts");
const { evaluateProgram } = await import("../compiler/import/evaluate-program.ts");
const { importKubernetes } = await import("../compiler/import/kubernetes.ts");
const { isSame } = await import("../compiler/import/objects.ts");
const { selectObjects } = await import("../compiler/import/select-objects.ts");
const { writeInfra } = await import("../compiler/import/write-infra.ts");
const { writeTypeScript } = await import("../compiler/import/write-typescript.ts");
const { parseModule } = await import("../compiler/language/parse.ts");

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "string" } },
});
const namespace = "default";
const work = values.write ?? mkdtempSync(join(tmpdir(), "infra-corpus-"));
mkdirSync(work, { recursive: true });
const counts = { files: 0, objects: 0, same: 0, construct: 0, patched: 0, exact: 0, refused: 0, foreign: 0 };
const reasons = new Map();
const broken = [];
/** Longer than this for one file is a hang. */
const longestMs = 20_000;

for (const path of positionals.flatMap((folder) => [...yamlFiles(folder)])) {
  const text = readFileSync(path, "utf8");
  if (!/^(- )?['"]?apiVersion['"]?:/m.test(text) && !/^\s*"apiVersion"/m.test(text)) continue;
  const started = performance.now();
  try {
    check(path, text);
  } catch (error) {
    broken.push(`${path}: ${error.stack}`);
  }
  if (performance.now() - started > longestMs) broken.push(`${path}: took ${performance.now() - started} ms`);
}
typeCheck();
if (values.write === undefined) rmSync(work, { recursive: true });
for (const line of broken) console.log(line);
console.log(counts);
console.log([...reasons].sort(([, a], [, b]) => b - a).slice(0, 40));
process.exitCode = broken.length === 0 ? 0 : 1;

function* yamlFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* yamlFiles(path);
    else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) yield path;
  }
}

function check(path, text) {
  counts.files += 1;
  const reporter = new Reporter();
  const sources = [{ name: path, text }];
  const result = importKubernetes(sources, { namespace }, reporter);
  if (reporter.hasErrors) {
    counts.refused += 1;
    const [first] = reporter.sorted().filter(({ severity }) => severity === "error");
    const why = `${first.code}: ${first.message.replace(/"[^"]*"/g, '"…"')}`;
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
    if (process.env.VERBOSE) console.log(`${path}: ${first.message} at ${first.span?.start.line}`);
    return;
  }
  const fileText = (file) => {
    const content = result.files.get(file.replace(/^\.\//, ""))?.content;
    return content === undefined ? undefined : String(content);
  };
  const { built } = evaluateProgram(result.program, { namespace, fileText });
  const made = [...built.values()].flat().map(({ object }) => object);
  for (const { as } of result.objects) counts[as] += 1;
  const found = selectObjects(sources, new Reporter()).filter(
    ({ object }) => madeBy(object) === undefined && !object.apiVersion.startsWith("kustomize.config"),
  );
  for (const { object } of found) {
    counts.objects += 1;
    const wanted = cleaned(object);
    const isIt = ({ kind, metadata }) =>
      kind === wanted.kind &&
      metadata.name === wanted.metadata.name &&
      (metadata.namespace ?? namespace) === (wanted.metadata.namespace ?? namespace);
    const one = made.filter(isIt);
    if (one.some((candidate) => isSame(candidate, wanted, namespace)) || wanted.kind === "Secret")
      counts.same += 1;
    else
      broken.push(
        `${path}: ${wanted.kind} "${wanted.metadata.name}" is another one\n${JSON.stringify(wanted)}\n${JSON.stringify(one)}`,
      );
  }
  const folder = join(work, String(counts.files));
  mkdirSync(folder);
  writeFileSync(join(folder, "infra.ts"), writeTypeScript(result.program));
  const language = writeInfra(result.program);
  const { problems } = parseModule("main.infra", language);
  for (const { span, text: what } of problems)
    broken.push(`${path}: its .infra at ${span.start.line}: ${what}`);
}

function typeCheck() {
  const options = {
    strict: true,
    target: "es2022",
    lib: ["es2022"],
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: {
      infra: [join(root, "stdlib/constructs/index.ts")],
      "infra/kubernetes": [join(root, "stdlib/kubernetes/index.ts")],
    },
  };
  writeFileSync(
    join(work, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, include: ["*/infra.ts"] }),
  );
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript7/bin/tsc"), "-p", work, "--pretty", "false"],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  for (const line of stdout.split("\n")) if (/error TS/.test(line)) broken.push(line);
}
