import type { Position, Span } from "../../diagnostics/span.js";
import { plainName } from "../blocks.js";
import type { Target } from "../names.js";
import { importedName } from "../static.js";
import type { Definition, Import, Name } from "../syntax.js";
import { bare, holds, localsOf, walk } from "../tree.js";
import type { Analysis, Workspace } from "./workspace.js";

/** A name where it is written: where it is given a meaning, and wherever that is used. */
export interface Occurrence {
  readonly span: Span;
  readonly target: Target;
  /** Here the name is given, or brought in from another file. */
  readonly isDefinition: boolean;
  /** Written as the name that an import gave it: the origin's own name is another one. */
  readonly isAlias: boolean;
}

/** What names lead to, across files: the same for all that mean the same. */
export interface Origin {
  readonly path: string;
  readonly name: Name;
  readonly target: Extract<Target, { name: Name }>;
}

const known = new WeakMap<Analysis, readonly Occurrence[]>();

/** Every name of a module that stands for something, in no order. */
export function occurrencesOf(analysis: Analysis): readonly Occurrence[] {
  const found = known.get(analysis) ?? collect(analysis);
  known.set(analysis, found);
  return found;
}

export function occurrenceAt(analysis: Analysis, position: Position): Occurrence | undefined {
  return occurrencesOf(analysis).find(({ span }) => holds(span, position));
}

function collect({ resolution }: Analysis): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const add = (span: Span, target: Target, isDefinition: boolean, isAlias = isAliasOf(target)) =>
    found.push({ span, target, isDefinition, isAlias });
  for (const [expression, target] of resolution.targets) {
    const name =
      expression.node === "reference" || expression.node === "member"
        ? expression.name
        : expression.node === "index" &&
            expression.key.node === "text" &&
            plainName(expression.key) !== undefined
          ? quoted(expression.key.span)
          : undefined;
    if (name !== undefined) add(bare(name), target, false);
  }
  for (const definition of resolution.module.definitions) {
    if (definition.node === "import")
      for (const { as, name } of definition.names) {
        const target: Target = { kind: "import", name: as, of: definition };
        if (isAliasOf(target)) add(lastPart(name), target, true, false);
        add(as.span, target, true);
      }
    else {
      const name = nameOf(definition);
      if (name !== undefined) add(bare(name), { kind: "definition", name, of: definition }, true);
    }
    for (const node of walk([definition]))
      for (const name of localsOf(node)) add(bare(name), { kind: "local", name }, true);
  }
  return found;
}

/** Whether an import gives its name another one here. */
function isAliasOf(target: Target): boolean {
  if (target.kind !== "import") return false;
  const { name, as } = target.of.names.find(({ as }) => as.text === target.name.text) ?? {};
  return name !== undefined && as !== undefined && name.span.end.column !== as.span.end.column;
}

/** `api` of `service.api`. */
function lastPart({ span, text }: Name): Span {
  const length = text.length - text.lastIndexOf(".") - 1;
  return { ...span, start: { ...span.end, column: span.end.column - length } };
}

/** What a definition is called, where it stands. */
export function nameOf({ name }: Exclude<Definition, Import>): Name | undefined {
  return name?.node === "text" ? quoted(name.span) : name;
}

function quoted(span: Span): Name {
  return { node: "name", span, text: "", quoted: true };
}

/**
 * Where a name of this file was given: in this file, or in the `.infra` file that it is imported from. An import of
 * anything else is its own origin.
 */
export function originOf(workspace: Workspace, { path }: Analysis, target: Target): Origin | undefined {
  if (target.kind === "definition" || target.kind === "local") return { path, name: target.name, target };
  if (target.kind !== "import") return undefined;
  const found = workspace.imported(path, target.of, importedName(target.of, target.name));
  if (found?.definition.name === undefined) return { path, name: target.name, target };
  const { definition, site } = found;
  const name = nameOf(definition);
  if (name === undefined) return undefined;
  return { path: site.resolution.module.file, name, target: { kind: "definition", name, of: definition } };
}

export function isSame(a: Origin, b: Origin): boolean {
  const [one, other] = [a.name.span.start, b.name.span.start];
  return a.path === b.path && one.line === other.line && one.column === other.column;
}
