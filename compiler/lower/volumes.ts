import type { ValueReference } from "../../stdlib/constructs/graph.js";
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  PersistentVolumeClaim,
  Volume,
  VolumeMount,
  VolumeProjection,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import type { Authored, Resource } from "../model/authored.js";
import type { Built, Origins } from "./built.js";
import { byName, describedMetadata, originsOf } from "./config.js";
import { defined, type PodParts } from "./container.js";
import {
  checkNamespace,
  isPlain,
  type LowerContext,
  nameOf,
  referenceSpan,
  resourceOf,
  secondsOf,
  textMapOf,
} from "./context.js";
import { checkKey, keysOf, readKeys } from "./environment.js";
import { patched } from "./patch.js";

/** Volumes of one pod, by what they hold: mounted twice, they are one. */
export interface PodVolumes {
  readonly byIdentity: Map<string, Volume>;
  /** Claims of each pod's own, by name: a StatefulSet makes them. */
  readonly perPod: Map<string, Authored>;
}

export function noVolumes(): PodVolumes {
  return { byIdentity: new Map(), perPod: new Map() };
}

/** Sources that programs write to; all others are mounted for reading. */
const writable: ReadonlySet<string> = new Set([
  "emptyDir",
  "persistentVolumeClaim",
  "hostPath",
  "ephemeral",
  "nfs",
]);

/** One mount and the volume it needs; none when the value is no volume. */
export function mountOf(
  context: LowerContext,
  parts: PodParts,
  path: string,
  mountPath: string,
  value: Authored,
): VolumeMount[] {
  if (!mountPath.startsWith("/"))
    context.reporter.report("field-type", value.keySpan, {
      resource: parts.title,
      path: `mounts.${mountPath}`,
      expected: 'named by an absolute path such as "/app"',
    });
  const from = value.get("from") ?? value;
  const subPath = value.get("path")?.text;
  const perPod = from.reference?.kind === "claimPerPod" ? from.reference.name : undefined;
  if (perPod !== undefined) parts.volumes.perPod.set(perPod, from);
  const volume = perPod === undefined ? volumeOf(context, parts, from, value.get("name")) : undefined;
  if (volume === undefined && perPod === undefined) return [];
  const at = `${path}.volumeMounts[${mountPath}]`;
  parts.origins.set(at, value);
  parts.origins.setKey(`${at}.mountPath`, value);
  parts.origins.take(value, "path", `${at}.subPath`);
  parts.origins.set(`${at}.name`, value.get("name") ?? value);
  if (subPath !== undefined) readOnce(context, parts, from, subPath);
  const source = Object.keys(volume ?? {}).find((key) => key !== "name");
  const usually = source !== undefined && !writable.has(source) && !isPlain(parts.resource);
  const readOnly = value.get("readOnly")?.value ?? usually;
  return [
    defined({
      name: volume?.name ?? perPod ?? "",
      mountPath,
      subPath,
      readOnly: readOnly === true ? true : undefined,
    }),
  ];
}

/** A single file of a ConfigMap or Secret does not follow changes: its consumer restarts instead. */
function readOnce(context: LowerContext, parts: PodParts, from: Authored, subPath: string): void {
  const { reference } = from;
  if (reference?.kind !== "configFiles" && reference?.kind !== "secretFiles") return;
  const target = context.model.resources[reference.of];
  if (target === undefined) return;
  const key = reference.items?.[subPath] ?? subPath;
  checkKey(context, parts.resource, target, key, from.span);
  if (reference.kind === "secretFiles") parts.secretsRead.add(target.name);
  else
    readKeys(
      parts,
      target,
      keysOf(target).filter((known) => known === key),
    );
}

/** A folder that can be written to, unless something is mounted there. */
export function writableFolder(
  parts: PodParts,
  mountPath: string,
  mounts: readonly VolumeMount[],
): VolumeMount[] {
  if (mounts.some((mount) => mount.mountPath === mountPath)) return [];
  const volume = named(parts, JSON.stringify(["tmp", parts.volumes.byIdentity.size]), "tmp", {
    emptyDir: {},
  });
  return [{ name: volume.name, mountPath }];
}

/** @param given - the name that the author gives it. */
function volumeOf(
  context: LowerContext,
  parts: PodParts,
  value: Authored,
  given: Authored | undefined,
): Volume | undefined {
  const lowered = lowerVolume(context, parts, value);
  if (lowered === undefined) return undefined;
  const { reference } = value;
  const identity = JSON.stringify(
    reference?.kind === "emptyDir" ? ["emptyDir", reference.id] : lowered.source,
  );
  const wish = given?.text;
  const own = wish === undefined ? identity : `${wish} ${identity}`;
  const volume = named(parts, own, wish ?? lowered.name, lowered.source);
  const at = `${parts.path}.volumes[${volume.name}]`;
  const exact = reference?.kind === "exactVolume" ? value.inner("source") : undefined;
  if (exact !== undefined) parts.origins.setAll(at, exact);
  parts.origins.set(at, value);
  parts.origins.set(`${at}.name`, given ?? value);
  return volume;
}

/** The pod's volume of this identity; its name gets a number when it is taken. */
function named(parts: PodParts, identity: string, wish: string, source: Omit<Volume, "name">): Volume {
  const { byIdentity, perPod } = parts.volumes;
  const known = byIdentity.get(identity);
  if (known !== undefined) return known;
  const taken = new Set([...[...byIdentity.values()].map(({ name }) => name), ...perPod.keys()]);
  let name = wish;
  for (let number = 2; taken.has(name); number += 1) name = `${wish}-${number}`;
  const volume: Volume = { name, ...source };
  byIdentity.set(identity, volume);
  return volume;
}

