import { constants, createReadStream, existsSync, openSync, readdirSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { join, relative, resolve } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
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
      sources.push({
        name: "standard input",
        text: textOf("standard input", await readAll("standard input", context.terminal.stdin, context)),
      });
      continue;
    }
    const path = resolve(context.cwd, operand);
    if (!existsSync(path)) throw new UsageError(`There is no file or folder "${operand}"`);
    const files = statSync(path).isDirectory() ? filesBelow(path, /\.(ya?ml|json)$/i) : [path];
    for (const file of files) {
      const name = relative(context.cwd, file) || file;
      sources.push({ name, text: textOf(name, await readAll(name, streamOf(name, file), context)) });
    }
  }
  return sources;
}

/** Files of such names below a folder, sorted. Hidden folders, packages and bundles hold no sources. */
export function filesBelow(folder: string, names: RegExp): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return /^\.|^node_modules$|^infra\.out$/.test(entry.name) ? [] : filesBelow(path, names);
      return entry.isFile() && names.test(entry.name) ? [path] : [];
    });
}

/** A shell's `<(…)` is a pipe with a name: it is waited for without holding up signals. Nothing else is read. */
function streamOf(name: string, path: string): NodeJS.ReadableStream {
  const facts = statSync(path);
  if (facts.isFile()) return createReadStream(path);
  if (!facts.isFIFO()) throw new UsageError(`"${name}" is neither a file nor a pipe`);
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
}

/** @throws what an interruption is, as soon as there is one: whoever writes may never come to an end. */
async function readAll(
  name: string,
  from: NodeJS.ReadableStream,
  { interrupted }: CliContext,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of addAbortSignal(interrupted, from as Readable)) {
      const bytes = Buffer.from(chunk as Uint8Array);
      size += bytes.length;
      if (size > mostBytes) throw new UsageError(`"${name}" is longer than ${mostBytes / 1024 / 1024} MiB`);
      chunks.push(bytes);
    }
  } catch (error) {
    throw interrupted.aborted ? interrupted.reason : error;
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
