import { chmod, chown, lstat, mkdir, realpath, rename } from "node:fs/promises";
import { join } from "node:path";
import { InfraError } from "../../stdlib/base/errors.js";
import type {
  ConfigMap,
  Container,
  DownwardAPIVolumeFile,
  KeyToPath,
  Pod,
  Secret,
  Volume,
} from "../../stdlib/kubernetes/generated/core-v1.js";
import type { BindMount } from "../kernel/engine.js";
import { type ProjectedFile, writeFilesAtomically } from "./atomic-files.js";
import { fieldValue, type PodPlace, resourceValue } from "./downward.js";

/** A volume's contents are not there yet; the pod waits and the agent tries again. */
export class VolumeUnavailable extends InfraError {
  readonly code = "volume-unavailable";
}

export interface VolumeSources {
  configMap(name: string): ConfigMap | undefined;
  secret(name: string): Secret | undefined;
}

/** Where a pod's volumes lie. */
export interface VolumeFolders {
  /** On disk: emptyDir. */
  readonly disk: string;
  /** On tmpfs: everything that may hold a secret, and memory-backed emptyDir. */
  readonly memory: string;
}

/**
 * Makes a pod's volumes, or brings the ones with projected files up to date. Repeating it changes nothing else.
 *
 * @throws {VolumeUnavailable} when an object or key is missing that is not optional.
 */
export async function prepareVolumes(
  pod: Pod,
  place: PodPlace,
  folders: VolumeFolders,
  sources: VolumeSources,
): Promise<void> {
  const fsGroup = pod.spec?.securityContext?.fsGroup;
  for (const volume of pod.spec?.volumes ?? []) {
    const folder = volumeFolder(volume, folders);
    if (volume.emptyDir !== undefined) await makeEmptyDir(folder, fsGroup);
    else await writeFilesAtomically(folder, volumeFiles(pod, volume, place, sources), fsGroup);
  }
}

/** The binds of one container. A `subPath` is resolved once, at its start; such a mount is not updated, as in Kubernetes. */
export async function containerMounts(
  pod: Pod,
  container: Container,
  folders: VolumeFolders,
): Promise<readonly BindMount[]> {
  const mounts: BindMount[] = [];
  for (const { name, mountPath, readOnly, subPath } of container.volumeMounts ?? []) {
    const volume = pod.spec?.volumes?.find((candidate) => candidate.name === name);
    if (volume === undefined) throw new VolumeUnavailable(`volume "${name}" is not in the pod`);
    const folder = volumeFolder(volume, folders);
    const part = subPath ? await subPathOf(volume, folder, subPath) : { source: folder };
    // What the API projects is read-only for everyone, as kubelet mounts it.
    const readonly = readOnly === true || volume.emptyDir === undefined;
    mounts.push({ ...part, target: mountPath, readonly });
  }
  return mounts.sort((a, b) => a.target.length - b.target.length); // outer before inner
}

function volumeFolder(volume: Volume, folders: VolumeFolders): string {
  const onDisk = volume.emptyDir !== undefined && volume.emptyDir.medium !== "Memory";
  return join(onDisk ? folders.disk : folders.memory, volume.name);
}

async function makeEmptyDir(folder: string, fsGroup: number | undefined): Promise<void> {
  if ((await lstat(folder).catch(() => undefined)) !== undefined) return;
  const made = `${folder}.new`; // a daemon killed here leaves no folder with other rights
  await mkdir(made, { recursive: true });
  if (fsGroup !== undefined) await chown(made, 0, fsGroup);
  await chmod(made, fsGroup === undefined ? 0o777 : 0o2777);
  await rename(made, folder);
}

/** Of projected files the ones of now: their links are the agent's own, and no container can change them. */
async function subPathOf(volume: Volume, folder: string, subPath: string) {
  const parts = subPath.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new VolumeUnavailable(`subPath "${subPath}" must not contain ".."`);
  const source = volume.emptyDir === undefined ? await realpath(join(folder, "..data")) : folder;
  return { source, beneath: parts.join("/") };
}

