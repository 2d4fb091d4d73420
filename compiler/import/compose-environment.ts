import { pointSpan } from "../diagnostics/span.js";
import { type ComposeContext, Section } from "./compose-section.js";
import { type ComposeNode, isMapNode } from "./compose-tree.js";
import { isConfidential, readEnvFile } from "./compose-variables.js";
import type { ImportedFile } from "./drafts.js";
import { kubernetesName } from "./names.js";
import type { SourceMember, SourceValue, Statement } from "./program.js";
import { besidePath } from "./source-reader.js";
import { constantText, type Text, textValue } from "./text-parts.js";

/** Env files of a project as ConfigMaps; services that name the same file share one. */
export class EnvironmentFiles {
  readonly statements: Statement[] = [];
  /** Values that look confidential, each in a file of its own. */
  readonly files = new Map<string, ImportedFile>();
  readonly #context: ComposeContext;
  readonly #made = new Map<string, readonly Statement[]>();
  readonly #names = new Set<string>();

  constructor(context: ComposeContext) {
    this.#context = context;
  }

  /** @param node - of the `env_file`: a path, or a map with one. */
  use(node: ComposeNode): readonly Statement[] {
    const context = this.#context;
    const section = isMapNode(node) ? new Section(context, node, "env_file") : undefined;
    const given = section === undefined ? context.constant(node) : (section.takeText("path") ?? "");
    const isRequired = section?.takeBoolean("required") ?? true;
    const format = section?.takeText("format");
    section?.end(["path", "required", "format"]);
    const path = given.startsWith("/") ? given : besidePath(node.folder, given);
    const key = `${format ?? ""} ${path}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const text = given.startsWith("/") ? undefined : context.reader.text(path);
    if (text === undefined) {
      this.#made.set(key, []);
      if (given.startsWith("/"))
        context.refuse(
          node,
          `env_file: ${given}`,
          "it is a file of this host alone",
          "Name a file beside the project",
        );
      else if (isRequired) context.invalid(node, `There is no env file "${given}"`);
      return [];
    }
    const file = context.reader.name(path);
    const place = (line: number) => ({ ...node, place: pointSpan(file, line, 1) });
    const values = readEnvFile(text, (line, why) => context.invalid(place(line), why), format === "raw");
    const members: SourceMember[] = [];
    const withheld = new Map<string, string>();
    for (const [name, value] of values) {
      if (value === undefined) continue; // unset
      if (!isVariableName(name)) {
        context.differs(
          node,
          `The variable "${name.slice(0, 80)}" of ${file}`,
          "no variable has this name; it is left out",
        );
        continue;
      }
      const content = context.text({ ...node, value });
      const constant = isConfidential(name) ? constantText(content) : undefined;
      if (constant === undefined || constant === "") members.push({ name, value: textValue(content) });
      else withheld.set(name, constant);
    }
    const wished = kubernetesName(
      (path.split("/").at(-1) ?? "").replace(/^\.?env$|\.env$/, (end) =>
        end === ".env" && path.split("/").at(-1) !== ".env" ? "-env" : "env",
      ),
    );
    let objectName = wished;
    for (let number = 2; this.#names.has(objectName); number += 1) objectName = `${wished}-${number}`;
    this.#names.add(objectName);
    const comment = [`From ${given}`];
    const made: Statement[] = [];
    if (members.length > 0 || withheld.size === 0)
      made.push({
        variable: objectName,
        comment,
        value: { call: ["configMap"], arguments: [objectName, { members }] },
        exported: true,
      });
    if (withheld.size > 0) {
      const keys = [...withheld].map(([name, content]): SourceMember => {
        const secretFile = `secrets/${objectName}/${name}`;
        this.files.set(secretFile, { content, confidential: true });
        return { name, value: { call: ["fromFile"], arguments: [`./${secretFile}`] } };
      });
      made.push({
        variable: `${objectName}-secret`,
        comment,
        value: { call: ["secret"], arguments: [objectName, { members: keys }] },
        exported: true,
      });
    }
    this.statements.push(...made);
    this.#made.set(key, made);
    return made;
  }
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && name !== "__proto__"; // which no object literal has plainly
}

/** `env` and `envFrom` of a container. */
export function environmentMembers(
  context: ComposeContext,
  section: Section,
  files: EnvironmentFiles,
  addressed: (text: Text, variable: string) => SourceValue,
): readonly SourceMember[] {
  const from: SourceValue[] = [];
  const fileNode = section.take("env_file");
  for (const node of fileNode === undefined ? [] : context.list(fileNode)) {
    for (const variable of files.use(node)) from.push({ variable });
  }
  const environment = section.take("environment");
  const members: SourceMember[] = [];
  const seen = new Set<string>();
  for (const { name, node, value } of environment === undefined ? [] : context.pairs(environment)) {
    if (!isVariableName(name)) {
      context.invalid(node, `"${name.slice(0, 80)}" is no name of a variable`);
      continue;
    }
    if (seen.has(name))
      members.splice(
        members.findIndex((one) => one.name === name),
        1,
      ); // the last one stands
    seen.add(name);
    const text = value ?? context.passed(node, name);
    members.push({ name, value: addressed(text, name) });
  }
  return [
    ...(members.length === 0 ? [] : [{ name: "env", value: { members } }]),
    ...(from.length === 0 ? [] : [{ name: "envFrom", value: from }]),
  ];
}
