import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import { longestFile, tooLarge } from "../file-size.js";
import type { Host } from "../host.js";
import { isInside } from "../inside.js";
import type { Emitted } from "../language/emit.js";
import type { Loaded } from "../language/load.js";

export interface Bundled {
  readonly code: string;
  /** Source map, JSON text; its sources are relative to `mapFolder`, an absolute path. */
  readonly map: string;
  readonly mapFolder: string;
  /** Files that went into it, relative to the stack's folder. */
  readonly inputs: readonly string[];
}

/** What became of a stack's files. */
export interface Bundling {
  /** Absent after a reported mistake. */
  readonly bundled: Bundled | undefined;
  /** What `.infra` files among them stand for, by absolute path. */
  readonly language: ReadonlyMap<string, Loaded>;
}

const timeoutMs = 20_000;
/** Modules of Node a stack cannot have; their use has a message of its own. */
const closedModules: { readonly [name: string]: string } = {
  fs: "files",
  os: "the machine's facts",
  net: "the network",
  http: "the network",
  https: "the network",
  child_process: "other programs",
  process: "the environment",
  crypto: "randomness",
  worker_threads: "threads",
  path: "Node's modules",
  url: "Node's modules",
};

/**
 * Bundles the entry and what it imports to one script with the native esbuild binary. `infra` is left to a global that
 * the evaluator provides. Every error esbuild reports becomes a diagnostic at its place.
 */
export async function bundle(host: Host, entry: string, reporter: Reporter): Promise<Bundling> {
  if (entry.endsWith(".infra")) return bundleMixed(host, entry, reporter);
  return host.withFolder((output) => bundleInto(host, entry, output, reporter));
}

async function bundleInto(host: Host, entry: string, output: string, reporter: Reporter): Promise<Bundling> {
  const nothing = { bundled: undefined, language: new Map<string, Loaded>() };
  const folder = dirname(entry);
  const result = await host.run(
    esbuildBinary(),
    [
      entry,
      ...flagsOf(options(host)),
      "--loader:.infra=empty", // seen in the metafile, and read then
      "--log-level=warning",
      "--log-limit=0",
      "--color=false",
      `--metafile=${join(output, "meta.json")}`,
      `--outfile=${join(output, "stack.js")}`,
    ],
    { cwd: folder, timeoutMs },
  );
  const errors = parseMessages(result.stderr).filter(({ severity }) => severity === "ERROR");
  for (const error of errors) reportMessage(reporter, error);
  if (result.code !== 0) {
    if (result.timedOut) {
      const text =
        "reading it does not end: a file it imports, or a source map it names, is not a regular file";
      reporter.report("syntax", pointSpan(basename(entry), 1, 1), { text });
      return nothing;
    }
    if (errors.length === 0) throw new Error(`esbuild failed: ${result.stderr.trim() || "no output"}`);
    return nothing;
  }
  const text = (name: string) => Buffer.from(host.read(join(output, name)) ?? []).toString("utf8");
  const meta = JSON.parse(text("meta.json")) as Metafile;
  const inputs = stackInputs(host, folder, meta);
  if (inputs.some((path) => path.endsWith(".infra"))) return bundleMixed(host, entry, reporter);
  if (reportTooLarge(meta, reporter) || reportClosedImports(host, folder, meta, reporter)) return nothing;
  const code = text("stack.js");
  return { ...nothing, bundled: { code, map: text("stack.js.map"), mapFolder: output, inputs } };
}

async function bundleMixed(host: Host, entry: string, reporter: Reporter): Promise<Bundling> {
  const { bundleWithLanguage } = await import("./bundle-language.js");
  const { language, result } = await bundleWithLanguage(host, entry, options(host), reporter);
  const isOpen =
    result === undefined ||
    reportTooLarge(result.meta, reporter) ||
    reportClosedImports(host, dirname(entry), result.meta, reporter);
  return { bundled: isOpen ? undefined : result.bundled, language };
}

/**
 * Bundles a stack once more, with other code for its `.infra` files; of a mistake in it nothing is said.
 * @param emitted - by absolute path.
 */
export async function bundleAs(
  host: Host,
  entry: string,
  emitted: ReadonlyMap<string, Emitted>,
): Promise<Bundled | undefined> {
  const { bundleEmitted } = await import("./bundle-language.js");
  const result = await bundleEmitted(host, entry, options(host), (path) => emitted.get(path));
  return "errors" in result ? undefined : result.bundled;
}