/** What a volume of projected files holds. @throws {VolumeUnavailable} like {@link prepareVolumes}. */
export function volumeFiles(
  pod: Pod,
  volume: Volume,
  place: PodPlace,
  sources: VolumeSources,
): ReadonlyMap<string, ProjectedFile> {
  const { configMap, downwardAPI, projected, secret } = volume;
  const files = new Map<string, ProjectedFile>();
  const add = (more: ReadonlyMap<string, ProjectedFile>) => {
    for (const [path, file] of more) files.set(path, file);
  };
  const config = (from: { name?: string; items?: KeyToPath[]; optional?: boolean }, mode: number) =>
    add(selectFiles(`configmap "${from.name}"`, configFiles(sources.configMap(from.name ?? "")), from, mode));
  const secrets = (from: { name?: string; items?: KeyToPath[]; optional?: boolean }, mode: number) =>
    add(selectFiles(`secret "${from.name}"`, secretFiles(sources.secret(from.name ?? "")), from, mode));
  const downward = (items: readonly DownwardAPIVolumeFile[] | undefined, mode: number) =>
    add(downwardFiles(pod, items ?? [], mode, place));

  if (configMap !== undefined) config(configMap, configMap.defaultMode ?? 0o644);
  if (secret !== undefined) {
    const { secretName = "", items, optional, defaultMode } = secret;
    const from = { name: secretName, ...(items && { items }), ...(optional !== undefined && { optional }) };
    secrets(from, defaultMode ?? 0o644);
  }
  if (downwardAPI !== undefined) downward(downwardAPI.items, downwardAPI.defaultMode ?? 0o644);
  for (const source of projected?.sources ?? []) {
    const mode = projected?.defaultMode ?? 0o644;
    if (source.configMap !== undefined) config(source.configMap, mode);
    if (source.secret !== undefined) secrets(source.secret, mode);
    if (source.downwardAPI !== undefined) downward(source.downwardAPI.items, mode);
  }
  return files;
}

type Contents = ReadonlyMap<string, Buffer>;

function configFiles(map: ConfigMap | undefined): Contents | undefined {
  if (map === undefined) return undefined;
  const text = Object.entries(map.data ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const);
  const binary = Object.entries(map.binaryData ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, "base64")] as const,
  );
  return new Map([...text, ...binary]);
}

function secretFiles(secret: Secret | undefined): Contents | undefined {
  if (secret === undefined) return undefined;
  return new Map(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64")]),
  );
}

function selectFiles(
  what: string,
  contents: Contents | undefined,
  { items, optional }: { readonly items?: readonly KeyToPath[]; readonly optional?: boolean },
  defaultMode: number,
): ReadonlyMap<string, ProjectedFile> {
  if (contents === undefined) {
    if (optional === true) return new Map();
    throw new VolumeUnavailable(`${what} not found`);
  }
  if (items === undefined || items.length === 0)
    return new Map([...contents].map(([key, bytes]) => [key, { bytes, mode: defaultMode }]));
  const files = new Map<string, ProjectedFile>();
  for (const { key, path, mode } of items) {
    const bytes = contents.get(key);
    if (bytes !== undefined) files.set(path, { bytes, mode: mode ?? defaultMode });
    else if (optional !== true)
      throw new VolumeUnavailable(`references non-existent key "${key}" in ${what}`);
  }
  return files;
}

function downwardFiles(
  pod: Pod,
  items: readonly DownwardAPIVolumeFile[],
  defaultMode: number,
  place: PodPlace,
): ReadonlyMap<string, ProjectedFile> {
  const text = ({ fieldRef, resourceFieldRef }: DownwardAPIVolumeFile): string => {
    if (fieldRef !== undefined) return fieldValue(pod, fieldRef.fieldPath, place);
    const container = pod.spec?.containers.find(({ name }) => name === resourceFieldRef?.containerName);
    if (container === undefined || resourceFieldRef === undefined)
      throw new VolumeUnavailable(`container "${resourceFieldRef?.containerName}" not found`);
    return resourceValue(container, resourceFieldRef.resource, resourceFieldRef.divisor, place);
  };
  return new Map(
    items.map((item) => [item.path, { bytes: Buffer.from(text(item)), mode: item.mode ?? defaultMode }]),
  );
}
