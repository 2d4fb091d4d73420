import { relative } from "node:path";
import { description } from "../../stdlib/constructs/generated/description.js";
import { mostOfText, Reporter } from "../diagnostics/reporter.js";
import { type Emitted, emitModule } from "./emit.js";
import { resolveNames } from "./names.js";
import { parseModule } from "./parse.js";

/**
 * One `.infra` file as TypeScript. Mistakes are reported; what is sound is emitted all the same, so that others can be
 * found.
 * @param folder - spans name the file relative to it.
 */
export function loadModule(folder: string, path: string, content: Uint8Array, reporter: Reporter): Emitted {
  const file = relative(folder, path);
  const text = decodeText(file, content, reporter) ?? "";
  const { module, problems, unread } = parseModule(file, text);
  for (const { span, text: what } of problems) reporter.report("syntax", span, { text: what });
  const names = new Reporter(mostOfText);
  const resolution = resolveNames(module, description, names, unread);
  // Where the text could not be read, names are guesses.
  const broken = new Set(problems.map(({ span }) => span.start.line));
  names.passTo(reporter, ({ span }) => span === undefined || !broken.has(span.start.line));
  return emitModule(resolution, description);
}

/** UTF-8, with or without a mark at its beginning. Anything else is reported. */
export function decodeText(file: string, content: Uint8Array, reporter: Reporter): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    const start = { line: 1, column: 1 };
    reporter.report("syntax", { file, start, end: start }, { text: "the file is not UTF-8 text" });
    return undefined;
  }
}
