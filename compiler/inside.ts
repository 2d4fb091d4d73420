import { relative } from "node:path";

/** Whether a path is in a folder, or is it; by name alone. `..data` is a name like any other. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../");
}
