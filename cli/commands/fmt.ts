import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Reporter } from "../../compiler/diagnostics/reporter.js";
import { formatModule } from "../../compiler/language/format.js";
import { decodeText } from "../../compiler/language/load.js";
import { parseModule } from "../../compiler/language/parse.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { CliContext } from "../context.js";
import { filesBelow, readSources } from "../manifest-sources.js";
import type { CommandRun } from "../program.js";
import { countText, renderDiagnostics } from "../render/diagnostics.js";
import { escapeText } from "../render/escape.js";

interface Source {
  /** Relative to where the command runs. */
  readonly name: string;
  readonly text: string;
}

interface Formatted extends Source {
  readonly formatted: string;
}

/**
 * `infra fmt [paths]`: the one layout of `.infra` files; `-` from standard input to standard output. A file that does
 * not parse stays as it is and is reported. Exit code 1 when there is one, and with `--check` when a file would change.
 */
export const run: CommandRun = async (context, operands, options) => {
  const reporter = new Reporter();
  const isCheck = options["check"] === true;
  const isPiped = operands.includes("-");
  if (isPiped && operands.length > 1)
    throw new UsageError("- stands alone: standard input is formatted to standard output");
  const sources = isPiped ? await readSources(context, ["-"]) : filesOf(context, operands, reporter);
  const done = sources.flatMap((source) => format(source, reporter));
  const changed = done.filter(({ formatted, text }) => formatted !== text);
  if (isPiped && !isCheck) for (const { formatted } of done) context.out(formatted);
  if (!isPiped)
    for (const { formatted, name } of changed) {
      if (!isCheck) replaceFile(resolve(context.cwd, name), formatted);
      context.out(`${escapeText(name)}\n`);
    }
  const found = reporter.sorted();
  const textOf = (file: string) => sources.find(({ name }) => name === file)?.text;
  if (found.length > 0)
    context.error(`${renderDiagnostics(found, textOf, context.style)}\n${countText(found)}\n`);
  return reporter.hasErrors || (isCheck && changed.length > 0) ? 1 : 0;
};

function format({ name, text }: Source, reporter: Reporter): readonly Formatted[] {
  const formatted = formatModule(name, text);
  if (formatted !== undefined) return [{ name, text, formatted }];
  for (const { span, text: what } of parseModule(name, text).problems)
    reporter.report("syntax", span, { text: what });
  return [];
}

/** Files as they are named, of folders every `.infra` file below; each once. */
function filesOf({ cwd }: CliContext, operands: readonly string[], reporter: Reporter): readonly Source[] {
  const paths = (operands.length === 0 ? ["."] : operands).flatMap((operand) => {
    const path = resolve(cwd, operand);
    if (!existsSync(path)) throw new UsageError(`There is no file or folder "${operand}"`);
    const facts = statSync(path);
    if (facts.isDirectory()) return filesBelow(path, /\.infra$/);
    if (!path.endsWith(".infra"))
      throw new UsageError(`"${operand}" is no .infra file`, {
        hint: "TypeScript has formatters of its own: biome, prettier",
      });
    if (!facts.isFile())
      throw new UsageError(`"${operand}" is no regular file`, { hint: "infra fmt - formats standard input" });
    return [path];
  });
  return [...new Set(paths)].flatMap((path) => {
    const name = relative(cwd, path);
    const text = decodeText(name, readFileSync(path), reporter);
    return text === undefined ? [] : [{ name, text }];
  });
}

/** Whole or not at all: a full disk leaves the old text. A link stays one. */
function replaceFile(path: string, text: string): void {
  const target = realpathSync(path);
  const beside = join(dirname(target), `.infra-fmt-${process.pid}`);
  try {
    writeFileSync(beside, text, { mode: statSync(target).mode });
    renameSync(beside, target);
  } finally {
    rmSync(beside, { force: true });
  }
}
