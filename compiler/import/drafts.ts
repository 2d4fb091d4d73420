import { decodeObject } from "../../stdlib/schema/decode.js";
import { kindRowOf } from "../../stdlib/schema/kinds.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";
import { companionsOf } from "./constructs/access.js";
import {
  at,
  type ConstructContext,
  type Linked,
  refer,
  type Style,
  textAt,
  textMap,
} from "./constructs/context.js";
import { Comments } from "./constructs/members.js";
import { constructOf } from "./constructs/table.js";
import { workloadWith } from "./constructs/targets.js";
import { exactValue } from "./exact.js";
import { type PatchPlan, withPatch } from "./patch-for.js";
import {
  isObject,
  isReference,
  type SourceCall,
  type SourceProgram,
  type SourceValue,
  type Statement,
  valuesOf,
} from "./program.js";
import type { FoundObject } from "./select-objects.js";

/** A file beside the program. */
export interface ImportedFile {
  readonly content: string | Uint8Array;
  /** Only its owner may read it, and no repository is to hold it. */
  readonly confidential: boolean;
}

/** A statement while it is decided how it is written; others refer to it all the while. */
interface OpenStatement extends Statement {
  comment?: readonly string[];
  value: SourceValue;
}

/** How one object is to be written, as far as it is known. */
export interface Draft {
  readonly found: FoundObject;
  readonly object: KubeObject;
  readonly namespace: string;
  readonly statement: OpenStatement;
  /** False: field by field. */
  isConstruct: boolean;
  /** Objects that its construct makes beside it, which then are no statements of their own. */
  companions: readonly Draft[];
  style: Style;
  patch: PatchPlan | undefined;
}

export interface Rendered {
  readonly program: SourceProgram;
  readonly files: ReadonlyMap<string, ImportedFile>;
}

/** All objects of an import, and what they know of each other. */
export class Drafts {
  readonly list: readonly Draft[];
  readonly #namespace: string;
  readonly #byName = new Map<string, Draft>();
  readonly #byNamespace = new Map<string, Draft[]>();
  readonly #byStatement = new Map<Statement, Draft>();
  readonly #scaled = new Set<string>();

  constructor(found: readonly FoundObject[], variables: readonly string[], namespace: string) {
    this.#namespace = namespace;
    this.list = found.map((one, index): Draft => {
      const { object } = one;
      const row = kindRowOf(object);
      const isFit =
        typeof object.metadata.name === "string" &&
        constructOf(object) !== undefined &&
        row !== undefined &&
        decodeObject(row, object).problems.length === 0;
      return {
        found: one,
        object,
        namespace: row?.namespaced === false ? "" : (object.metadata.namespace ?? namespace),
        statement: { variable: variables[index] ?? "", value: null, exported: true },
        isConstruct: isFit,
        companions: [],
        style: "infra",
        patch: undefined,
      };
    });
    for (const draft of this.list) {
      const { kind, metadata } = draft.object;
      this.#byName.set(nameKey(kind, draft.namespace, metadata.name), draft);
      this.#byNamespace.set(draft.namespace, [...(this.#byNamespace.get(draft.namespace) ?? []), draft]);
      this.#byStatement.set(draft.statement, draft);
      if (kind === "HorizontalPodAutoscaler") {
        const target = at(draft.object, ["spec", "scaleTargetRef"]);
        this.#scaled.add(nameKey(textAt(target, "kind") ?? "", draft.namespace, textAt(target, "name")));
      }
    }
    for (const draft of this.list)
      if (draft.object.kind === "ServiceAccount" && draft.isConstruct)
        draft.companions = companionsOf(
          draft,
          (kind, name, within) => this.#byName.get(nameKey(kind, within, name)),
          draft.namespace,
        );
  }

