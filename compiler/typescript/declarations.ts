import { dirname, join, relative } from "node:path";
import type { Host } from "../host.js";
import { isInside } from "../inside.js";
import type { Emitted } from "../language/emit.js";
import { compilerBinary, compilerOptions, timeoutMs } from "./type-check.js";

/** Where a bundle keeps them; the `rootDirs` that `infra init` writes lead there. */
const folderOfTypes = "types";

/**
 * What the `.infra` files of a stack export, as declarations that any TypeScript editor reads: `store.d.infra.ts` for
 * `store.infra` (`allowArbitraryExtensions`). Files above the stack's folder have none: no `rootDirs` reaches them.
 *
 * @param inputs - every module of the stack, relative to its folder.
 * @returns text by path relative to the bundle; none for a stack in one language.
 */
export async function declarations(
  host: Host,
  entry: string,
  inputs: readonly string[],
  language: ReadonlyMap<string, Emitted>,
): Promise<ReadonlyMap<string, string>> {
  if (language.size === 0 || inputs.every((path) => path.endsWith(".infra"))) return new Map();
  return declarationsOf(host, dirname(entry), language);
}

/** The same of given modules of a folder. */
export function declarationsOf(
  host: Host,
  folder: string,
  language: ReadonlyMap<string, Emitted>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  return host.withFolder(async (work) => {
    const overlay = join(work, "language");
    for (const [path, { code }] of language) host.write(join(overlay, `${path}.ts`), code);
    const options = {
      ...compilerOptions(host, work, overlay),
      declaration: true,
      emitDeclarationOnly: true,
      noCheck: true, // done beside this
      outDir: "./out",
      rootDir: "/",
    };
    const files = [...language.keys()].map((path) => relative(work, join(overlay, `${path}.ts`)));
    host.write(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
    await host.run(compilerBinary(), ["--project", join(work, "tsconfig.json")], { cwd: folder, timeoutMs });
    for (const path of language.keys()) {
      const name = relative(folder, path);
      const text = isInside(folder, path) ? host.read(join(work, "out", overlay, `${path}.d.ts`)) : undefined;
      if (text === undefined) continue;
      found.set(
        join(folderOfTypes, name.replace(/\.infra$/, ".d.infra.ts")),
        Buffer.from(text).toString("utf8"),
      );
    }
    return found;
  });
}
