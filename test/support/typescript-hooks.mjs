/* Module hooks: resolve `./x.js` to `./x.ts` and strip types with esbuild. Type checking is CI's job. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "esbuild";

const root = new URL("../../", import.meta.url);
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
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "node20",
    sourcefile: path,
    sourcemap: "inline",
    supported: { using: false },
  });
  return { format: "module", source: code, shortCircuit: true };
}
