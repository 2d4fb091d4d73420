import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { selectObjects } from "../../compiler/import/select-objects.js";
import { customKindsIn } from "../../compiler/types/definitions.js";
import { generatedMark, writeModules } from "../../compiler/types/write-modules.js";
import { UsageError } from "../../stdlib/base/errors.js";
import { readSources } from "../manifest-sources.js";
import type { CommandRun } from "../program.js";
import { countText, renderDiagnostics } from "../render/diagnostics.js";
import { escapeText } from "../render/escape.js";

/** `infra types FILE…`: typed modules of CustomResourceDefinitions. Exit code 1 when one cannot be used. */
export const run: CommandRun = async (context, operands, options) => {
  const sources = await readSources(context, operands);
  const reporter = new Reporter();
  const kinds = customKindsIn(selectObjects(sources, reporter), reporter);
  const found = reporter.sorted();
  const textOf = (file: string) => sources.find(({ name }) => name === file)?.text;
  if (found.length > 0) context.error(`${renderDiagnostics(found, textOf, context.style)}\n`);
  if (reporter.hasErrors) {
    context.error(`${countText(found)}; nothing was written\n`);
    return 1;
  }
  if (kinds.length === 0)
    throw new UsageError(`${operands.join(", ")} defines no custom kinds`, {
      hint: "Name files that hold CustomResourceDefinitions, a folder of them, or - for standard input",
    });
  const folder = resolve(context.cwd, typeof options["output"] === "string" ? options["output"] : "types");
  const files = writeModules(kinds, `infra types ${operands.join(" ")}`);
  const foreign = [...files.keys()].filter((path) => isForeign(join(folder, path)));
  if (foreign.length > 0)
    throw new UsageError(`${foreign.join(", ")} already there, and not generated: nothing was written`, {
      hint: "Name another folder with -o",
    });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const shown = [...files.keys()].map((path) => escapeText(relative(context.cwd, join(folder, path))));
  context.out(`${shown.join(", ")} written\n`);
  return 0;
};

function isForeign(path: string): boolean {
  return existsSync(path) && !readFileSync(path, "utf8").startsWith(generatedMark);
}
