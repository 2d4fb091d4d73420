/**
 * The bundle's formats: what the compiler writes and everything else reads.
 *
 * A bundle is a folder: `manifests/NN-kind-name.yaml`, `build.json`, `secrets.json`, `provenance.json`,
 * `compile.json`. All JSON files are stable (sorted keys, two-space indent, final newline).
 */

/** Label that every object of a stack carries; its value is the stack's name. */
export const stackLabel = "infra.dev/stack";
/** Field manager under which `up` applies. */
export const fieldManager = "infra";
/** Prefix of pod template annotations `up` sets to a Secret's revision: `secret.infra.dev/<name>`. */
export const secretRevisionPrefix = "secret.infra.dev/";
/** Prefix of pod template annotations that hold the hash of ConfigMap keys read through environment or subPath. */
export const configHashPrefix = "config.infra.dev/";
/** Annotation on a Secret that `up` made: a random revision, changed with the value. */
export const secretRevisionAnnotation = "infra.dev/revision";

/** Whether a label or annotation is one of those above, or of their like: nobody else writes them. */
export function isReservedKey(key: string): boolean {
  return /^([^/]+\.)?infra\.dev\//.test(key);
}

/** A place in an author's file. Lines and columns count from 1; columns in UTF-16 code units. */
export interface SourcePlace {
  /** Relative to the stack's folder, `/`-separated. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `build.json` */
export interface BuildGraph {
  readonly formatVersion: 1;
  readonly stack: string;
  /** Folder that `source` paths are relative to, itself relative to the bundle folder (usually `".."`). */
  readonly sourceRoot: string;
  /** Bases before what builds on them. */
  readonly images: readonly ImageBuild[];
}

export interface ImageBuild {
  readonly name: string;
  /** `b-` and 32 hex digits: hash of everything that goes into the build, bases' keys included. */
  readonly key: string;
  /** `<stack>/<name>:<key>`, as in the manifests. */
  readonly reference: string;
  readonly from: ImageBase;
  readonly steps: readonly BuildStep[];
  readonly config: ImageConfig;
  readonly place?: SourcePlace;
}

export type ImageBase =
  | { readonly kind: "scratch" }
  /** Another image of this graph, by name. */
  | { readonly kind: "image"; readonly name: string }
  | {
      readonly kind: "debian";
      readonly suite: string;
      readonly architecture: string;
      /** Dependency order: a package comes after what it depends on. */
      readonly packages: readonly LockedPackage[];
      /** Accounts to make: name to uid (= gid). */
      readonly users: { readonly [name: string]: number };
    };

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Archive-relative: `pool/main/r/redis/…deb`. Never a host. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

export type BuildStep =
  | {
      readonly kind: "copy";
      readonly to: string;
      readonly files: readonly CopiedFile[];
      readonly place?: SourcePlace;
    }
  | {
      readonly kind: "run";
      readonly argv: readonly string[];
      readonly place?: SourcePlace;
    };

/** One entry of a copy. `path` is relative to the step's `to`; `""` when `to` itself is the file. */
export type CopiedFile =
  | {
      readonly type: "file";
      readonly path: string;
      /** Relative to `sourceRoot`. */
      readonly source: string;
      readonly sha256: string;
      readonly size: number;
      /** 0o755 when the owner may execute, else 0o644. */
      readonly mode: number;
    }
  | { readonly type: "directory"; readonly path: string; readonly mode: number }
  | { readonly type: "symlink"; readonly path: string; readonly target: string };

export interface ImageConfig {
  readonly env: { readonly [name: string]: string };
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** Name to port; protocol TCP unless `"53/UDP"`. */
  readonly expose: {
    readonly [name: string]: { readonly port: number; readonly protocol: "TCP" | "UDP" | "SCTP" };
  };
}

/** `secrets.json`: which Secrets to make, never a value. */
export interface SecretsFile {
  readonly formatVersion: 1;
  readonly secrets: readonly SecretDeclaration[];
}

export interface SecretDeclaration {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly keys: { readonly [key: string]: SecretProvider };
  readonly place?: SourcePlace;
}

/** Where a value comes from when the stack is brought up. Never the value itself. */
export type SecretProvider =
  /** Made once, at the first `up`, and kept. `length` characters of `[A-Za-z0-9]`. */
  | { readonly provider: "generated"; readonly length: number }
  /** An environment variable of whoever runs `up`. */
  | { readonly provider: "environment"; readonly variable: string }
  /** A file; relative paths start at the stack's folder. */
  | { readonly provider: "file"; readonly path: string }
  /** What a program writes to its standard output, without a final line break. */
  | { readonly provider: "command"; readonly argv: readonly string[] }
  /** An age-encrypted file; with a `key`, that member of the YAML or JSON map in it. */
  | { readonly provider: "age"; readonly path: string; readonly key?: string };

/** `provenance.json`: `"apps/v1/Deployment/<namespace>/<name>"` to field path to place. */
export interface Provenance {
  readonly formatVersion: 1;
  readonly objects: {
    readonly [object: string]: {
      /** Path `""` is the object itself. Paths key lists: `spec.template.spec.containers[web].image`. */
      readonly [fieldPath: string]: SourcePlace;
    };
  };
}

/** `compile.json` */
export interface CompileRecord {
  readonly formatVersion: 1;
  readonly stack: string;
  readonly namespace: string;
  /** Display name of the entry: `infra.ts`. */
  readonly entry: string;
  readonly versions: { readonly infra: string; readonly kubernetes: string };
  readonly options: { readonly set: { readonly [key: string]: string } };
  /** Findings that the author took for what they are. */
  readonly accepted: readonly { readonly resource: string; readonly code: string; readonly reason: string }[];
  /** Every file read, relative to the stack's folder, with its SHA-256. */
  readonly inputs: { readonly [path: string]: string };
  /** Every file written, relative to the bundle, with its SHA-256. */
  readonly outputs: { readonly [path: string]: string };
  /** SHA-256 over names and digests of all of them: one bundle's own. */
  readonly digest: string;
}

/** `infra.lock`, beside the source; written by `infra lock` and `infra up` only. */
export interface LockFile {
  readonly formatVersion: 1;
  readonly debian: {
    /** Key: packages sorted and joined with `,`. */
    readonly [request: string]: {
      readonly suite: string;
      readonly architecture: string;
      readonly packages: readonly LockedPackage[];
    };
  };
}

/** The lock's key for one `debian({ packages })` request. */
export function debianRequestKey(packages: readonly string[]): string {
  return [...new Set(packages)].sort().join(",");
}

/** The key of an object in `provenance.json` and in plans. `""` namespace for cluster-scoped objects. */
export function objectKey(object: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name?: string };
}): string {
  return `${object.apiVersion}/${object.kind}/${object.metadata.namespace ?? ""}/${object.metadata.name ?? ""}`;
}
