import type { Reporter } from "../diagnostics/reporter.js";
import { suggestion } from "../diagnostics/row.js";
import { type ComposeNode, isListNode, isMapNode } from "./compose-tree.js";
import type { ComposeVariables } from "./compose-variables.js";
import type { SourceReader } from "./source-reader.js";
import { constantText, hasInputs, hasSecrets, type Text } from "./text-parts.js";

/** What every part of a Compose import needs: where files are, and how values and problems are read and told. */
export class ComposeContext {
  readonly reader: SourceReader;
  readonly reporter: Reporter;
  readonly variables: ComposeVariables;
  /** What has been said, once of each. */
  readonly #said = new Set<string>();
  readonly #names = new Set<string>();

  constructor(reader: SourceReader, reporter: Reporter, variables: ComposeVariables) {
    this.reader = reader;
    this.reporter = reporter;
    this.variables = variables;
  }

  /** A name that no ConfigMap or Secret of the project has. */
  freeName(wished: string): string {
    let name = wished;
    for (let number = 2; this.#names.has(name); number += 1) name = `${wished}-${number}`;
    this.#names.add(name);
    return name;
  }

  invalid({ place }: ComposeNode, why: string, instead?: string): void {
    this.reporter.report("compose-invalid", place, instead === undefined ? { why } : { why, instead });
  }

  refuse({ place }: ComposeNode, what: string, why: string, instead: string): void {
    this.reporter.report("import-refused", place, { what, why, instead });
  }

  differs({ place }: ComposeNode, what: string, why: string): void {
    this.reporter.report("import-differs", place, { what, why });
  }

  /** The same for what would be told at every service. */
  differsOnce(node: ComposeNode, what: string, why: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.differs(node, what, why);
  }

  /** A text, number or boolean with its variables. */
  text(node: ComposeNode): Text {
    const { value } = node;
    if (typeof value === "number" || typeof value === "boolean") return [String(value)];
    if (typeof value !== "string") {
      if (value !== null) this.invalid(node, "A text is meant here");
      return [];
    }
    return this.variables.expand(value, {
      unset: (name) =>
        this.differsOnce(
          node,
          name,
          "nothing sets this variable, so it is empty unless --set says otherwise",
        ),
      invalid: (why) => this.invalid(node, why),
      secret: (name, why) => this.#secret(node, name, why),
      decided: (name) => this.differsOnce(node, name, "whether it is set is decided now, by .env"),
    });
  }

  /** A variable that is passed on by its name alone. */
  passed(node: ComposeNode, name: string): Text {
    return this.variables.passed(name, { secret: (one, why) => this.#secret(node, one, why) });
  }

  #secret(node: ComposeNode, name: string, why: string): void {
    this.differsOnce(node, name, `is a secret, and ${why}: set the variable when you run infra up`);
  }

  /** The same where a text of the stack is meant, which no secret may be part of. */
  openText(node: ComposeNode, text: Text = this.text(node)): Text {
    if (!hasSecrets(text)) return text;
    this.refuse(
      node,
      text.flatMap((part) => (typeof part === "string" ? [] : (part.secretKey ?? []))).join(", "),
      "it is confidential, and would be written out here",
      "Give it to a container: as a variable under environment:, as a file under secrets:",
    );
    return text.filter((part) => typeof part === "string" || part.secretKey === undefined);
  }

  /** The same where a stack has to know it when it is written: variables are what they are now. */
  constant(node: ComposeNode): string {
    const text = this.openText(node);
    const constant = constantText(text);
    if (constant === undefined)
      this.invalid(node, "A variable without a value is needed here", "Give it one in .env");
    else if (hasInputs(text))
      this.differsOnce(
        node,
        String(node.value),
        `is "${constant.slice(0, 80)}" from now on: a stack has no input here`,
      );
    return constant ?? "";
  }

  number(node: ComposeNode): number | undefined {
    const text = this.constant(node);
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number)) return number;
    this.invalid(node, `"${text}" is no number`);
    return undefined;
  }

  boolean(node: ComposeNode): boolean {
    const text = this.constant(node).toLowerCase();
    if (!["true", "false", "yes", "no", "y", "n", "on", "off", "1", "0"].includes(text))
      this.invalid(node, `"${text}" is neither true nor false`);
    return ["true", "yes", "y", "on", "1"].includes(text);
  }

