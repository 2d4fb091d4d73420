import { readdir, rename, rm, stat } from "node:fs/promises";

/** Source: kubelet's containerLogMaxSize and containerLogMaxFiles. */
const maxBytes = 10 * 1024 * 1024;
const maxFiles = 5;

/**
 * Rotates a container's log when it has grown too large: `0.log` becomes `0.log.1`, and so on.
 *
 * @param reopen - tells the log's writer to open `path` anew.
 */
export async function rotateLog(
  path: string,
  reopen: () => Promise<void>,
  limitBytes = maxBytes,
): Promise<void> {
  const { size } = await stat(path);
  if (size < limitBytes) return;
  for (let number = maxFiles - 1; number >= 1; number -= 1) {
    const from = number === 1 ? path : `${path}.${number - 1}`;
    await rename(from, `${path}.${number}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await reopen();
}

/** The files of one start's log, oldest first. */
export async function logFiles(path: string): Promise<readonly string[]> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  const base = path.slice(path.lastIndexOf("/") + 1);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const rotated = names
    .filter((name) => name.startsWith(`${base}.`))
    .map((name) => Number(name.slice(base.length + 1)))
    .sort((a, b) => b - a);
  return [...rotated.map((number) => `${path}.${number}`), path];
}

/** Removes a start's log with what was rotated out of it. */
export async function removeLog(path: string): Promise<void> {
  for (const file of await logFiles(path)) await rm(file, { force: true });
}
