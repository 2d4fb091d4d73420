import { unprintable } from "../../stdlib/base/printable.js";
import { description } from "../../stdlib/constructs/generated/description.js";
import { formatModule } from "../language/format.js";
import { languageFunctions } from "../language/functions.js";
import { writeEscapes } from "../language/text.js";
import { nameStatements } from "./names.js";
import {
  isApplication,
  isCall,
  isFunction,
  isList,
  isObject,
  isReference,
  isText,
  type SourceMember,
  type SourceObject,
  type SourceProgram,
  type SourceReference,
  type SourceText,
  type SourceValue,
  type Statement,
} from "./program.js";

/** Longest line, where there is a place to break it. */
const width = 100;

/** The program as a `.infra` module: blocks where a construct has a name that can be one, otherwise `let`. */
export function writeInfra(program: SourceProgram): string {
  const writer = new Writer(program);
  const head = program.comment === undefined ? [] : [comment(program.comment, "").trimEnd()];
  const text = `${[...head, ...program.statements.map((statement) => writer.statement(statement))].join("\n\n")}\n`;
  return formatModule("main.infra", text) ?? text;
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*$/;
const reserved = new Set([
  "import",
  "param",
  "let",
  "function",
  "if",
  "for",
  "true",
  "false",
  "null",
  "__proto__",
]);

/** Fields whose text reads best as a value with its unit, without quotes. */
const unitFields = new Set(
  (
    "after cpu cpuLimit deadline every expires for grace keep memory memoryLimit minReady progressWithin size " +
    "sizeLimit sleep startWithin sticky storage timeout"
  ).split(" "),
);
const unitPattern = /^\d+(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T|m|s|h)$|^\d+\/(TCP|UDP|SCTP)$/;

/** Members that nested blocks are entries of. */
const nestedBlocks: { readonly [member: string]: string } = {
  containers: "container",
  init: "init",
  sidecars: "sidecar",
};

class Writer {
  readonly #names: ReadonlyMap<Statement, string>;
  /** Statements that are blocks, by what they are called elsewhere: `deployment.api`. */
  readonly #blocks = new Map<Statement, string>();

  constructor({ statements }: SourceProgram) {
    const used = new Set<string>();
    for (const statement of statements) {
      const reference = blockReference(statement);
      if (reference === undefined || used.has(reference)) continue;
      used.add(reference);
      this.#blocks.set(statement, reference);
    }
    const taken = [
      ...Object.keys(description.constructs),
      ...Object.keys(description.functions).map((path) => path.split(".")[0] ?? ""),
      ...languageFunctions.keys(),
      "kubernetes",
    ];
    const others = statements.filter((statement) => !this.#blocks.has(statement));
    const names = new Map(nameStatements(others, taken));
    for (const { value } of others)
      if (isFunction(value))
        for (const [parameter, name] of nameStatements(value.parameters, [...taken, ...names.values()]))
          names.set(parameter, name);
    this.#names = names;
  }

  statement(statement: Statement): string {
    const lines = statement.comment === undefined ? "" : comment(statement.comment, "");
    const { value } = statement;
    if (this.#blocks.has(statement) && isCall(value)) {
      const [name, spec] = value.arguments;
      const members = spec !== undefined && isObject(spec) ? spec.members : [];
      return `${lines}${this.#block(value.call[0] ?? "", String(name), members, "")}`;
    }
    if (isFunction(value)) {
      const given = value.parameters.map((parameter) => this.#names.get(parameter)).join(", ");
      const head = `function ${this.#names.get(statement)}(${given}) = `;
      return `${lines}${head}${this.#value(value.body, "", head.length, 0, "")}`;
    }
    const head = `let ${this.#names.get(statement)} = `;
    return `${lines}${head}${this.#value(value, "", head.length, 0, "")}`;
  }

  #block(kind: string, name: string, members: readonly SourceMember[], indent: string): string {
    const shown = namePattern.test(name) && !reserved.has(name) ? name : quoted(name);
    if (members.length === 0) return `${indent}${kind} ${shown} {}`;
    const inner = `${indent}  `;
    const body = members.map((member) => {
      const above = member.comment === undefined ? "" : comment(member.comment, inner);
      const nested = nestedBlocks[member.name];
      if (nested !== undefined && isObject(member.value) && member.value.members.every(isBlockEntry))
        return (
          above +
          member.value.members
            .map((entry) => this.#block(nested, entry.name, (entry.value as SourceObject).members, inner))
            .join("\n")
        );
      const key = `${inner}${nameText(member.name)} = `;
      return `${above}${key}${this.#value(member.value, inner, key.length, 0, member.name)}`;
    });
    return `${indent}${kind} ${shown} {\n${body.join("\n")}\n${indent}}`;
  }

  /** @param field - whose value it is, for values with units. */
  #value(value: SourceValue, indent: string, column: number, after: number, field: string): string {
    const flat = this.#flat(value, field);
    if (flat.length <= width - column - after && !flat.includes("\n") && !hasComment(value)) return flat;
    const inner = `${indent}  `;
    if (isList(value)) {
      const items = value.map((item) => `${inner}${this.#value(item, inner, inner.length, 1, field)},\n`);
      return `[\n${items.join("")}${indent}]`;
    }
    if (isCall(value)) {
      const last = value.arguments.at(-1);
      if (last === undefined) return flat;
      if (value.arguments.slice(0, -1).some(hasComment)) {
        const items = value.arguments.map((item) => this.#value(item, indent, column, 1, ""));
        return `${callee(value.call)}(${items.join(", ")})`;
      }
      const before = value.arguments.slice(0, -1).map((item) => `${this.#flat(item, "")}, `);
      const head = `${callee(value.call)}(${before.join("")}`;
      return `${head}${this.#value(last, indent, column + head.length, after + 1, "")})`;
    }
    if (isObject(value)) {
      const members = value.members.map((member) => {
        const key = `${inner}${this.#key(member)}: `;
        const above = member.comment === undefined ? "" : comment(member.comment, inner);
        return `${above}${key}${this.#value(member.value, inner, key.length, 1, member.name)},\n`;
      });
      return `{\n${members.join("")}${indent}}`;
    }
    return typeof value === "string" && isBlockText(value) ? blockText(value, inner) : flat;
  }

  #flat(value: SourceValue, field: string): string {
    if (isList(value)) return `[${value.map((item) => this.#flat(item, field)).join(", ")}]`;
    if (isCall(value))
      return `${callee(value.call)}(${value.arguments.map((item) => this.#flat(item, "")).join(", ")})`;
    if (isReference(value)) return this.#reference(value);
    if (isText(value)) return value.isDeferred === true ? `text(${this.#text(value)})` : this.#text(value);
    if (isApplication(value))
      return `${this.#names.get(value.apply)}(${value.arguments.map((item) => this.#flat(item, "")).join(", ")})`;
    if (isFunction(value)) throw new Error("A function is a statement of its own");
    if (isObject(value)) {
      if (value.members.length === 0) return "{}";
      return `{ ${value.members.map((member) => `${this.#key(member)}: ${this.#flat(member.value, member.name)}`).join(", ")} }`;
    }
    if (typeof value !== "string") return String(value);
    const isUnit = unitPattern.test(value) && (unitFields.has(field) || value.includes("/"));
    return isUnit ? value : quoted(value);
  }

  #text({ text }: SourceText): string {
    const parts = text.map((part) =>
      typeof part === "string" ? writeEscapes(part) : `\${${this.#reference(part)}}`,
    );
    return `"${parts.join("")}"`;
  }

  #key(member: SourceMember): string {
    const { computed } = member;
    if (computed === undefined) return keyText(member);
    return this.#text("text" in computed ? computed : { text: [computed] });
  }

  #reference({ then = [], variable }: SourceReference): string {
    const name = this.#blocks.get(variable) ?? this.#names.get(variable);
    if (name === undefined) throw new Error(`"${variable.variable}" is referred to and not of the program`);
    const steps = then.map(({ arguments: given, name: step }) =>
      given === undefined ? `.${step}` : `.${step}(${given.map((item) => this.#flat(item, "")).join(", ")})`,
    );
    return `${name}${steps.join("")}`;
  }
}