  /** A list, or one item for it. */
  list(node: ComposeNode): readonly ComposeNode[] {
    return isListNode(node) ? node.value : node.value === null ? [] : [node];
  }

  /** `name: value`, or a list of `name=value`; without a value it is undefined. */
  pairs(node: ComposeNode): readonly ComposePair[] {
    if (isMapNode(node))
      return [...node.value].map(([name, inner]) => ({
        name,
        node: inner,
        value: inner.value === null ? undefined : this.text(inner),
      }));
    return this.list(node).map((item) => {
      const [first = "", ...rest] = this.text(item);
      const head = typeof first === "string" ? first : "";
      const at = head.indexOf("=");
      if (head === "" || at === 0) this.invalid(item, "name=value is meant here");
      if (at < 0) return { name: head, node: item, value: undefined };
      return { name: head.slice(0, at), node: item, value: [head.slice(at + 1), ...rest] };
    });
  }

  /** The same where nothing but texts are of use. */
  constantPairs(node: ComposeNode): readonly (readonly [name: string, value: string, node: ComposeNode])[] {
    return this.pairs(node).map(({ name, node: inner, value }) => {
      const constant = constantText(this.openText(inner, value ?? []));
      if (constant === undefined) this.invalid(inner, "A variable without a value is needed here");
      return [name, constant ?? "", inner];
    });
  }
}

export interface ComposePair {
  readonly name: string;
  readonly node: ComposeNode;
  readonly value: Text | undefined;
}

/** A map whose members are taken one by one; what nobody takes is told, so that nothing is dropped in silence. */
export class Section {
  readonly node: ComposeNode;
  readonly #context: ComposeContext;
  readonly #members: Map<string, ComposeNode>;

  constructor(context: ComposeContext, node: ComposeNode, title: string) {
    this.node = node;
    this.#context = context;
    this.#members = new Map(isMapNode(node) ? node.value : []);
    if (node.value !== null && !isMapNode(node)) context.invalid(node, `${title} is no map`);
  }

  /** The member, if there is one and it is not empty. */
  take(name: string): ComposeNode | undefined {
    const node = this.#members.get(name);
    this.#members.delete(name);
    return node === undefined || node.value === null ? undefined : node;
  }

  takeText(name: string): string | undefined {
    const node = this.take(name);
    return node === undefined ? undefined : this.#context.constant(node);
  }

  takeNumber(name: string): number | undefined {
    const node = this.take(name);
    return node === undefined ? undefined : this.#context.number(node);
  }

  takeBoolean(name: string): boolean | undefined {
    const node = this.take(name);
    return node === undefined ? undefined : this.#context.boolean(node);
  }

  section(name: string): Section | undefined {
    const node = this.take(name);
    return node === undefined ? undefined : new Section(this.#context, node, name);
  }

  /** Members that say nothing about what runs. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#members.delete(name);
  }

  /** Members that will be otherwise, with a warning. */
  differ(reasons: { readonly [name: string]: string }): void {
    for (const [name, why] of Object.entries(reasons)) {
      const node = this.take(name);
      if (node !== undefined) this.#context.differs(node, name, why);
    }
  }

  /** Members that a stack cannot say. */
  refuse(reasons: { readonly [name: string]: readonly [why: string, instead: string] }): void {
    for (const [name, [why, instead]] of Object.entries(reasons)) {
      const node = this.take(name);
      if (node !== undefined) this.#context.refuse(node, name, why, instead);
    }
  }

  /** @param known - all names that the specification has here, to say what was meant. */
  end(known: readonly string[]): void {
    for (const [name, node] of this.#members) {
      if (name.startsWith("x-") || known.includes(name)) continue; // an extension, or empty
      const meant = name.length > 40 ? undefined : suggestion(name, known);
      this.#context.invalid(node, `The Compose specification knows no "${name.slice(0, 80)}" here`, meant);
    }
  }
}

/** A member that is a list, or one item for it. */
export function listOf(context: ComposeContext, section: Section, name: string): readonly ComposeNode[] {
  const node = section.take(name);
  return node === undefined ? [] : context.list(node);
}
