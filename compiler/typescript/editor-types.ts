import { dirname, join, resolve } from "node:path";
import { Reporter } from "../diagnostics/reporter.js";
import { sha256 } from "../digest.js";
import type { Host } from "../host.js";
import { isInside } from "../inside.js";
import { KeptText } from "../kept-text.js";
import type { Emitted } from "../language/emit.js";
import { loadModule } from "../language/load.js";
import { importsOfTypeScript } from "../language/server/typescript.js";
import { declarationsOf } from "./declarations.js";

/** More files than this are not looked through. */
const mostFiles = 2_000;
/** Where the `tsconfig.json` of `infra init` lets an editor look. */
const typesFolder = "infra.out/types";

/**
 * Writes the declarations of `.infra` modules that TypeScript of a folder imports, so that an editor knows them whether
 * the stack compiles or not: a module with mistakes is declared as far as it can be read. A folder whose
 * `tsconfig.json` does not look for them has none, and nothing is written through links.
 */
export async function writeEditorTypes(host: Host, folder: string): Promise<void> {
  const settings = Buffer.from(host.read(join(folder, "tsconfig.json")) ?? []).toString("utf8");
  if (!settings.includes(typesFolder) || isLed(host, folder)) return;
  const language = modulesOf(host, folder);
  if (language.size === 0) return;
  const sources = [...language].map(([path, { code }]) => [path, code]);
  const known = new KeptText(host, join(host.cacheFolder, "editor-types"));
  const digest = sha256(JSON.stringify([host.packageRoot, sources]));
  const target = (path: string) => join(folder, "infra.out", path);
  const declared = (path: string) => path.replace(/\.infra$/, ".d.infra.ts");
  const areThere = [...language.keys()].every(
    (path) => host.read(join(folder, typesFolder, declared(path.slice(folder.length + 1)))) !== undefined,
  );
  if (areThere && known.read() === digest) return;
  for (const [path, text] of await declarationsOf(host, folder, language)) {
    const before = host.read(target(path));
    if (before === undefined || !Buffer.from(before).equals(Buffer.from(text)))
      host.write(target(path), text);
  }
  known.write(digest);
}

/** Whether what is written there would lie elsewhere. */
function isLed(host: Host, folder: string): boolean {
  const output = join(folder, "infra.out");
  const [real, above] = [host.realPath(output), host.realPath(folder)];
  if (real === undefined) return host.names(folder)?.includes("infra.out") === true; // a link to nothing
  if (above === undefined || real !== join(above, "infra.out")) return true;
  return (host.list(output) ?? []).some(({ type }) => type === "symlink");
}

/** `.infra` modules below a folder that its TypeScript imports, and those that they import, by absolute path. */
function modulesOf(host: Host, folder: string): ReadonlyMap<string, Emitted> {
  const language = new Map<string, Emitted>();
  const take = (from: string, text: string) => {
    for (const { from: named } of importsOfTypeScript(text)) {
      const path = resolve(dirname(from), named);
      if (!named.endsWith(".infra") || language.has(path) || !isInside(folder, path)) continue;
      const content = host.read(path);
      if (content === undefined) continue;
      const emitted = loadModule(folder, path, content, new Reporter());
      language.set(path, emitted);
      take(path, emitted.code);
    }
  };
  let files = 0;
  for (const path of typeScriptBelow(host, folder)) {
    files += 1;
    if (files > mostFiles) break;
    const text = Buffer.from(host.read(path) ?? []).toString("utf8");
    if (text.includes(".infra")) take(path, text);
  }
  return language;
}

/** Hidden folders, packages and bundles hold no sources. */
function* typeScriptBelow(host: Host, folder: string): Generator<string> {
  for (const name of host.names(folder) ?? []) {
    if (/\.[cm]?tsx?$/.test(name)) yield join(folder, name);
    else if (name.endsWith("/") && !/^\.|^node_modules\/$|^infra\.out\/$/.test(name))
      yield* typeScriptBelow(host, join(folder, name));
  }
}
