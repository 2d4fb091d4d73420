import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { type CompileResult, compile } from "../compiler/compile.js";
import type { Host } from "../compiler/host.js";
import { UsageError } from "../stdlib/base/errors.js";
import type { CliContext } from "./context.js";
import { createHost } from "./host.js";
import type { CommandOptions } from "./program.js";
import { countText, renderDiagnostics } from "./render/diagnostics.js";

export interface CompiledStack {
  readonly host: Host;
  readonly entry: string;
  readonly output: string;
  readonly stack: string;
  readonly namespace: string;
  readonly result: CompileResult;
}

/** Finds the stack an operand names and compiles it with the options every compiling command takes. */
export async function compileStack(
  context: CliContext,
  operand: string | undefined,
  options: CommandOptions,
): Promise<CompiledStack> {
  const given = resolve(context.cwd, operand ?? ".");
  const isFile = /\.[cm]?tsx?$/.test(given);
  const entry = isFile ? given : join(given, "infra.ts");
  const folder = dirname(entry);
  const host = createHost(
    context.packageRoot,
    join(context.cache, "compile", createHash("sha256").update(entry).digest("hex").slice(0, 16)),
  );
  if (host.read(entry) === undefined) {
    throw new UsageError(`"${operand ?? "."}" holds no stack`, {
      hint: "Name a file, or a folder with infra.ts; infra init writes one",
    });
  }
  const output = resolve(context.cwd, textOption(options, "output") ?? join(folder, "infra.out"));
  const stack = textOption(options, "stack") ?? stackName(basename(folder));
  const namespace = textOption(options, "namespace") ?? "default";
  const set = parseSet(options["set"]);
  const result = await compile(host, {
    entry,
    output,
    stack,
    namespace,
    set,
    check: options["check"] !== false,
    version: context.version,
  });
  return { host, entry, output, stack, namespace, result };
}

/** Prints diagnostics to standard error; true when there was no error. */
export function showDiagnostics(context: CliContext, { host, entry, result }: CompiledStack): boolean {
  const source = (file: string) => {
    const content = host.read(join(dirname(entry), file));
    return content === undefined ? undefined : Buffer.from(content).toString("utf8");
  };
  if (result.diagnostics.length > 0)
    context.error(`${renderDiagnostics(result.diagnostics, source, context.style)}\n`);
  if (result.files !== undefined) return true;
  context.error(`${countText(result.diagnostics)}; nothing was written\n`);
  return false;
}

function textOption(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** A folder's name as a label value; the author can say otherwise with --stack. */
function stackName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
  return name === "" ? "stack" : name;
}

function parseSet(given: unknown): { [name: string]: string } {
  const set: { [name: string]: string } = {};
  for (const item of Array.isArray(given) ? given : []) {
    const [name = "", ...value] = String(item).split("=");
    if (name === "" || value.length === 0)
      throw new UsageError(`"--set ${item}" has no value`, { hint: "Write --set name=value" });
    set[name] = value.join("=");
  }
  return set;
}
