import { fileURLToPath, pathToFileURL } from "node:url";
import * as lsp from "vscode-languageserver/node";
import type { Diagnostic } from "../../diagnostics/reporter.js";
import type { Position, Span } from "../../diagnostics/span.js";
import { isBefore } from "../tree.js";
import type { CodeAction } from "./code-actions.js";
import type { Completion } from "./completion.js";
import type { Edit } from "./edits.js";
import type { SignatureHelp } from "./signature-help.js";
import type { OutlineSymbol } from "./symbols.js";

/** Our values as those of the Language Server Protocol, whose lines and characters count from 0. */

/** A file's absolute path; what is no file keeps its URI as its name. */
export function pathOf(uri: string): string {
  try {
    const path = uri.startsWith("file:") ? fileURLToPath(uri) : uri;
    return path.includes("\0") ? uri : path;
  } catch (error) {
    // A file of another host, or none that a path can name; or percent signs that mean nothing.
    if (error instanceof TypeError || error instanceof URIError) return uri;
    throw error;
  }
}

export function uriOf(path: string): string {
  return path.startsWith("/") ? pathToFileURL(path).href : path;
}

export function positionOf({ character, line }: lsp.Position): Position {
  return { line: line + 1, column: character + 1 };
}

export function rangeOf({ end, start }: Span): lsp.Range {
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}

export function diagnosticOf(
  { code, hint, message, related, severity, span }: Diagnostic,
  uri: (path: string) => string,
): lsp.Diagnostic {
  return {
    range:
      span === undefined
        ? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
        : rangeOf(span),
    severity: severity === "error" ? lsp.DiagnosticSeverity.Error : lsp.DiagnosticSeverity.Warning,
    code,
    source: "infra",
    message: hint === undefined ? message : `${message}\n${hint}`,
    relatedInformation: related.map((one) => ({
      location: { uri: uri(one.span.file), range: rangeOf(one.span) },
      message: one.note,
    })),
  };
}

/**
 * The findings that a client asks about: those that it names, else those in its range, else those of its lines, where a
 * cursor stands beside them.
 */
export function meantBy(
  found: readonly Diagnostic[],
  range: lsp.Range,
  named: readonly lsp.Diagnostic[] | undefined,
): readonly Diagnostic[] {
  const [from, to] = [positionOf(range.start), positionOf(range.end)];
  const placed = found.flatMap((one) => (one.span === undefined ? [] : [{ one, span: one.span }]));
  const isNamed = ({ one, span }: (typeof placed)[number]) =>
    named?.some(({ code, range }) => code === one.code && isSameRange(range, rangeOf(span))) === true;
  const isWithin = ({ span }: (typeof placed)[number]) =>
    !isBefore(span.end, from) && !isBefore(to, span.start);
  const isOnLine = ({ span }: (typeof placed)[number]) =>
    span.start.line <= to.line && span.end.line >= from.line;
  const groups = [isNamed, isWithin, isOnLine].map((is) => placed.filter(is));
  return (groups.find(({ length }) => length > 0) ?? []).map(({ one }) => one);
}

function isSameRange(a: lsp.Range, b: lsp.Range): boolean {
  return isSamePlace(a.start, b.start) && isSamePlace(a.end, b.end);
}

function isSamePlace(a: lsp.Position, b: lsp.Position): boolean {
  return a.line === b.line && a.character === b.character;
}

/** What is known of documents that the client may have open. */
export interface Versions {
  readonly uri: (path: string) => string;
  readonly version: (path: string) => number | undefined;
  /** The client takes edits of a version, and refuses those of one that is gone. */
  readonly areTaken: boolean;
}

export function workspaceEdit(
  edits: readonly Edit[],
  { areTaken, uri, version }: Versions,
): lsp.WorkspaceEdit {
  const byFile = new Map<string, lsp.TextEdit[]>();
  for (const { span, text } of edits) {
    const own = byFile.get(span.file) ?? [];
    own.push({ range: rangeOf(span), newText: text });
    byFile.set(span.file, own);
  }
  const files = [...byFile];
  if (!areTaken) return { changes: Object.fromEntries(files.map(([path, own]) => [uri(path), own])) };
  return {
    documentChanges: files.map(([path, own]) => ({
      textDocument: { uri: uri(path), version: version(path) ?? null },
      edits: own,
    })),
  };
}

const completionKinds: { readonly [K in Completion["kind"]]: lsp.CompletionItemKind } = {
  field: lsp.CompletionItemKind.Field,
  block: lsp.CompletionItemKind.Struct,
  name: lsp.CompletionItemKind.Variable,
  function: lsp.CompletionItemKind.Function,
  value: lsp.CompletionItemKind.Value,
  keyword: lsp.CompletionItemKind.Keyword,
  file: lsp.CompletionItemKind.File,
  folder: lsp.CompletionItemKind.Folder,
};

export function completionOf(
  { detail, doc, insert, kind, label, rank, replace }: Completion,
  snippets: boolean,
): lsp.CompletionItem {
  const isSnippet =
    /\$(?:\d|\{\d)/.test(insert) && (kind === "block" || kind === "field" || kind === "function");
  return {
    label,
    kind: completionKinds[kind],
    sortText: `${rank}${label}`,
    ...(detail === undefined ? {} : { detail }),
    ...(doc === undefined ? {} : { documentation: { kind: lsp.MarkupKind.Markdown, value: doc } }),
    ...(isSnippet && snippets ? { insertTextFormat: lsp.InsertTextFormat.Snippet } : {}),
    textEdit: { range: rangeOf(replace), newText: isSnippet && !snippets ? plain(insert) : insert },
  };
}

/** A snippet without its stops. */
function plain(snippet: string): string {
  return snippet.replace(/\$\{\d:([^}]*)\}|\$\d/g, (_, text: string | undefined) => text ?? "");
}

export function codeActionOf(
  { edits, isPreferred, mends, title }: CodeAction,
  versions: Versions,
): lsp.CodeAction {
  return {
    title,
    kind: lsp.CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(mends, versions.uri)],
    isPreferred,
    edit: workspaceEdit(edits, versions),
  };
}

export function signatureHelpOf({ active, doc, label, parameters }: SignatureHelp): lsp.SignatureHelp {
  const documentation =
    doc === undefined ? {} : { documentation: { kind: lsp.MarkupKind.Markdown, value: doc } };
  const signature = { label, ...documentation, parameters: parameters.map((one) => ({ label: one })) };
  return { signatures: [signature], activeSignature: 0, activeParameter: active };
}

const symbolKinds: { readonly [kind: string]: lsp.SymbolKind } = {
  param: lsp.SymbolKind.Property,
  let: lsp.SymbolKind.Constant,
  function: lsp.SymbolKind.Function,
};

export function symbolOf({ children, kind, name, selection, span }: OutlineSymbol): lsp.DocumentSymbol {
  return {
    name,
    kind: symbolKinds[kind] ?? lsp.SymbolKind.Class,
    range: rangeOf(span),
    selectionRange: rangeOf(selection),
    children: children.map(symbolOf),
  };
}

export function symbolInformation(
  { kind, name, selection }: OutlineSymbol,
  uri: (path: string) => string,
): lsp.SymbolInformation {
  return {
    name,
    kind: symbolKinds[kind] ?? lsp.SymbolKind.Class,
    location: { uri: uri(selection.file), range: rangeOf(selection) },
  };
}