/** `deployment.api`, when the statement is the call of a construct with a name that a block can have. */
function blockReference({ exported, value }: Statement): string | undefined {
  if (!exported || !isCall(value) || value.call.length !== 1 || value.arguments.length > 2) return undefined;
  const [kind = ""] = value.call;
  const [name, spec] = value.arguments;
  const isNamed = typeof name === "string" && namePattern.test(name) && !reserved.has(name);
  const isPlain = spec === undefined || isObject(spec);
  return Object.hasOwn(description.constructs, kind) && isNamed && isPlain ? `${kind}.${name}` : undefined;
}

function isBlockEntry({ comment: lines, value }: SourceMember): boolean {
  return isObject(value) && lines === undefined;
}

function hasComment(value: SourceValue): boolean {
  if (isList(value)) return value.some(hasComment);
  if (isCall(value)) return value.arguments.some(hasComment);
  return (
    isObject(value) &&
    value.members.some((member) => member.comment !== undefined || hasComment(member.value))
  );
}

/** Exact objects are in the module of all of Kubernetes. */
function callee(call: readonly string[]): string {
  return (call.length === 3 ? ["kubernetes", ...call] : call).join(".");
}

function nameText(name: string): string {
  return namePattern.test(name) && !reserved.has(name) ? name : quoted(name);
}

/** A number is a key as it is, unless it is the text of one. */
function keyText({ name, quoted: isText = false }: SourceMember): string {
  return /^(0|[1-9][0-9]{0,14})$/.test(name) && !isText ? name : nameText(name);
}

function quoted(text: string): string {
  return `"${writeEscapes(text)}"`;
}

/** Lines that come back as they are when the indent is taken away again: one of them begins at the margin. */
function isBlockText(text: string): boolean {
  const lines = text.split("\n");
  return (
    lines.length > 2 &&
    /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd]*$/.test(text) &&
    !/"""|\$\{|"$/.test(text) &&
    text.replace(/[\n\t]/g, "").search(unprintable) < 0 &&
    lines.every((line) => line === "" || line.trim() !== "") &&
    lines.some((line) => /^[^ \t]/.test(line)) &&
    !/^\s*$/.test(lines[0] ?? "")
  );
}

function blockText(text: string, indent: string): string {
  const endsLine = text.endsWith("\n");
  const lines = (endsLine ? text.slice(0, -1) : text).split("\n");
  const body = lines.map((line) => (line === "" ? "" : indent + line)).join("\n");
  return `"""\n${body}${endsLine ? `\n${indent}` : ""}"""`;
}

/** Line separators would end a comment; marks of direction and width make it read as something else. */
function comment(lines: readonly string[], indent: string): string {
  return lines
    .map((line) => line.replace(unprintable, (char) => (char === "\t" ? char : " ")))
    .map((line) => `${indent}//${line === "" ? "" : " "}${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}
