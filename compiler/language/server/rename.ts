import { InfraError } from "../../../stdlib/base/errors.js";
import type { Position, Span } from "../../diagnostics/span.js";
import { nameText } from "../format.js";
import { holds } from "../tree.js";
import { applyEdits, type Edit, movedBy } from "./edits.js";
import { nameOf, type Occurrence, type Origin, occurrenceAt, originOf } from "./occurrences.js";
import { exportedAs, type Reference, referencesTo, typeScriptReferences } from "./references.js";
import type { Analysis, Workspace } from "./workspace.js";

/** A name cannot be changed, or not into this one. */
export class RenameRefused extends InfraError {
  readonly code = "rename-refused";
}

/** The name that a rename at this position changes; undefined where nothing of the author's is named. */
export function renameable(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
): Occurrence | undefined {
  const occurrence = occurrenceAt(analysis, position);
  const origin = occurrence && originOf(workspace, analysis, occurrence.target);
  if (occurrence === undefined || origin === undefined) return undefined;
  // What another file than one of ours exports has only its local name here.
  return origin.target.kind === "import" && !occurrence.isAlias ? undefined : occurrence;
}

/**
 * Changes of every file that give a definition another name. What it is called in TypeScript stays: the import there
 * says `newName as oldName`.
 * @throws {RenameRefused} where the new name would mean something else to somebody.
 */
export function rename(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
  to: string,
): readonly Edit[] {
  const occurrence = renameable(workspace, analysis, position);
  const origin = occurrence && originOf(workspace, analysis, occurrence.target);
  if (occurrence === undefined || origin === undefined)
    throw new RenameRefused("There is no name of this stack here");
  if (!/^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*$/.test(to))
    throw new RenameRefused(`"${to}" cannot be a name`, {
      hint: "Names are letters, digits and _, with single dashes within",
    });
  const references = referencesTo(workspace, origin);
  const named = references.filter(({ how }) => how === "name");
  const places = occurrence.isAlias
    ? references.filter(({ how, span }) => how === "alias" && span.file === analysis.path)
    : named;
  const own = places.map(({ span }): Edit => ({ span, text: to }));
  const exports = changedExports(workspace, changedWorkspace(workspace, own), origin.path);
  const imports = exports.flatMap((one) => importEdits(workspace, origin.path, one));
  const edits = [...own.filter(({ span }) => !imports.some((one) => isWithin(span, one.span))), ...imports];
  const after = changedWorkspace(workspace, edits);
  const change = { origin, edits, isAlias: occurrence.isAlias, to, references };
  refuseMixUps(workspace, after, change, exports);
  const typeScript = exports.flatMap(({ from, to }) =>
    typeScriptReferences(workspace, origin.path, from).flatMap((reference) => typeScriptEdit(reference, to)),
  );
  return [...edits, ...typeScript];
}

/** A definition that other files call otherwise after a change, by its place among all of its file. */
interface ChangedExport {
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** The one that is renamed, and those that shared its old name or share its new one: `store` or `service.store`. */
function changedExports(before: Workspace, after: Workspace, path: string): readonly ChangedExport[] {
  const [old, now] = [before, after].map((workspace) => {
    const { definitions = [] } = workspace.analysis(path)?.parsed.module ?? {};
    return definitions.map((of) => of.node !== "import" && exportedAs(workspace, path, of));
  });
  return (old ?? []).flatMap((from, at) => {
    const to = now?.[at];
    return from && to && from !== to ? [{ at, from, to }] : [];
  });
}

function importEdits(workspace: Workspace, path: string, { from, to }: ChangedExport): Edit[] {
  return workspace.modules().flatMap((file) =>
    (workspace.analysis(file)?.parsed.module.definitions ?? []).flatMap((one) => {
      if (one.node !== "import" || workspace.resolve(file, one.from.text) !== path) return [];
      return one.names.flatMap(({ name }) => (name.text === from ? [{ span: name.span, text: to }] : []));
    }),
  );
}

/** `{ api }` becomes `{ web as api }`; of `{ api as front }` the first part changes. */
function typeScriptEdit({ how, isRenamed, name, span }: Reference, exported: string): Edit[] {
  if (how !== "typescript import") return [];
  const text = /^[A-Za-z_$][\w$]*$/.test(exported) ? exported : nameText({ text: exported, quoted: true });
  return [{ span, text: isRenamed === true ? text : `${text} as ${name}` }];
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && holds(outer, inner.start) && holds(outer, inner.end);
}

function changedWorkspace(workspace: Workspace, edits: readonly Edit[]): Workspace {
  const changed = new Map<string, string>();
  for (const file of new Set(edits.map(({ span }) => span.file))) {
    const own = edits.filter(({ span }) => span.file === file);
    changed.set(file, applyEdits(workspace.text(file) ?? "", own));
  }
  return workspace.with(changed);
}

/** Where the renamed definition is after the change. */
function movedOrigin(after: Workspace, { name, path }: Origin, edits: readonly Edit[]): Origin | undefined {
  const own = edits.filter(({ span }) => span.file === path);
  const start = movedBy(own, name.span.start);
  const analysis = after.analysis(path);
  const column = start.column + (name.quoted ? 1 : 0);
  const found = analysis && occurrenceAt(analysis, { ...start, column });
  return analysis && found && originOf(after, analysis, found.target);
}

function definitionAt(workspace: Workspace, path: string, at: number): Origin | undefined {
  const of = workspace.analysis(path)?.parsed.module.definitions[at];
  const name = of === undefined || of.node === "import" ? undefined : nameOf(of);
  if (of === undefined || of.node === "import" || name === undefined) return undefined;
  return { path, name, target: { kind: "definition", name, of } };
}

/** Every name must mean what it meant before. */
function refuseMixUps(
  before: Workspace,
  after: Workspace,
  change: {
    readonly origin: Origin;
    readonly edits: readonly Edit[];
    readonly isAlias: boolean;
    readonly to: string;
    readonly references: readonly Reference[];
  },
  exports: readonly ChangedExport[],
): void {
  const { edits, isAlias, origin, references, to } = change;
  const taken = new RenameRefused(`"${to}" already means something where this name is used`, {
    hint: "Choose another name",
  });
  const mistakes = (of: Workspace, path: string) => of.analysis(path)?.names.sorted().length ?? 0;
  const files = new Set([origin.path, ...[...references, ...edits].map(({ span }) => span.file)]);
  for (const path of files)
    if (path.endsWith(".infra") && mistakes(after, path) > mistakes(before, path)) throw taken;
  const moved = movedOrigin(after, origin, isAlias ? [] : edits);
  const count = (all: readonly Reference[]) => all.filter(({ span }) => span.file.endsWith(".infra")).length;
  if (moved === undefined || count(referencesTo(after, moved)) !== count(references)) throw taken;
  for (const { at } of exports) {
    const [old, now] = [before, after].map((of) => {
      const one = definitionAt(of, origin.path, at);
      return one && count(referencesTo(of, one));
    });
    if (old !== now) throw taken;
  }
}
