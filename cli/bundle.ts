import { dirname, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { writeBundle } from "../compiler/write-bundle.js";
import { UsageError } from "../stdlib/base/errors.js";
import type { BuildGraph, CompileRecord, Provenance, SecretsFile } from "../stdlib/schema/bundle.js";
import type { KubeObject } from "../stdlib/schema/objects.js";
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

/** @param shown - the folder in messages, as the user named it. */
function bundleOf(
  shown: string,
  folder: string,
  files: ReadonlyMap<string, string>,
  sourceRoot: string | undefined,
): Bundle {
  const json = <T>(name: string): T => {
    try {
      return JSON.parse(files.get(name) ?? "") as T;
    } catch (cause) {
      throw new UsageError(`"${shown}" is no whole bundle: ${name} cannot be read`, {
        cause,
        hint: "Run infra compile again",
      });
    }
  };
  const build = json<BuildGraph>("build.json");
  const objects = [...files]
    .filter(([name]) => name.startsWith("manifests/"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => {
      const object: unknown = parse(text);
      if (typeof object === "object" && object !== null && "kind" in object && "metadata" in object)
        return object as KubeObject;
      throw new UsageError(`"${shown}" is no whole bundle: ${name} holds no object`, {
        hint: "Run infra compile again",
      });
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
