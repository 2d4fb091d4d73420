import { dirname, relative } from "node:path";
import type { TypeDescription } from "../../../stdlib/constructs/description.js";
import { description } from "../../../stdlib/constructs/generated/description.js";
import type { Diagnostic } from "../../diagnostics/reporter.js";
import type { Fix } from "../../diagnostics/row.js";
import type { Position, Span } from "../../diagnostics/span.js";
import { plainName, titleOf } from "../blocks.js";
import { nameText } from "../format.js";
import { containersOf, definitionType, fieldOrBlock } from "../static.js";
import type { Block, Definition, Expression } from "../syntax.js";
import { walk } from "../tree.js";
import type { Edit } from "./edits.js";
import { lineStarts, offsetAt, spanAt, textOf } from "./places.js";
import { alternatives, example, suits } from "./types.js";
import { afterTypeScriptImports } from "./typescript.js";
import { type Analysis, stackOf, type Workspace } from "./workspace.js";

/** A change that mends a mistake. */
export interface CodeAction {
  readonly title: string;
  readonly mends: Diagnostic;
  readonly edits: readonly Edit[];
  /** The one that is very likely meant. */
  readonly isPreferred: boolean;
}

/** What mends the mistakes of a file that are given. */
export function codeActions(
  workspace: Workspace,
  analysis: Analysis,
  diagnostics: readonly Diagnostic[],
): readonly CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    const { fixes, span } = diagnostic;
    if (span === undefined) return [];
    const known = fixes.flatMap((fix) =>
      fix.kind === "add-import"
        ? wholeFile(workspace, analysis, diagnostic, fix)
        : actionOf(analysis, diagnostic, span, fix),
    );
    return diagnostic.code === "name-unknown"
      ? [...known, ...imports(workspace, analysis, diagnostic, span)]
      : known;
  });
}

type LocalFix = Exclude<Fix, { kind: "add-import" }>;

function actionOf(analysis: Analysis, mends: Diagnostic, span: Span, fix: LocalFix): readonly CodeAction[] {
  const action = (title: string, edit: Edit | undefined, isPreferred = false): readonly CodeAction[] =>
    edit === undefined ? [] : [{ title, mends, edits: [edit], isPreferred }];
  switch (fix.kind) {
    case "replace":
      return action(replacementTitle(fix), replacement(analysis, span, fix), mends.fixes[0] === fix);
    case "add-field": {
      const target = holderAt(analysis, span);
      const type = requiredType(fix.field, target);
      const edit = target && addition(analysis, target, fix.field, valueText(analysis, type));
      return action(`Add "${fix.field}"`, edit, true);
    }
    case "remove-field":
      return action(`Leave "${fix.field}" out`, removal(analysis, span), true);
    case "open-port": {
      const edit = openPort(analysis, fix);
      return action(`Open port "${fix.port}" in ${fix.resource}`, edit);
    }
    case "add-key": {
      const target = blockOf(analysis, fix.resource);
      const value = target?.kind.text === "secret" ? "generated()" : '""';
      return action(
        `Add key "${fix.key}" to ${fix.resource}`,
        target && addition(analysis, target, fix.key, value),
      );
    }
    case "accept":
      return action(`Accept "${mends.code}" with a reason`, acceptance(analysis, mends, fix.resource));
  }
}

type Replacement = Extract<Fix, { kind: "replace" }>;

function replacementTitle({ from, to }: Replacement): string {
  return from === `"${to}"` ? `Write ${to} without quotes` : `Write "${to}"`;
}

function replacement({ path, text }: Analysis, span: Span, { from, to }: Replacement): Edit | undefined {
  const at = textOf(text, span).indexOf(from);
  return at < 0
    ? undefined
    : { span: spanAt(path, text, offsetAt(text, span.start) + at, from.length), text: to };
}

type Holder = Block | Extract<Expression, { node: "map" }>;

/** The block or map that a diagnostic is about: it stands at the block's kind, or is the whole map. */
function holderAt({ parsed }: Analysis, { start }: Span): Holder | undefined {
  for (const node of walk(parsed.module.definitions))
    if ((node.node === "block" || node.node === "map") && isAt(node.span.start, start)) return node;
  return undefined;
}

