import type { Description, TypeDescription } from "../../stdlib/constructs/description.js";
import { insteadOf, kindInstead, typeOf } from "../check/kubernetes-words.js";
import type { Reporter } from "../diagnostics/reporter.js";
import { nearest } from "../diagnostics/row.js";
import {
  asName,
  blockName,
  nameKey,
  nestedType,
  objectOf,
  plainName,
  titleOf,
  writtenName,
} from "./blocks.js";
import { languageFunctions } from "./functions.js";
import { inOrder } from "./order.js";
import type {
  Block,
  Definition,
  Expression,
  Field,
  FunctionDefinition,
  Import,
  Let,
  MapEntry,
  Module,
  Name,
  Param,
  Spread,
  Text,
} from "./syntax.js";
import { computedUnit } from "./units.js";

/** What a name stands for. */
export type Target =
  | {
      readonly kind: "definition";
      readonly name: Name;
      readonly of: Param | Let | FunctionDefinition | Block;
    }
  | { readonly kind: "import"; readonly name: Name; readonly of: Import }
  /** A parameter, a name of a `for`, or a definition of a function's body. */
  | LocalTarget
  /** A construct or function of the stdlib, by dotted path, or a function of the language. */
  | { readonly kind: "stdlib"; readonly path: string }
  | { readonly kind: "language"; readonly path: string }
  /** `kubernetes`: exact objects. */
  | { readonly kind: "kubernetes" };

interface LocalTarget {
  readonly kind: "local";
  readonly name: Name;
  readonly block?: Block;
  /** Blocks of the function that have this name, as `kind.name`, where there are several. */
  readonly choices?: readonly string[];
}

export interface Resolution {
  readonly module: Module;
  /** Definitions, each after those that it uses. */
  readonly order: readonly Definition[];
  /** What each name that is used stands for. The key of `deployment.api` is its member expression. */
  readonly targets: ReadonlyMap<Expression, Target>;
  /** Uses of imported names other than calls: whether they are functions the other module knows. */
  readonly importedValues: readonly Name[];
  /** What each definition can be called from elsewhere. */
  readonly exports: ReadonlyMap<string, Exclude<Definition, Import>>;
}

/** What can be said of a param, between its braces. */
const paramOptions: readonly string[] = ["default", "type", "choices", "min", "max", "env", "help"];
/** Names that a JavaScript object gives a meaning to. */
const refused: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Ties every name of a module to what it stands for. What cannot be tied is reported at its place.
 * @param unread - names that definitions with syntax errors may define.
 */
export function resolveNames(
  module: Module,
  description: Description,
  reporter: Reporter,
  unread: ReadonlySet<string> = new Set(),
): Resolution {
  return new Resolver(module, description, reporter, unread).resolve();
}

class Resolver {
  readonly #module: Module;
  readonly #description: Description;
  readonly #reporter: Reporter;
  readonly #unread: ReadonlySet<string>;
  readonly #targets = new Map<Expression, Target>();
  /** `param`, `let`, `function` and imports by name. */
  readonly #named = new Map<string, Target>();
  /** Blocks by kind, then by name. */
  readonly #blocks = new Map<string, Map<string, Block>>();
  readonly #uses = new Map<Definition, Map<Definition, Name>>();
  readonly #importedValues: Name[] = [];
  #current: Definition | undefined;
  #everywhere: readonly string[] | undefined;

  constructor(module: Module, description: Description, reporter: Reporter, unread: ReadonlySet<string>) {
    this.#unread = unread;
    this.#module = module;
    this.#description = description;
    this.#reporter = reporter;
  }

