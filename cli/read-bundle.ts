import type { BundleSide } from "../compiler/plan/compare-bundles.js";
import { type SecretsFile, stackLabel } from "../stdlib/schema/bundle.js";
import type { KubeObject } from "../stdlib/schema/objects.js";
import { loadBundle } from "./bundle.js";
import type { CliContext } from "./context.js";
import type { CommandOptions } from "./program.js";

/** One side of a comparison: a bundle's objects, where declared Secrets stand as objects without values. */
export async function readSide(
  context: CliContext,
  operand: string,
  options: CommandOptions,
): Promise<BundleSide | undefined> {
  const bundle = await loadBundle(context, operand, options, { write: false });
  if (bundle === undefined) return undefined;
  return { objects: [...bundle.objects, ...bundle.secrets.secrets.map(secretObject)], build: bundle.build };
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
