import type {
  EnvVarSource,
  PersistentVolumeClaim as L1Claim,
  Volume as L1Volume,
} from "../kubernetes/generated/core-v1.js";
import { callPosition, make, reference } from "./guest.js";
import type {
  AbsolutePath,
  Claim,
  Described,
  Exact,
  Memory,
  Patch,
  PodField,
  PodFileField,
  TextReference,
  Volume,
} from "./types.js";

/** A fact of the pod as an environment variable. */
function downwardField(field: PodField): TextReference {
  return reference({ kind: "downward", field, call: callPosition() });
}

/** Facts of the pod as files, path to fact; labels and annotations follow changes. */
function downwardFiles(files: { readonly [path: string]: PodFileField }): Volume {
  return reference({ kind: "downwardFiles", files, call: callPosition() });
}

/** A fact of the pod as an environment variable. */
export const downward: {
  (field: PodField): TextReference;
  /** Facts of the pod as files, path to fact; labels and annotations follow changes. */
  files(files: { readonly [path: string]: PodFileField }): Volume;
} = Object.freeze(Object.assign(downwardField, { files: downwardFiles }));

/**
 * Any source of a variable that Kubernetes has, under its own name:
 * `variable({ resourceFieldRef: { resource: "limits.cpu" } })`.
 */
export function variable(source: EnvVarSource): TextReference {
  return reference({ kind: "exactVariable", source, call: callPosition() });
}

let volumes = 0;

export interface EmptyDirOptions {
  /** `"Memory"` keeps it off the disk; it counts towards the pod's memory. @default the node's disk */
  readonly medium?: "Memory";
  /** Bytes above which the pod is evicted. @default none */
  readonly sizeLimit?: Memory;
}

/** Space that lives as long as the pod. The same value mounted in two containers is one volume. */
export function emptyDir(options: EmptyDirOptions = {}): Volume {
  volumes += 1;
  return reference({ kind: "emptyDir", id: volumes, ...options, call: callPosition() });
}

export interface HostPathOptions {
  /** What has to be there, or is made. @default nothing is checked */
  readonly type?:
    | "Directory"
    | "DirectoryOrCreate"
    | "File"
    | "FileOrCreate"
    | "Socket"
    | "CharDevice"
    | "BlockDevice";
}

/** A file or folder of the node: a hole in the wall between pod and node. */
export function hostPath(path: AbsolutePath, options: HostPathOptions = {}): Volume {
  return reference({ kind: "hostPath", path, ...options, call: callPosition() });
}

/** Files of several sources in one folder: ConfigMaps, Secrets, downward files and tokens. */
export function combined(...sources: readonly [Volume, ...Volume[]]): Volume {
  return reference({ kind: "combined", sources, call: callPosition() });
}

type Sources = Omit<L1Volume, "name">;
/** Exactly one of the volume sources of Kubernetes. */
export type VolumeSource = {
  [K in keyof Sources]-?: { readonly [S in K]-?: NonNullable<Sources[S]> } & {
    readonly [O in Exclude<keyof Sources, K>]?: never;
  };
}[keyof Sources];

/** Any volume source of Kubernetes, under its own name: `volume({ nfs: { server: "files", path: "/" } })`. */
export function volume(source: VolumeSource): Volume {
  return reference({ kind: "exactVolume", source, call: callPosition() });
}

export interface ClaimSpec extends Described {
  /** Bytes it must hold. */
  readonly size: Memory;
  /** Who may mount it: one node, one pod, many nodes. @default "ReadWriteOnce" */
  readonly access?: "ReadWriteOnce" | "ReadOnlyMany" | "ReadWriteMany" | "ReadWriteOncePod";
  /** Kind of storage, by name or as an exact StorageClass. @default the cluster's own */
  readonly class?: string | Exact<"storage.k8s.io/v1", "StorageClass">;
  /** Any field of the Kubernetes object, merged last. */
  readonly patch?: Patch<L1Claim>;
}

/** Storage that outlives pods. Mounted like any volume; all pods that mount it share it. */
export function claim(name: string, spec: ClaimSpec): Claim {
  return make("claim", name, spec, () => ({})) as unknown as Claim;
}

/** Storage of each pod's own, kept under the pod's number; for a StatefulSet alone. */
export function claimPerPod(name: string, spec: Omit<ClaimSpec, "in">): Volume {
  return reference({ kind: "claimPerPod", name, spec, call: callPosition() });
}
