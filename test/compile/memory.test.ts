import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { createHost } from "../../cli/host.js";
import { type CompileResult, compile } from "../../compiler/compile.js";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
/** Longer than a tick of the file system's clock: what is written then is no part of the compile before or after. */
const tickMs = 60;

/** A stack that is compiled again and again, its files of some age. */
async function stackOf(t: ExecutionContext, files: { readonly [path: string]: string }) {
  const folder = await mkdtemp(join(tmpdir(), "infra-memory-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const cache = join(folder, "cache");
  const stack = join(folder, "stack");
  const write = async (changes: { readonly [path: string]: string }) => {
    for (const [path, text] of Object.entries(changes)) {
      await mkdir(dirname(join(stack, path)), { recursive: true });
      await writeFile(join(stack, path), text);
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  };
  await write(files);
  const run = (options: { check?: boolean; set?: { [name: string]: string } } = {}): Promise<CompileResult> =>
    compile(createHost(packageRoot, cache, process.env), {
      entry: join(stack, "infra.ts"),
      output: join(stack, "infra.out"),
      stack: "stack",
      namespace: "default",
      set: options.set ?? {},
      check: options.check ?? false,
      version: "1.2.3",
    });
  return { cache, folder, run, stack, write };
}

const entry = `import { configMap } from "infra";
import { value } from "./value.js";
export const only = configMap("only", { value });
`;

async function valueIn(t: ExecutionContext, run: () => Promise<CompileResult>): Promise<string | undefined> {
  const { diagnostics, files } = await run();
  t.deepEqual(diagnostics, []);
  return /^ {2}value: "?(.*?)"?$/m.exec(files?.get("manifests/01-configmap-only.yaml") ?? "")?.[1];
}

/** Whether a run only remembers: it keeps nothing then. */
async function remembers(cache: string, run: () => Promise<CompileResult>): Promise<boolean> {
  const folder = join(cache, "results");
  const kept = (await readdir(folder)).map((name) => join(folder, name));
  for (const path of kept) await utimes(path, 1, 1);
  await run();
  const facts = await Promise.all(kept.map((path) => stat(path)));
  return facts.every(({ mtimeMs }) => mtimeMs === 1000);
}

test("an unchanged stack is remembered; a touched one too, a changed one not", async (t) => {
  const { cache, run, stack, write } = await stackOf(t, {
    "infra.ts": entry,
    "value.ts": 'export const value = "a";\n',
  });
  t.is(await valueIn(t, run), "a");
  t.true(await remembers(cache, run));
  const now = new Date();
  await utimes(join(stack, "value.ts"), now, now);
  t.true(await remembers(cache, run));
  await write({ "value.ts": 'export const value = "b";\n' });
  t.is(await valueIn(t, run), "b");
});

test("a new file that an import now leads to is seen", async (t) => {
  const { run, write } = await stackOf(t, {
    "infra.ts": entry.replace("./value.js", "./value"),
    "value/index.ts": 'export const value = "folder";\n',
  });
  t.is(await valueIn(t, run), "folder");
  await write({ "value.ts": 'export const value = "file";\n' });
  t.is(await valueIn(t, run), "file");
});

test("a nearer package, and another main of one, are seen", async (t) => {
  const { run, write } = await stackOf(t, {
    "infra.ts": entry.replace("./value.js", "values"),
    "../node_modules/values/package.json": '{ "main": "one.js" }',
    "../node_modules/values/one.js": 'export const value = "one";\n',
    "../node_modules/values/two.js": 'export const value = "two";\n',
  });
  t.is(await valueIn(t, run), "one");
  await write({ "../node_modules/values/package.json": '{ "main": "two.js" }' });
  t.is(await valueIn(t, run), "two");
  await write({ "node_modules/values/index.js": 'export const value = "near";\n' });
  t.is(await valueIn(t, run), "near");
});

test("a module that only types come from is seen", async (t) => {
  const { run, write } = await stackOf(t, {
    "infra.ts": `import type { Value } from "./types.js";\n${entry.replace("{ value })", "{ value: value satisfies Value })")}`,
    "value.ts": 'export const value = "a";\n',
    "types.ts": "export type Value = string;\n",
  });
  t.is(await valueIn(t, () => run({ check: true })), "a");
  await write({ "types.ts": "export type Value = number;\n" });
  const { diagnostics } = await run({ check: true });
  t.deepEqual(
    diagnostics.map(({ code, span }) => [code, span?.file]),
    [["type-error", "infra.ts"]],
  );
});

test("objects of what has not changed are taken as they were", async (t) => {
  const other = (value: string) =>
    `import { configMap } from "infra";\nexport const other = configMap("other", { value: "${value}" });\n`;
  const { cache, run, write } = await stackOf(t, {
    "infra.ts": `export * from "./other.js";\n${entry}`,
    "value.ts": 'export const value = "a";\n',
    "other.ts": other("old"),
  });
  await run();
  // Whoever owns the cache can say what was: that the word is said again shows that it was not made anew.
  const folder = join(cache, "texts");
  const [name = ""] = await readdir(folder);
  const text = (await readFile(join(folder, name), "utf8")).replace("value: old", "value: odd");
  const digest = createHash("sha256").update(text).digest("hex");
  await rename(join(folder, name), join(folder, digest));
  await writeFile(join(folder, digest), text);
  const [result = ""] = await readdir(join(cache, "results"));
  const [, ...lines] = (await readFile(join(cache, "results", result), "utf8")).split("\n");
  const kept = lines.join("\n").replace(name, digest);
  const sum = createHash("sha256").update(kept).digest("hex");
  await writeFile(join(cache, "results", result), `${sum}\n${kept}`);
  const manifest = async () => (await run()).files?.get("manifests/02-configmap-other.yaml");
  await write({ "value.ts": 'export const value = "c";\n' });
  t.regex((await manifest()) ?? "", /value: odd/);
  await write({ "other.ts": other("new") });
  t.regex((await manifest()) ?? "", /value: new/);
});

test("a cache that is not whole costs time alone", async (t) => {
  const { cache, run } = await stackOf(t, {
    "infra.ts": entry,
    "value.ts": 'export const value = "a";\n',
  });
  const checked = () => run({ check: true });
  t.is(await valueIn(t, checked), "a");
  const [result = ""] = await readdir(join(cache, "results"));
  const [texts = ""] = await readdir(join(cache, "texts"));
  const damages: readonly ((text: string) => string)[] = [
    () => "",
    () => "null",
    (text) => text.slice(0, -20),
    (text) => text.replaceAll("a", "b"),
    (text) => text.replace(/^[^\n]*/, "0"),
  ];
  for (const damage of damages) {
    // Without a result of an earlier compile the type check is run, and reads its own.
    for (const file of ["tsbuildinfo", join("texts", texts), join("results", result)]) {
      const text = await readFile(join(cache, file), "utf8");
      await writeFile(join(cache, file), damage(text));
    }
    t.is(await valueIn(t, checked), "a");
  }
});

test("several compiles of one stack at once disturb each other in nothing", async (t) => {
  const { cache, run, write } = await stackOf(t, {
    "infra.ts": entry,
    "value.ts": 'export const value = "a";\n',
  });
  for (const value of ["b", "c"]) {
    await write({ "value.ts": `export const value = "${value}";\n` });
    const results = await Promise.all([1, 2, 3].map(() => valueIn(t, () => run({ check: true }))));
    t.deepEqual(results, [value, value, value]);
  }
  t.deepEqual((await readdir(cache)).sort(), ["parts", "results", "texts", "tsbuildinfo"]);
});

test("what a killed compile left is removed, results of old options go", async (t) => {
  const { cache, run } = await stackOf(t, {
    "infra.ts":
      'import { configMap, input } from "infra";\nexport const c = configMap("c", { a: input.text("a") });\n',
  });
  const dead = join(cache, `run-${2 ** 22 + 1}-1`); // above pid_max: nobody's
  await mkdir(dead, { recursive: true });
  for (let index = 0; index < 10; index += 1)
    t.deepEqual((await run({ set: { a: String(index) } })).diagnostics, []);
  t.deepEqual((await readdir(cache)).sort(), ["parts", "results", "texts"]);
  t.is((await readdir(join(cache, "results"))).length, 8);
});
