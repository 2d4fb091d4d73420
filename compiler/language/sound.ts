import { dirname, resolve } from "node:path";
import { description } from "../../stdlib/constructs/generated/description.js";
import type { Diagnostic } from "../diagnostics/reporter.js";
import { type Position, type Span, spanOver } from "../diagnostics/span.js";
import { type Emitted, emitModule } from "./emit.js";
import type { Loaded } from "./load.js";
import type { Resolution, Target } from "./names.js";
import { Places, wholeLines } from "./places.js";
import type { Block, Definition, Expression, Field, Import, MapEntry, Spread } from "./syntax.js";
import { childrenOf, isBefore, type Node } from "./tree.js";

/**
 * What is left of a definition, or of what it refers to: all of it, or all but some of its members. Of values that are
 * no blocks nothing is left where anything is wrong.
 */
type State = "whole" | "part";

/** A module without what is wrong in it, and without what refers to that. */
export interface SoundModule extends Emitted {
  /**
   * What a finding of the rest can be about: a definition that is whole, as is all that it refers to; or a value that
   * is, in a block that lacks others. undefined where it may come of what is left out.
   */
  readonly about: (at: Position) => "whole" | "value" | undefined;
  /** Whether nothing is left out of the definition there, nor of what it refers to: its types are those it has. */
  readonly isWhole: (at: Position) => boolean;
}

/** Of a block that lacks something nothing else is known to be wrong. */
const ofWhatIsMissing: ReadonlySet<string> = new Set(["field-missing", "choose-one"]);

/**
 * Modules without their mistakes, so that the rest can be evaluated.
 * @param loaded - the modules of a stack by absolute path.
 * @param found - errors, with all that each is about.
 * @returns the same by path.
 */
export function soundModules(
  loaded: ReadonlyMap<string, Loaded>,
  found: readonly (Pick<Diagnostic, "code"> & { readonly span: Span })[],
): ReadonlyMap<string, SoundModule> {
  const parts = new Map<string, SoundPart>();
  const partOf = (path: string): SoundPart | undefined => {
    const known = parts.get(path);
    const module = loaded.get(path);
    if (known !== undefined || module === undefined) return known;
    const { file } = module.resolution.module;
    const own = found.filter(({ span }) => span.file === file);
    const wrong = own
      .filter(({ code }) => !ofWhatIsMissing.has(code))
      .map(({ code, span }) => (code === "syntax" ? wholeLines(span) : span));
    const part = new SoundPart(module.resolution, new Places(wrong), new Places(own.map(({ span }) => span)));
    parts.set(path, part); // also for modules that import each other
    part.read((from) => partOf(resolve(dirname(path), from)));
    return part;
  };
  for (const path of loaded.keys()) partOf(path);
  return new Map([...parts].map(([path, part]) => [path, part.emitted()]));
}

class SoundPart {
  readonly #resolution: Resolution;
  readonly #wrong: Places;
  readonly #found: Places;
  readonly #states = new Map<Definition, State>();
  /** Of names that imports give. */
  readonly #imported = new Map<string, State>();
  /** What stands for definitions of which something is left out. */
  readonly #rest = new Map<Definition, Definition>();
  readonly #exports = new Map<string, Exclude<Definition, Import>>();
  /** Where maps and lists begin, and the keys of those, of which something is left out. */
  readonly #partial = new Set<string>();

  constructor(resolution: Resolution, wrong: Places, found: Places) {
    this.#resolution = resolution;
    this.#wrong = wrong;
    this.#found = found;
  }

