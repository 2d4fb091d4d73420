import { readFileSync } from "node:fs";
import type { Native } from "../kernel/native.js";
import { LayeredRoot } from "./layered-root.js";

const sizeLimit = 1024 * 1024;

/**
 * A regular file of an image, read from its unpacked layers without mounting them.
 *
 * @param layers - topmost first.
 * @returns undefined when there is none, or it is no regular file of at most 1 MiB.
 */
export function readImageFile(
  layers: readonly string[],
  names: readonly string[],
  native: Pick<Native, "getXattr">,
): string | undefined {
  const found = new LayeredRoot(layers, native).find(names);
  const [path] = found?.places ?? [];
  if (found === undefined || path === undefined || !found.stat.isFile() || found.stat.size > sizeLimit)
    return undefined;
  return readFileSync(path, "utf8");
}
