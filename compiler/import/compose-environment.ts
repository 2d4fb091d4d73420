import { isConfidential, isLogin, isSecretText, secretsIn } from "../confidential.js";
import { pointSpan } from "../diagnostics/span.js";
import type { Credentials } from "./compose-credentials.js";
import { type ComposeContext, Section } from "./compose-section.js";
import { type ComposeNode, isMapNode } from "./compose-tree.js";
import { readEnvFile } from "./compose-variables.js";
import type { ImportedFile } from "./drafts.js";
import { kubernetesName } from "./names.js";
import type { SourceMember, SourceValue, Statement } from "./program.js";
import { besidePath } from "./source-reader.js";
import { constantText, hasSecrets, type Text, textValue } from "./text-parts.js";

/** What an env file says. */
interface EnvironmentFile {
  readonly statements: readonly Statement[];
  /** Texts with secrets in them, which no ConfigMap holds. */
  readonly secrets: ReadonlyMap<string, Text>;
  readonly names: readonly string[];
}

const nothing: EnvironmentFile = { statements: [], secrets: new Map(), names: [] };

/** Env files of a project as ConfigMaps; services that name the same file share one. */
export class EnvironmentFiles {
  readonly statements: Statement[] = [];
  /** Values that look confidential, each in a file of its own. */
  readonly files = new Map<string, ImportedFile>();
  readonly #context: ComposeContext;
  readonly #made = new Map<string, EnvironmentFile>();

  constructor(context: ComposeContext) {
    this.#context = context;
  }

  /** @param node - of the `env_file`: a path, or a map with one. */
  use(node: ComposeNode): EnvironmentFile {
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
      this.#made.set(key, nothing);
      if (given.startsWith("/"))
        context.refuse(
          node,
          `env_file: ${given}`,
          "it is a file of this host alone",
          "Name a file beside the project",
        );
      else if (isRequired) context.invalid(node, `There is no env file "${given}"`);
      return nothing;
    }
    const file = context.reader.name(path);
    const place = (line: number) => ({ ...node, place: pointSpan(file, line, 1) });
    const values = readEnvFile(text, (line, why) => context.invalid(place(line), why), format === "raw");
    const members: SourceMember[] = [];
    const withheld = new Map<string, string>();
    const secrets = new Map<string, Text>();
    const names: string[] = [];
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
      names.push(name);
      const content = context.text({ ...node, value });
      const constant = constantText(content);
      const isSecret = isSecretValue(name, constant) || secretsIn(constant ?? "").length > 0;
      if (hasSecrets(content)) secrets.set(name, content);
      else if (constant === undefined || !isSecret) members.push({ name, value: textValue(content) });
      else withheld.set(name, constant);
    }
    const wished = kubernetesName(
      (path.split("/").at(-1) ?? "").replace(/^\.?env$|\.env$/, (end) =>
        end === ".env" && path.split("/").at(-1) !== ".env" ? "-env" : "env",
      ),
    );
    const objectName = context.freeName(wished);
    const comment = [`From ${given}`];
    const made: Statement[] = [];
    if (members.length > 0 || (withheld.size === 0 && secrets.size === 0))
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
    const used = { statements: made, secrets, names };
    this.#made.set(key, used);
    return used;
  }
}

function isSecretValue(name: string, text = ""): boolean {
  return isConfidential(name) ? isSecretText(text) : isLogin(name, text);
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && name !== "__proto__"; // which no object literal has plainly
}

/**
 * `env` and `envFrom` of a container.
 *
 * @param parts.credentials - takes passwords that the file says itself.
 */
export function environmentMembers(
  context: ComposeContext,
  section: Section,
  {
    addressed,
    credentials,
    files,
  }: {
    readonly addressed: (text: Text, variable: string) => SourceValue;
    readonly credentials: Credentials;
    readonly files: EnvironmentFiles;
  },
): { readonly variables: SourceMember[]; readonly from: readonly SourceValue[] } {
  const from: SourceValue[] = [];
  const ofFiles = new Map<string, Text>();
  const fileNode = section.take("env_file");
  for (const node of fileNode === undefined ? [] : context.list(fileNode)) {
    const { names, secrets, statements } = files.use(node);
    for (const variable of statements) from.push({ variable });
    for (const name of names) ofFiles.delete(name); // the later file stands
    for (const [name, text] of secrets) ofFiles.set(name, text);
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
    const constant = constantText(text) ?? "";
    const isSecret = isSecretValue(name, constant);
    members.push({
      name,
      value: addressed(isSecret ? [credentials.text(name, constant)] : text, name),
      ...(node.comment.length === 0 ? {} : { comment: node.comment }),
    });
  }
  for (const [name, text] of ofFiles)
    if (!seen.has(name)) members.unshift({ name, value: addressed(text, name) });
  return { variables: members, from };
}
