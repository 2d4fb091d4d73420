import { setMaxListeners } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "../../stdlib/base/clock.js";
import { HostUnsupported } from "../../stdlib/base/errors.js";
import type { BuildGraph, BuildStep, ImageBase, ImageBuild } from "../../stdlib/schema/bundle.js";
import type { Engine } from "../kernel/engine.js";
import { BuildFailed } from "./build-errors.js";
import { checkGraph } from "./build-graph.js";
import type { ContentStore, Descriptor } from "./content-store.js";
import { type CopyStep, copyLayer, folderLayer } from "./copy-step.js";
import { debianTreeVersion, makeDebianTree } from "./debian-base.js";
import type { BuildEvent } from "./image-store.js";
import { addTree, LayerUnwritable, writeLayer } from "./layer-write.js";
import { PathInvalid } from "./layered-root.js";
import {
  emptyConfig,
  type ImageContent,
  type ImageLayer,
  inheritConfig,
  platformOf,
  readImage,
  writeImage,
} from "./oci-image.js";
import type { PackageCache } from "./package-cache.js";
import { runStep, StepUnrunnable } from "./run-step.js";
import type { LayerNative, Snapshots } from "./snapshots.js";
import type { StepCache } from "./step-cache.js";

export interface BuilderOptions extends World {
  readonly store: ContentStore;
  readonly snapshots: Snapshots;
  readonly packages: PackageCache;
  readonly steps: StepCache;
  readonly native: LayerNative;
  /** Runs `run` steps; images with some cannot be built without. */
  readonly engine: Engine | undefined;
}

/** One call of `ImageStore.build`. */
export interface Build {
  readonly graph: BuildGraph;
  readonly sourceRoot: string;
  readonly report: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

type RunStep = BuildStep & { readonly kind: "run" };

/** Builds one graph. Images wait for their bases only; the first failure ends the others. */
export async function buildGraph(options: BuilderOptions, build: Build): Promise<void> {
  checkGraph(build.graph);
  const abort = new AbortController();
  setMaxListeners(Number.POSITIVE_INFINITY, abort.signal); // every step of every image listens
  const stop = () => abort.abort(build.signal.reason);
  build.signal.addEventListener("abort", stop, { once: true });
  if (build.signal.aborted) stop();
  const built = new Map<string, Promise<ImageContent>>();
  let failure: { readonly error: unknown } | undefined;
  for (const image of build.graph.images) {
    const base = image.from.kind === "image" ? built.get(image.from.name) : undefined;
    const one = new OneImage(options, { ...build, signal: abort.signal }, image);
    const content = one.build(base);
    content.catch((error: unknown) => {
      failure ??= { error };
      abort.abort(error);
    });
    built.set(image.name, content);
  }
  await Promise.allSettled(built.values());
  build.signal.removeEventListener("abort", stop);
  if (failure !== undefined) throw failure.error;
}

class OneImage {
  readonly #options: BuilderOptions;
  readonly #build: Build;
  readonly #image: ImageBuild;
  #layers: ImageLayer[] = [];
  #ran = 0;
  #cached = 0;

  constructor(options: BuilderOptions, build: Build, image: ImageBuild) {
    this.#options = options;
    this.#build = build;
    this.#image = image;
  }

  async build(base: Promise<ImageContent> | undefined): Promise<ImageContent> {
    const { clock, snapshots, store } = this.#options;
    const { from, name, reference, steps } = this.#image;
    const startedAt = clock.now();
    const count = steps.length + (from.kind === "debian" ? 1 : 0);
    this.#build.report({ type: "start", image: name, steps: count });
    const known = await this.#known();
    if (known !== undefined) {
      this.#cached = count;
      this.#done(known.digest, startedAt);
      return known.content;
    }
    const { platform, config: inherited } = await this.#base(from, base);
    const config = inheritConfig(inherited, this.#image.config);
    const workdir = config.WorkingDir ?? "/";
    for (const step of steps) {
      this.#build.signal.throwIfAborted();
      if (step.kind === "copy") await this.#copy(step);
      else {
        await this.#makeWorkdir(workdir);
        await this.#run(step, config.Env, workdir);
      }
    }
    await this.#makeWorkdir(workdir);
    await snapshots.ensure(this.#descriptors()); // now, so that the first pod need not wait for it
    const content: ImageContent = { platform, layers: this.#layers, config };
    const manifest = await writeImage(store, content);
    this.#build.signal.throwIfAborted();
    await store.setReference(reference, manifest);
    this.#done(manifest.digest, startedAt);
    return content;
  }

  /** The image as an earlier build left it; undefined when a part of it is gone. */
  async #known(): Promise<{ readonly digest: string; readonly content: ImageContent } | undefined> {
    const { store } = this.#options;
    const manifest = await store.reference(this.#image.reference);
    if (manifest === undefined || !(await store.has(manifest.digest))) return undefined;
    const content = await readImage(store, manifest.digest);
    const kept = await Promise.all(content.layers.map(({ descriptor }) => store.has(descriptor.digest)));
    return kept.every(Boolean) ? { digest: manifest.digest, content } : undefined;
  }

  async #base(
    from: ImageBase,
    base: Promise<ImageContent> | undefined,
  ): Promise<Pick<ImageContent, "platform" | "config">> {
    if (from.kind === "scratch") return { platform: platformOf(hostArchitecture()), config: emptyConfig };
    if (from.kind === "debian") {
      await this.#debian(from);
      return { platform: platformOf(from.architecture), config: emptyConfig };
    }
    if (base === undefined)
      throw new BuildFailed(
        { image: this.#image.name, step: `from image "${from.name}"`, place: this.#image.place },
        "names no image before it in the build graph",
      );
    const content = await base;
    this.#layers = [...content.layers];
    return content;
  }

  async #debian(base: ImageBase & { readonly kind: "debian" }): Promise<void> {
    const { native, packages, snapshots, store } = this.#options;
    const { signal } = this.#build;
    const title = `debian ${base.suite}, ${base.packages.length} packages`;
    const inputs = {
      kind: "debian",
      version: debianTreeVersion,
      packages: base.packages.map(({ sha256 }) => sha256),
      users: base.users,
    };
    await this.#step(title, `debian ${base.suite}`, inputs, async (folder) => {
      await packages.fetch(base.packages, signal);
      const tree = join(folder, "tree");
      await mkdir(tree, { mode: 0o755 });
      const files = base.packages.map((wanted) => packages.path(wanted));
      await makeDebianTree({ tree, base, files, native, signal });
      const layer = await writeLayer(store, (writer) => addTree(writer, tree, { overlay: false, native }));
      await snapshots.adopt(layer, tree);
      return layer;
    });
  }

