import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { importCompose } from "../../compiler/import/compose.js";
import { importDockerfile } from "../../compiler/import/dockerfile.js";
import type { ImportedFile } from "../../compiler/import/drafts.js";
import { importKubernetes } from "../../compiler/import/kubernetes.js";
import type { PresentObjects } from "../../compiler/import/present.js";
import { isCall, type SourceProgram, valuesOf } from "../../compiler/import/program.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { bundleOf } from "../bundle.js";
import { compileStack } from "../compile-stack.js";
import type { CliContext } from "../context.js";
import { createHost } from "../host.js";
import { folderReader, type ImportRequest, readRequest } from "../import-request.js";
import type { CommandOptions, CommandRun } from "../program.js";
import { projectFiles, renewEditorTypes } from "../project-files.js";
import { countText, renderDiagnostics } from "../render/diagnostics.js";
import { escapeText } from "../render/escape.js";
import { refuseLinks, writeInside } from "../write-inside.js";

/** A program, and files beside it by path. */
interface Imported {
  readonly program: SourceProgram;
  readonly files: ReadonlyMap<string, ImportedFile>;
}

/** `infra import FILE…`: what other tools describe, as a stack. Exit code 1 when something cannot be read. */
export const run: CommandRun = async (context, operands, options) => {
  const request = await readRequest(context, operands);
  const reporter = new Reporter();
  const folder = resolve(context.cwd, typeof options["output"] === "string" ? options["output"] : ".");
  const language = languageOf(options, folder);
  const there = options["add"] === true ? await stackThere(context, folder, options) : undefined;
  const present = there?.present;
  const imported = importRequest(request, { context, folder, options, present, reporter });
  const found = reporter.sorted();
  const sources = request.kind === "dockerfile" ? [request.source] : request.sources;
  const textOf = (file: string) =>
    sources.find(({ name }) => name === file)?.text ?? textAt(resolve(context.cwd, file));
  if (found.length > 0) context.error(`${renderDiagnostics(found, textOf, context.style)}\n`);
  if (reporter.hasErrors) {
    context.error(`${countText(found)}; nothing was written\n`);
    return 1;
  }
  if (imported.program.statements.length === 0 && found.length > 0 && present !== undefined) {
    context.out("Nothing to add\n");
    return 0;
  }
  if (imported.program.statements.length === 0)
    throw new UsageError(`${operands.join(", ")} holds nothing to import`, {
      hint: "Name YAML files, a Compose file, a Dockerfile, a folder of them, or - for standard input",
    });
  const entry = await entryOf(imported, language, options["add"] === true ? folder : undefined);
  if (there !== undefined && present === undefined)
    throw new UsageError(`Cannot add to ${there.path}: it does not compile`, {
      hint: "Mend it first: infra compile says what is wrong, and what is in it is not added twice",
    });
  const project = projectFiles(context.packageRoot);
  const written = writeStack(folder, imported, entry, project, options["force"] === true);
  await renewEditorTypes(createHost(context.packageRoot, join(context.cache, "import")), folder);
  const shown = relative(context.cwd, folder);
  const confidential = [...imported.files].filter(([, file]) => file.confidential).map(([path]) => path);
  if (confidential.length > 0)
    context.error(
      `Values of Secrets are in ${confidential.map((path) => escapeText(join(shown, path))).join(", ")}: ` +
        "only you can read them, the stack names the files, and git leaves them out\n",
    );
  context.out(`${written.map((path) => escapeText(join(shown, path))).join(", ")} written\n`);
  if (needsLock(imported.program))
    context.out(
      `Next: ${["infra", "lock", ...(shown === "" ? [] : [escapeText(shown)])].join(" ")}, which writes versions and hashes of packages to infra.lock\n`,
    );
  return 0;
};

function importRequest(
  request: ImportRequest,
  {
    context,
    folder,
    options,
    present,
    reporter,
  }: {
    readonly context: CliContext;
    readonly folder: string;
    readonly options: CommandOptions;
    readonly present: PresentObjects | undefined;
    readonly reporter: Reporter;
  },
): Imported {
  if (request.kind === "kubernetes") {
    const namespace = typeof options["namespace"] === "string" ? options["namespace"] : "default";
    return importKubernetes(request.sources, { namespace, present }, reporter);
  }
  if (request.kind === "compose") {
    const reader = folderReader(context.cwd, request.folder, folder);
    const profiles = textsOf(options["profile"]);
    return importCompose(reader, request.sources, reporter, { profiles });
  }
  const built =
    typeof options["context"] === "string" ? resolve(context.cwd, options["context"]) : request.folder;
  const reader = folderReader(context.cwd, built, folder);
  const path = relative(built, resolve(context.cwd, request.source.name)).split("\\").join("/");
  const program = importDockerfile(reader, path, request.source.text, reporter, {
    name: imageName(basename(built)),
    arguments: buildArguments(options["buildArg"]),
    ...(typeof options["target"] === "string" ? { target: options["target"] } : {}),
  });
  return { program, files: new Map() };
}

