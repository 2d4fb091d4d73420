import { dirname, relative, resolve } from "node:path";
import { description } from "../../stdlib/constructs/generated/description.js";
import { mostOfText, Reporter } from "../diagnostics/reporter.js";
import { checkModule } from "./check.js";
import { type Emitted, emitModule } from "./emit.js";
import { type Resolution, resolveNames } from "./names.js";
import { parseModule } from "./parse.js";
import { Places, wholeLines } from "./places.js";
import type { Site } from "./static.js";
import type { Import } from "./syntax.js";

/** A module as TypeScript, and what it was made of. */
export interface Loaded extends Emitted {
  readonly resolution: Resolution;
  /** What could not be read. */
  readonly unread: Places;
  /** Every block was read, and is of a kind that there is. */
  readonly isWhole: boolean;
}

/**
 * One `.infra` file as TypeScript. Mistakes are reported; what is sound is emitted all the same, so that others can be
 * found.
 * @param folder - spans name the file relative to it.
 */
export function loadModule(folder: string, path: string, content: Uint8Array, reporter: Reporter): Loaded {
  const file = relative(folder, path);
  const text = decodeText(file, content, reporter) ?? "";
  const { module, problems, unread } = parseModule(file, text);
  for (const { span, text: what } of problems) reporter.report("syntax", span, { text: what });
  const names = new Reporter(mostOfText);
  const resolution = resolveNames(module, description, names, unread);
  // Where the text could not be read, names are guesses.
  const places = new Places(problems.map(({ span }) => wholeLines(span)));
  names.passTo(reporter, ({ span }) => span === undefined || !places.touch(span));
  const isWhole = problems.length === 0 && !names.hasErrors;
  return { ...emitModule(resolution, description), resolution, unread: places, isWhole };
}

/**
 * Holds modules that cannot be evaluated against the declarations of the stdlib, so that one run shows those mistakes
 * too.
 * @param loaded - the modules of the stack by absolute path.
 */
export function checkLoaded(loaded: ReadonlyMap<string, Loaded>, reporter: Reporter): void {
  const siteOf = (path: string, { resolution, unread }: Loaded): Site => ({
    resolution,
    description,
    unread,
    imported: ({ from }, name) => {
      const other = resolve(dirname(path), from.text);
      const module = loaded.get(other);
      const definition = module?.resolution.exports.get(name);
      return module === undefined || definition === undefined
        ? undefined
        : { site: siteOf(other, module), definition };
    },
  });
  for (const [path, module] of loaded) {
    const found = new Reporter(mostOfText);
    checkModule(siteOf(path, module), found);
    for (const definition of module.resolution.module.definitions)
      if (definition.node === "import") {
        const other = loaded.get(resolve(dirname(path), definition.from.text));
        if (other?.isWhole === true) checkNames(definition, other.resolution, found);
      }
    found.passTo(reporter, ({ span }) => span === undefined || !module.unread.touch(span));
  }
}

function checkNames({ names }: Import, { exports, module }: Resolution, reporter: Reporter): void {
  for (const { name } of names)
    if (!exports.has(name.text))
      reporter.report("export-missing", name.span, {
        file: module.file,
        name: name.text,
        known: [...exports.keys()],
      });
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