interface LoweredVolume {
  readonly name: string;
  readonly source: Omit<Volume, "name">;
}

function lowerVolume(context: LowerContext, parts: PodParts, value: Authored): LoweredVolume | undefined {
  const claim = resourceOf(context, value, "claim");
  if (claim !== undefined) {
    checkNamespace(context, parts.resource, claim, value.span);
    return { name: claim.name, source: { persistentVolumeClaim: { claimName: claim.name } } };
  }
  const { reference } = value;
  if (reference === undefined) return undefined;
  switch (reference.kind) {
    case "configFiles":
    case "secretFiles": {
      const target = context.model.resources[reference.of];
      if (target === undefined) return undefined;
      const items = itemsOf(context, parts, reference, target, value);
      return reference.kind === "configFiles"
        ? { name: `config-${target.name}`, source: { configMap: { name: target.name, ...items } } }
        : { name: `secret-${target.name}`, source: { secret: { secretName: target.name, ...items } } };
    }
    case "downwardFiles":
      return { name: "downward", source: { downwardAPI: { items: downwardItems(reference.files) } } };
    case "emptyDir": {
      const { medium, sizeLimit } = reference;
      return { name: "scratch", source: { emptyDir: defined({ medium, sizeLimit }) } };
    }
    case "hostPath": {
      const type = reference.type as NonNullable<Volume["hostPath"]>["type"];
      return { name: "host", source: { hostPath: defined({ path: reference.path, type }) as never } };
    }
    case "exactVolume":
      return { name: "volume", source: (value.inner("source")?.data ?? {}) as Omit<Volume, "name"> };
    case "combined": {
      const sources = (value.inner("sources")?.items() ?? []).flatMap((item) =>
        projectionOf(context, parts, item),
      );
      return { name: "combined", source: { projected: { sources } } };
    }
    case "token": {
      const projection = projectionOf(context, parts, value);
      return { name: "token", source: { projected: { sources: projection } } };
    }
    default:
      return undefined;
  }
}

/** One source of a combined volume. */
function projectionOf(context: LowerContext, parts: PodParts, value: Authored): VolumeProjection[] {
  const { reference } = value;
  const target =
    reference !== undefined && "of" in reference ? context.model.resources[reference.of] : undefined;
  if (reference?.kind === "configFiles" && target !== undefined)
    return [{ configMap: { name: target.name, ...itemsOf(context, parts, reference, target, value) } }];
  if (reference?.kind === "secretFiles" && target !== undefined)
    return [{ secret: { name: target.name, ...itemsOf(context, parts, reference, target, value) } }];
  if (reference?.kind === "downwardFiles")
    return [{ downwardAPI: { items: downwardItems(reference.files) } }];
  if (reference?.kind === "token") {
    const { audience, path = "token" } = reference;
    const seconds = secondsOf(reference.expires ?? "1h");
    return [{ serviceAccountToken: defined({ audience, expirationSeconds: seconds, path }) }];
  }
  context.reporter.report("field-type", value.span, {
    resource: parts.title,
    path: "combined",
    expected: "files of a ConfigMap or Secret, downward files, or a token",
  });
  return [];
}

function itemsOf(
  context: LowerContext,
  parts: PodParts,
  reference: Extract<ValueReference, { kind: "configFiles" | "secretFiles" }>,
  target: Resource,
  value: Authored,
): { items?: KeyToPath[] } {
  const at = referenceSpan(context, reference, value);
  checkNamespace(context, parts.resource, target, at);
  if (reference.items === undefined) return {};
  for (const key of Object.values(reference.items)) checkKey(context, parts.resource, target, key, at);
  const items = Object.entries(reference.items).sort(byName);
  return { items: items.map(([path, key]) => ({ key, path })) };
}

function downwardItems(files: { readonly [path: string]: string }): DownwardAPIVolumeFile[] {
  return Object.entries(files)
    .sort(byName)
    .map(([path, fieldPath]) => ({ path, fieldRef: { apiVersion: "v1", fieldPath } }));
}

export function lowerClaim(context: LowerContext, resource: Resource): Built {
  const origins = originsOf(resource);
  const object: PersistentVolumeClaim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: describedMetadata(context, resource),
    spec: claimSpec(context, resource.spec, origins, "spec"),
  };
  return patched(context, resource, object, origins);
}

/** What a StatefulSet makes for each of its pods. */
export function claimTemplates(
  context: LowerContext,
  volumes: PodVolumes,
  origins: Origins,
): PersistentVolumeClaim[] {
  return [...volumes.perPod].map(([name, value], index) => {
    const spec = value.inner("spec") ?? value;
    const path = `spec.volumeClaimTemplates[${index}]`;
    for (const at of [path, `spec.volumeClaimTemplates[${name}]`]) origins.set(at, spec);
    origins.set(`${path}.metadata.name`, value);
    for (const map of ["labels", "annotations"]) origins.take(spec, map, `${path}.metadata.${map}`);
    const [labels, annotations] = [textMapOf(spec.get("labels")), textMapOf(spec.get("annotations"))];
    return {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: defined({ name, labels, annotations }),
      spec: claimSpec(context, spec, origins, `${path}.spec`),
    };
  });
}

function claimSpec(
  context: LowerContext,
  spec: Authored,
  origins: Origins,
  path: string,
): NonNullable<PersistentVolumeClaim["spec"]> {
  const take = (member: string, to: string) => origins.take(spec, member, `${path}.${to}`);
  return defined({
    accessModes: [take("access", "accessModes")?.text ?? "ReadWriteOnce"],
    resources: { requests: { storage: take("size", "resources.requests[storage]")?.text ?? "" } },
    storageClassName: nameOf(context, take("class", "storageClassName")),
  });
}