  read(imported: (from: string) => SoundPart | undefined): void {
    const { exports, order } = this.#resolution;
    for (const definition of order) {
      const state =
        definition.node === "import"
          ? this.#import(definition, imported(definition.from.text))
          : definition.node === "block"
            ? this.#definedBlock(definition)
            : this.#stateOf(definition);
      if (state !== undefined) this.#states.set(definition, state);
    }
    for (const [name, definition] of exports)
      if (this.#states.has(definition)) this.#exports.set(name, this.#restOf(definition));
  }

  emitted(): SoundModule {
    const { importedValues, module, order, targets } = this.#resolution;
    const kept = (all: readonly Definition[]) =>
      all.flatMap((one) => (this.#states.has(one) ? [this.#restOf(one)] : []));
    const definitions = kept(module.definitions);
    const resolution: Resolution = {
      module: { ...module, definitions },
      order: kept(order),
      targets: new Map([...targets].map(([name, target]) => [name, this.#asLeft(target)])),
      importedValues,
      exports: this.#exports,
    };
    return {
      ...emitModule(resolution, description),
      about: (at) => this.#about(at),
      isWhole: (at) => this.#at(at)?.state === "whole",
    };
  }

  #at(at: Position): { readonly definition: Definition; readonly state: State | undefined } | undefined {
    const definition = this.#resolution.module.definitions.find((one) => isIn(at, one));
    return definition && { definition, state: this.#states.get(definition) };
  }

  #about(at: Position): "whole" | "value" | undefined {
    const { definition, state } = this.#at(at) ?? {};
    if (definition === undefined || state === undefined) return undefined;
    // What others make of a value is theirs.
    if (definition.node !== "block") return "value";
    if (state === "whole") return "whole";
    if (this.#partial.has(placeText(at))) return undefined;
    return isInField(at, this.#restOf(definition)) ? "value" : undefined;
  }

  #restOf<D extends Definition>(definition: D): D {
    return (this.#rest.get(definition) as D | undefined) ?? definition;
  }

  #asLeft(target: Target): Target {
    return target.kind === "definition" ? { ...target, of: this.#restOf(target.of) } : target;
  }

  #import(definition: Import, module: SoundPart | undefined): State | undefined {
    if (this.#wrong.touch(definition.from.span)) return undefined;
    const names = definition.names.filter(({ as, name }) => {
      const state = module === undefined ? "whole" : module.#stateOfExport(name.text);
      if (state === undefined || this.#wrong.touch(spanOver(name.span, as.span) ?? name.span)) return false;
      this.#imported.set(as.text, state);
      return true;
    });
    if (names.length < definition.names.length) this.#rest.set(definition, { ...definition, names });
    return names.length === 0 && !definition.isWhole ? undefined : "whole";
  }

  #stateOfExport(name: string): State | undefined {
    const definition = this.#resolution.exports.get(name);
    return definition === undefined ? undefined : this.#states.get(definition);
  }

  #definedBlock(block: Block): State | undefined {
    const { of, state } = this.#block(block) ?? {};
    if (of !== undefined && of !== block) this.#rest.set(block, of);
    return state;
  }

  #block(block: Block): { readonly of: Block; readonly state: State } | undefined {
    const named = block.name === undefined ? "whole" : this.#stateOf(block.name);
    if (
      named === undefined ||
      this.#wrong.touch(spanOver(block.kind.span, block.name?.span) ?? block.kind.span)
    )
      return undefined;
    const states: State[] = [named];
    const members = block.members.flatMap((member): (Block | Field)[] => {
      const nested = member.node === "block" ? this.#block(member) : undefined;
      if (nested !== undefined) {
        states.push(nested.state);
        return [nested.of];
      }
      if (member.node === "block" || this.#wrong.touch(member.name.span)) return [];
      const { of, state } = this.#value(member.value) ?? {};
      if (of === undefined || state === undefined) return [];
      if (of !== member.value) this.#partial.add(placeText(member.name.span.start));
      states.push(state);
      return [{ ...member, value: of }];
    });
    const isWhole = members.length === block.members.length && !this.#found.touch(block.span);
    if (isWhole && states.every((state) => state === "whole")) return { of: block, state: "whole" };
    return { of: { ...block, members }, state: "part" };
  }

  /** What is left of a value: of maps, and maps in lists, what is sound in them. */
  #value(value: Expression): { readonly of: Expression; readonly state: State } | undefined {
    const state = this.#stateOf(value);
    if (state !== undefined) return { of: value, state };
    if (this.#wrong.touch({ ...value.span, end: value.span.start })) return undefined;
    this.#partial.add(placeText(value.span.start));
    if (value.node === "map") {
      const entries = value.entries.flatMap((entry): (MapEntry | Spread)[] => {
        if (this.#stateOf(entry) !== undefined) return [entry];
        if (entry.node === "spread" || this.#stateOf(entry.key) === undefined) return [];
        const inner = this.#value(entry.value)?.of;
        this.#partial.add(placeText(entry.key.span.start));
        return inner === undefined ? [] : [{ ...entry, value: inner }];
      });
      return { of: { ...value, entries }, state: "part" };
    }
    if (value.node !== "list") return undefined;
    // Without an item those that follow would be called by other numbers.
    const items = value.items.map((item) =>
      item.node === "map" ? this.#value(item)?.of : this.#sound(item),
    );
    const left = items.filter((item) => item !== undefined);
    return left.length < items.length ? undefined : { of: { ...value, items: left }, state: "part" };
  }

  #sound<N extends Node>(node: N): N | undefined {
    return this.#stateOf(node) === undefined ? undefined : node;
  }

  /** undefined where anything in it is wrong, or refers to what is. */
  #stateOf(node: Node | Block["name"]): State | undefined {
    if (node === undefined || this.#wrong.touch(node.span)) return undefined;
    const target = this.#resolution.targets.get(node as Expression);
    if (target !== undefined) return this.#stateOfTarget(target);
    if (node.node === "name") return "whole";
    if (node.node === "reference") return undefined; // there is nothing of that name
    const states = childrenOf(node).map((child) => this.#stateOf(child));
    if (states.includes(undefined)) return undefined;
    return states.includes("part") ? "part" : "whole";
  }

  #stateOfTarget(target: Target): State | undefined {
    if (target.kind === "definition") return this.#states.get(target.of);
    return target.kind === "import" ? this.#imported.get(target.name.text) : "whole";
  }
}

function placeText({ column, line }: Position): string {
  return `${line}:${column}`;
}

function isIn(at: Position, { span }: { readonly span: Span }): boolean {
  return !isBefore(at, span.start) && isBefore(at, span.end);
}

function isInField(at: Position, { members }: Block): boolean {
  return members.some((member) => isIn(at, member) && (member.node === "field" || isInField(at, member)));
}
