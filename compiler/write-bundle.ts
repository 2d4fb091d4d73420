import { join } from "node:path";
import { InfraError } from "../stdlib/base/errors.js";
import type { Host } from "./host.js";

/** Files that a compile may no longer write. */
const generated = /^(?:manifests\/\d+-[^/]+\.yaml|types\/.+\.d\.infra\.ts)$/;

/** The output folder holds something that no compile wrote. */
class OutputRefused extends InfraError {
  readonly code = "output-refused";
}

/**
 * Writes what changed and removes manifests and declarations that are no longer part of the bundle. A folder that is not empty and
 * holds no `compile.json` is somebody else's.
 *
 * @returns how many files were written or removed.
 */
export function writeBundle(host: Host, output: string, files: ReadonlyMap<string, string>): number {
  const present = host.list(output);
  if (present !== undefined && present.length > 0 && !present.some(({ path }) => path === "compile.json")) {
    throw new OutputRefused(`Cannot write the bundle to "${output}": the folder holds other files`, {
      hint: "Choose another folder with -o",
    });
  }
  let changed = 0;
  for (const [path, text] of files) {
    const target = join(output, path);
    const before = host.read(target);
    if (before !== undefined && Buffer.from(before).equals(Buffer.from(text))) continue;
    host.write(target, text);
    changed += 1;
  }
  for (const { path, type } of present ?? []) {
    if (type !== "file" || files.has(path) || !generated.test(path)) continue;
    host.remove(join(output, path));
    changed += 1;
  }
  return changed;
}
