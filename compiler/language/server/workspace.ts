import { dirname, join, resolve } from "node:path";
import { description } from "../../../stdlib/constructs/generated/description.js";
import { type Diagnostic, mostOfText, Reporter } from "../../diagnostics/reporter.js";
import { checkModule, type Fact } from "../check.js";
import { type Resolution, resolveNames } from "../names.js";
import { type Parsed, parseModule } from "../parse.js";
import { Places, wholeLines } from "../places.js";
import type { Reading } from "../reread.js";
import type { Found, Site } from "../static.js";
import type { Import } from "../syntax.js";
import { exportsMore, exportsOfTypeScript } from "./typescript.js";

/** What the language server may read; `cli` supplies it. Paths are absolute. */
export interface Files {
  /** @returns undefined when there is no such file. */
  read(path: string): string | undefined;
  /** Whether there is such a file, however large. */
  has(path: string): boolean;
  /** Names in a folder, folders with a final `/`; empty when there is no such folder. */
  entries(folder: string): readonly string[];
  /** Every file of these endings below a folder, without those of packages; bounded. */
  find(folder: string, endings: readonly string[]): readonly string[];
}

/** One `.infra` file as it stands, read and tied; everything else is made from it on demand. */
export interface Analysis {
  readonly path: string;
  readonly text: string;
  readonly parsed: Parsed;
  readonly resolution: Resolution;
  readonly site: Site;
  /** Mistakes of names: where the text could not be read they are guesses, and left out. */
  readonly names: Reporter;
}

/** Larger than any source that a person writes; such a file is not looked at. UTF-16 code units. */
export const largestText = 2 * 1024 * 1024;

/** The files of an editor: what is open as it is typed, all others as they are stored. */
export class Workspace {
  readonly files: Files;
  readonly folders = new Set<string>();
  readonly #open = new Map<string, string>();
  readonly #analyses = new Map<string, Analysis>();
  /** What was read since the last {@link refresh}. */
  readonly #stored = new Map<string, string | undefined>();
  #revision = 0;

  constructor(files: Files) {
    this.files = files;
  }

  /** A document is typed in; `undefined` when it is closed and its file counts again. */
  set(path: string, text: string | undefined): void {
    if (text === undefined) this.#open.delete(path);
    else this.#open.set(path, text);
    this.#revision += 1;
  }

  /** Stored files may have changed: they are read again. */
  refresh(): void {
    this.#stored.clear();
    this.#revision += 1;
  }

  /** Another number whenever any file may say something else. */
  get revision(): number {
    return this.#revision;
  }

  isOpen(path: string): boolean {
    return this.#open.has(path);
  }

