import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { promisify } from "node:util";
import { InfraError } from "../../stdlib/base/errors.js";
import type { SecretDeclaration, SecretProvider } from "../../stdlib/schema/bundle.js";
import type { Bundle } from "../bundle.js";
import type { CliContext } from "../context.js";

/** A value could not be had; the message names the source, never anything of a value. */
export class SecretUnavailable extends InfraError {
  readonly code = "secret-unavailable";
}

/** What reading values may use. */
export interface SecretSources {
  readonly environment: { readonly [name: string]: string | undefined };
  /** Absolute folder that relative paths start at. */
  readonly sourceRoot: string;
}

export function secretSources(
  { environment }: Pick<CliContext, "environment">,
  { sourceRoot }: Pick<Bundle, "sourceRoot">,
): SecretSources {
  return { environment, sourceRoot };
}

/** A Secret's data is at most 1 MiB. Source: Kubernetes, core/v1 `MaxSecretSize`. */
const largestBytes = 1024 * 1024;
const commandTimeoutMs = 30_000;

/** Values by `namespace/name/key`, base64; generated ones are not among them. */
export type SecretValues = ReadonlyMap<string, string>;

export function secretKey({ name, namespace }: SecretDeclaration, key: string): string {
  return `${namespace}/${name}/${key}`;
}

export interface SecretsRead {
  readonly values: SecretValues;
  /** Names all that cannot be read. */
  readonly unavailable: SecretUnavailable | undefined;
}

/** Reads every value that comes from outside. */
export async function readSecrets(
  declarations: readonly SecretDeclaration[],
  sources: SecretSources,
): Promise<SecretsRead> {
  const values = new Map<string, string>();
  const missing: { readonly what: string; readonly cause: unknown }[] = [];
  for (const declaration of declarations)
    for (const [key, provider] of Object.entries(declaration.keys)) {
      if (provider.provider === "generated") continue;
      try {
        const bytes = await readValue(provider, sources);
        if (bytes.length > largestBytes)
          throw new SecretUnavailable(`it is larger than a Secret may be, ${largestBytes} bytes`);
        values.set(secretKey(declaration, key), bytes.toString("base64"));
      } catch (cause) {
        if (!(cause instanceof Error)) throw cause;
        missing.push({
          what: `key "${key}" of secret "${declaration.name}" (${placeOf(declaration)})`,
          cause,
        });
      }
    }
  const [first] = missing;
  if (first === undefined) return { values, unavailable: undefined };
  const more = missing.slice(1).map(({ what }) => what);
  const unavailable = new SecretUnavailable(
    `Cannot read ${first.what}${more.length === 0 ? "" : `, nor ${more.join(", nor ")}`}`,
    { cause: first.cause, hint: "Nothing was changed" },
  );
  return { values, unavailable };
}

function placeOf({ place }: SecretDeclaration): string {
  return place === undefined ? "no place" : `${place.file}:${place.line}:${place.column}`;
}

async function readValue(
  provider: Exclude<SecretProvider, { provider: "generated" }>,
  sources: SecretSources,
): Promise<Buffer> {
  switch (provider.provider) {
    case "environment": {
      const value = sources.environment[provider.variable];
      if (value === undefined)
        throw new SecretUnavailable(`the environment variable ${provider.variable} is not set`);
      return Buffer.from(value, "utf8");
    }
    case "file":
      return readFile(provider.path, sources);
    case "command":
      return runCommand(provider.argv, sources);
    case "age":
      return decrypt(provider, sources);
  }
}

function readFile(path: string, { sourceRoot }: SecretSources): Buffer {
  const full = isAbsolute(path) ? path : resolve(sourceRoot, path);
  try {
    return readFileSync(full);
  } catch (cause) {
    throw new SecretUnavailable(
      `the file "${path}" cannot be read: ${(cause as NodeJS.ErrnoException).code}`,
    );
  }
}

/** Its standard error belongs to whoever looks; only its exit is told, since it may hold anything. */
async function runCommand(argv: readonly string[], sources: SecretSources): Promise<Buffer> {
  const [program = "", ...args] = argv;
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd: sources.sourceRoot,
      encoding: "buffer",
      timeout: commandTimeoutMs,
      maxBuffer: largestBytes * 2,
      killSignal: "SIGKILL",
    });
    return stdout.at(-1) === 0x0a ? stdout.subarray(0, -1) : stdout;
  } catch (cause) {
    const { code, killed } = cause as NodeJS.ErrnoException & { readonly killed?: boolean };
    const how = killed === true ? `did not end within ${commandTimeoutMs / 1000} s` : `failed with ${code}`;
    throw new SecretUnavailable(`the command "${program}" ${how}`);
  }
}

async function decrypt(
  { key, path }: Extract<SecretProvider, { provider: "age" }>,
  sources: SecretSources,
): Promise<Buffer> {
  const { decryptAge } = await import("./age.js"); // most stacks have none
  const secretKeys = identities(sources);
  const content = readFile(path, sources);
  let plain: Buffer;
  try {
    plain = await decryptAge(content, secretKeys);
  } catch (cause) {
    throw new SecretUnavailable(`"${path}" cannot be decrypted: ${(cause as Error).message}`);
  }
  if (key === undefined) return plain;
  const { parse } = await import("yaml"); // its warnings would quote a value on standard error
  let members: unknown;
  try {
    members = parse(plain.toString("utf8"), { maxAliasCount: 0, logLevel: "error" });
  } catch {
    throw new SecretUnavailable(`"${path}" holds no YAML or JSON map`); // the parser's words may quote a value
  }
  const member =
    typeof members === "object" && members !== null && Object.hasOwn(members, key)
      ? (members as { [key: string]: unknown })[key]
      : undefined;
  if (typeof member !== "string" && typeof member !== "number")
    throw new SecretUnavailable(`"${path}" has no text under "${key}"`);
  return Buffer.from(String(member), "utf8");
}

/** Secret keys, one a line, `#` begins a comment. Source: age(1), "IDENTITIES". */
function identities({ environment }: SecretSources): readonly string[] {
  const path =
    environment["INFRA_AGE_IDENTITY"] ??
    join(environment["HOME"] ?? homedir(), ".config", "infra", "age.txt");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SecretUnavailable(
      `the age identity "${path}" cannot be read: ${(cause as NodeJS.ErrnoException).code}; INFRA_AGE_IDENTITY names another`,
    );
  }
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
