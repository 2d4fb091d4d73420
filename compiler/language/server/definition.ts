import { dirname, resolve } from "node:path";
import type { Position, Span } from "../../diagnostics/span.js";
import { dataKeysOf, type Found, importedName, type Key, portsOf } from "../static.js";
import type { Import } from "../syntax.js";
import { bare, holds } from "../tree.js";
import { nameOf, type Origin, occurrenceAt, originOf } from "./occurrences.js";
import { offsetAt, spanAt, startOf } from "./places.js";
import {
  exportsOfTypeScript,
  importsOfTypeScript,
  namedKeys,
  quotedAt,
  type TypeScriptImport,
  wordAt,
} from "./typescript.js";
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
  const text = workspace.text(path) ?? "";
  const quoted = quotedAt(text, offsetAt(text, position));
  if (quoted !== undefined && /\bfrom\s*$/.test(quoted.before) && quoted.text.endsWith(".infra"))
    return existing(workspace, workspace.resolve(path, quoted.text));
  const key = keyFromTypeScript(workspace, path, position);
  if (key !== undefined) return key.span;
  const origin = originFromTypeScript(workspace, path, position);
  return origin && { ...bare(origin.name), file: origin.path };
}

/** The key or port that the text in quotes at a place of a TypeScript file names. */
export function keyFromTypeScript(workspace: Workspace, path: string, position: Position): Key | undefined {
  return keysInTypeScript(workspace, path).find(({ span }) => holds(span, position))?.key;
}

/** Keys and ports of `.infra` files that a TypeScript file names: `settings.key("mode")`. */
export function keysInTypeScript(
  workspace: Workspace,
  path: string,
): readonly { readonly span: Span; readonly key: Key }[] {
  const text = workspace.text(path) ?? "";
  if (!text.includes(".infra")) return [];
  return namedKeys(text).flatMap(({ length, method, name, offset, owner }) => {
    const found = importedInTypeScript(workspace, path, ({ local }) => local === owner);
    const keys = found && (method === "key" ? dataKeysOf(found) : portsOf(found));
    const key = keys?.find((one) => one.text === name);
    return key === undefined ? [] : [{ span: spanAt(path, text, offset, length), key }];
  });
}

/** What the name at a place in a TypeScript file means, where it comes from an `.infra` file. */
export function originFromTypeScript(
  workspace: Workspace,
  path: string,
  position: Position,
): Origin | undefined {
  const text = workspace.text(path) ?? "";
  const offset = offsetAt(text, position);
  const word = wordAt(text, offset);
  const isHere = (one: TypeScriptImport) => one.offset <= offset && offset <= one.offset + one.length;
  const found =
    importedInTypeScript(workspace, path, isHere) ??
    importedInTypeScript(workspace, path, ({ local }) => word === local);
  const of = found?.definition;
  const given = of && nameOf(of);
  if (found === undefined || of === undefined || given === undefined) return undefined;
  const target = { kind: "definition", name: given, of } as const;
  return { path: found.site.resolution.module.file, name: given, target };
}

function importedInTypeScript(
  workspace: Workspace,
  path: string,
  isMeant: (one: TypeScriptImport) => boolean,
): Found | undefined {
  for (const one of importsOfTypeScript(workspace.text(path) ?? "")) {
    if (!one.from.endsWith(".infra") || !isMeant(one)) continue;
    const target = workspace.analysis(workspace.resolve(path, one.from));
    const definition = target?.resolution.exports.get(one.name);
    if (target !== undefined && definition !== undefined) return { site: target.site, definition };
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
