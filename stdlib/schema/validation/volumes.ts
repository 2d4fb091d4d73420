import { checkDnsLabel, checkDnsSubdomain } from "../../base/names.js";
import type {
  DownwardAPIVolumeFile,
  ISCSIVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  Volume,
  VolumeProjection,
} from "../../kubernetes/generated/core-v1.js";
import type { Checker } from "./checker.js";
import { fileFields, type Volumes, validateFieldRef, validateResourceField } from "./container.js";
import { validateClaimSpec } from "./storage.js";
import { isNegative, validateFileMode, validateNoBacksteps, validateRelativePath } from "./values.js";

/** Volumes of a pod by name. Source: Kubernetes `ValidateVolumes`. */
export function validateVolumes(check: Checker, volumes: readonly Volume[], isTemplate: boolean): Volumes {
  const byName = new Map<string, Volume>();
  for (const [index, volume] of volumes.entries()) {
    const at = check.index(index);
    at.at("name").requiredName(volume.name, checkDnsLabel);
    if (byName.has(volume.name)) at.at("name").duplicate(volume.name);
    byName.set(volume.name, volume);
    const { name, ...sources } = volume;
    const given = Object.keys(sources);
    if (given.length === 0) at.required("must specify a volume type");
    for (const extra of given.slice(1)) at.at(extra).forbidden("may not specify more than 1 volume type");
    validateSource(at, volume, isTemplate);
  }
  return byName;
}

function validateSource(check: Checker, volume: Volume, isTemplate: boolean): void {
  const {
    configMap,
    csi,
    downwardAPI,
    emptyDir,
    ephemeral,
    hostPath,
    nfs,
    persistentVolumeClaim,
    projected,
    secret,
  } = volume;
  if (configMap !== undefined) {
    const at = check.at("configMap");
    if (!configMap.name) at.at("name").required();
    validateKeyed(at, configMap);
  }
  if (secret !== undefined) {
    const at = check.at("secret");
    if (!secret.secretName) at.at("secretName").required();
    validateKeyed(at, secret);
  }
  if (downwardAPI !== undefined) {
    validateFileMode(check.at("downwardAPI.defaultMode"), downwardAPI.defaultMode);
    for (const [index, item] of (downwardAPI.items ?? []).entries())
      validateDownwardFile(check.at("downwardAPI.items").index(index), item);
  }
  if (projected !== undefined) validateProjected(check.at("projected"), projected);
  if (emptyDir?.sizeLimit !== undefined && isNegative(emptyDir.sizeLimit))
    check.at("emptyDir.sizeLimit").forbidden("SizeLimit field must be a valid resource quantity");
  if (hostPath !== undefined) validateHostPath(check.at("hostPath"), hostPath);
  if (persistentVolumeClaim !== undefined && !persistentVolumeClaim.claimName)
    check.at("persistentVolumeClaim.claimName").required();
  if (nfs !== undefined) validateNfs(check.at("nfs"), nfs);
  if (volume.iscsi !== undefined) validateIscsi(check.at("iscsi"), volume.iscsi, volume.name);
  if (csi !== undefined) {
    check.at("csi.driver").requiredName(csi.driver, checkDriverName);
    if (csi.nodePublishSecretRef !== undefined && !csi.nodePublishSecretRef.name)
      check.at("csi.nodePublishSecretRef.name").required();
  }
  if (volume.image !== undefined && !volume.image.reference && !isTemplate)
    check.at("image.reference").required();
  if (ephemeral !== undefined) {
    const at = check.at("ephemeral.volumeClaimTemplate");
    if (ephemeral.volumeClaimTemplate === undefined) at.required();
    else validateClaimSpec(at.at("spec"), ephemeral.volumeClaimTemplate.spec);
  }
  check.at("image.pullPolicy").oneOf(volume.image?.pullPolicy, ["Always", "IfNotPresent", "Never"]);
}

/** Source: Kubernetes `ValidateCSIDriverName`. */
export function checkDriverName(name: string): string | undefined {
  return name.length > 63 ? "may not be more than 63 bytes" : checkDnsSubdomain(name.toLowerCase());
}

/** Source: Kubernetes `validateISCSIVolumeSource`. */
function validateIscsi(check: Checker, disk: ISCSIVolumeSource, volume: string): void {
  const { chapAuthDiscovery, chapAuthSession, initiatorName, iqn, lun = 0, secretRef, targetPortal } = disk;
  if (!targetPortal) check.at("targetPortal").required();
  if (initiatorName !== undefined && `${volume}:${targetPortal}`.length > 64)
    check
      .at("targetPortal")
      .invalid(
        targetPortal,
        "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.",
      );
  check.at("iqn").requiredName(iqn, checkInitiator);
  check.at("lun").between(lun, 0, 255);
  if ((chapAuthDiscovery === true || chapAuthSession === true) && secretRef === undefined)
    check.at("secretRef").required();
  if (initiatorName !== undefined) check.at("initiatorName").name(initiatorName, checkInitiator);
}

