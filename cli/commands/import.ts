import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import type { ImportedFile } from "../../compiler/import/drafts.js";
import { type Imported, importKubernetes } from "../../compiler/import/kubernetes.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { readSources } from "../manifest-sources.js";
import type { CommandRun } from "../program.js";
import { projectFiles } from "../project-files.js";
import { countText, renderDiagnostics } from "../render/diagnostics.js";
import { escapeText } from "../render/escape.js";

/** `infra import FILE…`: what other tools describe, as a stack. Exit code 1 when something cannot be read. */
export const run: CommandRun = async (context, operands, options) => {
  const sources = await readSources(context, operands);
  const reporter = new Reporter();
  const namespace = typeof options["namespace"] === "string" ? options["namespace"] : "default";
  const imported = importKubernetes(sources, { namespace }, reporter);
  const found = reporter.sorted();
  const textOf = (file: string) => sources.find(({ name }) => name === file)?.text;
  if (found.length > 0) context.error(`${renderDiagnostics(found, textOf, context.style)}\n`);
  if (reporter.hasErrors) {
    context.error(`${countText(found)}; nothing was written\n`);
    return 1;
  }
  if (imported.objects.length === 0)
    throw new UsageError(`${operands.join(", ")} holds no Kubernetes objects`, {
      hint: "Name YAML files, a folder of them, or - for standard input",
    });
  const folder = resolve(context.cwd, typeof options["output"] === "string" ? options["output"] : ".");
  const written = writeStack(
    folder,
    imported,
    await entryOf(imported, options["to"]),
    options["force"] === true,
  );
  const shown = relative(context.cwd, folder);
  const confidential = [...imported.files].filter(([, file]) => file.confidential).map(([path]) => path);
  if (confidential.length > 0)
    context.error(
      `Values of Secrets are in ${confidential.map((path) => escapeText(join(shown, path))).join(", ")}: ` +
        "only you can read them, the stack names the files, and git leaves them out\n",
    );
  context.out(`${written.map((path) => escapeText(join(shown, path))).join(", ")} written\n`);
  return 0;
};

interface Entry {
  readonly path: string;
  readonly text: string;
}

/** The program in the language asked for. */
async function entryOf({ program }: Imported, language: unknown): Promise<Entry> {
  if (language === undefined || language === "ts") {
    const { writeTypeScript } = await import("../../compiler/import/write-typescript.js");
    return { path: "infra.ts", text: writeTypeScript(program) };
  }
  if (language !== "infra")
    throw new UsageError(`"--to ${String(language)}" is no language`, {
      hint: "Write --to ts or --to infra",
    });
  const { writeInfra } = await import("../../compiler/import/write-infra.js");
  return { path: "main.infra", text: writeInfra(program) };
}

/** All files of the stack or, when one is there already, none. @returns their paths. */
function writeStack(folder: string, imported: Imported, entry: Entry, force: boolean): readonly string[] {
  const files = new Map<string, ImportedFile>([
    [entry.path, { content: entry.text, confidential: false }],
    ...imported.files,
  ]);
  const present = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (present.length > 0 && !force)
    throw new UsageError(`${present.join(", ")} already there: nothing was written`, {
      hint: "Name another folder with -o, or overwrite with --force",
    });
  // In the folder itself, so that it holds whatever the repository ignores already.
  if ([...imported.files].some(([, { confidential }]) => confidential))
    files.set("secrets/.gitignore", { content: "*\n", confidential: false });
  for (const [path, text] of projectFiles())
    if (!existsSync(join(folder, path))) files.set(path, { content: text, confidential: false });
  for (const [path, { confidential, content }] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true, ...(confidential ? { mode: 0o700 } : {}) });
    writeFileSync(target, content, confidential ? { mode: 0o600 } : {});
    if (confidential) chmodSync(target, 0o600); // it may have been there with another mode
  }
  return [...files.keys()];
}
