import { callPosition, reference } from "./guest.js";
import type { Memory, PodField, PodFileField, TextReference, Volume } from "./types.js";

/** A fact of the pod as an environment variable. */
function downwardField(field: PodField): TextReference {
  return reference({ kind: "downward", field, call: callPosition() });
}

/** Facts of the pod as files, path to fact; labels and annotations follow changes. */
function downwardFiles(files: { readonly [path: string]: PodFileField }): Volume {
  return reference({ kind: "downwardFiles", files, call: callPosition() });
}

export const downward: {
  (field: PodField): TextReference;
  files(files: { readonly [path: string]: PodFileField }): Volume;
} = Object.freeze(Object.assign(downwardField, { files: downwardFiles }));

let volumes = 0;

/**
 * Space that lives as long as the pod. The same value mounted in two containers is one volume.
 * `medium: "Memory"` keeps it off the disk; it counts towards the pod's memory.
 */
export function emptyDir(options: { readonly medium?: "Memory"; readonly sizeLimit?: Memory } = {}): Volume {
  volumes += 1;
  return reference({ kind: "emptyDir", id: volumes, ...options, call: callPosition() });
}
