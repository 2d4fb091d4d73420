import { mkdtemp, opendir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** A path this long has room for one more name before PATH_MAX, 4096 bytes. */
const longestPath = 3_500;

/**
 * Removes a file or a folder with everything in it; none is fine. What containers leave may be nested deeper than any
 * path can say: such folders are first moved up to the top.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENAMETOOLONG") throw error;
    await flatten(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function flatten(top: string): Promise<void> {
  const higher = await mkdtemp(join(top, ".infra-moved-")); // a name that nothing in the tree has
  const waiting = [top];
  let moved = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for await (const entry of await opendir(folder)) {
      if (!entry.isDirectory()) continue;
      const below = join(folder, entry.name);
      if (Buffer.byteLength(below) < longestPath) {
        waiting.push(below);
        continue;
      }
      moved += 1;
      await rename(below, join(higher, String(moved)));
      waiting.push(join(higher, String(moved)));
    }
  }
}
