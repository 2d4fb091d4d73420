import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { World } from "../../stdlib/base/clock.js";
import { InfraError } from "../../stdlib/base/errors.js";
import { type KeyPair, makeAuthority, makeLeaf } from "./certificates.js";

/** Keys and certificates of one instance. */
export interface Pki {
  /** PEM of the authority that signed the others, and that clients must be signed by. */
  readonly ca: string;
  readonly serving: KeyPair;
  /** A client in `system:masters`. */
  readonly admin: KeyPair;
  /** AES-256 key for Secrets at rest, 32 bytes. */
  readonly secretsKey: Uint8Array;
  /** A kubeconfig (YAML) with the administrator's certificate in it; its context is named `infra`. */
  kubeconfig(options: { readonly server: string }): string;
}

export interface PkiOptions {
  /** Created with mode 0700 when it is not there. */
  readonly folder: string;
  readonly world: World;
  /** IP addresses, beside loopback, at which the API is reached. */
  readonly addresses: readonly string[];
}

/** A file of the PKI folder is not what was written there. */
export class PkiCorrupt extends InfraError {
  readonly code = "pki-corrupt";
}

const dayMs = 86_400_000;
const authorityValidMs = 10 * 365 * dayMs;
const leafValidMs = 365 * dayMs;
/** Certificates that end sooner are made anew. */
const renewBeforeMs = 30 * dayMs;

const dnsNames = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/**
 * Reads the instance's keys and certificates, and makes those that are missing, about to end, or, for the serving
 * certificate, without one of the names. A new authority takes the place of one that ended: kubeconfigs written
 * before no longer work then.
 *
 * @throws {PkiCorrupt} when the key of Secrets has the wrong size: to make another would lose them.
 */
export async function openPki({ folder, world, addresses }: PkiOptions): Promise<Pki> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const now = world.clock.now();

  const keep = async (
    name: string,
    fits: (cert: X509Certificate) => boolean,
    make: () => Promise<KeyPair>,
  ) => {
    const path = join(folder, name);
    const known = await readPair(path);
    if (known !== undefined && fitsPair(known, now) && fits(new X509Certificate(known.cert))) return known;
    const made = await make();
    await writeFileSafely(path, made.cert + made.key);
    return made;
  };

  const authority = await keep(
    "ca.pem",
    (cert) => cert.ca,
    () => makeAuthority(world, "infra-ca", authorityValidMs),
  );
  const issuer = new X509Certificate(authority.cert);
  const issued = (cert: X509Certificate) => cert.verify(issuer.publicKey);
  const served = ["127.0.0.1", ...addresses];
  const serving = await keep(
    "serving.pem",
    (cert) =>
      issued(cert) &&
      dnsNames.every((name) => cert.checkHost(name)) &&
      served.every((ip) => cert.checkIP(ip)),
    () =>
      makeLeaf(world, authority, {
        commonName: "infra-apiserver",
        use: "server",
        dnsNames,
        addresses: served.filter((address) => isIP(address) !== 0),
        validMs: leafValidMs,
      }),
  );
  const admin = await keep("admin.pem", issued, () =>
    makeLeaf(world, authority, {
      commonName: "infra-admin",
      organization: "system:masters",
      use: "client",
      validMs: leafValidMs,
    }),
  );
  const secretsKey = await openSecretsKey(join(folder, "secrets.key"), world);
  return {
    ca: authority.cert,
    serving,
    admin,
    secretsKey,
    kubeconfig: ({ server }) => kubeconfigText(server, authority.cert, admin),
  };
}

async function openSecretsKey(path: string, { random }: World): Promise<Uint8Array> {
  const known = await readIfThere(path);
  if (known === undefined) {
    const made = random.bytes(32);
    await writeFileSafely(path, made);
    return made;
  }
  if (known.length === 32) return new Uint8Array(known);
  throw new PkiCorrupt(`Cannot read the key of Secrets "${path}": ${known.length} bytes instead of 32`, {
    hint: "Restore the file; without it the Secrets in the store cannot be read",
  });
}

/** Certificate and key in one file, so that a crash cannot leave one without the other. */
async function readPair(path: string): Promise<KeyPair | undefined> {
  const text = (await readIfThere(path))?.toString("utf8") ?? "";
  const cert = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  const key = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(text)?.[0];
  return cert === undefined || key === undefined ? undefined : { cert: `${cert}\n`, key: `${key}\n` };
}

/** False also for what OpenSSL cannot read: it is made anew. */
function fitsPair({ cert, key }: KeyPair, now: number): boolean {
  try {
    const parsed = new X509Certificate(cert);
    return (
      parsed.checkPrivateKey(createPrivateKey(key)) &&
      Date.parse(parsed.validFrom) <= now &&
      Date.parse(parsed.validTo) - now > renewBeforeMs
    );
  } catch {
    return false;
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Readable by the owner only, and after a crash either the old file or the new one. */
async function writeFileSafely(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(join(path, ".."), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function kubeconfigText(server: string, ca: string, admin: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return `apiVersion: v1
kind: Config
current-context: infra
contexts:
  - name: infra
    context: { cluster: infra, user: infra-admin }
clusters:
  - name: infra
    cluster:
      server: ${JSON.stringify(server)}
      certificate-authority-data: ${base64(ca)}
users:
  - name: infra-admin
    user:
      client-certificate-data: ${base64(admin.cert)}
      client-key-data: ${base64(admin.key)}
`;
}
