import type { FunctionDescription, ParameterDescription } from "../../../stdlib/constructs/description.js";
import { description } from "../../../stdlib/constructs/generated/description.js";
import { words } from "../../check/written.js";
import type { Position, Span } from "../../diagnostics/span.js";
import { plainName, titleOf } from "../blocks.js";
import type { Fact } from "../check.js";
import { languageFunctions } from "../functions.js";
import type { Target } from "../names.js";
import { definitionType, importedName } from "../static.js";
import type { Definition, Import } from "../syntax.js";
import { holds, pathTo } from "../tree.js";
import { exactField, exactKind } from "./exact.js";
import { type Origin, occurrenceAt, originOf } from "./occurrences.js";
import { textOf } from "./places.js";
import { declarationIn } from "./typescript.js";
import { type Analysis, inspect, type Workspace } from "./workspace.js";

/** Markdown about what stands at a place. */
export interface Hover {
  readonly span: Span;
  readonly markdown: string;
}

export function hover(workspace: Workspace, analysis: Analysis, position: Position): Hover | undefined {
  const fact = inspect(workspace, analysis).facts.find(({ span }) => holds(span, position));
  if (fact !== undefined) return { span: fact.span, markdown: factText(fact) };
  const occurrence = occurrenceAt(analysis, position);
  const markdown = occurrence && targetText(workspace, analysis, occurrence.target);
  if (occurrence !== undefined && markdown !== undefined) return { span: occurrence.span, markdown };
  return optionHover(analysis, position) ?? exactHover(analysis, position);
}

/** What can be said of a param, between its braces. */
export const paramOptions: { readonly [name: string]: string } = {
  type: 'What it is: "number", "boolean" or text.',
  choices: "The texts that it may be.",
  min: "The smallest number.",
  max: "The largest number.",
  help: "What it is for, in help and messages.",
  env: "The variable of the environment that may give it.",
};

function optionHover({ parsed }: Analysis, position: Position): Hover | undefined {
  const [param] = pathTo(parsed.module, position);
  const option =
    param?.node === "param" ? param.options.find(({ name }) => holds(name.span, position)) : undefined;
  const doc = option && paramOptions[option.name.text];
  return option && doc !== undefined
    ? { span: option.name.span, markdown: code(`${option.name.text} of a param`, doc) }
    : undefined;
}

/** A field or a kind of Kubernetes. */
function exactHover(analysis: Analysis, position: Position): Hover | undefined {
  const field = exactField(analysis, position);
  if (field !== undefined)
    return { span: field.span, markdown: code(fieldText(field.name, field.of), field.of.doc) };
  const kind = exactKind(analysis, position);
  return kind && { span: kind.span, markdown: code(`${kind.path}({ … })`, kind.doc) };
}

function factText(fact: Fact): string {
  switch (fact.kind) {
    case "construct":
      return code(`${fact.name} name { … }`, description.constructs[fact.name]?.doc);
    case "function":
      return code(signature(fact.name, fact.of), fact.of.doc);
    case "field":
      return code(fieldText(fact.field.name, fact.field.of), fact.field.of.doc);
    case "file":
      return `\`${fact.path}\`, beside the stack`;
    case "key":
      return `\`${fact.at.text}\` of ${fact.of}`;
  }
}

/** `readiness: an object`, with its default and whether it must be given. */
export function fieldText(name: string, of: Extract<Fact, { kind: "field" }>["field"]["of"]): string {
  const rest = of.required ? ", required" : of.default === undefined ? "" : `, ${of.default} by default`;
  return `${name}: ${words(of.type)}${rest}`;
}

/** `downward.files(items: an object): a volume`. */
export function signature(name: string, { parameters, result }: FunctionDescription): string {
  return `${name}(${parameters.map(parameterText).join(", ")}): ${words(result)}`;
}

/** `items: an object`. */
export function parameterText({ name, required, rest, type }: ParameterDescription): string {
  return `${rest === true ? "..." : ""}${name}${required || rest === true ? "" : "?"}: ${words(type)}`;
}

/** Of the language's own functions. */
export function languageSignature(name: string): string {
  return `${name}(${languageFunctions.get(name)?.parameters.join(", ") ?? ""})`;
}

function targetText(workspace: Workspace, analysis: Analysis, target: Target): string | undefined {
  switch (target.kind) {
    case "stdlib": {
      const of = description.functions[target.path];
      if (of !== undefined) return code(signature(target.path, of), of.doc);
      const construct = description.constructs[target.path];
      return construct && code(`${target.path} name { … }`, construct.doc);
    }
    case "language":
      return code(languageSignature(target.path), languageFunctions.get(target.path)?.doc);
    case "kubernetes":
      return code("kubernetes.Kind({ … })", "Exact Kubernetes objects, by kind, in every field of the API.");
    case "local":
      return code(`${target.name.text}`, "A name of this function or `for`.");
    default: {
      const origin = originOf(workspace, analysis, target);
      return origin && originText(workspace, origin);
    }
  }
}

function originText(workspace: Workspace, { path, target }: Origin): string | undefined {
  if (target.kind === "import")
    return (
      foreignText(workspace, path, target.of, importedName(target.of, target.name)) ?? importText(target.of)
    );
  const analysis = workspace.analysis(path);
  if (target.kind !== "definition" || analysis === undefined) return undefined;
  return code(headOf(analysis, target.of), commentAbove(analysis, target.of));
}

/** The line of TypeScript that declares a name, and what its author says above it. */
function foreignText(workspace: Workspace, path: string, from: Import, name: string): string | undefined {
  const found = declarationIn(workspace.text(workspace.resolve(path, from.from.text)) ?? "", name);
  if (found === undefined) return undefined;
  const construct = found.made === undefined ? undefined : description.constructs[found.made];
  const type = construct && words({ kind: "value", name: construct.value });
  return code(type === undefined ? found.line : `${found.line}  // ${type}`, found.doc, "typescript");
}

function importText({ from, names }: Import): string {
  return code(`import { ${names.map(({ name }) => name.text).join(", ")} } from "${from.text}"`, undefined);
}

/** One line that says what a definition is. */
export function headOf({ site, text }: Analysis, definition: Exclude<Definition, Import>): string {
  if (definition.node === "block") return titleOf(definition);
  const type = definition.node === "function" ? undefined : definitionType({ site, definition });
  const [line = ""] = textOf(text, definition.span).split(/\r\n|\n|\r/, 1);
  return type === undefined ? line : `${line}  // ${words(type)}`;
}

/** What the author says about a definition: `help` of a param, the comment right above. */
function commentAbove({ parsed }: Analysis, definition: Exclude<Definition, Import>): string | undefined {
  const lines: string[] = [];
  let line = definition.span.start.line - 1;
  for (const { span, text } of [...parsed.comments].reverse()) {
    if (span.end.line !== line || span.start.column !== 1) continue;
    lines.unshift(text.replace(/^\/\/ ?|^\/\*\s*|\s*\*\/$/g, ""));
    line = span.start.line - 1;
  }
  const help =
    definition.node === "param"
      ? definition.options.find(({ name }) => name.text === "help")?.value
      : undefined;
  if (help?.node === "text") lines.push(plainName(help) ?? "");
  return lines.length === 0 ? undefined : lines.join("\n");
}

/** Text of a file stands in a fence that it cannot end. */
function code(line: string, text: string | undefined, language = "infra"): string {
  const fence = "`".repeat(Math.max(3, ...[...line.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}${language}\n${line}\n${fence}${text === undefined ? "" : `\n\n${text}`}`;
}