/** A folder's name as an image may have it. */
function imageName(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40)
      .replace(/-+$/, "") || "app"
  );
}

/** Values of an option that may be repeated. */
function textsOf(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

function buildArguments(given: unknown): ReadonlyMap<string, readonly string[]> {
  return new Map(
    textsOf(given).map((text) => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`"--build-arg ${text}" sets nothing`, {
          hint: "Write --build-arg NAME=VALUE",
        });
      return [name, [value]];
    }),
  );
}

function needsLock({ statements }: SourceProgram): boolean {
  return statements.some(({ value }) =>
    [...valuesOf(value)].some((inner) => isCall(inner) && inner.call[0] === "debian"),
  );
}

/** Text of a file beside what is imported, to show a line of it. */
function textAt(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The language asked for, or that of the stack which is added to. */
function languageOf({ add, to }: CommandOptions, folder: string): unknown {
  const isInfra = existsSync(join(folder, "main.infra")) && !existsSync(join(folder, "infra.ts"));
  return to === undefined && add === true && isInfra ? "infra" : to;
}

/** The stack that is added to, when there is one: its entry, and what it makes when it compiles. */
async function stackThere(context: CliContext, folder: string, { namespace }: CommandOptions) {
  const path = ["infra.ts", "main.infra"].find((name) => existsSync(join(folder, name)));
  if (path === undefined) return undefined;
  const { entry, output, result } = await compileStack(context, folder, {
    namespace,
    check: false,
    unlocked: true,
  });
  const { files } = result;
  if (files === undefined) return { path, present: undefined };
  const { objects, secrets } = bundleOf(path, output, files, dirname(entry));
  return { path, present: { objects, secrets: secrets.secrets } };
}

interface Entry {
  readonly path: string;
  readonly text: string;
  /** It is what was there, and more. */
  readonly isAddition: boolean;
}

/**
 * The program in the language asked for.
 * @param addTo - folder of a stack that it is added to, when there is one.
 */
async function entryOf({ program }: Imported, language: unknown, addTo: string | undefined): Promise<Entry> {
  const path = language === "infra" ? "main.infra" : "infra.ts";
  const before = addTo === undefined ? undefined : textAt(join(addTo, path));
  const isAddition = before !== undefined;
  if (language === undefined || language === "ts") {
    if (isAddition) return { path, text: await addition(path, before, program), isAddition };
    const { writeTypeScript } = await import("../../compiler/import/write-typescript.js");
    return { path, text: writeTypeScript(program), isAddition };
  }
  if (language !== "infra")
    throw new UsageError(`"--to ${String(language)}" is no language`, {
      hint: "Write --to ts or --to infra",
    });
  const { writeInfra } = await import("../../compiler/import/write-infra.js");
  const text = writeInfra(program);
  return { path, text: isAddition ? `${before.trimEnd()}\n\n${text}` : text, isAddition };
}

async function addition(path: string, before: string, program: SourceProgram): Promise<string> {
  const { AdditionRefusal, addToTypeScript } = await import("../../compiler/import/add-to-typescript.js");
  try {
    return addToTypeScript(before, program);
  } catch (error) {
    if (!(error instanceof AdditionRefusal)) throw error;
    throw new UsageError(`Cannot add to ${path}: ${error.message}`, {
      hint: "Mend it, or import into another folder and copy what you want",
    });
  }
}

/** All files of the stack or, when one is there already, none. @returns their paths. */
function writeStack(
  folder: string,
  imported: Imported,
  entry: Entry,
  project: ReturnType<typeof projectFiles>,
  force: boolean,
): readonly string[] {
  const files = new Map<string, ImportedFile>([
    [entry.path, { content: entry.text, confidential: false }],
    ...imported.files,
  ]);
  const present = [...files.keys()].filter(
    (path) => existsSync(join(folder, path)) && !(entry.isAddition && path === entry.path),
  );
  if (present.length > 0 && !force)
    throw new UsageError(`${present.join(", ")} already there: nothing was written`, {
      hint: "Name another folder with -o, add to the stack with --add, or overwrite with --force",
    });
  // In the folder itself, so that it holds whatever the repository ignores already.
  if ([...imported.files].some(([, { confidential }]) => confidential))
    files.set("secrets/.gitignore", { content: "*\n", confidential: false });
  for (const [path, text] of project)
    if (!existsSync(join(folder, path))) files.set(path, { content: text, confidential: false });
  for (const path of files.keys()) refuseLinks(folder, path);
  for (const [path, { confidential, content }] of files) writeInside(folder, path, content, confidential);
  return [...files.keys()];
}
