import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { ImportSource } from "../compiler/import/select-objects.js";
import { UsageError } from "../stdlib/base/errors.js";
import type { CliContext } from "./context.js";

/** More than any cluster's objects take as text. */
const mostBytes = 256 * 1024 * 1024;

/** Files as they are, of folders all YAML and JSON files, `-` standard input. */
export async function readSources(
  context: CliContext,
  operands: readonly string[],
): Promise<readonly ImportSource[]> {
  const sources: ImportSource[] = [];
  for (const operand of operands) {
    if (operand === "-") {
      sources.push({ name: "standard input", text: textOf("standard input", await readAll(context)) });
      continue;
    }
    const path = resolve(context.cwd, operand);
    if (!existsSync(path)) throw new UsageError(`There is no file or folder "${operand}"`);
    const files = statSync(path).isDirectory() ? manifestsBelow(path) : [path];
    for (const file of files) {
      const name = relative(context.cwd, file) || file;
      sources.push({ name, text: textOf(name, readFileSync(file)) });
    }
  }
  return sources;
}

/** YAML and JSON files below a folder, by name. Hidden folders, packages and bundles hold no sources. */
function manifestsBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return /^\.|^node_modules$|^infra\.out$/.test(entry.name) ? [] : manifestsBelow(path);
      return entry.isFile() && /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
    });
}

async function readAll({ terminal }: CliContext): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of terminal.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > mostBytes)
      throw new UsageError(`Standard input is longer than ${mostBytes / 1024 / 1024} MiB`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`"${name}" is not UTF-8 text`, { cause });
  }
}
