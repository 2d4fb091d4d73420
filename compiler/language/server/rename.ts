import { InfraError } from "../../../stdlib/base/errors.js";
import type { Position } from "../../diagnostics/span.js";
import { nameText } from "../format.js";
import { applyEdits, type Edit, movedBy } from "./edits.js";
import { type Occurrence, type Origin, occurrenceAt, originOf } from "./occurrences.js";
import { exportedName, type Reference, referencesTo } from "./references.js";
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
  const edits = places.map(({ span }): Edit => ({ span, text: to }));
  const after = changedWorkspace(workspace, edits);
  refuseMixUps(workspace, after, { origin, edits, isAlias: occurrence.isAlias, to, references });
  if (occurrence.isAlias) return edits;
  const exported = exportedName(after, movedOrigin(after, origin, edits) ?? origin) ?? to;
  return [...edits, ...references.flatMap((reference) => typeScriptEdit(reference, exported))];
}

/** `{ api }` becomes `{ web as api }`; of `{ api as front }` the first part changes. */
function typeScriptEdit({ how, isRenamed, name, span }: Reference, exported: string): Edit[] {
  if (how !== "typescript import") return [];
  const text = /^[A-Za-z_$][\w$]*$/.test(exported) ? exported : nameText({ text: exported, quoted: true });
  return [{ span, text: isRenamed === true ? text : `${text} as ${name}` }];
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
): void {
  const { edits, isAlias, origin, references, to } = change;
  const taken = new RenameRefused(`"${to}" already means something where this name is used`, {
    hint: "Choose another name",
  });
  const mistakes = (of: Workspace, path: string) => of.analysis(path)?.names.sorted().length ?? 0;
  const files = new Set([origin.path, ...references.map(({ span }) => span.file)]);
  for (const path of files)
    if (path.endsWith(".infra") && mistakes(after, path) > mistakes(before, path)) throw taken;
  const moved = movedOrigin(after, origin, isAlias ? [] : edits);
  const count = (all: readonly Reference[]) => all.filter(({ span }) => span.file.endsWith(".infra")).length;
  if (moved === undefined || count(referencesTo(after, moved)) !== count(references)) throw taken;
}
