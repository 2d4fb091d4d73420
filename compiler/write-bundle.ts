import { join } from "node:path";
import { InfraError } from "../stdlib/base/errors.js";
import type { Host, HostEntry } from "./host.js";

/** Files that a compile may no longer write. */
const generated = /^(?:manifests\/\d+-[^/]+\.yaml|types\/.+\.d\.infra\.ts)$/;
/** What a compile that was killed can leave beside them. */
const unfinished = /\.\d+\.tmp$/;

/** The output folder holds something that no compile wrote. */
class OutputRefused extends InfraError {
  readonly code = "output-refused";
}

/**
 * Writes what changed and removes manifests and declarations that are no longer part of the bundle. A folder that holds
 * anything of its own and no `compile.json` is somebody else's.
 *
 * @returns how many files were written or removed.
 * @throws {OutputRefused} for such a folder, and for a link in it that would lead what is written elsewhere.
 */
export function writeBundle(host: Host, output: string, files: ReadonlyMap<string, string>): number {
  const present = presentIn(host, output);
  const refuse = (why: string) => {
    throw new OutputRefused(`Cannot write the bundle to "${output}": ${why}`, {
      hint: "Choose another folder with -o",
    });
  };
  const isOurs = ({ path, type }: HostEntry) =>
    type === "directory"
      ? /^(?:manifests$|types(?:\/|$))/.test(path)
      : files.has(path) || generated.test(path) || unfinished.test(path);
  if (!present.some(({ path }) => path === "compile.json") && !present.every(isOurs))
    refuse("the folder holds other files");
  for (const { path, type } of present)
    if (type === "symlink" && [...files.keys()].some((file) => file.startsWith(`${path}/`)))
      refuse(`"${path}" in it is a link`);
  let changed = 0;
  for (const [path, text] of files) {
    const target = `${output}/${path}`;
    const before = host.read(target);
    if (before !== undefined && Buffer.from(text).equals(before)) continue;
    host.write(target, text);
    changed += 1;
  }
  for (const { path, type } of present) {
    if (type !== "file" || files.has(path) || !generated.test(path)) continue;
    host.remove(join(output, path));
    changed += 1;
  }
  return changed;
}

/** Without a look at each manifest: there may be thousands. */
function presentIn(host: Host, output: string): readonly HostEntry[] {
  return (host.list(output, 1) ?? []).flatMap((entry): readonly HostEntry[] => {
    const below = (found: HostEntry) => ({ ...found, path: `${entry.path}/${found.path}` });
    if (entry.type !== "directory") return [entry];
    if (entry.path !== "manifests") return [entry, ...(host.list(join(output, entry.path)) ?? []).map(below)];
    const names = host.names(join(output, entry.path)) ?? [];
    return [
      entry,
      ...names.map((name) => {
        const isFolder = name.endsWith("/");
        const type = isFolder ? ("directory" as const) : ("file" as const);
        return below({ path: isFolder ? name.slice(0, -1) : name, type, executable: false });
      }),
    ];
  });
}