const initiators: { readonly [kind: string]: RegExp } = {
  eui: /^eui.[A-Za-z0-9]{16}$/,
  iqn: /iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function checkInitiator(name: string): string | undefined {
  const form = initiators[name.slice(0, 3)];
  if (form === undefined) return "must be valid format starting with iqn, eui, or naa";
  return form.test(name) ? undefined : "must be valid format";
}

export function validateHostPath(check: Checker, { path, type }: { path?: string; type?: string }): void {
  if (!path) check.at("path").required();
  else validateNoBacksteps(check.at("path"), path);
  check
    .at("type")
    .oneOf(type || undefined, [
      "BlockDevice",
      "CharDevice",
      "Directory",
      "DirectoryOrCreate",
      "File",
      "FileOrCreate",
      "Socket",
    ]);
}

export function validateNfs(check: Checker, { path, server }: { path?: string; server?: string }): void {
  if (!server) check.at("server").required();
  if (!path) check.at("path").required();
  else if (!path.startsWith("/")) check.at("path").invalid(path, "must be an absolute path");
}

interface Keyed {
  defaultMode?: number;
  items?: KeyToPath[];
}

function validateKeyed(check: Checker, { defaultMode, items = [] }: Keyed): void {
  validateFileMode(check.at("defaultMode"), defaultMode);
  for (const [index, item] of items.entries()) validateItem(check.at("items").index(index), item);
}

function validateItem(check: Checker, { key, mode, path }: KeyToPath): void {
  if (!key) check.at("key").required();
  validateRelativePath(check.at("path"), path);
  validateFileMode(check.at("mode"), mode);
}

function validateDownwardFile(check: Checker, file: DownwardAPIVolumeFile): void {
  const { fieldRef, mode, path, resourceFieldRef } = file;
  validateRelativePath(check.at("path"), path);
  if (fieldRef !== undefined) {
    validateFieldRef(check.at("fieldRef"), fieldRef, fileFields);
    if (resourceFieldRef !== undefined)
      check.invalid("resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
  } else if (resourceFieldRef !== undefined) {
    validateResourceField(check.at("resourceFieldRef"), resourceFieldRef, true);
  } else {
    check.required("one of fieldRef and resourceFieldRef is required");
  }
  validateFileMode(check.at("mode"), mode);
}

function validateProjected(check: Checker, { defaultMode, sources = [] }: ProjectedVolumeSource): void {
  validateFileMode(check.at("defaultMode"), defaultMode);
  const paths = new Set<string>();
  for (const [index, source] of sources.entries()) {
    const at = check.at("sources").index(index);
    const given = Object.keys(source);
    for (const extra of given.slice(1)) at.at(extra).forbidden("may not specify more than 1 volume type");
    for (const path of validateProjection(at, source)) {
      if (path === "") continue;
      if (paths.has(path)) at.invalid(path, "conflicting duplicate paths");
      paths.add(path);
    }
  }
}

/** @returns the paths that no other source may fill. Of tokens and bundles upstream does not ask. */
function validateProjection(check: Checker, source: VolumeProjection): readonly string[] {
  const paths: string[] = [];
  for (const kind of ["configMap", "secret"] as const) {
    const projection = source[kind];
    if (projection === undefined) continue;
    if (!projection.name) check.at(kind).at("name").required();
    for (const [index, item] of (projection.items ?? []).entries()) {
      validateItem(check.at(kind).at("items").index(index), item);
      paths.push(item.path ?? "");
    }
  }
  for (const [index, item] of (source.downwardAPI?.items ?? []).entries()) {
    validateDownwardFile(check.at("downwardAPI.items").index(index), item);
    paths.push(item.path ?? "");
  }
  const token = source.serviceAccountToken;
  if (token !== undefined) {
    const at = check.at("serviceAccountToken");
    const seconds = token.expirationSeconds;
    if (seconds !== undefined && seconds < 600)
      at.at("expirationSeconds").invalid(seconds, "may not specify a duration less than 10 minutes");
    if (seconds !== undefined && seconds > 2 ** 32)
      at.at("expirationSeconds").invalid(seconds, "may not specify a duration larger than 2^32 seconds");
    validateRelativePath(at.at("path"), token.path);
  }
  const bundle = source.clusterTrustBundle;
  if (bundle !== undefined) {
    const at = check.at("clusterTrustBundle");
    if ((bundle.name === undefined) === (bundle.signerName === undefined))
      at.invalid(bundle, "exactly one of name and signerName must be set");
    at.at("name").optionalName(bundle.name, (name) =>
      checkDnsSubdomain(name.slice(name.lastIndexOf(":") + 1)),
    );
    validateRelativePath(at.at("path"), bundle.path);
  }
  return paths;
}
