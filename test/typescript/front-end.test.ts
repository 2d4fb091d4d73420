import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { createHost } from "../../cli/host.js";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { bundle } from "../../compiler/typescript/bundle.js";
import { Evaluator, evaluate } from "../../compiler/typescript/evaluate.js";
import { instrument } from "../../compiler/typescript/instrument.js";
import { createLocator } from "../../compiler/typescript/locator.js";
import { KnownTypes, typeCheck } from "../../compiler/typescript/type-check.js";
import type { Graph } from "../../stdlib/constructs/graph.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

interface Outcome {
  readonly graph: Graph | undefined;
  readonly locator: ReturnType<typeof createLocator> | undefined;
  /** `code file:line:column`, one for each diagnostic. */
  readonly found: readonly string[];
  readonly messages: readonly string[];
}

interface Options {
  readonly check?: boolean;
  readonly set?: { readonly [name: string]: string };
  readonly evaluationMs?: number;
}

async function compileProgram(
  t: ExecutionContext,
  files: { readonly [path: string]: string },
  options: Options = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "infra-front-end-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, "stack", path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  const host = createHost(packageRoot, join(folder, "cache"));
  const entry = join(folder, "stack", "infra.ts");
  const reporter = new Reporter();
  if (options.check === true) await typeCheck(host, entry, new Map(), new KnownTypes(host), reporter);
  const { bundled } = await bundle(host, entry, reporter);
  let graph: Graph | undefined;
  let locator: Outcome["locator"];
  if (bundled !== undefined) {
    const instrumented = instrument(bundled.code);
    locator = createLocator(dirname(entry), bundled, instrumented);
    const { set = {}, ...limits } = options;
    const program = { instrumented, locator, set, exportPlace: () => undefined, ...limits };
    const evaluator = new Evaluator(host);
    graph = await evaluate(host, program, evaluator, reporter);
    await evaluator.end();
  }
  const sorted = reporter.sorted();
  return {
    graph,
    locator,
    found: sorted.map(({ code, span }) =>
      span === undefined ? code : `${code} ${span.file}:${span.start.line}:${span.start.column}`,
    ),
    messages: sorted.map(({ message }) => message),
  };
}

const reports = test.macro({
  title: (name = "") => `reports ${name}`,
  async exec(t: ExecutionContext, source: string, expected: readonly string[], options: Options = {}) {
    const { graph, found } = await compileProgram(t, { "infra.ts": source }, options);
    t.deepEqual(found, expected);
    t.is(graph, undefined);
  },
});

test("a syntax error", reports, "const a = 1;\nexport const b = ;\n", ["syntax infra.ts:2:18"]);
test("a missing file", reports, 'import { a } from "./gone";\nexport { a };\n', [
  "import-missing infra.ts:1:19",
]);
test(
  "an exception",
  reports,
  'const a = 1;\nfunction f(): void {\n  throw new Error("no");\n}\nf();\nexport { a };\n',
  ["exception infra.ts:3:9"],
);
test("Date.now", reports, "export const a = 1;\nexport const b = Date.now();\n", [
  "undeclared-input infra.ts:2:23",
]);
test("new Date", reports, "export const a = 1;\nexport const b = new Date();\n", [
  "undeclared-input infra.ts:2:18",
]);
test("Math.random", reports, "export const b = [Math.random()];\n", ["undeclared-input infra.ts:1:24"]);
test("the environment", reports, "export const b = process.env.HOME;\n", ["undeclared-input infra.ts:1:18"]);
test("fetch", reports, '\nexport const b = fetch("http://localhost");\n', ["undeclared-input infra.ts:2:18"]);
test(
  "files",
  reports,
  'import { readFileSync } from "node:fs";\nexport const b = readFileSync("/etc/passwd");\n',
  ["undeclared-input infra.ts:1:30"],
);
test("dynamic import", reports, 'const n = "./x";\nexport const b = import(n);\n', [
  "undeclared-input infra.ts:2:18",
]);
test("dynamic import of a file", async (t) => {
  const { found } = await compileProgram(t, {
    "infra.ts": 'export const b = import("./x");\n',
    "x.ts": "export const x = 1;\n",
  });
  t.deepEqual(found, ["undeclared-input infra.ts:1:25"]);
});
test("eval", reports, 'export const a = 1;\nexport const b = (0, eval)("1");\n', ["exception infra.ts:2:22"]);
test(
  "an endless loop",
  reports,
  "let i = 0;\n\nwhile (true) {\n  i += 1;\n}\nexport const b = i;\n",
  ["endless-program infra.ts:3:1"],
  { evaluationMs: 1000 },
);
test("endless recursion", reports, "function f(): number {\n  return f() + 1;\n}\nexport const b = f();\n", [
  "exception infra.ts:2:3",
]);
test(
  "endless allocation",
  reports,
  "const a: unknown[] = [];\nwhile (true) a.push(new Array(3e7).fill(a));\nexport { a };\n",
  ["program-too-large infra.ts:2:1"],
);

test("a constructor chain does not reach the host", async (t) => {
  const source =
    'const F = (globalThis as any).constructor?.constructor;\nexport const x = F ? F("return process")() : 1;\n';
  const { found } = await compileProgram(t, { "infra.ts": source });
  t.deepEqual(found, ["exception infra.ts:2:22"]);
});

test("a property keeps its place through a function and a spread", async (t) => {
  const { graph, locator, found } = await compileProgram(t, {
    "lib.ts": "export const base = {\n  mode: 'fast',\n};\n",
    "infra.ts":
      'import { configMap } from "infra";\nimport { base } from "./lib";\nexport const c = configMap("c", { ...base, own: "1" });\n',
  });
  t.deepEqual(found, []);
  const [node] = graph?.resources ?? [];
  t.is(node?.name, "c");
  t.deepEqual(locator?.call(node?.call ?? [0, 0])?.start, { line: 3, column: 18 });
});

test("--set reaches the program, and a bad value is reported", async (t) => {
  const files = {
    "infra.ts":
      'import { configMap, input } from "infra";\nconst n = input.number("n", { default: 1, max: 5 });\nexport const c = configMap("c", { n: String(n) });\n',
  };
  const good = await compileProgram(t, files, { set: { n: "3" } });
  t.true(JSON.stringify(good.graph?.resources[0]?.spec).includes('"3"'));
  const bad = await compileProgram(t, files, { set: { n: "9" } });
  t.deepEqual(bad.found, ["input-invalid infra.ts:2:17"]);
});

test("a type error has the compiler's place and code", async (t) => {
  const source = 'import { configMap } from "infra";\nexport const c = configMap("c", { a: null });\n';
  const { found, messages } = await compileProgram(t, { "infra.ts": source }, { check: true });
  t.deepEqual(
    found.map((line) => line.replace(/:\d+$/, "")),
    ["type-error infra.ts:2"],
  );
  t.regex(messages[0] ?? "", /TS2322/);
});