/** How every stack is bundled, as esbuild's own options. */
function options(host: Host) {
  const { packageRoot } = host;
  return {
    bundle: true,
    format: "iife",
    globalName: "__infra_stack",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    target: "es2022",
    supported: { "top-level-await": false },
    alias: {
      infra: join(standIns(packageRoot), "infra.js"),
      "infra/kubernetes": join(standIns(packageRoot), "kubernetes"), // and what is below it
    },
    sourcemap: "external",
    sourcesContent: false,
    charset: "utf8",
    // A module is part of the stack once it is imported, also where no name of it is used.
    tsconfigRaw: JSON.stringify({ compilerOptions: { importsNotUsedAsValues: "preserve" } }),
  } as const;
}

/** The same for the command line. */
function flagsOf(of: { readonly [option: string]: unknown }): string[] {
  return Object.entries(of).flatMap(([option, value]) => {
    const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    if (Array.isArray(value)) return [`${flag}=${value.join(",")}`];
    if (typeof value !== "object" || value === null) return [`${flag}=${value}`];
    return Object.entries(value).map(([name, of]) => `${flag}:${name}=${of}`);
  });
}

/** The author's own files, relative to the stack's folder. */
export function stackInputs(host: Host, folder: string, meta: Metafile): string[] {
  const ours = `${standIns(host.packageRoot)}/`;
  return Object.keys(meta.inputs).filter((path) => !join(folder, path).startsWith(ours));
}

/** Written by `scripts/build.mjs`: modules that hand on what the evaluation has as globals. */
function standIns(packageRoot: string): string {
  return join(packageRoot, "dist", "guest");
}

export interface Metafile {
  readonly inputs: {
    readonly [path: string]: {
      readonly bytes: number;
      readonly imports: readonly {
        readonly path: string;
        readonly kind: string;
        /** As written. */
        readonly original?: string;
        readonly external?: boolean;
      }[];
    };
  };
}

/** The author's own code has the bound that `.infra` files have; those see to it where they are read. */
function reportTooLarge({ inputs }: Metafile, reporter: Reporter): boolean {
  const large = Object.entries(inputs).filter(
    ([path, { bytes }]) => bytes > longestFile && /(?<!\/node_modules\/.*)\.[cm]?[jt]sx?$/.test(path),
  );
  for (const [path, { bytes }] of large)
    reporter.report("syntax", pointSpan(path, 1, 1), { text: tooLarge(bytes) });
  return large.length > 0;
}

/** esbuild leaves `node:` imports alone; a stack has no Node to import from, and takes no data from outside its folder. */
function reportClosedImports(host: Host, folder: string, meta: Metafile, reporter: Reporter): boolean {
  let found = false;
  for (const [file, { imports }] of Object.entries(meta.inputs)) {
    for (const { path, kind, original, external } of imports) {
      const dynamic = kind === "dynamic-import";
      const name = original ?? path;
      // esbuild's own helpers are listed too, and, as external, imports that only types were taken from.
      const isOutside = external !== true && isDataOutside(host, folder, path);
      if (path === "<runtime>" || !(dynamic || isOutside || (external === true && isOfNode(name)))) continue;
      found = true;
      const text = Buffer.from(host.read(join(folder, file)) ?? []).toString("utf8");
      const offset = Math.max(indexOfQuoted(text, name), 0);
      const before = text.slice(0, offset).split("\n");
      const column = (before.at(-1)?.length ?? 0) + 1;
      const start = { line: before.length, column };
      const span: Span = { file, start, end: { ...start, column: column + name.length + 2 } };
      if (dynamic) reporter.report("undeclared-input", span, dynamicImport);
      else if (isOutside)
        reporter.report("file-missing", span, { path: name, why: "it is outside the stack's folder" });
      else reportModule(reporter, name, span);
    }
  }
  return found;
}

/**
 * Code may be shared with other stacks, and packages bring data of their own; any other file outside of the folder, by
 * its name or by a link, is the host's: a stack from elsewhere must not carry it away.
 */
