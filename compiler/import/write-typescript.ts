import { unprintable } from "../../stdlib/base/printable.js";
import { nameStatements } from "./names.js";
import {
  isApplication,
  isCall,
  isFunction,
  isList,
  isObject,
  isReference,
  isText,
  type SourceApplication,
  type SourceCall,
  type SourceFunction,
  type SourceMember,
  type SourceProgram,
  type SourceReference,
  type SourceText,
  type SourceValue,
  type Statement,
  valuesOf,
} from "./program.js";

/** Longest line, where there is a place to break it. */
const width = 100;

/** The program as a TypeScript module, formatted as formatters leave it: two spaces, double quotes. */
export function writeTypeScript(program: SourceProgram): string {
  const imports = importsOf(program);
  const parts = [
    ...(program.comment === undefined ? [] : [comment(program.comment, "").trimEnd()]),
    ...(imports.size === 0 ? [] : [[...imports].map(importLine).join("\n")]),
    ...writeStatements(program, []),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Modules to the sorted names that the program needs of them. An exact object, `apps.v1.Deployment`, is a call of three parts. */
export function importsOf({ statements }: SourceProgram): ReadonlyMap<string, readonly string[]> {
  const modules = new Map<string, Set<string>>([
    ["infra", new Set()],
    ["infra/kubernetes", new Set()],
  ]);
  for (const { value } of statements)
    for (const inner of valuesOf(value))
      if (isCall(inner))
        modules.get(inner.call.length === 3 ? "infra/kubernetes" : "infra")?.add(inner.call[0] ?? "");
      else if (isText(inner) && inner.isDeferred === true) modules.get("infra")?.add("text");
      else if (isFunction(inner) && inner.parameters.some(({ type }) => type === "ImageName"))
        modules.get("infra")?.add("type ImageName");
  return new Map(
    [...modules].flatMap(([from, names]) =>
      names.size === 0 ? [] : [[from, [...names].sort(byImportedName)] as const],
    ),
  );
}

function byImportedName(one: string, other: string): number {
  const [a, b] = [one, other].map((name) => name.replace(/^type /, "").toLowerCase());
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

/** @param taken - names that variables must not have, beside those that are imported. */
export function writeStatements(program: SourceProgram, taken: readonly string[]): readonly string[] {
  const imported = [...importsOf(program).values()].flat().map((name) => name.replace(/^type /, ""));
  const names = new Map(nameStatements(program.statements, [...taken, ...imported]));
  for (const { value } of program.statements)
    if (isFunction(value))
      for (const [parameter, name] of nameStatements(value.parameters, [
        ...taken,
        ...imported,
        ...names.values(),
      ]))
        names.set(parameter, name);
  const writer = new Writer(names);
  return program.statements.map((statement) => writer.statement(statement));
}

export function importLine([from, names]: readonly [from: string, names: readonly string[]]): string {
  const flat = `import { ${names.join(", ")} } from "${from}";`;
  return flat.length <= width ? flat : `import {\n  ${names.join(",\n  ")},\n} from "${from}";`;
}

class Writer {
  readonly #names: ReadonlyMap<Statement, string>;

  constructor(names: ReadonlyMap<Statement, string>) {
    this.#names = names;
  }

  statement(statement: Statement): string {
    const head = `${statement.exported ? "export " : ""}const ${this.#name(statement)} = `;
    const lines = statement.comment === undefined ? "" : comment(statement.comment, "");
    if (isFunction(statement.value)) return `${lines}${this.#function(statement, statement.value)}`;
    return `${lines}${head}${this.#value(statement.value, "", head.length, 1)};`;
  }

  #function(statement: Statement, { body, parameters }: SourceFunction): string {
    const given = parameters.map((parameter) => `${this.#name(parameter)}: ${parameter.type}`).join(", ");
    const returned = this.#value(body, "  ", "  return ".length, 1);
    return `function ${this.#name(statement)}(${given}) {\n  return ${returned};\n}`;
  }

  /** @param column - where it begins. @param after - characters that follow it on its last line. */
  #value(value: SourceValue, indent: string, column: number, after: number): string {
    const flat = this.#flat(value, width - column - after);
    if (flat !== undefined) return flat;
    const inner = `${indent}  `;
    if (isList(value)) {
      const items = value.map((item) => `${inner}${this.#value(item, inner, inner.length, 1)},\n`);
      return `[\n${items.join("")}${indent}]`;
    }
    if (isCall(value)) return this.#call(value, indent, column, after);
    if (isReference(value)) return this.#reference(value);
    if (isText(value)) return this.#text(value);
    if (isApplication(value)) return this.#application(value);
    if (isFunction(value)) throw new Error("A function is a statement of its own");
    if (isObject(value)) {
      const members = value.members.map((one) => {
        const { comment: lines, value: member } = one;
        const key = `${inner}${this.#key(one)}: `;
        const above = lines === undefined ? "" : comment(lines, inner);
        return `${above}${key}${this.#value(member, inner, key.length, 1)},\n`;
      });
      return `{\n${members.join("")}${indent}}`;
    }
    return literal(value);
  }

  /** A last argument that is an object or a list opens on the line of the call. */
  #call({ arguments: given, call }: SourceCall, indent: string, column: number, after: number): string {
    const name = call.join(".");
    const last = given.at(-1);
    if (last === undefined) return `${name}()`;
    const before = given.slice(0, -1).map((item) => `${this.#inline(item)}, `);
    const head = `${name}(${before.join("")}`;
    const isShort = head.length + column <= width && !head.includes("\n");
    if ((isObject(last) || isList(last)) && isShort)
      return `${head}${this.#value(last, indent, column + head.length, after + 1)})`;
    const inner = `${indent}  `;
    const items = given.map((item) => `${inner}${this.#value(item, inner, inner.length, 1)},\n`);
    return `${name}(\n${items.join("")}${indent})`;
  }

  #reference({ then = [], variable }: SourceReference): string {
    const steps = then.map(({ arguments: given, name }) =>
      given === undefined ? `.${name}` : `.${name}(${given.map((item) => this.#inline(item)).join(", ")})`,
    );
    return `${this.#name(variable)}${steps.join("")}`;
  }

  #application({ apply, arguments: given }: SourceApplication): string {
    return `${this.#name(apply)}(${given.map((item) => this.#inline(item)).join(", ")})`;
  }

  #key(member: SourceMember): string {
    return member.computed === undefined ? keyText(member) : `[${this.#inline(member.computed)}]`;
  }

  #text({ isDeferred = false, text }: SourceText): string {
    const lines = (part: string) => templateText(part).split("\n").map(visible).join("\n");
    const parts = text.map((part) =>
      typeof part === "string" ? lines(part) : `\${${this.#reference(part)}}`,
    );
    return `${isDeferred ? "text" : ""}\`${parts.join("")}\``;
  }

  /** On one line where that can be, however long. */
  #inline(value: SourceValue): string {
    return this.#flat(value, Number.POSITIVE_INFINITY) ?? this.#value(value, "", 0, 0);
  }

  /** On one line; undefined when that is longer than the room, or a comment stands inside. */
  #flat(value: SourceValue, room: number): string | undefined {
    if (isList(value)) return this.#joined("[", value, "]", room, (item, left) => this.#flat(item, left));
    if (isCall(value))
      return this.#joined(`${value.call.join(".")}(`, value.arguments, ")", room, (item, left) =>
        this.#flat(item, left),
      );
    if (isReference(value)) return within(this.#reference(value), room);
    if (isText(value)) {
      const text = this.#text(value);
      return text.includes("\n") ? undefined : within(text, room);
    }
    if (isObject(value)) {
      if (value.members.length === 0) return within("{}", room);
      if (value.members.some(({ comment: lines }) => lines !== undefined)) return undefined;
      return this.#joined("{ ", value.members, " }", room, (one, left) => {
        const text = this.#flat(one.value, left);
        return text === undefined ? undefined : `${this.#key(one)}: ${text}`;
      });
    }
    if (isApplication(value)) return within(this.#application(value), room);
    if (isFunction(value)) throw new Error("A function is a statement of its own");
    const text = literal(value);
    return text.includes("\n") ? undefined : within(text, room);
  }

  #joined<T>(
    open: string,
    items: readonly T[],
    close: string,
    room: number,
    print: (item: T, room: number) => string | undefined,
  ): string | undefined {
    let text = open;
    for (const [index, item] of items.entries()) {
      const part = print(item, room - text.length);
      if (part === undefined) return undefined;
      text += index === 0 ? part : `, ${part}`;
      if (text.length > room) return undefined;
    }
    return within(text + close, room);
  }

  #name(statement: Statement): string {
    const name = this.#names.get(statement);
    if (name === undefined) throw new Error(`"${statement.variable}" is referred to and not of the program`);
    return name;
  }
}

