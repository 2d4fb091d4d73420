import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HostUnsupported } from "../../stdlib/base/errors.js";

/** The addon: one function, one system call. Each throws an Error with `syscall`, negative `errno` and `path`. */
export interface Native {
  /** Starts a shim in `folder`; `fd` is our end of its first connection. Returns once exec succeeded. */
  spawnShim(path: string, folder: string, id: string): { readonly pid: number; readonly fd: number };
  /** waitpid(2) without waiting. True once the child is gone or never was ours. */
  reap(pid: number): boolean;
  /** flock(2), exclusive. False when another open file holds it; released when the descriptor closes. */
  flockTry(fd: number): boolean;
  netlinkOpen(protocol: number): number;
  netlinkTransact(fd: number, request: Buffer): Promise<Buffer>;
  netlinkClose(fd: number): void;
  /** lgetxattr(2); undefined when there is none. Paths are bytes here: names in layers need not be UTF-8. */
  getXattr(path: Buffer, name: string): Buffer | undefined;
  /** lsetxattr(2). */
  setXattr(path: Buffer, name: string, value: Buffer): void;
  /** llistxattr(2). */
  listXattrs(path: Buffer): string[];
  /** mknod(2); the type is in `mode`. */
  makeNode(path: Buffer, mode: number, major: number, minor: number): void;
  /** syncfs(2) of the filesystem that holds `fd`; off the main thread. */
  syncFilesystem(fd: number): Promise<void>;
}

let loaded: Native | undefined;

/** Path of a built file in `dist/`, from the sources as well as from a bundle in `dist/` itself. */
export function builtFile(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "dist", name);
    if (existsSync(join(folder, "package.json")) && existsSync(file)) return file;
    if (folder === dirname(folder))
      throw new HostUnsupported(`Cannot find "dist/${name}"`, { hint: "Run `npm run build`." });
  }
}

/** Loads the addon once. */
export function native(): Native {
  loaded ??= createRequire(import.meta.url)(builtFile("infra.node")) as Native;
  return loaded;
}
