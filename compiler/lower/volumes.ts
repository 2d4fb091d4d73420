import type { ValueReference } from "../../stdlib/constructs/graph.js";
import type { DownwardAPIVolumeFile, KeyToPath, Volume } from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Authored } from "../model/authored.js";
import { byName } from "./config.js";
import type { PodParts } from "./container.js";
import { type LowerContext, referenceSpan } from "./context.js";

/** The volumes of one pod, by what they hold: mounted twice, they are one. */
export type PodVolumes = Map<string, Volume>;

/** The pod's volume for a mounted value; undefined when the value is none. */
export function volumeOf(context: LowerContext, parts: PodParts, value: Authored): Volume | undefined {
  const reference = value.reference;
  if (reference === undefined) return undefined;
  const lowered = lowerVolume(context, reference, value);
  if (lowered === undefined) return undefined;
  const identity = JSON.stringify("id" in reference ? ["emptyDir", reference.id] : lowered.source);
  const known = parts.volumes.get(identity);
  if (known !== undefined) return known;
  const taken = new Set([...parts.volumes.values()].map(({ name }) => name));
  let name = lowered.name;
  for (let number = 2; taken.has(name); number += 1) name = `${lowered.name}-${number}`;
  const volume: Volume = { name, ...lowered.source };
  parts.volumes.set(identity, volume);
  parts.origins.set(`${parts.path}.volumes[${name}]`, value);
  return volume;
}

interface LoweredVolume {
  /** Wished for; a number is added when it is taken. */
  readonly name: string;
  readonly source: Omit<Volume, "name">;
}

function lowerVolume(
  context: LowerContext,
  reference: ValueReference,
  value: Authored,
): LoweredVolume | undefined {
  const target = "of" in reference ? context.model.resources[reference.of] : undefined;
  switch (reference.kind) {
    case "configFiles":
    case "secretFiles": {
      if (target === undefined) return undefined;
      const known = target.spec.entries().map(([key]) => key);
      for (const key of Object.values(reference.items ?? {})) {
        if (!known.includes(key)) {
          context.reporter.report("config-key-unknown", referenceSpan(context, reference, value), {
            resource: target.title,
            key,
            known,
          });
        }
      }
      const items = reference.items === undefined ? {} : { items: itemsOf(reference.items) };
      return reference.kind === "configFiles"
        ? { name: `config-${target.name}`, source: { configMap: { name: target.name, ...items } } }
        : { name: `secret-${target.name}`, source: { secret: { secretName: target.name, ...items } } };
    }
    case "downwardFiles": {
      const items: DownwardAPIVolumeFile[] = Object.entries(reference.files)
        .sort(byName)
        .map(([path, fieldPath]) => ({ path, fieldRef: { apiVersion: "v1", fieldPath } }));
      return { name: "downward", source: { downwardAPI: { items } } };
    }
    case "emptyDir": {
      const { medium, sizeLimit } = reference;
      return {
        name: "scratch",
        source: {
          emptyDir: {
            ...(medium === undefined ? {} : { medium }),
            ...(sizeLimit === undefined ? {} : { sizeLimit }),
          },
        },
      };
    }
    default:
      return undefined;
  }
}

function itemsOf(items: { readonly [path: string]: string }): KeyToPath[] {
  return Object.entries(items)
    .sort(byName)
    .map(([path, key]) => ({ key, path }));
}
