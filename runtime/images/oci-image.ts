import { stableStringify } from "../../stdlib/base/json.js";
import type { ImageConfig } from "../../stdlib/schema/bundle.js";
import { type ContentStore, type Descriptor, sha256 } from "./content-store.js";
import type { StoredImage } from "./image-store.js";

const manifestMediaType = "application/vnd.oci.image.manifest.v1+json";
const configMediaType = "application/vnd.oci.image.config.v1+json";
/** When images were made, as far as they tell: equal inputs give equal digests. */
const created = "1970-01-01T00:00:00Z";
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A layer and the step that made it, for the image's history. */
export interface ImageLayer {
  readonly descriptor: Descriptor;
  readonly createdBy: string;
}

/** What an image is, before it has a digest. Source: OCI image-spec, "Image Configuration". */
export interface ImageContent {
  readonly platform: { readonly architecture: string; readonly variant?: string };
  /** Bottom first. */
  readonly layers: readonly ImageLayer[];
  readonly config: RunConfig;
}

/** The `config` object of an OCI image. */
export interface RunConfig {
  readonly Env: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly ExposedPorts?: { readonly [port: string]: Record<string, never> };
  readonly StopSignal?: string;
}

interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: typeof manifestMediaType;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface ConfigFile {
  readonly architecture: string;
  readonly variant?: string;
  readonly os: "linux";
  readonly created: string;
  readonly config: RunConfig;
  readonly rootfs: { readonly type: "layers"; readonly diff_ids: readonly string[] };
  readonly history: readonly { readonly created: string; readonly created_by: string }[];
}

/** Nothing set but the search path, which every image has. */
export const emptyConfig: RunConfig = { Env: [`PATH=${defaultPath}`] };

/** `own` on top of a base's: variables by name; an entrypoint of one's own drops the base's command. */
export function inheritConfig(base: RunConfig, own: ImageConfig): RunConfig {
  const env = new Map(
    base.Env.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
  for (const [name, value] of Object.entries(own.env)) env.set(name, value);
  const Cmd = own.cmd ?? (own.entrypoint === undefined ? base.Cmd : undefined);
  const Entrypoint = own.entrypoint ?? base.Entrypoint;
  const User = own.user ?? base.User;
  const WorkingDir = own.workdir ?? base.WorkingDir;
  const ports = Object.values(own.expose).map(({ port, protocol }) => [
    `${port}/${protocol.toLowerCase()}`,
    {},
  ]);
  const ExposedPorts = { ...base.ExposedPorts, ...Object.fromEntries(ports) };
  return {
    Env: [...env].map(([name, value]) => `${name}=${value}`),
    ...(WorkingDir === undefined ? {} : { WorkingDir }),
    ...(User === undefined ? {} : { User }),
    ...(Entrypoint === undefined ? {} : { Entrypoint }),
    ...(Cmd === undefined ? {} : { Cmd }),
    ...(Object.keys(ExposedPorts).length === 0 ? {} : { ExposedPorts }),
    ...(base.StopSignal === undefined ? {} : { StopSignal: base.StopSignal }),
  };
}

/** Writes config and manifest. The layers are there already. */
export async function writeImage(store: ContentStore, image: ImageContent): Promise<Descriptor> {
  const file: ConfigFile = {
    ...image.platform,
    os: "linux",
    created,
    config: image.config,
    rootfs: { type: "layers", diff_ids: image.layers.map(({ descriptor }) => descriptor.digest) },
    history: image.layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  };
  const config = await store.put(configMediaType, Buffer.from(stableStringify(file)));
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: manifestMediaType,
    config,
    layers: image.layers.map(({ descriptor }) => descriptor),
  };
  return store.put(manifestMediaType, Buffer.from(stableStringify(manifest)));
}

/** Reads an image back. @throws {ContentMissing} @throws {ContentMismatch} when a part is gone or damaged. */
export async function readImage(store: ContentStore, digest: string): Promise<ImageContent> {
  const { manifest, file } = await readDocuments(store, digest);
  return {
    platform: {
      architecture: file.architecture,
      ...(file.variant === undefined ? {} : { variant: file.variant }),
    },
    layers: manifest.layers.map((descriptor, index) => ({
      descriptor,
      createdBy: file.history[index]?.created_by ?? "",
    })),
    config: file.config,
  };
}

/** The image as the node agent wants it. `sizeBytes` counts every blob. */
export async function describeImage(
  store: ContentStore,
  reference: string,
  digest: string,
): Promise<StoredImage> {
  const { manifest, manifestBytes, file } = await readDocuments(store, digest);
  const { config } = file;
  return {
    reference,
    digest,
    id: manifest.config.digest,
    sizeBytes: manifest.layers.reduce((sum, { size }) => sum + size, manifestBytes + manifest.config.size),
    config: {
      env: config.Env,
      workdir: config.WorkingDir ?? "/",
      user: config.User ?? "",
      entrypoint: config.Entrypoint ?? [],
      cmd: config.Cmd ?? [],
      stopSignal: config.StopSignal,
    },
  };
}

/** A key for what is made from `parts`; content only, no names and no places. */
export function contentKey(parts: unknown): string {
  return sha256(stableStringify(parts)).slice("sha256:".length);
}

async function readDocuments(store: ContentStore, digest: string) {
  const bytes = await store.read(digest);
  const manifest = JSON.parse(bytes.toString("utf8")) as Manifest;
  const config = await store.read(manifest.config.digest);
  const file = JSON.parse(config.toString("utf8")) as ConfigFile;
  return { manifest, manifestBytes: bytes.length, file };
}

/** Debian's names for machines, as OCI images name them; others are the same. */
export function platformOf(architecture: string): ImageContent["platform"] {
  const renamed: { readonly [name: string]: ImageContent["platform"] } = {
    armhf: { architecture: "arm", variant: "v7" },
    armel: { architecture: "arm", variant: "v5" },
    i386: { architecture: "386" },
    ppc64el: { architecture: "ppc64le" },
    mips64el: { architecture: "mips64le" },
  };
  return renamed[architecture] ?? { architecture };
}
