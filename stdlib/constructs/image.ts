import { callPosition, make, reference } from "./guest.js";
import type { AbsolutePath, Image, ImageBase, Port } from "./types.js";

export interface ImageSpec<P extends string> {
  /** `debian({ packages })`, `scratch()`, or another image of the stack. */
  readonly from: ImageBase | Image<string>;
  /** Place in the image to a file or folder beside the stack. */
  readonly copy?: { readonly [target: AbsolutePath]: `./${string}` };
  /** Commands run while building, in order, without network. */
  readonly run?: readonly (readonly string[])[];
  /** Environment variables of every container made from it. */
  readonly env?: { readonly [name: string]: string };
  /** Folder its programs start in. @default "/" */
  readonly workdir?: AbsolutePath;
  /** A name from `debian({ users })`, or a numeric id. @default root */
  readonly user?: string | number;
  /** The program. @default none */
  readonly entrypoint?: readonly string[];
  /** Its arguments, or the program where there is no entrypoint. @default none */
  readonly cmd?: readonly string[];
  /** Ports the program opens, by name; a workload's probes and Services refer to them. */
  readonly expose?: { readonly [K in P]?: Port };
}

/** An image built from the stack's own folder. */
export function image<const P extends string = never>(name: string, spec: ImageSpec<P>): Image<P> {
  return make("image", name, spec, () => ({}));
}

export interface DebianOptions {
  /** Packages by name. */
  readonly packages: readonly string[];
  /** Accounts to make, name to id. */
  readonly users?: { readonly [name: string]: number };
}

/**
 * A root file system of distribution packages, their dependencies, a shell and the C library; versions and hashes come
 * from `infra.lock`.
 */
export function debian(spec: DebianOptions): ImageBase {
  return reference({
    kind: "debian",
    packages: spec.packages,
    users: spec.users ?? {},
    call: callPosition(),
  });
}

/** An empty root file system. */
export function scratch(): ImageBase {
  return reference({ kind: "scratch", call: callPosition() });
}
