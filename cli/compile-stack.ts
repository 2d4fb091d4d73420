import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type CompileResult, compile } from "../compiler/compile.js";
import { type PolicyLevel, policyLevels } from "../compiler/diagnostics/policy-rows.js";
import type { Diagnostic } from "../compiler/diagnostics/reporter.js";
import type { Span } from "../compiler/diagnostics/span.js";
import { UsageError } from "../stdlib/base/errors.js";
import type { CliContext } from "./context.js";
import { createHost, type TrackingHost } from "./host.js";
import { type GivenInput, givenInputs } from "./inputs.js";
import type { CommandOptions } from "./program.js";
import { countText, renderDiagnostics } from "./render/diagnostics.js";
import { escapeText } from "./render/escape.js";

export interface CompiledStack {
  readonly host: TrackingHost;
  readonly entry: string;
  readonly output: string;
  readonly stack: string;
  readonly namespace: string;
  readonly result: CompileResult;
}

/** What a folder's stack is called, the first that is there. */
const entries = ["infra.ts", "main.infra"] as const;

/** The stack's entry file, and a host whose caches are the stack's own. */
export function findStack(
  context: CliContext,
  operand: string | undefined,
): { readonly host: TrackingHost; readonly entry: string } {
  const given = resolve(context.cwd, operand ?? ".");
  const isFile = /\.([cm]?tsx?|infra)$/.test(given);
  const candidates = isFile ? [given] : entries.map((name) => join(given, name));
  const found = candidates.findIndex((path) => existsSync(path));
  const entry = candidates[Math.max(found, 0)] as string;
  const cache = createHash("sha256").update(entry).digest("hex").slice(0, 16);
  const host = createHost(
    context.packageRoot,
    join(context.cache, "compile", cache),
    context.environment,
    context.started,
  );
  for (const before of candidates.slice(0, found)) host.touched.add(before); // one that comes later goes before
  if (host.read(entry) !== undefined) return { host, entry };
  throw new UsageError(`"${operand ?? "."}" holds no stack`, {
    hint: "Name a file, or a folder with infra.ts or main.infra; infra init writes one",
  });
}

/** Finds the stack an operand names and compiles it with the options every compiling command takes. */
export async function compileStack(
  context: CliContext,
  operand: string | undefined,
  options: CommandOptions,
): Promise<CompiledStack> {
  const { host, entry } = findStack(context, operand);
  const folder = dirname(entry);
  const output = resolve(context.cwd, textOption(options, "output") ?? join(folder, "infra.out"));
  const stack = textOption(options, "stack") ?? stackName(basename(folder));
  const namespace = textOption(options, "namespace") ?? "default";
  const given = await givenInputs(host, context.cwd, entry, options);
  const result = await compile(host, {
    entry,
    output,
    stack,
    namespace,
    ...inputOptions(given),
    check: options["check"] !== false,
    ...(options["unlocked"] === true ? { unlocked: true } : {}),
    policy: policyLevel(options["policy"]),
    strict: options["strict"] === true,
    version: context.version,
  });
  const { cacheRefusal } = host;
  if (cacheRefusal !== undefined)
    context.error(
      `The cache below ${escapeText(context.cache)} cannot be written, so nothing is kept for the next time: ${escapeText(cacheRefusal.message)}\n`,
    );
  return { host, entry, output, stack, namespace, result };
}

/** Prints diagnostics to standard error; true when there was no error. */
export function showDiagnostics(context: CliContext, { host, entry, result }: CompiledStack): boolean {
  return printDiagnostics(context, host, entry, result.diagnostics, result.files !== undefined);
}

/** @returns `good`, after printing what was found and, when it is not, that nothing was written. */
export function printDiagnostics(
  context: CliContext,
  host: Pick<TrackingHost, "read">,
  entry: string,
  found: readonly Diagnostic[],
  good: boolean,
): boolean {
  const source = (file: string) => {
    const content = host.read(resolve(context.cwd, file));
    return content === undefined ? undefined : Buffer.from(content).toString("utf8");
  };
  const shown = found.map((one) => seenFrom(relative(context.cwd, dirname(entry)), one));
  if (found.length > 0) context.error(`${renderDiagnostics(shown, source, context.style)}\n`);
  if (!good) context.error(`${countText(found)}; nothing was written\n`);
  return good;
}

/** A diagnostic of a stack's folder as it is read from where that folder has this path. */
function seenFrom(folder: string, { related, span, ...rest }: Diagnostic): Diagnostic {
  const place = (one: Span): Span => ({ ...one, file: join(folder, one.file) });
  return {
    ...rest,
    span: span && place(span),
    related: related.map((one) => ({ ...one, span: place(one.span) })),
  };
}

function textOption(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** A folder's name as a label value; the author can say otherwise with --stack. */
export function stackName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
  return name === "" ? "stack" : name;
}

/** Given values as the compiler takes them. */
export function inputOptions(given: { readonly [name: string]: GivenInput }) {
  const entries = Object.entries(given);
  return {
    set: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
    places: Object.fromEntries(
      entries.flatMap(([name, { span }]) => (span === undefined ? [] : [[name, span]])),
    ),
  };
}

function policyLevel(given: unknown): PolicyLevel {
  const level = policyLevels.find((known) => known === (given ?? "default"));
  if (level !== undefined) return level;
  throw new UsageError(`There is no policy level "${given}"`, {
    hint: `There are ${policyLevels.join(", ")}`,
  });
}
