import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { DiagnosticData } from "../diagnostics/table.js";
import type { Host } from "../host.js";
import { KeptText } from "../kept-text.js";
import type { Emitted } from "../language/emit.js";
import { inWords } from "../language/said.js";
import { callAround, extentFrom } from "./extent.js";

export const timeoutMs = 60_000;

/**
 * Checks the entry's types with the native compiler; each error becomes a diagnostic with the compiler's words. What the
 * compiler found out of each file is kept for the next check.
 *
 * @param language - what `.infra` files of the stack stand for, by absolute path. They are checked as that, in a tree
 * of their own which `rootDirs` lays over the author's. undefined where a mistake in one of the modules hides it.
 * @param known - of the check before.
 * @returns absolute paths of the files that types were taken from.
 */
export function typeCheck(
  host: Host,
  entry: string,
  language: ReadonlyMap<string, Emitted> | undefined,
  known: KnownTypes,
  reporter: Reporter,
): Promise<readonly string[]> {
  return host.withFolder(async (work) => {
    const folder = dirname(entry);
    const overlay = join(work, "language");
    const standIn = (path: string) => join(overlay, `${path}.ts`);
    const sources = new Map(
      [...(language ?? [])].map(([path, emitted]) => [standIn(path), { path, emitted }]),
    );
    for (const [file, { emitted }] of sources) host.write(file, emitted.code);
    const root = sources.has(standIn(entry)) ? standIn(entry) : entry;
    host.write(join(work, "tsconfig.json"), JSON.stringify(configuration(host, root, work, overlay)));
    const facts = join(work, factsFile);
    const { before } = known;
    if (before !== undefined) host.write(facts, before);
    const result = await host.run(
      known.compiler,
      ["--project", join(work, "tsconfig.json"), "--pretty", "false"],
      { cwd: folder, timeoutMs, environment: withoutCollector },
    );
    const after = Buffer.from(host.read(facts) ?? []).toString("utf8");
    if (after !== before) known.keep(after);
    if (result.code === 0) return filesOf(after, work).filter((path) => !sources.has(path));
    const errors = parseErrors(result.stdout);
    if (errors.length === 0)
      throw new Error(`The type checker failed: ${(result.stderr || result.stdout).trim() || "no output"}`);
    for (const { file, line, column, code, text } of errors) {
      const source = sources.get(join(folder, file));
      const module = unknownModule(host, dirname(source?.path ?? join(folder, file)), code, text);
      if (module !== undefined && language === undefined) continue;
      const span =
        source === undefined
          ? pointSpan(relative(folder, join(folder, file)), line, column)
          : originalSpan(folder, source, line, column);
      const inFile = Buffer.from(host.read(join(folder, span.file)) ?? []).toString("utf8");
      const covers = { ...span, end: extentFrom(inFile, span.start) };
      const lacking = source === undefined ? undefined : lackingExport(text);
      if (lacking !== undefined) {
        reporter.report("export-missing", span, lacking);
        continue;
      }
      const said =
        module === undefined ? text : `Types alone cannot be imported of "${module}": import a value of it`;
      const call = code === "TS2554" ? callAround(inFile, span.start) : undefined;
      const words = source === undefined ? undefined : inWords(said);
      if (source !== undefined && words === undefined) continue;
      const data = {
        code,
        text: said,
        ...(words && { words }),
        ...(call && { call: { file: span.file, start: call, end: call } }),
      };
      reporter.report("type-error", span, data, [], covers);
    }
    return [];
  });
}

