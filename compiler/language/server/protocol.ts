import { fileURLToPath, pathToFileURL } from "node:url";
import * as lsp from "vscode-languageserver/node";
import type { Diagnostic } from "../../diagnostics/reporter.js";
import type { Position, Span } from "../../diagnostics/span.js";
import type { CodeAction } from "./code-actions.js";
import type { Completion } from "./completion.js";
import type { Edit } from "./edits.js";
import type { OutlineSymbol } from "./symbols.js";

/** Our values as those of the Language Server Protocol, whose lines and characters count from 0. */

/** A file's absolute path; what is no file keeps its URI as its name. */
export function pathOf(uri: string): string {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : uri;
  } catch (error) {
    if (error instanceof TypeError) return uri; // a file of another host, or none that a path can name
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

export function workspaceEdit(edits: readonly Edit[], uri: (path: string) => string): lsp.WorkspaceEdit {
  const changes: { [uri: string]: lsp.TextEdit[] } = {};
  for (const { span, text } of edits) {
    const of = uri(span.file);
    changes[of] = [...(changes[of] ?? []), { range: rangeOf(span), newText: text }];
  }
  return { changes };
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
  uri: (path: string) => string,
): lsp.CodeAction {
  return {
    title,
    kind: lsp.CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(mends, uri)],
    isPreferred,
    edit: workspaceEdit(edits, uri),
  };
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
