import type { SecretProvider as Provider } from "../schema/bundle.js";
import { callPosition, type Made, make, reference, secretReference } from "./guest.js";
import type {
  AbsolutePath,
  ConfigMap,
  Described,
  FileContents,
  RelativePath,
  Secret,
  SecretProvider,
} from "./types.js";

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
    | "kubernetes.io/dockerconfigjson"
    | `${string}.${string}/${string}`;
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
  /** Characters, letters and digits: 1 to 1048576, which is as much as a Secret holds. @default 32 */
  readonly length?: number;
}

/** A random value, made at the first `up` and kept. */
export function generated(options: GeneratedOptions = {}): SecretProvider {
  const provider: Provider = { provider: "generated", length: options.length ?? 32 };
  return reference({ kind: "provider", provider, spec: options, call: callPosition() });
}

/** An environment variable of whoever runs `up`. */
export function fromEnv(variable: string): SecretProvider {
  return provided({ provider: "environment", variable });
}

/** The bytes of a file, read at `up`; a relative path starts at the stack's folder. */
export function fromFile(path: RelativePath | AbsolutePath): SecretProvider {
  return provided({ provider: "file", path });
}

/** What a program writes at `up`, without a final line break: `fromCommand("pass", "show", "shop/db")`. No shell. */
export function fromCommand(program: string, ...args: readonly string[]): SecretProvider {
  return provided({ provider: "command", argv: [program, ...args] });
}

export interface AgeOptions {
  /** Member of the YAML or JSON map in the file. @default the file as a whole */
  readonly key?: string;
}

/** An age-encrypted file, decrypted at `up` with the identity of whoever runs it (`INFRA_AGE_IDENTITY`). */
export function fromAge(path: RelativePath | AbsolutePath, options: AgeOptions = {}): SecretProvider {
  return provided({ provider: "age", path, ...options });
}

function provided(provider: Provider): SecretProvider {
  return reference({ kind: "provider", provider, call: callPosition() });
}
