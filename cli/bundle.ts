import { dirname, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { writeBundle } from "../compiler/write-bundle.js";
import { UsageError } from "../stdlib/base/errors.js";
import { fieldsOf } from "../stdlib/schema/apply/typed-value.js";
import type { BuildGraph, CompileRecord, Provenance, SecretsFile } from "../stdlib/schema/bundle.js";
import { decodeObject } from "../stdlib/schema/decode.js";
import { typeTable } from "../stdlib/schema/generated/table.js";
import { kindRowOf } from "../stdlib/schema/kinds.js";
import type { KubeObject } from "../stdlib/schema/objects.js";
import { PatchError } from "../stdlib/schema/patch/patch-error.js";
import { bundleShapes, manifestShape, type Shape } from "./bundle-shapes.js";
import { compileStack, showDiagnostics } from "./compile-stack.js";
import type { CliContext } from "./context.js";
import { createHost } from "./host.js";
import { lockStack } from "./lock-stack.js";
import type { CommandOptions } from "./program.js";

/** A bundle, read. */
export interface Bundle {
  readonly objects: readonly KubeObject[];
  readonly secrets: SecretsFile;
  readonly build: BuildGraph;
  readonly provenance: Provenance;
  readonly record: CompileRecord;
  /** Absolute folder that copied files are relative to. */
  readonly sourceRoot: string;
}

export interface LoadOptions {
  /** Write a compiled bundle beside its stack. */
  readonly write: boolean;
  /** Resolve packages that infra.lock does not name yet, instead of failing for them. */
  readonly lock?: boolean;
}

/** The bundle in a folder, or the one its stack compiles to; undefined after shown mistakes. */
export async function loadBundle(
  context: CliContext,
  operand: string | undefined,
  options: CommandOptions,
  { lock = false, write }: LoadOptions,
): Promise<Bundle | undefined> {
  const folder = resolve(context.cwd, operand ?? ".");
  const host = createHost(context.packageRoot, context.cache);
  if (host.read(join(folder, "compile.json")) === undefined) {
    let compiled = await compileStack(context, operand, options);
    const errors = compiled.result.diagnostics.filter(({ severity }) => severity === "error");
    if (lock && errors.length > 0 && errors.every(({ code }) => code === "lock-missing")) {
      if (!(await lockStack(context, operand, options))) return undefined;
      compiled = await compileStack(context, operand, options);
    }
    if (!showDiagnostics(context, compiled) || compiled.result.files === undefined) return undefined;
    if (write) writeBundle(compiled.host, compiled.output, compiled.result.files);
    return bundleOf(
      relative(context.cwd, compiled.output),
      compiled.output,
      compiled.result.files,
      dirname(compiled.entry),
    );
  }
  const names = (host.list(folder) ?? []).filter(({ type }) => type === "file").map(({ path }) => path);
  const files = new Map(
    names.map((name) => [name, Buffer.from(host.read(join(folder, name)) ?? []).toString("utf8")]),
  );
  return bundleOf(operand ?? ".", folder, files, undefined);
}

/**
 * Reads a bundle that may come from anywhere.
 *
 * @param shown - the folder in messages, as the user named it.
 * @throws {UsageError} that names the file, and the member in it, that is not what the format says.
 */
export function bundleOf(
  shown: string,
  folder: string,
  files: ReadonlyMap<string, string>,
  sourceRoot: string | undefined,
): Bundle {
  const json = <T>(name: keyof typeof bundleShapes): T => readJson(shown, name, files.get(name));
  const build = json<BuildGraph>("build.json");
  const objects = [...files.keys()]
    .filter((name) => /^manifests\/[^/]+\.yaml$/.test(name))
    .sort()
    .map((name) => {
      const parseYaml = (text: string) => parse(text, { logLevel: "error" }) as unknown;
      const object = readPart(shown, name, files.get(name), parseYaml, manifestShape) as KubeObject;
      const row = kindRowOf(object);
      if (row === undefined) return object;
      const [problem] = decodeObject(row, object).problems;
      if (problem !== undefined) return refuse(shown, name, `is not sound at ${problem.path}`);
      try {
        fieldsOf(typeTable, row.type, object); // list items have the keys that they are told apart by
      } catch (error) {
        if (!(error instanceof PatchError)) throw error;
        return refuse(shown, name, "is not sound", error);
      }
      return object;
    });
  return {
    objects,
    build,
    secrets: json("secrets.json"),
    provenance: json("provenance.json"),
    record: json("compile.json"),
    sourceRoot: sourceRoot ?? resolve(folder, build.sourceRoot),
  };
}

/** `compile.json` alone, of a bundle that may come from anywhere. Throws as {@link bundleOf} does. */
export function recordOf(shown: string, text: string): CompileRecord {
  return readJson(shown, "compile.json", text);
}

function readJson<T>(shown: string, name: keyof typeof bundleShapes, text: string | undefined): T {
  const parseJson = (json: string) => JSON.parse(json) as unknown;
  return readPart(shown, name, text, parseJson, bundleShapes[name]) as T;
}

function readPart(
  shown: string,
  name: string,
  text: string | undefined,
  parseText: (text: string) => unknown,
  shape: Shape,
): unknown {
  let value: unknown;
  try {
    value = parseText(text ?? "");
  } catch (cause) {
    return refuse(shown, name, "cannot be read", cause);
  }
  const wrong = shape(value, "");
  return wrong === undefined ? value : refuse(shown, name, `holds something else than it should at ${wrong}`);
}

function refuse(shown: string, name: string, why: string, cause?: unknown): never {
  throw new UsageError(`"${shown}" is no whole bundle: ${name} ${why}`, {
    cause,
    hint: "Run infra compile again",
  });
}
