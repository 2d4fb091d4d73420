import type { Span } from "../../diagnostics/span.js";
import { plainName } from "../blocks.js";
import type { Block, Definition } from "../syntax.js";
import { bare } from "../tree.js";
import type { Analysis, Workspace } from "./workspace.js";

/** An outline's entry. */
export interface OutlineSymbol {
  readonly name: string;
  /** The kind of a block, or what the definition is. */
  readonly kind: string;
  /** Of the whole, and of the name in it. */
  readonly span: Span;
  readonly selection: Span;
  readonly children: readonly OutlineSymbol[];
}

/** What a file defines, blocks with those within them. */
export function symbols({ parsed }: Analysis): readonly OutlineSymbol[] {
  return parsed.module.definitions.flatMap(symbolsOf);
}

function symbolsOf(definition: Definition): readonly OutlineSymbol[] {
  if (definition.node === "import") return [];
  if (definition.node === "block") return [blockSymbol(definition)];
  const { name, span } = definition;
  const children =
    definition.node === "function" && definition.body.node === "body"
      ? definition.body.definitions.flatMap(symbolsOf)
      : [];
  return [{ name: name.text, kind: definition.node, span, selection: bare(name), children }];
}

function blockSymbol({ kind, members, name, span }: Block): OutlineSymbol {
  const text = name === undefined ? undefined : (plainName(name) ?? "…");
  return {
    name: text === undefined || text === "" ? kind.text : `${kind.text} ${text}`,
    kind: kind.text,
    span,
    selection: name?.span ?? kind.span,
    children: members.flatMap((member) => (member.node === "block" ? [blockSymbol(member)] : [])),
  };
}

/** Definitions of all files whose names hold the letters of a query, in their order. */
export function workspaceSymbols(workspace: Workspace, query: string): readonly OutlineSymbol[] {
  const found: OutlineSymbol[] = [];
  for (const path of workspace.modules()) {
    const analysis = workspace.analysis(path);
    for (const symbol of analysis === undefined ? [] : symbols(analysis)) {
      if (found.length === most) return found;
      if (hasLetters(symbol.name.toLowerCase(), query.toLowerCase())) found.push(symbol);
    }
  }
  return found;
}

/** More than anybody looks through. */
const most = 500;

function hasLetters(name: string, query: string): boolean {
  let from = 0;
  for (const letter of query) {
    from = name.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
