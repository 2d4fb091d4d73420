import { basename, dirname, relative } from "node:path";
import { writeBundle } from "../../compiler/write-bundle.js";
import { UsageError } from "../../stdlib/base/errors.js";
import type { BuildGraph } from "../../stdlib/schema/bundle.js";
import { summaryLine } from "../answers.js";
import { compileStack, showDiagnostics } from "../compile-stack.js";
import type { CliContext } from "../context.js";
import type { CommandOptions } from "../program.js";
import { renewEditorFile, renewEditorTypes } from "../project-files.js";
import { jsonText } from "../render/escape.js";
import { githubReport, sarifReport } from "../render/reports.js";

const reports = { sarif: sarifReport, github: githubReport } as const;

/** Compiles a stack to its bundle. Exit code 1 when there was an error; nothing is written then. */
export async function run(
  context: CliContext,
  operands: readonly string[],
  options: CommandOptions,
): Promise<number> {
  const started = context.now();
  if (typeof options["against"] === "string")
    return against(context, operands[0] ?? ".", options, options["against"]);
  const compiled = await compileStack(context, operands[0], options);
  const { host, entry, output, result } = compiled;
  renewEditorFile(host, dirname(entry));
  if (result.files === undefined) await renewEditorTypes(host, dirname(entry));
  if (options["format"] === "json") {
    const written =
      result.files === undefined ? undefined : writeBundle(host, output, result.files, result.present);
    context.out(
      jsonText({
        formatVersion: 1,
        folder: dirname(entry),
        output,
        written,
        diagnostics: result.diagnostics,
      }),
    );
    return result.files === undefined ? 1 : 0;
  }
  const report = reports[options["format"] as keyof typeof reports];
  if (report !== undefined) {
    if (result.files !== undefined) writeBundle(host, output, result.files, result.present);
    const folder = relative(context.cwd, dirname(entry));
    const about = { folder, entry: basename(entry), version: context.version };
    context.out(report(result.diagnostics, about));
    return result.files === undefined ? 1 : 0;
  }
  if (!["text", undefined].includes(options["format"] as string | undefined))
    throw new UsageError(`There is no format "${options["format"]}"`, {
      hint: "There are text, json, sarif and github",
    });
  const said: string[] = [];
  const error = (text: string) => {
    said.push(text);
    context.error(text);
  };
  if (!showDiagnostics({ ...context, error }, compiled) || result.files === undefined) return 1;
  writeBundle(host, output, result.files, result.present);
  const { images } = JSON.parse(result.files.get("build.json") ?? '{"images":[]}') as Pick<
    BuildGraph,
    "images"
  >;
  const resources = [...result.files.keys()].filter((path) => path.startsWith("manifests/")).length;
  const made = `${plural(images.length, "image")}, ${plural(resources, "resource")}`;
  const answer = {
    error: said.join(""),
    summary: `${relative(context.cwd, entry)} → ${relative(context.cwd, output) || output}/      ${made}`,
  };
  if (result.repeats) context.remember?.(answer, host.touched, result.variables);
  context.out(summaryLine(answer, context.now() - started));
  return 0;
}

/** How one environment differs from another, as `infra diff` shows it. */
async function against(
  context: CliContext,
  operand: string,
  options: CommandOptions,
  other: string,
): Promise<number> {
  const [{ readSide }, { showDifference }] = await Promise.all([
    import("../read-bundle.js"),
    import("./diff.js"),
  ]);
  const before = await readSide(context, operand, { ...options, env: other });
  const after = await readSide(context, operand, options);
  return before === undefined || after === undefined ? 1 : showDifference(context, before, after, options);
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