/** Of TS2305 and TS2724, which say it in words of TypeScript. */
function lackingExport(text: string): DiagnosticData<"export-missing"> | undefined {
  const said =
    /^(?:Module )?'"(.+)"' has no exported member (?:named )?'"?(.+?)"?'\.(?: Did you mean '"?(.+?)"?'\?)?/.exec(
      text,
    );
  const [, file, name, meant] = said ?? [];
  if (file === undefined || name === undefined) return undefined;
  return { file: file.replace(/^\.\//, ""), name, known: meant === undefined ? [] : [meant] };
}

/** The `.infra` file that the compiler has nothing for, although it is there: no bundled module imports it. */
function unknownModule(host: Host, folder: string, code: string, text: string): string | undefined {
  if (code !== "TS2307" && code !== "TS2882") return undefined;
  const module = /'([^']+\.infra)'/.exec(text)?.[1];
  return module !== undefined && host.read(resolve(folder, module)) !== undefined ? module : undefined;
}

/** The compiler's process is short, and Go's collector would be a third of it: it only begins at the limit. */
const withoutCollector = { GOGC: "off", GOMEMLIMIT: "1GiB" };

/** What the compiler calls its build information; its own format. */
const factsFile = "tsbuildinfo";

/** What the last check found out of each file, and the compiler: both are looked up before there is anything to check. */
export class KnownTypes {
  readonly compiler = compilerBinary();
  /** undefined for a first check. */
  readonly before: string | undefined;
  readonly #file: KeptText;

  constructor(host: Host) {
    this.#file = new KeptText(host, join(host.cacheFolder, factsFile));
    this.before = this.#file.read();
  }

  keep(facts: string): void {
    this.#file.write(facts);
  }
}

/** Files by the compiler's build information; those of its own library have no folder. */
function filesOf(facts: string, from: string): readonly string[] {
  const { fileNames = [] } = JSON.parse(facts) as { readonly fileNames?: readonly string[] };
  return fileNames.filter((name) => name.includes("/")).map((name) => resolve(from, name));
}

function originalSpan(
  folder: string,
  { emitted, path }: { readonly emitted: Emitted; readonly path: string },
  line: number,
  column: number,
): Span {
  const found = originalPositionFor(new TraceMap(emitted.map as never), { line, column: column - 1 });
  return pointSpan(relative(folder, path), found.line ?? 1, (found.column ?? 0) + 1);
}

function configuration(host: Host, entry: string, from: string, overlay: string): unknown {
  return {
    compilerOptions: {
      ...compilerOptions(host, from, overlay),
      noEmit: true,
      incremental: true,
      tsBuildInfoFile: `./${factsFile}`,
    },
    files: [relative(from, entry)],
  };
}

/** What every stack is read with, as `infra init` writes it for editors. */
export function compilerOptions(host: Host, from: string, overlay: string) {
  const path = (target: string) => relative(from, target) || ".";
  return {
    strict: true,
    target: "es2022",
    lib: ["es2022"], // the DOM library alone costs 25 to 40 ms
    types: [],
    module: "preserve",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    rootDirs: ["/", path(overlay)],
    paths: {
      infra: [path(join(host.packageRoot, "stdlib/constructs/index.ts"))],
      "infra/kubernetes": [path(join(host.packageRoot, "stdlib/kubernetes/index.ts"))],
      "infra/kubernetes/*": [path(join(host.packageRoot, "stdlib/kubernetes/generated/groups/*.ts"))],
    },
  };
}

interface TypeError_ {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly text: string;
}

/** `file(line,column): error TS2322: text`, with indented lines that explain further. */
function parseErrors(output: string): TypeError_[] {
  const errors: TypeError_[] = [];
  for (const text of output.split("\n")) {
    const head = /^(.+)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(text);
    if (head !== null) {
      errors.push({
        file: head[1] ?? "",
        line: Number(head[2]),
        column: Number(head[3]),
        code: head[4] ?? "",
        text: head[5] ?? "",
      });
    }
  }
  return errors;
}

let binary: string | undefined;

export function compilerBinary(): string {
  const require = createRequire(import.meta.url);
  const fromCompiler = createRequire(require.resolve("typescript7/package.json"));
  binary ??= join(
    dirname(fromCompiler.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`)),
    "lib",
    "tsc",
  );
  return binary;
}
