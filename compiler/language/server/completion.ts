import { dirname, join } from "node:path";
import type { FieldDescription, TypeDescription } from "../../../stdlib/constructs/description.js";
import { description } from "../../../stdlib/constructs/generated/description.js";
import { words } from "../../check/written.js";
import { Reporter } from "../../diagnostics/reporter.js";
import type { Position, Span } from "../../diagnostics/span.js";
import { plainName } from "../blocks.js";
import { checkModule, type Slot } from "../check.js";
import { nameText } from "../format.js";
import { languageFunctions } from "../functions.js";
import { definitionType, importedName, mapOf, type Site, stdlibPath, typeOf } from "../static.js";
import type { Expression } from "../syntax.js";
import { holds, localsOf, pathTo, siteAt, walk } from "../tree.js";
import { type Cursor, closersAt, cursorAt } from "./cursor.js";
import { exactMembers, exactSlot } from "./exact.js";
import { fieldText, headOf, languageSignature, paramOptions, signature } from "./hover.js";
import { offsetAt, positionAt, spanAt } from "./places.js";
import { alternatives, example, suits } from "./types.js";
import type { Analysis, Workspace } from "./workspace.js";

/** One thing that can be written at a place. */
export interface Completion {
  readonly label: string;
  readonly kind: "field" | "block" | "name" | "function" | "value" | "keyword" | "file" | "folder";
  /** One line about it. */
  readonly detail?: string | undefined;
  readonly doc?: string | undefined;
  /** With `$1` and `$0` for what is still to be typed. */
  readonly insert: string;
  readonly replace: Span;
  /** Lower is likelier. */
  readonly rank: number;
}

/** A name that nobody writes stands at the place while it is looked at. */
const marker = "infraCursor0";

type Item = Omit<Completion, "replace">;

function isWord(text: string): boolean {
  return /^[A-Za-z_][\w-]*$/.test(text);
}

export function completions(
  workspace: Workspace,
  analysis: Analysis,
  position: Position,
): readonly Completion[] {
  const { path, text } = analysis;
  const offset = offsetAt(text, position);
  const cursor = cursorAt(text, offset);
  if (cursor.expects === "text") return inText(workspace, analysis, offset);
  const replace = spanAt(path, text, cursor.start, cursor.end - cursor.start);
  return itemsAt(workspace, analysis, cursor).map((item) => ({ ...item, replace }));
}

function itemsAt(workspace: Workspace, analysis: Analysis, cursor: Cursor): readonly Item[] {
  switch (cursor.expects) {
    case "definition":
      return [...definitionWords.map(keyword), ...constructs()];
    case "body definition":
      return [keyword("let"), ...constructs()];
    case "option of a param":
      return Object.entries(paramOptions).map(([name, doc]) => ({
        label: name,
        kind: "field",
        doc,
        insert: `${name} = $0`,
        rank: 0,
      }));
    case "import":
      return importable(workspace, analysis, cursor);
    case "member of a block":
    case "member of a map":
      return members(workspace, analysis, cursor);
    case "property":
      return properties(workspace, analysis, cursor);
    case "value":
      return values(workspace, analysis, cursor);
    default:
      return [];
  }
}

const definitionWords = ["import", "param", "let", "function"];

function keyword(word: string): Item {
  return { label: word, kind: "keyword", insert: `${word} `, rank: 3 };
}

function constructs(): readonly Item[] {
  return Object.entries(description.constructs).map(([name, { doc }]) => ({
    label: name,
    kind: "block",
    doc,
    insert: `${name} \${1:name} {\n  $0\n}`,
    rank: 1,
  }));
}

function importable(workspace: Workspace, { path, text }: Analysis, { end }: Cursor): readonly Item[] {
  const from = /^[^{}]*\}\s*from\s*"([^"\n]*)"/.exec(text.slice(end))?.[1];
  const names = from === undefined ? undefined : workspace.exportsOf(workspace.resolve(path, from));
  return (names ?? []).map((name) => ({ label: name, kind: "name", insert: name, rank: 0 }));
}