  resolve(): Resolution {
    for (const definition of this.#module.definitions) this.#declare(definition);
    for (const definition of this.#module.definitions) {
      this.#current = definition;
      this.#definition(definition);
    }
    return {
      module: this.#module,
      order: inOrder(this.#module.definitions, this.#uses, this.#reporter),
      targets: this.#targets,
      exports: this.#exports(),
      importedValues: this.#importedValues,
    };
  }

  #declare(definition: Definition): void {
    if (definition.node === "import") {
      for (const { as } of definition.names) this.#take(as, { kind: "import", name: as, of: definition });
    } else if (definition.node === "block") {
      const { kind, name } = definition;
      if (!Object.hasOwn(this.#description.constructs, kind.text))
        this.#reporter.report("block-kind-unknown", kind.span, {
          kind: kind.text,
          known: Object.keys(this.#description.constructs),
          instead: kindInstead(kind.text) ?? otherLanguages.get(kind.text),
        });
      else if (name === undefined) this.#reporter.report("block-unnamed", kind.span, { kind: kind.text });
      if (name === undefined) return;
      const ofKind = this.#blocks.get(kind.text) ?? new Map<string, Block>();
      const first = ofKind.get(nameKey(name));
      if (first === undefined) ofKind.set(nameKey(name), definition);
      else this.#twice(definition, first);
      this.#blocks.set(kind.text, ofKind);
    } else this.#take(definition.name, { kind: "definition", name: definition.name, of: definition });
  }

  #twice({ kind, name }: Block, first: Block): void {
    if (name === undefined) return;
    const data = { name: writtenName(name), kind: kind.text };
    this.#reporter.report("definition-duplicate", name.span, data, [
      { span: first.span, note: "first here" },
    ]);
  }

  #take(name: Name, target: Extract<Target, { name: Name }>): void {
    const first = this.#named.get(name.text);
    if (first !== undefined && "name" in first)
      this.#reporter.report("definition-duplicate", name.span, { name: name.text }, [
        { span: first.name.span, note: "first here" },
      ]);
    else if (this.#isGiven(name.text)) this.#reporter.report("name-given", name.span, { name: name.text });
    else if (refused.has(name.text)) this.#reporter.report("name-refused", name.span, { name: name.text });
    else this.#named.set(name.text, target);
  }

  #isGiven(name: string): boolean {
    const { constructs, functions } = this.#description;
    return (
      name === "kubernetes" ||
      Object.hasOwn(constructs, name) ||
      languageFunctions.has(name) ||
      Object.keys(functions).some((path) => path === name || path.startsWith(`${name}.`))
    );
  }

  #definition(definition: Definition): void {
    const none: Scope = new Map();
    if (definition.node === "param") {
      this.#param(definition);
    } else if (definition.node === "let") this.#expression(definition.value, none);
    else if (definition.node === "function") this.#function(definition);
    else if (definition.node === "block") this.#block(definition, none);
  }

  #param({ default: value, name, options }: Param): void {
    const none: Scope = new Map();
    if (value !== undefined) this.#expression(value, none);
    for (const option of options) {
      if (option.name.text === "default" && value !== undefined)
        this.#reporter.report("key-duplicate", option.name.span, { key: "default" }, [
          { span: value.span, note: "given here" },
        ]);
      else if (!paramOptions.includes(option.name.text))
        this.#reporter.report("field-unknown", option.name.span, {
          resource: `param "${name.text}"`,
          path: option.name.text,
          known: paramOptions,
        });
    }
    this.#members(options, undefined, none, `param "${name.text}"`);
  }

  #function({ body, parameters }: FunctionDefinition): void {
    const scope: Map<string, Target> = new Map();
    for (const { default: value, name } of parameters) {
      if (value !== undefined) this.#expression(value, scope);
      this.#local(name, scope);
    }
    if (body.node !== "body") return this.#expression(body, scope);
    for (const inner of body.definitions) {
      if (inner.node === "let") {
        this.#expression(inner.value, scope);
        this.#local(inner.name, scope);
      } else {
        this.#block(inner, scope);
        this.#localBlock(inner, scope);
      }
    }
  }

  /** `kind.name` in a function's body; the name alone where it is the only one. */
  #localBlock(block: Block, scope: Map<string, Target>): void {
    const { kind, name } = block;
    if (name === undefined) return;
    const qualified = `${kind.text}.${nameKey(name)}`;
    const first = scope.get(qualified);
    if (first?.kind === "local" && first.block !== undefined) return this.#twice(block, first.block);
    const target: LocalTarget = { kind: "local", name: asName(name), block };
    scope.set(qualified, target);
    const bare = plainName(name);
    if (bare === undefined) return;
    const other = scope.get(bare);
    if (other?.kind !== "local") scope.set(bare, target);
    else if (other.block !== undefined) {
      const choices = other.choices ?? [`${other.block.kind.text}.${bare}`];
      scope.set(bare, { ...other, choices: [...choices, qualified] });
    }
  }

  /** A name of a function's own. */
  #local(name: Name, scope: Map<string, Target>): void {
    const first = scope.get(name.text);
    if (first?.kind === "local" && first.block === undefined)
      this.#reporter.report("definition-duplicate", name.span, { name: name.text }, [
        { span: first.name.span, note: "first here" },
      ]);
    scope.set(name.text, { kind: "local", name });
  }

  #block(block: Block, scope: Scope): void {
    const spec = this.#description.constructs[block.kind.text]?.spec;
    if (block.name?.node === "text") this.#text(block.name, scope);
    this.#members(block.members, spec, scope, titleOf(block));
  }

  /** Fields and nested blocks, whose kinds the type of what they stand in knows. */
  #members(
    members: readonly (Field | Block)[],
    type: TypeDescription | undefined,
    scope: Scope,
    title: string,
  ): void {
    const seen = new Set<string>();
    const object = type === undefined ? undefined : objectOf(type, this.#description);
    for (const member of members) {
      if (member.node === "field") {
        this.#key(member.name, seen);
        this.#expression(member.value, scope);
        continue;
      }
      const inner = object === undefined ? undefined : nestedType(object, member);
      if (member.name?.node === "text") this.#text(member.name, scope);
      const isNamed = Object.values(object?.fields ?? {}).some(({ block }) => block === member.kind.text);
      if (inner === undefined && isNamed && member.name === undefined)
        this.#reporter.report("block-unnamed", member.kind.span, { kind: member.kind.text });
      else if (inner === undefined && object !== undefined)
        this.#reporter.report("block-kind-unknown", member.kind.span, {
          kind: member.kind.text,
          known: Object.entries(object.fields).flatMap(([name, { block }]) =>
            block === undefined ? [name] : [block],
          ),
          instead: insteadOf(typeOf(object), member.kind.text, member.kind.span.file),
        });
      else this.#key({ ...member.kind, text: `${member.kind.text} ${blockName(member)}` }, seen);
      this.#members(member.members, inner?.type, scope, title);
    }
  }

  /** @param isData - in quotes in a map, where any text may be a key. */
  #key(name: Name, seen: Set<string>, isData = false): void {
    if (name.text === "__proto__" && !isData)
      this.#reporter.report("name-refused", name.span, { name: name.text });
    else if (seen.has(name.text)) this.#reporter.report("key-duplicate", name.span, { key: name.text });
    seen.add(name.text);
  }

  #expression(expression: Expression, scope: Scope): void {
    switch (expression.node) {
      case "reference":
        this.#value(this.#reference(expression, scope), expression);
        return;
      case "text":
        this.#text(expression, scope);
        return;
      case "list":
        for (const item of expression.items) this.#part(item, scope);
        return;
      case "map": {
        const seen = new Set<string>();
        for (const entry of expression.entries) {
          if (entry.node === "entry") this.#entry(entry, seen, scope);
          else this.#part(entry, scope);
        }
        return;
      }
      case "member":
        if (!this.#qualified(expression, scope)) {
          this.#expression(expression.of, scope);
          this.#memberName(expression);
        }
        return;
      case "index":
        if (this.#qualified(expression, scope)) return;
        this.#expression(expression.of, scope);
        this.#expression(expression.key, scope);
        return;
      case "call":
        this.#callee(expression.callee, scope);
        for (const argument of expression.arguments) this.#expression(argument, scope);
        return;
      case "unary":
        this.#expression(expression.of, scope);
        return;
      case "binary": {
        this.#expression(expression.left, scope);
        this.#expression(expression.right, scope);
        const computed = computedUnit(expression, this.#targets);
        if (computed !== undefined) this.#reporter.report("unit-computed", computed.span, computed);
        return;
      }
      case "if":
        this.#expression(expression.condition, scope);
        this.#expression(expression.then, scope);
        this.#expression(expression.else, scope);
        return;
      case "for": {
        this.#expression(expression.in, scope);
        const inner = new Map(scope);
        const [first, second] = expression.names;
        if (second?.text === first.text)
          this.#reporter.report("definition-duplicate", second.span, { name: second.text }, [
            { span: first.span, note: "first here" },
          ]);
        for (const name of expression.names) inner.set(name.text, { kind: "local", name });
        for (const part of [expression.where, expression.key, expression.value])
          if (part !== undefined) this.#expression(part, inner);
        return;
      }
      default:
        return;
    }
  }

  #part(part: Expression | Spread, scope: Scope): void {
    this.#expression(part.node === "spread" ? part.of : part, scope);
  }

  #entry({ key, value }: MapEntry, seen: Set<string>, scope: Scope): void {
    if (key.node === "name") this.#key(key, seen);
    else {
      const text = plainName(key);
      if (text === undefined) this.#text(key, scope);
      else this.#key({ node: "name", span: key.span, text, quoted: true }, seen, true);
    }
    this.#expression(value, scope);
  }

  #text({ parts }: Text, scope: Scope): void {
    for (const part of parts) if (typeof part !== "string") this.#expression(part, scope);
  }

  #callee(callee: Expression, scope: Scope): void {
    if (callee.node !== "reference") return this.#expression(callee, scope);
    const target = this.#reference(callee, scope);
    const isValue =
      target?.kind === "local" || (target?.kind === "definition" && target.of.node !== "function");
    if (isValue) this.#reporter.report("value-called", callee.name.span, { name: callee.name.text });
  }

  /** What is no function's name. */
  #value(target: Target | undefined, { name }: Reference): void {
    if (target?.kind === "language" || (target?.kind === "definition" && target.of.node === "function"))
      this.#reporter.report("function-as-value", name.span, { name: name.text });
    else if (target?.kind === "import") this.#importedValues.push(name);
  }

  #reference(expression: Reference, scope: Scope): Target | undefined {
    const { name } = expression;
    const target =
      scope.get(name.text) ?? this.#named.get(name.text) ?? this.#bareBlock(name) ?? this.#given(name.text);
    if (target === undefined) {
      if (!this.#unread.has(name.text))
        this.#reporter.report("name-unknown", name.span, { name: name.text, known: this.#known(scope) });
      return undefined;
    }
    if (target.kind === "local" && target.choices !== undefined)
      this.#reporter.report("name-ambiguous", name.span, { name: name.text, choices: target.choices });
    this.#targets.set(expression, target);
    this.#use(target, name);
    return target;
  }

  /** The only block of that name; several are told apart by their kinds. */
  #bareBlock(name: Name): Target | undefined {
    const found = [...this.#blocks].flatMap(([kind, ofKind]) => {
      const of = ofKind.get(name.text);
      return of === undefined ? [] : [{ kind, of }];
    });
    const [first] = found;
    if (first === undefined || first.of.name === undefined) return undefined;
    if (found.length > 1)
      this.#reporter.report("name-ambiguous", name.span, {
        name: name.text,
        choices: found.map(({ kind }) => `${kind}.${name.text}`),
      });
    return { kind: "definition", name: asName(first.of.name), of: first.of };
  }

  #given(name: string): Target | undefined {
    if (name === "kubernetes") return { kind: "kubernetes" };
    if (languageFunctions.has(name)) return { kind: "language", path: name };
    return this.#isGiven(name) ? { kind: "stdlib", path: name } : undefined;
  }

  /** `deployment.api` or `deployment["api"]`. @returns false when it is no such name. */
  #qualified(expression: Extract<Expression, { node: "member" | "index" }>, scope: Scope): boolean {
    const { of } = expression;
    if (of.node !== "reference" || scope.has(of.name.text) || this.#named.has(of.name.text)) return false;
    if (!Object.hasOwn(this.#description.constructs, of.name.text)) return false;
    const kind = of.name.text;
    const key = expression.node === "member" ? expression.name : expression.key;
    if (key.node !== "name" && key.node !== "text") return false;
    if (key.node === "text") this.#text(key, scope);
    const local = scope.get(`${kind}.${nameKey(key)}`);
    if (local !== undefined) {
      this.#targets.set(expression, local);
      return true;
    }
    const ofKind = this.#blocks.get(kind);
    const block = ofKind?.get(nameKey(key));
    if (block === undefined) {
      if (this.#unread.has(asName(key).text) || this.#isMisspelt(kind, nameKey(key))) return true;
      const parts = key.node === "text" ? key.parts : [];
      const isOpen = (part: (typeof parts)[number]) =>
        typeof part !== "string" && part.node === "reference" && !this.#targets.has(part);
      if (parts.some(isOpen)) return true; // reported itself
      this.#reporter.report("name-unknown", key.span, {
        name: `${kind}.${writtenName(key)}`,
        known: this.#namesOf(kind, scope),
      });
      return true;
    }
    const target: Target = { kind: "definition", name: asName(block.name ?? key), of: block };
    this.#targets.set(expression, target);
    this.#use(target, asName(key));
    return true;
  }

  /** Blocks of a kind that can be referred to. */
  #namesOf(kind: string, scope: Scope): readonly string[] {
    const names = [...(this.#blocks.get(kind)?.values() ?? [])].flatMap(({ name }) => {
      const plain = name === undefined ? undefined : plainName(name);
      return plain === undefined ? [] : [`${kind}.${plain}`];
    });
    return [
      ...[...scope.keys()].filter((name) => name.startsWith(`${kind}.`) && !name.includes("`")),
      ...names,
    ];
  }

  /** Whether there is such a block, whose kind is spelt wrong: that is said there. */
  #isMisspelt(kind: string, name: string): boolean {
    const { constructs } = this.#description;
    return [...this.#blocks].some(
      ([other, ofKind]) =>
        !Object.hasOwn(constructs, other) &&
        ofKind.has(name) &&
        nearest(other, Object.keys(constructs)) === kind,
    );
  }

  /** Members of stdlib functions are known; of values, the methods that any value has, and the data of maps. */
  #memberName({ name, of }: Extract<Expression, { node: "member" }>): void {
    if (refused.has(name.text)) this.#reporter.report("name-refused", name.span, { name: name.text });
    const target = of.node === "reference" ? this.#targets.get(of) : undefined;
    if (target?.kind !== "stdlib") return;
    const path = `${target.path}.${name.text}`;
    const known = Object.keys(this.#description.functions).filter((one) => one.startsWith(`${target.path}.`));
    if (!known.includes(path)) this.#reporter.report("name-unknown", name.span, { name: path, known });
  }

  #use(target: Target, at: Name): void {
    const current = this.#current;
    const of = target.kind === "definition" || target.kind === "import" ? target.of : undefined;
    if (current === undefined || of === undefined) return;
    const uses = this.#uses.get(current) ?? new Map<Definition, Name>();
    if (!uses.has(of)) uses.set(of, at);
    this.#uses.set(current, uses);
  }

  /** What could have been meant. Asked for each unknown name, of which a file may have many. */
  #known(scope: Scope): readonly string[] {
    this.#everywhere ??= [
      ...this.#named.keys(),
      ...[...this.#blocks.values()].flatMap((ofKind) =>
        [...ofKind.keys()].filter((key) => !key.startsWith("`")),
      ),
      ...Object.keys(this.#description.constructs),
      ...Object.keys(this.#description.functions),
      ...languageFunctions.keys(),
    ];
    return scope.size === 0 ? this.#everywhere : [...scope.keys(), ...this.#everywhere];
  }

  /** A bare name where it is the only one, otherwise `kind.name`. */
  #exports(): Map<string, Exclude<Definition, Import>> {
    const exports = new Map<string, Exclude<Definition, Import>>();
    const count = new Map<string, number>();
    for (const ofKind of this.#blocks.values())
      for (const name of ofKind.keys()) count.set(name, (count.get(name) ?? 0) + 1);
    for (const definition of this.#module.definitions) {
      if (definition.node === "import") continue;
      const name = definition.name === undefined ? undefined : plainName(definition.name);
      const { start } = definition.span;
      if (definition.node !== "block") exports.set(definition.name.text, definition);
      else if (name === undefined) exports.set(`${definition.kind.text}.${start.line}`, definition);
      else if ((count.get(name) ?? 0) > 1 || this.#named.has(name))
        exports.set(`${definition.kind.text}.${name}`, definition);
      else exports.set(name, definition);
    }
    return exports;
  }
}

type Reference = Extract<Expression, { node: "reference" }>;
type Scope = ReadonlyMap<string, Target>;

/** What others call a block for, and how it is written here. */
const otherLanguages: ReadonlyMap<string, string> = new Map([
  ["variable", 'param region = "eu"'],
  ["locals", "let replicas = 3"],
  ["module", 'import { store } from "./store.infra"'],
  ["class", "function app(name) { … }"],
  ["output", "nothing: every definition of a file can be imported"],
]);
