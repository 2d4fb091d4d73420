import { basename, dirname, join, relative, resolve } from "node:path";
import type { Span } from "../compiler/diagnostics/span.js";
import type { Host } from "../compiler/host.js";
import { UsageError } from "../stdlib/base/errors.js";

/** A value for an input, as text. */
export interface GivenInput {
  readonly value: string;
  /** Where it stands in a values file. */
  readonly span?: Span;
}

/** Folder beside the stack with one file of values for each environment. */
const environmentsFolder = "env";
const endings = [".yaml", ".yml", ".json"] as const;

/**
 * Values of inputs from files and `--set`. Nearer to the command wins: `--set`, then `--values` files from the last to
 * the first, then the environment's file. Variables and defaults are the stack's own.
 *
 * @param options - of the command: `set`, `values`, `env`.
 * @throws {UsageError} for a file that is not there or is no flat map, with the place.
 */
export async function givenInputs(
  host: Host,
  cwd: string,
  entry: string,
  options: { readonly [name: string]: unknown },
): Promise<{ [name: string]: GivenInput }> {
  const folder = dirname(entry);
  const given: { [name: string]: GivenInput } = {};
  const env = options["env"];
  const files = [
    ...(typeof env === "string" ? [environmentFile(host, folder, env)] : []),
    ...texts(options["values"]).map((path) => resolve(cwd, path)),
  ];
  for (const file of files) Object.assign(given, await readValues(host, folder, file));
  for (const [name, value] of Object.entries(parseSet(options["set"]))) given[name] = { value };
  return given;
}

/** Environments that a stack has files for. */
export function environmentsOf(host: Host, folder: string): readonly string[] {
  const entries = host.list(join(folder, environmentsFolder)) ?? [];
  return entries
    .filter(({ path, type }) => type === "file" && endings.some((ending) => path.endsWith(ending)))
    .map(({ path }) => path.replace(/\.[a-z]+$/, ""));
}

function environmentFile(host: Host, folder: string, name: string): string {
  const file = endings
    .map((ending) => join(folder, environmentsFolder, `${basename(name)}${ending}`))
    .find((path) => host.read(path) !== undefined);
  if (file !== undefined && basename(name) === name) return file;
  const known = environmentsOf(host, folder);
  throw new UsageError(`The stack has no environment "${name}"`, {
    hint:
      known.length === 0
        ? `Write its values to ${environmentsFolder}/${basename(name)}.yaml beside the stack`
        : `It has ${known.join(", ")}`,
  });
}

/** A flat map of names to text, numbers or booleans. JSON is YAML. */
async function readValues(host: Host, folder: string, path: string): Promise<{ [name: string]: GivenInput }> {
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = await import("yaml"); // most compiles read none
  const shown = relative(folder, path);
  const content = host.read(path);
  if (content === undefined) throw new UsageError(`The values file "${shown}" is not there`);
  const lines = new LineCounter();
  const document = parseDocument(Buffer.from(content).toString("utf8"), {
    lineCounter: lines,
    uniqueKeys: true,
  });
  const placeOf = (offset: number) => {
    const { col, line } = lines.linePos(offset);
    return { line, column: col };
  };
  const at = (offset = 0) => {
    const { column, line } = placeOf(offset);
    return `${shown}:${line}:${column}`;
  };
  const [unread] = document.errors;
  if (unread !== undefined) {
    const [message = ""] = unread.message.split(/ at line \d|\n/);
    throw new UsageError(`${at(unread.pos[0])}: ${message}`);
  }
  const { contents } = document;
  if (contents === null) return {};
  if (!isMap(contents)) throw new UsageError(`${shown}:1:1: a values file is a map of names to values`);
  const given: { [name: string]: GivenInput } = Object.create(null);
  const mistakes: string[] = [];
  for (const { key, value } of contents.items) {
    const [keyed, valued] = [key, value].map((node) => (isNode(node) ? node.range?.[0] : undefined));
    if (!isScalar(key) || typeof key.value !== "string") {
      mistakes.push(`${at(keyed)}: a name is text`);
      continue;
    }
    if (!isScalar(value) || value.value === null) {
      mistakes.push(`${at(valued ?? keyed)}: "${key.value}" is neither text, number nor boolean`);
      continue;
    }
    const start = placeOf(keyed ?? 0);
    const end = { ...start, column: start.column + key.value.length };
    given[key.value] = { value: String(value.value), span: { file: shown, start, end } };
  }
  if (mistakes.length > 0)
    throw new UsageError(mistakes.join("\n"), {
      hint: "Inputs are plain values; what has parts is written in the stack and chosen by an input",
    });
  return given;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `name=value` items of --set. */
export function parseSet(given: unknown): { [name: string]: string } {
  const set: { [name: string]: string } = Object.create(null);
  for (const item of texts(given)) {
    const [name = "", ...value] = item.split("=");
    if (name === "" || value.length === 0)
      throw new UsageError(`"--set ${item}" has no ${name === "" ? "name" : "value"}`, {
        hint: "Write --set name=value",
      });
    set[name] = value.join("=");
  }
  return set;
}
