import type { Clock, Random } from "../../stdlib/base/clock.js";
import type { Engine } from "../kernel/engine.js";
import { ContentStore } from "./content-store.js";
import { buildGraph } from "./image-builder.js";
import type { ImageStore, StoredImage } from "./image-store.js";
import { describeImage, readImage } from "./oci-image.js";
import { PackageCache } from "./package-cache.js";
import { type LayerNative, Snapshots } from "./snapshots.js";
import { StepCache } from "./step-cache.js";

export interface ImageStoreOptions {
  /** Folder of the store, made when missing; an OCI image layout that other tools can read. Several processes may share it. */
  readonly root: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly native: LayerNative;
  /** Runs `run` steps in sandboxes named `build-<12 hex digits>`; without it images that have some are refused. */
  readonly engine?: Engine;
  /** Debian archive URLs, above `pool/`. Default: the host's apt sources. */
  readonly archives?: readonly string[];
}

/** Opens an instance's image store and removes what a crash of an earlier life left unfinished in it. */
export async function openImageStore(options: ImageStoreOptions): Promise<ImageStore> {
  const { root, clock, random, native, engine, archives } = options;
  const flockTry = (fd: number) => native.flockTry(fd);
  const store = await ContentStore.open({ root, clock, random, flockTry });
  const snapshots = new Snapshots(store, native, random);
  const packages = new PackageCache(store, archives);
  const steps = new StepCache(store);
  await Promise.all([snapshots.dropStale(), packages.dropStale(), steps.dropStale()]);

  return {
    resolve: (reference) => resolveReference(store, reference),

    async list() {
      const references = await store.references();
      const images = await Promise.all(
        references.map(({ reference, manifest }) => describeImage(store, reference, manifest.digest)),
      );
      return images.map(({ reference, digest, sizeBytes }) => ({ reference, digest, sizeBytes }));
    },

    async layers(image) {
      const { layers } = await readImage(store, image.digest);
      return snapshots.ensureSome(layers.map(({ descriptor }) => descriptor));
    },

    build: (graph, sourceRoot, report, signal) =>
      buildGraph(
        { store, snapshots, packages, steps, clock, random, native, engine },
        { graph, sourceRoot, report, signal },
      ),
  };
}

/** By name and tag (`latest` when none is given) or, with `@`, by digest. */
async function resolveReference(store: ContentStore, reference: string): Promise<StoredImage | undefined> {
  const at = reference.indexOf("@");
  if (at < 0) {
    const isTagged = reference.lastIndexOf(":") > reference.lastIndexOf("/");
    const manifest = await store.reference(isTagged ? reference : `${reference}:latest`);
    return manifest === undefined ? undefined : describeImage(store, reference, manifest.digest);
  }
  const digest = reference.slice(at + 1);
  const known = await store.references();
  const isKnown = known.some(({ manifest }) => manifest.digest === digest);
  return isKnown ? describeImage(store, reference, digest) : undefined;
}
