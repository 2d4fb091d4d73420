import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { BundleSide } from "../compiler/plan/compare-bundles.js";
import { UsageError } from "../stdlib/base/errors.js";
import { type BuildGraph, type SecretsFile, stackLabel } from "../stdlib/schema/bundle.js";
import type { KubeObject } from "../stdlib/schema/objects.js";
import { compileStack, showDiagnostics } from "./compile-stack.js";
import type { CliContext } from "./context.js";
import { createHost } from "./host.js";
import type { CommandOptions } from "./program.js";

/** A bundle as it lies in a folder, or the one a stack's folder would compile to; undefined after shown mistakes. */
export async function readSide(
  context: CliContext,
  operand: string,
  options: CommandOptions,
): Promise<BundleSide | undefined> {
  const folder = resolve(context.cwd, operand);
  const host = createHost(context.packageRoot, context.cache);
  if (host.read(join(folder, "compile.json")) === undefined) {
    const compiled = await compileStack(context, operand, options);
    return showDiagnostics(context, compiled) && compiled.result.files !== undefined
      ? sideOf(operand, compiled.result.files)
      : undefined;
  }
  const names = (host.list(folder) ?? []).filter(({ type }) => type === "file").map(({ path }) => path);
  return sideOf(
    operand,
    new Map(names.map((name) => [name, Buffer.from(host.read(join(folder, name)) ?? []).toString("utf8")])),
  );
}

/** Objects and build graph of a bundle's files. Declared secrets stand as objects without values. */
function sideOf(operand: string, files: ReadonlyMap<string, string>): BundleSide {
  const json = <T>(name: string): T => {
    try {
      return JSON.parse(files.get(name) ?? "") as T;
    } catch (error) {
      throw new UsageError(`"${operand}" is no whole bundle: ${name} cannot be read`, {
        cause: error,
        hint: "Run infra compile again",
      });
    }
  };
  const manifests = [...files]
    .filter(([name]) => name.startsWith("manifests/"))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const objects = manifests.map(([name, text]) => {
    const object: unknown = parse(text);
    if (typeof object === "object" && object !== null && "kind" in object && "metadata" in object)
      return object as KubeObject;
    throw new UsageError(`"${operand}" is no whole bundle: ${name} holds no object`, {
      hint: "Run infra compile again",
    });
  });
  return {
    objects: [...objects, ...json<SecretsFile>("secrets.json").secrets.map(secretObject)],
    build: json<BuildGraph>("build.json"),
  };
}

function secretObject({ namespace, name, type, labels, keys }: SecretsFile["secrets"][number]): KubeObject {
  const data = Object.fromEntries(Object.entries(keys).map(([key, { provider }]) => [key, provider]));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels: { [stackLabel]: labels[stackLabel] ?? "" } },
    type,
    data,
  };
}
