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

/** Files of a bundle that the output folder holds as they are. */
export function presentOf(
  host: Host,
  output: string,
  files: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const holds = ([path, text]: readonly [path: string, text: string]) => {
    const found = host.read(`${output}/${path}`);
    return found !== undefined && Buffer.from(text).equals(found);
  };
  return new Set([...files].filter(holds).map(([path]) => path));
}

/**
 * Writes what changed and removes manifests and declarations that are no longer part of the bundle. A folder that holds
 * anything of its own and no `compile.json` is somebody else's.
 *
 * @param known - files that are not looked at: the folder is known to hold them.
 * @returns how many files were written or removed.
 * @throws {OutputRefused} for such a folder, and for a link in it that would lead what is written elsewhere.
 */
export function writeBundle(
  host: Host,
  output: string,
  files: ReadonlyMap<string, string>,
  known: ReadonlySet<string> = new Set(),
): number {
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
  const unseen = new Map([...files].filter(([path]) => !known.has(path)));
  const unchanged = presentOf(host, output, unseen);
  for (const [path, text] of unseen) {
    if (unchanged.has(path)) continue;
    host.write(`${output}/${path}`, text);
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