/** The module as it would be with something at the place, and what stands there then. */
function marked(workspace: Workspace, { path, text }: Analysis, { end, start }: Cursor, insert: string) {
  const changed = text.slice(0, start) + insert + text.slice(end);
  const analysis = workspace.scratch(path, changed);
  const at = positionAt(changed, start + insert.indexOf(marker) + 1);
  return { analysis, at, slot: slotAt(analysis, at) };
}

/** Of everything that holds the place, the narrowest; names before any text. */
function slotAt(analysis: Analysis, at: Position): Slot | undefined {
  let found: { readonly span: Span; readonly slot: () => Slot } | undefined;
  checkModule(siteAt(analysis.site, at), new Reporter(), (span, slot) => {
    if (!holds(span, at)) return;
    if (found === undefined || isNarrower(span, found.span)) found = { span, slot };
  });
  return exactSlot(analysis, at) ?? found?.slot();
}

function isNarrower(a: Span, b: Span): boolean {
  return holds(b, a.start) && holds(b, a.end) && !(holds(a, b.start) && holds(a, b.end));
}

function members(workspace: Workspace, analysis: Analysis, cursor: Cursor): readonly Item[] {
  const after = analysis.text.slice(cursor.end);
  const isMap = cursor.expects === "member of a map";
  const sign = isMap ? ":" : "=";
  const isWhole =
    after.trimStart().startsWith(sign) || (!isMap && /^[ \t]*(?:[\w-]+|"[^"\n]*")?[ \t]*\{/.test(after));
  const before = analysis.text.slice(0, cursor.start).trimEnd();
  const comma = isMap && !/[{,]$/.test(before) ? ", " : "";
  const more = isMap && !/^\s*(?:[,}]|$)/.test(after) ? "," : "";
  const insert = isWhole ? marker : isMap ? `${comma}${marker}: null${more}` : `${marker} = null `;
  const { slot } = marked(workspace, analysis, cursor, insert);
  if (slot?.kind !== "member" || slot.object === undefined) return [];
  const { given, object } = slot;
  return Object.entries(object.fields)
    .filter(([name]) => !given.has(name))
    .flatMap(([name, field]) => fieldItems(name, field, { sign, isWhole, isMap }));
}

function fieldItems(
  name: string,
  field: FieldDescription,
  { isMap, isWhole, sign }: { readonly sign: string; readonly isWhole: boolean; readonly isMap: boolean },
): readonly Item[] {
  const about = { detail: fieldText(name, field), doc: field.doc };
  const insert = isWhole ? name : isMap ? `${name}: $0` : `${name} ${sign} $0`;
  const rank = field.required ? 0 : 1;
  const own: Item = { label: name, kind: "field", ...about, insert, rank };
  if (isMap || field.block === undefined) return [own];
  const block = isWhole ? field.block : `${field.block} \${1:name} {\n  $0\n}`;
  return [{ label: field.block, kind: "block", ...about, insert: block, rank }, own];
}

function properties(workspace: Workspace, analysis: Analysis, cursor: Cursor): readonly Item[] {
  const { analysis: with_ } = marked(workspace, analysis, cursor, marker);
  const isCalled = analysis.text[cursor.end] === "(";
  for (const node of walk(with_.parsed.module.definitions))
    if (node.node === "member" && node.name.text === marker)
      return propertiesOf(with_, node.of).map((item) => (isCalled ? { ...item, insert: item.label } : item));
  return [];
}

function propertiesOf({ site }: Analysis, of: Expression): readonly Item[] {
  const name = of.node === "reference" ? of.name.text : undefined;
  const path = stdlibPath(of, site);
  const functions = Object.entries(description.functions)
    .filter(([one]) => path !== undefined && one.startsWith(`${path}.`))
    .map(([one, about]) =>
      functionItem(
        one.slice(`${path}.`.length),
        about.parameters.length,
        signature(one, about),
        about.doc,
        0,
      ),
    );
  if (name !== undefined && Object.hasOwn(description.constructs, name))
    return [
      ...functions,
      ...site.resolution.module.definitions.flatMap((one): Item[] => {
        const text =
          one.node === "block" && one.kind.text === name && one.name ? plainName(one.name) : undefined;
        if (text === undefined) return [];
        const insert = nameText({ text, quoted: !isWord(text) });
        return [{ label: text, kind: "name", detail: `${name} ${text}`, insert, rank: 0 }];
      }),
    ];
  const type = typeOf(of, site);
  const value = type?.kind === "value" ? description.values[type.name] : undefined;
  return [
    ...functions,
    ...keysOf(of, site),
    ...exactMembers(of, site).map(
      ({ doc, isKind, name: label }): Item => ({
        label,
        kind: isKind ? "function" : "name",
        doc,
        insert: isKind ? `${label}({ $0 })` : label,
        rank: 0,
      }),
    ),
    ...Object.entries(value?.methods ?? {}).map(([one, about]) =>
      functionItem(one, about.parameters.length, signature(one, about), about.doc, 0),
    ),
    ...Object.entries(value?.properties ?? {}).map(
      ([one, about]): Item => ({
        label: one,
        kind: "field",
        detail: fieldText(one, about),
        doc: about.doc,
        insert: one,
        rank: 1,
      }),
    ),
  ];
}

/** Of a map that is written out, wherever it has its name. */
function keysOf(of: Expression, site: Site): readonly Item[] {
  return (mapOf(of, site)?.entries ?? []).flatMap((entry): Item[] => {
    const label = entry.node === "entry" ? plainName(entry.key) : undefined;
    if (entry.node !== "entry" || label === undefined || !isWord(label)) return [];
    const type = typeOf(entry.value, site);
    return [{ label, kind: "field", detail: type && words(type), insert: label, rank: 0 }];
  });
}

function functionItem(
  label: string,
  parameters: number,
  detail: string,
  doc: string | undefined,
  rank: number,
): Item {
  return {
    label,
    kind: "function",
    detail,
    doc,
    insert: parameters === 0 ? `${label}()` : `${label}($0)`,
    rank,
  };
}

function values(workspace: Workspace, analysis: Analysis, cursor: Cursor): readonly Item[] {
  const { analysis: with_, at, slot } = marked(workspace, analysis, cursor, marker);
  const expected = slot?.kind === "value" ? slot.expected : undefined;
  const written = literals(expected);
  const others = ["if", "true", "false", "null"].filter((word) =>
    written.every(({ label }) => label !== word),
  );
  return [
    ...written,
    ...scopeNames(with_, at, expected),
    ...Object.entries(description.functions).map(([name, about]) =>
      functionItem(
        name,
        about.parameters.length,
        signature(name, about),
        about.doc,
        suits(about.result, expected) ? 1 : 3,
      ),
    ),
    ...[...languageFunctions].map(([name, { doc, parameters }]) =>
      functionItem(name, parameters.length, languageSignature(name), doc, 4),
    ),
    ...others.map((word) => ({ ...keyword(word), insert: word, rank: 4 })),
  ];
}

/** Values that can be written out. */
function literals(expected: TypeDescription | undefined): readonly Item[] {
  return alternatives(expected).flatMap((type): Item[] => {
    if (type.kind === "text") return [];
    const texts = type.kind === "boolean" ? ["true", "false"] : [example(type)];
    return texts.flatMap((text): Item[] =>
      text === undefined ? [] : [{ label: text, kind: "value", detail: words(type), insert: text, rank: 0 }],
    );
  });
}

/** What has a name here: the nearest first. */
function scopeNames(
  { parsed, site, ...analysis }: Analysis,
  at: Position,
  expected: TypeDescription | undefined,
): readonly Item[] {
  const path = pathTo(parsed.module, at);
  const locals = path
    .flatMap(localsOf)
    .map(({ text }): Item => ({ label: text, kind: "name", insert: text, rank: 1 }));
  const own = [...site.resolution.exports].flatMap(([name, definition]): Item[] => {
    if (path[0] === definition || /^\w+\.\d+$/.test(name)) return []; // itself; a block without a name
    const rank = suits(definitionType({ site, definition }), expected) ? 0 : 2;
    return [
      {
        label: name,
        kind: "name",
        detail: headOf({ parsed, site, ...analysis }, definition),
        insert: name,
        rank,
      },
    ];
  });
  const imported = parsed.module.definitions.flatMap((definition) =>
    definition.node !== "import"
      ? []
      : definition.names.map(({ as }): Item => {
          const found = site.imported(definition, importedName(definition, as));
          const rank = suits(found && definitionType(found), expected) ? 0 : 2;
          return {
            label: as.text,
            kind: "name",
            detail: `from "${definition.from.text}"`,
            insert: as.text,
            rank,
          };
        }),
  );
  return [...locals, ...own, ...imported];
}

/** Within quotes: names of ports and keys, choices, and files. */
function inText(workspace: Workspace, analysis: Analysis, offset: number): readonly Completion[] {
  const { parsed, path, text } = analysis;
  const at = positionAt(text, offset);
  const line =
    text
      .slice(0, offset)
      .split(/[\r\n]/)
      .at(-1) ?? "";
  const typed = line.slice(line.lastIndexOf('"') + 1);
  const rest = /^[^"\r\n]*/.exec(text.slice(offset))?.[0] ?? "";
  const replace = spanAt(path, text, offset - typed.length, typed.length + rest.length);
  const item = (label: string, kind: Completion["kind"], insert = label): Completion => ({
    label,
    kind,
    insert,
    replace,
    rank: 0,
  });
  const isImport =
    /(?:\bfrom|^\s*import)\s*"[^"]*$/.test(line) ||
    parsed.module.definitions.some((one) => one.node === "import" && holds(one.from.span, at));
  if (isImport)
    return files(workspace, path, typed, /\.(infra|[cm]?tsx?)$/).map(([name, kind]) => item(name, kind));
  const isOpen = text[offset + rest.length] !== '"';
  const slot = slotAt(analysis, at) ?? (isOpen ? slotOfOpenText(workspace, analysis, offset) : undefined);
  if (slot?.kind === "name") return slot.known.map((name) => item(name, "name"));
  if (slot?.kind === "file")
    return files(workspace, path, typed, /./).map(([name, kind]) => item(name, kind));
  if (slot?.kind !== "value") return [];
  return alternatives(slot.expected).flatMap((type) =>
    type.kind === "literal" && typeof type.value === "string" ? [item(type.value, "value")] : [],
  );
}

/** Where nothing is closed yet behind a place within quotes: as if all were. */
function slotOfOpenText(workspace: Workspace, { path, text }: Analysis, offset: number): Slot | undefined {
  const before = text.slice(0, offset);
  const closed = `${before}${closersAt(before)}\n${text.slice(offset)}`;
  return slotAt(workspace.scratch(path, closed), positionAt(closed, offset));
}

function files(
  workspace: Workspace,
  path: string,
  typed: string,
  wanted: RegExp,
): readonly (readonly [string, "file" | "folder"])[] {
  const folder = typed.includes("/") ? typed.slice(0, typed.lastIndexOf("/") + 1) : "./";
  if (!/^\.\.?\//.test(folder)) return [];
  return workspace.files
    .entries(join(dirname(path), folder))
    .filter(
      (name) =>
        !name.startsWith(".") && name !== "node_modules/" && (name.endsWith("/") || wanted.test(name)),
    )
    .filter((name) => join(dirname(path), folder, name) !== path)
    .map((name) => [folder + name, name.endsWith("/") ? "folder" : "file"] as const);
}
