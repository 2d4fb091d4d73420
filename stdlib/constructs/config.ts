import { callPosition, type Made, make, reference, secretReference } from "./guest.js";
import type { ConfigMap, Described, FileContents, Secret, SecretProvider } from "./types.js";

export interface ConfigMapOptions extends Described {
  /** Cannot change once it is there: consumers are led to a new one by name. @default false */
  readonly immutable?: boolean;
}

export interface SecretOptions extends Described {
  /** What consumers may expect of its keys. @default "Opaque" */
  readonly type?:
    | "Opaque"
    | "kubernetes.io/tls"
    | "kubernetes.io/basic-auth"
    | "kubernetes.io/ssh-auth"
    | "kubernetes.io/dockerconfigjson";
}

/** Settings by key: text, or the contents of a file. A number or boolean is written as text. */
export function configMap<const K extends string>(
  name: string,
  data: { readonly [key in K]: string | number | boolean | FileContents },
  options: ConfigMapOptions = {},
): ConfigMap<K> {
  const value = (resource: Made): object => ({
    key: (key: string) => reference({ kind: "configKey", of: resource, key, call: callPosition() }),
    files: (items?: { readonly [path: string]: string }) =>
      reference({
        kind: "configFiles",
        of: resource,
        ...(items === undefined ? {} : { items }),
        call: callPosition(),
      }),
  });
  return make("configMap", name, data, value, options) as ConfigMap<K>;
}

/** Values that are made or fetched when the stack is brought up, and never written down before. */
export function secret<const K extends string>(
  name: string,
  keys: { readonly [key in K]: SecretProvider },
  options: SecretOptions = {},
): Secret<K> {
  const value = (resource: Made): object => ({
    key: (key: string) => secretReference({ kind: "secretKey", of: resource, key, call: callPosition() }),
    files: (items?: { readonly [path: string]: string }) =>
      reference({
        kind: "secretFiles",
        of: resource,
        ...(items === undefined ? {} : { items }),
        call: callPosition(),
      }),
  });
  return make("secret", name, keys, value, options) as Secret<K>;
}

/** The contents of a text file, by a path relative to the stack's folder. */
export function file(path: `./${string}`): FileContents {
  return reference({ kind: "file", path, call: callPosition() });
}

export interface GeneratedOptions {
  /** Characters, letters and digits. @default 32 */
  readonly length?: number;
}

/** A random value, made at the first `up` and kept. */
export function generated(options: GeneratedOptions = {}): SecretProvider {
  return reference({
    kind: "generated",
    provider: { provider: "generated", length: options.length ?? 32 },
    call: callPosition(),
  });
}