function isDataOutside(host: Host, folder: string, path: string): boolean {
  if (/\.([cm]?[jt]sx?|infra)$/.test(path) || /(^|\/)node_modules\//.test(path)) return false;
  const real = (one: string) => host.realPath(one) ?? one;
  return !isInside(real(folder), real(join(folder, path)));
}

/** What is said of every `import(…)`. */
export const dynamicImport = { what: "dynamic imports", instead: "Import at the top of the file" };

function indexOfQuoted(text: string, name: string): number {
  const found = ['"', "'", "`"].map((quote) => text.indexOf(`${quote}${name}${quote}`));
  return Math.min(...found.filter((offset) => offset >= 0), text.length);
}

interface Message {
  readonly severity: "ERROR" | "WARNING";
  readonly text: string;
  readonly span: Span | undefined;
  /** The export that is most like the one an import asks for. */
  readonly meant?: string | undefined;
}

/** esbuild's text output: a marked line, then an indented `file:line:column:`. */
function parseMessages(output: string): Message[] {
  return output
    .split(/^(?=[✘▲] \[)/m)
    .map((block) => {
      const head = /^[✘▲] \[(ERROR|WARNING)\] (.*)$/m.exec(block);
      if (head === null) return undefined;
      const places = [...block.matchAll(/^ {4}(.+):(\d+):(\d+):$/gm)];
      // Of a source map the place that names it: the map may be any file of the host, and is not for showing.
      const ofMap = / in source map$/.test(head[2] ?? "");
      const place = (ofMap ? places.at(-1) : places[0]) ?? null;
      const span =
        place === null ? undefined : spanOf(block, place[1] ?? "", Number(place[2]), Number(place[3]) + 1);
      const meant = meantIn(block);
      return { severity: head[1] as Message["severity"], text: head[2] ?? "", span, meant };
    })
    .filter((message) => message !== undefined);
}

/** What esbuild proposes beside an error. */
export function meantIn(note: string): string | undefined {
  return /^\s*Did you mean to import "(.+)" instead\?$/m.exec(note)?.[1];
}

/** The marker line tells how long the offending text is. */
function spanOf(block: string, file: string, line: number, column: number): Span {
  const marker = /[╵│] +(~+|\^)/.exec(block)?.[1];
  const point = pointSpan(file, line, column);
  return marker === undefined ? point : { ...point, end: { line, column: column + marker.length } };
}

/**
 * One error of esbuild as a diagnostic.
 * @param exportsOf - what a file exports, as far as it is known.
 */
export function reportMessage(
  reporter: Reporter,
  { meant, text, span }: Pick<Message, "text" | "span" | "meant">,
  exportsOf: (file: string) => readonly string[] = () => [],
): void {
  const [, file, name] = /^No matching export in "(.+)" for import "(.+)"$/.exec(text) ?? [];
  if (file !== undefined && name !== undefined) {
    const known = meant === undefined ? exportsOf(file) : [meant];
    reporter.report("export-missing", span, { file, name, known });
    return;
  }
  if (/^Cannot read directory ".*\/guest\/infra\.js"/.test(text)) return; // on its way to what it cannot resolve
  const unresolved = /^Could not resolve "([^"]+)"/.exec(text);
  if (unresolved === null) {
    if (/ in source map$/.test(text)) reporter.report("syntax", span, { text: "this is no source map" });
    else if (/dynamic import|top-level await/i.test(text)) {
      reporter.report("undeclared-input", span, {
        what: "dynamic imports or top-level await",
        instead: "Import at the top of the file",
      });
    } else reporter.report("syntax", span, { text });
    return;
  }
  reportModule(reporter, asWritten(unresolved[1] ?? ""), span);
}

/** `infra/other`, which esbuild says as a file below what `infra` stands for. */
function asWritten(name: string): string {
  return name
    .replace(/^.*\/dist\/guest\/infra\.js\//, "infra/")
    .replace(/^.*\/dist\/guest\/kubernetes\//, "infra/kubernetes/");
}

function reportModule(reporter: Reporter, name: string, span: Span | undefined): void {
  const closed = closedModules[name.replace(/^node:/, "").split("/")[0] ?? ""];
  if (!isOfNode(name)) {
    reporter.report("import-missing", span, { text: `cannot find "${name}"` });
    return;
  }
  reporter.report("undeclared-input", span, {
    what: `${closed ?? "Node's modules"} ("${name}")`,
    instead: "Use file(…) for files beside the stack, input for values from outside",
  });
}

function isOfNode(name: string): boolean {
  return name.startsWith("node:") || Object.hasOwn(closedModules, name.split("/")[0] ?? "");
}

let binary: string | undefined;

/** The platform package's binary: starting it directly saves a Node process. */
function esbuildBinary(): string {
  const require = createRequire(import.meta.url);
  binary ??= join(
    dirname(require.resolve(`@esbuild/${process.platform}-${process.arch}/package.json`)),
    "bin",
    "esbuild",
  );
  return binary;
}