  async #copy(step: CopyStep): Promise<void> {
    const { native, snapshots, store } = this.#options;
    const { signal, sourceRoot } = this.#build;
    const title = `copy ${step.to}`;
    const files = step.files.map((file) => ({ ...file, source: undefined })); // where from changes nothing
    const inputs = { kind: "copy", to: step.to, files, below: this.#digests() };
    await this.#step(title, title, inputs, async () => {
      const lower = await snapshots.ensure(this.#descriptors());
      return this.#placed(title, step, () => copyLayer(step, { store, native, lower, sourceRoot, signal }));
    });
  }

  async #run(step: RunStep, env: readonly string[], cwd: string): Promise<void> {
    const { clock, engine, native, random, snapshots, store } = this.#options;
    const { report, signal } = this.#build;
    const { name: image } = this.#image;
    const title = `run ${step.argv.join(" ")}`;
    if (engine === undefined)
      throw new HostUnsupported(`Cannot build image/${image}: no container engine for "${title}"`);
    const inputs = { kind: "run", argv: step.argv, env, cwd, below: this.#digests() };
    await this.#step(title, title, inputs, async (folder) => {
      const lower = await snapshots.ensureSome(this.#descriptors());
      const id = `build-${Buffer.from(random.bytes(6)).toString("hex")}`;
      const result = await this.#placed(title, step, () =>
        runStep({
          engine,
          clock,
          store,
          native,
          lower,
          folder,
          id,
          argv: step.argv,
          env,
          cwd,
          onText: (stream, text) => report({ type: "output", image, stream, text }),
          signal,
        }),
      );
      if ("layer" in result) return result.layer;
      const { exit, output } = result;
      const reason = exit.oomKilled
        ? "ran out of memory"
        : exit.signal > 0
          ? `was killed by signal ${exit.signal}`
          : `exits with ${exit.code}`;
      const at = { image, step: title, place: step.place };
      throw new BuildFailed(at, reason, { exitCode: exit.code, output });
    });
  }

  async #makeWorkdir(path: string): Promise<void> {
    const { native, snapshots, store } = this.#options;
    if (path === "/") return;
    const title = `workdir ${path}`;
    const lower = await snapshots.ensure(this.#descriptors());
    const descriptor = await this.#placed(title, this.#image, () =>
      folderLayer(path, { store, native, lower }),
    );
    if (descriptor !== undefined) this.#layers.push({ descriptor, createdBy: title });
  }

  /** Adds a step's layer, made or found. `createdBy` says the same for the same content. */
  async #step(
    title: string,
    createdBy: string,
    inputs: unknown,
    make: (folder: string) => Promise<Descriptor>,
  ): Promise<void> {
    const { report, signal } = this.#build;
    const { name: image } = this.#image;
    const tell = (cached: boolean) => report({ type: "step", image, title, cached });
    const { layer, cached } = await this.#options.steps.layer(
      inputs,
      async (folder) => {
        tell(false);
        return make(folder);
      },
      signal,
    );
    if (cached) tell(true);
    if (cached) this.#cached += 1;
    else this.#ran += 1;
    this.#layers.push({ descriptor: layer, createdBy });
  }

  /** Gives what went wrong inside the image, or with its container, the step and its place. */
  async #placed<T>(
    title: string,
    at: { readonly place?: ImageBuild["place"] },
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isOurs = [PathInvalid, LayerUnwritable, StepUnrunnable].some((kind) => error instanceof kind);
      if (!isOurs) throw error;
      const where = { image: this.#image.name, step: title, place: at.place };
      throw new BuildFailed(where, "cannot be done", { cause: error });
    }
  }

  #done(digest: string, startedAt: number): void {
    const { name, place } = this.#image;
    this.#build.report({
      type: "done",
      image: name,
      digest,
      ran: this.#ran,
      cached: this.#cached,
      milliseconds: this.#options.clock.now() - startedAt,
      ...(place === undefined ? {} : { place }),
    });
  }

  #descriptors(): readonly Descriptor[] {
    return this.#layers.map(({ descriptor }) => descriptor);
  }

  #digests(): readonly string[] {
    return this.#layers.map(({ descriptor }) => descriptor.digest);
  }
}

/** Node's name for this machine, as images name it. */
function hostArchitecture(): string {
  const renamed: { readonly [name: string]: string } = { x64: "amd64", ia32: "386" };
  return renamed[process.arch] ?? process.arch;
}
