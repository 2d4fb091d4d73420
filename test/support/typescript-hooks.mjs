/* Module hooks: resolve `./x.js` to `./x.ts` and strip types with esbuild. Type checking is CI's job. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { threadId } from "node:worker_threads";

const root = new URL("../../", import.meta.url);
const cache = new URL("node_modules/.cache/infra-test/modules/", root);
const { version } = createRequire(import.meta.url)("esbuild/package.json");
const packageEntries = new Map([
  ["infra", new URL("stdlib/constructs/index.ts", root).href],
  ["infra/kubernetes", new URL("stdlib/kubernetes/index.ts", root).href],
]);

export async function resolve(specifier, context, next) {
  const group = /^infra\/kubernetes\/(\w+)$/.exec(specifier)?.[1];
  const entry =
    group === undefined
      ? packageEntries.get(specifier)
      : new URL(`stdlib/kubernetes/generated/groups/${group}.ts`, root).href;
  if (entry !== undefined) return { url: entry, shortCircuit: true };
  if (specifier.startsWith(".") && specifier.endsWith(".js") && context.parentURL?.startsWith("file:")) {
    const source = fileURLToPath(new URL(specifier, context.parentURL)).replace(/\.js$/, ".ts");
    if (existsSync(source)) return { url: pathToFileURL(source).href, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const path = fileURLToPath(url);
  return { format: "module", source: await stripped(path, await readFile(path)), shortCircuit: true };
}

/** By what it is made of: each of the suite's workers asks for the same sources. */
async function stripped(path, content) {
  const name = createHash("sha256").update(`${version} ${path}\0`).update(content).digest("hex");
  const kept = new URL(`${name}.js`, cache);
  try {
    return await readFile(kept);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const { transform } = await import("esbuild");
  const { code } = await transform(content, {
    loader: "ts",
    format: "esm",
    target: "node20",
    sourcefile: path,
    sourcemap: "inline",
    supported: { using: false },
  });
  const written = new URL(`${name}.${process.pid}-${threadId}`, cache);
  await mkdir(cache, { recursive: true });
  await writeFile(written, code);
  await rename(written, kept); // another worker may read it already
  return code;
}