  /**
   * The program as it is decided now. What is referred to stands before what refers to it. An object that no construct
   * can say after all is written field by field, and what refers to it is written anew.
   */
  render(): Rendered {
    let files = new Map<string, ImportedFile>();
    const before = new Map<Draft, readonly Statement[]>();
    for (let known = -1; known !== this.#exactCount; ) {
      known = this.#exactCount;
      files = new Map();
      for (const draft of this.list) draft.statement.value = null;
      for (const draft of this.list) before.set(draft, this.#write(draft, files));
    }
    const within = this.companions;
    const statements: Statement[] = [];
    const done = new Set<Draft>();
    const place = (draft: Draft): void => {
      if (done.has(draft)) return;
      done.add(draft);
      const own = before.get(draft) ?? [];
      for (const statement of [...own, draft.statement])
        for (const other of this.#referred(statement.value)) place(other);
      statements.push(...own, draft.statement);
    };
    for (const draft of this.list) if (!within.has(draft)) place(draft);
    return { program: { statements }, files };
  }

  /** Objects that are written with another. */
  get companions(): ReadonlySet<Draft> {
    return new Set(this.list.flatMap(({ companions, isConstruct }) => (isConstruct ? companions : [])));
  }

  get #exactCount(): number {
    return this.list.filter(({ isConstruct }) => !isConstruct).length;
  }

  /** Sets the statement's value. @returns statements of its own that stand above it. */
  #write(draft: Draft, files: Map<string, ImportedFile>): readonly Statement[] {
    const { found, object, statement } = draft;
    const construct = draft.isConstruct ? constructOf(object) : undefined;
    if (construct !== undefined) {
      const comments = new Comments(found.remarks);
      const shared: Statement[] = [];
      const own = new Map<string, ImportedFile>();
      const call = construct(this.#contextOf(draft, comments, shared, { own, all: files }));
      const patched = call === undefined || draft.patch === undefined ? call : withPatch(call, draft.patch);
      if (patched !== undefined && !saysTwice(patched)) {
        for (const [path, file] of own) files.set(path, file);
        setStatement(statement, patched, [...found.comment, ...comments.rest()]);
        return shared;
      }
      draft.isConstruct = false;
    }
    setStatement(statement, exactValue(object, found.remarks), found.comment);
    return [];
  }

  #contextOf(
    draft: Draft,
    comments: Comments,
    shared: Statement[],
    files: { readonly own: Map<string, ImportedFile>; readonly all: ReadonlyMap<string, ImportedFile> },
  ): ConstructContext {
    const { namespace, object, style } = draft;
    return {
      object,
      style,
      comments,
      companions: draft.companions,
      namespaceValue: this.#namespaceValue(namespace),
      isScaled: this.#scaled.has(nameKey(object.kind, namespace, object.metadata.name)),
      find: (kind, name, within = namespace) =>
        typeof name === "string" ? this.#byName.get(nameKey(kind, within, name)) : undefined,
      isReachedBy: (other) => this.#reaches(other, draft),
      neighbours: this.#byNamespace.get(namespace) ?? [],
      share(variable, value) {
        const statement = { variable, value, exported: false };
        shared.push(statement);
        return statement;
      },
      file(path, content, confidential = false) {
        const [, stem = path, ending = ""] = /^(.+\/[^/]+)(\/[^/]+)$/.exec(path) ?? [];
        let free = path;
        for (let number = 2; files.all.has(free) || files.own.has(free); number += 1)
          free = `${stem}-${number}${ending}`;
        files.own.set(free, { content, confidential });
        return `./${free}`;
      },
    };
  }

  #namespaceValue(namespace: string): SourceValue | undefined {
    if (namespace === "" || namespace === this.#namespace) return undefined;
    const draft = this.#byName.get(nameKey("Namespace", "", namespace));
    return draft?.isConstruct === true ? refer(draft.statement) : namespace;
  }

  /** Whether a chain of references leads from one to the other, those of Services to their workloads included. */
  #reaches(from: Linked, to: Draft): boolean {
    const seen = new Set<Draft>();
    const open = [from as Draft];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...this.#referred(next.statement.value));
      if (next.object.kind === "Service") {
        const selector = textMap(at(next.object, ["spec", "selector"]));
        const neighbours = this.#byNamespace.get(next.namespace) ?? [];
        const workload = workloadWith({ neighbours }, selector);
        if (workload !== undefined) open.push(workload as Draft);
      }
    }
    return false;
  }

  #referred(value: SourceValue): readonly Draft[] {
    const found: Draft[] = [];
    for (const inner of valuesOf(value)) {
      const draft = isReference(inner) ? this.#byStatement.get(inner.variable) : undefined;
      if (draft !== undefined) found.push(draft);
    }
    return found;
  }
}

/** Lists whose items have no name of their own, as ports, may have one twice; a member of a program may not. */
function saysTwice(value: SourceValue): boolean {
  return [...valuesOf(value)].some((inner) => {
    const names = isObject(inner) ? inner.members.map(({ name }) => name) : [];
    return new Set(names).size < names.length;
  });
}

function setStatement(
  statement: OpenStatement,
  value: SourceCall | SourceValue,
  comment: readonly string[],
): void {
  statement.value = value;
  if (comment.length === 0) delete statement.comment;
  else statement.comment = comment;
}

function nameKey(kind: string, namespace: string, name: string | undefined): string {
  return `${kind}/${namespace}/${name ?? ""}`;
}
