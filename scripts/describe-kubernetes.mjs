// Puts the descriptions of stdlib/schema/descriptions into stdlib/kubernetes/generated, as doc comments; with --check
// only says, by its exit code, whether they are current. stdlib/schema/generator runs it at its end.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const root = new URL("../", import.meta.url);
const folder = new URL("stdlib/kubernetes/generated/", root);
const { meaningOfField, meaningOfType } = await descriptions();

async function descriptions() {
  const { outputFiles } = await build({
    entryPoints: [new URL("stdlib/schema/descriptions/index.ts", root).pathname],
    bundle: true,
    format: "esm",
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** The module with the comments as they should be; those that are there are left out first. */
function described(text, groupVersion) {
  let type;
  return text
    .replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, "")
    .split("\n")
    .flatMap((line) => {
      const head = /^export (?:interface|type|function) (\w+)/.exec(line);
      if (head !== null) {
        type = `${groupVersion}.${head[1]}`;
        return [comment(meaningOfType(type), ""), line];
      }
      const field = /^ {2}(?:"([^"]+)"|(\w+))\??: /.exec(line);
      return field === null || !line.endsWith(";") || line.startsWith("  return ")
        ? [line]
        : [comment(meaningOfField(type, field[1] ?? field[2]), "  "), line];
    })
    .filter((line) => line !== undefined)
    .join("\n");
}

function comment(meaning, indent) {
  if (meaning === undefined) return undefined;
  const text = meaning.default === undefined ? meaning.text : `${meaning.text} @default ${meaning.default}`;
  return `${indent}/** ${text.replaceAll("*/", "*\\/")} */`;
}

let outdated = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
  const path = new URL(file, folder);
  const before = readFileSync(path, "utf8");
  const after = described(before, file.slice(0, -".ts".length).replace("-", "."));
  if (after === before) continue;
  if (process.argv.includes("--check")) {
    console.error(`${path.pathname} is not current`);
    outdated++;
  } else writeFileSync(path, after);
}
process.exitCode = outdated === 0 ? 0 : 1;
