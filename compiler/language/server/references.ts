import type { Position, Span } from "../../diagnostics/span.js";
import type { Definition, Import } from "../syntax.js";
import { isSame, type Occurrence, type Origin, occurrencesOf, originOf } from "./occurrences.js";
import { spanAt } from "./places.js";
import { holds } from "./tree.js";
import { importsOfTypeScript, usesOfName } from "./typescript.js";
import { type Analysis, inspect, type Workspace } from "./workspace.js";

/** One place where a name is written. */
export interface Reference {
  readonly span: Span;
  readonly isDefinition: boolean;
  /** How the name came there: this is what a rename must leave, or change as a whole. */
  readonly how: "name" | "alias" | "typescript import" | "typescript use";
  /** Of an import in TypeScript: the name, and whether it is given another one there. */
  readonly name?: string;
  readonly isRenamed?: boolean;
}

/** Every place of the workspace that means what was given its name at an origin, in order. */
export function referencesTo(workspace: Workspace, origin: Origin): readonly Reference[] {
  const isLocal = origin.target.kind === "local";
  const modules = isLocal ? [origin.path] : [...new Set([origin.path, ...workspace.modules()])];
  const found = modules.flatMap((path) => {
    const analysis = workspace.analysis(path);
    return analysis === undefined ? [] : referencesWithin(workspace, analysis, origin);
  });
  return isLocal ? found : [...found, ...ofTypeScript(workspace, origin)];
}

/** The same of one file, in order. */
export function referencesWithin(
  workspace: Workspace,
  analysis: Analysis,
  origin: Origin,
): readonly Reference[] {
  const found: Reference[] = [];
  for (const occurrence of occurrencesOf(analysis)) {
    const at = originOf(workspace, analysis, occurrence.target);
    if (at === undefined || !isSame(at, origin)) continue;
    found.push({
      span: occurrence.span,
      isDefinition: isAtOrigin(occurrence, origin),
      how: occurrence.isAlias ? "alias" : "name",
    });
  }
  return found.sort(bySpan);
}

/** The same of a port's name, or a key of data: those that `.infra` files name, where one of them is at the place. */
export function referencesToKey(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
): readonly Reference[] {
  const modules = [...new Set([analysis.path, ...workspace.modules()])].flatMap(
    (path) => workspace.analysis(path) ?? [],
  );
  const uses = modules.flatMap((module) =>
    inspect(workspace, module).facts.flatMap((fact) => (fact.kind === "key" ? [fact] : [])),
  );
  const isHere = (span: Span) => span.file === analysis.path && holds(span, position);
  const key = uses.find(({ at, span }) => isHere(span) || isHere(at.span))?.at.span;
  if (key === undefined) return [];
  const own = uses.filter(({ at }) => isSamePlace(at.span, key)).map(({ span }) => span);
  return [
    { span: key, isDefinition: true, how: "name" },
    ...own.map((span): Reference => ({ span, isDefinition: false, how: "name" })),
  ];
}

function isSamePlace(a: Span, b: Span): boolean {
  return a.file === b.file && a.start.line === b.start.line && a.start.column === b.start.column;
}

function isAtOrigin({ isDefinition, target }: Occurrence, origin: Origin): boolean {
  return isDefinition && target.kind === origin.target.kind;
}

/** A TypeScript file that imports the origin's file uses the name by its words. */
function ofTypeScript(workspace: Workspace, origin: Origin): readonly Reference[] {
  const exported = exportedName(workspace, origin);
  return exported === undefined ? [] : typeScriptReferences(workspace, origin.path, exported);
}

/** The same of what a file exports under a name. */
export function typeScriptReferences(
  workspace: Workspace,
  file: string,
  exported: string,
): readonly Reference[] {
  return workspace.typeScriptFiles().flatMap((path) => {
    const text = workspace.text(path);
    if (text === undefined || !text.includes(".infra")) return [];
    return importsOfTypeScript(text)
      .filter(({ from, name }) => name === exported && workspace.resolve(path, from) === file)
      .flatMap(({ isRenamed, length, local, name, offset }): Reference[] => [
        {
          span: spanAt(path, text, offset, length),
          isDefinition: false,
          how: "typescript import",
          name,
          isRenamed,
        },
        ...usesOfName(text, local)
          .filter((at) => at !== offset)
          .map(
            (at): Reference => ({
              span: spanAt(path, text, at, local.length),
              isDefinition: false,
              how: isRenamed ? "alias" : "typescript use",
            }),
          ),
      ]);
  });
}

function exportedName(workspace: Workspace, { path, target }: Origin): string | undefined {
  return target.kind === "definition" ? exportedAs(workspace, path, target.of) : undefined;
}

/** What other files call a definition. */
export function exportedAs(
  workspace: Workspace,
  path: string,
  of: Exclude<Definition, Import>,
): string | undefined {
  for (const [name, definition] of workspace.analysis(path)?.resolution.exports ?? [])
    if (definition === of) return name;
  return undefined;
}

function bySpan(a: Reference, b: Reference): number {
  return a.span.start.line - b.span.start.line || a.span.start.column - b.span.start.column;
}