function within(text: string, room: number): string | undefined {
  return text.length <= room ? text : undefined;
}

/** Lines of several words that break a comment or hide text from its reader are shown as they are, escaped. */
function comment(lines: readonly string[], indent: string): string {
  return lines
    .map((line) => `${indent}//${line === "" ? "" : " "}${visible(line)}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

/** Line separators end a comment in JavaScript; marks of direction and width make source read as something else. */
function visible(text: string): string {
  return text.replace(unprintable, (char) => (char === "\t" ? char : escapeUnit(char)));
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A number of canonical form and an identifier need no quotes; `__proto__` in brackets is a key like any other. */
function keyText({ name, quoted: isText = false }: SourceMember): string {
  if (name === "__proto__") return '["__proto__"]';
  const isBare = /^([A-Za-z_$][A-Za-z0-9_$]*|0|[1-9][0-9]{0,14})$/.test(name) && !isText;
  return isBare ? name : quoted(name);
}

function literal(value: null | boolean | number | string): string {
  if (typeof value === "number")
    return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? String(value) : "null";
  if (typeof value !== "string") return String(value);
  return isBlock(value) ? `\`${templateText(value)}\`` : quoted(value);
}

/** Lines that a reader is to see as lines. A carriage return in a template would be read as a line feed. */
function isBlock(text: string): boolean {
  return /\n./.test(text) && text.replace(/[\n\t]/g, "").search(unprintable) < 0;
}

function templateText(text: string): string {
  return text.replace(/[\\`]|\$(?=\{)/g, "\\$&");
}

/** Between the quotes that need fewer escapes, double ones where that is the same, as formatters leave it. */
function quoted(text: string): string {
  const count = (quote: string) => text.split(quote).length;
  const double = JSON.stringify(text);
  const chosen =
    count('"') > count("'")
      ? `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
      : double;
  return visible(chosen);
}
