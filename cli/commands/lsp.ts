import { createHash } from "node:crypto";
import { type Dirent, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Writable } from "node:stream";
import { compile } from "../../compiler/compile.js";
import type { Diagnostic } from "../../compiler/diagnostics/reporter.js";
import type { Host } from "../../compiler/host.js";
import { serve } from "../../compiler/language/server/server.js";
import type { Files } from "../../compiler/language/server/workspace.js";
import { stackName } from "../compile-stack.js";
import type { CliContext } from "../context.js";
import { createHost } from "../host.js";
import type { CommandRun } from "../program.js";

/** `infra lsp`: the language server, over standard input and output. */
export const run: CommandRun = async (context) => {
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      context.terminal.writeOut(chunk);
      done();
    },
  });
  const host = createHost(context.packageRoot, join(context.cache, "language-server"));
  return serve(context.terminal.stdin, output, {
    version: context.version,
    files: filesOf(host),
    compile: (entry, read) => compileStack(context, entry, read),
  });
};

/** What `infra compile` says, without values for inputs, and without writing a bundle. */
async function compileStack(
  context: CliContext,
  entry: string,
  typed: (path: string) => string | undefined,
): Promise<readonly Diagnostic[]> {
  const folder = dirname(entry);
  const cache = createHash("sha256").update(entry).digest("hex").slice(0, 16);
  const stored = createHost(
    context.packageRoot,
    join(context.cache, "language-server", cache),
    context.environment,
  );
  const host: Host = {
    ...stored,
    read(path) {
      const text = typed(path);
      return text === undefined ? stored.read(path) : Buffer.from(text);
    },
  };
  const { diagnostics } = await compile(host, {
    entry,
    output: join(folder, "infra.out"),
    stack: stackName(basename(folder)),
    namespace: "default",
    set: {},
    check: true,
    policy: "default",
    version: context.version,
  });
  const absolute = <T extends { readonly file: string }>(span: T): T => ({
    ...span,
    file: resolve(folder, span.file),
  });
  return diagnostics.map((diagnostic) => ({
    ...diagnostic,
    span: diagnostic.span && absolute(diagnostic.span),
    related: diagnostic.related.map((one) => ({ ...one, span: absolute(one.span) })),
  }));
}

/** More files than this are not looked through for names. */
const mostFiles = 5_000;

function filesOf(host: Host): Files {
  return {
    read(path) {
      const content = path.startsWith("/") ? host.read(path) : undefined;
      return content === undefined ? undefined : Buffer.from(content).toString("utf8");
    },
    entries: (folder) =>
      (host.list(folder, 1) ?? []).map(({ path, type }) => (type === "directory" ? `${path}/` : path)),
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
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["EACCES", "ENOENT", "ENOTDIR"].includes(code)) return [];
    throw error;
  }
}
