import { basename, dirname, join, relative, resolve } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { type BuildFailure, build, type Location, type Message } from "esbuild";
import { Reporter } from "../diagnostics/reporter.js";
import { pointSpan, type Span } from "../diagnostics/span.js";
import type { Host } from "../host.js";
import type { Emitted } from "../language/emit.js";
import { checkLoaded, type Loaded, loadModule } from "../language/load.js";
import { demangled } from "../language/said.js";
import { type Bundled, type Metafile, meantIn, reportMessage, stackInputs } from "./bundle.js";

/** A bundle, and what esbuild tells of how it came about. */
interface Result {
  readonly bundled: Bundled;
  readonly meta: Metafile;
}

/**
 * The same for stacks with `.infra` files among their modules: each is handed to esbuild as the TypeScript it stands
 * for, with a map to its source.
 * @returns the modules, and the bundle unless a mistake was reported.
 */
export async function bundleWithLanguage(
  host: Host,
  entry: string,
  options: { readonly [option: string]: unknown },
  reporter: Reporter,
): Promise<{ readonly language: ReadonlyMap<string, Loaded>; readonly result: Result | undefined }> {
  const folder = dirname(entry);
  const language = new Map<string, Loaded>();
  const mistakes = new Reporter();
  const result = await bundleEmitted(host, entry, options, (path) => {
    const content = host.read(path);
    if (content === undefined) return undefined;
    const loaded = loadModule(folder, path, content, mistakes);
    language.set(path, loaded);
    return loaded;
  });
  if (!("errors" in result)) {
    checkModules(language, mistakes);
    if (mistakes.hasErrors) checkLoaded(language, mistakes);
    mistakes.passTo(reporter);
    return { language, result: mistakes.hasErrors ? undefined : result };
  }
  checkLoaded(language, mistakes);
  mistakes.passTo(reporter);
  // A file that is not sound lacks exports that others ask for, or has names twice: its own mistakes come first.
  const isKnown = ({ text }: Message) => {
    const [, file] = /^No matching export in "(.+)" for import/.exec(text) ?? [];
    if (file !== undefined) return language.get(resolve(folder, file))?.isWhole === false;
    return /has already been declared$|cannot be bound multiple times/.test(text);
  };
  for (const message of result.errors)
    if (!mistakes.hasErrors || !isKnown(message))
      reportMessage(
        reporter,
        {
          text: message.location?.file.endsWith(".infra") ? demangled(message.text) : message.text,
          span: spanOf(message, folder, language),
          meant: message.notes.map((note) => meantIn(note.text)).find((name) => name !== undefined),
        },
        (file) => [...(language.get(resolve(folder, file))?.resolution.exports.keys() ?? [])],
      );
  return { language, result: undefined };
}

/**
 * Bundles with what `.infra` files stand for.
 * @param emittedOf - of a file by its absolute path; undefined where it cannot be read.
 */
export async function bundleEmitted(
  host: Host,
  entry: string,
  options: { readonly [option: string]: unknown },
  emittedOf: (path: string) => Emitted | undefined,
): Promise<Result | Pick<BuildFailure, "errors">> {
  const folder = dirname(entry);
  try {
    const result = await build({
      ...options,
      entryPoints: [entry],
      absWorkingDir: folder,
      outfile: join(host.cacheFolder, "bundle", "stack.js"),
      logLevel: "silent",
      metafile: true,
      write: false,
      plugins: [
        {
          name: "infra",
          setup({ onLoad }) {
            onLoad({ filter: /\.infra$/ }, ({ path }) => {
              const emitted = emittedOf(path);
              if (emitted === undefined) return null;
              const map = JSON.stringify({ ...emitted.map, sources: [basename(path)] });
              const url = `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
              return { contents: `${emitted.code}//# sourceMappingURL=${url}\n`, loader: "ts" };
            });
          },
        },
      ],
    });
    const output = (ending: string) =>
      result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
    const meta = result.metafile as unknown as Metafile;
    return {
      meta,
      bundled: {
        code: output("stack.js"),
        map: output("stack.js.map"),
        mapFolder: join(host.cacheFolder, "bundle"),
        inputs: stackInputs(host, folder, meta),
      },
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return error;
  }
}

/** What no module sees by itself: functions of others taken for values, and imports that lead back. */
function checkModules(language: ReadonlyMap<string, Emitted>, reporter: Reporter): void {
  const state = new Map<string, "under way" | "done">();
  const visit = (path: string, { imports }: Emitted): void => {
    state.set(path, "under way");
    for (const { from, span, values } of imports) {
      const other = resolve(dirname(path), from);
      const emitted = language.get(other);
      if (emitted === undefined) continue; // TypeScript
      if (state.get(other) === "under way") reporter.report("import-cycle", span, { path: from });
      else if (!state.has(other)) visit(other, emitted);
      for (const [name, uses] of values)
        for (const use of emitted.functions.has(name) ? uses : [])
          reporter.report("function-as-value", use.span, { name: use.text });
    }
    state.set(path, "done");
  };
  for (const [path, emitted] of language) if (!state.has(path)) visit(path, emitted);
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** esbuild names places of what it was handed; those of an `.infra` file are found by its map. */
function spanOf(
  { location }: Message,
  folder: string,
  language: ReadonlyMap<string, Emitted>,
): Span | undefined {
  if (location === null) return undefined;
  const emitted = language.get(resolve(folder, location.file));
  const file = relative(folder, resolve(folder, location.file));
  const original = emitted === undefined ? undefined : originalOf(emitted, location);
  if (original !== undefined) return pointSpan(file, original.line, original.column + 1); // as long as its word
  const start = { line: location.line, column: location.column + 1 };
  return {
    file,
    start,
    end: { line: start.line, column: start.column + Math.max(1, location.length) },
  };
}

function originalOf(emitted: Emitted, { column, line }: Location) {
  const { column: at, line: of } = originalPositionFor(new TraceMap(emitted.map as never), { column, line });
  return of === null ? undefined : { line: of, column: at };
}