  text(path: string): string | undefined {
    const open = this.#open.get(path);
    if (open !== undefined || this.#stored.has(path)) return open ?? this.#stored.get(path);
    const text = this.files.read(path);
    this.#stored.set(path, text);
    return text;
  }

  has(path: string): boolean {
    return this.#open.has(path) || this.files.has(path);
  }

  /** A copy in which some documents say something else. */
  with(changed: ReadonlyMap<string, string>): Workspace {
    const copy = new Workspace(this.files);
    for (const folder of this.folders) copy.folders.add(folder);
    for (const [path, text] of [...this.#open, ...changed]) copy.set(path, text);
    return copy;
  }

  /** @returns undefined when there is no such file. The same text is read once. */
  analysis(path: string): Analysis | undefined {
    const text = this.text(path);
    if (text === undefined) {
      this.#analyses.delete(path);
      return undefined;
    }
    const known = this.#analyses.get(path);
    if (known !== undefined && known.text === text) return known;
    const made = this.#analyse(path, text.length > largestText ? "" : text, known?.parsed.reading);
    const { reading, ...parsed } = made.parsed;
    // Words are kept of what somebody types in: there are many, and other files seldom change.
    const kept = { ...made, text, parsed: this.#open.has(path) ? { ...parsed, reading } : parsed };
    this.#analyses.set(path, kept);
    return kept;
  }

  /** A file as it would be with another text, which is not kept. */
  scratch(path: string, text: string): Analysis {
    return this.#analyse(path, text, this.#analyses.get(path)?.parsed.reading);
  }

  #analyse(path: string, text: string, before: Reading | undefined): Analysis {
    const parsed = parseModule(path, text, before);
    const found = new Reporter(mostOfText);
    const resolution = resolveNames(parsed.module, description, found, parsed.unread);
    const unread = new Places(parsed.problems.map(({ span }) => wholeLines(span)));
    const names = new Reporter();
    found.passTo(names, ({ span }) => span === undefined || !unread.touch(span));
    const site: Site = {
      resolution,
      description,
      imported: (from, name) => this.imported(path, from, name),
      unread,
    };
    return { path, text, parsed, resolution, site, names };
  }

  /** What a module's import of another `.infra` file means. */
  imported(path: string, from: Import, name: string): Found | undefined {
    if (!from.from.text.endsWith(".infra")) return undefined;
    const other = this.analysis(this.resolve(path, from.from.text));
    const definition = other?.resolution.exports.get(name);
    return other === undefined || definition === undefined ? undefined : { site: other.site, definition };
  }

  /** The file that an import's text names. TypeScript is imported by the name it is compiled to. */
  resolve(path: string, text: string): string {
    const named = resolve(dirname(path), text);
    if (this.has(named)) return named;
    const source = named.replace(/\.([cm]?)js$/, ".$1ts");
    return this.has(source) ? source : named;
  }

  /** What a file can be asked for; undefined when it is not there. */
  exportsOf(path: string): readonly string[] | undefined {
    if (path.endsWith(".infra")) {
      const analysis = this.analysis(path);
      return analysis === undefined ? undefined : [...analysis.resolution.exports.keys()];
    }
    const text = this.text(path);
    return text === undefined ? undefined : [...exportsOfTypeScript(text).keys()];
  }

  /** All `.infra` files: of the workspace's folders, and those that are open. */
  modules(): readonly string[] {
    const paths = new Set<string>();
    for (const folder of this.folders)
      for (const path of this.files.find(folder, [".infra"])) paths.add(path);
    for (const path of this.#open.keys()) if (path.endsWith(".infra")) paths.add(path);
    return [...paths].sort();
  }

  /** TypeScript files of the workspace, which may import `.infra` files. */
  typeScriptFiles(): readonly string[] {
    return [...this.folders].flatMap((folder) => this.files.find(folder, [".ts", ".mts", ".cts", ".tsx"]));
  }
}

/** What a module's names mean, and every mistake that shows without evaluating it. */
interface Inspection {
  readonly facts: readonly Fact[];
  readonly diagnostics: readonly Diagnostic[];
}

const inspections = new WeakMap<Analysis, Inspection & { readonly revision: number }>();

/** Every request about a text asks this, so that it is kept; of what imports others, until any of them may have changed. */
export function inspect(workspace: Workspace, analysis: Analysis): Inspection {
  const known = inspections.get(analysis);
  const isAlone = analysis.parsed.module.definitions.every(({ node }) => node !== "import");
  if (known !== undefined && (isAlone || known.revision === workspace.revision)) return known;
  const made = { ...inspectAgain(workspace, analysis), revision: workspace.revision };
  inspections.set(analysis, made);
  return made;
}

function inspectAgain(workspace: Workspace, analysis: Analysis): Inspection {
  const reporter = new Reporter();
  const { parsed, path, site } = analysis;
  for (const { span, text } of parsed.problems) reporter.report("syntax", span, { text });
  analysis.names.passTo(reporter);
  const found = new Reporter(mostOfText);
  const facts = checkModule(site, found);
  found.passTo(reporter, ({ span }) => span === undefined || !site.unread.touch(span));
  for (const definition of parsed.module.definitions)
    if (definition.node === "import") checkImport(workspace, path, definition, reporter);
  return { facts, diagnostics: reporter.sorted() };
}

function checkImport(workspace: Workspace, path: string, { from, names }: Import, reporter: Reporter): void {
  if (!from.text.startsWith(".")) return;
  const other = workspace.resolve(path, from.text);
  const exports = workspace.exportsOf(other);
  if (exports === undefined) {
    reporter.report("import-missing", from.span, { text: `Could not resolve "${from.text}"` });
    return;
  }
  if (!/\.(infra|[cm]?tsx?)$/.test(other)) return;
  if (!other.endsWith(".infra") && exportsMore(workspace.text(other) ?? "")) return;
  for (const { name } of names)
    if (!exports.includes(name.text))
      reporter.report("export-missing", name.span, {
        file: from.text.replace(/^\.\//, ""),
        name: name.text,
        known: exports,
      });
}

/** The stack that a file belongs to: the nearest entry in its folder or those above, within the workspace. */
export function stackOf(workspace: Workspace, path: string): string {
  const names = ["infra.ts", "main.infra"];
  if (names.some((name) => path.endsWith(`/${name}`))) return path;
  const roots = [...workspace.folders];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const entries = workspace.files.entries(folder);
    const entry = names.find((name) => entries.includes(name));
    if (entry !== undefined) return join(folder, entry);
    const isInside = roots.some((root) => folder.startsWith(`${root}/`));
    if (!isInside || dirname(folder) === folder) return path;
  }
}
