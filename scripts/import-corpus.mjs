/*
 * Holds `infra import` to its law over manifests of other people: node scripts/import-corpus.mjs FOLDER… [--write FOLDER] [--verbose].
 * For every YAML file: import, then lowering, gives the same objects; the same for `.infra`; all programs type-check.
 * Prints counts, and every file that breaks the law; exit code 1 when one does.
 */
import "../test/support/register.mjs";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { importAndJudge } = await import("../test/support/import-law.ts");
const { typeErrors } = await import("../test/support/program-types.ts");
const { writeTypeScript } = await import("../compiler/import/write-typescript.ts");

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "string" }, verbose: { type: "boolean" } },
});
if (values.write !== undefined) mkdirSync(values.write, { recursive: true });
const programs = new Map();
const counts = { files: 0, construct: 0, patched: 0, exact: 0, refused: 0 };
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
for (const line of typeErrors(programs).split("\n")) if (line.includes("error TS")) broken.push(line);
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
  const { errors, imported } = importAndJudge(text);
  const [first] = errors;
  if (first !== undefined) {
    counts.refused += 1;
    const why = `${first.code}: ${first.message.replace(/"[^"]*"/g, '"…"')}`;
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
    if (values.verbose) console.log(`${path}:${first.span?.start.line}: ${first.message}`);
    return;
  }
  for (const { as } of imported.objects) counts[as] += 1;
  const program = writeTypeScript(imported.program);
  programs.set(String(counts.files), program);
  if (values.write !== undefined) writeFileSync(join(values.write, `${counts.files}.ts`), program);
}