function isAt(a: Position, b: Position): boolean {
  return a.line === b.line && a.column === b.column;
}

function blockOf({ parsed }: Analysis, title: string): Block | undefined {
  for (const one of parsed.module.definitions) if (one.node === "block" && titleOf(one) === title) return one;
  return undefined;
}

/** Type of a field that must be given: of the construct, or of the only kind of object that must have it. */
function requiredType(field: string, holder: Holder | undefined): TypeDescription | undefined {
  const spec = holder?.node === "block" ? description.constructs[holder.kind.text]?.spec : undefined;
  const own = spec?.kind === "object" ? description.types[spec.name]?.fields[field] : undefined;
  const others = Object.values(description.types).map(({ fields }) => fields[field]);
  return (own ?? others.find((one) => one?.required === true))?.type;
}

/** Something of this file that fits, or what such a value looks like. */
function valueText({ site }: Analysis, type: TypeDescription | undefined): string {
  for (const [name, definition] of site.resolution.exports)
    if (
      alternatives(type).some(({ kind }) => kind === "value") &&
      suits(definitionType({ site, definition }), type)
    )
      return name;
  for (const one of alternatives(type)) {
    const text = example(one);
    if (text !== undefined) return text;
  }
  return '""';
}

/** A field or entry as the last one of a block or map, laid out as the others are. */
function addition({ text }: Analysis, holder: Holder, name: string, value: string): Edit | undefined {
  const starts = lineStarts(text);
  const close = holder.span.end;
  const key = keyText(name);
  const isMap = holder.node === "map";
  const written = isMap ? `${key}: ${value}` : `${key} = ${value}`;
  const last = isMap ? holder.entries.at(-1) : holder.members.at(-1);
  const line = text.slice(starts[close.line - 1], offsetAt(text, close));
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  const isOwnLine = line.trim() === "}";
  if (last === undefined || !isOwnLine) {
    const closing = offsetAt(text, close) - 1;
    const at = last === undefined ? text.lastIndexOf("{", closing) + 1 : offsetAt(text, last.span.end);
    const comma = isMap ? ", " : "  ";
    return {
      span: spanAt(holder.span.file, text, at, last === undefined ? closing - at : 0),
      text: last === undefined ? ` ${written} ` : `${comma}${written}`,
    };
  }
  const ending = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const start = starts[close.line - 1] ?? 0;
  const isSeparated = !isMap || /^\s*(?:\/\/[^\n]*\s*)*,/.test(text.slice(offsetAt(text, last.span.end)));
  if (isSeparated)
    return {
      span: spanAt(holder.span.file, text, start, 0),
      text: `${indent}  ${written}${isMap ? "," : ""}${ending}`,
    };
  return {
    span: spanAt(holder.span.file, text, offsetAt(text, last.span.end), 0),
    text: `,${ending}${indent}  ${written}`,
  };
}

/** Without the field whose value stands at the span, and without the line that was its own. */
function removal({ parsed, path, text }: Analysis, { start }: Span): Edit | undefined {
  for (const node of walk(parsed.module.definitions)) {
    if (node.node !== "field" || !isAt(node.value.span.start, start)) continue;
    const [from, to] = [offsetAt(text, node.span.start), offsetAt(text, node.span.end)];
    const before = /[ \t]*$/.exec(text.slice(0, from))?.[0].length ?? 0;
    const after = /^[ \t]*(?:\r\n|\n|\r)?/.exec(text.slice(to))?.[0] ?? "";
    const [blanks = ""] = /^[ \t]*/.exec(after) ?? [];
    const isOwnLine = /(^|[\r\n])$/.test(text.slice(0, from - before)) && /[\r\n]$/.test(after);
    return isOwnLine
      ? { span: spanAt(path, text, from - before, before + to - from + after.length), text: "" }
      : { span: spanAt(path, text, from, to - from + blanks.length), text: "" };
  }
  return undefined;
}

/** In quotes where it is no word. */
function keyText(text: string): string {
  return nameText({ text, quoted: !/^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*$/.test(text) });
}

