/*
 * Feeds changed copies of a corpus to what reads untrusted bytes: node scripts/fuzz.mjs <target> [--minutes 10].
 * What breaks a target is kept in test/corpus/<target>, where the tests find it again.
 */
import "../test/support/register.mjs";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./setup.mjs";

/** What each target does with bytes; anything thrown is a finding. */
const targets = {
  language: async () => {
    const { Reporter } = await import("../compiler/diagnostics/reporter.ts");
    const { loadModule } = await import("../compiler/language/load.ts");
    return (bytes) => loadModule("/stack", "/stack/main.infra", bytes, new Reporter());
  },
  // What is imported without an error makes the same objects, in either language.
  yaml: async () => {
    const { importAndJudge } = await import("../test/support/import-law.ts");
    return (bytes) => importAndJudge(bytes.toString("utf8"));
  },
  compose: async () => {
    const { Reporter } = await import("../compiler/diagnostics/reporter.ts");
    const { importCompose } = await import("../compiler/import/compose.ts");
    const { evaluateProgram } = await import("../compiler/import/evaluate-program.ts");
    const { writeTypeScript } = await import("../compiler/import/write-typescript.ts");
    const { writeInfra } = await import("../compiler/import/write-infra.ts");
    return (bytes) => {
      const reporter = new Reporter();
      const source = { name: "compose.yaml", text: bytes.toString() };
      const { program } = importCompose(anyFiles, [source], reporter, { profiles: ["debug"] });
      writeInfra(program);
      if (reporter.hasErrors) return writeTypeScript(program);
      const { refused } = evaluateProgram(program, { namespace: "default", fileText: () => "text" });
      if (refused.size > 0) throw new Error([...refused.values()].join("\n"));
      return writeTypeScript(program);
    };
  },
  dockerfile: async () => {
    const { Reporter } = await import("../compiler/diagnostics/reporter.ts");
    const { importDockerfile } = await import("../compiler/import/dockerfile.ts");
    const { writeTypeScript } = await import("../compiler/import/write-typescript.ts");
    return (bytes) =>
      writeTypeScript(importDockerfile(anyFiles, "Dockerfile", bytes.toString(), new Reporter()));
  },
  // A bundle from elsewhere, compared and shown.
  provenance: async () => {
    const { readBundleText } = await import("../test/support/bundle-text.ts");
    return readBundleText;
  },
};
/** Whatever an import asks for is there: names with an `f` are files, others folders of a few. */
const anyFiles = {
  text: (path) => (path.includes(".") ? "*.md\n!a/f\nA=1\n" : undefined),
  kind: (path) => (/f[^/]*$/.test(path) ? "file" : "folder"),
  list: (path) => (path.length > 20 ? ["f"] : ["a", "f.md", "fb"]),
  stackPath: (path) => (path.startsWith("..") ? undefined : `./${path}`),
  wayIn: (path) => `-o ${path}`,
  name: (path) => path,
};

const words = [
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  '"',
  '"""',
  "${",
  "=",
  ":",
  ",",
  "for ",
  "if ",
  "- ",
  "&a ",
  "*a",
  "<<: ",
  "|\n",
  "!!",
  "\n",
  "\u0000",
  "__proto__",
  "1e999",
  "//",
  "/*",
  "\\\n",
  "<<EOF\n",
  "${A:-",
  "$A",
  "RUN ",
  "FROM ",
  "[",
  "null",
  "${A?b",
  "$$",
  "0",
  "-1",
  "99999999999",
  "/",
  "../",
  "web",
  "db:5432",
];
/** More of the processor than this for one input is a hang. */
const longestMs = 2_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "1" } },
});
const [name = ""] = positionals;
if (!Object.hasOwn(targets, name)) {
  process.stderr.write(`Name a target: ${Object.keys(targets).join(", ")}\n`);
  process.exit(1);
}
const corpus = join(root, "test", "corpus", name);
const seeds = readdirSync(corpus).map((file) => readFileSync(join(corpus, file)));
const target = await targets[name]();
const end = Date.now() + Number(values.minutes) * 60_000;
let runs = 0;
let found = 0;
while (Date.now() < end) {
  const bytes = mutate(pick(seeds));
  const started = process.cpuUsage();
  let why;
  try {
    await target(bytes);
  } catch (error) {
    if (error.constructor?.name?.endsWith("Refusal") !== true) why = error;
  }
  runs += 1;
  const { system, user } = process.cpuUsage(started);
  if ((system + user) / 1000 > longestMs) why = new Error("took too long");
  if (why === undefined) continue;
  found += 1;
  const file = join(corpus, createHash("sha256").update(bytes).digest("hex").slice(0, 16));
  writeFileSync(file, bytes);
  process.stdout.write(`${file}: ${why.stack ?? why}\n`);
  if (found >= 20) break;
}
process.stdout.write(`${name}: ${runs} runs, ${found} findings\n`);
process.exitCode = found === 0 ? 0 : 1;

function mutate(seed) {
  let bytes = seed;
  for (let edits = 1 + random(6); edits > 0; edits -= 1) {
    const at = random(bytes.length + 1);
    const by = [
      Buffer.from(pick(words)),
      Buffer.from([random(256)]),
      slice(pick(seeds)),
      slice(bytes),
      Buffer.alloc(0),
    ][random(5)];
    bytes = Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + random(20))]);
  }
  return bytes;
}

function slice(bytes) {
  const start = random(bytes.length);
  return bytes.subarray(start, start + random(200));
}

function pick(list) {
  return list[random(list.length)];
}

function random(below) {
  return Math.floor(Math.random() * below);
}
