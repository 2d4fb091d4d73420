import { dirname, resolve } from "node:path";
import type { Position, Span } from "../../diagnostics/span.js";
import { importedName } from "../static.js";
import type { Import } from "../syntax.js";
import { nameOf, type Origin, occurrenceAt, originOf } from "./occurrences.js";
import { offsetAt, spanAt, startOf } from "./places.js";
import { bare, holds } from "./tree.js";
import { exportsOfTypeScript, importsOfTypeScript, wordAt } from "./typescript.js";
import { type Analysis, inspect, type Workspace } from "./workspace.js";

/** Where what stands at a position was defined: in this file, another `.infra` file, TypeScript, or a file it names. */
export function definition(workspace: Workspace, analysis: Analysis, position: Position): Span | undefined {
  for (const one of analysis.parsed.module.definitions)
    if (one.node === "import" && holds(one.from.span, position)) return fileOf(workspace, analysis.path, one);
  const occurrence = occurrenceAt(analysis, position);
  const origin = occurrence && originOf(workspace, analysis, occurrence.target);
  if (origin !== undefined) {
    if (origin.target.kind !== "import") return { ...bare(origin.name), file: origin.path };
    return exported(workspace, analysis.path, origin.target.of, importedName(origin.target.of, origin.name));
  }
  for (const fact of inspect(workspace, analysis).facts) {
    if (!holds(fact.span, position)) continue;
    if (fact.kind === "key") return fact.at.span;
    if (fact.kind === "file") return existing(workspace, resolve(dirname(analysis.path), fact.path));
  }
  return undefined;
}

/** The same from a TypeScript file, for what it imports from `.infra` files. */
export function definitionFromTypeScript(
  workspace: Workspace,
  path: string,
  position: Position,
): Span | undefined {
  const origin = originFromTypeScript(workspace, path, position);
  return origin && { ...bare(origin.name), file: origin.path };
}

/** What the word at a place in a TypeScript file means, where it comes from an `.infra` file. */
export function originFromTypeScript(
  workspace: Workspace,
  path: string,
  position: Position,
): Origin | undefined {
  const text = workspace.text(path) ?? "";
  const word = wordAt(text, offsetAt(text, position));
  for (const { from, local, name } of importsOfTypeScript(text)) {
    if (!from.endsWith(".infra") || (word !== local && word !== name)) continue;
    const target = workspace.analysis(workspace.resolve(path, from));
    const of = target?.resolution.exports.get(name);
    const given = of === undefined ? undefined : nameOf(of);
    if (target === undefined || of === undefined || given === undefined) continue;
    return { path: target.path, name: given, target: { kind: "definition", name: given, of } };
  }
  return undefined;
}

function fileOf(workspace: Workspace, path: string, { from }: Import): Span | undefined {
  return from.text.startsWith(".") ? existing(workspace, workspace.resolve(path, from.text)) : undefined;
}

function existing(workspace: Workspace, path: string): Span | undefined {
  return workspace.has(path) ? startOf(path) : undefined;
}

/** A name that a TypeScript file exports; its beginning where the words do not tell. */
function exported(workspace: Workspace, path: string, from: Import, name: string): Span | undefined {
  const file = fileOf(workspace, path, from)?.file;
  if (file === undefined) return undefined;
  const text = workspace.text(file) ?? "";
  const offset = exportsOfTypeScript(text).get(name);
  return offset === undefined ? startOf(file) : spanAt(file, text, offset, name.length);
}
