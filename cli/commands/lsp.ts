import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Host } from "../../compiler/host.js";
import { serve } from "../../compiler/language/server/server.js";
import type { Files } from "../../compiler/language/server/workspace.js";
import { createHost } from "../host.js";
import { answerCompiles, compilerProcess } from "../language-compiler.js";
import type { CommandRun } from "../program.js";

/** `infra lsp`: the language server, over standard input and output. */
export const run: CommandRun = async (context, _, options) => {
  if (options["compiler"] === true) return answerCompiles(context);
  const output = new Writable({
    write: (chunk: Buffer, _, done) => context.terminal.writeOut(chunk, () => done()),
  });
  const compiler = compilerProcess(context);
  try {
    return await serve(context.terminal.stdin, output, {
      version: context.version,
      files: filesOf(createHost(context.packageRoot, join(context.cache, "language-server"))),
      compile: compiler.compile,
      isAlive,
      interrupted: context.interrupted,
    });
  } finally {
    compiler.end();
  }
};

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** More files than this are not looked through for names. */
const mostFiles = 5_000;

/** No source is larger: of what is, an editor only needs that it is there. */
const largestBytes = 16 * 1024 * 1024;

function filesOf(host: Host): Files {
  const has = (path: string) => path.startsWith("/") && sizeOf(path) !== undefined;
  return {
    has,
    read(path) {
      const size = path.startsWith("/") ? sizeOf(path) : undefined;
      if (size === undefined || size > largestBytes) return size === undefined ? undefined : "";
      const content = readable(() => host.read(path));
      return content === undefined ? undefined : Buffer.from(content).toString("utf8");
    },
    entries: (folder) => (folder.startsWith("/") ? (readable(() => host.names(folder)) ?? []) : []),
    find(folder, endings) {
      const found: string[] = [];
      for (const path of filesBelow(folder, endings)) if (found.push(path) === mostFiles) break;
      return found;
    },
  };
}

/** Hidden folders, packages and bundles hold no sources; what may not be read holds none for us. */
function* filesBelow(folder: string, endings: readonly string[]): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!/^\.|^node_modules$|^infra\.out$/.test(entry.name)) yield* filesBelow(path, endings);
    } else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) yield path;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  return readable(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}

/** Of a regular file; undefined when there is none, and when a path is none. */
function sizeOf(path: string): number | undefined {
  const facts = readable(() => statSync(path, { throwIfNoEntry: false }));
  return facts?.isFile() === true ? facts.size : undefined;
}

/** What may not be read, is no longer there, or has no path that a file can have, holds nothing for us. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (unreadable.includes(code)) return undefined;
    throw error;
  }
}

const unreadable = ["EACCES", "EPERM", "ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];
