import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../stdlib/base/errors.js";

/**
 * Refuses a path that a link below the folder would lead elsewhere: a folder from somewhere may bring such links along.
 *
 * @throws {UsageError} that names the link.
 */
export function refuseLinks(folder: string, path: string): void {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count += 1) {
    const part = parts.slice(0, count).join("/");
    if (lstatSync(join(folder, part), { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    throw new UsageError(`"${part}" is a link: nothing was written`, {
      hint: `Remove it, or replace it by what it leads to`,
    });
  }
}

/** Writes a file whole or not at all. @param confidential - for its owner alone, whatever it was before. */
export function writeInside(
  folder: string,
  path: string,
  content: string | Uint8Array,
  confidential: boolean,
): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true, ...(confidential ? { mode: 0o700 } : {}) });
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { flag: "wx", ...(confidential ? { mode: 0o600 } : {}) });
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
