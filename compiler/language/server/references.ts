import type { Position, Span } from "../../diagnostics/span.js";
import { importedName } from "../static.js";
import type { Definition, Import } from "../syntax.js";
import { holds } from "../tree.js";
import { keyFromTypeScript, keysInTypeScript, originFromTypeScript } from "./definition.js";
import {
  isSame,
  type Occurrence,
  type Origin,
  occurrenceAt,
  occurrencesOf,
  originOf,
} from "./occurrences.js";
import { offsetAt, spanAt } from "./places.js";
import { exportsOfTypeScript, importsOfTypeScript, quotedAt, usesOfName, wordAt } from "./typescript.js";
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

/** What stands at a place: a name, or a key of data or port that is named or given there. */
export function referencesAt(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
): readonly Reference[] {
  const occurrence = occurrenceAt(analysis, position);
  const origin = occurrence && originOf(workspace, analysis, occurrence.target);
  if (origin === undefined) return referencesToKey(workspace, analysis, position);
  const { target } = origin;
  const foreign =
    target.kind === "import" ? workspace.resolve(analysis.path, target.of.from.text) : undefined;
  if (foreign === undefined || target.kind !== "import" || !workspace.has(foreign))
    return referencesTo(workspace, origin);
  return referencesToExport(workspace, foreign, importedName(target.of, target.name));
}

/** The same from a TypeScript file, of what `.infra` files share with it. */
export function referencesFromTypeScript(
  workspace: Workspace,
  path: string,
  position: Position,
): readonly Reference[] {
  const origin = originFromTypeScript(workspace, path, position);
  if (origin !== undefined) return referencesTo(workspace, origin);
  const key = keyFromTypeScript(workspace, path, position);
  if (key !== undefined) return usesOfKey(keyUses(workspace), key.span);
  const text = workspace.text(path) ?? "";
  const offset = offsetAt(text, position);
  const word = quotedAt(text, offset) === undefined ? (wordAt(text, offset) ?? "") : "";
  if (exportsOfTypeScript(text).has(word)) return referencesToExport(workspace, path, word);
  const taken = importsOfTypeScript(text).find(({ local }) => local === word);
  const file = taken && workspace.resolve(path, taken.from);
  return file !== undefined && workspace.has(file)
    ? referencesToExport(workspace, file, taken?.name ?? "")
    : [];
}

/** A name that a TypeScript file exports: where it is declared, there and in all files that import it. */
function referencesToExport(workspace: Workspace, file: string, name: string): readonly Reference[] {
  const text = workspace.text(file) ?? "";
  const declared = exportsOfTypeScript(text).get(name);
  const own = new Set([...(declared === undefined ? [] : [declared]), ...usesOfName(text, name)]);
  const uses = workspace.modules().flatMap((path) => {
    const analysis = workspace.analysis(path);
    const occurrences = analysis === undefined ? [] : occurrencesOf(analysis);
    return occurrences.flatMap(({ isAlias, span, target }): Reference[] => {
      if (target.kind !== "import" || importedName(target.of, target.name) !== name) return [];
      if (workspace.resolve(path, target.of.from.text) !== file) return [];
      return [{ span, isDefinition: false, how: isAlias ? "alias" : "name" }];
    });
  });
  return [
    ...[...own]
      .sort((a, b) => a - b)
      .map(
        (at): Reference => ({
          span: spanAt(file, text, at, name.length),
          isDefinition: at === declared,
          how: "typescript use",
        }),
      ),
    ...uses,
    ...typeScriptReferences(workspace, file, name),
  ];
}

/** Where a key of data, or the name of a port, is named, and the place where it is given. */
interface KeyUse {
  readonly span: Span;
  readonly key: Span;
}

/** Uses of a port's name or a key of data, where one of them, or what they name, is at the place. */
export function referencesToKey(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
): readonly Reference[] {
  const uses = [...keysNamedIn(workspace, analysis), ...keyUses(workspace, analysis.path)];
  const key = keyAt(uses, analysis, position);
  return key === undefined ? [] : usesOfKey(uses, key);
}

/** The same of one file. */
export function referencesToKeyWithin(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
): readonly Reference[] {
  const uses = keysNamedIn(workspace, analysis);
  const key = keyAt(uses, analysis, position);
  return key === undefined ? [] : usesOfKey(uses, key).filter(({ span }) => span.file === analysis.path);
}

/** What a key that is named leads to counts first: it may be a name for others itself. */
function keyAt(uses: readonly KeyUse[], { path }: Analysis, position: Position): Span | undefined {
  const isHere = (span: Span) => span.file === path && holds(span, position);
  return (uses.find(({ span }) => isHere(span)) ?? uses.find(({ key }) => isHere(key)))?.key;
}

function usesOfKey(uses: readonly KeyUse[], key: Span): readonly Reference[] {
  const own = uses.filter((use) => isSamePlace(use.key, key));
  return [
    { span: key, isDefinition: true, how: "name" },
    ...own.map(({ span }): Reference => ({ span, isDefinition: false, how: "name" })),
  ];
}

/** Of the whole workspace but one file. */
function keyUses(workspace: Workspace, except?: string): readonly KeyUse[] {
  const language = workspace.modules().flatMap((path) => {
    const analysis = path === except ? undefined : workspace.analysis(path);
    return analysis === undefined ? [] : keysNamedIn(workspace, analysis);
  });
  const typeScript = workspace.typeScriptFiles().flatMap((path) => keysInTypeScript(workspace, path));
  return [...language, ...typeScript.map(({ key, span }) => ({ span, key: key.span }))];
}

function keysNamedIn(workspace: Workspace, analysis: Analysis): readonly KeyUse[] {
  return inspect(workspace, analysis).facts.flatMap((fact) =>
    fact.kind === "key" ? [{ span: fact.span, key: fact.at.span }] : [],
  );
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
    if (text === undefined || path === file) return [];
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