function openPort(
  analysis: Analysis,
  { port, resource }: Extract<Fix, { kind: "open-port" }>,
): Edit | undefined {
  const workload = blockOf(analysis, resource);
  if (workload === undefined || workload.kind.text === "service") return undefined;
  const isImage = workload.kind.text === "image";
  const holder = isImage ? workload : containersOf(workload, analysis.site)?.[0];
  if (holder?.node !== "block" && holder?.node !== "map") return undefined;
  const field = isImage ? "expose" : "ports";
  const ports = fieldOrBlock(holder, field);
  if (ports === undefined) return addition(analysis, holder, field, `{ ${keyText(port)}: 8080 }`);
  return ports.node === "block" || ports.node === "map" ? addition(analysis, ports, port, "8080") : undefined;
}

/** `let web-accepted = accept(deployment.web, "run-as-root", "…")`, right after what it is about. */
function acceptance(analysis: Analysis, { code }: Diagnostic, title: string): Edit | undefined {
  const block = blockOf(analysis, title);
  const name = block?.name === undefined ? undefined : plainName(block.name);
  if (block === undefined || name === undefined) return undefined;
  const of = /^[A-Za-z_][\w-]*$/.test(name)
    ? `${block.kind.text}.${name}`
    : `${block.kind.text}[${nameText({ text: name, quoted: true })}]`;
  const { text } = analysis;
  const at = offsetAt(text, block.span.end);
  const lineEnd = at + (/^[^\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
  const ending = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const isLarge = block.span.start.line !== block.span.end.line; // what has lines of its own stands apart
  const variable = `${name.replace(/[^A-Za-z0-9]+/g, "-").replace(/^(\d|-)/, "of$1")}-${code}`;
  return {
    span: spanAt(block.span.file, text, lineEnd, 0),
    text: `${isLarge ? ending : ""}${ending}let ${variable} = accept(${of}, "${code}", "say why")`,
  };
}

/** The stack's own file takes in all that another one exports. */
function wholeFile(
  workspace: Workspace,
  { path }: Analysis,
  mends: Diagnostic,
  { file, line }: Extract<Fix, { kind: "add-import" }>,
): readonly CodeAction[] {
  const entry = stackOf(workspace, path);
  const text = entry.endsWith(`/${file}`) ? workspace.text(entry) : undefined;
  if (text === undefined) return [];
  const ending = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const at = entry.endsWith(".infra")
    ? afterImports(text, workspace.analysis(entry)?.parsed.module.definitions ?? [])
    : afterTypeScriptImports(text);
  const written = text[at - 1] === ";" ? `${line};` : line;
  const edit = { span: spanAt(entry, text, at, 0), text: at === 0 ? written + ending : ending + written };
  return [{ title: `Take the whole file into the stack: ${line}`, mends, edits: [edit], isPreferred: true }];
}

function afterImports(text: string, definitions: readonly Definition[]): number {
  const last = definitions.findLast(({ node }) => node === "import");
  return last === undefined ? 0 : offsetAt(text, last.span.end);
}

/** An unknown name that other files of the workspace export can be imported. */
function imports(
  workspace: Workspace,
  analysis: Analysis,
  mends: Diagnostic,
  span: Span,
): readonly CodeAction[] {
  const name = textOf(analysis.text, span);
  // Declarations hold what another file exports.
  const typeScript = workspace.typeScriptFiles().filter((path) => !/\.d\.([\w.]+\.)?[cm]?ts$/.test(path));
  return [...workspace.modules(), ...typeScript]
    .filter((path) => path !== analysis.path && workspace.exportsOf(path)?.includes(name) === true)
    .map((path) => {
      const from = relative(dirname(analysis.path), path).replace(/\.([cm]?)tsx?$/, ".$1js");
      const file = from.startsWith(".") ? from : `./${from}`;
      return {
        title: `Import "${name}" from "${file}"`,
        mends,
        edits: [importEdit(analysis, name, file)],
        isPreferred: false,
      };
    });
}

function importEdit({ parsed, path, text }: Analysis, name: string, file: string): Edit {
  for (const one of parsed.module.definitions) {
    const last = one.node === "import" && one.from.text === file ? one.names.at(-1) : undefined;
    if (last !== undefined) return { span: { ...last.as.span, start: last.as.span.end }, text: `, ${name}` };
  }
  const ending = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  const quoted = nameText({ text: file, quoted: true });
  return { span: spanAt(path, text, 0, 0), text: `import { ${name} } from ${quoted}${ending}` };
}
