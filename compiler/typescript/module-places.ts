import { basename, dirname, join } from "node:path";

/** Places where something new would change which file an import leads to. */
export interface ModulePlaces {
  readonly folders: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
}

/**
 * Where modules were looked for, by those that were found. Node's rules: a file goes before an `index` file of a folder,
 * the nearest `node_modules` before those further up, and `package.json` says what a package's names stand for.
 *
 * @param modules - absolute paths.
 */
export function modulePlaces(modules: readonly string[]): ModulePlaces {
  const folders = new Set<string>();
  const files = new Set<string>();
  const above = new Set<string>();
  for (const module of modules) {
    const folder = dirname(module);
    folders.add(folder);
    if (/^index\./.test(basename(module))) folders.add(dirname(folder));
    for (let at = folder; !above.has(at); at = dirname(at)) above.add(at);
  }
  for (const folder of above) {
    files.add(join(folder, "package.json"));
    folders.add(join(folder, "node_modules"));
    folders.add(join(folder, "node_modules", "@types"));
  }
  return { folders, files };
}
