import type { BuildGraph, CompileRecord, SecretsFile } from "../../stdlib/schema/bundle.js";
import type { KubeObject } from "../../stdlib/schema/objects.js";

/** What an export may say of a bundle. Values of Secrets are not in a bundle, so they are in no export. */
export interface ExportedBundle {
  readonly objects: readonly KubeObject[];
  readonly secrets: SecretsFile["secrets"];
  readonly images: BuildGraph["images"];
  readonly record: CompileRecord;
}

/** One sentence for each Secret that has to be there before the pods start. */
export function missingSecrets(secrets: SecretsFile["secrets"]): readonly string[] {
  return secrets.map(
    ({ keys, name, namespace }) =>
      `Secret "${name}" in namespace "${namespace}" is not part of this: make it with ${
        Object.keys(keys).sort().join(", ") || "no keys"
      }`,
  );
}

/** File names in the order of the bundle, which is that of applying. */
export function fileNames(objects: readonly KubeObject[]): readonly string[] {
  const digits = Math.max(2, String(objects.length).length);
  return objects.map(({ kind, metadata }, index) => {
    const name = (metadata.name ?? "").replace(/[^A-Za-z0-9.-]/g, "-");
    return `${String(index + 1).padStart(digits, "0")}-${kind.toLowerCase()}-${name}.yaml`;
  });
}
