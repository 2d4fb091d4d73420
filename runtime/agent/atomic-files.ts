import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { InfraError } from "../../stdlib/base/errors.js";

/** A projected path would leave its volume. */
export class VolumePathInvalid extends InfraError {
  readonly code = "volume-path-invalid";
}

export interface ProjectedFile {
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

const dataLink = "..data";

/**
 * Makes a folder hold exactly these files, so that a reader sees the old ones or the new ones and never a mixture:
 * `..data` is a link to a folder with all of them, and is replaced by rename. `name` is a link to `..data/name`.
 *
 * @param group - owner group of the files, when given.
 * @returns whether anything changed.
 *
 * Source: Kubernetes `pkg/volume/util/atomic_writer.go`.
 */
export async function writeFilesAtomically(
  folder: string,
  files: ReadonlyMap<string, ProjectedFile>,
  group?: number,
): Promise<boolean> {
  for (const path of files.keys()) checkPath(path);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const previous = await readlink(join(folder, dataLink)).catch(absentAs(undefined));
  if (previous !== undefined && (await holds(join(folder, previous), files))) return false;

  // Beside the folder that is read now; of a daemon that was killed here something may be left.
  const next = `..${Number(previous?.slice(2) ?? 0) + 1}`;
  const link = join(folder, `${dataLink}_tmp`);
  for (const path of [join(folder, next), link]) await rm(path, { recursive: true, force: true });
  for (const [path, { bytes, mode }] of files) {
    const target = join(folder, next, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, bytes, { mode });
    await chmod(target, mode); // the process's umask does not count
    if (group !== undefined) await chown(target, 0, group);
  }
  await mkdir(join(folder, next), { recursive: true, mode: 0o755 });
  await chmod(join(folder, next), 0o755);
  await symlink(next, link);
  await rename(link, join(folder, dataLink));

  const visible = new Set([...files.keys()].map((path) => path.split("/")[0] ?? ""));
  for (const name of visible)
    if ((await readlink(join(folder, name)).catch(absentAs(undefined))) === undefined)
      await symlink(join(dataLink, name), join(folder, name));
  for (const name of await readdir(folder))
    if (name !== dataLink && name !== next && !visible.has(name))
      await rm(join(folder, name), { recursive: true, force: true });
  return true;
}

/** Source: `validatePath` there, and the API's rule for `items[].path`. */
function checkPath(path: string): void {
  const parts = path.split("/");
  if (path === "" || path.startsWith("/") || parts.includes("..") || (parts[0] ?? "").startsWith(".."))
    throw new VolumePathInvalid(`Cannot write "${path}": it must be relative, without ".." in it`);
}

async function holds(folder: string, files: ReadonlyMap<string, ProjectedFile>): Promise<boolean> {
  const present = await readdir(folder, { recursive: true, withFileTypes: true }).catch(absentAs([]));
  if (present.filter((entry) => !entry.isDirectory()).length !== files.size) return false;
  for (const [path, { bytes }] of files) {
    const stored = await readFile(join(folder, path)).catch(absentAs(undefined));
    if (stored === undefined || !stored.equals(bytes)) return false;
  }
  return true;
}

function absentAs<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
