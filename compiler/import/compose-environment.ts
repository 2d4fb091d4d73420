import { pointSpan } from "../diagnostics/span.js";
import { type ComposeContext, Section } from "./compose-section.js";
import { type ComposeNode, isMapNode } from "./compose-tree.js";
import { readEnvFile } from "./compose-variables.js";
import { kubernetesName } from "./names.js";
import type { SourceMember, SourceValue, Statement } from "./program.js";
import { besidePath } from "./source-reader.js";
import { type Text, textValue } from "./text-parts.js";

/** Env files of a project as ConfigMaps; services that name the same file share one. */
export class EnvironmentFiles {
  readonly statements: Statement[] = [];
  readonly #context: ComposeContext;
  readonly #made = new Map<string, Statement | undefined>();
  readonly #names = new Set<string>();

  constructor(context: ComposeContext) {
    this.#context = context;
  }

  /** @param node - of the `env_file`: a path, or a map with one. */
  use(node: ComposeNode): Statement | undefined {
    const context = this.#context;
    const section = isMapNode(node) ? new Section(context, node, "env_file") : undefined;
    const given = section === undefined ? context.constant(node) : (section.takeText("path") ?? "");
    const isRequired = section?.takeBoolean("required") ?? true;
    const format = section?.takeText("format");
    section?.end(["path", "required", "format"]);
    const path = given.startsWith("/") ? given : besidePath(node.folder, given);
    const key = `${format ?? ""} ${path}`;
    if (this.#made.has(key)) return this.#made.get(key);
    const text = given.startsWith("/") ? undefined : context.reader.text(path);
    if (text === undefined) {
      this.#made.set(key, undefined);
      if (given.startsWith("/"))
        context.refuse(
          node,
          `env_file: ${given}`,
          "it is a file of this host alone",
          "Name a file beside the project",
        );
      else if (isRequired) context.invalid(node, `There is no env file "${given}"`);
      return undefined;
    }
    const file = context.reader.name(path);
    const place = (line: number) => ({ ...node, place: pointSpan(file, line, 1) });
    const values = readEnvFile(text, (line, why) => context.invalid(place(line), why), format === "raw");
    const members: SourceMember[] = [];
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
      members.push({ name, value: textValue(context.text({ ...node, value })) });
    }
    const wished = kubernetesName(
      (path.split("/").at(-1) ?? "").replace(/^\.?env$|\.env$/, (end) =>
        end === ".env" && path.split("/").at(-1) !== ".env" ? "-env" : "env",
      ),
    );
    let objectName = wished;
    for (let number = 2; this.#names.has(objectName); number += 1) objectName = `${wished}-${number}`;
    this.#names.add(objectName);
    const statement: Statement = {
      variable: objectName,
      comment: [`From ${given}`],
      value: { call: ["configMap"], arguments: [objectName, { members }] },
      exported: true,
    };
    this.statements.push(statement);
    this.#made.set(key, statement);
    return statement;
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
    const statement = files.use(node);
    if (statement !== undefined) from.push({ variable: statement });
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
    const text = value ?? context.variables.passed(name);
    members.push({ name, value: addressed(text, name) });
  }
  return [
    ...(members.length === 0 ? [] : [{ name: "env", value: { members } }]),
    ...(from.length === 0 ? [] : [{ name: "envFrom", value: from }]),
  ];
}
