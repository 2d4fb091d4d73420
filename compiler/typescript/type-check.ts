import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import type { Reporter } from "../diagnostics/reporter.js";
import { pointSpan } from "../diagnostics/span.js";
import type { Host } from "../host.js";

const timeoutMs = 60_000;

/** Checks the entry's types with the native compiler; each error becomes a diagnostic with the compiler's words. */
export async function typeCheck(host: Host, entry: string, reporter: Reporter): Promise<void> {
  const folder = dirname(entry);
  const project = join(host.cacheFolder, "types", "tsconfig.json");
  host.write(project, JSON.stringify(configuration(host, entry, dirname(project))));
  const result = await host.run(compilerBinary(), ["--project", project, "--pretty", "false"], {
    cwd: folder,
    timeoutMs,
  });
  if (result.code === 0) return;
  const errors = parseErrors(result.stdout);
  if (errors.length === 0)
    throw new Error(`The type checker failed: ${(result.stderr || result.stdout).trim() || "no output"}`);
  for (const { file, line, column, code, text } of errors) {
    reporter.report("type-error", pointSpan(relative(folder, join(folder, file)), line, column), {
      code,
      text,
    });
  }
}

function configuration(host: Host, entry: string, from: string): unknown {
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
      paths: {
        infra: [path(join(host.packageRoot, "stdlib/constructs/index.ts"))],
        "infra/kubernetes": [path(join(host.packageRoot, "stdlib/kubernetes/index.ts"))],
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
