import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { Host } from "../host.js";
import type { Emitted } from "../language/emit.js";

const timeoutMs = 60_000;

/**
 * Checks the entry's types with the native compiler; each error becomes a diagnostic with the compiler's words.
 * @param language - what `.infra` files of the stack stand for, by absolute path. They are checked as that, in a tree
 * of their own which `rootDirs` lays over the author's.
 */
export async function typeCheck(
  host: Host,
  entry: string,
  language: ReadonlyMap<string, Emitted>,
  reporter: Reporter,
): Promise<void> {
  const folder = dirname(entry);
  const project = join(host.cacheFolder, "types", "tsconfig.json");
  const overlay = join(dirname(project), "language");
  const standIn = (path: string) => join(overlay, `${path}.ts`);
  const sources = new Map([...language].map(([path, emitted]) => [standIn(path), { path, emitted }]));
  for (const [file, { emitted }] of sources) host.write(file, emitted.code);
  const root = language.has(entry) ? standIn(entry) : entry;
  host.write(project, JSON.stringify(configuration(host, root, dirname(project), overlay)));
  const result = await host.run(compilerBinary(), ["--project", project, "--pretty", "false"], {
    cwd: folder,
    timeoutMs,
  });
  if (result.code === 0) return;
  const errors = parseErrors(result.stdout);
  if (errors.length === 0)
    throw new Error(`The type checker failed: ${(result.stderr || result.stdout).trim() || "no output"}`);
  for (const { file, line, column, code, text } of errors) {
    const source = sources.get(join(folder, file));
    const span =
      source === undefined
        ? pointSpan(relative(folder, join(folder, file)), line, column)
        : originalSpan(folder, source, line, column);
    reporter.report("type-error", span, { code, text });
  }
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
  const path = (target: string) => relative(from, target) || ".";
  return {
    compilerOptions: {
      strict: true,
      target: "es2022",
      lib: ["es2022"], // the DOM library alone costs 25 to 40 ms
      types: [],
      module: "preserve",
      moduleResolution: "bundler",
      noEmit: true,
      skipLibCheck: true,
      incremental: true,
      tsBuildInfoFile: "./tsbuildinfo",
      rootDirs: ["/", path(overlay)],
      paths: {
        infra: [path(join(host.packageRoot, "stdlib/constructs/index.ts"))],
        "infra/kubernetes": [path(join(host.packageRoot, "stdlib/kubernetes/index.ts"))],
        "infra/kubernetes/*": [path(join(host.packageRoot, "stdlib/kubernetes/generated/groups/*.ts"))],
      },
    },
    files: [path(entry)],
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

function compilerBinary(): string {
  const require = createRequire(import.meta.url);
  const fromCompiler = createRequire(require.resolve("typescript7/package.json"));
  binary ??= join(
    dirname(fromCompiler.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`)),
    "lib",
    "tsc",
  );
  return binary;
}
