import { encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";
import type { Description, TypeDescription } from "../../stdlib/constructs/description.js";
import type { Position, Span } from "../diagnostics/span.js";
import { nameKey, nestedType, objectOf, plainName } from "./blocks.js";
import { checks, isOpen, type Use, usedBy } from "./checks.js";
import { identifier, inputKind, literal, operators, template, unitType, uses } from "./code.js";
import { languageFunctions } from "./functions.js";
import type { Resolution, Target } from "./names.js";
import type {
  Block,
  Definition,
  Expression,
  Field,
  FunctionDefinition,
  MapEntry,
  Name,
  Param,
  Spread,
  Text,
} from "./syntax.js";

export interface Emitted {
  /** Exported functions. */
  readonly functions: ReadonlySet<string>;
  readonly imports: readonly ImportedFile[];
  /** A TypeScript module with the same exports. */
  readonly code: string;
  /** Its source map, version 3. Every key and value leads to its place. */
  readonly map: {
    readonly version: 3;
    readonly sources: readonly [string];
    readonly names: readonly string[];
    readonly mappings: string;
  };
}

/** What a module takes from one other. */
interface ImportedFile {
  /** As it is written. */
  readonly from: string;
  readonly span: Span;
  /** Names of the other file, with where they are used as values. */
  readonly values: ReadonlyMap<string, readonly Name[]>;
}

/**
 * A module as TypeScript: type checker, evaluation and places are then those of the other front end. Equal modules give
 * equal text.
 */
export function emitModule(resolution: Resolution, description: Description): Emitted {
  return new Emitter(resolution, description).emit();
}

class Emitter {
  readonly #resolution: Resolution;
  readonly #description: Description;
  readonly #identifiers = new Map<object, string>();
  readonly #used = new Set<string>();
  readonly #checks = new Set<string>();
  readonly #lines: SourceMapMappings = [[]];
  #body = "";
  #column = 0;

  constructor(resolution: Resolution, description: Description) {
    this.#resolution = resolution;
    this.#description = description;
  }

  emit(): Emitted {
    const { exports, module, order } = this.#resolution;
    this.#nameAll(module.definitions);
    for (const definition of order) if (definition.node === "import") this.#import(definition);
    for (const definition of order) if (definition.node !== "import") this.#definition(definition);
    this.#unusedImports(order);
    const wholes = module.definitions.filter((one) => one.node === "import" && one.isWhole);
    const named = [...exports, ...wholes.map((one, index) => [`${index}/`, one] as const)];
    const listed = named.map(([name, definition]) => `${this.#identifierOf(definition)} as ${literal(name)}`);
    this.#raw(`export { ${listed.join(", ")} };\n`);
    const functions = [...languageFunctions]
      .filter(([name]) => this.#used.has(name))
      .map(([name, { source }]) => `const $${name} = ${source};\n`);
    const head = [
      'import * as $ from "infra";\n',
      this.#used.has("kubernetes") ? 'import * as $kubernetes from "infra/kubernetes";\n' : "",
      ...functions,
      ...[...checks].flatMap(([name, source]) =>
        this.#checks.has(name) ? [`const $as${name} = ${source};\n`] : [],
      ),
    ].join("");
    const before = head.split("\n").length - 1;
    const mappings = encode([...Array.from({ length: before }, () => []), ...this.#lines]);
    const isFunction = ([, definition]: readonly [string, Definition]) => definition.node === "function";
    return {
      functions: new Set([...exports].filter(isFunction).map(([name]) => name)),
      imports: module.definitions.flatMap((one) => (one.node === "import" ? [this.#imported(one)] : [])),
      code: head + this.#body,
      map: { version: 3, sources: [module.file], names: [], mappings },
    };
  }

  /** Identifiers that no JavaScript word or other name can meet: all begin with `$` or end with `_`. */
  #nameAll(definitions: readonly Definition[]): void {
    for (const definition of definitions) {
      if (definition.node === "import") {
        const { column, line } = definition.span.start;
        if (definition.isWhole) this.#identifiers.set(definition, `$whole${line}_${column}`);
        for (const { as } of definition.names) this.#identifiers.set(as, identifier(as.text));
      } else if (definition.node === "block") {
        const name = definition.name === undefined ? undefined : plainName(definition.name);
        const text = name ?? `${definition.span.start.line}_${definition.span.start.column}`;
        this.#identifiers.set(definition, `${identifier(definition.kind.text)}${identifier(text)}`);
      } else this.#identifiers.set(definition, identifier(definition.name.text));
    }
  }

  #identifierOf(of: object): string {
    return this.#identifiers.get(of) ?? "undefined";
  }

  #imported({ from, names }: Extract<Definition, { node: "import" }>): ImportedFile {
    const values = names.map(({ as, name }) => {
      const uses = this.#resolution.importedValues.filter(({ text }) => text === as.text);
      return [name.text, uses] as const;
    });
    return { from: from.text, span: from.span, values: new Map(values) };
  }

  #import(definition: Extract<Definition, { node: "import" }>): void {
    if (definition.isWhole) this.#raw(`import * as ${this.#identifierOf(definition)} from `);
    else {
      this.#raw("import { ");
      for (const [index, { as, name }] of definition.names.entries()) {
        if (index > 0) this.#raw(", ");
        this.#at(name.span, `${literal(name.text)} as ${this.#identifierOf(as)}`);
      }
      this.#raw(" } from ");
    }
    // Node's name for a module of TypeScript, which both the type checker and the bundler take.
    this.#at(definition.from.span, literal(definition.from.text.replace(/(?<!\.d)\.([cm]?)ts$/, ".$1js")));
    this.#raw(";\n");
  }

  /** Nobody asks whether a name is there that is imported and not used. */
  #unusedImports(definitions: readonly Definition[]): void {
    const used = new Set<Name>();
    for (const target of this.#resolution.targets.values())
      if (target.kind === "import") used.add(target.name);
    for (const definition of definitions) {
      if (definition.node !== "import") continue;
      for (const { as } of definition.names)
        if (!used.has(as)) this.#raw(`void ${this.#identifierOf(as)};\n`);
    }
  }

  #definition(definition: Exclude<Definition, { node: "import" }>): void {
    this.#at(definition.span, `const ${this.#identifierOf(definition)} = `, false);
    if (definition.node === "param") this.#param(definition);
    else if (definition.node === "let") this.#constant(definition.value);
    else if (definition.node === "function") this.#function(definition);
    else this.#block(definition);
    this.#raw(";\n");
  }

  /** A literal keeps its exact type, so that `let cores = { cpu: 250m }` fits where cores are wanted. */
  #constant(value: Expression): void {
    if (value.node === "if") return this.#condition(value, (branch) => this.#constant(branch));
    this.#expression(value);
    if (value.node === "map" || value.node === "list" || value.node === "text") this.#raw(" as const");
  }

  #param({ default: value, name, options, span }: Param): void {
    const option = (of: string) => options.find((field) => field.name.text === of);
    const choices = option("choices");
    const type = option("type");
    const kind = choices === undefined ? inputKind(value, type?.value) : "choice";
    this.#at(span, `$.input.${kind}(${literal(name.text)}, `, false);
    if (choices !== undefined) {
      this.#expression(choices.value);
      this.#raw(", ");
    }
    this.#raw("{ ");
    if (value !== undefined) {
      this.#at(value.span, "default: ", false);
      this.#expression(value);
      this.#raw(", ");
    }
    for (const field of options) if (field !== choices && field !== type) this.#member(field);
    this.#raw(value?.node === "unit" ? `}) as ${unitType(value.text)}` : "})");
  }

  #function({ body, parameters }: FunctionDefinition): void {
    this.#raw("(");
    for (const [index, { default: value, name }] of parameters.entries()) {
      if (index > 0) this.#raw(", ");
      this.#at(name.span, identifier(name.text));
      if (value === undefined) this.#raw(": any");
      else {
        this.#raw(" = ");
        this.#expression(value);
      }
    }
    this.#raw(") => ");
    if (body.node !== "body") {
      this.#raw("(");
      this.#constant(body);
      return this.#raw(")");
    }
    this.#raw("{ ");
    for (const [index, inner] of body.definitions.entries()) {
      const text = inner.name === undefined ? undefined : plainName(inner.name);
      const local =
        text === undefined
          ? `$${index}`
          : `${inner.node === "block" ? identifier(inner.kind.text) : ""}${identifier(text)}`;
      this.#identifiers.set(inner, local);
      this.#raw(`const ${local} = `);
      if (inner.node === "let") this.#constant(inner.value);
      else this.#block(inner);
      this.#raw("; ");
    }
    this.#raw("return ");
    this.#blocksByName(body.definitions.filter((inner) => inner.node === "block"));
    this.#raw("; }");
  }

  /** What a body gives: each block by its name, with its kind where several kinds share that. */
  #blocksByName(blocks: readonly Block[]): void {
    const named = blocks.flatMap((block) => (block.name === undefined ? [] : [{ block, name: block.name }]));
    const computed = named.filter(({ name }) => plainName(name) === undefined);
    this.#raw("{ ");
    for (const { block, name } of named) {
      const isShared = named.some((other) => other.block !== block && nameKey(other.name) === nameKey(name));
      const text = plainName(name);
      if (text !== undefined) this.#raw(literal(isShared ? `${block.kind.text}.${text}` : text));
      else {
        this.#raw(isShared ? `[${literal(`${block.kind.text}.`)} + ` : "[");
        this.#blockName(block);
        this.#raw("]");
      }
      this.#raw(`: ${this.#identifierOf(block)}, `);
    }
    // By names that are computed, the type checker knows of nothing which it is.
    this.#raw(computed.length > 1 ? "} as { readonly [name: string]: any }" : "}");
  }

  #block(block: Block): void {
    const construct = this.#description.constructs[block.kind.text];
    this.#at(block.kind.span, `$.${block.kind.text}(`);
    this.#blockName(block);
    this.#raw(", ");
    this.#members(block.members, construct?.spec, block.span);
    this.#raw(")");
  }

  #blockName({ kind, name }: Block): void {
    if (name === undefined) this.#at(kind.span, '""');
    else if (name.node === "name") this.#at(name.span, literal(name.text));
    else this.#text(name);
  }

  /** Fields as they are; nested blocks gathered under the fields that they are entries of. */
  #members(members: readonly (Field | Block)[], type: TypeDescription | undefined, span: Span): void {
    const object = type === undefined ? undefined : objectOf(type, this.#description);
    const entries = new Map<string, { block: Block; type: TypeDescription }[]>();
    this.#at(span, "{ ", false);
    for (const member of members) {
      if (member.node === "field") continue;
      const nested = object === undefined ? undefined : nestedType(object, member);
      if (nested === undefined) continue; // reported by names
      if (nested.isEntry)
        entries.set(nested.field, [
          ...(entries.get(nested.field) ?? []),
          { block: member, type: nested.type },
        ]);
      else {
        this.#at(member.kind.span, `${literal(nested.field)}: `);
        this.#members(member.members, nested.type, member.span);
        this.#raw(", ");
      }
    }
    for (const member of members)
      if (member.node === "field" && !entries.has(member.name.text)) this.#member(member);
    for (const [field, blocks] of entries) {
      const [first] = blocks;
      const beside = members.find((member) => member.node === "field" && member.name.text === field);
      this.#at(first?.block.kind.span ?? span, `${literal(field)}: { `);
      if (beside?.node === "field") {
        this.#raw("...");
        this.#expression(beside.value);
        this.#raw(", ");
      }
      for (const { block, type: inner } of blocks) {
        this.#raw("[");
        this.#blockName(block);
        this.#raw("]: ");
        this.#members(block.members, inner, block.span);
        this.#raw(", ");
      }
      this.#raw("}, ");
    }
    this.#raw("}");
    this.#mark(span.end);
  }

  #member({ name, value }: Field): void {
    this.#at(name.span, `${literal(name.text)}: `);
    this.#expression(value);
    this.#raw(", ");
  }

  #expression(expression: Expression): void {
    switch (expression.node) {
      case "text":
        this.#text(expression);
        break;
      case "number":
      case "boolean":
        this.#at(expression.span, String(expression.value));
        break;
      case "null":
        this.#at(expression.span, "null");
        break;
      case "unit":
        this.#at(expression.span, literal(expression.text));
        break;
      case "reference":
        this.#at(expression.span, this.#target(this.#resolution.targets.get(expression), expression.name));
        break;
      case "list":
        this.#at(expression.span, "[", false);
        for (const item of expression.items) {
          this.#part(item);
          this.#raw(", ");
        }
        this.#raw("]");
        this.#mark(expression.span.end);
        break;
      case "map":
        this.#at(expression.span, "{ ", false);
        for (const entry of expression.entries) {
          if (entry.node === "spread") this.#part(entry);
          else this.#entry(entry);
          this.#raw(", ");
        }
        this.#raw("}");
        this.#mark(expression.span.end);
        break;
      case "member":
      case "index":
        this.#access(expression);
        break;
      case "call":
        if (this.#isComposed(expression)) {
          this.#at(expression.span, "$.text", false);
          this.#template(expression.arguments[0] as Text, undefined);
          break;
        }
        this.#expression(expression.callee);
        this.#raw("(");
        for (const [index, argument] of expression.arguments.entries()) {
          if (index > 0) this.#raw(", ");
          this.#expression(argument);
        }
        this.#raw(")");
        break;
      case "unary":
        this.#at(expression.span, `${expression.operator}(`, false);
        this.#value(expression.of, expression.operator === "-" ? "number" : undefined);
        this.#raw(")");
        break;
      case "binary":
        this.#binary(expression);
        break;
      case "if":
        this.#condition(expression, (branch) => this.#expression(branch));
        break;
      case "for":
        this.#for(expression);
    }
    this.#mark(expression.span.end);
  }

  #condition(
    { condition, else: otherwise, span, then }: Extract<Expression, { node: "if" }>,
    branch: (of: Expression) => void,
  ): void {
    this.#at(span, "(", false);
    this.#expression(condition);
    this.#raw(" ? ");
    branch(then);
    this.#raw(" : ");
    branch(otherwise);
    this.#raw(")");
  }

  #binary({ left, operator, right }: Extract<Expression, { node: "binary" }>): void {
    const use = uses[operator];
    const isDivision = operator === "/" || operator === "%";
    this.#raw("(");
    this.#value(left, use);
    this.#raw(` ${operators[operator] ?? operator} `);
    if (isDivision && (right.node !== "number" || right.value === 0)) {
      this.#check("divisor", right.span);
      this.#expression(right);
      this.#raw(")");
    } else this.#value(right, use);
    this.#raw(")");
  }

  /** A value that is used in a way not all values can be. */
  #value(value: Expression, use: Use | undefined): void {
    if (use === undefined || !isOpen(value, use, this.#resolution)) return this.#expression(value);
    this.#check(use, value.span);
    this.#expression(value);
    this.#raw(")");
  }

  /** Begins the call of a check. */
  #check(name: string, span: Span): void {
    this.#checks.add(name);
    const other = usedBy.get(name);
    if (other !== undefined) this.#checks.add(other);
    this.#at(span, `$as${name}(`, false);
  }

  #access(expression: Extract<Expression, { node: "member" | "index" }>): void {
    const target = this.#resolution.targets.get(expression);
    if (target !== undefined) {
      this.#at(expression.span, this.#target(target, undefined));
      return;
    }
    const { of } = expression;
    if (expression.node === "member") {
      this.#expression(of);
      const { span, text } = expression.name;
      if (/^[A-Za-z_]\w*$/.test(text)) {
        this.#raw(".");
        this.#at(span, text);
      } else {
        this.#raw("[");
        this.#at(span, literal(text));
        this.#raw("]");
      }
    } else if (expression.key.node === "text" && plainName(expression.key) !== undefined) {
      this.#expression(of);
      this.#raw("[");
      this.#expression(expression.key);
      this.#raw("]");
    } else {
      this.#check("item", expression.span);
      this.#expression(of);
      this.#raw(", ");
      this.#expression(expression.key);
      this.#raw(")");
    }
  }

  /** `xs.map(…)`; over a map, or with two names, over its entries. */
  #for({ in: within, key, names, span, value, where }: Extract<Expression, { node: "for" }>): void {
    const [first, second] = names;
    const parameters =
      second === undefined
        ? identifier(first.text)
        : `[${identifier(first.text)}, ${identifier(second.text)}]`;
    this.#at(span, key === undefined ? "(" : "Object.fromEntries(", false);
    if (second === undefined) {
      this.#raw("(");
      this.#expression(within);
      this.#raw(")");
    } else {
      this.#raw("Object.entries(");
      this.#expression(within);
      this.#raw(")");
    }
    if (where !== undefined) {
      this.#raw(`.filter((${parameters}) => `);
      this.#expression(where);
      this.#raw(")");
    }
    this.#raw(`.map((${parameters}) => (`);
    if (key === undefined) this.#expression(value);
    else {
      this.#raw("[");
      this.#expression(key);
      this.#raw(", ");
      this.#expression(value);
      this.#raw("] as const");
    }
    this.#raw(")))");
  }

  #part(part: Expression | Spread): void {
    if (part.node !== "spread") return this.#expression(part);
    this.#at(part.span, "...", false);
    this.#expression(part.of);
  }

  #entry({ key, value }: MapEntry): void {
    const name = key.node === "name" ? key.text : plainName(key);
    if (name === "__proto__") {
      this.#raw("[");
      this.#at(key.span, literal(name));
      this.#raw("]"); // without them JavaScript takes the value for what the object inherits
    } else if (name !== undefined) this.#at(key.span, literal(name));
    else if (key.node === "text") {
      this.#raw("[");
      this.#text(key);
      this.#raw("]");
    }
    this.#raw(": ");
    this.#expression(value);
  }

  #text({ parts, span }: Text): void {
    if (parts.every((part) => typeof part === "string")) {
      this.#at(span, literal(parts.join("")));
      return;
    }
    this.#template({ parts, span }, "text");
    this.#mark(span.end);
  }

  /** `text("… ${secret} …")` is told what its parts are, instead of one text made of them. */
  #isComposed({ arguments: given, callee }: Extract<Expression, { node: "call" }>): boolean {
    const target = this.#resolution.targets.get(callee);
    return (
      target?.kind === "stdlib" && target.path === "text" && given.length === 1 && given[0]?.node === "text"
    );
  }

  #template({ parts, span }: Pick<Text, "parts" | "span">, use: Use | undefined): void {
    this.#at(span, "`", false);
    for (const part of parts) {
      if (typeof part === "string") this.#raw(template(part));
      else {
        this.#raw("${");
        this.#value(part, use);
        this.#raw("}");
      }
    }
    this.#raw("`");
  }

  #target(target: Target | undefined, name: Name | undefined): string {
    switch (target?.kind) {
      case "definition":
        return this.#identifierOf(target.of);
      case "local":
        return target.block === undefined ? identifier(target.name.text) : this.#identifierOf(target.block);
      case "import":
        return identifier(target.name.text);
      case "stdlib":
        return `$.${target.path}`;
      case "language":
        this.#used.add(target.path);
        return `$${target.path}`;
      case "kubernetes":
        this.#used.add("kubernetes");
        return "$kubernetes";
      default:
        return `undefined /* ${name?.text ?? ""} */`; // reported by names
    }
  }

  /** Text whose beginning, and end unless told otherwise, have places. */
  #at({ end, start }: Span, text: string, closed = true): void {
    this.#mark(start);
    this.#raw(text);
    if (closed) this.#mark(end);
  }

  #mark({ column, line }: Position): void {
    this.#lines.at(-1)?.push([this.#column, 0, line - 1, column - 1]);
  }

  #raw(text: string): void {
    this.#body += text;
    const lines = text.split("\n");
    for (let added = 1; added < lines.length; added += 1) this.#lines.push([]);
    this.#column = (lines.length > 1 ? 0 : this.#column) + (lines.at(-1)?.length ?? 0);
  }
}
